"""Figures as lines of Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from chart_triage.evaluation.disagreements import Disagreement
from chart_triage.evaluation.false_alarms import AlarmFigures
from chart_triage.evaluation.rates import Counts, Rate
from chart_triage.evaluation.scoring import LabelRates, SetFigures
from chart_triage.evaluation.span_assertion import TargetFigures


def set_lines(figures: SetFigures, *, errors: bool) -> Iterator[str]:
    """Summary, tables and, if asked for, every disagreement of one set of labelled texts."""
    yield f"\n## {figures.name}: {figures.texts} texts, {figures.labels.strict.total} labels\n"
    yield from _table(("figure", "value", "95 %", "of"), _summary(figures))
    if len(figures.by_family) > 1:
        yield from _table(("family", "labels", "decision", "strict"), _label_rows(figures.by_family))
    yield from _table(("labelled as", "labels", "decision", "strict"), _label_rows(figures.by_status))
    yield from _table(_COUNTS, _count_rows("present: ", figures.by_concept))
    yield from _table(_COUNTS, _count_rows("supported: ", figures.by_criterion))
    yield from _table(_COUNTS, _count_rows("in place: ", figures.by_device))
    if errors:
        yield from _listed(figures.disagreements)


def target_lines(figures: TargetFigures, *, errors: bool) -> Iterator[str]:
    yield f"\n## {figures.name}: assertion of {figures.targets} given spans\n"
    yield from _table(_COUNTS, _count_rows("", figures.by_axis))
    if errors:
        yield from _listed(figures.disagreements)


def alarm_lines(figures: AlarmFigures, *, errors: bool) -> Iterator[str]:
    yield f"\n## {figures.name}: {figures.notes.total} random notes without labels, judged by a reader\n"
    rows = [
        _rate_row("notes with any present", figures.notes),
        _rate_row("notes with a present judged false", figures.false),
        ("concepts called present and not judged", str(figures.unjudged), "", ""),
    ]
    yield from _table(("figure", "value", "95 %", "of"), rows)
    yield from _table(("concept", "notes"), ((key, str(len(found))) for key, found in figures.by_concept.items()))
    if errors:
        for key, found in figures.by_concept.items():
            yield from (
                f" {'?' if alarm.verdict is None else 'false'} {alarm.id}  {key}: {alarm.words}"
                for alarm in found
                if not alarm.verdict
            )
        yield ""


_COUNTS = ("", "labelled", "precision", "recall", "F1", "95 % of F1", "wrong", "missed")


def _summary(figures: SetFigures) -> Iterator[tuple[str, ...]]:
    yield _rate_row("labels right, present or not", figures.labels.decision)
    yield _rate_row("labels right, exact status", figures.labels.strict)
    for name, counts in (
        ("present", figures.present),
        ("criteria supported", figures.criteria),
        ("contraindications in place", figures.devices),
    ):
        if counts != Counts():
            yield name + ": F1", _number(counts.f1), _interval(counts.f1_interval), ""
            yield _rate_row(name + ": precision", counts.precision)
            yield _rate_row(name + ": recall", counts.recall)
    yield "present, though not listed at all", str(figures.false_present), "", ""
    for name, rate in (
        ("texts with the exact set of criteria", figures.determinations),
        ("texts with the exact set of contraindications", figures.contraindication_sets),
        ("texts with the same suggestion", figures.suggestions),
    ):
        if rate.total:
            yield _rate_row(name, rate)


def _rate_row(name: str, rate: Rate) -> tuple[str, ...]:
    return name, _number(rate.value), _interval(rate.interval), f"{rate.right}/{rate.total}"


def _label_rows(rates: Mapping[str, LabelRates]) -> Iterator[tuple[str, ...]]:
    for name, rate in rates.items():
        yield name, str(rate.strict.total), _number(rate.decision.value), _number(rate.strict.value)


def _count_rows(prefix: str, counts: Mapping[str, Counts]) -> Iterator[tuple[str, ...]]:
    for name, c in counts.items():
        yield (
            f"{prefix}{name}", str(c.found + c.missed), _number(c.precision.value), _number(c.recall.value),
            _number(c.f1), _interval(c.f1_interval), str(c.wrong), str(c.missed),
        )  # fmt: skip


def _listed(disagreements: Iterable[Disagreement]) -> Iterator[str]:
    yield from (found.line() for found in disagreements)
    yield ""


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _interval(interval: tuple[float, float] | None) -> str:
    return "" if interval is None else f"{interval[0]:.3f}-{interval[1]:.3f}"


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    """A Markdown table with padded columns; nothing where there are no rows."""
    body = list(rows)
    if not body:
        return
    widths = [max(len(row[i]) for row in (head, *body)) for i in range(len(head))]
    yield _row(head, widths)
    yield "|" + "|".join("-" * (width + 2) for width in widths) + "|"
    yield from (_row(row, widths) for row in body)
    yield ""


def _row(cells: tuple[str, ...], widths: list[int]) -> str:
    padded = [c.ljust(w) if i == 0 else c.rjust(w) for i, (c, w) in enumerate(zip(cells, widths, strict=True))]
    return "| " + " | ".join(padded) + " |"
