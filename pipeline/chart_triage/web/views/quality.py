"""The quality page: tables that can be taken away as CSV, and plots of them."""

from __future__ import annotations

from typing import NamedTuple

from chart_triage.store.quality import Agreement, Quality
from chart_triage.web.views import plots
from chart_triage.web.views.plots import Plot

_FEW = 5  # decisions; below it a share is shown, and said to be of few


class Table(NamedTuple):
    """`numbers`: which columns hold numbers, counted from 0."""

    key: str
    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: frozenset[int]
    plot: Plot | None = None
    note: str = ""


def tables(found: Quality) -> tuple[Table, ...]:
    """All tables of the page, in its order."""
    return (_volumes(found), _turnaround(found), _drift(found), _criteria(found), _outcomes(found), _reasons(found))


def criteria_by_week(found: Quality) -> Table:
    """Not on the page, since it is long: the agreement of each criterion in each week."""
    rows = tuple(
        (start.isoformat(), criterion, *_agreed(agreement))
        for (start, criterion), agreement in sorted(found.by_week.items())
    )
    head = ("week", "criterion", "accepted", "rejected", "overridden", "agreement")
    return Table("criteria_by_week", "Agreement by criterion and week", head, rows, frozenset({2, 3, 4, 5}))


def csv_tables(found: Quality) -> dict[str, Table]:
    """What can be exported, by name."""
    return {table.key: table for table in (*tables(found), criteria_by_week(found))}


def _volumes(found: Quality) -> Table:
    rows = tuple((w.start.isoformat(), str(w.received), str(w.signed_off), str(w.parked)) for w in found.weeks)
    labels = [f"{w.start:%d %b}" for w in found.weeks]
    series = [("received", [w.received for w in found.weeks]), ("signed off", [w.signed_off for w in found.weeks])]
    drawn = plots.bars("Charts received and signed off, week by week", labels, series)
    head = ("week of", "received", "signed off", "could not be processed")
    return Table("volumes", "Volumes", head, rows, frozenset({1, 2, 3}), drawn)


def _turnaround(found: Quality) -> Table:
    rows = tuple(
        (
            w.start.isoformat(),
            _minutes(w.hours(w.to_results, 0.5)),
            _minutes(w.hours(w.to_results, 0.95)),
            _hours(w.hours(w.to_sign_off, 0.5)),
            _hours(w.hours(w.to_sign_off, 0.9)),
        )
        for w in found.weeks
    )
    labels = [f"{w.start:%d %b}" for w in found.weeks]
    medians = [round(w.hours(w.to_sign_off, 0.5) or 0.0, 1) for w in found.weeks]
    drawn = plots.bars("Median hours from receipt to sign-off, week by week", labels, [("median", medians)], " h")
    head = (
        "week of", "to results, median (min)", "to results, 95th percentile (min)", "to sign-off, median (h)",
        "to sign-off, 90th percentile (h)",
    )  # fmt: skip
    return Table("turnaround", "Turn-around", head, rows, frozenset({1, 2, 3, 4}), drawn)


def _drift(found: Quality) -> Table:
    rows = tuple((w.start.isoformat(), *_agreed(w.agreement)) for w in found.weeks)
    labels = [f"{w.start:%d %b}" for w in found.weeks]
    told = [f"{w.agreement.accepted} of {w.agreement.decided} accepted" for w in found.weeks]
    drawn = plots.shares("Share of suggestions accepted", labels, [w.agreement.share for w in found.weeks], told)
    head = ("week of", "accepted", "rejected", "overridden", "agreement")
    note = "Decisions on single criteria of charts signed off in the week."
    return Table("agreement", "Agreement over time", head, rows, frozenset({1, 2, 3, 4}), drawn, note)


def _criteria(found: Quality) -> Table:
    rows = tuple((criterion, *_agreed(agreement)) for criterion, agreement in found.criteria.items())
    head = ("criterion", "accepted", "rejected", "overridden", "agreement")
    note = f"Below {_FEW} decisions a share says little; those are marked with *."
    return Table("criteria", "Agreement by criterion", head, rows, frozenset({1, 2, 3, 4}), None, note)


def _outcomes(found: Quality) -> Table:
    rows = tuple(
        (suggestion.replace("_", " "), outcome.replace("_", " "), str(count))
        for (suggestion, outcome), count in sorted(found.outcomes.items())
    )
    head = ("suggested", "reviewer's own determination", "charts")
    return Table("outcomes", "Suggestion and sign-off", head, rows, frozenset({2}))


def _reasons(found: Quality) -> Table:
    rows = tuple(
        (f"{r.at:%Y-%m-%d}", r.criterion, r.kind, (r.status or "").replace("_", " "), r.reason, r.chart)
        for r in found.reasons
    )
    head = ("day", "criterion", "decision", "status given", "reason", "chart")
    return Table("reasons", "Why reviewers saw it otherwise", head, rows, frozenset())


def _agreed(agreement: Agreement) -> tuple[str, str, str, str]:
    share = "" if agreement.share is None else f"{100 * agreement.share:.0f} %"
    few = " *" if share and agreement.decided < _FEW else ""
    return str(agreement.accepted), str(agreement.rejected), str(agreement.overridden), share + few


def _minutes(hours: float | None) -> str:
    return "" if hours is None else f"{hours * 60:.1f}"


def _hours(hours: float | None) -> str:
    return "" if hours is None else f"{hours:.1f}"
