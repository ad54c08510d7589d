"""What is wrong in a guideline folder: file, line, what was found, what is allowed and what to do."""

from __future__ import annotations

from collections.abc import Collection
from difflib import get_close_matches
from typing import NamedTuple

_MOST_NAMES = 14


class Problem(NamedTuple):
    """`line` is 1-based; 0 where the file as a whole is meant."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.message}"


def unknown(what: str, found: object, allowed: Collection[str], where: str = "") -> str:
    """`unknown concept 'krabe'; did you mean 'krabbe'?`, or the allowed names, or `where` they are listed."""
    near = get_close_matches(str(found), list(allowed), n=1, cutoff=0.7)
    if near:
        remedy = f"did you mean '{near[0]}'?"
    elif len(allowed) <= _MOST_NAMES or not where:
        remedy = f"allowed: {', '.join(sorted(allowed)) or 'none'}"
    else:
        remedy = where
    return f"unknown {what} '{found}'; {remedy}"
