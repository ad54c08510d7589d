"""How much a child may take for one task."""

from __future__ import annotations

from dataclasses import dataclass

MEGABYTE = 1 << 20


@dataclass(frozen=True, slots=True)
class ChildLimits:
    """Bounds of one task; a child that exceeds one of them is killed with all of its own children.

    - `seconds`: wall time, from the moment the task is given.
    - `silent_seconds`: wall time without a message of progress. A task tells one for each page and stage.
    - `cpu_seconds`: of the child and of its own children together.
    - `memory_bytes`: address space of each process, and what all of them together hold for themselves alone.
    - `message_bytes`: what the child may send for one task, progress and result together.
    - `file_bytes`: the largest file that it may write.
    - `open_files`: descriptors of one process.
    - `behind`: how far its share of the cores stands behind that of this process (nice).
    - `tasks`: after so many a child is replaced by a fresh one; also when it has kept `kept_memory_bytes`.
    """

    seconds: float = 3600.0
    silent_seconds: float = 180.0
    cpu_seconds: float = 7200.0
    memory_bytes: int = 4096 * MEGABYTE
    message_bytes: int = 2048 * MEGABYTE
    file_bytes: int = 512 * MEGABYTE
    open_files: int = 512
    behind: int = 0
    tasks: int = 500
    kept_memory_bytes: int = 1536 * MEGABYTE
