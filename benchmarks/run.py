"""Runs one benchmark and prints its figures as a Markdown table.

    python -m benchmarks.run                      language and chart
    python -m benchmarks.run NAME [OPTION...]     the module of that name here; a wrong name lists them

A benchmark is a module of this package with `main(args)`. It returns rows (what, figure), or prints for itself.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from importlib import import_module
from pathlib import Path

USUAL = ("language", "chart")


def available() -> list[str]:
    """Names of the modules here that have a `main`."""
    folder = Path(__file__).parent
    return sorted(
        path.stem
        for path in folder.glob("*.py")
        if "\ndef main(" in path.read_text(encoding="utf-8") and path.stem != "run"
    )


def main(arguments: Sequence[str]) -> int:
    """0, or 2 for a name that there is no benchmark for."""
    names = [arguments[0]] if arguments else list(USUAL)
    unknown = [name for name in names if name not in available()]
    if unknown:
        print(f"no benchmark '{unknown[0]}'; there are: {', '.join(available())}", file=sys.stderr)
        return 2
    for name in names:
        rows = import_module(f"benchmarks.{name}").main(arguments[1:])
        if rows is not None:
            print_table(name, rows)
    return 0


def print_table(name: str, rows: Iterable[tuple[str, str]]) -> None:
    """Rows appear as soon as they are measured."""
    print(f"\n| {name} | figure |\n|---|---|")
    for what, figure in rows:
        print(f"| {what} | {figure} |", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
