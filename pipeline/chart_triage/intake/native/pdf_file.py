"""Opening a PDF: passwords, damage and its repair."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from chart_triage.errors import InputError
from chart_triage.intake.limits import DEFAULT_LIMITS, Limits
from chart_triage.intake.native.hostile_structure import check_depth, check_unfolding
from chart_triage.intake.page_watch import in_hand

_END_WITHIN = 2048  # bytes at the file's end in which "%%EOF" stands


@dataclass(frozen=True, slots=True)
class PdfFile:
    """An open PDF. `data` are the bytes that pdfium reads: the input's, or their repaired form (`repaired`)."""

    document: Any
    data: bytes
    password: str | None
    repaired: bool

    @property
    def attachments(self) -> int:
        """Files embedded in it, which nobody opens."""
        return max(int(pdfium_c.FPDFDoc_GetAttachmentCount(self.document)), 0)

    def __len__(self) -> int:
        return len(self.document)


@contextmanager
def open_pdf(name: str, data: bytes, password: str | None, limits: Limits = DEFAULT_LIMITS) -> Iterator[PdfFile]:
    """Raises `InputError` (encrypted, damaged, empty, unsupported, too_deep, unfolds_too_far, too_many_pages,
    too_many_attachments)."""
    check_depth(name, data, limits)
    check_unfolding(name, data, limits)
    with in_hand():
        file = _open(name, data, password)
    try:
        limits.check_pages(name, len(file))
        limits.check_attachments(name, file.attachments)
        if pdfium_c.FPDF_GetFormType(file.document) == pdfium_c.FORMTYPE_XFA_FULL:
            raise InputError(
                "unsupported", f"{name} is a dynamic XFA form. Open it in its editor and print it to a PDF."
            )
        yield file
    finally:
        file.document.close()


def _open(name: str, data: bytes, password: str | None) -> PdfFile:
    try:
        document = pdfium.PdfDocument(data, password=password)
    except pdfium.PdfiumError as error:
        if error.err_code in (pdfium_c.FPDF_ERR_PASSWORD, pdfium_c.FPDF_ERR_SECURITY):
            raise _encrypted(name, password) from None
        document = None
    cut_off = b"%%EOF" not in data[-_END_WITHIN:]
    if document is not None:
        if len(document) > 0 and _is_there(document, 0) and _is_there(document, len(document) - 1):
            return PdfFile(document, data, password, repaired=cut_off)
        document.close()
    mended = _repair(name, data, password, cut_off)
    try:
        return PdfFile(pdfium.PdfDocument(mended), mended, None, repaired=True)
    except pdfium.PdfiumError:
        raise _damaged(name) from None


def _is_there(document: Any, index: int) -> bool:
    """Whether the document has this page: what is on it is not gone through."""
    return bool(pdfium_c.FPDF_GetPageSizeByIndexF(document, index, pdfium_c.FS_SIZEF()))


def _repair(name: str, data: bytes, password: str | None, cut_off: bool) -> bytes:
    """The file rewritten by qpdf, which rebuilds a lost cross-reference table; without encryption."""
    import pikepdf

    try:
        with pikepdf.open(io.BytesIO(data), password=password or "") as mended:
            if len(mended.pages) == 0:
                raise _damaged(name) if cut_off else _without_pages(name)
            out = io.BytesIO()
            mended.save(out, fix_metadata_version=False)
            return out.getvalue()
    except pikepdf.PasswordError:
        raise _encrypted(name, password) from None
    except (pikepdf.PdfError, ValueError, RuntimeError, LookupError, TypeError, AttributeError):
        raise _damaged(name) from None


def _encrypted(name: str, password: str | None) -> InputError:
    if password is None:
        return InputError("encrypted", f"{name} is encrypted. Give its password, or send a copy without one.")
    return InputError("encrypted", f"The password does not open {name}. Give the right one, or send a copy without.")


def _without_pages(name: str) -> InputError:
    return InputError("empty", f"{name} has no pages. Send the file again.")


def _damaged(name: str) -> InputError:
    return InputError("damaged", f"{name} is damaged beyond repair. Send the file again, or print it to a new PDF.")
