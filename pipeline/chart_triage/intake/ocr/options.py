"""How OCR is run: on how many cores, and whether its results are kept."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chart_triage.intake.ocr.cache import PageCache


def available_cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@dataclass(frozen=True, slots=True)
class OcrOptions:
    """`processes` read pages at a time; readings are kept in `cache_folder`, nowhere if None.

    `on_page` is told the number of each page as its reading is there.
    """

    processes: int = field(default_factory=available_cores)
    cache_folder: Path | None = None
    on_page: Callable[[int], None] | None = None

    def told(self, number: int) -> None:
        if self.on_page is not None:
            self.on_page(number)

    def cache(self) -> PageCache | None:
        if self.cache_folder is None:
            return None
        from chart_triage.intake.ocr.cache import PageCache

        return PageCache(self.cache_folder)
