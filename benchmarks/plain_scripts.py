"""What somebody would write in an afternoon, to compare a batch run with. Models are loaded before the clock starts."""

from __future__ import annotations

import multiprocessing
import os
import time
from pathlib import Path
from typing import Any, NamedTuple

os.environ.setdefault("OMP_THREAD_LIMIT", "1")  # four threads a page make bare Tesseract slower

_engine: Any = None


class Rate(NamedTuple):
    """Pages a second of the clock and of processor time; `busy` is the share of the time with a chart in work."""

    wall: float
    cpu: float
    busy: float = 1.0


def bare_ocr_rate(folder: Path, processes: int) -> Rate:
    """Tesseract with its defaults on the TIFF files of `folder`, in so many processes."""
    files = sorted(folder.glob("*.tif"))
    with multiprocessing.get_context("spawn").Pool(processes, _load_tesseract) as pool:
        pool.map(_read, files[:processes], chunksize=1)
        start = time.perf_counter()
        done = list(pool.imap_unordered(_read, files, chunksize=1))
        pages, cpu = (sum(values) for values in zip(*done, strict=True))
        return Rate(pages / (time.perf_counter() - start), pages / cpu)


def _load_tesseract() -> None:
    global _engine
    import tesserocr

    from chart_triage.intake.ocr.models import TESSERACT_ENGLISH
    from chart_triage.resources import model_path

    _engine = tesserocr.PyTessBaseAPI(path=str(model_path(TESSERACT_ENGLISH).parent), lang="eng")


def _read(path: Path) -> tuple[int, float]:
    """Pages and processor seconds."""
    from PIL import Image, ImageSequence

    start, count = time.process_time(), 0
    with Image.open(path) as file:
        for frame in ImageSequence.Iterator(file):
            page = frame.convert("L")
            _engine.SetImageBytes(page.tobytes(), page.width, page.height, 1, page.width)
            _engine.SetSourceResolution(round(frame.info.get("dpi", (204, 196))[0]))
            _engine.GetUTF8Text()
            count += 1
    return count, time.process_time() - start


def pdfplumber_and_medspacy_rate(folder: Path) -> Rate:
    """extract_words and stock medspaCy on the PDFs of `folder`, in a process of its own."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_words_and_entities, (folder,))


def _words_and_entities(folder: Path) -> Rate:
    import pdfplumber

    from benchmarks import stock_medspacy
    from chart_triage import guidelines
    from chart_triage.resources import DEFAULT_GUIDELINE

    nlp = stock_medspacy.stock_pipeline(guidelines.load(DEFAULT_GUIDELINE))
    stock_medspacy.read(nlp, "No known brain tumor.")
    start, cpu, pages = time.perf_counter(), time.process_time(), 0
    for path in sorted(folder.glob("*.pdf")):
        with pdfplumber.open(path) as pdf:
            for page in pdf.pages:
                stock_medspacy.read(nlp, " ".join(word["text"] for word in page.extract_words()))
                pages += 1
    return Rate(pages / (time.perf_counter() - start), pages / (time.process_time() - cpu))
