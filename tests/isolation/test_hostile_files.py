"""Files made to exhaust or mislead: each is refused with its own message, or read within bounds."""

from __future__ import annotations

import io
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import hostile_bytes as broken
import hostile_drawing as drawn
import hostile_files as hostile
import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name

from chart_triage import intake
from chart_triage.chart_reader import ChartReader, Job
from chart_triage.errors import InputError, KilledError
from chart_triage.intake import Limits, first_look, read_chart, read_chart_bytes
from chart_triage.isolation import Child, ChildLimits
from chart_triage.isolation.watch import Usage
from chart_triage.report import draw_pages
from chart_triage.resources import DEFAULT_GUIDELINE
from chart_triage.settings import Settings
from chart_triage.store import CHART_NAME

MB = 1_000_000
SMALL = Limits(max_unfolded_bytes=20 * MB, max_form_fields=50, max_attachments=5, max_depth=30, max_pixels=MB)


@pytest.mark.parametrize(
    ("make", "kind", "words"),
    [
        (lambda: hostile.content_bomb(40 * MB), "unfolds_too_far", "unfolds to more than 20,000,000 bytes"),
        (lambda: hostile.folded_twice(40 * MB), "unfolds_too_far", "unfolds to more than 20,000,000 bytes"),
        (lambda: hostile.picture_bomb(20_000, 20_000), "unfolds_too_far", "unfolds to more"),
        (lambda: hostile.jbig2_bomb(60_000, 60_000), "page_too_large", "60,000 x 60,000 pixels"),
        (lambda: hostile.jbig2_bomb(2**31 - 1, 2**31 - 1), "page_too_large", "2,147,483,647 x 2,147,483,647 pixels"),
        (lambda: hostile.coded_picture(Name.CCITTFaxDecode, b"\0" * 9, 60_000, 60_000), "page_too_large", "pixels"),
        (lambda: hostile.coded_picture(Name.DCTDecode, b"\xff\xd8", 60_000, 60_000), "page_too_large", "pixels"),
        (lambda: hostile.coded_picture(Name.JPXDecode, b"\0", 60_000, 60_000), "page_too_large", "pixels"),
        (lambda: hostile.png_bomb(20_000, 20_000), "page_too_large", "more pixels than can be read"),
        (lambda: hostile.jpeg_bomb(65_000, 65_000), "page_too_large", "more pixels than can be read"),
        (lambda: hostile.tiff_bomb(100_000, 100_000), "page_too_large", "pixels"),
        (lambda: hostile.png_bomb(2_000, 2_000), "page_too_large", "2,000 x 2,000 pixels; at most 1,000,000"),
        (lambda: hostile.tiff_bomb(100, 100, 3_000), "too_many_pages", "at most 2,000"),
        (lambda: hostile.many_pages(2_001), "too_many_pages", "2,001 pages"),
        (lambda: hostile.many_fields(60), "too_many_fields", "60 form fields"),
        (lambda: hostile.many_attachments(6), "too_many_attachments", "6 files attached"),
        (lambda: hostile.many_words(30_000), "too_many_words", "30,000 words"),
        (lambda: b"a" * 500_000, "too_many_words", "25,000 words"),
        (lambda: hostile.deep_arrays(100), "too_deep", "within more than 30 others"),
        (lambda: broken.many_notes(60), "too_many_fields", "60 form fields and notes"),
        (lambda: broken.streams_in_streams(500, MB), "unfolds_too_far", "unfolds to more"),
        (lambda: broken.endless_streams(3_000, b"ab"), "damaged", "more than 2,000 parts without an end"),
        (lambda: broken.tiff_of_dots(3_000), "too_many_pages", "at most 2,000"),
    ],
)
def test_each_limit_has_a_message_that_says_what_to_do(make: Callable[[], bytes], kind: str, words: str) -> None:
    data = make()
    began = time.process_time()
    with pytest.raises(InputError, match=words) as told:
        read_chart_bytes("fax", data, limits=SMALL)
    assert time.process_time() - began < 3
    assert told.value.kind == kind
    assert "fax" in str(told.value)
    assert str(told.value).rstrip(".").rpartition(". ")[2].split()[0] in ("Print", "Scan", "Split", "Send")


@pytest.mark.parametrize(
    "make",
    [
        lambda: hostile.laughing_forms(5, 3),
        broken.looping_table,
        broken.stream_in_itself,
        lambda: broken.many_updates(200),
        lambda: broken.box_of(b"/MediaBox[0 0 nan nan]"),
        lambda: broken.box_of(b"/MediaBox[0 0 1e38 1e38]"),
        lambda: broken.box_of(b"/MediaBox[0 0 612 792]/CropBox[9000 9000 9001 9001]"),
        lambda: broken.box_of(b"/MediaBox[0 0 612 792]/UserUnit -5"),
        lambda: hostile.deep_page_tree(300),
        lambda: hostile.deep_chain(3_000),
        lambda: hostile.page_of(14_400, 14_400),
        lambda: hostile.page_of(612, 792, unit=1000.0),
        lambda: hostile.many_attachments(3),
    ],
)
def test_what_is_odd_but_bounded_is_read(make: Callable[[], bytes]) -> None:
    chart = read_chart_bytes("fax.pdf", make())
    assert "glioma" in chart.text


