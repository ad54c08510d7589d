"""`chart-triage cache`: what is kept of readings, and how to keep less."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from chart_triage import settings
from chart_triage.errors import SettingsError

if TYPE_CHECKING:
    from chart_triage.storage import Storage
    from chart_triage.store.readings import Kept

_DAY = 86_400.0


@click.group()
def cache() -> None:
    """The readings that are kept where CHART_TRIAGE_READING_CACHE says: size, versions, age; remove some."""


@cache.command()
def show() -> None:
    """Count, size and age of what is kept, by the version that made it."""
    from chart_triage.store.readings import current_folder, survey

    current, kept, now = current_folder(settings.load()), survey(_storage()), time.time()
    for each in kept:
        state = "in use" if each.folder == current else "old"
        click.echo(f"{each.folder}  {state}: {_told(each, now)}")
        click.echo(f"    {each.version}")
    click.echo(f"{sum(each.readings for each in kept)} readings, {_size(sum(each.size for each in kept))}")


@cache.command(name="prune")
@click.option("--older-than", "days", type=click.FloatRange(min=0), metavar="DAYS", help="Kept for longer than this.")
@click.option("--at-most", "megabytes", type=click.FloatRange(min=0), metavar="MB", help="The oldest beyond this size.")
@click.option("--old-versions", is_flag=True, help="Those that this version of the program does not use.")
def prune_command(days: float | None, megabytes: float | None, old_versions: bool) -> None:
    """Remove readings. They are made again when a chart comes again; a run that is going on is not disturbed."""
    from chart_triage.store.readings import prune

    if days is None and megabytes is None and not old_versions:
        raise click.UsageError("Say what is to go: --older-than, --at-most or --old-versions.")
    removed = prune(
        _storage(),
        settings.load(),
        time.time(),
        older_than=None if days is None else days * _DAY,
        at_most=None if megabytes is None else int(megabytes * 1_000_000),
        old_versions=old_versions,
    )
    click.echo(f"{removed.readings} readings removed, {_size(removed.size)}")


def _storage() -> Storage:
    from chart_triage.storage import opened

    location = settings.load().reading_cache
    if location is None:
        raise SettingsError("No readings are kept: CHART_TRIAGE_READING_CACHE is not set.")
    return opened(location)


def _told(kept: Kept, now: float) -> str:
    oldest, newest = (datetime.fromtimestamp(at, UTC).date().isoformat() for at in (kept.oldest, kept.newest))
    days = (now - kept.oldest) / _DAY
    return f"{kept.readings} readings, {_size(kept.size)}, {oldest} to {newest} (the oldest is {days:.1f} days old)"


def _size(count: int) -> str:
    return f"{count / 1_000_000:.1f} MB"
