"""Pages made of lines of words with boxes, as they are and as a copy that was faxed again shows them."""

from __future__ import annotations

import random
from collections.abc import Sequence

from chart_triage.records.geometry import Box
from chart_triage.records.page import Mark, MarkState, Page, PageSource, Word

NOTE = """Nowhere Health Neurology clinic note
Doe, Jane MRN: QN-410553 DOB: 03/02/1981
Encounter date: 10/14/2026 Provider: Pell Harkaway MD
INTERVAL HISTORY
Focal seizures twice a month, q8h, despite lamotrigine 200 mg and levetiracetam 1500 mg.
Denies falls. No pacemaker and no other implanted device.
MRI of 09/02/2026 showed an indeterminate lesion of the left temporal lobe.
EXAMINATION
Strength 5/5 in the right arm, 4/5 in the left arm. Gait steady.
ASSESSMENT
Recurrence versus radiation necrosis. MR spectroscopy is requested before surgery.
PLAN
Continue medication. Return in six weeks with the result of spectroscopy.""".splitlines()
FORM = """MRI SAFETY SCREENING Cobalt Valley Imaging
Patient: Doe, Jane DOB: 03/02/1981 Date: 10/14/2026
☐ Yes ☒ No Cardiac pacemaker
☐ Yes ☒ No Implanted defibrillator
☐ Yes ☒ No Aneurysm clip
☐ Yes ☒ No Cochlear implant
☐ Yes ☒ No Insulin pump
Signed by the patient and checked by the technologist on duty""".splitlines()
_STATES = {"☒": MarkState.TICKED, "☐": MarkState.UNTICKED}


def printed(
    lines: Sequence[str],
    number: int = 1,
    *,
    source: PageSource = PageSource.NATIVE,
    moved: tuple[float, float] = (0.0, 0.0),
    scale: float = 1.0,
    skew: float = 0.0,
    confidence: float = 1.0,
    unsure: dict[str, float] | None = None,
) -> Page:
    """`skew`: points down for each point across. `unsure`: confidence of single words."""
    text = "\n".join(lines)
    words, marks, at = [], [], 0
    for row, line in enumerate(lines):
        x = 60.0
        for shown in line.split(" "):
            start = text.index(shown, at)
            at = start + len(shown)
            left, width = x * scale + moved[0], 5.5 * len(shown) * scale
            top = (60 + 14 * row) * scale + moved[1] + skew * left
            box = Box(left, top, left + width, top + 10 * scale)
            words.append(Word(start, at, box, (unsure or {}).get(shown, confidence)))
            if shown in _STATES:
                marks.append(Mark(start=start, state=_STATES[shown], kind="typed", label="", box=box))
            x += 5.5 * (len(shown) + 1)
    return Page(
        number=number, width=612, height=792, source=source, readable=True, text=text, words=tuple(words),
        marks=tuple(marks), legibility=0.95 if source is PageSource.OCR else None,
    )  # fmt: skip


def faxed(lines: Sequence[str], number: int = 2, *, seed: int = 1, banner: bool = True, dust: bool = True) -> Page:
    """A copy with a fax line, dust, other size, skew and a few misread letters in words that are not quite sure."""
    dice = random.Random(seed)
    swaps = {"m": "rn", "l": "1", "e": "c", "O": "0", "S": "5", "h": "b"}
    spoiled, unsure = [], {}
    for line in lines:
        words = line.split(" ")
        for index, word in enumerate(words):
            if dice.random() < 0.06 and word.isalpha() and word[-1] in swaps and len(word) > 3:
                words[index] = word[:-1] + swaps[word[-1]]
                unsure[words[index]] = 0.7
        spoiled.append(" ".join(words))
    page = printed(
        spoiled, number, source=PageSource.OCR, moved=(dice.uniform(-6, 6), dice.uniform(-6, 6)),
        scale=dice.uniform(0.97, 1.0), skew=dice.uniform(-0.02, 0.02), confidence=0.95, unsure=unsure,
    )  # fmt: skip
    extra = []
    if banner:
        extra += [("10/15/2026", 10.0, 0.9), ("09:14", 10.0, 0.9), ("P.003/011", 10.0, 0.9)]
    if dust:
        extra += [("'~j", 400.0, 0.2), ("i;", 700.0, 0.3)]
    text, placed = page.text, list(page.words)
    for index, (word, y, confidence) in enumerate(extra):
        text += f"\n{word}"
        x = 60.0 + 70 * index
        placed.append(Word(len(text) - len(word), len(text), Box(x, y, x + 40, y + 8), confidence))
    return page.model_copy(update={"text": text, "words": tuple(placed)})
