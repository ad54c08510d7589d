"""What a statement says about a target in it: negated, uncertain, planned, resolved, family ... and by which cue.

The rules, in order, are written out in docs/assertion.md. Each cue has a side and a reach in words; `_reaches` says
what stops it. The axes that hold are combined to one status by `_status`.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from chart_triage import resources
from chart_triage.language import clauses
from chart_triage.language.cues import CueMatch, Reach, prune
from chart_triage.records.mention import Axis, Status

if TYPE_CHECKING:
    from spacy.tokens import Doc

_COMPLEMENT = frozenset({"whether", "if", "that"})
_HEADING_WORDS = frozenset({"ruled", "excluded", "denied", "negative"})
_FAR = 20  # a backward cue with so long a reach ("declared cured") is not stopped by commas
_LONGEST_ENTRY = 6  # tokens
_INNER_WORDS = 3
_SHORT = 2  # a cue with so short a reach speaks of the word next to it
_LONGEST_LIST = 8  # tokens
_OWN = (["his"], ["her"], ["their"])
_RELATIVE = frozenset({"which", "who", "that was"})
_CONDITIONAL = frozenset({"if", "when", "unless"})
_CONTRADICTING = frozenset({"contradictory", "contradict", "contradicts", "conflicting", "irreconcilable"})
_WRONG = frozenset({"wrong", "incorrect", "error", "mistake", "untrue", "mistaken", "false", "inaccurate"})
_NOT_THIS_ONES = frozenset({"another", "different", "somebody", "someone", "accident", "inadvertently"})
_SETTLING = frozenset(
    {
        "disproven",
        "disproved",
        "retracted",
        "withdrawn",
        "rescinded",
        "out",
        "excluded",
        "refuted",
        "overturned",
        "error",
    }
)
_PARTING = frozenset({",", "and"})
_KNOWN = frozenset({"known", "established", "intractable", "refractory", "drug-resistant", "medically refractory"})
_DECIDED = frozenset({"agreed", "agrees", "elected", "elects", "decided", "consented", "consents", "wishes"})
_LOOSE = frozenset({"consistent with", "compatible with", "in keeping with"})
_NOMINAL = frozenset(
    {"diagnosis of", "diagnosed with", "confirmed diagnosis of", "treated for", "treated with", "underwent"}
)


@dataclass(frozen=True, slots=True)
class Deciding:
    """A cue that acts on the target: `words` is its distance, `before` whether it stands before the target."""

    kind: str
    match: CueMatch
    words: int
    before: bool


@dataclass(slots=True)
class Assertion:
    """The axes that hold for a target and, for each, the nearest cue that made it so."""

    deciding: dict[str, Deciding] = field(default_factory=dict)

    def has(self, kind: str) -> bool:
        return kind in self.deciding

    def axes(self) -> tuple[Axis, ...]:
        """The public axes. Something resolved is both historical and no longer there."""
        found = {
            Axis.NEGATED: self.has("negated") or self.has("resolved"),
            Axis.UNCERTAIN: self.has("uncertain"),
            Axis.HISTORICAL: self.has("historical") or self.has("resolved"),
            Axis.HYPOTHETICAL: self.has("hypothetical") or self.has("planned") or self.has("example"),
            Axis.FAMILY: self.has("family"),
        }
        return tuple(axis for axis, holds in found.items() if holds)


def assess(lowers: list[str], cues: list[CueMatch], start: int, end: int) -> Assertion:
    """The assertion of tokens `start` to `end` of a statement (its tokens in lower case), given its cues."""
    result = Assertion()
    # a cue inside of the target says nothing about the target; a cue that looks away from it hides no other
    cues = prune([c for c in cues if _faces(c, start, end, lowers)])
    aspect = clauses.ends_in_aspect(lowers[:start])
    for cue in cues:
        for reach in cue.reaches:
            if reach.kind in ("stop", "pseudo", "except", "reports"):
                continue
            before = cue.end <= start
            if not before and aspect and reach.kind in ("uncertain", "negated"):
                continue
            turned = _person_after(reach, lowers, cue, end) or _heads_list(reach, lowers, cue, start)
            if (reach.direction == "forward") != before and not turned:
                continue
            gap = (cue.end, start) if before else (end, cue.start)
            if before and reach.kind == "negated":
                gap = (cue.end + clauses.parenthesis(lowers[slice(*gap)]), start)
            words = sum(1 for t in lowers[gap[0] : gap[1]] if t[0].isalnum())
            near = words <= max(reach.words, 0) or not reach.words
            if not near and not turned and not _of_list(reach, lowers[slice(*gap)], before):
                continue
            if _blocked(lowers, cues, cue, reach, gap, before):
                continue
            held = result.deciding.get(reach.kind)
            if held is None or words < held.words:
                result.deciding[reach.kind] = Deciding(reach.kind, cue, words, before)
    _settle(result, lowers, start, end)
    return result


def add_inner(
    found: Assertion, lowers: list[str], cues: list[CueMatch], span: tuple[int, int], parts: list[tuple[int, int]]
) -> None:
    """Cues between the parts of a pattern ("cath 5/11: ... no stent placed") act on the parts that they reach."""
    hiding = [c for c in cues if any(r.kind == "pseudo" for r in c.reaches)]

    def counts(c: CueMatch) -> bool:
        hidden = any(p.start <= c.start and c.end <= p.end and p is not c for p in hiding)
        return not hidden and span[0] <= c.start and c.end <= span[1]

    inside = [c for c in cues if counts(c) and not any(c.start < e and s < c.end for s, e in parts)]
    if not inside:
        return
    for start, end in parts:
        for kind, deciding in assess(lowers, inside, start, end).deciding.items():
            if kind in ("negated", "hypothetical", "planned", "family") and deciding.words <= _INNER_WORDS:
                found.deciding.setdefault(kind, deciding)


def _faces(cue: CueMatch, start: int, end: int, lowers: list[str]) -> bool:
    if cue.end <= start:
        return any(r.direction in ("forward", "both") or _heads_list(r, lowers, cue, start) for r in cue.reaches)
    return cue.start >= end and any(r.direction in ("backward", "both") or r.kind == "family" for r in cue.reaches)


def _heads_list(reach: Reach, lowers: list[str], cue: CueMatch, start: int) -> bool:
    """ "What has been ruled out on the way: MLC, LHON": a cue that looks back acts forward when it heads a list."""
    if reach.direction != "backward" or reach.kind != "negated" or cue.end > start:
        return False
    if not _HEADING_WORDS & set(cue.text.lower().split()):
        return False
    return ":" in lowers[cue.end : min(cue.end + 5, start)]


def _person_after(reach: Reach, lowers: list[str], cue: CueMatch, end: int) -> bool:
    """ "LHON in his maternal uncle": a person after the target takes it over when "in" stands between."""
    if reach.kind != "family" or cue.start < end or cue.start - end > 4:
        return False
    return cue.start > end and lowers[end] in ("in", "(")


def _blocked(
    lowers: list[str], cues: list[CueMatch], cue: CueMatch, reach: Reach, gap: tuple[int, int], before: bool
) -> bool:
    """Whether something between cue and target ends the cue's reach."""
    between = lowers[gap[0] : gap[1]]
    if before and reach.kind == "negated" and lowers[gap[1] :][1:2] == ["included"] and "," in between[-1:]:
        return False  # "no mitochondrial disease, MELAS included"
    labelled = reach.kind == "family" and before and lowers[cue.end : cue.end + 1] == [":"]  # "Father: 61; pacemaker"
    # "ICD 2011 for sarcoid, explanted 2018"
    last = cue.end == len(lowers) or lowers[cue.end] in (".", ",", ";", ")")
    settles = last and cue.text.lower().split()[-1] in _SETTLING
    ends = reach.kind == "resolved" or (reach.kind == "negated" and settles)
    ended = ends and not before and clauses.ends_clause(between)
    if (";" in between and not labelled and not ended) or clauses.full_stop(between):
        return True
    others = [c for c in cues if c.start >= gap[0] and c.end <= gap[1]]
    if not before:  # "an implant which failed and was taken out": the clause is about the target
        others = [c for c in others if c.start != gap[0] or c.text.lower() not in _RELATIVE]
    if reach.kind == "family":
        return _family_blocked(between, others, cue, lowers, before)
    if reach.kind == "hypothetical" and before:
        # "in case his nausea returns": whose it is, he has
        if between in _OWN or not _DECIDED.isdisjoint(between):
            return True  # "understands the risks and has agreed to biopsy"
        return any(c.text.lower() in clauses.ADVERSATIVES for c in others)
    if cue.text.lower().split()[-1] in _COMPLEMENT:  # "whether he has": the subject belongs to the cue
        others = [c for c in others if c.start != gap[0]]
    settled = ended and reach.words >= _FAR  # "epilepsy, no attacks since 1998; regarded by neurology as resolved"
    if not settled and any(r.kind == "stop" for c in others for r in c.reaches):
        return True
    if before:
        if reach.kind == "negated" and any(r.kind == "except" for c in others for r in c.reaches):
            return True
        if 0 < reach.words <= 6 and "," in between and not clauses.listed(between):
            return True
        if reach.kind in ("negated", "resolved") and clauses.definite_object(between):
            return True
        if reach.kind in ("negated", "resolved") and clauses.colon_blocks(between):
            return True
        if reach.kind == "uncertain" and clauses.known_object(between):
            return True
        if reach.kind == "uncertain" and cue.text.lower().startswith("consider") and "for" in between[1:]:
            return True  # "considering gene therapy for MLD"
        if reach.kind == "negated" and not _CONDITIONAL.isdisjoint(between):
            return True  # "do not scan if a clip is present"
        if reach.kind == "negated" and "," in between and _each_negated(lowers, cues, cue, gap[1]):
            return True
        return clauses.new_clause(between)
    if reach.kind in ("remains", "conditional"):
        return reach.kind == "conditional" and "," in between
    # after the target: the cue speaks of the nearest noun, unless the target stands in a list
    if between == [","] and reach.kind == "uncertain":
        return cue.end < len(lowers) and lowers[cue.end][0].isalnum()  # "encephalopathy, likely hepatic": its cause
    if between == [","] or ended:
        return False
    far = reach.words >= _FAR
    # "(LHON, MERRF, MELAS) has been excluded": the list ends with its bracket
    chained = between[-1:] == [")"] or any(t in clauses.CONJUNCTIONS for t in between)
    if "," in between and reach.kind != "historical" and not far and not chained:
        return True
    return not far and any(t in clauses.SUBJECTS for t in between)


