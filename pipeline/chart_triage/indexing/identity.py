"""Who a page says that it is about: name, date of birth, numbers, sex and age in headers, labels, forms and letters.

Only what stands behind a label ("Patient:", "DOB", "MRN #"), or beside one as in a running header ("DOE, JANE
(id #123, dob: ...)"), is believed; names in the prose are not looked at. What belongs to a guarantor, a subscriber,
a parent, a donor, a physician or a facility is left out. Labels and digits are read with the errors of fax and OCR.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Literal, NamedTuple

from chart_triage.indexing.birth_dates import read_date
from chart_triage.indexing.glyphs import as_digits, fold
from chart_triage.indexing.identity_labels import Hit
from chart_triage.indexing.person_names import read_name
from chart_triage.indexing.printed_text import PrintedText, printed_text
from chart_triage.records.chart_index import Identity
from chart_triage.records.page import Page

_LABEL_LENGTH = 8  # characters of a label that could not be read
_DATE_REACH = 16  # characters between a label and its date
_NUMBER = re.compile(
    r"[#:.\s]*((?:[A-Z]{1,6}\s?[-–]?\s?)?[A-Za-z0-9|!]*\d[A-Za-z0-9|!-]{2,19}|\d{2,4}(?:[ -]\d{2,4}){1,3}(?![/\d])"
    r"|[A-Za-z0-9][A-Za-z0-9|!-]{2,19})"
)
_LEAST_DIGITS = 3
_AGE = re.compile(
    r"(?<![\d/.-])(\d{1,3})[ -]?(y\.? ?[o0]\.?|y/[o0]|yrs?|years?|y|m\.? ?[o0]\.?|mos?|months?|wks?|weeks?|days?|d|m|w)"
    r"\b\.?(?:[ -][o0]ld)?[\s,./()-]{0,3}(female|male|[fmx]\b)?",
    re.I,
)
_SEX_AGE = re.compile(r"\b(female|male|[fm])[\s,/-]{1,3}(\d{1,3}) ?(y|yrs?|years?|y\.?o\.?)\b", re.I)
_SEX = re.compile(r"[\W_]*(fema[il1]e|ma[il1]e|[fmx])\b", re.I)
_SEX_BEHIND_DATE = re.compile(r"[\s,/()-]{1,3}(female|male|[FM])\b")
_YEARS = {"y": 1.0, "m": 1 / 12, "w": 1 / 52.2, "d": 1 / 365.25}
_BANNER_NAME = re.compile(r"[^\t\n,]{2,40},\s?[^\t\n,]{2,40}")
_BANNER_REACH = 4  # lines above a date of birth in which a running header names the patient
_BANNER_EDGE = 14  # lines at the top of the page that may be a banner without labels

Sex = Literal["F", "M", "X"]


class _Named(NamedTuple):
    """A name found at `at`. The lower `rank`, the better it is anchored."""

    rank: int
    at: int
    name: str


def on_page(page: Page) -> Identity | None:
    """Who the page says that it is about, or None where it names nobody."""
    printed = printed_text(page)
    if not any(c.isalpha() for c in printed.text):
        return None
    ours = [hit for hit in printed.hits if not printed.about_other(hit.start)]
    names = sorted((*_labelled_names(printed, ours), *_beside(printed, ours)))
    births = list(_births(printed, ours))
    born = min(births, key=lambda each: printed.blocks_apart(names[0].at, each[1])) if names and births else None
    born = born or next(iter(births), None)
    banner = _unlabelled(printed) if born is None else None
    identity = Identity(
        name=names[0].name if names else banner and banner.name,
        born=born[0] if born else banner and banner.born,
        numbers=tuple(dict.fromkeys(_numbers(printed, ours, "number"))),
        member_numbers=tuple(dict.fromkeys(_numbers(printed, ours, "member"))),
        **_age_and_sex(printed, ours, born, banner),
    )
    return identity if identity.known else None


def _values(printed: PrintedText, hit: Hit) -> Iterator[str]:
    """What may be the label's value: the rest of its cell, else the next cell, else the same cell of the next line."""
    text = printed.text
    if text[hit.value : hit.end].strip(" _-.:"):
        yield text[hit.value : hit.end]
        return
    start, end = printed.line(hit.start)
    labelled = {each.start for each in printed.hits}
    if hit.end < end and text[hit.end] == "\t":
        after = hit.end + 1
        if after not in labelled:
            yield re.split(r"[\t\n]", text[after:end], maxsplit=1)[0]
            return
    below = text[end + 1 : printed.line(end + 1)[1]] if end + 1 < len(text) else ""
    if below and not any(end < at <= end + 1 + len(below) for at in labelled):
        column = text.count("\t", start, hit.start)
        cells = below.split("\t")
        yield cells[column] if column < len(cells) else below


