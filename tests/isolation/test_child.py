"""A child that a file leads astray is ended, costs that file alone, and leaves nothing behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chart_triage.errors import ChartTriageError, FaultError, GuidelineError, InputError, KilledError, SettingsError
from chart_triage.isolation import Child, ChildLimits
from chart_triage.isolation.scratch import Scratch, sweep

MB = 1 << 20


@pytest.fixture(scope="module")
def child() -> Iterator[Child]:
    made = Child(ChildLimits(seconds=30, silent_seconds=20))
    yield made
    made.close()


def run(child: Child, task: str, limits: ChildLimits | None = None, **arguments: Any) -> Any:
    return child.run(f"isolated_tasks:{task}", arguments, about="fax.pdf", limits=limits)


def is_running(pid: int) -> bool:
    """Zombies have ended: their parent has only not asked yet."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def ends(pids: list[int], within: float = 5.0) -> bool:
    until = time.monotonic() + within
    while any(map(is_running, pids)) and time.monotonic() < until:
        time.sleep(0.02)
    return not any(map(is_running, pids))


def test_a_task_tells_on_its_way_and_the_next_one_finds_the_process_warm(child: Child) -> None:
    told: list[Any] = []
    first = child.run("isolated_tasks:pages", {"count": 3}, about="fax.pdf", on_told=told.append)
    assert told == [{"page": 1}, {"page": 2}, {"page": 3}]
    assert run(child, "pages", count=0)["process"] == first["process"] == child.pid != os.getpid()


def test_a_large_file_is_handed_over_without_a_copy_of_it(child: Child) -> None:
    run(child, "pages", count=0)
    data = bytes(50 * MB) + b"end"
    tracemalloc.start()
    seen = run(child, "handed_over", data=data, more=b"key", empty=b"")
    taken = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert seen == [("bytes", 50 * MB + 3, b"end"), ("bytes", 3, b"key"), ("bytes", 0, b"")]
    assert taken < MB


