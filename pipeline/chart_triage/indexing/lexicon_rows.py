"""Rows of the data files in `lexicons/shared/` that this stage reads."""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterator

from chart_triage import resources
from chart_triage.errors import SettingsError


def rows(name: str, column: str, allowed: Collection[str]) -> Iterator[dict[str, str]]:
    """The rows of `lexicons/shared/<name>`; `column` must hold one of `allowed`.

    Raises `SettingsError` that names file, line, what was found and what is allowed.
    """
    path = resources.lexicons() / "shared" / name
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        for row in reader:
            if row.get(column) not in allowed:
                raise SettingsError(
                    f"{name}:{reader.line_num}: '{row.get(column)}' is no {column}; "
                    f"allowed are {', '.join(sorted(allowed))}."
                )
            yield row
