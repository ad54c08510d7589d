"""How large an input may be: a wall against mistakes and against files made to exhaust the machine."""

from __future__ import annotations

import sys
from dataclasses import dataclass

from chart_triage.errors import InputError
from chart_triage.settings import Settings

_MAX_ENDLESS = 2_000  # pdfium takes 0.3 s for them, and four times as long for twice as many
_LONG_WORDS = 20  # characters; in English prose a word and its space take six


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one input file; each `check_...` raises `InputError` with the remedy.

    - `max_bytes`: of the file. 200 MB is about 2,000 scanned pages.
    - `max_pages`: a longer record is better split by visit; memory grows by about 0.3 MB a page.
    - `max_page_points`: longest side in points. 14,400 (200 inches) is what the PDF standard allows.
    - `max_words_per_page`: the densest real pages hold about 2,500.
    - `max_pixels`: of a page as an image. Legal paper at 600 dpi has 43 million, A3 at 600 dpi 70 million.
    - `max_unfolded_bytes`: of one compressed stream or picture in a PDF. A page of `max_pixels` in colour has 240 MB.
    - `max_form_fields`: of a file, other annotations included.
    - `max_depth`: of arrays and dictionaries of a PDF in each other. Real ones have some ten levels.
    - `max_page_content`: bytes that a page draws, forms counted as often as they are drawn. The densest pages of public
      collections have 0.7 million, a page with a scan of 300 dpi written into it 8 million.
    - `max_attachments`: files embedded in a PDF. They are never opened; a file with thousands is no chart.
    """

    max_bytes: int = 200_000_000
    max_pages: int = 2_000
    max_page_points: float = 14_400.0
    max_words_per_page: int = 20_000
    max_pixels: int = 80_000_000
    max_unfolded_bytes: int = 256_000_000
    max_form_fields: int = 20_000
    max_attachments: int = 100
    max_depth: int = 200
    max_page_content: int = 16_000_000

    @classmethod
    def of(cls, site: Settings) -> Limits:
        return cls(
            max_bytes=int(site.max_file_mb * 1_000_000),
            max_pages=site.max_pages,
            max_page_points=site.max_page_inches * 72,
            max_words_per_page=site.max_page_words,
            max_pixels=int(site.max_page_megapixels * 1_000_000),
            max_unfolded_bytes=int(site.max_unfolded_mb * 1_000_000),
            max_form_fields=site.max_form_fields,
            max_attachments=site.max_attachments,
            max_depth=site.max_depth,
            max_page_content=int(site.max_page_content_mb * 1_000_000),
        )

    def check_bytes(self, name: str, size: int) -> None:
        if size > self.max_bytes:
            raise InputError(
                "too_large",
                f"{name} has {size:,} bytes; at most {self.max_bytes:,} are read. Split it into smaller files.",
            )

    def check_pages(self, name: str, count: int) -> None:
        if count > self.max_pages:
            raise InputError(
                "too_many_pages",
                f"{name} has {count:,} pages; at most {self.max_pages:,} are read. Split it into smaller files.",
            )

    def check_page_size(self, name: str, number: int, width: float, height: float) -> None:
        if max(width, height) > self.max_page_points:
            raise InputError(
                "page_too_large",
                f"Page {number} of {name} measures {width:,.0f} x {height:,.0f} points; at most "
                f"{self.max_page_points:,.0f} are read. Print the page to a normal paper size.",
            )

    def check_words(self, name: str, number: int, count: int, characters: int = 0) -> None:
        """`characters` count as words of `_LONG_WORDS` where they make more of them."""
        count = max(count, characters // _LONG_WORDS)
        if count > self.max_words_per_page:
            raise InputError(
                "too_many_words",
                f"Page {number} of {name} holds {count:,} words; at most {self.max_words_per_page:,} are read. "
                "Print the page to a normal paper size, or split it.",
            )

    def check_pixels(self, name: str, number: int, width: int, height: int) -> None:
        """Of a page that is an image."""
        if width * height > self.max_pixels:
            raise InputError(
                "page_too_large",
                f"Page {number} of {name} has {width:,} x {height:,} pixels; at most {self.max_pixels:,} are read. "
                "Scan it at 300 dpi.",
            )

    def check_picture(self, name: str, number: int, width: int, height: int) -> None:
        """Of a picture on a page of a PDF, which pdfium unpacks: a bit for each pixel at least."""
        if width * height > 8 * self.max_unfolded_bytes:
            raise InputError(
                "page_too_large",
                f"A picture on page {number} of {name} has {width:,} x {height:,} pixels; at most "
                f"{8 * self.max_unfolded_bytes:,} are read. Scan the page at 300 dpi.",
            )

    def check_unfolded(self, name: str, size: int) -> None:
        if size > self.max_unfolded_bytes:
            raise InputError(
                "unfolds_too_far",
                f"A compressed part of {name} unfolds to more than {self.max_unfolded_bytes:,} bytes. "
                "Print the file to a new PDF and send that.",
            )

    def check_endless(self, name: str, count: int) -> None:
        """Of streams without an end, which pdfium looks for in all the rest of the file, for each anew."""
        if count > _MAX_ENDLESS:
            raise InputError(
                "damaged", f"{name} has more than {_MAX_ENDLESS:,} parts without an end. Send the file again."
            )

    def check_fields(self, name: str, count: int) -> None:
        """Of all pages so far."""
        if count > self.max_form_fields:
            raise InputError(
                "too_many_fields",
                f"{name} holds {count:,} form fields and notes or more; at most {self.max_form_fields:,} are read. "
                "Print it to a new PDF and send that.",
            )

    def check_depth(self, name: str, depth: int) -> None:
        if depth > self.max_depth:
            raise InputError(
                "too_deep",
                f"{name} has objects within more than {self.max_depth} others, as no ordinary PDF has. "
                "Print it to a new PDF and send that.",
            )

    def check_attachments(self, name: str, count: int) -> None:
        if count > self.max_attachments:
            raise InputError(
                "too_many_attachments",
                f"{name} has {count:,} files attached; at most {self.max_attachments:,} are accepted, and none is "
                "opened. Send the files one by one.",
            )


DEFAULT_LIMITS = Limits()
_ANY = sys.maxsize
WITHOUT_LIMITS = Limits(_ANY, _ANY, _ANY, _ANY, _ANY, _ANY, _ANY, _ANY, _ANY, _ANY)
"""For a file that was read before: it has been checked against the limits of its day."""