def _births(printed: PrintedText, hits: Sequence[Hit]) -> Iterator[tuple[date, int]]:
    """Dates of birth, and where their labels stand; those whose label could not be read come last."""
    for hit in hits:
        if hit.field != "born":
            continue
        for value in _values(printed, hit):
            found = read_date(value[:48], printed.latest_year)
            if found is not None and found[1] <= _DATE_REACH:
                yield found[0], hit.start
    for hit in hits:
        if hit.field != "sex":
            continue
        start = printed.cell_start(hit.start)
        before = printed.text[start : hit.start]
        found = read_date(before, printed.latest_year)  # "1013 11/08/2026 SEX F": DOB on a coarse fax
        if found is not None and found[1] <= _LABEL_LENGTH and not before[found[2] :].strip(" ,;/()-"):
            yield found[0], start


def _labelled_names(printed: PrintedText, hits: list[Hit]) -> Iterator[_Named]:
    split: dict[str, tuple[int, str]] = {}
    for hit in hits:
        if printed.about_other(hit.start, name=True):
            continue
        if hit.field in ("name", "about"):
            for value in _values(printed, hit):
                if name := read_name(value, labelled=hit.field == "name"):
                    yield _Named(_rank(printed, hit), hit.start, name)
        elif hit.field in ("last_name", "first_name", "middle_name"):
            value = next(iter(_values(printed, hit)), "")
            word = re.match(r"\W*([A-Za-z][A-Za-z0-9'’.-]*(?: [A-Z][A-Za-z'’-]+)?)", value)
            if word:
                split.setdefault(hit.field, (hit.start, word[1].upper().strip(".-'")))
    if "last_name" in split and "first_name" in split:
        middle = f" {split['middle_name'][1]}" if "middle_name" in split else ""
        at, last = split["last_name"]
        yield _Named(0, at, f"{last}, {split['first_name'][1]}{middle}")


def _rank(printed: PrintedText, hit: Hit) -> int:
    if hit.field == "about":
        return 2
    return 0 if hit.label.names_patient or printed.in_patient_block(hit.start) else 3


def _beside(printed: PrintedText, hits: list[Hit]) -> Iterator[_Named]:
    """Names without a label beside a date of birth or a number: running headers, stickers."""
    text = printed.text
    for hit in hits:
        if hit.field not in ("born", "number"):
            continue
        start = printed.cell_start(hit.start)
        earlier = [other.end for other in printed.hits if start <= other.start < hit.start]
        before = text[max(start, *earlier) if earlier else start : hit.start]
        name = read_name(before, labelled=False) or _in_prose(before)
        if name:
            yield _Named(1, hit.start, name)
            return
        if earlier:
            continue
        name = _above(printed, hit)
        if name:
            yield _Named(1, hit.start, name)
            return


def _in_prose(before: str) -> str | None:
    """The name right before a label in a sentence: "on behalf of my patient, Jane Doe (DOB"."""
    run = re.search(r"(?:^|(?<=\s))(?:[A-Z][\w.'’-]*\s+){1,4}(?:[a-z]{1,3}[ -]){0,3}[A-Z][\w'’-]+(?=[\s,(]*$)", before)
    return read_name(run[0], labelled=False) if run else None


def _above(printed: PrintedText, hit: Hit) -> str | None:
    """The name in the cell before a label, or in the lines above it."""
    start, at = printed.line(hit.start)[0], hit.start
    labelled = [each.start for each in printed.hits]
    for _ in range(_BANNER_REACH):
        cells = printed.text[start:at].split("\t")
        place = at
        for cell in reversed(cells):
            place -= len(cell)
            if not any(place <= each < place + len(cell) for each in labelled):
                alone = len(cells) == 1 or "," in cell or place + len(cell) == at
                if alone and (name := read_name(cell, labelled=False)) and _whole(cell):
                    return name
            place -= 1
        if start == 0:
            return None
        at = start - 1
        start = printed.line(at - 1)[0] if at else 0
    return None


