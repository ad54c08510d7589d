"""Counts over a replay: how many determinations change, how, and what made the difference."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from chart_triage.replay.outcome import Change
from chart_triage.replay.run import Replayed, differing_versions


class Summary:
    """Filled chart by chart; holds counts and, of the charts that could not be replayed, name and reason."""

    def __init__(self) -> None:
        self.changed = self.same = 0
        self.refused: list[tuple[str, str]] = []
        self._changes: Counter[tuple[str, str]] = Counter()
        self._versions: Counter[tuple[str, str | None, str | None]] = Counter()

    def add(self, replayed: Replayed) -> None:
        if replayed.old is None or replayed.new is None:
            self.refused.append((replayed.chart, replayed.refused))
            return
        self.changed += bool(replayed.changes)
        self.same += not replayed.changes
        self._changes.update(kind_of_change(change) for change in replayed.changes)
        self._versions.update(differing_versions(replayed.old, replayed.new))

    def lines(self) -> Iterator[str]:
        """For a person, after the charts."""
        total = self.changed + self.same + len(self.refused)
        counts = f"{self.changed} changed, {self.same} unchanged, {len(self.refused)} could not be replayed"
        yield f"{_charts(total)}: {counts}"
        for (what, how), count in self._changes.most_common():
            yield f"  {what}: {how}, {_charts(count)}"
        for (name, old, new), count in sorted(self._versions.items(), key=str):
            yield f"  {name}: {_short(old)} -> {_short(new)}, {_charts(count)}"
        if self.changed + self.same and not self._versions:
            yield "  guideline, lexicons, models and code are those of the stored results"

    def plain(self) -> dict[str, Any]:
        return {
            "changed": self.changed,
            "same": self.same,
            "not_replayed": len(self.refused),
            "changes": [{"what": what, "how": how, "charts": n} for (what, how), n in self._changes.most_common()],
            "versions": [
                {"name": name, "old": old, "new": new, "charts": n}
                for (name, old, new), n in sorted(self._versions.items(), key=str)
            ],
        }


def kind_of_change(change: Change) -> tuple[str, str]:
    """What changed, and how: ("4.d, now 4.c", "not_found -> supported")."""
    moved = f", now {change.new_at}" if change.at and change.new_at not in ("", change.at) else ""
    what = change.part if not (change.at or change.new_at) else f"{change.at or change.new_at}{moved}"
    return what, f"{change.old or 'not in the guideline'} -> {change.new or 'not in the guideline'}"


def _charts(count: int) -> str:
    return "1 chart" if count == 1 else f"{count} charts"


def _short(value: str | None) -> str:
    if value is None:
        return "none"
    return value[:12] if len(value) == 64 and value.isalnum() else value
