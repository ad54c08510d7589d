"""Whatever a gateway, scanner or phone writes, the page on it is the same: TIFF, PNG and JPEG variants."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from intake_pdfs import outcome
from PIL import Image, ImageOps
from raw_tiff import Strip, mirrored, strip, tiff, without_line_ends
from scans import covered, faxed, letter, picture, saved, share_in_place, share_read, true_words, warned, words_read

import fax
from chart_triage.errors import InputError
from chart_triage.intake import Limits, read_chart
from chart_triage.intake.images import PageImage, read_images, resolution
from chart_triage.records.chart import Chart
from chart_triage.records.page import PageSource

Read = Callable[..., Chart]
FINE, STANDARD = fax.Damage("fine"), fax.Damage("standard")
GREY = fax.Damage("200", smooth=True)


def is_the_letter(chart: Chart, least: float = 0.95) -> None:
    (page,) = chart.pages
    assert page.source is PageSource.OCR
    assert page.rotation == 0
    assert (page.width, page.height) == pytest.approx((612, 792), abs=1)
    assert share_read(page) >= least
    assert share_in_place(page) >= least
    assert warned(chart) == []


def strips(damage: fax.Damage = FINE, **changes: object) -> bytes:
    """A fax in G4, as a TIFF with one strip; `changes` to its tags."""
    image = picture(damage)
    dpi = fax.RESOLUTIONS[damage.resolution]
    page = Strip(image.size, strip(image, 4), 4, resolution=dpi)
    return tiff([replace(page, **changes)])  # type: ignore[arg-type]


def coded(compression: int, change: Callable[[bytes], bytes] = bytes, **tags: int) -> bytes:
    image = picture()
    return tiff([Strip(image.size, change(strip(image, compression)), compression, **tags)])  # type: ignore[arg-type]


def plain(compression: str, damage: fax.Damage = FINE) -> bytes:
    return saved(picture(damage), "TIFF", compression=compression, dpi=fax.RESOLUTIONS[damage.resolution])


def black_is_zero() -> bytes:
    image = picture()
    return tiff([Strip(image.size, strip(image, 4, black_is_zero=True), 4, photometric=1)])


TIFFS: dict[str, Callable[[], bytes]] = {
    "G3": lambda: plain("group3"),
    "G4": lambda: plain("group4"),
    "LZW": lambda: plain("tiff_lzw"),
    "PackBits": lambda: plain("packbits"),
    "Deflate": lambda: plain("tiff_adobe_deflate"),
    "not compressed": lambda: plain("raw"),
    "G4, white is zero": lambda: coded(4),
    "G4, black is zero": black_is_zero,
    "G4, fill order 2": lambda: coded(4, mirrored, fill_order=2),
    "G3, fill order 2": lambda: coded(3, mirrored, fill_order=2),
    "G3, first end of line missing": lambda: coded(3, lambda data: without_line_ends(data, first_only=True)),
    "G3, every end of line missing": lambda: coded(3, lambda data: without_line_ends(data, first_only=False)),
    "lines of T.4 on whole bytes": lambda: coded(2),
    "big end first": lambda: tiff([Strip(picture().size, strip(picture(), 4), 4)], ">"),
    "no resolution": lambda: strips(resolution=None),
    "resolution without unit": lambda: strips(resolution=(1, 1), unit=1),
    "resolution of zero": lambda: strips(resolution=(0, 0)),
    "72 dpi, as programs write that do not know": lambda: strips(resolution=(72, 72)),
}


@pytest.mark.parametrize("made", TIFFS.values(), ids=TIFFS.keys())
def test_every_make_of_fine_fax(scanned: Read, made: Callable[[], bytes]) -> None:
    is_the_letter(scanned(made()))


@pytest.mark.parametrize("name", ["standard", "fine", "200", "300", "600"])
def test_every_resolution(scanned: Read, name: str) -> None:
    is_the_letter(scanned(plain("group4", fax.Damage(name))))


@pytest.mark.parametrize("name", ["standard", "fine"])
def test_the_lines_of_a_fax_without_resolution_are_told_from_its_shape(scanned: Read, name: str) -> None:
    wide = ImageOps.pad(picture(fax.Damage(name)), (1728, picture(fax.Damage(name)).height), color=1, centering=(0, 0))
    chart = scanned(tiff([Strip(wide.size, strip(wide, 4), 4, resolution=None)]))
    assert (chart.pages[0].width, chart.pages[0].height) == pytest.approx((1728 / 204 * 72, 792), abs=2)
    assert share_read(chart.pages[0]) >= 0.95
    assert share_in_place(chart.pages[0]) >= 0.95


@pytest.mark.parametrize(
    ("width", "height", "declared", "expected"),
    [
        (1728, 1078, None, (204, 98)),
        (1728, 2156, None, (204, 196)),
        (1728, 4300, None, (204, 391)),
        (2550, 3300, None, (300, 300)),
        (3300, 2550, None, (300, 300)),
        (2550, 3300, (300.0, 300.0), (300, 300)),
        (2550, 3300, (72.0, 72.0), (300, 300)),
        (612, 792, (72.0, 72.0), (72, 72)),
        (2550, 3300, (3000.0, 3000.0), (300, 300)),
        (1728, 1078, (204.0, 98.0), (204, 98)),
    ],
)
def test_the_resolution_believed(
    width: int, height: int, declared: tuple[float, float] | None, expected: tuple[float, float]
) -> None:
    assert resolution(width, height, declared) == pytest.approx(expected)


def grey_variants() -> dict[str, Callable[[], tuple[bytes, str]]]:
    def grey() -> Image.Image:
        return picture(GREY)

    def transparent() -> Image.Image:
        image = Image.new("RGBA", grey().size, (0, 0, 0, 0))
        image.putalpha(ImageOps.invert(grey()))
        return image

    def deep() -> Image.Image:
        return Image.fromarray(np.asarray(grey()).astype(np.uint16) * 257)

    dpi = (200, 200)
    return {
        "JPEG in a TIFF": lambda: (saved(grey(), "TIFF", compression="jpeg", quality=90, dpi=dpi), "a.tif"),
        "LZW of grey": lambda: (saved(grey(), "TIFF", compression="tiff_lzw", dpi=dpi), "a.tif"),
        "RGB TIFF": lambda: (saved(grey().convert("RGB"), "TIFF", compression="tiff_lzw", dpi=dpi), "a.tif"),
        "CMYK TIFF": lambda: (
            saved(grey().convert("RGB").convert("CMYK"), "TIFF", compression="tiff_lzw", dpi=dpi),
            "a.tif",
        ),
        "16 bits": lambda: (saved(deep(), "TIFF", compression="tiff_lzw", dpi=dpi), "a.tif"),
        "PNG": lambda: (saved(grey(), "PNG", dpi=dpi), "a.png"),
        "PNG of 16 bits": lambda: (saved(deep(), "PNG", dpi=dpi), "a.png"),
        "PNG with a palette": lambda: (saved(grey().convert("P"), "PNG", dpi=dpi), "a.png"),
        "PNG, black on nothing": lambda: (saved(transparent(), "PNG", dpi=dpi), "a.png"),
        "PNG without resolution": lambda: (saved(grey(), "PNG"), "a.png"),
        "JPEG": lambda: (saved(grey(), "JPEG", quality=90, dpi=dpi), "a.jpg"),
        "JPEG in CMYK": lambda: (saved(grey().convert("RGB").convert("CMYK"), "JPEG", quality=90, dpi=dpi), "a.jpg"),
        "JPEG in colour, progressive": lambda: (
            saved(grey().convert("RGB"), "JPEG", quality=80, dpi=dpi, progressive=True),
            "a.jpg",
        ),
        "a TIFF that says it is a PNG": lambda: (saved(grey(), "TIFF", compression="tiff_lzw", dpi=dpi), "a.png"),
    }


@pytest.mark.parametrize("made", grey_variants().values(), ids=grey_variants().keys())
def test_every_make_of_grey_scan(scanned: Read, made: Callable[[], tuple[bytes, str]]) -> None:
    is_the_letter(scanned(*made()))


def turned_for(orientation: int, image: Image.Image) -> Image.Image:
    """What a camera stores with this EXIF orientation when it sees `image`."""
    undo = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    return image.transpose(undo[orientation]) if orientation in undo else image


def photographed(orientation: int, kind: str = "JPEG", **options: object) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    return saved(turned_for(orientation, picture(GREY)), kind, dpi=(200, 200), exif=exif, **options)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_pixels_are_turned_as_the_camera_says(kind: str, orientation: int) -> None:
    options = {"quality": 95} if kind == "JPEG" else {}
    (page,) = read_images("a", photographed(orientation, kind, **options))
    assert isinstance(page, PageImage)
    upright = np.asarray(picture(GREY)).astype(int)
    assert page.pixels.shape == upright.shape
    assert abs(page.pixels.astype(int) - upright).mean() < 1


@pytest.mark.parametrize("orientation", [3, 5, 6])
def test_a_photograph_is_read_as_its_camera_was_held(scanned: Read, orientation: int) -> None:
    is_the_letter(scanned(photographed(orientation, quality=90), "phone.jpg"))


def test_a_turn_in_the_tags_turns_the_axes_of_a_coarse_fax_too(scanned: Read) -> None:
    stored = picture(STANDARD).transpose(Image.Transpose.ROTATE_90)
    page = Strip(stored.size, strip(stored, 4), 4, resolution=(98, 204), more={274: 6})
    is_the_letter(scanned(tiff([page])))


def test_pages_of_several_sizes_and_kinds_in_one_fax(scanned: Read) -> None:
    fine, standard, half = picture(FINE), picture(STANDARD), picture(FINE).crop((0, 0, 1734, 1200))
    pages = [
        Strip(fine.size, strip(fine, 4), 4),
        Strip(standard.size, strip(standard, 3), 3, resolution=(204, 98)),
        Strip(half.size, mirrored(strip(half, 4)), 4, fill_order=2),
    ]
    chart = scanned(tiff(pages))
    assert [page.number for page in chart.pages] == [1, 2, 3]
    assert [round(page.height) for page in chart.pages] == [792, 792, 441]
    assert all(share_read(page) >= 0.95 and share_in_place(page) >= 0.95 for page in chart.pages)
    assert warned(chart) == []


def test_further_frames_of_a_png_are_no_pages(scanned: Read) -> None:
    black = Image.new("L", picture(GREY).size)
    is_the_letter(scanned(saved(picture(GREY), "PNG", save_all=True, append_images=[black], dpi=(200, 200)), "a.png"))


def refusal(tmp_path: Path, data: bytes, **options: object) -> InputError:
    path = tmp_path / "fax.tif"
    path.write_bytes(data)
    with pytest.raises(InputError) as caught:
        read_chart(path, **options)  # type: ignore[arg-type]
    assert "fax.tif" in str(caught.value)
    return caught.value


def fax_of(count: int) -> bytes:
    """Each page's data stands before its tags."""
    images = [Image.fromarray(page.pixels).convert("1") for page in (faxed(FINE), faxed(STANDARD), faxed(FINE))[:count]]
    dpis = ((204, 196), (204, 98), (204, 196))
    pages = zip(images, dpis, strict=False)
    return tiff([Strip(image.size, strip(image, 4), 4, resolution=dpi) for image, dpi in pages])


