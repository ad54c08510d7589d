"""One line for each place where the program and a label differ, with no more of the text than a glance needs."""

from __future__ import annotations

from typing import Literal

from chart_triage.evaluation.gold import GoldText
from chart_triage.evaluation.outcomes import Outcome
from chart_triage.records.page import Record

_SIDE = 4  # words on either side of a mention
_LONGEST_MENTION = 8  # words; the middle of a longer one is left out


class Disagreement(Record):
    """`words` quotes the deciding mention and at most eight words around it; `decides`: yes against no."""

    id: str
    level: Literal["concept", "criterion", "contraindication", "suggestion", "target"]
    key: str
    gold: str
    read: str
    decides: bool
    words: str = ""
    reason: str = ""
    cues: tuple[str, ...] = ()

    def line(self) -> str:
        """`!!` marks a wrong decision, `~` the right decision with another status."""
        told = f"{'!!' if self.decides else ' ~'} {self.id}  {self.key}: label {self.gold}, read {self.read}"
        if self.reason:
            told += f" ({self.reason})"
        if self.cues:
            told += f" cues: {', '.join(self.cues)};"
        return f"{told} {self.words}".rstrip()


def disagreement(gold: GoldText, outcome: Outcome) -> Disagreement:
    evidence = outcome.evidence
    words = around(gold.text, evidence.start, evidence.end) if evidence else ""
    if not evidence and outcome.key in gold.quotes:
        words = f"label rests on '{clipped(gold.quotes[outcome.key])}'"
    return Disagreement(
        id=gold.id,
        level=outcome.level,
        key=outcome.key,
        gold=outcome.gold,
        read=outcome.read,
        decides=outcome.gold_yes is not outcome.read_yes,
        words=words,
        reason=evidence.reason if evidence else "",
        cues=tuple(cue.text for cue in evidence.cues) if evidence else (),
    )


def around(text: str, start: int, end: int) -> str:
    """The words of `text[start:end]` in brackets with four words on either side."""
    before = text[max(0, start - 120) : start].split()[-_SIDE:]
    after = text[end : end + 120].split()[:_SIDE]
    return " ".join([*before, f"[{clipped(text[start:end])}]", *after])


def clipped(text: str) -> str:
    """The first and last words of a stretch of text, eight at most."""
    words = text.split()
    if len(words) <= _LONGEST_MENTION:
        return " ".join(words)
    half = _LONGEST_MENTION // 2
    return " ".join([*words[:half], "...", *words[-half:]])
