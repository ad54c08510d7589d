"""How many planted identifiers a de-identified copy still shows, by kind, and how much else it loses.

    python -m benchmarks.run deidentify [--notes 300] [--seed 1] [--missed]

Persons, addresses and numbers come from Faker with a seed; the sentences around them are ours, and the patterns were
made while looking at them: real charts hold forms that nobody thought of here. A chart is a header with or without
labels, some prose, a signature. Counted is every planted identifier of which any letter or figure is left; beside it,
which share of the other words was taken out. `--missed` prints what was left, with the words around it. Two runs: the
text alone, and with what the request says of the patient (name, birth, number), as an assessment has it.
"""

from __future__ import annotations

import argparse
import random
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from faker import Faker

from chart_triage.indexing.identifiers import identifiers
from chart_triage.records.chart_index import Identity

HEADERS = (
    "Patient: {last}, {first}\tDOB: {born}\tMRN: {mrn}\n",
    "PATIENT NAME: {LAST}, {FIRST} {M}   DATE OF BIRTH: {born}  ACCT: {account}\nMember ID: {member}  Phone: {phone}\n",
    "{first} {last}  |  {born}  |  {mrn}\n",
    "Name: {first} {M}. {last}\nAddress: {street}, {city}, {state} {zip}\nHome phone {phone}  Email {email}\n",
    "RE: {first} {last}\nDate of birth {born}\nSSN {ssn}\n",
    "{facility}\n{street}, {city}, {state} {zip}  Fax {phone}\n\n{LAST},{FIRST}  MRN# {mrn}  {born}\n",
)
BODIES = (
    "{first} {last} is a {age}-year-old seen on {day} for a left temporal glioma, known since {month}.\n",
    "Mr. {last} was referred by Dr. {doctor} of {facility}. New enhancement on {day} is indeterminate.\n",
    "She lives in {city} with her husband {relative}. Strength 4/5 on the right, 5/5 on the left. No pacemaker.\n",
    "Call {phone} with results. Claim {account}; policy number {member}. Platelets 150, weight 81 kg.\n",
    "Ms. {last} told us that her sister {relative} had a stroke at {old} years. MRI of {short} normal.\n",
    "Stent LAD {short}. Device: Medtronic, serial number {serial}, MR conditional at 1.5 T.\n",
    "Recurrence versus radiation necrosis; MR spectroscopy, CPT 76390, is requested. Diagnosis C71.2.\n",
    "{first} tolerated levetiracetam 1,000 mg twice daily. Works for {company}. Next visit {day}.\n",
    "The patient's mother, {relative} {last}, gave the history. The chart was reviewed with {doctor}, MD.\n",
)
SIGNATURES = (
    "Electronically signed by {doctor}, MD on {day}\n",
    "Sincerely,\n\n{doctor}, M.D.\n{facility}\n",
    "Dictated: {day}  Transcribed: {day}  {doctor} NP\n",
    "cc: {doctor}, MD; {doctor2}, DO\n",
)
_SLOT = re.compile(r"\{(\w+)\}")
_KINDS = {
    "last": "name", "first": "name", "LAST": "name", "FIRST": "name", "relative": "relative's name",
    "doctor": "doctor's name", "doctor2": "doctor's name", "born": "date of birth", "day": "date", "month": "date",
    "short": "date without a year",
    "mrn": "record number", "account": "account or claim", "member": "member number", "ssn": "social security number",
    "serial": "device number", "phone": "phone or fax", "email": "e-mail", "street": "street", "city": "city",
    "state": "state", "zip": "ZIP code", "facility": "facility", "company": "employer", "old": "age above 89",
}  # fmt: skip
_KEPT = ("state",)  # alone it may stay
_FACILITIES = (
    "{} Hospital",
    "{} Medical Center",
    "{} Neurology Clinic",
    "{} Imaging Associates",
    "University of {} Health",
)


@dataclass
class Note:
    text: str
    planted: list[tuple[int, int, str]]
    patient: Identity


def notes(count: int, seed: int) -> Iterator[Note]:
    """Charts of one page, no two of the same person."""
    fake = Faker("en_US")
    fake.seed_instance(seed)
    chance = random.Random(seed)
    for _ in range(count):
        first, last = fake.first_name(), fake.last_name()
        born = fake.date_of_birth(minimum_age=1, maximum_age=88)
        mrn = f"{chance.randrange(10**6, 10**8)}"
        written = chance.choice(("%m/%d/%Y", "%Y-%m-%d", "%B %d, %Y", "%d-%b-%Y", "%m/%d/%y"))
        fixed = {
            "first": first, "last": last, "FIRST": first.upper(), "LAST": last.upper(), "M": chance.choice("ABCDEJKL"),
            "mrn": mrn, "born": born.strftime(written),
            "member": f"{chance.choice(('XYZ', 'W', 'AET', ''))}{chance.randrange(10**8, 10**9)}",
            "age": str(max(1, 2026 - born.year)),
        }  # fmt: skip
        yield _note(fixed, Identity(name=f"{last}, {first}".upper(), born=born, numbers=(mrn,)), fake, chance)


