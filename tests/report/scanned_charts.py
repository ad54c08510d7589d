"""Scans for the report's tests: drawn upright by Pillow at known places, then fed and stored as scanners store them.

The boxes of words come from the drawing (in points of the upright page), never from the code under test.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pikepdf
from pikepdf import Array, Dictionary, Name
from PIL import Image, ImageDraw, ImageFont

import chart_triage.report
from chart_triage.records.chart import Chart, ChartWarning
from chart_triage.records.geometry import Box
from chart_triage.records.page import FurnitureLine, Page, PageSource, Word

WIDTH, HEIGHT = 612.0, 792.0
DRAWN_DPI = 408
SIZE, LEADING, LEFT, TOP = 11.0, 18.0, 72.0, 90.0
FONT = Path(chart_triage.report.__file__).parent / "fonts" / "DejaVuSansCondensed.ttf"
SCAN = [
    "NEUROSURGERY CLINIC NOTE",
    "Follow-up of glioblastoma, resected in 2024.",
    "MRI cannot tell recurrence versus radiation necrosis.",
    "Patient has a pacemaker since 2019.",
]


@dataclass(frozen=True)
class Feed:
    """How a sheet went through the scanner: `turn` degrees clockwise make it upright, `dpi` across and down."""

    turn: int = 0
    dpi: tuple[int, int] = (204, 196)
    grey: bool = False


@dataclass(frozen=True, eq=False)
class Scan:
    """`upright` is the sheet as drawn, `stored` as it lies in the file; `words` belong to `text`."""

    upright: Image.Image
    stored: Image.Image
    feed: Feed
    text: str
    words: tuple[Word, ...]
    furniture: tuple[FurnitureLine, ...] = field(default=())

    def page(self, number: int = 1, legibility: float | None = 0.9) -> Page:
        across, down = self.feed.dpi
        size = self.stored.width * 72 / across, self.stored.height * 72 / down
        width, height = size if self.feed.turn in (0, 180) else size[::-1]
        return Page(
            number=number,
            width=width,
            height=height,
            rotation=self.feed.turn,  # type: ignore[arg-type]
            source=PageSource.OCR,
            readable=True,
            legibility=legibility,
            text=self.text,
            words=self.words,
            furniture=self.furniture,
        )


def scan(lines: Sequence[str] = SCAN, feed: Feed | None = None, doubts: dict[str, float] | None = None) -> Scan:
    """A letter page with `lines`; `doubts` are the confidences of words that were hard to read."""
    feed = feed or Feed()
    scale = DRAWN_DPI / 72
    upright = Image.new("L", (round(WIDTH * scale), round(HEIGHT * scale)), 255)
    draw, font = ImageDraw.Draw(upright), ImageFont.truetype(str(FONT), SIZE * scale)
    words: list[Word] = []
    offset = 0
    for number, line in enumerate(lines):
        baseline = TOP + number * LEADING
        draw.text((LEFT * scale, baseline * scale), line, fill=0, font=font, anchor="ls")
        at = 0
        for word in line.split():
            at = line.index(word, at)
            x0 = LEFT + font.getlength(line[:at]) / scale
            box = Box(x0, baseline - 9, x0 + font.getlength(word) / scale, baseline + 3)
            words.append(Word(offset + at, offset + at + len(word), box, (doubts or {}).get(word, 0.95)))
            at += len(word)
        offset += len(line) + 1
    fed = upright.rotate(feed.turn, expand=True)  # counter-clockwise: `turn` clockwise brings it back
    across, down = feed.dpi
    stored = fed.resize(
        (round(fed.width * across / DRAWN_DPI), round(fed.height * down / DRAWN_DPI)), Image.Resampling.BOX
    )
    if not feed.grey:
        stored = stored.point(lambda v: 0 if v < 150 else 255).convert("1", dither=Image.Dither.NONE)
    return Scan(upright, stored, feed, "\n".join(lines), tuple(words))


def tiff(scans: Sequence[Scan], compression: str = "group4") -> bytes:
    """The stored pages in one file, each with its own resolution."""
    out = BytesIO()
    images = [one.stored for one in scans]
    for one in scans:
        one.stored.encoderinfo = {"dpi": one.feed.dpi, "compression": compression}  # type: ignore[attr-defined]
    images[0].save(out, "TIFF", compression=compression, dpi=scans[0].feed.dpi, save_all=True, append_images=images[1:])
    return out.getvalue()


def jpeg(image: Image.Image, dpi: int, orientation: int = 1, quality: int = 90) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    out = BytesIO()
    image.save(out, "JPEG", dpi=(dpi, dpi), exif=exif, quality=quality)
    return out.getvalue()


def pdf_of_scan(one: Scan, rotate: int = 0, origin: tuple[float, float] = (0.0, 0.0), bleed: float = 0.0) -> bytes:
    """A PDF whose only page is the stored image; the CropBox begins at `origin`, the MediaBox `bleed` further out."""
    across, down = one.feed.dpi
    width, height = one.stored.width * 72 / across, one.stored.height * 72 / down
    pdf = pikepdf.new()
    image = pdf.make_stream(
        one.stored.convert("L").tobytes(),
        Type=Name.XObject,
        Subtype=Name.Image,
        Width=one.stored.width,
        Height=one.stored.height,
        ColorSpace=Name.DeviceGray,
        BitsPerComponent=8,
    )
    x, y = origin
    page = Dictionary(
        Type=Name.Page,
        MediaBox=Array([x - bleed, y - bleed, x + width + bleed, y + height + bleed]),
        CropBox=Array([x, y, x + width, y + height]),
        Rotate=rotate,
        # ends in a scaled state, as careless producers leave it
        Contents=pdf.make_stream(f"q {width} 0 0 {height} {x} {y} cm /Im Do Q 3 0 0 3 9 9 cm".encode()),
        Resources=Dictionary(XObject=Dictionary(Im=image)),
    )
    pdf.pages.append(pikepdf.Page(pdf.make_indirect(page)))
    out = BytesIO()
    pdf.save(out, deterministic_id=True)
    return out.getvalue()


def chart_of_scans(
    source: bytes, media_type: str, pages: Sequence[Page], warnings: tuple[ChartWarning, ...] = ()
) -> Chart:
    return Chart(
        sha256=sha256(source).hexdigest(),
        media_type=media_type,  # type: ignore[arg-type]
        pages=tuple(pages),
        warnings=warnings,
    )


def fax_chart(feeds: Sequence[Feed]) -> tuple[bytes, Chart]:
    """A TIFF of one page of `SCAN` for each feed."""
    scans = [scan(feed=feed) for feed in feeds]
    source = tiff(scans, "tiff_lzw" if any(feed.grey for feed in feeds) else "group4")
    return source, chart_of_scans(source, "image/tiff", [one.page(n) for n, one in enumerate(scans, start=1)])
