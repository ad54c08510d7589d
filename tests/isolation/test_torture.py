"""`./run torture` in small: what it is given is the same for the same seed, and what it says of the ends is true."""

from __future__ import annotations

import pytest
from benchmarks import mutations, torture

from chart_triage.chart_reader import ChartReader
from chart_triage.errors import FaultError
from chart_triage.settings import Settings


def test_a_seed_gives_the_same_mutations_and_another_gives_others() -> None:
    files = mutations.sources()
    assert len(files) > 25
    made = [mutations.mutation(3, number, files) for number in range(60)]
    assert made == [mutations.mutation(3, number, files) for number in range(60)]
    assert all(mutations.source(3, number, files).name in each.name for number, each in enumerate(made))
    unchanged = [each for each in made if each.data in {path.read_bytes() for path in files}]
    assert len(unchanged) <= 2
    assert len({each.name.split("-")[1] for each in made}) >= 8, "ways of breaking a file"
    assert made != [mutations.mutation(4, number, files) for number in range(60)]


def test_every_file_ends_and_nothing_is_left(capsys: pytest.CaptureFixture[str]) -> None:
    note = (mutations.FIXTURES / "charts" / "temporal-lobe-dictation.txt").read_bytes()
    items = [
        torture.Item("note.txt", lambda: note),
        torture.Item("junk.pdf", lambda: b"%PDF-1.7 junk"),
        *torture.mutated_items(3, 1, 1, None, mutations.sources()),
    ]
    outcomes, left, seconds = torture.run(items, Settings(ocr_processes=1))
    assert left == []
    assert [each.kind for each in outcomes[:2]] == ["result", "damaged"]
    assert not {each.kind for each in outcomes} & set(torture.FAILURES)
    lines = torture.report(outcomes, left, seconds)
    assert lines[0].startswith("3 files in ")
    assert lines[-1] == "left behind: nothing"


def test_a_fault_is_told_with_its_place_and_fails_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise FaultError("a.pdf", "KeyError", "intake/x.py:3")

    monkeypatch.setattr(ChartReader, "load", lambda _: None)
    monkeypatch.setattr(ChartReader, "assess", fails)
    outcomes, _, _ = torture.run([torture.Item("a.pdf", lambda: b"x")], Settings())
    assert (outcomes[0].kind, outcomes[0].detail) == ("fault", "KeyError at intake/x.py:3")
    assert "FAILED fault: a.pdf: KeyError at intake/x.py:3" in torture.report(outcomes, [], 1.0)