@pytest.mark.parametrize("make", [hostile.loops, lambda: hostile.deep_page_tree(20_000), hostile.looping_tiff])
def test_what_leads_nowhere_ends(make: Callable[[], bytes]) -> None:
    data = make()
    began = time.process_time()
    refused = None
    try:
        read_chart_bytes("fax.pdf", data, limits=Limits(max_pages=100))
    except InputError as error:
        refused = error.kind
    assert refused in (None, "damaged", "too_many_pages", "empty")
    assert time.process_time() - began < 10


def test_a_first_look_refuses_bombs_as_well() -> None:
    for data in (hostile.content_bomb(40 * MB), hostile.deep_arrays(100), hostile.many_attachments(6)):
        with pytest.raises(InputError):
            first_look("fax.pdf", data, SMALL)


def test_attached_files_are_told_and_never_opened() -> None:
    chart = read_chart_bytes("fax.pdf", hostile.many_attachments(3))
    assert [w.detail for w in chart.warnings if w.kind == "attachment"] == [
        "Files are attached to the PDF: 3. They were not opened; ask for them as files of their own."
    ]


def test_what_hangs_in_a_library_ends_with_its_process() -> None:
    child = Child(ChildLimits(silent_seconds=1.5))
    task = "isolated_tasks:read_without_limits"
    with pytest.raises(KilledError, match="got stuck") as told:
        child.run(task, {"name": "fax.pdf", "data": hostile.form_of_itself()}, about="fax.pdf")
    assert told.value.kind == "took_too_long"
    assert child.run(task, {"name": "fax.pdf", "data": hostile.many_pages(3)}, about="fax.pdf") == 3
    child.close()


@pytest.mark.parametrize(
    "make",
    [
        lambda: hostile.laughing_forms(20, 2),
        lambda: hostile.laughing_forms(10, 10),
        lambda: drawn.nested_patterns(25),
        lambda: drawn.nested_masks(25),
        lambda: drawn.nested_glyphs(25),
        lambda: drawn.content_again(20_000),
        lambda: hostile.many_paths(700_000),
        hostile.form_of_itself,
    ],
)
def test_a_page_that_draws_too_much_is_not_opened(make: Callable[[], bytes]) -> None:
    data = make()
    began = time.process_time()
    chart = read_chart_bytes("fax.pdf", data)
    assert [(warning.kind, warning.pages) for warning in chart.warnings] == [("unopened_page", (1,))]
    assert not chart.pages[0].readable
    assert not list(draw_pages(data, chart, [1], (72,)))
    assert time.process_time() - began < 2


def test_the_other_pages_of_a_chart_with_such_a_page_are_read() -> None:
    def change(pdf: pikepdf.Pdf) -> None:
        with pikepdf.open(io.BytesIO(hostile.form_of_itself())) as bad:
            pdf.pages.insert(1, bad.pages[0])

    chart = read_chart_bytes("fax.pdf", hostile.pdf_of(change, contents=[hostile.TEXT] * 2))
    assert ["glioma" in page.text for page in chart.pages] == [True, False, True]
    assert chart.unopened == {2}


def test_forms_as_programs_write_them_are_read() -> None:
    """Forms that all pages share, several in each other, and letters that a font draws: as signatures and TeX have."""

    def change(pdf: pikepdf.Pdf) -> None:
        inner = hostile.stream(pdf, hostile.TEXT, None, Subtype=Name.Form, BBox=Array([0, 0, 612, 792]))
        for _ in range(4):
            resources = Dictionary(XObject=Dictionary(Fm0=inner))
            inner = hostile.stream(
                pdf, b"q /Fm0 Do Q", None, Subtype=Name.Form, BBox=Array([0, 0, 612, 792]), Resources=resources
            )
        font = drawn.type3_font(pdf, b"9 0 0 0 9 9 d1 0 0 9 9 re f", Dictionary())
        for page in pdf.pages:
            page.obj["/Resources"]["/XObject"] = Dictionary(Fm0=inner)
            page.obj["/Resources"]["/Font"]["/T3"] = font
            letters = b"BT /T3 12 Tf 72 500 Td [" + b"(aaaaaaaaaa) -20 " * 300 + b"] TJ ET"
            page.obj["/Contents"] = pdf.make_stream(b"/Fm0 Do " + letters)

    chart = read_chart_bytes("fax.pdf", hostile.pdf_of(change, contents=[b""] * 30))
    assert len(chart.pages) == 30
    assert not chart.unopened
    assert all("glioma" in page.text for page in chart.pages)


