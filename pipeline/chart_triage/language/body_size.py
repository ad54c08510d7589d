"""Weight or BMI against the scanner's limit: two numbers in the record, or one and the site's setting.

A number alone says nothing: the guideline names no limit. Pounds, kilograms and stone are compared in kilograms.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from chart_triage.records.mention import Status
from chart_triage.settings import Settings

_POUND, _STONE = 0.45359237, 6.35029318  # kilograms
_KG = (
    dict.fromkeys(("kg", "kgs", "kilogram", "kilograms", "kilo", "kilos"), 1.0)
    | dict.fromkeys(("lb", "lbs", "ibs", "pound", "pounds", "#"), _POUND)
    | dict.fromkeys(("stone", "st"), _STONE)
)
_QUANTITY = re.compile(
    r"(?=[\dblmcr])(?:(?<![\d.,/])(?P<low>\d{2,3}(?:[.,]\d)?)(?:\s{0,2}(?:-|\u2013|"
    r"to)\s{0,2}(?P<high>\d{2,3}(?:[.,]\d)?))?\s{0,2}-?"
    r"(?P<unit>kgs?|kilograms?|kilos?|lbs?|ibs|pounds?|stone|st|#)(?![\w/])"
    r"|(?:\bbmi|body mass index)\b[^\d\n]{0,20}?(?P<bmi>\d{2}(?:\.\d)?)(?![\d/])"
    r"|(?:\b(?:limit|max(?:imum)?|capacity|rated|rating)\b)\s{0,3}(?:of|is|to|for|at|up to|:|=)?"
    r"\s{0,3}(?P<bare>\d{2,3})(?!\s{0,2}(?:[\w%/#]|\.\d)))",
    re.IGNORECASE,
)
_GATE = re.compile(
    r"[\dbB](?:(?<=\d)\s{0,2}-?(?i:kg|kilo|lb|ibs|pound|stone|#)"
    r"|(?<=[bB])(?:(?<!\w[bB])(?i:mi)\b|(?i:ody mass index)))"
)
_LIMIT = re.compile(
    r"\b(?:limit|limits|max|maximum|capacity|rated|rating|cut-?off|couch|bore|gantry|magnet|magnet's|scanner|"
    r"scanner's|table|"
    r"accommodates?|up to|policy|allowance)\b",
    re.IGNORECASE,
)
_SCANNER = re.compile(
    r"\b(?:scanner|scanner's|scan|table|couch|bore|gantry|magnet|magnet's|mri|mr|unit|weight limit|wt limit|3\s?t|"
    r"1\.5\s?t)\b",
    re.IGNORECASE,
)
_LIFTING = re.compile(
    r"\b(?:lift(?:ing)?|carry(?:ing)?|push(?:ing)?|pull(?:ing)?|dose|gain(?:ed)?|loss|lost)\b", re.IGNORECASE
)
_PERSON = re.compile(
    r"\b(?:weight|weighs|weighed|wt|pt|patient|he|she|his|her|their|at|bmi|now|actual|est|re-?weighed|first)\b",
    re.IGNORECASE,
)
_BOUNDED = re.compile(
    r"\b(?:within|under|over|above|below|exceeds?|exceeding|beyond|inside) (?:the|our|a) $", re.IGNORECASE
)
_MISTAKEN = re.compile(
    r"[^.;\n\d]{0,40}?\b(?:was|were|is|being) (?:\w+ ){0,2}(?:error|typo|mistake|wrong|incorrect|slip|misread|mistyped|"
    r"mis-?entered)\b|[,;(\s]{1,3}(?:a )?(?:typo|typing error|in error|entered in error)\b",
    re.IGNORECASE,
)
_IF = re.compile(r"\b(?:if|should|anyone|anybody|patients|policy|would|were)\b[^.\n]{0,80}$", re.IGNORECASE)
_REACH = 260
_BESIDE = 30


class BodySize(NamedTuple):
    """What two numbers say: `raw[start:end]` spans both of them where they stand near each other."""

    start: int
    end: int
    status: Status
    reason: str


class _Quantity(NamedTuple):
    start: int
    end: int
    low: float
    high: float
    is_bmi: bool
    is_limit: bool
    text: str


def body_size(raw: str, site: Settings) -> BodySize | None:
    """The last comparison that the text, or the text and the site's settings, allow; None where there is none."""
    if not _GATE.search(raw):
        return None
    found = _quantities(raw)
    people = [q for q in found if not q.is_limit]
    if not people:
        return None
    patient = people[-1]
    limits = [q for q in found if q.is_limit and q.is_bmi == patient.is_bmi and _apart(q, patient) <= _REACH]
    if limits:
        limit = min(limits, key=lambda q: _apart(q, patient))
        return _compared(raw, patient, limit.low, limit)
    setting = site.scanner_bmi_limit if patient.is_bmi else site.scanner_weight_limit_kg
    return _compared(raw, patient, setting, None) if setting is not None else None


