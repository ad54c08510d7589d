"""People whom a text tells apart by what they are to each other: donor and recipient, he and she of a couple, the
older and the younger, brothers by their first names.

Only where the text says which of them is the patient. Spans and names are compared here and never kept.
"""

from __future__ import annotations

import re

from chart_triage.language.segments import Statements

Span = tuple[int, int]
Named = tuple[int, int, str]

_KIN = (
    "brothers",
    "sisters",
    "siblings",
    "cousins",
    "twins",
    "children",
    "sibs",
    "couple",
    "partners",
    "boys",
    "girls",
)
_NAME = re.compile(
    r"(?:Re:\s{0,2})?(?P<name>[A-Z][a-z]{1,20})(?=,?\s(?:has|is|was|had|wears|takes|uses|carries|whom|who|\d{1,2}\b|\())"
)
_RE = re.compile(r"\bRe:\s{0,2}(?P<name>[A-Z][a-z]{1,20})(?=[\s,(])")
_NO_NAMES = frozenset((
    "he", "she", "it", "they", "the", "this", "that", "there", "his", "her", "our", "their", "mother",
    "father", "mum", "mom", "dad", "patient", "both", "neither", "one", "who", "a", "an", "brother", "sister",
    "son", "daughter", "wife", "husband", "donor", "recipient", "couple", "chart", "letter", "note", "child",
    "baby", "older", "younger", "elder", "today", "which", "what", "also", "seen",
))  # fmt: skip
_AGED = re.compile(
    r"\b(?:the|her|his|their) (?P<who>elder|older|eldest|oldest|younger|youngest|middle|first|second|"
    r"former|latter|taller|"
    r"other)(?: (?:one|boy|girl|brother|sister|twin|sibling|child|cousin|man|woman))?\b(?=,|\s\(|\s(?:has|"
    r"is|was|had|wears|"
    r"uses|takes|carries))",
    re.IGNORECASE,
)
_WHOSE = re.compile(
    r"\b(?:this|these)(?: (?:one|note|notes|chart|record|letter|form|copy|sheet|file|page|visit))? (?:is|are) "
    r"(?P<whose>hers|his|about her|about him|for her|for him|her (?:chart|note)|his (?:chart|note))\b",
    re.IGNORECASE,
)
_PRONOUN = re.compile(r"(?P<who>he|she|the (?:husband|wife|man|woman))\b", re.IGNORECASE)
_CLAUSE = re.compile(r"[;.]\s{1,3}(?=(?:he|she|the (?:husband|wife|man|woman))\b)", re.IGNORECASE)
_FEMALE = ("she", "wife", "woman")
_DONOR_IS_PATIENT = re.compile(
    r"\b(?:donor|donation) (?:assessment|evaluation|work-?up|screening|clinic|visit|review|candidate|consultation)\b"
    r"|\bdonor(?:, | \()(?:our|this|the) patient\b|\b(?:patient|he|she) is (?:the |a )?(?:living |potential )?donor\b",
    re.IGNORECASE,
)
_RECIPIENT = re.compile(
    r"\brecipient\b(?!['\u2019]s (?:surgeon|team|hospital))(?!,? (?:our|this|the) patient)", re.IGNORECASE
)
_END = re.compile(r";|\b(?:the|our|her|his) donor\b|\bthe patient\b", re.IGNORECASE)


def other_roles(raw: str, lower: str, statements: Statements) -> list[Span]:
    """The stretches about the one who is not the patient: the recipient of a donor, the other half of a couple."""
    found: list[Span] = []
    if ("recipient" in lower and "dono" in lower) or "donation" in lower:
        found += _recipients(raw, statements)
    if "couple" in lower or "partners" in lower or "husband and wife" in lower:
        found += _other_half(raw, statements)
    return found


def _recipients(raw: str, statements: Statements) -> list[Span]:
    if _DONOR_IS_PATIENT.search(raw) is None:
        return []
    spans = []
    for match in _RECIPIENT.finditer(raw):
        statement = statements.items[statements.index_at(match.start())]
        end = _END.search(raw, match.end(), statement.end)
        spans.append((match.start(), end.start() if end is not None else statement.end))
    return spans


def _other_half(raw: str, statements: Statements) -> list[Span]:
    whose = _WHOSE.search(raw)
    if whose is None:
        return []
    hers = not {"her", "hers"}.isdisjoint(whose.group("whose").lower().split())
    spans = []
    for statement in statements.items:
        starts = [statement.start + _blank(raw, statement.start)]
        starts += [match.end() for match in _CLAUSE.finditer(raw, statement.start, statement.end)]
        for start, following in zip(starts, [*starts[1:], statement.end], strict=True):
            match = _PRONOUN.match(raw, start, following)
            if match is not None and (match.group("who").lower().split()[-1] in _FEMALE) is not hers:
                spans.append((start, following))
    return spans


def named_people(raw: str, lower: str, statements: Statements) -> list[Named]:
    """Those named at the beginning of a statement of a text about several of a family: start, end, who."""
    if not any(word in lower for word in _KIN) and lower.count("re:") < 2:
        return []
    named = {(m.start(), m.end(), m.group("name").lower()) for m in _RE.finditer(raw)}
    for statement in statements.items:
        match = _NAME.match(raw, statement.start + _blank(raw, statement.start), statement.end)
        if match is not None:
            named.add((match.start(), match.end(), match.group("name").lower()))
    people = {(s, e, who) for s, e, who in named if who not in _NO_NAMES}
    people |= {(m.start(), m.end(), m.group("who").lower()) for m in _AGED.finditer(raw)}
    return sorted(people)


def _blank(raw: str, start: int) -> int:
    return len(raw[start : start + 8]) - len(raw[start : start + 8].lstrip())
