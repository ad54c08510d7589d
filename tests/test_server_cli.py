"""The server's commands as an operator uses them; `serve` as a real process that is killed."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from benchmarks import postgresql
from click.testing import CliRunner, Result

from chart_triage.cli import cli
from chart_triage.store.blobs import Blobs
from chart_triage.store.database import Database
from chart_triage.store.tables import AuditEntry

MANUAL = (Path(__file__).parents[1] / "docs" / "deployment.md").read_text(encoding="utf-8")
PASSWORD = "correct horse battery\n"
Command = Callable[..., Result]


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Runs a command on a store of its own, and checks its exit code."""
    monkeypatch.setenv("CHART_TRIAGE_STORE_URL", f"sqlite:///{tmp_path / 'store.db'}")
    monkeypatch.setenv("CHART_TRIAGE_STORE_FOLDER", str(tmp_path / "files"))

    def run(*arguments: str | Path, stdin: str = "", code: int = 0) -> Result:
        done = CliRunner().invoke(cli, list(map(str, arguments)), input=stdin, standalone_mode=False)
        returned = done.return_value if isinstance(done.return_value, int) else 0
        found = getattr(done.exception, "exit_code", 1) if done.exception else returned
        assert found == code, done.output
        return done

    return run


def add(command: Command, login: str, role: str) -> None:
    command("user", "add", login, "--name", login.title(), "--role", role, "--password-from", "-", stdin=PASSWORD)


def test_people_from_the_command_line(command: Command) -> None:
    add(command, "ann", "admin")
    add(command, "Bob", "intake")
    listed = command("user", "list").output.splitlines()
    assert listed == ["ann  admin  active  Ann", "bob  intake  active  Bob"]
    command("user", "role", "bob", "reviewer", "--inactive")
    assert "bob  reviewer  inactive" in command("user", "list").output
    asked = command("user", "password", "bob", stdin="another password\nanother password\n")
    assert "another password" not in asked.output
    assert "last administrator" in str(command("user", "role", "ann", "reviewer", code=5).exception)
    assert "Nobody has the login 'cy'" in str(command("user", "role", "cy", "admin", code=5).exception)


def test_the_trail_from_the_command_line(command: Command, tmp_path: Path) -> None:
    add(command, "ann", "admin")
    head = re.findall(r"\d+:[0-9a-f]{64}", command("audit", "verify").output)[0]
    add(command, "bob", "intake")
    assert "2 entries, unbroken" in command("audit", "verify", "--head", head).output
    assert command("audit", "show", "--action", "user.add", "--last", "1").output.startswith("2  ")
    database = Database(f"sqlite:///{tmp_path / 'store.db'}")
    with database.engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER audit_no_delete")
        connection.execute(AuditEntry.__table__.delete().where(AuditEntry.id == 2))
    database.close()
    command("audit", "verify")
    command("audit", "verify", "--head", "2:" + "0" * 64, code=5)


def test_backup_restore_purge(command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    add(command, "ann", "admin")
    Blobs(tmp_path / "files").put(b"nobody's")
    assert "2 rows, 0 files" in command("backup", tmp_path / "b.tar").output
    assert "0 charts would be removed" in command("purge", "--older-than", "30", "--dry-run").output
    assert "0 charts and 0 files removed" in command("purge", "--older-than", "30").output
    assert "not empty" in str(command("restore", tmp_path / "b.tar", code=5).exception)
    monkeypatch.setenv("CHART_TRIAGE_STORE_URL", f"sqlite:///{tmp_path / 'other.db'}")
    assert "2 rows and 0 files restored" in command("restore", tmp_path / "b.tar").output
    assert command("user", "list").output == "ann  admin  active  Ann\n"


def test_the_manual_names_every_command_and_server_setting() -> None:
    for name in ("serve", "user add", "audit verify", "backup", "restore", "purge"):
        assert f"chart-triage {name}" in MANUAL, name
    for name in ("STORE_URL", "STORE_FOLDER", "STORE_KEY", "TLS", "CHART_MINUTES", "METRICS_TOKEN", "PUBLIC_URL"):
        assert f"CHART_TRIAGE_{name}" in MANUAL, name


class Served:
    """`chart-triage serve` with one worker, and what it logs."""

    def __init__(self, folder: Path) -> None:
        self.port = postgresql.free_port()
        self._log = folder / "log"
        environ = os.environ | {
            "CHART_TRIAGE_STORE_URL": f"sqlite:///{folder / 'store.db'}",
            "CHART_TRIAGE_STORE_FOLDER": str(folder / "files"),
        }
        command = [sys.executable, "-m", "chart_triage.cli", "serve", "--port", str(self.port)]
        with self._log.open("wb") as log:
            self.process = subprocess.Popen(command, env=environ, stderr=log)

    def log(self) -> str:
        return self._log.read_text(encoding="utf-8")

    def children(self, name: str) -> list[int]:
        """All that were ever started under this name."""
        return [int(pid) for pid in re.findall(rf"child={name} pid=(\d+) started", self.log())]

    def wait(self, what: Callable[[], object]) -> None:
        ends = time.monotonic() + 90
        while not what():
            assert time.monotonic() < ends, self.log()
            time.sleep(0.1)


def alive(pid: int) -> bool:
    """A zombie does not count: where nobody waits for orphans it stays one."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    served = Served(tmp_path)
    yield served
    if served.process.poll() is None:
        served.process.terminate()
        served.process.wait(60)


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks at processes by /proc")
def test_what_dies_is_started_anew_and_all_stops_in_order(served: Served) -> None:
    served.wait(lambda: "Application startup complete" in served.log() and "begins" in served.log())
    assert "There are no users yet" in served.log()
    web, worker = served.children("web")[0], served.children("worker-1")[0]
    os.kill(web, signal.SIGKILL)
    os.kill(worker, signal.SIGKILL)
    served.wait(lambda: served.log().count("Application startup complete") == 2)
    served.wait(lambda: served.log().count(" begins") == 2)
    served.process.terminate()
    assert served.process.wait(60) == 0
    assert served.log().count("stopped") == 1
    assert not any(alive(pid) for pid in (*served.children("web"), *served.children("worker-1")))
    assert "Traceback" not in served.log()


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks at processes by /proc")
def test_nothing_is_left_behind_when_serve_itself_is_killed(served: Served) -> None:
    served.wait(lambda: "Application startup complete" in served.log() and "begins" in served.log())
    children = (*served.children("web"), *served.children("worker-1"))
    served.process.kill()
    served.process.wait()
    served.wait(lambda: not any(alive(pid) for pid in children))