def test_a_page_that_takes_too_long_to_draw_ends_its_process_and_is_left_out_next_time() -> None:
    """A program in a shading keeps pdfium busy. Its page has no text, so that it is drawn for recognition."""
    child, told = Child(ChildLimits()), list[Any]()
    arguments: dict[str, Any] = {"name": "fax.pdf", "data": drawn.shading(2_000, 200, page=2, pages=3)}
    task = "isolated_tasks:read_watched"
    with pytest.raises(KilledError, match="has a part that takes too long") as refused:
        child.run(task, arguments | {"left_out": ()}, about="fax.pdf", on_told=told.append)
    assert refused.value.kind == "took_too_long"
    assert told[-1] == 2
    kinds = child.run(task, arguments | {"left_out": (2,)}, about="fax.pdf")
    assert kinds == [["unopened_page", 2]]
    child.close()


def test_pages_that_break_processes_are_left_out_one_by_one_until_there_are_too_many() -> None:
    reader, tried = ChartReader(DEFAULT_GUIDELINE, Settings()), list[tuple[Any, Any, Any]]()
    stages = [("reading", 4), ("reading", 9), ("drawing", 4), ("drawing", 5)]

    class BreakingChild(Child):
        def run(self, task: str, arguments: Any, *, about: str, on_told: Any = None, limits: Any = None) -> Any:
            stage, page = stages[len(tried)]
            tried.append((*arguments["left_out"], arguments["reading"]))
            self.largest = Usage((0, 300, 900, 500, 200)[len(tried)], 0.0, 1)
            on_told(("stage", "reading", None))
            if stage == "drawing":
                on_told(("file", CHART_NAME, b"reading", "application/gzip"))
                on_told(("stage", "drawing", 9))
            on_told(("in_hand", stage, page))
            raise KilledError("crashed", "fax.pdf broke the process that read it.")

    reader.child = BreakingChild()
    with pytest.raises(KilledError):
        reader.assess(Job("fax.pdf", b"%PDF-"))
    assert tried == [((), (), None), ((4,), (), None), ((4, 9), (), None), ((4, 9), (4,), b"reading")]
    assert reader.memory_bytes == 900


def test_a_wrong_count_of_pages_loses_none() -> None:
    for count in (2_000_000_000, -5, 0, 7):
        assert [page.readable for page in read_chart_bytes("fax.pdf", broken.wrong_count(count)).pages] == [True]


def test_every_limit_is_a_setting() -> None:
    site = Settings(
        max_file_mb=1, max_pages=2, max_page_inches=3, max_page_megapixels=4, max_page_words=5, max_unfolded_mb=6,
        max_form_fields=7, max_attachments=8, max_depth=10, max_page_content_mb=11,
    )  # fmt: skip
    assert Limits.of(site) == Limits(MB, 2, 216.0, 5, 4 * MB, 6 * MB, 7, 8, 10, 11 * MB)
    assert Limits.of(Settings()) == Limits(), "a default is the same in both places"


def test_a_file_that_grows_while_it_is_read_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "fax.txt"
    path.write_bytes(b"No glioma. " * 100)
    stat, seen = intake.reading.os.fstat, []

    def grows(descriptor: int) -> object:
        if seen:
            with path.open("ab") as file:
                file.write(b"more")
        seen.append(descriptor)
        return stat(descriptor)

    monkeypatch.setattr(intake.reading.os, "fstat", grows)
    with pytest.raises(InputError, match="changed while it was read") as told:
        read_chart(path)
    assert told.value.kind == "changed"


def test_a_file_that_is_written_to_is_of_one_moment_or_refused(tmp_path: Path) -> None:
    """Its bytes are all of one version, whenever the writer was at work."""
    path, size, ended = tmp_path / "fax.txt", 400_000, threading.Event()
    path.write_bytes(b"a" * size)

    def write() -> None:
        with path.open("r+b", buffering=0) as file:
            while not ended.is_set():
                for letter in b"bcd":
                    for at in range(0, size, size // 8):
                        file.seek(at)
                        file.write(bytes([letter]) * (size // 8))
                        time.sleep(0.001)
                time.sleep(0.03)

    writer = threading.Thread(target=write)
    writer.start()
    kept, refused = list[bytes](), set[str]()
    try:
        for _ in range(60):
            try:
                kept.append(intake.read_bytes(path))
            except InputError as error:
                refused.add(error.kind)
    finally:
        ended.set()
        writer.join()
    assert refused == {"changed"}
    assert kept
    assert all(len(set(data)) == 1 for data in kept)
