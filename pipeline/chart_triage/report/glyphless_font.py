"""A font whose glyphs have extent but no ink: text set in it can be found and selected, and never shows."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from itertools import islice

import pikepdf
from pikepdf import Array, Dictionary, Name, String

ADVANCE = 0.5  # of the font size: the width of every glyph
_NAME = "/Glyphless"
_UNIT = 1000  # per em
_ENTRIES = 100  # the most that PDF allows in one bfchar section
_CMAP = """/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def
/CMapName /Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
<0000> <FFFF>
endcodespacerange
{sections}endcmap
CMapName currentdict /CMap defineresource pop
end
end
"""


def glyphless_font(pdf: pikepdf.Pdf, characters: Iterable[str]) -> pikepdf.Object:
    """The font in `pdf`, with a table from codes to text for `characters` (of Unicode's first plane).

    A character's code is its UTF-16. Glyphs reach from the baseline to the font size above it.
    """
    descriptor = Dictionary(
        Type=Name.FontDescriptor,
        FontName=Name(_NAME),
        Flags=5,  # fixed pitch, symbolic
        FontBBox=Array([0, 0, int(ADVANCE * _UNIT), _UNIT]),
        ItalicAngle=0,
        Ascent=_UNIT,
        Descent=0,
        CapHeight=_UNIT,
        StemV=80,
        FontFile2=pdf.make_stream(_true_type()),
    )
    descendant = Dictionary(
        Type=Name.Font,
        Subtype=Name.CIDFontType2,
        BaseFont=Name(_NAME),
        CIDSystemInfo=Dictionary(Registry=String("Adobe"), Ordering=String("Identity"), Supplement=0),
        FontDescriptor=pdf.make_indirect(descriptor),
        DW=int(ADVANCE * _UNIT),
        CIDToGIDMap=pdf.make_stream(b"\x00\x01" * 0x10000),  # every code to the one glyph
    )
    return pdf.make_indirect(
        Dictionary(
            Type=Name.Font,
            Subtype=Name.Type0,
            BaseFont=Name(_NAME),
            Encoding=Name("/Identity-H"),
            DescendantFonts=Array([pdf.make_indirect(descendant)]),
            ToUnicode=pdf.make_stream(_to_unicode(characters)),
        )
    )


def _to_unicode(characters: Iterable[str]) -> bytes:
    codes = iter(sorted({f"{ord(character):04X}" for character in characters}))
    sections = ""
    while some := list(islice(codes, _ENTRIES)):
        entries = "".join(f"<{code}> <{code}>\n" for code in some)
        sections += f"{len(some)} beginbfchar\n{entries}endbfchar\n"
    return _CMAP.format(sections=sections).encode("ascii")


def _true_type() -> bytes:
    """A TrueType file with the tables that PDF asks of an embedded font.

    Glyph 0 is empty; glyph 1 is a stroke without area from corner to corner, so that it has the extent by which
    viewers find and mark text.
    """
    advance = int(ADVANCE * _UNIT)
    corners = (0, 0, advance, _UNIT)
    stroke = struct.pack(">hhhhhHHBBhh", 1, *corners, 1, 0, 0x31, 0x01, advance, _UNIT)
    head = (0x10000, 0x10000, 0, 0x5F0F3CF5, 0, _UNIT, 0, 0, *corners, 0, 8, 2, 0, 0)
    hhea = (0x10000, _UNIT, 0, 0, advance, 0, 0, advance, 1, *[0] * 7, 2)
    maxp = (0x10000, 2, 2, 1, 0, 0, 1, *[0] * 8)
    tables = {
        b"glyf": stroke,
        b"head": struct.pack(">IIIIHHqqhhhhHHhhh", *head),
        b"hhea": struct.pack(">IhhhHhhhhhhhhhhhH", *hhea),
        b"hmtx": struct.pack(">HhHh", advance, 0, advance, 0),
        b"loca": struct.pack(">HHH", 0, 0, len(stroke) // 2),
        b"maxp": struct.pack(">I14H", *maxp),
    }
    return _font_file(tables)


def _font_file(tables: dict[bytes, bytes]) -> bytes:
    """The six `tables`, in the order of their names, behind their directory."""
    directory = struct.pack(">IHHHH", 0x10000, len(tables), 64, 2, 16 * len(tables) - 64)
    offset = len(directory) + 16 * len(tables)
    body = b""
    for tag, table in tables.items():
        directory += struct.pack(">4sIII", tag, _checksum(table), offset + len(body), len(table))
        body += table + bytes(-len(table) % 4)
    file = directory + body
    at = file.index(tables[b"head"]) + 8  # the place of the whole file's checksum
    return file[:at] + struct.pack(">I", (0xB1B0AFBA - _checksum(file)) % 2**32) + file[at + 4 :]


def _checksum(table: bytes) -> int:
    padded = table + bytes(-len(table) % 4)
    words: tuple[int, ...] = struct.unpack(f">{len(padded) // 4}I", padded)
    return sum(words) % 2**32