def _whole(cell: str) -> bool:
    """Whether a cell holds hardly more than a name: no sentence, no address."""
    return len(cell.split()) <= 6 and not cell.rstrip().endswith((":", ";")) and sum(c.isdigit() for c in cell) <= 2


class _Banner(NamedTuple):
    name: str
    born: date | None
    age: float | None
    sex: Sex | None


def _unlabelled(printed: PrintedText) -> _Banner | None:
    """A banner without labels: "DOE, JANE A  F 45y 03/02/1981"."""
    start = 0
    for line in printed.text.split("\n", _BANNER_EDGE)[:_BANNER_EDGE]:
        if "," in line and (named := _BANNER_NAME.search(line)) and not printed.about_other(start, name=True):
            age, sex = _age_sex(line[named.start() :])
            name = read_name(line[: named.end()], labelled=False)
            if name and age is not None:
                found = read_date(line[named.start() :], printed.latest_year)
                fits = found is not None and abs(printed.latest_year - found[0].year - age) <= 2
                return _Banner(name, found[0] if found and fits else None, age, sex)
        start += len(line) + 1
    return None


def _numbers(printed: PrintedText, hits: Iterable[Hit], field: str) -> Iterator[str]:
    for hit in hits:
        if hit.field != field:
            continue
        for value in _values(printed, hit):
            match = _NUMBER.match(value)
            if match is None or re.match(r"[\s#:]*\S{1,4}[/.]\S{1,2}[/.]", value):
                continue
            number = re.sub(r"\s", "", match[0]).strip("#:.-–|!").upper()
            digits = as_digits(number.split("-")[-1])
            if sum(c.isdigit() for c in number) >= _LEAST_DIGITS or (
                len(digits) >= _LEAST_DIGITS + 1 and digits.isdigit() and any(c.isdigit() for c in number)
            ):
                yield number


def _age_and_sex(
    printed: PrintedText, hits: list[Hit], born: tuple[date, int] | None, banner: _Banner | None
) -> dict[str, float | Sex | None]:
    age: float | None = banner.age if banner else None
    sex: Sex | None = banner.sex if banner else None
    for hit in hits:
        value = next(iter(_values(printed, hit)), "") if hit.field in ("age", "sex", "born") else ""
        if hit.field == "age" and age is None:
            age, said = _age_sex(value)
            sex = sex or said
            if age is None and (plain := re.match(r"\W*(\d{1,3})\b(?![/.-]\d)", value)):
                age = float(plain[1]) if int(plain[1]) <= 130 else None
        elif hit.field == "sex" and sex is None:
            after = _behind_date(value, printed.latest_year)
            sex = _sex(_SEX.match(after))
        elif hit.field == "born" and born is not None and hit.start == born[1]:
            rest = _behind_date(value, printed.latest_year)
            read, said = _age_sex(rest)
            age, sex = age if age is not None else read, sex or said or _sex(_SEX_BEHIND_DATE.match(rest))
    if born is not None and (age is None or sex is None):
        start, end = printed.line(born[1])
        read, said = _age_sex(printed.text[start:end])
        age, sex = age if age is not None else read, sex or said
    return {"age": age, "sex": sex}


def _behind_date(value: str, latest: int) -> str:
    found = read_date(value[:48], latest)
    return value[found[2] :] if found else value


def _age_sex(text: str) -> tuple[float | None, Sex | None]:
    if match := _SEX_AGE.search(text):
        return _years(match[2], "y"), _sex(match)
    if match := _AGE.search(text):
        sex = _letter(match[3]) if match[3] else None
        return _years(match[1], match[2][0].lower()), sex
    return None, None


def _years(number: str, unit: str) -> float | None:
    age = int(number) * _YEARS[unit]
    return round(age, 2) if age <= 130 else None


def _sex(match: re.Match[str] | None) -> Sex | None:
    return _letter(match[1]) if match else None


def _letter(word: str) -> Sex | None:
    letter = fold(word)[0]
    return letter if letter in ("F", "M", "X") else None  # type: ignore[return-value]
