"""Invented patients, the headers that print them, and what poor copies make of those."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import yaml

from chart_triage.records.page import Page, PageSource

LAST = """Abernathy Baptiste Castellanos Dunmore Eddleston Fairweather Gunnarsson Hargrove Iverson Jankowski Kowalczyk
    Lindqvist Mbeki Nakamura Okonkwo Pemberton Quisenberry Rasmussen Santangelo Thibodeaux Ueda Villanueva Whitlock
    Xiong Yarborough Zielinski O'Malley McAllister Ward Page de-la-Cruz Smith-Jones Garcia Nguyen Patel Kim Lee Brown"""
FIRST = """Adelaide Bernard Cordelia Desmond Eleanor Fitzgerald Guinevere Horatio Isadora Jerome Katherine Lysander
    Marguerite Nathaniel Octavia Percival Quentin Rosamund Sylvester Theodora Ulysses Vivienne Wilhelmina Xavier
    Yolanda Zebulon Maria James Robert Linda William Susan April Virginia Ann Joy"""
SEEN = date(2026, 11, 4)
BODY = """

INTERVAL HISTORY
Seizure free on lamotrigine since 03/2019. MRI of 11/02/2026 unchanged. BP 120/80.
Return in six months."""
LAYOUTS: dict[str, str] = yaml.safe_load(
    (Path(__file__).parent / "header_layouts.yaml").read_text(encoding="utf-8"),
)


@dataclass(frozen=True)
class Patient:
    last: str
    first: str
    middle: str
    born: date
    sex: str
    number: str
    member: str

    @property
    def name(self) -> str:
        """As `Identity.name` has it, the middle initial left out."""
        return f"{self.last}, {self.first}".upper()


def invent(dice: random.Random) -> Patient:
    return Patient(
        last=dice.choice(LAST.split()),
        first=dice.choice(FIRST.split()),
        middle=dice.choice("ABCDEGHJKLMNPRSTW"),
        born=date(1935, 1, 1) + timedelta(days=dice.randrange(365 * 88)),
        sex=dice.choice("FM"),
        number=f"{dice.choice(('', 'QN-', 'MRH', '00'))}{dice.randrange(10**5, 10**7)}",
        member=f"{dice.choice(('EEH-', 'W', 'ABC'))}{dice.randrange(10**7, 10**8)}",
    )


def header(patient: Patient, layout: str) -> str:
    born = patient.born
    return LAYOUTS[layout].format(
        **vars(patient) | {"born": f"{born:%m/%d/%Y}"},
        LAST=patient.last.upper(),
        FIRST=patient.first.upper(),
        age=SEEN.year - born.year - ((SEEN.month, SEEN.day) < (born.month, born.day)),
        day=born.day,
        month=f"{born:%B}",
        year=born.year,
        iso=born.isoformat(),
    )


def page(text: str, number: int = 1, source: PageSource = PageSource.NATIVE) -> Page:
    return Page(number=number, width=612, height=792, source=source, readable=True, text=text)


_MISREAD = {
    "0": "O8", "1": "lI7", "2": "Z7", "3": "8", "4": "1", "5": "S6", "6": "8G", "7": "1", "8": "B3", "9": "8",
    "O": "0Q", "o": "c", "l": "1I", "I": "l1", "S": "5", "B": "8R", "e": "c", "c": "e", "h": "b", "n": "r", "a": "u",
    "E": "F", "H": "N", "M": "N", "R": "K", "A": "4", "u": "v", "t": "f", "i": "l", "m": "n", "G": "C", "D": "O",
}  # fmt: skip


def spoil(text: str, share: float, dice: random.Random) -> str:
    """`text` as a poor copy of it is read: each letter and digit is misread with the probability `share`."""
    return "".join(dice.choice(_MISREAD[c]) if c in _MISREAD and dice.random() < share else c for c in text)
