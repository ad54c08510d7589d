"""How large an input may be: a wall against mistakes and against files made to exhaust the machine."""

from __future__ import annotations

from dataclasses import dataclass

from chart_triage.errors import InputError
from chart_triage.settings import Settings


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one input file; each `check_...` raises `InputError` with the remedy.

    - `max_bytes`: of the file. 200 MB is about 2,000 scanned pages.
    - `max_pages`: a longer record is better split by visit; memory grows by about 0.3 MB a page.
    - `max_page_points`: longest side in points. 14,400 (200 inches) is what the PDF standard allows.
    - `max_words_per_page`: the densest real pages hold about 2,500.
    """

    max_bytes: int = 200_000_000
    max_pages: int = 2_000
    max_page_points: float = 14_400.0
    max_words_per_page: int = 20_000

    @classmethod
    def of(cls, site: Settings) -> Limits:
        return cls(
            max_bytes=int(site.max_file_mb * 1_000_000),
            max_pages=site.max_pages,
            max_page_points=site.max_page_inches * 72,
            max_words_per_page=site.max_page_words,
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

    def check_words(self, name: str, number: int, count: int) -> None:
        if count > self.max_words_per_page:
            raise InputError(
                "too_many_words",
                f"Page {number} of {name} holds {count:,} words; at most {self.max_words_per_page:,} are read. "
                "Print the page to a normal paper size, or split it.",
            )


DEFAULT_LIMITS = Limits()
