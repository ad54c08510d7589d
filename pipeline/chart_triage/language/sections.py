"""Which section of a note a place lies in: titles from `lexicons/shared/sections.csv`, however they are written.

A title counts where a line or a sentence begins, and is followed by a colon, a dash or the line's end. A title in
capitals that is not in the table still ends the section before it.
"""

from __future__ import annotations

import csv
import re
from bisect import bisect_right
from functools import lru_cache
from typing import NamedTuple

from chart_triage import resources

_COLON = re.compile(r"[:\uff1a]")
_TITLE_BEFORE_COLON = re.compile(
    r"(?:^|[\n\f]|[.,;!?)\]\u2022]\s|\s{2,}|\t)\s{0,8}(?:\*\*|#{1,4}|=+|_+|\(?\d{1,2}[.)]|"
    r"[A-Z][.)])?\s{0,3}([A-Za-z][A-Za-z0-9 /&,'()\-]{0,54}?)\s{0,3}\*{0,2}$"
)
_TITLE_LINE = re.compile(
    r"^[ \t]*+(?:\*\*|#{1,4}|=+|_+|\(?\d{1,2}[.)]|[A-Z][.)])?[ \t]*+([A-Za-z][A-Za-z0-9 /&,'()\-]{1,54}?)"
    r"[ \t]*+(?:\*\*|=+|_+|[-\u2013\u2014]+(?=[ \t]|$))?[ \t]*+(?=\n|\f|$)",
    re.MULTILINE,
)
_TITLE_DASH = re.compile(r"^[ \t]*([A-Za-z][A-Za-z /&]{1,40}?)[ \t]+[-\u2013\u2014][ \t]+", re.MULTILINE)
_ADDENDUM = re.compile(
    r"(?:^|(?<=[\n.;!?] )|(?<=\n))[ \t]*((?:[A-Z]{2,4} )?(?:late entry|addendum|addenda|corrected report|correction|"
    r"amended report|amendment|amended|erratum|corrigendum|revised report)\b[^:\n]{0,50}):",
    re.IGNORECASE | re.MULTILINE,
)
_EARLIER_VERSION = re.compile(r"\b(?:prelim(?:inary)?|v(?:ersion )? ?1)\b", re.IGNORECASE)
_EARLIER_WORDS = ("prelim", "version", "v1", "v 1")
_LATER_VERSION = re.compile(
    r"(?:^|(?<=[\n.;!?] )|(?<=\n))[ \t]*((?:FINAL|Final)(?: (?:READ|REPORT|read|report|result))?|"
    r"(?i:v(?:ersion )?\s?[2-9])|"
    r"(?i:corrected version))\s?:",
    re.MULTILINE,
)
_ADDENDUM_WORDS = ("late entry", "addend", "correct", "amend", "erratum", "corrigend", "revised report")
_PERSON_LABEL = re.compile(
    r"\b(?:mother|father|mom|dad|parents?|brothers?|sisters?|sibs?|siblings?|son|daughter|aunts?|uncles?|cousins?|grand\w+|maternal|paternal|"
    r"mgm|mgf|pgm|pgf|children|half|twin|family|relatives?|other)\b",
    re.IGNORECASE,
)
_SOAP = re.compile(r"^[ \t]*(A/P|A|P|S|O|Imp|IMP|Dx|I)[ \t]{0,2}[:/)][ \t]", re.MULTILINE)
_SOAP_NAMES = {
    "A": "impression",
    "P": "plan",
    "A/P": "plan",
    "S": "hpi",
    "O": "physical_exam",
    "Imp": "impression",
    "IMP": "impression",
    "I": "impression",
    "Dx": "diagnosis",
}
_WINDOW = 64
_AROUND_WORDS = " *()/&,'-"


class SectionStart(NamedTuple):
    """A title: the section begins at `start` (the title's first letter), its body at `body`."""

    start: int
    body: int
    name: str
    title: str