def _quantities(raw: str) -> list[_Quantity]:
    result: list[_Quantity] = []
    previous = 0
    for match in _QUANTITY.finditer(raw):
        before = raw[max(previous, match.start() - 60) : match.start()]
        cut = max(before.rfind("\n\n"), before.rfind(". "), before.rfind(";"))
        before = before[cut + 1 :]
        after = re.split(r"[.;,\n)]", raw[match.end() : match.end() + 22])[0]
        is_bmi = match.group("bmi") is not None
        own = match.group()
        around = raw[max(0, match.start() - 70) : match.end() + 40]
        beside = match.group("bare") is not None and bool(result) and match.start() - result[-1].end <= _BESIDE
        of_scanner = beside or _SCANNER.search(around) is not None or raw[match.start() - 1 : match.start()] == "("
        of_scanner = of_scanner or (_BOUNDED.search(before) is not None and after.lower().strip().startswith("limit"))
        limit = (match.group("bare") is not None or _is_limit(before, after)) and of_scanner
        if _LIFTING.search(before[-40:]) or (not limit and _MISTAKEN.match(raw, match.end())):
            continue
        low, high = _values(match, result)
        if low is not None:
            result.append(_Quantity(match.start(), match.end(), low, high, is_bmi, limit, own.strip()))
        previous = match.end()
    return result


def _is_limit(before: str, after: str) -> bool:
    limits = list(_LIMIT.finditer(before))
    if limits:
        rest = before[limits[-1].end() :]
        person = [m for m in _PERSON.finditer(rest) if m.group().lower() not in ("weight", "at", "bmi")]
        if not person and not re.search(r"\d", rest):
            return True
    return bool(
        re.match(
            r"\s{0,2}(?:weight )?(?:limit|max|table|scanner|capacity|magnet|couch|bore|cut-?off|mri)",
            after,
            re.IGNORECASE,
        )
    )


def _values(match: re.Match[str], before: list[_Quantity]) -> tuple[float | None, float]:
    if match.group("bmi"):
        value = float(match.group("bmi"))
        return value, value
    if match.group("bare"):
        # "limit 350" after a weight is in that weight's unit
        unit = next((q.text for q in reversed(before) if not q.is_bmi), "")
        factor = next((f for name, f in _KG.items() if unit.lower().endswith(name)), None)
        return (float(match.group("bare")) * factor, float(match.group("bare")) * factor) if factor else (None, 0.0)
    factor = _KG[match.group("unit").lower()]
    low = float(match.group("low").replace(",", "."))
    high = float((match.group("high") or match.group("low")).replace(",", "."))
    return low * factor, high * factor


def _apart(one: _Quantity, other: _Quantity) -> int:
    return max(one.start - other.end, other.start - one.end, 0)


def _compared(raw: str, patient: _Quantity, limit: float, given: _Quantity | None) -> BodySize:
    start = min(patient.start, given.start) if given else patient.start
    end = max(patient.end, given.end) if given else patient.end
    against = (
        f"the limit of {given.text}"
        if given
        else f"the site's limit of {limit:g} {'kg/m2' if patient.is_bmi else 'kg'}"
    )
    if patient.low > limit:
        status, verb = Status.PRESENT, "is above"
    elif patient.high <= limit:
        status, verb = Status.ABSENT, "is within"
    else:
        status, verb = Status.UNCERTAIN, "may be above"
    if _IF.search(raw[max(0, start - 90) : start]):
        status = Status.HYPOTHETICAL
    return BodySize(start, end, status, f"{patient.text} {verb} {against}")