def test_a_fax_cut_off_in_its_last_page_keeps_the_pages_before(scanned: Read) -> None:
    whole = fax_of(3)
    chart = scanned(whole[: len(fax_of(2)) + 1000])
    assert [page.readable for page in chart.pages] == [True, True, False]
    assert all(share_read(page) >= 0.95 for page in chart.pages[:2])
    assert warned(chart) == [("unread_page", (3,))]


def test_a_page_that_cannot_be_decoded_is_named_and_the_others_are_read(scanned: Read) -> None:
    good = strip(picture(), 4)
    broken = Strip(picture().size, good[:200], 5)  # says LZW, is not
    chart = scanned(tiff([Strip(picture().size, good, 4), broken, Strip(picture().size, good, 4)]))
    assert [page.readable for page in chart.pages] == [True, False, True]
    assert warned(chart) == [("unread_page", (2,))]
    assert share_read(chart.pages[2]) >= 0.95


def test_a_file_of_which_no_page_can_be_decoded_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, tiff([Strip((1734, 2156), b"\xff" * 200, 5)])).kind == "damaged"


@pytest.mark.parametrize("share", [0.02, 0.5, 0.99])
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF"])
def test_a_cut_off_file_ends_in_a_chart_or_a_refusal(tmp_path: Path, kind: str, share: float) -> None:
    data = saved(picture(GREY), kind, dpi=(200, 200))
    path = tmp_path / "scan"
    path.write_bytes(data[: int(share * len(data))])
    _, refused_as = outcome(path)
    assert refused_as in ("damaged", "")