def test_the_child_knows_no_secret_and_has_a_folder_of_its_own(child: Child, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHART_TRIAGE_STORE_KEY", "k")
    monkeypatch.setenv("CHART_TRIAGE_STORE_URL", "postgresql://user:password@host/name")
    monkeypatch.setenv("CHART_TRIAGE_SITE_NAME", "Site")
    child.close()
    seen = run(child, "environment")
    assert "CHART_TRIAGE_STORE_KEY" not in seen
    assert "CHART_TRIAGE_STORE_URL" not in seen
    assert seen["CHART_TRIAGE_SITE_NAME"] == "Site"
    folder = Path(seen["TMPDIR"])
    assert folder.is_dir()
    assert folder.stat().st_mode & 0o077 == 0
    left = Path(run(child, "leave_a_file"))
    assert left.parent == folder
    assert not left.exists(), "emptied after each task"
    child.close()
    assert not folder.parent.exists()


@pytest.mark.skipif(sys.platform != "linux", reason="no means is known to close the network elsewhere")
def test_neither_the_child_nor_what_it_starts_gets_a_socket(child: Child) -> None:
    ends = run(child, "sockets")
    assert ends[:3] == ["PermissionError"] * 3, "by the filter; the machine would permit a namespace at best"
    assert ends[3] == "13"


def test_errors_come_back_as_what_they_are_and_in_printable_words(child: Child) -> None:
    with pytest.raises(InputError, match=r"a\.pdf is empty\. \[31m Send it again\.") as told:
        run(child, "refuse", which="input")
    assert told.value.kind == "empty"
    with pytest.raises(GuidelineError) as listed:
        run(child, "refuse", which="guideline")
    assert listed.value.problems == ["terms.csv:3: unknown", "terms.csv:9: unknown"]
    with pytest.raises(SettingsError, match="X=1"):
        run(child, "refuse", which="settings")


def test_a_fault_names_its_class_and_place_and_no_word_of_the_file(child: Child) -> None:
    with pytest.raises(FaultError) as told:
        run(child, "fail")
    assert (told.value.kind, told.value.cause) == ("fault", "KeyError")
    assert "glioma" not in str(told.value)
    assert told.value.__context__ is None
    assert run(child, "pages", count=0), "the process goes on"


@pytest.mark.parametrize(
    ("task", "arguments", "limits", "kind", "words"),
    [
        ("spin", {}, {"seconds": 0.4}, "took_too_long", "within 0 seconds"),
        ("chatter", {}, {"seconds": 0.4}, "took_too_long", "within 0 seconds"),
        ("wait", {"seconds": 60}, {"silent_seconds": 0.4}, "took_too_long", "stuck"),
        ("stop_oneself", {}, {"silent_seconds": 0.4}, "took_too_long", "stuck"),
        ("spin", {}, {"cpu_seconds": 0.3}, "took_too_long", "computing"),
        ("take_memory", {"megabytes": 8192}, {}, "too_much_memory", "4,096 MB"),
        ("take_memory_in_children", {"megabytes": 60}, {"memory_bytes": 100 * MB}, "too_much_memory", "100 MB"),
        ("send_much", {"megabytes": 3}, {"message_bytes": 2 * MB}, "too_much_output", "2 MB"),
        ("write_much", {"megabytes": 600}, {}, "too_much_output", "results"),
        ("die", {"number": int(signal.SIGSEGV)}, {}, "crashed", "broke the process"),
        ("say_code", {}, {}, "crashed", "broke the process"),
    ],
)
def test_what_takes_too_much_is_killed_and_told(
    child: Child, task: str, arguments: dict[str, Any], limits: dict[str, Any], kind: str, words: str
) -> None:
    run(child, "pages", count=0)
    before = child.pid
    began = time.monotonic()
    with pytest.raises(KilledError, match=words) as told:
        run(child, task, ChildLimits(**limits), **arguments)
    assert told.value.kind == kind
    assert str(told.value).startswith("fax.pdf ")
    assert str(told.value).endswith("send that.")
    assert time.monotonic() - began < 5
    assert before is not None
    assert ends([before])
    assert run(child, "pages", count=1)["pages"] == 1, "the next file is read"


def test_open_files_are_bounded(child: Child) -> None:
    assert 0 < run(child, "open_many", count=2000) < ChildLimits().open_files


def test_a_process_that_has_grown_or_done_much_is_replaced(child: Child) -> None:
    first = run(child, "keep_memory", megabytes=1)
    assert run(child, "keep_memory", ChildLimits(kept_memory_bytes=30 * MB), megabytes=60) == first
    second = run(child, "keep_memory", megabytes=1)
    assert second != first
    assert run(child, "keep_memory", ChildLimits(tasks=1), megabytes=1) == second
    assert run(child, "keep_memory", megabytes=1) != second


def test_the_childs_own_children_die_with_it(child: Child) -> None:
    family: list[int] = []
    with pytest.raises(KilledError, match="stuck"):
        child.run(
            "isolated_tasks:children_that_hang",
            {},
            about="fax.pdf",
            on_told=family.extend,
            limits=ChildLimits(silent_seconds=2.0),
        )
    assert len(family) == 3
    assert ends(family)
    assert not list(Path("/dev/shm").glob(f"sem.loky-{family[0]}-*"))


def test_a_parent_that_is_told_to_stop_ends_the_task(child: Child) -> None:
    class StopError(BaseException):
        pass

    def stop(_: Any) -> None:
        raise StopError

    run(child, "pages", count=0)
    before = child.pid
    assert before is not None
    with pytest.raises(StopError):
        child.run("isolated_tasks:chatter", {}, about="fax.pdf", on_told=stop)
    assert ends([before])


def test_an_error_of_the_listener_ends_the_task_and_no_message_of_it_is_left(child: Child) -> None:
    def fails(_: Any) -> None:
        raise InputError("changed", "the listener's own")

    with pytest.raises(InputError, match="the listener's own"):
        child.run("isolated_tasks:chatter", {}, about="fax.pdf", on_told=fails)
    assert run(child, "pages", count=2)["pages"] == 2


def test_closing_ends_a_task_in_work() -> None:
    made = Child(ChildLimits(seconds=30))
    run(made, "pages", count=0)
    threading.Timer(0.3, made.close).start()
    with pytest.raises(KilledError):
        run(made, "wait", seconds=20)


_PARENT = """
import sys
from chart_triage.isolation import Child, ChildLimits
child = Child(ChildLimits(seconds=60))
child.run("isolated_tasks:children_that_hang", {}, about="fax.pdf", on_told=lambda pids: print(*pids, flush=True))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a thread does it, which a busy library holds up")
def test_nothing_outlives_a_killed_parent_and_the_next_start_sweeps(tmp_path: Path) -> None:
    environ = os.environ | {"TMPDIR": str(tmp_path), "PYTHONPATH": os.pathsep.join(sys.path)}
    parent = subprocess.Popen([sys.executable, "-c", _PARENT], stdout=subprocess.PIPE, env=environ, text=True)
    assert parent.stdout is not None
    with parent.stdout:
        family = [int(pid) for pid in parent.stdout.readline().split()]
    assert len(family) == 3
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    assert ends(family)
    assert len(list(tmp_path.iterdir())) == 1
    assert sweep(tmp_path) == 1
    assert not list(tmp_path.iterdir())
    assert not list(Path("/dev/shm").glob(f"sem.loky-{family[0]}-*"))


def test_a_sweep_leaves_alone_what_is_in_use_and_what_is_not_ours(tmp_path: Path) -> None:
    held = Scratch(tmp_path)
    other = Path(tempfile.mkdtemp(prefix="chart-triage-child-", dir=tmp_path))
    (other / "letter.txt").write_text("of another program")
    new = Path(tempfile.mkdtemp(prefix="chart-triage-child-", dir=tmp_path))
    assert sweep(tmp_path) == 0
    assert held.files.is_dir()
    os.utime(new, (0, 0))
    assert sweep(tmp_path) == 1, "a folder that was never finished"
    held.close()
    assert sorted(tmp_path.iterdir()) == [other]


def test_a_child_that_cannot_start_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(ChartTriageError, match="cannot be started"):
        run(Child(), "pages", count=0)
