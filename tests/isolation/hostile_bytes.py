"""Files whose structure leads astray: tables, streams, counts, chunks. Small on disk, each with one idea."""

from __future__ import annotations

import io
import struct
import zlib

from hostile_files import TEXT, many_pages, packed, pdf_of, stream, written
from pikepdf import Array, Dictionary, Name, Pdf

_TREE = (b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Count 1/Kids[3 0 R]>>")
_FONT = b"/Resources<</Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>"
_CONTENT = b"<</Length %d>>stream\n%s\nendstream" % (len(TEXT), TEXT)


def box_of(boxes: bytes) -> bytes:
    """A page with these entries, such as b"/MediaBox[0 0 nan nan]"."""
    return written([*_TREE, b"<</Type/Page/Parent 2 0 R%s/Contents 4 0 R%s>>" % (boxes, _FONT), _CONTENT])


def many_objects(count: int, *, table: bool = True) -> bytes:
    """Objects that nobody uses, with or without the table that says where they are."""
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R%s>>" % _FONT
    data = written([*_TREE, page, _CONTENT, *[b"0"] * count])
    return data if table else data[: data.rindex(b"xref\n0 ")]


def looping_table() -> bytes:
    """A table of references that says that it came after itself."""
    data = many_pages(1)
    at = data.rindex(b"startxref")
    return data[:at].replace(b"trailer <<", b"trailer << /Prev " + data[at + 9 :].split()[0]) + data[at:]


def many_updates(count: int) -> bytes:
    """A file that was changed and saved on top of itself so many times."""
    out = bytearray(many_pages(1))
    before = int(bytes(out[out.rindex(b"startxref") + 9 :]).split()[0])
    for number in range(count):
        at = len(out)
        out += b"9 0 obj\n(%d)\nendobj\n" % number
        table = len(out)
        out += b"xref\n9 1\n%010d 00000 n \ntrailer\n<</Size 10/Root 1 0 R/Prev %d>>\n" % (at, before)
        out += b"startxref\n%d\n%%%%EOF\n" % table
        before = table
    return bytes(out)


def wrong_count(count: int) -> bytes:
    """One page, in a tree that speaks of others."""
    return many_pages(1).replace(b"/Count 1", b"/Count %d" % count)


def stream_in_itself() -> bytes:
    """An object stream that says that it lies within itself."""
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R>>"
    heads, bodies = b"", b""
    for number, each in enumerate((*_TREE, page), 1):
        heads += b"%d %d " % (number, len(bodies))
        bodies += each + b" "
    out = bytearray(b"%PDF-1.7\n")
    content = len(out)
    out += b"4 0 obj\n%s\nendobj\n" % _CONTENT
    out += b"5 0 obj\n<</Type/ObjStm/N 3/First %d/Extends 5 0 R/Length %d>>stream\n%s%s\nendstream\nendobj\n" % (
        len(heads), len(heads + bodies), heads, bodies,
    )  # fmt: skip
    table = len(out)
    rows = [(0, 0, 65535), (2, 5, 0), (2, 5, 1), (2, 5, 2), (1, content, 0), (2, 5, 3), (2, 6, 0), (1, table, 0)]
    packed_rows = b"".join(struct.pack(">BIH", *row) for row in rows)
    out += b"7 0 obj\n<</Type/XRef/Size 8/W[1 4 2]/Root 1 0 R/Length %d>>stream\n" % len(packed_rows)
    return bytes(out + packed_rows + b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF" % (table))


def names_that_loop() -> bytes:
    """Names, destinations, outline, fields and resources that lead back to themselves."""
    return written(
        [
            b"<</Type/Catalog/Pages 2 0 R/Names 5 0 R/Dests 5 0 R/StructTreeRoot 5 0 R/PageLabels 5 0 R/AcroForm 6 0 R"
            b"/OCProperties 5 0 R/Outlines 5 0 R>>",
            b"<</Type/Pages/Count 1/Kids[3 0 R]/Parent 3 0 R>>",
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Annots[6 0 R 6 0 R 3 0 R 5 0 R]"
            b"/Resources 3 0 R/XObject 3 0 R/Font 3 0 R>>",
            _CONTENT,
            b"<</Kids[5 0 R 5 0 R]/EmbeddedFiles 5 0 R/Names[5 0 R 5 0 R]/Nums[0 5 0 R]/First 5 0 R/Next 5 0 R>>",
            b"<</Fields[6 0 R 6 0 R]/Kids[6 0 R 6 0 R]/Parent 6 0 R/FT/Tx/Subtype/Widget/T(a)/V 6 0 R/Opt 6 0 R"
            b"/Rect[0 0 9 9]/AP 6 0 R/N 6 0 R/DR 6 0 R>>",
        ]
    )


def endless_streams(count: int, start: bytes) -> bytes:
    """Streams that begin with `start` and have no end."""
    objects = (b"%d 0 obj\n<</Length 5>>\nstream\n%s\n" % (number, start) for number in range(10, 10 + count))
    return many_pages(1) + b"".join(objects)


def streams_in_streams(count: int, size: int) -> bytes:
    """Deflated streams that each begin within the one before and go on to the end."""
    begin = b"stream\nx\x01\x00" + struct.pack("<HH", 60_000, 65_535 - 60_000)
    return many_pages(1) + begin * count + b"\0" * size


def lzw_bomb(size: int) -> bytes:
    """A page whose content unfolds to `size` blanks, by LZW."""
    out, bits, held = bytearray(), 0, 0

    def put(code: int, width: int) -> None:
        nonlocal bits, held
        held, bits = held << width | code, bits + width
        while bits >= 8:
            out.append(held >> (bits - 8) & 255)
            bits -= 8
        held &= (1 << bits) - 1

    total, width = 0, 9
    while total < size:  # a table of ever longer runs of blanks, begun anew when it is full
        put(256, width)
        put(32, 9)
        width, total = 9, total + 1
        for code in range(258, 4094):
            put(code, width)
            total += code - 256
            if code + 2 >= 1 << width and width < 12:
                width += 1
    put(257, width)

    def change(pdf: Pdf) -> None:
        pdf.pages[0].obj["/Contents"] = stream(pdf, bytes(out), Name.LZWDecode)

    return pdf_of(change)


def many_notes(count: int) -> bytes:
    """Annotations of a kind that nobody fills in."""

    def change(pdf: Pdf) -> None:
        notes = [
            pdf.make_indirect(Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=[0, 0, 9, 9])) for _ in range(count)
        ]
        pdf.pages[0].obj["/Annots"] = Array(notes)

    return pdf_of(change)


def tiff_of_dots(pages: int) -> bytes:
    """Pages of one pixel each."""
    out = bytearray(b"II*\x00" + struct.pack("<I", 8))
    for number in range(pages):
        entries = [
            (256, 4, 1, 1), (257, 4, 1, 1), (258, 3, 1, 8), (259, 3, 1, 1), (262, 3, 1, 1), (273, 4, 1, 4),
            (277, 3, 1, 1), (278, 4, 1, 1), (279, 4, 1, 1),
        ]  # fmt: skip
        out += struct.pack("<H", len(entries)) + b"".join(struct.pack("<HHII", *entry) for entry in entries)
        out += struct.pack("<I", len(out) + 4 if number < pages - 1 else 0)
    return bytes(out)


def png_with(kind: bytes, size: int) -> bytes:
    """A PNG with a chunk of text, or a colour profile, that unfolds to `size`."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 100, 100, 8, 0, 0, 0, 0))
    pixels = chunk(b"IDAT", zlib.compress(b"\0" * 101 * 100))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(kind, b"k\0\0" + packed(size)) + pixels + chunk(b"IEND", b"")


def jpeg_of_scans(scans: int, side: int) -> bytes:
    """A progressive JPEG whose last scan comes again and again."""
    from PIL import Image

    out = io.BytesIO()
    Image.new("L", (side, side), 200).save(out, "JPEG", progressive=True)
    data = out.getvalue()
    return data[:-2] + data[data.rindex(b"\xff\xda") : -2] * scans + b"\xff\xd9"
