"""Pages that are small on disk and take for ever to draw. Each with one idea."""

from __future__ import annotations

import struct
import zlib
from typing import Any

import pikepdf
from hostile_files import coded_picture, packed, pdf_of, picture, stream
from pikepdf import Array, Dictionary, Name

_LETTER = Array([0, 0, 612, 792])
_DOT = b"0 0 9 9 re f"


def nested_patterns(depth: int) -> bytes:
    """Tiling patterns of which each paints two shapes with the next one."""

    def pattern(pdf: pikepdf.Pdf, content: bytes, resources: Any) -> Any:
        return stream(
            pdf, content, None, Type=Name.Pattern, PatternType=1, PaintType=1, TilingType=1, BBox=Array([0, 0, 50, 50]),
            XStep=50, YStep=50, Resources=resources,
        )  # fmt: skip

    def change(pdf: pikepdf.Pdf) -> None:
        inner = pattern(pdf, _DOT, Dictionary())
        for _ in range(depth):
            content = b"/Pattern cs /P scn 0 0 50 50 re f 1 1 49 49 re f"
            inner = pattern(pdf, content, Dictionary(Pattern=Dictionary(P=inner)))
        page = pdf.pages[0].obj
        page["/Resources"]["/Pattern"] = Dictionary(P=inner)
        page["/Contents"] = pdf.make_stream(b"/Pattern cs /P scn 0 0 612 792 re f")

    return pdf_of(change)


def nested_masks(depth: int) -> bytes:
    """Soft masks of which each paints two shapes through the next one."""

    def mask(pdf: pikepdf.Pdf, content: bytes, resources: Any) -> Any:
        group = stream(
            pdf, content, None, Type=Name.XObject, Subtype=Name.Form, BBox=_LETTER, Resources=resources,
            Group=Dictionary(S=Name.Transparency, CS=Name.DeviceGray),
        )  # fmt: skip
        return Dictionary(ExtGState=Dictionary(G=Dictionary(SMask=Dictionary(S=Name.Luminosity, G=group))))

    def change(pdf: pikepdf.Pdf) -> None:
        inner = mask(pdf, _DOT, Dictionary())
        for _ in range(depth):
            inner = mask(pdf, b"/G gs 0 0 600 700 re f 1 1 400 500 re f", inner)
        pdf.pages[0].obj["/Resources"] = inner
        pdf.pages[0].obj["/Contents"] = pdf.make_stream(b"/G gs 0 0 600 700 re f")

    return pdf_of(change)


def type3_font(pdf: pikepdf.Pdf, content: bytes, resources: Any) -> Any:
    """A font of which the letter "a" is drawn by `content`."""
    return pdf.make_indirect(
        Dictionary(
            Type=Name.Font, Subtype=Name.Type3, FontBBox=Array([0, 0, 9, 9]), FontMatrix=Array([1, 0, 0, 1, 0, 0]),
            CharProcs=Dictionary(a=pdf.make_stream(content)), FirstChar=97, LastChar=97, Widths=Array([9]),
            Encoding=Dictionary(Type=Name.Encoding, Differences=Array([97, Name.a])), Resources=resources,
        )
    )  # fmt: skip


def nested_glyphs(depth: int) -> bytes:
    """Type 3 fonts whose one letter is drawn by two letters of the next font."""

    def change(pdf: pikepdf.Pdf) -> None:
        font = type3_font(pdf, b"9 0 0 0 9 9 d1 " + _DOT, Dictionary())
        for _ in range(depth):
            content = b"9 0 0 0 9 9 d1 BT /F 1 Tf (aa) Tj ET"
            font = type3_font(pdf, content, Dictionary(Font=Dictionary(F=font)))
        page = pdf.pages[0].obj
        page["/Resources"]["/Font"] = Dictionary(F=font)
        page["/Contents"] = pdf.make_stream(b"BT /F 12 Tf 72 700 Td (a) Tj ET")

    return pdf_of(change)


def many_groups(count: int) -> bytes:
    """A transparent group as large as the page, drawn again and again."""

    def change(pdf: pikepdf.Pdf) -> None:
        page = pdf.pages[0].obj
        group = stream(
            pdf, b"0 0 600 700 re f", None, Type=Name.XObject, Subtype=Name.Form, BBox=_LETTER,
            Group=Dictionary(S=Name.Transparency, CS=Name.DeviceRGB),
        )  # fmt: skip
        page["/Resources"]["/XObject"] = Dictionary(X=group)
        page["/Resources"]["/ExtGState"] = Dictionary(G=Dictionary(ca=0.5, BM=Name.Multiply))
        page["/Contents"] = pdf.make_stream(b"/G gs " + b"/X Do " * count)

    return pdf_of(change)


