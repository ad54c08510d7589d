"""How long a decision may take, and what is wrong with a site's own table."""

from __future__ import annotations

from datetime import date, time
from pathlib import Path

import pytest

from chart_triage.errors import SettingsError
from chart_triage.triage import due_times

FRIDAY = date(2026, 11, 13)


@pytest.mark.parametrize("line", ["medicare_advantage", "medicaid_fee_for_service", "medicaid_managed_care", "chip"])
def test_what_the_rule_of_2026_asks_of_public_plans(line: str) -> None:
    table = due_times.load()
    standard, expedited = (due_times.due_time(table, line, expedited=fast) for fast in (False, True))
    assert (standard.within, standard.unit) == (7, "calendar_days")
    assert (expedited.within, expedited.unit) == (72, "hours")
    assert standard.source.startswith("CMS-0057-F")


@pytest.mark.parametrize(
    ("amount", "unit", "at", "on", "until"),
    [
        (7, "calendar_days", None, date(2026, 11, 20), None),
        (7, "calendar_days", time(16, 30), date(2026, 11, 20), None),
        (72, "hours", None, date(2026, 11, 16), None),
        (72, "hours", time(16, 30), date(2026, 11, 16), time(16, 30)),
        (48, "hours", time(0, 5), date(2026, 11, 15), time(0, 5)),
        (36, "hours", time(16, 30), date(2026, 11, 15), time(4, 30)),
    ],
)
def test_times_are_counted_from_the_receipt(
    amount: int, unit: str, at: time | None, on: date, until: time | None
) -> None:
    assert due_times.counted(amount, unit, FRIDAY, at) == (on, until)


def test_an_unknown_line_of_business_names_the_near_one() -> None:
    with pytest.raises(SettingsError, match="did you mean 'medicare_advantage'"):
        due_times.due_time(due_times.load(), "medicare_advantag", expedited=False)
    with pytest.raises(SettingsError, match="allowed: chip, commercial, default"):
        due_times.due_time(due_times.load(), "xyz", expedited=False)


HEADER = ",".join(due_times.COLUMNS)
GOOD = "default,any,standard,5,calendar_days,3,site\ndefault,any,expedited,24,hours,12,site\n"


def test_a_site_may_bring_its_own_table(tmp_path: Path) -> None:
    own = tmp_path / "own.csv"
    own.write_text(f"{HEADER}\n{GOOD}tx,Texas,standard,3,calendar_days,2,state\ntx,Texas,expedited,24,hours,12,state\n")
    assert due_times.due_time(due_times.load(own), "tx", expedited=False).within == 3


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("a,b\n", f"own.csv:1: the header must be {HEADER}"),
        (f"{HEADER}\n{GOOD}tx,Texas,fast,3,hours,2,x\n", "own.csv:4: unknown urgency 'fast'"),
        (f"{HEADER}\n{GOOD}tx,Texas,standard,3,weeks,2,x\n", "own.csv:4: unknown unit 'weeks'"),
        (f"{HEADER}\n{GOOD}tx,Texas,standard,three,hours,2,x\n", "own.csv:4: `within`: 'three' is no whole number"),
        (f"{HEADER}\n{GOOD}tx,Texas,standard,3,hours,4,x\n", "own.csv:4: the answer is needed later"),
        (f"{HEADER}\n{GOOD}tx,Texas,standard,3,hours,2,\n", "own.csv:4: the column `source` is empty"),
        (f"{HEADER}\n{GOOD}tx,Texas,standard,3,hours,2\n", "own.csv:4: 7 cells are needed"),
        (f"{HEADER}\n{GOOD}tx,Texas,standard,3,hours,2,x,y\n", "own.csv:4: 7 cells are needed"),
        (f"{HEADER}\n{GOOD}tx,Texas,standard,3,hours,2,x\n", "own.csv: tx has no row for expedited; add one"),
        (f"{HEADER}\n{GOOD}default,any,standard,3,hours,2,x\n", "own.csv:4: repeats default, standard; delete one"),
        (f"{HEADER}\n", "own.csv: default has no row for expedited; add one"),
    ],
)
def test_a_bad_table_is_told_by_line(tmp_path: Path, content: str, told: str) -> None:
    own = tmp_path / "own.csv"
    own.write_text(content)
    with pytest.raises(SettingsError) as error:
        due_times.load(own)
    assert told in str(error.value)
    assert error.value.exit_code == 2


def test_a_table_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        due_times.load(tmp_path / "none.csv")
