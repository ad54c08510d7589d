"""Tesseract through tesserocr, with the fast English model."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import tesserocr
from tesserocr import RIL

from chart_triage.intake.images import GreyPixels
from chart_triage.intake.ocr.engine import OcrWord
from chart_triage.intake.ocr.models import TESSERACT_ENGLISH
from chart_triage.resources import model_path

_TIMEOUT = 20.0  # seconds for one page; a dense page takes 2
# Characters that clinical print-outs hardly use and that specks and rules turn into.
_NEVER = "|‘’“”«»©®¢£¥€§™{}~^\\_¦¬"
_VARIABLES = {
    "tessedit_char_blacklist": _NEVER,
    "tessedit_do_invert": "0",  # white letters were turned black before: no second reading of poor lines as negatives
    "textord_all_prop": "1",  # no search for fixed pitch: the LSTM does not need it, and it takes 5 % of the time
}


class Tesseract:
    """One engine per process (`tesseract()`); not for use by several threads at once."""

    def __init__(self, timeout: float = _TIMEOUT) -> None:
        model = model_path(TESSERACT_ENGLISH)
        tesserocr.set_leptonica_log_level(tesserocr.LeptLogLevel.NONE)
        self._timeout = timeout
        self._api: Any = tesserocr.PyTessBaseAPI(
            path=str(Path(model).parent), lang="eng", psm=tesserocr.PSM.SINGLE_BLOCK, variables=_VARIABLES
        )

    @property
    def version(self) -> str:
        library = tesserocr.tesseract_version().split("\n", 1)[0].strip()
        return f"{library}, {TESSERACT_ENGLISH.version}"

    def recognise(self, pixels: GreyPixels, dpi: float) -> list[OcrWord]:
        """Words in reading order. `pixels` is a sheet of plain lines (see sheet.py), read as one block of text."""
        height, width = pixels.shape
        try:
            self._api.SetImageBytes(pixels.tobytes(), width, height, 1, width)
            self._api.SetSourceResolution(round(dpi))
            if not self._api.Recognize(round(self._timeout * 1000)):
                raise TimeoutError
            words = list(_words(self._api.GetIterator()))
            return _with_lefts(words, self._api.GetBoxText(0).splitlines())
        finally:
            self._api.Clear()


def _with_lefts(words: list[OcrWord], rows: Sequence[str]) -> list[OcrWord]:
    """`rows` of Tesseract's box text, "character left bottom right top page", run through the words' characters."""
    fields = [row.rsplit(" ", 5) for row in rows]
    if "".join(f[0] for f in fields) != "".join(word.text for word in words):
        return words
    lefts = [float(f[1]) for f in fields for _ in f[0]]
    at, result = 0, []
    for word in words:
        result.append(word._replace(lefts=tuple(lefts[at : at + len(word.text)])))
        at += len(word.text)
    return result


def _words(result: Any) -> Iterator[OcrWord]:
    """The words of Tesseract's result; a third of the time that its table of them takes."""
    if result is None:
        return
    line = -1
    for each in tesserocr.iterate_level(result, RIL.WORD):
        line += each.IsAtBeginningOf(RIL.TEXTLINE)
        if each.Empty(RIL.WORD) or not (text := each.GetUTF8Text(RIL.WORD).strip()):
            continue
        left, top, right, bottom = each.BoundingBox(RIL.WORD)
        yield OcrWord(text, min(max(each.Confidence(RIL.WORD) / 100, 0.0), 1.0), left, top, right, bottom, line)


@cache
def tesseract() -> Tesseract:
    """This process's engine; loading it takes 0.1 s."""
    return Tesseract()
