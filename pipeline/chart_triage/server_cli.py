"""`chart-triage serve`, `worker`, `backup`, `restore`, `purge`: the server and what keeps it in order."""

from __future__ import annotations

import socket
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from chart_triage import logs, settings

if TYPE_CHECKING:
    from chart_triage.store.blobs import Blobs
    from chart_triage.store.database import Database

_FILE = click.Path(path_type=Path, dir_okay=False)
_FIRST_ADMIN = "There are no users yet. Make the first: chart-triage user add LOGIN --name NAME --role admin"


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="0: any free one.")
@click.option("--workers", default=1, show_default=True, type=click.IntRange(0, 64), help="Processes that read charts.")
def serve(host: str, port: int, workers: int) -> None:
    """Serve the web application and process the charts that come in, until SIGTERM or ctrl-c.

    A web process and the workers are started, and started anew when they die. With --workers 0 the charts wait for
    `chart-triage worker` elsewhere.
    """
    from chart_triage.supervisor import Child, Supervisor
    from chart_triage.web import server

    logs.set_up("supervisor", settings.load().log_level)
    database, _ = _store()
    with database.reading() as session:
        from chart_triage.store import people

        if not people.anybody(session):
            click.echo(_FIRST_ADMIN, err=True)
    database.close()
    opened = server.listen(host, port)
    click.echo(f"http://{host}:{opened.getsockname()[1]}", err=True)
    program = (sys.executable, "-m", "chart_triage.cli")
    web = Child("web", (*program, "web-process", str(opened.fileno())), (opened.fileno(),))
    others = [Child(f"worker-{n}", (*program, "worker", "--supervised")) for n in range(1, workers + 1)]
    with opened:
        Supervisor([web, *others]).run()


@click.command("web-process", hidden=True)
@click.argument("descriptor", type=int)
def web_process(descriptor: int) -> None:
    """The web process of `serve`, on a socket that is open already."""
    from chart_triage.supervisor import stop_with_supervisor
    from chart_triage.web import server

    logs.set_up("web", settings.load().log_level)
    stop_with_supervisor()
    server.run(settings.load(), socket.socket(fileno=descriptor))


@click.command()
@click.option("--supervised", is_flag=True, hidden=True, help="End when whoever started it ends.")
def worker(supervised: bool) -> None:
    """Process charts that wait in the store, one after another, until SIGTERM or ctrl-c.

    The chart in work is given back then, and its pages that were read are kept.
    """
    from chart_triage import worker as working
    from chart_triage.supervisor import stop_with_supervisor

    logs.set_up("worker", settings.load().log_level)
    if supervised:
        stop_with_supervisor()
    working.run(settings.load())


@click.command()
@click.argument("file", type=_FILE)
def backup(file: Path) -> None:
    """Write everything that is kept into FILE, while the server runs.

    One consistent state of the database, and the files that it names as they lie on the disk: sealed ones stay
    sealed. Names and numbers of patients are in it in the clear: keep it as safe as the store.
    """
    from chart_triage.store import backup as copies

    database, blobs = _store()
    done = copies.write(database, blobs, file)
    click.echo(f"{file}: {done.rows} rows, {done.files} files, {file.stat().st_size} bytes")
    for name in done.missing:
        click.echo(f"The file {name[:12]} is not in the store and not in the backup.", err=True)


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
def restore(file: Path) -> None:
    """Bring what `backup` wrote into FILE back, into an empty store: SQLite or PostgreSQL, whichever is set now."""
    from chart_triage.store import backup as copies

    database, blobs = _store()
    done = copies.read(database, blobs, file)
    click.echo(f"{done.rows} rows and {done.files} files restored; the audit trail holds, everybody signs in anew")


@click.command()
@click.option("--older-than", "days", type=click.IntRange(min=1), required=True, metavar="DAYS")
@click.option("--dry-run", is_flag=True, help="Only say how many charts would go.")
def purge(days: int, dry_run: bool) -> None:
    """Remove signed-off charts that came in more than DAYS days ago, and files that nothing uses.

    What was done to them stays in the audit trail, by id.
    """
    from chart_triage.store import retention

    database, blobs = _store()
    before = datetime.now(UTC) - timedelta(days=days)
    if dry_run:
        click.echo(f"{len(retention.due(database, before))} charts would be removed")
        return
    done = retention.purge(database, blobs, "cli", before)
    click.echo(f"{done.charts} charts and {done.files} files removed")


def _store() -> tuple[Database, Blobs]:
    """Database, brought up to date, and files of this site."""
    from chart_triage.store.blobs import Blobs
    from chart_triage.store.database import Database

    here = settings.load()
    database = Database(here.store_url)
    database.upgrade()
    return database, Blobs(here.store_folder, here.store_key)


COMMANDS = (serve, web_process, worker, backup, restore, purge)
