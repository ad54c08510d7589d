"""What the words between a cue and its target tell: whether a list, a new clause or a known thing stands there.

All functions take `between`, the tokens in lower case from the end of the one to the start of the other.
"""

from __future__ import annotations

import csv
from functools import lru_cache
from itertools import pairwise

from chart_triage import resources


@lru_cache(maxsize=1)
def _words() -> dict[str, frozenset[str]]:
    """Role in a clause -> the words that play it, from `lexicons/shared/clause_words.csv`."""
    roles: dict[str, set[str]] = {}
    path = resources.lexicons() / "shared" / "clause_words.csv"
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            roles.setdefault(row["role"], set()).add(row["word"])
    return {role: frozenset(words) for role, words in roles.items()}


VERBS, SUBJECTS = _words()["verb"], _words()["subject"]
CONJUNCTIONS, CHAIN = _words()["conjunction"], _words()["chain"]
ADVERSATIVES = _words()["adversative"]
_DEFINITE, _POSSESSIVES = _words()["definite"], _words()["possessive"]
_PREPOSITIONS, _FILLING, _ATTACHING = _words()["preposition"], _words()["filling"], _words()["attaching"]
_PEOPLE, _LIST_HEADS, _DENYING = _words()["person"], _words()["list_head"], _words()["denying"]
_MALE, _FEMALE = _words()["male"], _words()["female"]
_ASPECTS = _words()["aspect"]
_UPKEEP = _words()["upkeep"]
_AUXILIARIES = 4  # tokens between a cue and the comma that opens a parenthesis
_BEING = frozenset({"been", "has", "had", "have", "was", "is", "were", "there", "yet"})
_OWNING = frozenset({"she", "he", "is", "has", "who", "wears", "carries", "had", "uses"})
_INDEFINITE = frozenset({"a", "an", "any", "the", "was", "were", "evidence", "suggestion", "history"})
_PATIENT, _PAPERS = _words()["patient"], _words()["paper"]


def ends_clause(between: list[str]) -> bool:
    """Whether nothing but filling words stands after the last comma or semicolon: no other noun was named there."""
    last = max((i for i, t in enumerate(between) if t in (",", ";")), default=-1)
    return last >= 0 and all(t in _FILLING for t in between[last + 1 :])


def full_stop(between: list[str]) -> bool:
    """A full stop ends a statement; that of an abbreviation does not ("aunt (mat.) - epilepsy", "d. 61, glioma")."""
    return any(
        t == "." and between[i + 1 : i + 2] != [")"] and not (i and len(between[i - 1]) == 1)
        for i, t in enumerate(between)
    )


def listed(between: list[str]) -> bool:
    """Whether the words form a list ("a, b, or c"): a comma and a conjunction, or several commas."""
    return between.count(",") > 1 or any(t in CONJUNCTIONS for t in between)


def new_clause(between: list[str]) -> bool:
    """A verb after a comma, a conjunction or a subject begins a clause of its own ("no fever, and has a pacemaker")."""
    opened = False
    for index, token in enumerate(between):
        if token in CHAIN or (token in SUBJECTS and index > 1):
            opened = True
        elif token in VERBS and opened:
            return True
    return False


def definite_object(between: list[str]) -> bool:
    """ "no edema around the glioma", "no lesion to explain her encephalopathy": the target is known to be there.

    A determiner after a preposition, or a possessive, makes the target definite, unless the list of what is negated
    goes on after it. So does the subject of a clause ("no evidence that the pacemaker is failing").
    """
    if between and between[-1] in _ATTACHING and len(between) > 1:
        return True
    if between[-2:-1] == ["that"] and between[-1] in _DEFINITE:
        return True
    for index in range(1, len(between)):
        possessive = between[index] in _POSSESSIVES
        definite = between[index] in _DEFINITE and between[index - 1] in _PREPOSITIONS and index > 1
        held_by = between[index] == "with" and between[index - 1] in _PEOPLE
        if (possessive or definite or held_by) and not any(t in CHAIN for t in between[index:]):
            return True
    return False