def _of_list(reach: Reach, between: list[str], before: bool) -> bool:
    """ "MLD and Krabbe negative": a cue that reaches the last item of a list reaches the items before it."""
    if (
        before
        or reach.kind != "negated"
        or not 0 < reach.words <= _SHORT
        or not between
        or between[0] not in clauses.CHAIN
        or len(between) > _LONGEST_LIST
    ):
        return False
    return not any(t in clauses.VERBS for t in between) and clauses.CHAIN.isdisjoint(between[-1:])


def _each_negated(lowers: list[str], cues: list[CueMatch], cue: CueMatch, target: int) -> bool:
    """ "no alcohol, no drugs, glioblastoma": where each item has its own "no", one without it is not negated."""

    def follows_comma(other: CueMatch) -> bool:
        negates = any(r.kind == "negated" and r.direction == "forward" for r in other.reaches)
        return negates and lowers[other.start - 1 : other.start] == [","]

    if any(cue.end <= c.start < target and follows_comma(c) for c in cues):
        return True
    later = lowers[cue.end : target + _LONGEST_LIST]
    return follows_comma(cue) and cues[0].start < cue.start and clauses.CONJUNCTIONS.isdisjoint(later)


def _family_blocked(between: list[str], others: list[CueMatch], cue: CueMatch, lowers: list[str], before: bool) -> bool:
    if any(c.text.lower() in clauses.ADVERSATIVES for c in others):
        return True
    if not before:
        return False
    if "by" in lowers[max(0, cue.start - 2) : cue.start]:
        return True  # "answered by mother": she speaks, it is not about her
    if clauses.speaks_of_self(cue.text.lower().split()[-1], between):
        return False  # "his wife says that she is herself pacemaker dependent"
    if any(r.kind == "reports" and c.start - cue.end <= 4 for c in others for r in c.reaches):
        return True
    if clauses.names_patient(between) or clauses.new_subject(between):
        return True
    return clauses.own_of_another(cue.text.lower().split()[-1], between)