def _note(fixed: dict[str, str], patient: Identity, fake: Faker, chance: random.Random) -> Note:
    template = chance.choice(HEADERS) + "".join(chance.sample(BODIES, 5)) + chance.choice(SIGNATURES)
    pieces: list[str] = []
    planted, at, length = [], 0, 0
    for slot in _SLOT.finditer(template):
        value = fixed.get(slot[1]) or _value(slot[1], fake, chance)
        before = template[at : slot.start()]
        pieces += [before, value]
        start = length + len(before)
        length = start + len(value)
        at = slot.end()
        if slot[1] in _KINDS and slot[1] not in _KEPT:
            planted.append((start, length, _KINDS[slot[1]]))
    return Note("".join([*pieces, template[at:]]), planted, patient)


def _value(slot: str, fake: Faker, chance: random.Random) -> str:
    day = date(2026, 11, 20) - timedelta(days=chance.randrange(1, 3000))
    match slot:
        case "day":
            return day.strftime(
                chance.choice(("%m/%d/%Y", "%m/%d/%y", "%B %d, %Y", "%b %d %Y", "%d %B %Y", "%Y-%m-%d"))
            )
        case "month":
            return day.strftime(chance.choice(("%B %Y", "%m/%Y", "%b %Y")))
        case "short":
            return day.strftime(chance.choice(("%m/%d", "%B %d", "%d %b")))
        case "doctor" | "doctor2" | "relative":
            return f"{fake.first_name()} {fake.last_name()}" if slot != "relative" else fake.first_name()
        case "phone":
            area, middle, line = chance.randrange(201, 989), chance.randrange(200, 999), chance.randrange(1000, 9999)
            return chance.choice(("({}) {}-{}", "{}-{}-{}", "{}.{}.{}", "1-{}-{}-{}", "{} {}-{}")).format(
                area, middle, line
            )
        case "account":
            return f"{chance.choice(('', 'A', 'CLM-', 'E'))}{chance.randrange(10**6, 10**10)}"
        case "serial":
            return (
                f"{fake.random_uppercase_letter()}{fake.random_uppercase_letter()}{fake.random_uppercase_letter()}"
                + str(chance.randrange(10**5, 10**6))
            )
        case "facility":
            return chance.choice(_FACILITIES).format(fake.last_name())
        case "old":
            return str(chance.randrange(90, 104))
        case "street":
            return fake.street_address().replace("\n", " ")
        case "state":
            return str(fake.state_abbr(include_territories=False, include_freely_associated_states=False))
        case "zip":
            return str(fake.postcode())
        case _:
            return str(getattr(fake, slot)())


@dataclass
class Score:
    """Planted and left, by kind; words that are no identifiers, and how many of them were taken out."""

    planted: Counter[str] = field(default_factory=Counter)
    left: Counter[str] = field(default_factory=Counter)
    missed: list[str] = field(default_factory=list)
    words: int = 0
    lost: int = 0
    others: Counter[str] = field(default_factory=Counter)


def score(charts: Sequence[Note], *, told: bool) -> Score:
    """`told`: with the identity that a request would bring."""
    found = Score()
    for note in charts:
        hidden = [False] * len(note.text)
        for each in identifiers(note.text, [note.patient] if told else []):
            hidden[each.start : each.end] = [True] * (each.end - each.start)
        planted = [False] * len(note.text)
        for start, end, kind in note.planted:
            planted[start:end] = [True] * (end - start)
            found.planted[kind] += 1
            if not all(hidden[i] for i in range(start, end) if note.text[i].isalnum()):
                found.left[kind] += 1
                around = note.text[max(0, start - 30) : end + 20].replace("\n", "/")
                found.missed.append(f"{kind}: {note.text[start:end]!r} in {around!r}")
        for word in re.finditer(r"\w[\w'’.,/-]*", note.text):
            if not any(planted[word.start() : word.end()]):
                found.words += 1
                if any(hidden[word.start() : word.end()]):
                    found.lost += 1
                    found.others[word[0]] += 1
    return found


def main(arguments: Sequence[str]) -> Iterator[tuple[str, str]]:
    parser = argparse.ArgumentParser(prog="deidentify")
    parser.add_argument("--notes", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--missed", action="store_true")
    asked = parser.parse_args(arguments)
    charts = list(notes(asked.notes, asked.seed))
    for told in (False, True):
        found = score(charts, told=told)
        name = "with the request" if told else "text alone"
        for kind, count in sorted(found.planted.items()):
            taken = count - found.left[kind]
            yield f"{kind}, {name}", f"{taken} of {count} ({taken / count:.3f})"
        total, left = found.planted.total(), found.left.total()
        yield f"all, {name}", f"{total - left} of {total} ({(total - left) / total:.3f})"
        yield f"other words taken out, {name}", f"{found.lost} of {found.words} ({found.lost / found.words:.3f})"
        if asked.missed:
            print("\n".join(found.missed))
            print("other words:", ", ".join(f"{word} {count}" for word, count in found.others.most_common(60)))
