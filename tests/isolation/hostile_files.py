"""Files made to exhaust or to mislead whoever opens them. Small on disk, each with one idea."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable, Sequence
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name

TEXT = b"BT /F1 12 Tf 72 700 Td (Known glioma. No pacemaker.) Tj ET"


def pdf_of(
    change: Callable[[pikepdf.Pdf], None] | None = None,
    *,
    contents: Sequence[bytes] = (TEXT,),
    size: tuple[float, float] = (612, 792),
) -> bytes:
    """A PDF with a page for each of `contents`, and then as `change` makes it."""
    with pikepdf.new() as pdf:
        font = pdf.make_indirect(Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica))
        for content in contents:
            pdf.add_blank_page(page_size=size)
            page = pdf.pages[-1].obj
            page["/Resources"] = Dictionary(Font=Dictionary(F1=font))
            page["/Contents"] = pdf.make_stream(content)
        if change is not None:
            change(pdf)
        out = io.BytesIO()
        pdf.save(out, static_id=True, stream_decode_level=pikepdf.StreamDecodeLevel.none)
        return out.getvalue()


def packed(size: int, unit: bytes = b" " * 65536) -> bytes:
    """`size` bytes, deflated piece by piece."""
    packer = zlib.compressobj(9)
    parts = [packer.compress(unit) for _ in range(size // len(unit))]
    return b"".join([*parts, packer.flush()])


def stream(pdf: pikepdf.Pdf, data: bytes, filter_: Any, **entries: Any) -> Any:
    """A stream whose bytes are written as they are."""
    made = pdf.make_stream(b"")
    for key, value in entries.items():
        made[f"/{key}"] = value
    made.write(data, filter=filter_)
    return made


def content_bomb(size: int) -> bytes:
    """A page whose content unfolds to `size` blanks."""

    def change(pdf: pikepdf.Pdf) -> None:
        pdf.pages[0].obj["/Contents"] = pdf.make_indirect(stream(pdf, packed(size), Name.FlateDecode))

    return pdf_of(change)


def folded_twice(size: int) -> bytes:
    """As `content_bomb`, deflated a second time: a thousandth of the size again."""

    def change(pdf: pikepdf.Pdf) -> None:
        data = zlib.compress(packed(size), 9)
        pdf.pages[0].obj["/Contents"] = stream(pdf, data, Array([Name.FlateDecode, Name.FlateDecode]))

    return pdf_of(change)


def picture_bomb(width: int, height: int, bits: int = 1) -> bytes:
    """A page that shows a deflated picture of so many pixels."""

    def change(pdf: pikepdf.Pdf) -> None:
        data = packed((width * bits + 7) // 8 * height, b"\x00" * 65536)
        _show(pdf, picture(pdf, data, Name.FlateDecode, width, height, bits))

    return pdf_of(change)


def coded_picture(filter_: Any, data: bytes, width: int, height: int) -> bytes:
    """A page that shows a picture said to be of so many pixels, in a codec."""

    def change(pdf: pikepdf.Pdf) -> None:
        _show(pdf, picture(pdf, data, filter_, width, height, 1))

    return pdf_of(change)


def picture(pdf: pikepdf.Pdf, data: bytes, filter_: Any, width: int, height: int, bits: int) -> Any:
    return stream(
        pdf, data, filter_, Type=Name.XObject, Subtype=Name.Image, Width=width, Height=height,
        ColorSpace=Name.DeviceGray, BitsPerComponent=bits,
    )  # fmt: skip


def _show(pdf: pikepdf.Pdf, picture: Any) -> None:
    page = pdf.pages[0].obj
    page["/Resources"] = Dictionary(XObject=Dictionary(Im=picture))
    page["/Contents"] = pdf.make_stream(b"q 612 0 0 792 0 0 cm /Im Do Q")


def jbig2_bomb(width: int, height: int) -> bytes:
    """One page information segment and one generic region of so many pixels, of no data."""
    page = struct.pack(">IBBI", 0, 0x30, 1, 19) + struct.pack(">IIIIBH", width, height, 0, 0, 0, 0)
    region = struct.pack(">IIIIB", width, height, 0, 0, 0) + b"\x00" + b"\x03\xff\xfd\xff\x02\xfe\xfe\xfe" + b"\x00\xac"
    segment = struct.pack(">IBBI", 1, 0x26, 1, len(region)) + region
    return coded_picture(Name.JBIG2Decode, page + segment, width, height)


def _form(pdf: pikepdf.Pdf, content: bytes) -> Any:
    return stream(pdf, content, None, Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, 612, 792]))


def laughing_forms(depth: int, times: int) -> bytes:
    """Form XObjects that each draw the next one `times` times."""

    def change(pdf: pikepdf.Pdf) -> None:
        inner = _form(pdf, TEXT)
        inner["/Resources"] = pdf.pages[0].obj["/Resources"]
        for _ in range(depth):
            outer = pdf.make_indirect(
                stream(pdf, b"/X Do " * times, None, Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, 612, 792]))
            )
            outer["/Resources"] = Dictionary(XObject=Dictionary(X=inner))
            inner = outer
        page = pdf.pages[0].obj
        page["/Resources"]["/XObject"] = Dictionary(X=inner)
        page["/Contents"] = pdf.make_stream(b"/X Do")

    return pdf_of(change)


def form_of_itself() -> bytes:
    def change(pdf: pikepdf.Pdf) -> None:
        form = pdf.make_indirect(_form(pdf, b"/X Do /X Do"))
        form["/Resources"] = Dictionary(XObject=Dictionary(X=form))
        pdf.pages[0].obj["/Resources"]["/XObject"] = Dictionary(X=form)
        pdf.pages[0].obj["/Contents"] = pdf.make_stream(b"/X Do")

    return pdf_of(change)


def deep_page_tree(depth: int) -> bytes:
    """One page below so many nodes of the page tree."""
    objects = [b"<</Type/Catalog/Pages 2 0 R>>"]
    for level in range(depth):
        number = level + 2
        parent = b"/Parent %d 0 R" % (number - 1) if level else b""
        objects.append(b"<</Type/Pages%s/Count 1/Kids[%d 0 R]>>" % (parent, number + 1))
    page = depth + 2
    objects.append(
        b"<</Type/Page/Parent %d 0 R/MediaBox[0 0 612 792]/Contents %d 0 R"
        b"/Resources<</Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>" % (page - 1, page + 1)
    )
    objects.append(b"<</Length %d>>stream\n%s\nendstream" % (len(TEXT), TEXT))
    return written(objects)


def written(objects: Sequence[bytes]) -> bytes:
    """A PDF of objects 1, 2, ... with its table of references; the first is the catalog."""
    out = bytearray(b"%PDF-1.7\n")
    places = []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, table)
    return bytes(out)


def deep_arrays(depth: int) -> bytes:
    """An annotation array that lies in itself so many times, without a reference."""
    nested = b"[" * depth + b"]" * depth
    return written(
        [
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Count 1/Kids[3 0 R]>>",
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Annots %s/Contents 4 0 R>>" % nested,
            b"<</Length %d>>stream\n%s\nendstream" % (len(TEXT), TEXT),
        ]
    )


def deep_chain(length: int) -> bytes:
    """Outline items that each hang below the one before, and a field with as many parents."""

    def change(pdf: pikepdf.Pdf) -> None:
        root = pdf.make_indirect(Dictionary(Type=Name.Outlines))
        pdf.Root["/Outlines"] = above = root
        for _ in range(length):
            item = pdf.make_indirect(Dictionary(Title="x", Parent=above))
            above["/First"] = above["/Last"] = item
            above = item
        parent = pdf.make_indirect(Dictionary(FT=Name.Tx, T="f"))
        pdf.Root["/AcroForm"] = Dictionary(Fields=Array([parent]))
        for _ in range(length):
            child = pdf.make_indirect(Dictionary(T="f", Parent=parent))
            parent["/Kids"] = Array([child])
            parent = child
        parent.update(Dictionary(Type=Name.Annot, Subtype=Name.Widget, Rect=Array([9, 9, 99, 29]), V="glioma"))
        pdf.pages[0].obj["/Annots"] = Array([parent])

    return pdf_of(change)


def loops() -> bytes:
    """A page tree, a form and an outline that lead back to themselves."""
    return written(
        [
            b"<</Type/Catalog/Pages 2 0 R/Outlines 5 0 R/AcroForm<</Fields[6 0 R]>>>>",
            b"<</Type/Pages/Count 3/Kids[3 0 R 2 0 R 3 0 R]/Parent 2 0 R>>",
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Annots[6 0 R]>>",
            b"<</Length %d>>stream\n%s\nendstream" % (len(TEXT), TEXT),
            b"<</Type/Outlines/First 5 0 R/Last 5 0 R/Next 5 0 R>>",
            b"<</Subtype/Widget/FT/Tx/T(a)/Rect[9 9 99 29]/Parent 6 0 R/Kids[6 0 R]>>",
        ]
    )


def many_fields(count: int) -> bytes:
    def change(pdf: pikepdf.Pdf) -> None:
        look = {"/Type": Name.Annot, "/Subtype": Name.Widget, "/FT": Name.Tx, "/V": "x", "/Rect": [9, 9, 99, 20]}
        fields = [pdf.make_indirect(Dictionary({**look, "/T": f"f{n}"})) for n in range(count)]
        pdf.pages[0].obj["/Annots"] = Array(fields)
        pdf.Root["/AcroForm"] = Dictionary(Fields=Array(fields))

    return pdf_of(change)


def many_attachments(count: int) -> bytes:
    def change(pdf: pikepdf.Pdf) -> None:
        for number in range(count):
            pdf.attachments[f"a{number}.txt"] = b"x"

    return pdf_of(change)


def many_words(count: int) -> bytes:
    line = b"(a b c d e f g h i j) Tj "
    return pdf_of(contents=[b"BT /F1 1 Tf 1 TL 0 790 Td " + (line + b"T* ") * (count // 10) + b"ET"])


def many_paths(count: int) -> bytes:
    return pdf_of(contents=[b"0 0 m 9 9 l S 3 3 5 5 re f " * count])


def many_pages(count: int) -> bytes:
    return pdf_of(contents=[TEXT] * count)


def page_of(width: float, height: float, unit: float | None = None) -> bytes:
    def change(pdf: pikepdf.Pdf) -> None:
        if unit is not None:
            pdf.pages[0].obj["/UserUnit"] = unit

    return pdf_of(change, size=(width, height))


def fine_pattern() -> bytes:
    """A pattern of cells of a hundredth of a point over the whole page."""

    def change(pdf: pikepdf.Pdf) -> None:
        pattern = stream(
            pdf, b"0 0 0.005 0.005 re f", None, Type=Name.Pattern, PatternType=1, PaintType=1, TilingType=1,
            BBox=Array([0, 0, 0.01, 0.01]), XStep=0.01, YStep=0.01, Resources=Dictionary(),
        )  # fmt: skip
        page = pdf.pages[0].obj
        page["/Resources"]["/Pattern"] = Dictionary(P=pattern)
        page["/Contents"] = pdf.make_stream(b"/Pattern cs /P scn 0 0 612 792 re f " * 20)

    return pdf_of(change)


def png_bomb(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    data = packed((width // 8 + 1) * height, b"\x00" * 65536)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def jpeg_bomb(width: int, height: int) -> bytes:
    """A small JPEG that says that it is of so many pixels."""
    from PIL import Image

    out = io.BytesIO()
    Image.new("L", (16, 16), 255).save(out, "JPEG")
    data = bytearray(out.getvalue())
    at = data.index(b"\xff\xc0")
    data[at + 5 : at + 9] = struct.pack(">HH", height, width)
    return bytes(data)


def tiff_bomb(width: int, height: int, pages: int = 1) -> bytes:
    """Pages of one strip without data, said to be of so many pixels."""
    out = bytearray(b"II*\x00" + struct.pack("<I", 8))
    for number in range(pages):
        entries = [
            (256, 4, 1, width), (257, 4, 1, height), (258, 3, 1, 1), (259, 3, 1, 4), (262, 3, 1, 0), (273, 4, 1, 4),
            (277, 3, 1, 1), (278, 4, 1, height), (279, 4, 1, 8),
        ]  # fmt: skip
        out += struct.pack("<H", len(entries))
        out += b"".join(struct.pack("<HHII", *entry) for entry in entries)
        out += struct.pack("<I", len(out) + 4 if number < pages - 1 else 0)
    return bytes(out)


def looping_tiff() -> bytes:
    """A TIFF whose second page is its first."""
    data = bytearray(tiff_bomb(100, 100))
    data[-4:] = struct.pack("<I", 8)
    return bytes(data)
