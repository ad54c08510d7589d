"""Image files as PDF pages: upright, at their size, no larger than they came, and the same each time."""

from __future__ import annotations

from base64 import b64decode
from io import BytesIO

import numpy as np
import pikepdf
import pypdfium2
import pytest
from PIL import Image, ImageChops, ImageDraw, ImageOps, ImageStat
from scanned_charts import HEIGHT, SCAN, WIDTH, Feed, chart_of_scans, fax_chart, jpeg, scan, tiff

from chart_triage.errors import InputError
from chart_triage.intake import images
from chart_triage.records.chart import Chart
from chart_triage.records.page import Page, PageSource
from chart_triage.report.image_pdf import image_pdf
from chart_triage.report.page_images import page_images

FEEDS = [
    Feed(),
    Feed(dpi=(204, 98)),
    Feed(turn=90, dpi=(204, 98)),
    Feed(turn=180, dpi=(200, 200)),
    Feed(turn=270),
    Feed(grey=True, dpi=(150, 150)),
    Feed(turn=270, grey=True, dpi=(150, 100)),
]


def saved(source: bytes, chart: Chart) -> bytes:
    out = BytesIO()
    with image_pdf(source, chart) as pdf:
        pdf.save(out, deterministic_id=True)
    return out.getvalue()


def drawn(pdf: bytes, index: int = 0, dpi: int = 72) -> Image.Image:
    return pypdfium2.PdfDocument(pdf)[index].render(scale=dpi / 72).to_pil().convert("L")


def streams(pdf: bytes) -> list[dict[str, object]]:
    with pikepdf.open(BytesIO(pdf)) as opened:
        found = [page.obj["/Resources"]["/XObject"]["/Page"] for page in opened.pages]
        return [
            {"filter": str(s["/Filter"]), "bytes": s.read_raw_bytes(), "space": str(s["/ColorSpace"])} for s in found
        ]


def difference(a: Image.Image, b: Image.Image) -> float:
    """Mean difference of grey, 0 to 255, of two pictures of one page."""
    return float(ImageStat.Stat(ImageChops.difference(a, b.convert("L").resize(a.size, Image.Resampling.BOX))).mean[0])


@pytest.mark.parametrize("feed", FEEDS, ids=str)
def test_each_page_is_shown_upright_at_its_size(feed: Feed) -> None:
    source, chart = fax_chart([feed])
    picture = drawn(saved(source, chart))
    assert picture.size == (WIDTH, HEIGHT)
    upright = scan(SCAN).upright
    assert difference(picture, upright) < 0.25 * difference(picture.rotate(180), upright)


@pytest.mark.parametrize("feed", FEEDS, ids=str)
def test_pictures_for_the_browser_stand_upright_too(feed: Feed) -> None:
    source, chart = fax_chart([feed, feed])
    pictures = page_images(source, chart, [2])
    assert list(pictures) == [2]
    assert (pictures[2].width, pictures[2].height) == (935, 1210)
    with image_of(pictures[2].uri) as picture:
        grey, upright = picture.convert("L"), scan(SCAN).upright
        assert difference(grey, upright) < 0.25 * difference(grey.rotate(180), upright)


def image_of(uri: str) -> Image.Image:
    return Image.open(BytesIO(b64decode(uri.partition(",")[2])))


def test_a_fax_page_keeps_every_pixel_and_is_about_as_small_as_in_the_fax() -> None:
    feeds = [Feed(), Feed(dpi=(204, 98)), Feed(turn=90)]
    source, chart = fax_chart(feeds)
    pdf = saved(source, chart)
    assert {str(s["filter"]) for s in streams(pdf)} == {"/CCITTFaxDecode"}
    assert len(pdf) < 1.05 * len(source) + 700 * len(feeds)
    with pikepdf.open(BytesIO(pdf)) as opened:
        kept = [pikepdf.PdfImage(p.obj["/Resources"]["/XObject"]["/Page"]).as_pil_image() for p in opened.pages]
    for image, read in zip(kept, images.read_images("fax.tif", source), strict=True):
        assert np.array_equal(np.asarray(image.convert("L")), read.pixels)


def test_black_and_white_in_a_grey_file_is_packed_as_a_fax_all_the_same() -> None:
    one = scan(feed=Feed())
    out = BytesIO()
    one.stored.convert("L").save(out, "PNG", dpi=one.feed.dpi)
    source = out.getvalue()
    (stream,) = streams(saved(source, chart_of_scans(source, "image/png", [one.page()])))
    assert stream["filter"] == "/CCITTFaxDecode"


@pytest.mark.parametrize("ink", [0, 255])
def test_pages_of_one_colour_keep_it(ink: int) -> None:
    out = BytesIO()
    Image.new("L", (850, 1100), ink).save(out, "PNG", dpi=(100, 100))
    page = Page(number=1, width=612, height=792, source=PageSource.NONE, readable=False)
    picture = drawn(saved(out.getvalue(), chart_of_scans(out.getvalue(), "image/png", [page])))
    assert picture.getextrema() == (ink, ink)


