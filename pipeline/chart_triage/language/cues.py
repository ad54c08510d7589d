"""Cues: the words that negate, doubt, plan, date or re-assign what stands near them.

They are rows of `lexicons/shared/assertion_cues.csv`, held as medspaCy `ConTextRule`s and matched by medspaCy's
matcher over a spaCy `Doc` of one statement. What a cue reaches is decided in `assertion`, not by medspaCy's graph:
see docs/assertion.md for the faults of the original that this avoids.
"""

from __future__ import annotations

import csv
import re
import sys
import warnings
from functools import lru_cache
from types import ModuleType
from typing import TYPE_CHECKING, NamedTuple

import spacy
from spacy.attrs import LOWER, NORM

from chart_triage import resources

if TYPE_CHECKING:
    from spacy.tokens import Doc


# medspaCy's matcher also asks a token matcher that has no patterns here; spaCy would warn of it on stderr
warnings.filterwarnings("ignore", message=r"\[W036\]")


class Reach(NamedTuple):
    """One meaning of a cue: what it does (`kind`), to which side, and over how many words at most.

    `words` 0: no limit; `NEXT`: the target stands right beside the cue.
    """

    kind: str
    direction: str
    words: int


NEXT = -1
_OPENING = "^"
_CHOICE = re.compile(r"\{([^{}]*)\}")
_OPENS_AFTER = frozenset({";", ".", ":", ",", "-", "--", "(", '"', "and", "but"})


class CueMatch(NamedTuple):
    """A cue at tokens `start` to `end` (exclusive) of a statement's Doc."""

    start: int
    end: int
    text: str
    reaches: tuple[Reach, ...]


class CueMatcher:
    """Tokenises a statement and finds its cues, overlapping ones included."""

    def __init__(self) -> None:
        rule_class, matcher_class = _context_classes()
        self._nlp = spacy.blank("en")
        self._nlp.tokenizer.url_match = None
        # nobody looks at a word's shape or kind; made for each word and cue, they cost a second at the start
        getters = self._nlp.vocab.lex_attr_getters
        self._nlp.vocab.lex_attr_getters = {attr: getters[attr] for attr in (LOWER, NORM)}
        self._matcher = matcher_class(self._nlp, name="cues", phrase_matcher_attr="LOWER", prune=False)
        rules = []
        self._opening = {cue[1:] for cue in cue_table() if cue.startswith(_OPENING)}
        for written, reaches in cue_table().items():
            cue = written.removeprefix(_OPENING)
            kinds = "+".join(sorted({r.kind for r in reaches}))
            rules.append(rule_class(cue, kinds.upper(), direction="BIDIRECTIONAL", metadata={"reaches": reaches}))
        self._matcher.add(rules)
        self.words = frozenset(word for cue in cue_table() for word in cue.removeprefix(_OPENING).split())
        self._reaches = {r._rule_id: r.metadata["reaches"] for r in rules}

    def doc(self, text: str) -> Doc:
        return self._nlp.make_doc(text)

    def __call__(self, doc: Doc) -> list[CueMatch]:
        """Cues by position."""
        strings = self._nlp.vocab.strings
        matches = [
            CueMatch(start, end, doc[start:end].text, self._reaches[strings[match_id]])
            for match_id, start, end in self._matcher(doc)
        ]
        return sorted(m for m in matches if m.text.lower() not in self._opening or _opens(doc, m.start))


def _opens(doc: Doc, start: int) -> bool:
    """Whether a clause begins at the token ("Should seizures recur, ...", not "MRI should be repeated")."""
    return start == 0 or doc[start - 1].lower_ in _OPENS_AFTER


def prune(cues: list[CueMatch]) -> list[CueMatch]:
    """The longest of overlapping cues wins ("no change" hides "no"), the earlier of equally long ones."""
    kept: list[CueMatch] = []
    taken: set[int] = set()
    for cue in sorted(cues, key=lambda c: (c.start - c.end, c.start)):
        tokens = range(cue.start, cue.end)
        if taken.isdisjoint(tokens):
            taken.update(tokens)
            kept.append(cue)
    return sorted(kept)


@lru_cache(maxsize=1)
def cue_table() -> dict[str, tuple[Reach, ...]]:
    """Cue -> its meanings, from the CSV table.

    A cue may hold choices: "return {for|if}" stands for both, "no {|clear }evidence of" for one with and one without
    the word. A cue that begins with "^" counts only where a clause begins.
    """
    table: dict[str, list[Reach]] = {}
    path = resources.lexicons() / "shared" / "assertion_cues.csv"
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            words = NEXT if row["words"] == "next" else int(row["words"] or 0)
            reach = Reach(row["kind"], row["direction"], words)
            for cue in _written_out(row["cue"]):
                if reach not in table.setdefault(cue, []):
                    table[cue].append(reach)
    return {cue: tuple(reaches) for cue, reaches in table.items()}


def _written_out(cue: str) -> list[str]:
    """All cues that a row with choices stands for; `{a|b} c` gives "a c" and "b c"."""
    choice = _CHOICE.search(cue)
    if choice is None:
        return [" ".join(cue.split())]
    left, right = cue[: choice.start()], cue[choice.end() :]
    return [full for word in choice.group(1).split("|") for full in _written_out(left + word + right)]


def _context_classes() -> tuple[type, type]:
    """medspaCy's rule and matcher classes, without the packages that its `__init__` would load.

    `import medspacy` pulls in QuickUMLS and PyRuSH (1 s and 100 MB; PyRuSH logs every token of a note to stderr).
    Neither is used here, so empty modules stand in for them while medspaCy is imported.
    """
    stand_ins = [name for name in ("quickumls", "PyRuSH") if name not in sys.modules]
    for name in stand_ins:
        module = ModuleType(name)
        module.spacy_component = None  # type: ignore[attr-defined]
        module.PyRuSHSentencizer = None  # type: ignore[attr-defined]
        sys.modules[name] = module
    try:
        from medspacy.common.medspacy_matcher import MedspacyMatcher
        from medspacy.context import ConTextRule
    finally:
        for name in stand_ins:
            sys.modules.pop(name, None)
    return ConTextRule, MedspacyMatcher