@lru_cache(maxsize=1)
def titles() -> dict[str, str]:
    """Lower-case title -> canonical section name."""
    path = resources.lexicons() / "shared" / "sections.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return {row["title"]: row["section"] for row in csv.DictReader(file)}


class Sections:
    """The sections of one text; `at(offset)` names the one that holds the offset, or None before the first title."""

    def __init__(self, raw: str) -> None:
        self.starts = _starts(raw)
        self._offsets = [s.start for s in self.starts]

    def at(self, offset: int) -> SectionStart | None:
        index = bisect_right(self._offsets, offset) - 1
        return self.starts[index] if index >= 0 else None

    def after(self, offset: int, most: int) -> list[SectionStart]:
        """The sections that begin behind `offset`, `most` of them."""
        index = bisect_right(self._offsets, offset)
        return self.starts[index : index + most]


def _starts(raw: str) -> list[SectionStart]:
    table = titles()
    found: dict[int, SectionStart] = {}
    for colon in _COLON.finditer(raw):
        at = colon.start()
        window = raw[max(0, at - _WINDOW) : at]
        if not _may_be_title(window):
            continue
        match = _TITLE_BEFORE_COLON.search(window if at > _WINDOW else "\n" + window)
        if match is None:
            continue
        title = match.group(1)
        start = at - len(window) + match.start(1) - (0 if at > _WINDOW else 1)
        name = table.get(_key(title))
        line_start = match.start(1) == 0 or window[: match.start(1)].rstrip(" \t")[-1:] in ("", "\n", "\f")
        if name is None and (_is_new_section(title) or (line_start and _is_label(title))):
            name = "other"
        if name is not None and start >= 0:
            found[start] = SectionStart(start, colon.end(), name, title)
    for match in _SOAP.finditer(raw):
        name = _SOAP_NAMES[match.group(1)]
        found.setdefault(match.start(1), SectionStart(match.start(1), match.end(), name, match.group(1)))
    lower = raw.lower()
    for match in _ADDENDUM.finditer(raw) if any(word in lower for word in _ADDENDUM_WORDS) else ():
        found[match.start(1)] = SectionStart(match.start(1), match.end(), "addendum", match.group(1))
    earlier = _EARLIER_VERSION.search(raw) if any(word in lower for word in _EARLIER_WORDS) else None
    for match in _LATER_VERSION.finditer(raw, earlier.end()) if earlier is not None else ():
        found[match.start(1)] = SectionStart(match.start(1), match.end(), "addendum", match.group(1))
    for pattern in (_TITLE_LINE, _TITLE_DASH):
        for match in pattern.finditer(raw):
            title = match.group(1)
            name = table.get(_key(title))
            if name is not None and (title[0].isupper()) and match.start(1) not in found:
                found[match.start(1)] = SectionStart(match.start(1), match.end(), name, title)
    return [found[start] for start in sorted(found)]


def _may_be_title(window: str) -> bool:
    """Whether the text before a colon can end with a title: on a line of its own, in capitals, or in the table."""
    if len(window) < _WINDOW or window[0].isspace() or "\n" in window or "\f" in window:
        return True
    words = window.rsplit(None, 1)
    last = words[-1].strip(_AROUND_WORDS) if words else ""
    return not last or last == last.upper() or last.lower() in _last_words()


@lru_cache(maxsize=1)
def _last_words() -> frozenset[str]:
    """The last words of all titles."""
    return frozenset(title.split()[-1].strip(_AROUND_WORDS) for title in titles())


def _key(title: str) -> str:
    return (
        " ".join(title.lower().replace("(", " ").replace(")", " ").split())
        if "(" not in title
        else " ".join(title.lower().split())
    )


def _is_label(title: str) -> bool:
    """A line's own label ("Cardiac:") ends the section before it; a relative's ("Mother:") belongs to it."""
    return title[0].isupper() and len(title.split()) <= 4 and not _PERSON_LABEL.search(title)


def _is_new_section(title: str) -> bool:
    letters = title.replace(" ", "")
    return len(letters) > 4 and title.upper() == title and len(title.split()) <= 6
