"""A file in, a Chart out: the one place where a kind of file meets its reader."""

from __future__ import annotations

import hashlib
import os
import time
from pathlib import Path

from chart_triage.errors import InputError
from chart_triage.intake.limits import DEFAULT_LIMITS, Limits
from chart_triage.intake.ocr.options import OcrOptions
from chart_triage.intake.sniffing import sniff
from chart_triage.records.chart import Chart
from chart_triage.records.page import PageSource

_TICK = 10_000_000  # nanoseconds: Linux gives files the time of its last clock tick, of which there are 100 a second


def read_chart(
    path: Path, *, password: str | None = None, limits: Limits = DEFAULT_LIMITS, ocr: OcrOptions | None = None
) -> Chart:
    """The chart in `path`: a PDF, a scan or fax (TIFF, PNG, JPEG), or a plain text file.

    Pages without reliable text of their own are read by OCR, as `ocr` says (default: on all cores, nothing kept).
    A page that cannot be read is in the chart with `readable=False` and a warning, never silently empty.
    `password` opens an encrypted PDF. Nothing in the file is executed and nothing is written.

    Raises `InputError` with one of the kinds not_found, not_a_file, no_access, empty, too_large, too_many_pages,
    page_too_large, too_many_words, encrypted, damaged, not_a_document, unsupported.
    """
    return read_chart_bytes(path.name, read_bytes(path, limits), password=password, limits=limits, ocr=ocr)


def read_chart_bytes(
    name: str,
    data: bytes,
    *,
    password: str | None = None,
    limits: Limits = DEFAULT_LIMITS,
    ocr: OcrOptions | None = None,
) -> Chart:
    """The chart that is `data`, as `read_chart` reads it from a file; messages call it `name`."""
    limits.check_bytes(name, len(data))
    media_type = sniff(name, data)
    match media_type:
        case "application/pdf":
            # pdfium takes 0.1 s to load: text files and `import chart_triage.intake` do without it.
            from chart_triage.intake.native.pdf_pages import read_pdf

            pages, warnings = read_pdf(name, data, password, limits, ocr or OcrOptions())
        case "text/plain":
            from chart_triage.intake.text_file import read_text

            pages, warnings = read_text(name, data, limits)
        case "image/tiff" | "image/png" | "image/jpeg":
            from chart_triage.intake.image_file import read_image_file

            pages, warnings = read_image_file(name, data, limits, ocr or OcrOptions())
    return Chart(sha256=hashlib.sha256(data).hexdigest(), media_type=media_type, pages=pages, warnings=warnings)


def ocr_version(chart: Chart) -> str | None:
    """What read the scanned pages of `chart`: engines and models; None where it has none."""
    if all(page.source is not PageSource.OCR for page in chart.pages):
        return None
    from chart_triage.intake.ocr.page import version

    return version()


def is_final(chart: Chart) -> bool:
    """Whether the same file would be read alike next time: on no page recognition took too long or died."""
    from chart_triage.intake import scanned

    return scanned.is_final(chart.warnings)


def read_bytes(path: Path, limits: Limits = DEFAULT_LIMITS) -> bytes:
    """What is in `path`, of one moment: all that is said of a chart is said of these bytes.

    Raises `InputError`: not_found, not_a_file, no_access, too_large, and "changed" for a file that somebody was writing
    to meanwhile. A file that was written to just now is read twice: a further change within the same tick of the
    machine's clock does not show in its time.
    """
    data, changed_at = _read_once(path, limits)
    if time.time_ns() - changed_at < _TICK:
        time.sleep(_TICK / 1e9)
        if _read_once(path, limits)[0] != data:
            raise _changed(path)
    return data


def _read_once(path: Path, limits: Limits) -> tuple[bytes, int]:
    """The bytes, and when they were last changed, in nanoseconds."""
    if not path.exists():
        raise InputError("not_found", f"{path} does not exist. Check the path.")
    if not path.is_file():
        raise InputError("not_a_file", f"{path} is not a file. Name the files in it one by one.")
    try:
        with path.open("rb") as file:
            before = os.fstat(file.fileno())
            limits.check_bytes(path.name, before.st_size)
            data = file.read(limits.max_bytes + 1)
            after = os.fstat(file.fileno())
    except OSError as error:
        raise InputError("no_access", f"{path} cannot be opened: {error.strerror}.") from None
    limits.check_bytes(path.name, len(data))
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns) or len(data) != after.st_size:
        raise _changed(path)
    return data, after.st_mtime_ns


def _changed(path: Path) -> InputError:
    return InputError(
        "changed", f"{path.name} was changed while it was read. Wait until it is complete, and try again."
    )
