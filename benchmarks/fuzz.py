"""Coverage-guided fuzzing of one parser boundary.

    ./run fuzz TARGET [--seconds 60] [--seed 1] [--keep FOLDER]

TARGET: chart (bytes to a chart and its index), stored (chart.json.gz), guideline (a folder's YAML, CSV and letter),
annotate (JSON lines and the language stage), bodies (every route that takes one). Whatever is no refusal is a fault: it
is named by its class and place, its input kept, and the exit code is 1. Inputs that reached new code are kept in
FOLDER/TARGET/corpus and used again by the next run.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.fuzzing.targets import TARGETS

_FOUND = re.compile(r"#(\d+)\s+\w+\s+cov: (\d+)")
_BAD = ("crash-", "timeout-", "oom-", "leak-")


@dataclass
class Outcome:
    """What one run met. `faults`: one line each."""

    executions: int = 0
    coverage: int = 0
    begun_again: int = 0
    seconds: float = 0.0
    faults: list[str] = field(default_factory=list)
    told: str = ""


def fuzz(name: str, folder: Path, *, seconds: float, seed: int) -> Outcome:
    """Run one target for so long; a process that dies is followed by another with the next seed."""
    for part in ("corpus", "faults"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    outcome, began = Outcome(), time.monotonic()
    while (left := seconds - (time.monotonic() - began)) >= 1 or outcome.executions == 0:
        number = seed + outcome.begun_again
        command = [
            sys.executable,
            "-m",
            "benchmarks.fuzzing.process",
            name,
            str(folder),
            str(number),
            str(max(1, int(left))),
        ]
        done = subprocess.run(command, capture_output=True, encoding="utf-8", errors="replace", check=False)
        found = _FOUND.findall(done.stderr)
        if not found:
            outcome.faults.append(f"the fuzzer did not start (exit code {done.returncode})")
            outcome.told = done.stderr[-3000:]
            break
        outcome.executions += int(found[-1][0])
        outcome.coverage = max(outcome.coverage, int(found[-1][1]))
        outcome.begun_again += 1
    outcome.seconds = time.monotonic() - began
    outcome.faults += sorted(_faults(folder / "faults"))
    return outcome


def _faults(folder: Path) -> list[str]:
    listed = []
    for path in folder.iterdir():
        if path.suffix == ".json":
            told = json.loads(path.read_text(encoding="utf-8"))
            listed.append(f"{told['kind']} at {told['place']} after {told['seconds']} s: {path.with_suffix('')}")
        elif path.name.startswith(_BAD):
            listed.append(f"{path.name.partition('-')[0]}: {path}")
    return listed


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(prog="./run fuzz")
    parser.add_argument("target", choices=sorted(TARGETS))
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, default=Path("out") / "fuzz")
    asked = parser.parse_args(arguments)
    outcome = fuzz(asked.target, asked.keep / asked.target, seconds=asked.seconds, seed=asked.seed)
    print(
        f"{asked.target}: {outcome.executions:,} inputs in {outcome.seconds:.0f} s, {outcome.coverage} places of our "
        f"code reached, {outcome.begun_again} processes, {len(outcome.faults)} faults"
    )
    for fault in outcome.faults:
        print(f"  {fault}")
    if outcome.told:
        print(outcome.told, file=sys.stderr)
    if outcome.faults:
        raise SystemExit(1)
