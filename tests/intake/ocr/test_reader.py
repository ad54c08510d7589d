"""Many pages on several cores: in order, each once, few in memory; a page that fails costs itself alone."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from scans import FINE, distinct, faxed, picture, saved, share_read, warned

import fax
from chart_triage.intake import is_final, read_chart
from chart_triage.intake.images import PageImage
from chart_triage.intake.ocr import page, reader
from chart_triage.intake.ocr.options import OcrOptions
from chart_triage.intake.ocr.reading import Legibility, Lost, PageReading
from chart_triage.intake.ocr.tesseract import Tesseract

ONE = OcrOptions(processes=1)
KILLS, WAITS, FAILS = 13, 14, 15  # shades of the pages that kill their reader, are too slow, or make it fail


def stand_in(image: PageImage) -> PageReading:
    """A reader for the processes: no words, but the page's own shade for its width."""
    shade = int(image.pixels[0, 0])
    if shade == KILLS:
        os.kill(os.getpid(), signal.SIGKILL)
    if shade == WAITS:
        raise TimeoutError
    if shade == FAILS:
        raise ZeroDivisionError
    return PageReading(0, float(shade), 100.0, None, (), (), Legibility(1.0, ()), False)


def pages(*shades: int) -> Iterator[PageImage]:
    for number, shade in enumerate(shades, 1):
        yield PageImage(number, np.full((4, 4), shade, np.uint8), 100.0, 100.0)


def results(found: Iterator[tuple[int, PageReading | Lost]]) -> list[tuple[int, float | None]]:
    return [(number, None if isinstance(each, Lost) else each.width) for number, each in found]


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[PageImage]:
    """The pages that were really read, in this process."""
    seen: list[PageImage] = []

    def read(image: PageImage) -> PageReading:
        seen.append(image)
        return page.read_image(image)

    monkeypatch.setattr(reader, "read_image", read)
    return seen


@pytest.fixture
def in_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "read_image", stand_in)


def write(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("processes", [1, 2])
@pytest.mark.usefixtures("in_processes")
def test_a_page_on_which_reading_fails_costs_only_itself(processes: int) -> None:
    expected = [(1, 20.0), (2, None), (3, 30.0), (4, 40.0), (5, 50.0)]
    assert results(reader.read_images(pages(20, FAILS, 30, 40, 50), processes)) == expected


@pytest.mark.usefixtures("in_processes")
def test_a_page_that_kills_its_process_costs_only_itself() -> None:
    shades = [20, 30, 40, KILLS, 50]
    expected = [(n, None if shade == KILLS else float(shade)) for n, shade in enumerate(shades, 1)]
    assert results(reader.read_images(pages(*shades), 2)) == expected


@pytest.mark.parametrize("processes", [1, 2])
@pytest.mark.usefixtures("in_processes")
def test_a_page_that_takes_too_long_costs_only_itself(processes: int) -> None:
    found = results(reader.read_images(pages(20, 30, WAITS, 40, 50), processes))
    assert found == [(1, 20.0), (2, 30.0), (3, None), (4, 40.0), (5, 50.0)]


@pytest.mark.parametrize("processes", [1, 2])
@pytest.mark.usefixtures("in_processes")
def test_pages_come_in_their_order_and_few_are_in_memory(processes: int) -> None:
    shades = [*range(20, 60), 20, 25]
    taken: list[int] = []

    def watched() -> Iterator[PageImage]:
        for image in pages(*shades):
            taken.append(image.number)
            yield image

    found, ahead = [], []
    for each in reader.read_images(watched(), processes):
        found.append(each)
        ahead.append(len(taken) - each[0])
    assert results(iter(found)) == list(enumerate(map(float, shades), 1))
    assert max(ahead) <= processes + 4


@pytest.mark.usefixtures("in_processes")
def test_no_process_is_left_when_reading_stops_midway() -> None:
    before = set(_children())
    found = reader.read_images(pages(*range(20, 60)), 2)
    next(found)
    assert set(_children()) - before
    found.close()  # type: ignore[attr-defined]
    end = time.monotonic() + 10
    while (left := set(_children()) - before - _trackers()) and time.monotonic() < end:
        time.sleep(0.1)
    assert not left


def _children() -> list[int]:
    folder = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children")
    if not folder.exists():
        pytest.skip("no /proc")
    return [int(number) for number in folder.read_text().split()]


def _trackers() -> set[int]:
    """Processes that loky keeps for its own bookkeeping, and those that ended but were not waited for."""
    multiprocessing.active_children()
    kept = set()
    for number in _children():
        try:
            told = Path(f"/proc/{number}/cmdline").read_bytes()
            state = Path(f"/proc/{number}/stat").read_text().rsplit(")", 1)[1].split()[0]
        except OSError:
            continue
        if b"resource_tracker" in told or state == "Z":
            kept.add(number)
    return kept


def test_real_pages_on_two_cores_are_read_as_on_one(tmp_path: Path) -> None:
    path = write(tmp_path / "fax.tif", fax.encode(list(distinct(5)), ".tif"))
    charts = [read_chart(path, ocr=OcrOptions(processes=processes)) for processes in (1, 2)]
    assert charts[0] == charts[1]
    for number, read in enumerate(charts[1].pages, 1):
        assert read.text == f"This is the page with the number {number} of the record."


def test_identical_pages_are_read_once(tmp_path: Path, counted: list[PageImage]) -> None:
    sheets = [faxed(), faxed(), next(distinct(1)), faxed()]
    chart = read_chart(write(tmp_path / "fax.tif", fax.encode(sheets, ".tif")), ocr=ONE)
    assert [image.number for image in counted] == [1, 3]
    assert chart.pages[0].text == chart.pages[1].text == chart.pages[3].text != chart.pages[2].text
    assert [read.number for read in chart.pages] == [1, 2, 3, 4]


def test_equal_pixels_at_another_resolution_are_another_page(tmp_path: Path, counted: list[PageImage]) -> None:
    for dpi in ((204, 196), (200, 200)):
        read_chart(write(tmp_path / "a.png", saved(picture(), "PNG", dpi=dpi)), ocr=ONE)
    assert reader.fingerprint(counted[0]) != reader.fingerprint(counted[1])


def test_a_page_that_took_too_long_may_be_read_next_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path / "fax.tif", fax.encode([faxed()], ".tif"))
    with monkeypatch.context() as patched:
        patched.setattr(page, "tesseract", lambda: Tesseract(timeout=0.001))
        chart = read_chart(path, ocr=ONE)
        assert not chart.pages[0].readable
        assert warned(chart) == [("unread_page", (1,))]
        assert "took too long" in chart.warnings[0].detail
        assert not is_final(chart)
    again = read_chart(path, ocr=ONE)
    assert share_read(again.pages[0]) >= 0.95
    assert is_final(again)


def test_an_engine_that_ran_out_of_time_reads_the_next_page() -> None:
    pixels = faxed(FINE).pixels
    engine = Tesseract(timeout=0.001)
    with pytest.raises(TimeoutError):
        engine.recognise(pixels, 200)
    engine._timeout = 20.0
    assert "levetiracetam" in {word.text for word in engine.recognise(pixels, 200)}