def _settle(result: Assertion, lowers: list[str], start: int, end: int) -> None:
    """Where axes contradict each other, the nearer or the stronger one stays."""
    deciding = result.deciding
    if "planned" in deciding and clauses.is_upkeep(lowers, start, end):
        del deciding["planned"]  # "booked for a pacemaker check"
    if not _CONTRADICTING.isdisjoint(lowers) and "uncertain" in deciding:
        deciding.pop("negated", None)  # "records contradict each other: one says ICD, another no device"
    told, family = deciding.get("hypothetical"), deciding.get("family")
    if told is not None and family is not None and told.before and told.words < family.words:
        del deciding["family"]  # "wife was told what to do should he develop it": her part is to listen
    elif told is not None and family is not None and family.before and _is_told(lowers, family.match.start):
        del deciding["family"]  # "leaflet gone through with both parents"
    negated, affirmed = deciding.get("negated"), deciding.get("affirmed")
    if negated is not None and negated.before and clauses.denies_absence(lowers, negated.match.start, start):
        del deciding["negated"]
        negated = None
    uncertain, resolved = deciding.get("uncertain"), deciding.get("resolved")
    if affirmed is not None:
        for kind in ("negated", "uncertain", "planned", "hypothetical"):
            other = deciding.get(kind)
            if other is not None and _overruled(other, affirmed, lowers, start, end):
                del deciding[kind]
    if negated is not None and uncertain is not None and "negated" in deciding and "uncertain" in deciding:
        # "possible X was ruled out" is settled, "nothing to suggest X" is a negation; "no bleed, possible X" and
        # "the note is not here and she cannot say whether X" are doubts
        between = lowers[negated.match.end : uncertain.match.start]
        parted = uncertain.before and negated.before and _PARTING.intersection(between) != frozenset()
        del deciding["negated" if parted else "uncertain"]
    if "pending" in deciding and affirmed is not None and affirmed.match.text.lower() in _LOOSE:
        deciding["uncertain"] = deciding["pending"]  # "compatible with MELAS, genetics pending"
    if resolved is not None and negated is not None and _is_denied_removal(resolved, negated):
        del deciding["resolved"]
        deciding.pop("negated", None)
        resolved = None
    remains = deciding.get("remains")
    if resolved is not None and remains is not None and not clauses.denied(lowers[: remains.match.start]):
        del deciding["resolved"]  # "resected glioma, small residual"
    if resolved is not None and "negated" in deciding and negated is not None and negated.before != resolved.before:
        deciding.pop("resolved", None)  # "denies removal of", "no X was removed"


