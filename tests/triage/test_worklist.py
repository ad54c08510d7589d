"""The order of the work list, as staff see it."""

from __future__ import annotations

from datetime import date, time, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chart_triage.records.determination import ChartSummary, Determination, GuidelineRef, Inputs, Suggestion, Versions
from chart_triage.records.request import RequestData
from chart_triage.records.triage import ReceivedFrom, Triage, Urgency
from chart_triage.triage import worklist

TODAY = date(2026, 11, 18)


def triage_of(
    due: date | None, *, at: time | None = None, fast: bool | None = None, ready: float = 0.5, read: float = 1.0
) -> Triage:
    return Triage(
        urgency=Urgency(
            expedited=fast,
            why="test",
            received=due - timedelta(days=7) if due else None,
            received_from=ReceivedFrom.CALLER if due else None,
            line_of_business="any",
            due=due,
            due_time=at,
            rule="test",
        ),
        completeness=read,
        readiness=ready,
    )


def determination_of(triage: Triage | None, *, flagged: bool = False, reference: str | None = None) -> Determination:
    return Determination(
        concepts={},
        criteria={},
        contraindications={},
        suggestion=Suggestion.MORE_INFORMATION_NEEDED,
        flags=("mri_safety_check",) if flagged else (),
        chart=ChartSummary(sha256="0" * 64, pages=()),
        guideline=GuidelineRef(id="g", version="1", effective="2026-01-01"),
        versions=Versions(chart_triage="0", guideline_sha256="", lexicons_sha256="", models_sha256=""),
        triage=triage,
        inputs=Inputs(request=RequestData(reference=reference)),
    )


def entry(name: str, triage: Triage, *, flagged: bool = False) -> worklist.Entry:
    return worklist.Entry(name, determination_of(triage, flagged=flagged), triage)


def test_due_first_then_expedited_then_safety_then_readiness_then_what_could_be_read() -> None:
    tomorrow, later = TODAY + timedelta(days=1), TODAY + timedelta(days=3)
    entries = [
        entry("later and ready", triage_of(later, ready=1)),
        entry("later and half read", triage_of(later, ready=0.5, read=0.4)),
        entry("later and read", triage_of(later, ready=0.5)),
        entry("later with a device", triage_of(later, ready=0), flagged=True),
        entry("later but expedited", triage_of(later, fast=True, ready=0)),
        entry("tomorrow at nine", triage_of(tomorrow, at=time(9), fast=True)),
        entry("tomorrow", triage_of(tomorrow, fast=True)),
        entry("overdue", triage_of(TODAY - timedelta(days=1))),
        entry("nobody knows", triage_of(None)),
        entry("nobody knows, expedited", triage_of(None, fast=True)),
    ]
    assert [row.cells["chart"] for row in worklist.ordered(entries, TODAY)] == [
        "overdue",
        "nobody knows, expedited",
        "nobody knows",
        "tomorrow at nine",
        "tomorrow",
        "later but expedited",
        "later with a device",
        "later and ready",
        "later and read",
        "later and half read",
    ]


triages = st.builds(
    triage_of,
    st.none() | st.dates(date(2026, 11, 10), date(2026, 11, 25)),
    fast=st.sampled_from([True, False, None]),
    ready=st.sampled_from([0.0, 0.5, 1.0]),
)


@settings(max_examples=100, deadline=None)
@given(st.lists(triages, max_size=8), st.randoms(use_true_random=False))
def test_the_order_is_one_whatever_order_the_folder_has(found: list[Triage], chance: object) -> None:
    entries = [entry(f"chart {n}", triage) for n, triage in enumerate(found)]
    shuffled = list(entries)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    rows = worklist.ordered(entries, TODAY)
    assert worklist.ordered(shuffled, TODAY) == rows
    days = [date.fromisoformat(row.cells["due"]) if row.cells["due"][0] == "2" else TODAY for row in rows]
    assert days == sorted(days)


@pytest.mark.parametrize(
    ("days", "state"),
    [(-2, "overdue by 2 days"), (-1, "overdue by 1 day"), (0, "due today"), (1, "in 1 day"), (5, "in 5 days")],
)
def test_the_state_is_told_on_the_day_of_the_list(days: int, state: str) -> None:
    (row,) = worklist.ordered([entry("c", triage_of(TODAY + timedelta(days=days)))], TODAY)
    assert row.cells["state"] == state


def write(folder: Path, name: str, content: str) -> None:
    (folder / name).mkdir()
    (folder / name / "determination.json").write_text(content, encoding="utf-8")


def test_what_cannot_be_read_is_told_by_name_and_the_rest_is_listed(tmp_path: Path) -> None:
    write(tmp_path, "good", determination_of(triage_of(TODAY)).model_dump_json())
    write(tmp_path, "old", determination_of(None).model_dump_json())
    write(tmp_path, "bad", '{"Quillfeather": ')
    found = worklist.read(tmp_path)
    assert [row.chart for row in found.rows] == ["good"]
    assert [problem.split(":")[0] for problem in found.problems] == [
        str(tmp_path / name / "determination.json") for name in ("bad", "old")
    ]
    assert not [problem for problem in found.problems if "Quillfeather" in problem]


def test_a_spreadsheet_opens_no_formula(tmp_path: Path) -> None:
    determination = determination_of(triage_of(TODAY), reference='=HYPERLINK("x")')
    rows = worklist.ordered([worklist.Entry("c", determination, triage_of(TODAY))], TODAY)
    worklist.write_csv(tmp_path / "list.csv", rows)
    assert '"\'=HYPERLINK(""x"")"' in (tmp_path / "list.csv").read_text(encoding="utf-8")


def test_an_empty_folder_says_what_to_name(tmp_path: Path) -> None:
    assert "assess --out" in "".join(worklist.table(worklist.ordered(worklist.read(tmp_path).rows, TODAY)))