def shading(length: int, count: int, page: int = 1, pages: int = 1) -> bytes:
    """On one of `pages` pages, `count` shadings whose colour a long program works out for each point."""

    def change(pdf: pikepdf.Pdf) -> None:
        program = b"{" + b" 2 copy mul sin exch cos add dup " * length + b" pop }"
        function = stream(pdf, program, None, FunctionType=4, Domain=Array([0, 1, 0, 1]), Range=Array([0, 1]))
        shown = Dictionary(
            ShadingType=1, ColorSpace=Name.DeviceGray, Matrix=Array([612, 0, 0, 792, 0, 0]), Function=function
        )
        bad = pdf.pages[page - 1].obj
        bad["/Resources"]["/Shading"] = Dictionary(S=shown)
        bad["/Contents"] = pdf.make_stream(b"/S sh " * count)

    return pdf_of(change, contents=[b"BT /F1 12 Tf 72 700 Td (Known glioma. No pacemaker.) Tj ET"] * pages)


def patch_mesh(patches: int) -> bytes:
    """A shading of patches that overlap all over the page."""

    def change(pdf: pikepdf.Pdf) -> None:
        corners = b"".join(struct.pack(">HH", n * 7919 % 65536, n * 104729 % 65536) for n in range(12))
        data = zlib.compress((b"\0" + corners + b"\0\xff\0\xff") * patches)
        mesh = stream(
            pdf, data, Name.FlateDecode, ShadingType=6, ColorSpace=Name.DeviceGray, BitsPerCoordinate=16,
            BitsPerComponent=8, BitsPerFlag=8, Decode=Array([0, 612, 0, 792, 0, 1]),
        )  # fmt: skip
        pdf.pages[0].obj["/Resources"]["/Shading"] = Dictionary(S=mesh)
        pdf.pages[0].obj["/Contents"] = pdf.make_stream(b"/S sh")

    return pdf_of(change)


def picture_again(count: int) -> bytes:
    """A picture of 30 million pixels shown again and again."""

    def change(pdf: pikepdf.Pdf) -> None:
        shown = picture(pdf, packed(30_000_000, b"\0" * 65536), Name.FlateDecode, 6000, 5000, 8)
        pdf.pages[0].obj["/Resources"] = Dictionary(XObject=Dictionary(Im=shown))
        pdf.pages[0].obj["/Contents"] = pdf.make_stream(b"q 612 0 0 792 0 0 cm /Im Do Q " * count)

    return pdf_of(change)


def shared_content(pages: int, size: int) -> bytes:
    """Pages that all have the same long content."""

    def change(pdf: pikepdf.Pdf) -> None:
        content = stream(pdf, packed(size, b"0 0 m 9 9 l S 3 3 5 5 re f " * 1000), Name.FlateDecode)
        for page in pdf.pages:
            page.obj["/Contents"] = content

    return pdf_of(change, contents=[b""] * pages)


def content_again(count: int) -> bytes:
    """A page whose content is the same stream again and again."""

    def change(pdf: pikepdf.Pdf) -> None:
        content = pdf.make_stream(b"0 0 m 9 9 l S " * 1000)
        pdf.pages[0].obj["/Contents"] = Array([content] * count)

    return pdf_of(change)


def long_characters(length: int) -> bytes:
    """A font that says that each of its 65,536 characters stands for `length` letters."""

    def change(pdf: pikepdf.Pdf) -> None:
        ranges = b"1 beginbfrange <0000> <ffff> <" + b"0041" * length + b"> endbfrange"
        said = b"begincmap 1 begincodespacerange <0000> <ffff> endcodespacerange " + ranges + b" endcmap"
        font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
        font["/ToUnicode"] = stream(pdf, zlib.compress(said), Name.FlateDecode)
        pdf.pages[0].obj["/Resources"]["/Font"] = Dictionary(F1=pdf.make_indirect(font))

    return pdf_of(change)


def many_curves(count: int) -> bytes:
    """One path that goes to and fro over the page, for clipping, filling and stroking."""
    curves = b"0 0 m " + b"600 700 10 20 300 300 c " * count
    return pdf_of(contents=[curves + b"W n 0 0 600 700 re f " + curves + b"f* " + curves + b"S"])


def wrong_jpx(width: int, height: int) -> bytes:
    """A JPEG 2000 picture that is far larger than the PDF says."""
    from io import BytesIO

    from PIL import Image

    out = BytesIO()
    Image.new("L", (64, 64), 200).save(out, "JPEG2000")
    data = bytearray(out.getvalue())
    at = data.index(b"\xff\x51")
    data[at + 6 : at + 14] = data[at + 22 : at + 30] = struct.pack(">II", width, height)
    at = data.index(b"ihdr")
    data[at + 4 : at + 12] = struct.pack(">II", height, width)
    return coded_picture(Name.JPXDecode, bytes(data), 64, 64)
