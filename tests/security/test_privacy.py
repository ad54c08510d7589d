"""Names, numbers and rare words that are planted in charts, and where they must not come up again."""

from __future__ import annotations

import io
import json
import logging
import os
import re
import signal
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import httpx
import planted
import pytest
from benchmarks import postgresql

from chart_triage.assess import Assessor
from chart_triage.errors import InputError
from chart_triage.store import people
from chart_triage.store.charts import State
from chart_triage.store.database import Database
from chart_triage.store.people import Role
from chart_triage.store.tables import AuditEntry, ChartRow, Job

FAULTS = Path(__file__).parent / "faults"
PROGRAM = (sys.executable, "-m", "chart_triage.cli")
WORD = "correct horse battery"
_LOUD = {
    "PLANTED_FAULTS": "1",
    "PYTHONWARNINGS": "always::UserWarning",
    "PYTHONFAULTHANDLER": "1",
    "CHART_TRIAGE_LOG_LEVEL": "debug",
}


@pytest.fixture(scope="module")
def charts() -> planted.Planted:
    return planted.charts()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, charts: planted.Planted) -> Path:
    """The planted files in `in`; an empty `temp` for whatever a process leaves behind."""
    folder = tmp_path_factory.mktemp("run")
    for name in ("in", "temp", "here"):
        (folder / name).mkdir()
    for name, content in charts.files.items():
        (folder / "in" / name).write_bytes(content)
    return folder


def environ(folder: Path, **more: str) -> dict[str, str]:
    """As noisy as it can be set, with both faults and an empty folder for temporary files."""
    path = os.pathsep.join((str(FAULTS), *filter(None, [os.environ.get("PYTHONPATH")])))
    return os.environ | _LOUD | {"PYTHONPATH": path, "TMPDIR": str(folder / "temp")} | more


def test_the_search_finds_what_is_there(folder: Path) -> None:
    kept = planted.everything_in(folder / "in")
    found = {leak.rpartition(" ")[2] for leak in planted.leaks(kept)}
    assert {planted.PATIENT, planted.NUMBER, planted.FILE, planted.BROKEN, planted.CRASH, planted.TAG} <= found


def test_the_command_tells_nothing_of_a_chart(folder: Path, charts: planted.Planted) -> None:
    """Its messages name files as the caller named them; nothing else of the charts is on stdout or stderr."""
    files = [str(folder / "in" / name) for name in charts.files]
    done = subprocess.run(
        [*PROGRAM, "assess", *files, "--patient-name", planted.PATIENT, "--out", str(folder / "out")],
        env=environ(folder), cwd=folder / "here", capture_output=True, encoding="utf-8", timeout=120, check=False,
    )  # fmt: skip
    told = done.stderr.splitlines()
    assert done.returncode == 3, done.stderr
    for name in charts.refused:
        assert any(name in line for line in told), name
    faults = [line for line in told if re.search("fault of th(e|is) program.*RuntimeError at ", line)]
    assert len(faults) == 2, done.stderr
    assert all(name in fault for name, fault in zip(("indexing", "drawing"), faults, strict=True))
    assert "Traceback" not in done.stderr
    assert not planted.leaks({"stderr": done.stderr, "stdout": done.stdout}, (*planted.PLANTED, planted.PASSWORD))
    assert len(list((folder / "out").glob("*/determination.json"))) == len(charts.files) - len(charts.refused) - 2
    assert not [*(folder / "temp").iterdir(), *(folder / "here").iterdir()]
    assert not [path for path in (folder / "out").rglob("*") if path.stat().st_mode & 0o077], "for the owner alone"