def _is_denied_removal(resolved: Deciding, negated: Deciding) -> bool:
    """ "Letter says pacemaker explanted - this is wrong": what is wrong is the removal."""
    after = not resolved.before and not negated.before and negated.match.start >= resolved.match.end
    return after and _WRONG.intersection(negated.match.text.lower().split()) != frozenset()


def _is_told(lowers: list[str], person: int) -> bool:
    return lowers[max(0, person - 1) : person] in (["with"], ["to"])


def _overruled(other: Deciding, affirmed: Deciding, lowers: list[str], start: int, end: int) -> bool:
    if other.before == affirmed.before:
        apart = affirmed.match.start - other.match.end if other.before else other.match.start - affirmed.match.end
        if other.before and affirmed.match.text.lower() in _NOMINAL:
            # "at no time carried a diagnosis of": what is denied is the diagnosis itself
            between = lowers[other.match.end : affirmed.match.start]
            between = between[clauses.parenthesis(between) :]
            if clauses.CHAIN.isdisjoint(between) and ":" not in between:
                return False
        if not other.before and _takes_back(other.match):
            return False  # "'pacemaker in situ' was carried over from another chart"
        known = other.kind == "uncertain" and affirmed.match.text.lower() in _KNOWN  # "evaluation for known glioma"
        return affirmed.words < other.words and (apart > 1 or known) and other.kind in ("negated", "uncertain")
    if other.match.text == "?" and not other.before and not affirmed.words:
        return True  # "known glioma, high grade?"
    if other.kind != "negated":
        return False
    if other.before:  # "no fever, pacemaker in place": a comma parts the negation from the target
        return "," in lowers[other.match.end : start]
    return False


