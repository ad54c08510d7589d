from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from small_charts import notes, run, tables

from chart_triage.cli import main

COMMAND = (sys.executable, "-m", "chart_triage.cli", "batch")


def batch(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*COMMAND, *map(str, arguments)], capture_output=True, text=True, check=False)


def some(out: Path) -> int:
    """How many results are kept."""
    return len(list((out / ".batch").rglob("*.json")))


def broken_off(how: signal.Signals, *arguments: str | Path, out: Path, after: int) -> tuple[int, str]:
    """A run that is sent a signal as soon as `after` results are kept: its exit code and what it said."""
    command = [*COMMAND, *map(str, arguments), "--out", str(out)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) as running:
        while some(out) < after and running.poll() is None:
            time.sleep(0.02)
        running.send_signal(how)
        _, said = running.communicate(timeout=60)
    return running.returncode, said


def test_a_run_that_is_stopped_and_killed_goes_on_and_ends_as_one_that_was_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, out = notes(tmp_path / "in", 30), tmp_path / "out"
    (folder / "bad.pdf").write_bytes(b"%PDF-1.7 no more")
    run(tmp_path / "whole", folder)
    code, said = broken_off(signal.SIGTERM, folder, "--workers", "1", out=out, after=1)
    assert code == 130
    assert "Run the same command again" in said
    assert "Traceback" not in said
    stopped = some(out)
    code, _ = broken_off(signal.SIGKILL, folder, "--workers", "1", out=out, after=stopped + 1)
    assert code == -signal.SIGKILL
    assert stopped < some(out) < 31
    with pytest.raises(SystemExit) as left:
        main(["batch", str(folder), "--out", str(out), "--workers", "1"])
    assert left.value.code == 3
    assert "30 charts screened, 1 failed" in capsys.readouterr().out
    assert tables(out) == tables(tmp_path / "whole")


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("nowhere",), 6, "0 charts screened, 1 failed"),
        (("nowhere", "--guideline", "healthhelp-mrs-206"), 4, "did you mean"),
        (("nowhere", "--workers", "0"), 2, "0 is not in the range"),
    ],
)
def test_the_exit_code_says_how_it_went(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], code: int, told: str
) -> None:
    with pytest.raises(SystemExit) as left:
        main(["batch", *arguments, "--out", str(tmp_path / "out")])
    assert left.value.code == code
    said = capsys.readouterr()
    assert told in said.out + said.err


def test_quiet_says_nothing_where_all_went_well(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(tmp_path / "out", notes(tmp_path / "in", 1))  # so that nothing is left to be done
    with pytest.raises(SystemExit) as left:
        main(["batch", str(tmp_path / "in"), "--out", str(tmp_path / "out"), "--quiet"])
    assert left.value.code == 0
    said = capsys.readouterr()
    assert said.out + said.err == ""


def test_another_run_on_the_folder_is_told(tmp_path: Path) -> None:
    out = tmp_path / "out"
    hold = (
        "import sys; from pathlib import Path; from chart_triage.batch.folder import RunFolder\n"
        f"with RunFolder(Path({str(out)!r})): print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen([sys.executable, "-c", hold], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        other.stdout.readline()
        refused = batch(tmp_path, "--out", out)
        other.kill()
    assert refused.returncode == 7
    assert "in use by another run" in refused.stderr


def test_the_manual_names_every_option_and_exit_code() -> None:
    from chart_triage.batch_cli import batch as command

    manual = (Path(__file__).parents[2] / "docs" / "batch.md").read_text(encoding="utf-8")
    options = [name for option in command.params for name in option.opts if name.startswith("--")]
    assert len(options) > 8
    for name in options:
        assert f"`{name}" in manual, name
    for code in (0, 2, 3, 4, 5, 6, 7, 130):
        assert f"| {code} |" in manual, code
