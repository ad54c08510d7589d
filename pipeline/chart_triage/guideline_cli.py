"""`chart-triage guideline`: the life of a guideline, from its first check to what a new version changes."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from chart_triage.errors import GuidelineError
from chart_triage.resources import DEFAULT_GUIDELINE

if TYPE_CHECKING:
    from chart_triage.records.guideline import Guideline
    from chart_triage.replay import Replayed

DAY = click.DateTime(formats=["%Y-%m-%d"])
_CLEARED = "\r\x1b[K"  # to the line's begin, and the rest erased
DIFFERENT = 5  # exit code, only where it is asked for


@click.group()
def guideline() -> None:
    """Look at, check and compare guidelines, and re-evaluate stored charts under one."""


@guideline.command("check")
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
def guideline_check(folder: Path) -> int:
    """Validate the guideline in FOLDER and list every problem with file, line and remedy."""
    from chart_triage import guidelines

    problems = guidelines.check(folder)
    for problem in problems:
        click.echo(problem)
    if problems:
        return 4
    click.echo(f"{folder}: no problems found")
    return 0


@guideline.command("list")
@click.argument("folder", required=False, type=click.Path(path_type=Path, exists=True, file_okay=False))
def guideline_list(folder: Path | None) -> None:
    """List the guidelines that ship, or those in FOLDER: id, family, version, days in force, title."""
    from chart_triage import guidelines

    for version in guidelines.versions(folder):
        family = f"family {version.family}" if version.family else "no family"
        days = guidelines.days_in_force(version)
        click.echo(f"{version.id}  {family}, version {version.version}, {days}: {version.title}")


@guideline.command("show")
@click.argument("name", default=DEFAULT_GUIDELINE)
@click.option("--on", type=DAY, help="Where NAME is a family: the day whose version is shown.")
def guideline_show(name: str, on: datetime | None) -> None:
    """Print the numbered tree of a guideline (id, folder or family)."""
    from chart_triage import guidelines

    click.echo(guidelines.show(guidelines.load(name, on=on.date() if on else None)))


@guideline.command("diff")
@click.argument("old")
@click.argument("new")
@click.option("--json", "as_json", is_flag=True, help="Print the differences as JSON.")
@click.option("--exit-code", is_flag=True, help=f"End with {DIFFERENT} where there are differences, else with 0.")
def guideline_diff(old: str, new: str, as_json: bool, exit_code: bool) -> int:
    """Tell what changed from the guideline OLD to NEW (ids or folders), by number.

    Criteria that came, went, moved or were reworded, their logic, statuses, distances and references; the safety list;
    concepts; terms; codes, scope and dates; other files of the folder.
    """
    from chart_triage import guidelines

    before, after = _loaded(old), _loaded(new)
    found = (*guidelines.compare(before, after), *guidelines.compare_files(guidelines.find(old), guidelines.find(new)))
    if as_json:
        sides = {
            side: {"id": g.id, "version": g.version, "effective": g.effective.isoformat(), "sha256": g.sha256}
            for side, g in (("old", before), ("new", after))
        }
        plain = sides | {"differences": [difference.model_dump() for difference in found]}
        click.echo(json.dumps(plain, ensure_ascii=False, indent=2))
    else:
        click.echo(guidelines.show_differences(before, after, found), nl=False)
    return DIFFERENT if found and exit_code else 0


def _loaded(name: str) -> Guideline:
    """The guideline; its mistakes are told with the folder, since two are read."""
    from chart_triage import guidelines

    folder = guidelines.find(name)
    try:
        return guidelines.load(folder)
    except GuidelineError as error:
        raise GuidelineError([f"{folder}/{problem}" for problem in error.problems]) from None


@guideline.command("replay")
@click.argument("store", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.argument("new")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write all changes here: .csv or .json.")
@click.option("--exit-code", is_flag=True, help=f"End with {DIFFERENT} where a determination changes, else with 0.")
def guideline_replay(store: Path, new: str, out: Path | None, exit_code: bool) -> int:
    """Re-evaluate the charts of STORE under the guideline NEW and list the determinations that change.

    STORE is the folder that `assess` wrote its results to; nothing in it is changed and no chart is read again. NEW is
    an id, a folder, or a family, of which the version in force on each chart's planned day of the scan counts. Charts
    that could not be replayed are listed with the reason, and the command then ends with 3.
    """
    from chart_triage.replay import Replay, Summary, find_results, table_writer

    results = find_results(store)
    summary = Summary()
    with ExitStack() as open_files:
        table = open_files.enter_context(table_writer(out, store)) if out else None
        for number, replayed in enumerate(Replay(new).run(results), 1):
            summary.add(replayed)
            if table:
                table.add(replayed)
            _progress(number, len(results), lines=_told(replayed))
        if table:
            table.end(summary)
    for line in summary.lines():
        click.echo(line)
    if summary.refused:
        return 3
    return DIFFERENT if exit_code and summary.changed else 0


def _told(replayed: Replayed) -> Iterator[str]:
    """Lines on a chart that changes or could not be replayed."""
    from chart_triage.replay.summary import kind_of_change

    if replayed.refused:
        yield f"{replayed.chart}: not replayed. {replayed.refused}"
    elif replayed.changes:
        yield f"{replayed.chart}:"
    for change in replayed.changes:
        what, how = kind_of_change(change)
        yield f"  {what}: {how}" + (f"  ({change.label})" if change.label else "")


def _progress(number: int, total: int, lines: Iterable[str]) -> None:
    """Prints `lines`, and at a terminal how far it is, on a line that the next ones replace."""
    terminal = sys.stderr.isatty()
    for line in lines:
        click.echo(_CLEARED if terminal else "", err=True, nl=False)
        click.echo(line)
    if terminal:
        click.echo(_CLEARED if number == total else f"{_CLEARED}{number} of {total} charts", err=True, nl=False)
