"""Tick boxes of a line with the words that they stand for: "Priority: ☒ Urgent ☐ Routine", "Routine [ ]  STAT [x]"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from chart_triage.records.page import Mark, MarkState

_BOX = re.compile(
    r"(?P<ticked>[☒☑✓✔✅]|\[ ?[xX✓✔] ?\]|\( ?[xX✓✔] ?\)|(?<!\w)_+ ?[xX✓✔] ?_*(?!\w)|(?<!\w)[xX]_+(?!\w))"
    r"|(?P<unticked>[☐□]|\[[ _]{0,4}\]|\( {1,4}\)|(?<!\w)__+(?!\w))"
    r"|(?P<unknown>⍰)"
)
_GAP = re.compile(r"\t| {3,}")


class FormBox(NamedTuple):
    """A box of one line. `label` is `line[start:end]`; `question` stands before the line's first box."""

    state: MarkState
    label: str
    start: int
    end: int
    question: str


def find_boxes(line: str, at: int = 0, marks: Sequence[Mark] = ()) -> list[FormBox]:
    """The boxes of a line that begins at `at` of its page; what intake read from the drawing goes before the text.

    Labels stand right of their boxes, except where the line ends with a box and begins with a label.
    """
    found = list(_BOX.finditer(line))
    if not found:
        return []
    ends = [*(box.start() for box in found[1:]), len(line)]
    left = not line[found[-1].end() :].strip(" .\t") and bool(line[: found[0].start()].strip())
    known = {mark.start - at: mark for mark in marks}
    question = "" if left else line[: found[0].start()].strip()
    boxes = []
    for index, box in enumerate(found):
        if left:
            start, end = found[index - 1].end() if index else 0, box.start()
            start += line[start:end].rfind(":") + 1
        else:
            start, end = box.end(), ends[index]
            gap = _GAP.search(line.rstrip(), start + 1, end)
            end = gap.start() if gap and line[start : gap.start()].strip() else end
        start += len(line[start:end]) - len(line[start:end].lstrip())
        end = max(start, start + len(line[start:end].rstrip()))
        boxes.append(FormBox(_state(box, known), line[start:end], start, end, question))
    return boxes


def _state(box: re.Match[str], known: dict[int, Mark]) -> MarkState:
    mark = known.get(box.start())
    return mark.state if mark else MarkState[str(box.lastgroup).upper()]
