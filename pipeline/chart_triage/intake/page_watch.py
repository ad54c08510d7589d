"""Which page a library has in its hands, and which pages it is not to be given.

A library that was given a bad page cannot be stopped, only ended with its process; a page on which a process has ended
is not given to the next one. Whoever runs the process says what is to be done around a page and which pages are to be
left out (`watching`); where nobody does, pages are opened and that is all.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class _Watch:
    on_page: Callable[[int | None], None]
    left_out: Collection[int]


_WATCH: ContextVar[_Watch | None] = ContextVar("watch", default=None)


@contextmanager
def watching(on_page: Callable[[int | None], None], left_out: Collection[int]) -> Iterator[None]:
    """Within it `on_page` is told the number (1-based) of each page before a library has it, and None afterwards.

    The number is 0 while the library opens the file.
    """
    token = _WATCH.set(_Watch(on_page, frozenset(left_out)))
    try:
        yield
    finally:
        _WATCH.reset(token)


@contextmanager
def in_hand(number: int = 0) -> Iterator[None]:
    """Within it a library works on the page `number`, or opens the file."""
    watch = _WATCH.get()
    if watch is None:
        yield
        return
    watch.on_page(number)
    try:
        yield
    finally:
        watch.on_page(None)


def is_left_out(number: int) -> bool:
    watch = _WATCH.get()
    return watch is not None and number in watch.left_out
