"""The fuzz targets accept their seeds and some spoiled ones; and what the fuzzer found once."""

from __future__ import annotations

import gzip
import json
import random
import subprocess
import sys
from pathlib import Path

import pytest
from benchmarks import fuzz
from benchmarks.fuzzing import targets

from chart_triage.errors import InputError
from chart_triage.store import chart_file, chart_from_bytes

PROGRAM = (sys.executable, "-m", "chart_triage.cli")


@pytest.mark.parametrize(("name", "times"), [("stored", 40), ("annotate", 6)])
def test_spoiled_inputs_are_refused_or_read(name: str, times: int) -> None:
    """A moment of blind mutation; `./run fuzz` does it with coverage as its guide."""
    target, check = targets.make(name)
    chance = random.Random(1)
    for seed in target.seeds():
        for _ in range(times):
            spoiled = bytearray(seed)
            for _ in range(chance.randint(1, 4)):
                spoiled[chance.randrange(len(spoiled))] = chance.randrange(256)
            check(bytes(spoiled))


def test_a_fault_is_found_named_and_kept(tmp_path: Path) -> None:
    (tmp_path / "faults").mkdir()
    process = pytest.importorskip("benchmarks.fuzzing.process", reason="needs Atheris")

    def check(data: bytes) -> None:
        if data == b"bad":
            raise IndexError(data)

    one = process.watched(check, tmp_path / "faults")
    for data in (b"good", b"bad", b"bad"):
        one(data)
    (found,) = fuzz._faults(tmp_path / "faults")
    assert found.startswith("IndexError at ")
    assert Path(found.rpartition(": ")[2]).read_bytes() == b"bad"


def annotated(given: bytes) -> tuple[list[dict[str, object]], list[str]]:
    done = subprocess.run([*PROGRAM, "annotate"], input=given, capture_output=True, timeout=60, check=False)
    assert done.returncode == 3
    return [json.loads(line) for line in done.stdout.splitlines()], done.stderr.decode().splitlines()


def test_texts_with_half_a_character_deep_nesting_and_other_encodings() -> None:
    """Found by `./run fuzz annotate`: a lone surrogate ended the whole command."""
    half = b'{"id": "a\\ud83d", "text": "Cut \\ud83d off. No pacemaker."}\n'
    results, told = annotated(
        half + b"[" * 100_000 + b'\n{"id": "caf\xe9", "text": "Glioma."}\n{"id": 1, "text": "x"}\n'
    )
    assert [result["id"] for result in results] == ["a\ufffd", "1"]
    assert results[0]["concepts"]["pacemaker"]["status"] == "absent"  # type: ignore[index]
    assert [line.split(";")[0].split(". ")[0] for line in told] == ["line 2: not JSON", "line 3: not UTF-8"]


@pytest.mark.parametrize(
    ("kept", "kind"),
    [
        (b'{"format": ' + b"9" * 5000 + b"}", "stored_damaged"),
        (b'{"format": true}', "stored_damaged"),
        (b'{"format": 2}', "stored_format"),
        (b"[" * 100_000, "stored_damaged"),
        (b" " * 70_000, "stored_too_large"),
    ],
)
def test_a_stored_chart_that_is_none_is_refused(kept: bytes, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The last one unpacks to more than a chart may: a small file must not fill the memory."""
    monkeypatch.setattr(chart_file, "MOST_BYTES", 65_536 if kind == "stored_too_large" else 1_000_000)
    with pytest.raises(InputError) as refused:
        chart_from_bytes("c", gzip.compress(kept))
    assert refused.value.kind == kind
