"""What a process and all that it has started take, from /proc."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

_PROC = Path("/proc")
_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


class Usage(NamedTuple):
    """`memory_bytes` that these processes hold for themselves alone; `cpu_seconds` since they began."""

    memory_bytes: int
    cpu_seconds: float
    processes: int


def usage(pid: int) -> Usage:
    """Of the process `pid` and its descendants; all zero where the machine has no /proc or the process is gone."""
    memory, cpu, count = 0, 0.0, 0
    pending = [pid]
    while pending:
        each = pending.pop()
        try:
            memory += _own_memory(each)
            cpu += _cpu(each)
            pending += _children(each)
        except (OSError, ValueError, IndexError):  # it has ended meanwhile
            continue
        count += 1
    return Usage(memory, cpu, count)


def _own_memory(pid: int) -> int:
    """Resident pages without those that are backed by files or shared."""
    fields = (_PROC / str(pid) / "statm").read_bytes().split()
    return (int(fields[1]) - int(fields[2])) * _PAGE


def _cpu(pid: int) -> float:
    """Seconds of user and system time, those of children that have ended included."""
    fields = (_PROC / str(pid) / "stat").read_bytes().rpartition(b")")[2].split()
    return sum(int(value) for value in fields[11:15]) / _TICKS


def _children(pid: int) -> list[int]:
    found: list[int] = []
    for thread in (_PROC / str(pid) / "task").iterdir():
        try:
            found += map(int, (thread / "children").read_bytes().split())
        except OSError:
            continue
    return found
