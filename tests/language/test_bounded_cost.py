"""Cost grows with a text's length and no faster, whatever the text repeats.

The limits are loose: other work may share the machine. What is quadratic exceeds them by far; the figures for 1 MB and
5 MB are measured by `python -m benchmarks.run language`.
"""

from __future__ import annotations

import random
import time

import pytest

from chart_triage.language.annotator import Annotator
from chart_triage.language.cues import cue_table
from chart_triage.language.sections import titles
from chart_triage.records.guideline import Guideline
from chart_triage.records.lexicon import TermKind

LENGTH = 40_000
SECONDS = 4.0  # for LENGTH characters; a slow machine needs 0.8 for the worst of them
GROWTH = 3.0  # of the time from a text to one that is twice as long
SIGNS = (
    " ", "\t", "\n", "\r\n", "\f", "a", "A", "1", "0", "l", "m", "rn", "é", "α", "漢", "\u00ad", "\u200b", "_", "-",
    "-\n", "a-\n", ".", ".,", ",", ":", ";", "?", "(", "[", "{", "|", "#", "*", "'", '"', "…", "• ", "- ", "* ",
    "1. ", "A. ", "[ ] ", "[x] ", "☐", "☒ ", "***", "====", "\n \n",
)  # fmt: skip
PHRASES = (
    "glioma ", "MS ", "(MS) ", "HE ", "mitral stenosis (MS) ", "MS means ", "glioma? ", "glioma or abscess ", "gl1oma ",
    "pacernaker ", "cochlear implant ", "pacemaker. it was removed. ", "denies pacemaker ", "Pacemaker: N\n", "Yes No ",
    "Pacemaker [ ] ", "{pacemaker|icd} ", "Yes\tNo\nPacemaker\tx\n", "stent to LAD ", "stent 3 weeks ago ", "10/2/26 ",
    "in 2019 ", "Date: ", "350 lb ", "weight 350 lb limit 300 lb ", "BMI 45 ", "Page 1 of 2\n", "page\n  ",
    "IMPRESSION: ", "Addendum: ", "PLAN OF CARE ", "AAAAA", "Denies:\n- pacemaker\n", "noted.The ",
    "recurrence versus necrosis ",
)  # fmt: skip


def seconds(annotator: Annotator, unit: str, length: int) -> float:
    """CPU seconds to read a text that repeats `unit`."""
    text = (unit * (length // len(unit) + 1))[:length]
    start = time.process_time()
    annotator.annotate(text)
    return time.process_time() - start


def too_slow(annotator: Annotator, units: list[str]) -> dict[str, float]:
    assert units
    taken = {unit: seconds(annotator, unit, LENGTH) for unit in units}
    return {unit: t for unit, t in taken.items() if t > SECONDS}


@pytest.mark.parametrize("units", [SIGNS, PHRASES], ids=["signs", "phrases"])
def test_no_sign_and_no_phrase_repeated_takes_long(annotator: Annotator, units: tuple[str, ...]) -> None:
    assert too_slow(annotator, list(units)) == {}


def test_no_cue_term_or_title_repeated_takes_long(annotator: Annotator, guideline: Guideline) -> None:
    draw = random.Random(7)
    terms = [term.term for term in guideline.terms if term.kind is not TermKind.PATTERN]
    words = [*draw.sample(sorted(cue_table()), 8), *draw.sample(terms, 8)]
    units = [f"{word} " for word in words] + [f"{title}:\n" for title in draw.sample(sorted(titles()), 6)]
    assert too_slow(annotator, units) == {}


def test_no_mixture_of_terms_and_cues_without_a_stop_takes_long(annotator: Annotator, guideline: Guideline) -> None:
    draw = random.Random(8)
    terms = [term.term for term in guideline.terms if term.kind is not TermKind.PATTERN]
    cues = sorted(cue_table())
    units = [" ".join(draw.sample(terms, 8)) + " " for _ in range(4)]
    units += [" ".join(draw.choice(draw.choice((terms, cues))) for _ in range(30)) + " " for _ in range(4)]
    assert too_slow(annotator, units) == {}


@pytest.mark.parametrize(
    "unit", ["glioma? ", "pacernaker ", "MS ", "a", "[ ] Pacemaker ", "stent to LAD ", "\n", "1. "]
)
def test_a_text_twice_as_long_takes_twice_the_time(annotator: Annotator, unit: str) -> None:
    seconds(annotator, unit, 1000)
    single, double = (min(seconds(annotator, unit, n * LENGTH) for _ in range(3)) for n in (2, 4))
    assert double < GROWTH * single + 0.05


def test_notes_one_after_the_other_take_the_time_of_each(annotator: Annotator) -> None:
    note = "IMPRESSION: Known glioma, stable.\nNo evidence of recurrence.\nPacemaker: No\nPlan: MRI in 3 months.\n\n"
    seconds(annotator, note, LENGTH)
    single, double = (min(seconds(annotator, note, n * LENGTH) for _ in range(2)) for n in (4, 8))
    assert double < GROWTH * single


def test_an_endless_statement_is_read_in_pieces_that_overlap(annotator: Annotator) -> None:
    """A cue acts over the cut, and a term near a cut is read once."""
    filler = "the study was read by the reader of the day "
    for length in range(0, 900, 7):
        text = filler * 60 + "x" * length + " no evidence of glioma " + filler * 60
        found = annotator.annotate(text).mentions
        assert [(m.text, m.status.value) for m in found if m.concept == "brain_tumor"] == [("glioma", "absent")]


def test_of_a_template_repeated_the_one_entry_that_differs_is_kept(annotator: Annotator) -> None:
    template = "MRI SAFETY\nPacemaker: No\nCochlear implant: No\n\n"
    text = template * 900 + "The pacemaker was interrogated.\n\n" + template * 900
    found = [m for m in annotator.annotate(text).mentions if m.concept == "pacemaker"]
    assert {m.status.value for m in found} == {"absent", "present"}
    assert len(found) < 100