def known_object(between: list[str]) -> bool:
    """ "Evaluate response of the thalamic glioma": a doubt about something else of a thing that is known.

    Narrower than `definite_object`: at most one word stands between the determiner and the target.
    """
    for back in (1, 2):
        if len(between) > back + 1 and between[-back] in _DEFINITE and between[-back - 1] in _PREPOSITIONS:
            return back == 1 or (between[-1][0].isalpha() and between[-1] not in _PREPOSITIONS)
    return False


def colon_blocks(between: list[str]) -> bool:
    """ "without clearance: pacemaker, ICD": a colon ends a negation, unless it only introduces what is negated."""
    if ":" not in between:
        return False
    head = between[: between.index(":")]
    return any(t[0].isalpha() and t not in _LIST_HEADS for t in head)


def own_of_another(relative: str, between: list[str]) -> bool:
    """ "her father helps her with her own pump": "own" of the other sex than the relative's is the patient's."""
    pronoun = "his" if relative in _MALE else "her" if relative in _FEMALE else None
    return pronoun is not None and any(
        t == "own" and between[i - 1] in ("her", "his") and between[i - 1] != pronoun
        for i, t in enumerate(between)
        if i
    )


def ends_in_aspect(before: list[str]) -> bool:
    """ "grade of glioma to be determined": what follows the target speaks of its grade, not of the target."""
    words = before[:-1] if before[-1:] in (["the"], ["her"], ["his"]) else before
    return words[-1:] == ["of"] and len(words) > 1 and words[-2] in _ASPECTS


def denied(before: list[str]) -> bool:
    """Whether the last three words deny what follows ("no evidence of", "without any")."""
    return any(t in _DENYING for t in before[-3:])


def new_subject(between: list[str]) -> bool:
    """ "her mother is well and she has epilepsy": a pronoun after a conjunction or comma is the patient again."""
    return any(
        t in ("she", "he", "and", ",")
        and n in ("she", "he", "patient", "pt", "the")
        and m in ("has", "had", "is", "was", "patient", "also", "takes", "continues", "does", "did")
        for t, n, m in zip(between, between[1:], between[2:], strict=False)
    )


def names_patient(between: list[str]) -> bool:
    """ "Sibling clinic: Leo (this note) has ...": the patient is named between the relative and the target."""
    if not _PATIENT.isdisjoint(between):
        return True
    return any(t == "this" and n in _PAPERS for t, n in pairwise(between))


def parenthesis(between: list[str]) -> int:
    """How many of the words are put in between two commas right behind the cue ("there has never been, in twenty
    years of follow-up, a diagnosis of epilepsy"); 0 where none are."""
    first = next((i for i, t in enumerate(between[:_AUXILIARIES]) if t == ","), None)
    if first is None or not _BEING.issuperset(between[:first]):
        return 0
    last = max(i for i, t in enumerate(between) if t == ",")
    rest = between[last + 1 :]
    return last + 1 if last > first and rest and rest[0] in _INDEFINITE else 0


def is_upkeep(lowers: list[str], start: int, end: int) -> bool:
    """ "Pacemaker check", "ICD battery": what is planned is about a device that is there."""
    if lowers[start].startswith("pre-") or lowers[max(0, start - 2) : start][:1] == ["pre"]:
        return False  # "pre-cochlear implant battery"
    return not _UPKEEP.isdisjoint(lowers[end : end + 1]) or not _UPKEEP.isdisjoint(lowers[start + 1 : end])


def denies_absence(lowers: list[str], cue: int, target: int) -> bool:
    """ "The absence of a pacemaker was confirmed, but not that of a stimulator": the second one is there."""
    return (
        lowers[cue : cue + 1] == ["not"]
        and "of" in lowers[cue + 1 : min(cue + 3, target)]
        and "absence" in lowers[:cue]
    )


def speaks_of_self(relative: str, between: list[str]) -> bool:
    """ "His wife mentions that she is herself ...": the relative speaks of her own device."""
    own = "himself" if relative in _MALE else "herself" if relative in _FEMALE else None
    if own is None or own not in between:
        return False
    at = between.index(own)
    return not _OWNING.isdisjoint(between[max(0, at - 1) : at] + between[at + 1 : at + 2])