def _takes_back(match: CueMatch) -> bool:
    """Whether the cue says that an entry is wrong or of another patient's chart, not that the thing is missing."""
    return not (_WRONG | _NOT_THIS_ONES).isdisjoint(match.text.lower().replace("'", " '").split())


def status_of(assertion: Assertion, kind: str) -> tuple[Status, Deciding | None]:
    """The status of a mention of a concept of this `kind` (disease, device, question ...), and what decided it.

    Doubt supports a question ("recurrence versus necrosis?"), and a plan is what a question concept is about; only a
    doubt whether it is asked at all ("unclear from the request whether") leaves it uncertain. A planned
    device is hypothetical; a plan says nothing about whether a disease is there.
    """
    deciding = assertion.deciding
    if "family" in deciding:
        return Status.FAMILY, deciding["family"]
    if "negated" in deciding:
        return Status.ABSENT, deciding["negated"]
    if "hypothetical" in deciding:
        return Status.HYPOTHETICAL, deciding["hypothetical"]
    if "resolved" in deciding:
        return Status.HISTORICAL_RESOLVED, deciding["resolved"]
    if kind in ("question", "treatment") and "conditional" in deciding:
        return Status.HYPOTHETICAL, deciding["conditional"]
    if kind in ("question", "treatment") and "unverified" in deciding:
        return Status.UNCERTAIN, deciding["unverified"]
    if kind in ("question", "treatment") and "example" not in deciding:
        return Status.PRESENT, deciding.get("uncertain") or deciding.get("planned")
    if "planned" in deciding and kind in ("device", "condition"):
        return Status.HYPOTHETICAL, deciding["planned"]
    if "uncertain" in deciding:
        return Status.UNCERTAIN, deciding["uncertain"]
    if "example" in deciding:
        return Status.HYPOTHETICAL, deciding["example"]
    return Status.PRESENT, deciding.get("affirmed")


_PLAIN = {
    "negated": "negated",
    "uncertain": "in doubt",
    "hypothetical": "hypothetical",
    "planned": "planned",
    "resolved": "resolved or removed",
    "family": "about another person",
    "affirmed": "affirmed",
    "historical": "history",
    "settled": "settled",
    "example": "named as an example",
    "unverified": "not certain to be asked",
    "conditional": "tied to a condition",
    "pending": "in doubt",
}


def denies_itself(words: list[str]) -> bool:
    """Whether a term brings its own negation ("no tumor", "negative for mass")."""
    return clauses.denied(words[:1])


def reason(deciding: Deciding | None, *, asked: bool = False) -> str:
    """One line in plain words: "negated by 'no evidence of', 4 words before".

    `asked`: the doubt is the question itself ("recurrence versus necrosis?").
    """
    if deciding is None:
        return "stated without negation or doubt"
    side = "before" if deciding.before else "after"
    distance = (
        f"{deciding.words} word{'' if deciding.words == 1 else 's'} {side}" if deciding.words else f"directly {side}"
    )
    plain = "in question" if asked and deciding.kind == "uncertain" else _PLAIN[deciding.kind]
    return f"{plain} by '{deciding.match.text}', {distance}"


def is_history_entry(doc: Doc, start: int, end: int) -> bool:
    """Whether a chronic condition is all that the statement says ("Hypertension."): an entry of a history list."""
    if any(t.text[0].isalpha() for t in doc if not start <= t.i < end) or end - start > _LONGEST_ENTRY:
        return False
    return any(t.lower_ in chronic_conditions() for t in doc[start:end])


@lru_cache(maxsize=1)
def chronic_conditions() -> frozenset[str]:
    path = resources.lexicons() / "shared" / "chronic_conditions.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return frozenset(row["word"] for row in csv.DictReader(file))
