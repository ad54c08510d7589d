"""summary.html: what a run found, on one page that needs no network. Counts and plots, who is next, what failed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from chart_triage.batch.folder import CHARTS, Result
from chart_triage.batch.rows import ChartColumns
from chart_triage.batch.tables import FailedInput, Place
from chart_triage.report.templating import environment

NAME = "summary.html"
_TEMPLATES = Path(__file__).with_name("templates")
_LISTED = 200  # rows of a table on the page; the CSV files have all
_SUGGESTIONS = {
    "criteria_supported": "criteria supported",
    "needs_clinical_review": "needs clinical review",
    "more_information_needed": "more information needed",
}
_LEGIBILITY = ("under 0.5", "0.5 to 0.7", "0.7 to 0.8", "0.8 to 0.9", "0.9 and more")
_BOUNDS = (0.5, 0.7, 0.8, 0.9)
_AXIS = 285  # where bars begin, in units of a plot's 640
_WIDEST = 290


class Line(NamedTuple):
    """A row of the triage list."""

    number: int
    place: Place
    chart: ChartColumns


class Bar(NamedTuple):
    label: str
    value: int
    width: float  # of the plot's units


@dataclass(frozen=True, slots=True)
class Plot:
    """Horizontal bars, one for each label; `unit` says what is counted."""

    title: str
    unit: str
    bars: tuple[Bar, ...]

    @property
    def height(self) -> int:
        return 26 * len(self.bars) + 6


class Summary:
    """Filled chart by chart in triage order, then rendered; same charts, same text."""

    def __init__(self) -> None:
        self._lines: list[Line] = []
        self._pages: Counter[str] = Counter()
        self._suggestions: Counter[str] = Counter()
        self._supported: Counter[str] = Counter()
        self._labels: dict[str, str] = {}
        self._devices: Counter[str] = Counter()
        self._legibility: Counter[str] = Counter()
        self._due: Counter[str] = Counter()
        self._guidelines: Counter[str] = Counter()
        self._charts = self._copies = self._expedited = 0

    def add(self, number: int, place: Place, result: Result) -> None:
        """The next chart in triage order."""
        assert result.rows is not None
        chart = result.rows.chart
        if len(self._lines) < _LISTED:
            self._lines.append(Line(number, place, chart))
        self._charts += 1
        self._copies += len(place.names) - 1
        self._expedited += bool(chart.expedited)
        for kind in ("pages", "pages_native", "pages_ocr", "pages_unread", "pages_set_aside"):
            self._pages[kind] += getattr(chart, kind)
        self._suggestions[_SUGGESTIONS[chart.suggestion]] += 1
        self._guidelines[f"{chart.guideline} ({chart.guideline_version})"] += 1
        self._due[chart.due.isoformat() if chart.due else "not known"] += 1
        if chart.legibility is not None:
            self._legibility[_LEGIBILITY[sum(chart.legibility >= bound for bound in _BOUNDS)]] += 1
        for row in result.rows.criteria:
            if row.part == "criterion":
                self._labels.setdefault(row.number, row.label)
                self._supported[row.number] += row.status == "supported"
        safety = {row.number: row.label for row in result.rows.criteria if row.part == "contraindication"}
        self._devices.update(safety.get(key, key) for key in chart.devices.split("; ") if key)

    def html(self, failures: Sequence[FailedInput]) -> str:
        """The whole page."""
        return (
            environment(_TEMPLATES)
            .get_template("summary.html.jinja")
            .render(
                charts=self._charts,
                copies=self._copies,
                expedited=self._expedited,
                pages=self._pages,
                guidelines=sorted(self._guidelines),
                plots=[plot for plot in self._plots(failures) if plot.bars],
                lines=self._lines,
                suggestions=_SUGGESTIONS,
                failures=failures[:_LISTED],
                failed=len(failures),
                folder=CHARTS,
                axis=_AXIS,
            )
        )

    def _plots(self, failures: Sequence[FailedInput]) -> list[Plot]:
        supported = (number for number in self._labels if "." not in number and self._supported[number])
        criteria = {f"{number} {self._labels[number]}": self._supported[number] for number in supported}
        days = {day: self._due[day] for day in sorted(self._due)}
        return [
            _plot("What is suggested", "charts", {name: self._suggestions[name] for name in _SUGGESTIONS.values()}),
            _plot("Criteria supported by the records", "charts", criteria),
            _plot("MRI safety check: devices and conditions to look at", "charts", dict(self._devices.most_common(12))),
            _plot("Decision due", "charts", dict(list(days.items())[:14])),
            _plot("Legibility of charts read by OCR", "charts", {name: self._legibility[name] for name in _LEGIBILITY}),
            _plot("Why inputs failed", "inputs", dict(Counter(failure.kind for failure in failures).most_common())),
        ]


def _plot(title: str, unit: str, counts: dict[str, int]) -> Plot:
    most = max(counts.values(), default=0)
    if not most:
        return Plot(title, unit, ())
    bars = (Bar(label.replace("_", " "), n, round(_WIDEST * n / most, 1)) for label, n in counts.items())
    return Plot(title, unit, tuple(bars))