@pytest.mark.parametrize("size", [(1, 1), (1, 400), (400, 1), (3, 3)])
@pytest.mark.parametrize("kind", ["PNG", "TIFF", "JPEG"])
@pytest.mark.parametrize("shade", [0, 255])
def test_an_image_of_a_few_pixels_is_no_page_to_read(
    scanned: Read, kind: str, size: tuple[int, int], shade: int
) -> None:
    chart = scanned(saved(Image.new("L", size, shade), kind), "tiny")
    assert [page.source for page in chart.pages] == [PageSource.NONE]
    assert [kind for kind, _ in warned(chart)] in (["blank_page"], ["unread_page"], ["illegible_page"])


@pytest.mark.parametrize("side", [20_000, 60_000, 400_000])
def test_a_page_of_too_many_pixels_is_refused_within_a_second(tmp_path: Path, side: int) -> None:
    data = tiff([Strip((side, side), b"\x00" * 64, 4, resolution=(300, 300))])
    start = time.perf_counter()
    error = refusal(tmp_path, data)
    assert time.perf_counter() - start < 1
    assert error.kind == "page_too_large"
    assert "pixels" in str(error)
    assert "300 dpi" in str(error)


def test_limits_hold_for_images(tmp_path: Path) -> None:
    data = fax_of(3)
    assert refusal(tmp_path, data, limits=Limits(max_pages=2)).kind == "too_many_pages"
    assert refusal(tmp_path, data, limits=Limits(max_page_points=500)).kind == "page_too_large"
    assert refusal(tmp_path, data, limits=Limits(max_words_per_page=10)).kind == "too_many_words"


def test_boxes_lie_on_their_own_words(scanned: Read) -> None:
    """Not only somewhere near: no word's box covers another word."""
    (page,) = scanned(plain("group4")).pages
    read = dict(words_read(page))
    places = dict(true_words(letter))
    for text in ("levetiracetam", "pacemaker,", "hippocampus.", "semiology"):
        assert covered(places[text], read[text]) >= 0.5
        assert all(covered(place, read[text]) < 0.1 for other, place in places.items() if other != text)


def test_pages_are_decoded_as_they_are_asked_for() -> None:
    pages = read_images("fax.tif", tiff([Strip(picture().size, strip(picture(), 4), 4)] * 1000))
    start = time.perf_counter()
    assert isinstance(next(pages), PageImage)
    assert time.perf_counter() - start < 2  # all of them take 10 s