def test_grey_is_kept_without_loss_where_that_is_small_and_as_jpeg_where_it_is_not() -> None:
    clean = scan(feed=Feed(grey=True, dpi=(150, 150)))
    noise = np.random.default_rng(1).normal(0, 6, (clean.stored.height, clean.stored.width))
    noisy = Image.fromarray(np.clip(np.asarray(clean.stored) * 0.6 + 40 + noise, 0, 255).astype(np.uint8))
    found = {}
    for name, image in (("clean", clean.stored), ("noisy", noisy)):
        out = BytesIO()
        image.save(out, "PNG", dpi=(150, 150))
        found[name] = saved(out.getvalue(), chart_of_scans(out.getvalue(), "image/png", [clean.page()]))
        assert difference(drawn(found[name]), image) < 3
    assert streams(found["clean"])[0]["filter"] == "/FlateDecode"
    assert streams(found["noisy"])[0]["filter"] == "/DCTDecode"
    assert len(found["noisy"]) < noisy.width * noisy.height / 3


def photograph() -> Image.Image:
    """Wider than high, different in every corner, in colour."""
    image = Image.new("RGB", (1100, 850), (250, 245, 235))
    draw = ImageDraw.Draw(image)
    draw.rectangle((50, 50, 250, 150), fill=(200, 30, 30))
    draw.rectangle((900, 80, 1000, 300), fill=(20, 120, 40))
    draw.rectangle((60, 700, 500, 740), fill=(20, 40, 160))
    return image


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("turn", [0, 90])
def test_a_jpeg_is_kept_as_it_is_and_turned_as_its_camera_says(orientation: int, turn: int) -> None:
    source = jpeg(photograph(), 100, orientation)
    as_read = ImageOps.exif_transpose(Image.open(BytesIO(source)))
    upright = as_read.rotate(-turn, expand=True)
    size = upright.width * 0.72, upright.height * 0.72
    page = Page(number=1, width=size[0], height=size[1], rotation=turn, source=PageSource.NONE, readable=False)  # type: ignore[arg-type]
    pdf = saved(source, chart_of_scans(source, "image/jpeg", [page]))
    (stream,) = streams(pdf)
    assert stream["bytes"] == source
    assert stream["space"] == "/DeviceRGB"
    picture = drawn(pdf)
    assert picture.size == (round(size[0]), round(size[1]))
    assert difference(picture, upright) < 2


def test_a_jpeg_that_viewers_may_not_draw_is_coded_anew() -> None:
    out = BytesIO()
    photograph().convert("CMYK").save(out, "JPEG", dpi=(100, 100))
    page = Page(number=1, width=792, height=612, source=PageSource.NONE, readable=False)
    pdf = saved(out.getvalue(), chart_of_scans(out.getvalue(), "image/jpeg", [page]))
    (stream,) = streams(pdf)
    assert stream["bytes"] != out.getvalue()
    assert stream["space"] == "/DeviceGray"
    assert difference(drawn(pdf), photograph()) < 4


def damaged_fax() -> tuple[bytes, Chart]:
    """Three pages; the second cannot be decoded."""
    scans = [scan(["first"]), scan(feed=Feed(grey=True)), scan(["third"])]
    source = bytearray(tiff(scans, "tiff_adobe_deflate"))
    with Image.open(BytesIO(bytes(source))) as file:
        file.seek(1)
        start = file.tag_v2[273][0]  # type: ignore[attr-defined]
    source[start : start + 40] = b"\xff" * 40
    lost = Page(number=2, width=WIDTH, height=HEIGHT, source=PageSource.NONE, readable=False)
    return bytes(source), chart_of_scans(bytes(source), "image/tiff", [scans[0].page(1), lost, scans[2].page(3)])


def test_a_page_that_cannot_be_decoded_is_blank_and_says_so() -> None:
    source, chart = damaged_fax()
    document = pypdfium2.PdfDocument(saved(source, chart))
    assert [page.get_textpage().get_text_range() for page in document] == ["", "This page could not be decoded.", ""]
    assert document[1].get_size() == (WIDTH, HEIGHT)
    assert list(page_images(source, chart, [1, 2, 3])) == [1, 3]


def test_a_file_that_cannot_be_decoded_is_refused() -> None:
    chart = chart_of_scans(b"II*\x00", "image/tiff", [scan().page()])
    with pytest.raises(InputError, match="cannot be decoded"):
        image_pdf(b"II*\x00", chart)


def test_the_same_file_gives_the_same_bytes() -> None:
    source, chart = fax_chart([Feed(), Feed(grey=True, dpi=(100, 100))])
    assert saved(source, chart) == saved(source, chart)
