"""What can be said of a file within moments, before it is read: what it is, how many pages, whether it is locked."""

from __future__ import annotations

import io
from typing import NamedTuple

from chart_triage.errors import InputError
from chart_triage.intake.limits import DEFAULT_LIMITS, Limits
from chart_triage.intake.sniffing import MediaType, sniff


class FirstLook(NamedTuple):
    """`pages` is None where counting would mean reading."""

    media_type: MediaType
    pages: int | None


def first_look(name: str, data: bytes, limits: Limits = DEFAULT_LIMITS) -> FirstLook:
    """Refuses at once what could not be read later. Raises InputError as `read_chart` does."""
    limits.check_bytes(name, len(data))
    media_type = sniff(name, data)
    if media_type != "application/pdf":
        return FirstLook(media_type, None)
    from chart_triage.intake.native.pdf_file import open_pdf

    with open_pdf(name, data, None, limits) as file:
        return FirstLook(media_type, len(file))


def unlocked(name: str, data: bytes, password: str) -> bytes:
    """An encrypted PDF without its password. Raises InputError "encrypted" where the password is another."""
    import pikepdf

    try:
        with pikepdf.open(io.BytesIO(data), password=password) as pdf:
            out = io.BytesIO()
            pdf.save(out, deterministic_id=True)
            return out.getvalue()
    except pikepdf.PasswordError:
        raise InputError("encrypted", f"That password does not open {name}. Ask the sender for it.") from None
    except pikepdf.PdfError:
        raise InputError("damaged", f"{name} is damaged and could not be unlocked. Ask for another copy.") from None


def get_ready(*, tell: object) -> None:
    """A child's task: load what the first look would wait for."""
    import chart_triage.intake.native.pdf_file  # noqa: F401


def look(
    *, name: str, data: bytes, password: str, limits: Limits, tell: object
) -> tuple[bytes | None, MediaType, int | None]:
    """A child's task: the bytes without the password where one opened them, and what `first_look` says."""
    readable = None
    try:
        found = first_look(name, data, limits)
    except InputError as error:
        if error.kind != "encrypted" or not password:
            raise
        readable = unlocked(name, data, password)
        found = first_look(name, readable, limits)
    return readable, *found