def test_a_program_around_it_that_logs_everything_sees_nothing(
    charts: planted.Planted, folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """As a library: root logger and all its own at debug, warnings on, plain lines."""
    seen = io.StringIO()
    handler, root = logging.StreamHandler(seen), logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    assessor = Assessor()
    try:
        with warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("always")
            for name in charts.files:
                try:
                    assessor.chart(folder / "in" / name)
                except InputError:
                    assert name in charts.refused
            logging.getLogger("somebody.else").debug("the handler works")
    finally:
        root.removeHandler(handler)
        root.setLevel(before)
    assert "the handler works" in seen.getvalue()
    printed = capfd.readouterr()
    messages = "\n".join(str(warning.message) for warning in warned)
    assert not planted.leaks({"log": seen.getvalue(), "warnings": messages, "out": printed.out, "err": printed.err})


def test_whatever_is_logged_shows_where_and_not_what(capsys: pytest.CaptureFixture[str]) -> None:
    """Every way by which a message reaches stderr, with a chart's word in it."""
    script = f"""
import logging, threading, warnings
from chart_triage import logs
logs.set_up("web", "debug")
logging.getLogger("pikepdf._core").error("object %s", "{planted.TEXT}")
logging.getLogger("another").warning("f-string {planted.TEXT}")
warnings.warn("{planted.TEXT}", UserWarning)
try:
    raise ValueError("{planted.TEXT}")
except ValueError:
    logging.getLogger("uvicorn.error").exception("Exception in ASGI application")
    logging.getLogger("chart_triage.web").error("failed: %s", "{planted.TEXT}", exc_info=True)
def fail():
    raise KeyError("{planted.TEXT}")
thread = threading.Thread(target=fail)
thread.start()
thread.join()
class Ending:
    def __del__(self):
        raise OSError("{planted.TEXT}")
Ending()
raise RuntimeError("{planted.TEXT}")
"""
    done = subprocess.run(
        [sys.executable, "-W", "always", "-c", script], capture_output=True, encoding="utf-8", check=False
    )
    told = [json.loads(line) for line in done.stderr.splitlines()]
    assert len(told) == 8
    assert not planted.leaks({"stderr": done.stderr})
    assert told[2]["message"].startswith("UserWarning at <string>:")
    assert [line["message"].split(" at ")[0] for line in told[5:]] == [
        "a thread ended by KeyError", "ignored OSError", "ended by RuntimeError",
    ]  # fmt: skip


class Server:
    """`chart-triage serve` with one worker, on a store and a folder of temporary files of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.url = folder, f"sqlite:///{folder / 'store.db'}"
        (folder / "temp").mkdir(parents=True)
        (folder / "here").mkdir()
        self.database = Database(self.url)
        self.database.upgrade()
        with self.database.writing() as session:
            people.add_user(session, "setup", "ann", "Ann Archer", Role.ADMIN, WORD)
        port = postgresql.free_port()
        settings = {"CHART_TRIAGE_STORE_URL": self.url, "CHART_TRIAGE_STORE_FOLDER": str(folder / "files")}
        with (folder / "log").open("wb") as log:
            self.process = subprocess.Popen(
                [*PROGRAM, "serve", "--port", str(port)], env=environ(folder, **settings), cwd=folder / "here",
                stdout=log, stderr=log,
            )  # fmt: skip
        self.client = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60)

    def log(self) -> str:
        return (self.folder / "log").read_text(encoding="utf-8")

    def wait(self, what: Callable[[], object]) -> None:
        ends = time.monotonic() + 120
        while not what():
            assert time.monotonic() < ends, self.log()
            time.sleep(0.1)

    def sign_in(self) -> None:
        self.wait(lambda: "Application startup complete" in self.log())
        assert self.client.post("/login", data={"login": "ann", "password": WORD}).status_code == 303
        with self.database.reading() as session:
            found = people.session_of(session, self.client.cookies["chart_triage_session"])
            assert found is not None
            self.client.headers["X-CSRF-Token"] = found[1].csrf

    def states(self) -> dict[str, str]:
        with self.database.reading() as session:
            return {row.file_name: row.state for row in session.query(ChartRow)}

    def children(self, name: str) -> list[int]:
        return [int(pid) for pid in re.findall(rf"child={name} pid=(\d+) started", self.log())]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("served"))
    yield server
    server.client.close()
    if server.process.poll() is None:
        server.process.terminate()
        server.process.wait(60)
    server.database.close()


class Seen(NamedTuple):
    """What a whole run left to be seen by those who may not see charts."""

    answers: dict[str, str]
    addresses: list[str]
    metrics: str


@pytest.fixture(scope="module")
def run(server: Server, charts: planted.Planted) -> Seen:
    """Upload, processing, work list, review, sign-off, exports, a chart that fails, a worker that crashes."""
    server.sign_in()
    client, answers, shown = server.client, {}, []
    for name, content in charts.files.items():
        request = {"member_name": planted.PATIENT, "mrn": planted.NUMBER, "password": planted.BROKEN}
        sent = client.post("/intake/uploads", files={"file": (name, content)}, data=request)
        assert sent.status_code == (201 if name not in charts.refused else sent.status_code), sent.text
        assert (name in charts.refused) == (sent.status_code != 201), (name, sent.text)
    kept = [name for name in charts.files if name not in charts.refused]
    ready = {name for name in kept if not re.search("indexing|drawing", name)}
    server.wait(lambda: all(server.states()[name] == State.READY for name in ready))
    os.kill(server.children("worker-1")[-1], signal.SIGSEGV)
    with server.database.reading() as session:
        chart = session.query(ChartRow).filter_by(file_name=f"{planted.FILE}_everything.pdf").one().id
    page = f"/charts/{chart}"
    shown += [client.post("/worklist", data={"q": planted.PATIENT}), client.get("/intake"), client.get("/admin/audit")]
    shown += [client.get(f"{page}/review"), client.get(f"{page}/readiness"), client.get(f"{page}/request")]
    shown += [client.post(f"{page}/find", data={"q": planted.TEXT}), client.get(f"{page}/pages/1/words")]
    step = {"kind": "override", "seen": 0, "criterion": "1.b", "status": "supported", "reason": planted.TEXT}
    shown += [client.post(f"{page}/review", data=step)]
    step = {"kind": "sign_off", "seen": 1, "outcome": "criteria_met", "words": planted.TEXT}
    shown += [client.post(f"{page}/review", data=step)]
    for kind in ("highlighted.pdf", "report.html", "determination.json", "original"):
        assert client.get(f"{page}/files/{kind}").status_code == 200
    assert client.post("/worklist/export").status_code == 200
    for wrong in (f"/charts/{planted.NUMBER}/review", f"/nothing/{planted.PATIENT}?q={planted.TEXT}"):
        answers[wrong] = client.get(wrong).text
    answers["form"] = client.post(f"{page}/review", data={"kind": planted.TEXT, "seen": planted.NUMBER}).text
    answers["body"] = client.post("/api/v1/webhooks", content=f'{{"url": {planted.TEXT}').text
    assert all(a.status_code < 400 for a in shown), [a.text[:300] for a in shown if a.status_code >= 400]
    server.wait(lambda: server.log().count("failed: RuntimeError") >= 2)
    server.wait(lambda: server.log().count(" begins") == 2)
    addresses = [
        a for answer in shown for a in re.findall(r'(?:href|src|action|hx-\w+|data-url)="([^"]*)"', answer.text)
    ]
    addresses += [answer.headers.get("location", "") for answer in shown]
    return Seen(answers, addresses, client.get("/metrics").text)


def test_the_server_logs_counts_and_shows_nothing_of_a_chart(server: Server, run: Seen) -> None:
    log = server.log()
    assert log.count('"logger": "chart_triage.requests"') > 20
    assert log.count("RuntimeError") >= 2, "both faults were met"
    assert "Fatal Python error: Segmentation fault" in log, "the worker's crash is reported"
    assert "Traceback" not in log
    assert "chart_triage_requests_total" in run.metrics
    assert "/charts/{chart}/review" in run.metrics
    assert not planted.leaks({"log": log, "metrics": run.metrics, **run.answers})


def test_no_address_and_no_entry_of_the_trail_holds_words_of_a_chart(server: Server, run: Seen) -> None:
    with server.database.reading() as session:
        trail = [f"{e.actor} {e.action} {e.subject} {json.dumps(e.details_json)}" for e in session.query(AuditEntry)]
        told = [str(job.problem or "") + json.dumps(job.progress_json) for job in session.query(Job)]
    assert any("review.sign_off" in entry for entry in trail)
    assert any("RuntimeError" in problem for problem in told)
    assert len(run.addresses) > 50
    assert not planted.leaks({"trail": "\n".join(trail), "addresses": "\n".join(run.addresses)})
    assert not planted.leaks({"jobs": "\n".join(told)}, planted.PLANTED), (
        "the reason may name the file, as its chart does"
    )


@pytest.mark.skipif(not Path("/proc/self/limits").exists(), reason="looks at processes by /proc")
def test_no_process_may_dump_its_memory(server: Server, run: Seen) -> None:
    for child in ("web", "worker-1"):
        limits = Path(f"/proc/{server.children(child)[-1]}/limits").read_text(encoding="ascii")
        assert re.search(r"Max core file size +0 +0 ", limits), child
    assert not list((server.folder / "here").iterdir())


def test_temporary_files_are_private_and_those_of_killed_processes_are_swept(server: Server, run: Seen) -> None:
    temp = server.folder / "temp"
    assert not [path for path in temp.iterdir() if path.stat().st_mode & 0o077]
    for pid in (server.process.pid, server.children("web")[-1], server.children("worker-1")[-1]):
        os.kill(pid, signal.SIGKILL)
    server.process.wait()
    note = server.folder / "note.txt"
    note.write_text("Known glioma. No pacemaker.\n")
    command = [*PROGRAM, "assess", str(note), "--out", str(server.folder / "out")]
    subprocess.run(command, env=environ(server.folder), timeout=60, capture_output=True, check=True)
    assert not list(temp.iterdir())
