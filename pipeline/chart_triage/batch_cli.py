"""`chart-triage batch`: many charts at once, unattended."""

from __future__ import annotations

import signal
from contextlib import contextmanager
from datetime import datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from chart_triage.guideline_cli import DAY
from chart_triage.resources import DEFAULT_GUIDELINE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

    from chart_triage.batch.engine import Engine, Plan
    from chart_triage.batch.whole_run import Counts
    from chart_triage.records.request import RequestData
    from chart_triage.settings import Settings

SOME_FAILED, NOTHING_DONE, INTERRUPTED = 3, 6, 130
_DATE_OR_TIME = click.DateTime(formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"])


@click.command()
@click.argument("inputs", nargs=-1, required=True, metavar="INPUT...")
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="Folder of the results; kept."
)
@click.option("--guideline", default=DEFAULT_GUIDELINE, show_default=True, help="Id or folder, or a family.")
@click.option("--scan-date", type=DAY, help="Planned day of the scan, where the manifest names none.")
@click.option("--received", type=_DATE_OR_TIME, help="When the requests came in, where the manifest does not say.")
@click.option("--line-of-business", help="Key of the table of due times, where the manifest names none.")
@click.option("--highlighted", is_flag=True, help="Also write highlighted.pdf for each chart.")
@click.option("--store", "store_url", metavar="URL", help="Also put the charts into the web application's database.")
@click.option("--retry-failed", is_flag=True, help="Try charts that failed in an earlier run again.")
@click.option("--workers", type=click.IntRange(1, 1024), help="Charts at a time. Default: one for each core.")
@click.option("--limit-minutes", type=click.FloatRange(min=0.05, max=1440), help="For one chart. Default: 60.")
@click.option("--memory-mb", type=click.IntRange(min=1024), help="For one worker. Default: 4096.")
@click.option("--engine", type=click.Choice(["local", "dask"]), default="local", show_default=True)
@click.option("--scheduler", metavar="ADDRESS", help='Of the Dask cluster: "tcp://host:8786" or "tls://host:8786".')
@click.option("--quiet", is_flag=True, help="Say nothing unless something failed.")
def batch(
    inputs: tuple[str, ...],
    out: Path,
    quiet: bool,
    workers: int | None,
    engine: str,
    scheduler: str | None,
    **options: Any,
) -> int:
    """Screen many charts: files, folders, patterns, ZIP archives, manifests (CSV or JSONL), s3://bucket/prefix.

    Writes charts and criteria as CSV and Parquet, failures.csv, summary.html and a determination.json for each chart
    into --out. A run that was interrupted goes on where it stopped when it is started again with the same --out.

    \b
    Exit codes: 0  all charts were screened
                2  an option, a setting or a guideline's name that cannot be used
                3  some inputs failed: see failures.csv
                4  the guideline has mistakes
                5  the store cannot be used
                6  nothing could be screened
                7  another run is at work on --out
                8  the Dask cluster cannot be reached, or was lost: run again
                130  interrupted: run the same command again
    """
    from chart_triage import settings
    from chart_triage.batch import inputs as listing
    from chart_triage.batch import whole_run
    from chart_triage.batch.buckets import charts_in
    from chart_triage.batch.progress import Progress, shown

    site = settings.load()
    store_url, retry_failed = options["store_url"], options["retry_failed"]
    plan = _plan(site, store=store_url is not None, **options)
    progress = Progress(shown(quiet=quiet))
    try:
        with _stoppable():
            counts = whole_run.run(
                out,
                plan,
                lambda: list(listing.find(inputs, _request(**options), {"s3": charts_in})),
                _engine(plan, workers, engine, scheduler, quiet=quiet),
                progress,
                store=site.model_copy(update={"store_url": store_url}) if store_url else None,
                retry_failed=retry_failed,
            )
    except KeyboardInterrupt:
        progress.end()
        click.echo(f"Interrupted: {progress.line()}. Run the same command again to go on.", err=True)
        return INTERRUPTED
    return _told(counts, progress.line(), out, quiet)


def _engine(plan: Plan, workers: int | None, engine: str, scheduler: str | None, *, quiet: bool) -> Engine:
    if (engine == "dask") != (scheduler is not None):
        raise click.UsageError("--engine dask and --scheduler ADDRESS go together.")
    if scheduler is not None:
        if workers is not None:
            raise click.UsageError("--workers counts on this machine; how many a Dask cluster has is its own affair.")
        from chart_triage.batch.dask_engine import DaskEngine

        return DaskEngine(scheduler, plan, lambda told: None if quiet else click.echo(told, err=True))
    from chart_triage import intake
    from chart_triage.batch.local import LocalEngine

    return LocalEngine(workers or intake.available_cores(), plan)


def _plan(
    site: Settings,
    *,
    store: bool,
    guideline: str,
    highlighted: bool,
    limit_minutes: float | None,
    memory_mb: int | None,
    **_: Any,
) -> Plan:
    """What goes to the workers."""
    from chart_triage.batch.engine import Plan

    limits = {"chart_minutes": limit_minutes, "chart_memory_mb": memory_mb}
    told = {name: value for name, value in limits.items() if value is not None}
    reading = site.for_reading().model_copy(update={"ocr_processes": 1, **told})
    sealed = site.store_key is not None
    return Plan(guideline=guideline, site=reading, sealed=sealed, highlighted=highlighted, for_store=store)


def _request(
    *, scan_date: datetime | None, received: datetime | None, line_of_business: str | None, **_: Any
) -> RequestData:
    """What is known of every request. Midnight is a day without a time."""
    from chart_triage.records.request import RequestData

    return RequestData(
        received=received.date() if received else None,
        received_time=received.time() if received and received.time() != time.min else None,
        line_of_business=line_of_business,
        planned_scan=scan_date.date() if scan_date else None,
    )


@contextmanager
def _stoppable() -> Iterator[None]:
    """SIGTERM ends a run as ctrl-c does: its workers are stopped and what is done stays."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _told(counts: Counts, line: str, out: Path, quiet: bool) -> int:
    """Tells how it ended; the exit code."""
    failed = f"{counts.failed:,} failed, see {out / 'failures.csv'}" if counts.failed else "none failed"
    if not quiet or counts.failed:
        click.echo(f"{counts.screened:,} charts screened, {failed}.", err=quiet)
    if not quiet:
        click.echo(f"This run: {line}.")
        if counts.into_store is not None:
            click.echo(f"Into the store: {counts.into_store:,} new, {counts.in_store_before:,} were there already.")
        if not counts.parquet:
            click.echo("No Parquet tables: they need pyarrow (pip install 'chart-triage[batch]').")
        click.echo(f"Summary: {out / 'summary.html'}")
    if counts.failed:
        return SOME_FAILED if counts.screened else NOTHING_DONE
    return 0
