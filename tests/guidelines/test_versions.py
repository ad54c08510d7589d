"""Versions of one guideline side by side: which is in force on a day, and what `check` says of days that two claim."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from chart_triage import guidelines, resources
from chart_triage.errors import GuidelineError, SettingsError

FAMILY = "cardiac-mri"


def edition(cardiac: Path, year: int, head: str = "", family: str = FAMILY) -> Path:
    """The invented guideline once more, as the edition of another year."""
    folder = cardiac.parent / f"cardiac-mri-{year}"
    if folder != cardiac:
        shutil.copytree(cardiac, folder)
    file = folder / "guideline.yaml"
    text = file.read_text().replace("family: cardiac-mri\n", "")
    for old, new in (
        ("id: cardiac-mri-2027", f"id: {folder.name}"),
        ("2027-01-01", f"{year}-01-01"),
        ('"2027"', f'"{year}"'),
    ):
        text = text.replace(old, new)
    file.write_text(text.replace("title:", f"family: {family}\n{head}title:"))
    return folder


@pytest.fixture
def root(cardiac: Path) -> Path:
    """A folder with the editions of 2027 and 2028."""
    edition(cardiac, 2028)
    edition(cardiac, 2027)
    return cardiac.parent


@pytest.mark.parametrize(
    ("day", "year"),
    [("2027-01-01", 2027), ("2027-12-31", 2027), ("2028-01-01", 2028), ("2031-07-01", 2028)],
)
def test_a_version_counts_until_the_next_one_begins(root: Path, day: str, year: int) -> None:
    on = date.fromisoformat(day)
    assert guidelines.in_force(FAMILY, on, root).id == f"cardiac-mri-{year}"
    assert guidelines.load(str(root / FAMILY), on=on).version == str(year)


def test_families_that_ship_are_found_by_their_name_and_ids_stay(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resources, "lexicons", lambda: root)
    assert guidelines.load(FAMILY, on=date(2027, 5, 1)).id == "cardiac-mri-2027"
    assert guidelines.load("cardiac-mri-2028", on=date(2027, 5, 1)).id == "cardiac-mri-2028"
    assert guidelines.load("cardiac-mri-2028").id == "cardiac-mri-2028"


def test_a_family_needs_a_day(root: Path) -> None:
    with pytest.raises(SettingsError, match=r"day of the scan, or an id \(cardiac-mri-2027, cardiac-mri-2028\)"):
        guidelines.load(str(root / FAMILY))


def test_a_day_without_a_version_is_told_with_the_days_that_have_one(cardiac: Path) -> None:
    edition(cardiac, 2029)
    edition(cardiac, 2027, head="ends: 2027-12-31\n")
    root = cardiac.parent
    for day in (date(2026, 12, 31), date(2028, 6, 1)):
        with pytest.raises(
            SettingsError, match=rf"in force on {day}.*2027-01-01 to 2027-12-31; cardiac-mri-2029: from"
        ):
            guidelines.in_force(FAMILY, day, root)
    assert guidelines.in_force(FAMILY, date(2027, 12, 31), root).id == "cardiac-mri-2027"
    assert guidelines.in_force(FAMILY, date(2029, 1, 1), root).id == "cardiac-mri-2029"


def test_days_that_two_versions_claim_are_refused_and_told_by_check(cardiac: Path) -> None:
    later = edition(cardiac, 2028)
    edition(cardiac, 2027, head="ends: 2028-03-31\n")
    told = (
        "'cardiac-mri-2027' and 'cardiac-mri-2028' are both in force on 2028-01-01; change `effective` or `ends` of one"
    )
    assert guidelines.check(cardiac) == [f"guideline.yaml:3: {told}"]
    assert guidelines.check(later) == [f"guideline.yaml:6: {told}"]
    with pytest.raises(GuidelineError, match="both in force on 2028-01-01"):
        guidelines.in_force(FAMILY, date(2027, 5, 1), cardiac.parent)


def test_two_versions_cannot_begin_on_one_day(cardiac: Path) -> None:
    later = edition(cardiac, 2028)
    edition(cardiac, 2027)
    file = later / "guideline.yaml"
    file.write_text(file.read_text().replace("2028-01-01", "2027-01-01"))
    (told,) = guidelines.check(cardiac)
    assert "both in force on 2027-01-01" in told


def test_a_family_is_not_named_like_a_guideline(cardiac: Path) -> None:
    edition(cardiac, 2028)
    edition(cardiac, 2027, family="cardiac-mri-2028")
    (told,) = guidelines.check(cardiac)
    assert (
        told == "guideline.yaml:2: family 'cardiac-mri-2028' is also the id of a guideline; give it a name of its own"
    )


def test_a_version_cannot_end_before_it_begins(cardiac: Path) -> None:
    edition(cardiac, 2027, head="ends: 2026-01-01\n")
    told = "`ends` (2026-01-01) lies before `effective` (2027-01-01); change one of them"
    assert guidelines.check(cardiac) == [f"guideline.yaml:3: {told}"]


def test_a_head_that_cannot_be_read_is_not_passed_over(root: Path) -> None:
    """It could be the version that counts."""
    file = root / "cardiac-mri-2028" / "guideline.yaml"
    file.write_text(file.read_text().replace("effective:", "efective:"))
    with pytest.raises(GuidelineError, match=r"cardiac-mri-2028: cannot be read.*guideline check"):
        guidelines.in_force(FAMILY, date(2027, 5, 1), root)


def test_an_unknown_name_is_told_with_ids_and_families() -> None:
    with pytest.raises(GuidelineError, match="did you mean 'healthhelp-mrs'"):
        guidelines.load("healthelp-mrs")


def test_what_ships_has_a_family_and_is_in_force_on_its_first_day() -> None:
    (shipped,) = guidelines.versions()
    assert (shipped.id, shipped.family) == ("healthhelp-mrs-2026", "healthhelp-mrs")
    assert guidelines.load("healthhelp-mrs", on=shipped.effective) == guidelines.load(shipped.id)
