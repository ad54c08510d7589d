"""How OCR is run: on how many cores, and who is told how it goes."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field


def available_cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@dataclass(frozen=True, slots=True)
class OcrOptions:
    """`processes` read pages at a time; `on_page` is told the number of each page as its reading is there, pages that
    need no OCR included.
    """

    processes: int = field(default_factory=available_cores)
    on_page: Callable[[int], None] | None = None

    def told(self, number: int) -> None:
        if self.on_page is not None:
            self.on_page(number)
