"""What a file is, told from its first bytes. Its name never makes it a PDF; it can only make text a broken one."""

from __future__ import annotations

from typing import Literal

from chart_triage.errors import InputError

MediaType = Literal["application/pdf", "text/plain", "image/tiff", "image/png", "image/jpeg"]

_PDF_HEADER_WITHIN = 1024  # readers accept junk before the header within the first kilobyte
_IMAGES: tuple[tuple[bytes, MediaType], ...] = (
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"II+\x00", "image/tiff"),
    (b"MM\x00+", "image/tiff"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
)
_OTHERS: tuple[tuple[bytes, str], ...] = (
    (b"PK\x03\x04", "a ZIP or Office file"),
    (b"\xd0\xcf\x11\xe0", "an old Office file"),
    (b"{\\rtf", "a rich-text file"),
    (b"<!doctype html", "a web page"),
    (b"<html", "a web page"),
    (b"<?xml", "an XML file"),
)
_TEXT_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_CONTROL = bytes(set(range(32)) - set(b"\t\n\x0b\x0c\r\x1a\x1b")) + b"\x7f"


def sniff(name: str, data: bytes) -> MediaType:
    """The media type of `data`.

    Raises `InputError` (empty, unsupported, not_a_document, damaged). `name` is for its message; and text that is
    named a PDF is one that lost its beginning, or a download that went wrong, and no chart to be read as it stands.
    """
    if not data:
        raise InputError("empty", f"{name} is empty. Send the file again.")
    if b"%PDF-" in data[:_PDF_HEADER_WITHIN]:
        return "application/pdf"
    for magic, media_type in _IMAGES:
        if data.startswith(magic):
            return media_type
    start = data[:64].lstrip().lower()
    for magic, what in _OTHERS:
        if start.startswith(magic.lower()):
            raise InputError("unsupported", f"{name} is {what}. Print it to a PDF and send that.")
    if not data.startswith(_TEXT_MARKS) and _is_binary(data):
        raise InputError(
            "not_a_document",
            f"{name} is neither a PDF nor a text file. Send a PDF, or text as UTF-8 or Windows-1252.",
        )
    if name.lower().endswith(".pdf") and data.strip():
        raise InputError(
            "damaged",
            f"{name} is named a PDF, but its header is missing. Send the PDF again; if it is plain text, name it .txt.",
        )
    return "text/plain"


def _is_binary(data: bytes) -> bool:
    """Text may hold a stray control character, but no NUL and no more than one control character in 200."""
    sample = data[:65_536]
    controls = len(sample) - len(sample.translate(None, _CONTROL))
    return b"\x00" in data or controls * 200 > len(sample)
