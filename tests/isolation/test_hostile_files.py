"""Files made to exhaust or mislead: each is refused with its own message, or read within bounds."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import hostile_files as hostile
import pytest
from pikepdf import Name

from chart_triage import intake
from chart_triage.errors import InputError, KilledError
from chart_triage.intake import Limits, first_look, read_chart, read_chart_bytes
from chart_triage.isolation import Child, ChildLimits
from chart_triage.settings import Settings

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


def test_what_hangs_or_swells_in_a_library_ends_with_its_process() -> None:
    child = Child(ChildLimits(silent_seconds=1.5))
    for data, kind in ((hostile.form_of_itself(), "took_too_long"), (hostile.many_pages(3), None)):
        arguments = {"name": "fax.pdf", "data": data, "password": "", "limits": Limits()}
        if kind is None:
            assert child.run("chart_triage.intake.first_look:look", arguments, about="fax.pdf")[2] == 3
            continue
        with pytest.raises(KilledError, match="got stuck") as told:
            child.run("chart_triage.intake.first_look:look", arguments, about="fax.pdf")
        assert told.value.kind == kind
    child.close()


def test_every_limit_is_a_setting() -> None:
    site = Settings(
        max_file_mb=1, max_pages=2, max_page_inches=3, max_page_megapixels=4, max_page_words=5, max_unfolded_mb=6,
        max_form_fields=7, max_attachments=8, max_depth=10,
    )  # fmt: skip
    assert Limits.of(site) == Limits(MB, 2, 216.0, 5, 4 * MB, 6 * MB, 7, 8, 10)
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
