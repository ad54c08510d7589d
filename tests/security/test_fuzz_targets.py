"""The fuzz targets accept their seeds and some spoiled ones; and what the fuzzer found once."""

from __future__ import annotations

import gzip
import json
import random
import subprocess
import sys
import time
from pathlib import Path

import planted
import pytest
from benchmarks import fuzz
from benchmarks.fuzzing import targets

from chart_triage import indexing
from chart_triage.errors import InputError
from chart_triage.intake import read_chart_bytes
from chart_triage.store import chart_file, chart_from_bytes

PROGRAM = (sys.executable, "-m", "chart_triage.cli")


def test_spoiled_inputs_are_refused_or_read() -> None:
    """A moment of blind mutation; `./run fuzz` does it with coverage as its guide."""
    target, check = targets.make("stored")
    chance = random.Random(1)
    for seed in target.seeds():
        for _ in range(40):
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


@pytest.mark.parametrize("piece", ["Name: ", "DOB: ", "MRN 123456 "])
def test_a_page_made_of_labels_of_identity_is_indexed_in_time(piece: str) -> None:
    """20,000 words are what a page may hold; 10,000 of these took half a minute once."""
    chart = read_chart_bytes("labels.txt", (piece * 9_000).encode())
    began = time.process_time()
    indexing.index(chart)
    assert time.process_time() - began < 8


def annotated(given: bytes) -> tuple[list[dict[str, object]], list[str]]:
    done = subprocess.run([*PROGRAM, "annotate"], input=given, capture_output=True, timeout=60, check=False)
    assert done.returncode == 3
    return [json.loads(line) for line in done.stdout.splitlines()], done.stderr.decode().splitlines()


def test_bare_texts_that_are_none_cost_their_line_and_are_not_repeated() -> None:
    """Found by `./run fuzz annotate`: a lone surrogate ended the whole command."""
    word = planted.TEXT
    given = b"\n".join(
        [
            b'{"id": "a\\ud83d", "text": "Cut \\ud83d off. No pacemaker."}',
            b"[" * 100_000,
            b'{"id": "caf\xe9", "text": "Glioma."}',
            json.dumps({"text": word}).encode(),
            json.dumps({"id": 1, "text": "x", "note_date": word}).encode(),
            f"{{{word}".encode(),
            b'{"id": 1, "text": "x"}\n',
        ]
    )
    results, told = annotated(given)
    assert [result["id"] for result in results] == ["a\ufffd", "1"]
    assert results[0]["concepts"]["pacemaker"]["status"] == "absent"  # type: ignore[index]
    assert [line.partition(":")[0] for line in told] == [f"line {number}" for number in range(2, 7)]
    assert "not UTF-8" in told[1]
    assert not planted.leaks({"stderr": "\n".join(told)})


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
