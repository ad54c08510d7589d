"""TIFF files put together by hand, with the tags that fax gateways write, forget or get wrong."""

from __future__ import annotations

import io
import struct
from collections.abc import Sequence
from dataclasses import dataclass, field

from PIL import Image

_SHORT, _LONG, _RATIONAL = 3, 4, 5
_WIDTH, _HEIGHT, _BITS, _COMPRESSION, _PHOTOMETRIC, _FILL_ORDER = 256, 257, 258, 259, 262, 266
_OFFSET, _SAMPLES, _ROWS, _COUNT, _X, _Y, _UNIT = 273, 277, 278, 279, 282, 283, 296
_NAMES = {2: "tiff_ccitt", 3: "group3", 4: "group4"}
_REVERSED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


@dataclass(frozen=True)
class Strip:
    """A page of black and white in one strip. `resolution` None leaves the tags out; `unit` 1 is none, 2 the inch."""

    size: tuple[int, int]
    data: bytes
    compression: int
    photometric: int = 0
    fill_order: int | None = None
    resolution: tuple[int, int] | None = (204, 196)
    unit: int = 2
    more: dict[int, int] = field(default_factory=dict)


def strip(image: Image.Image, compression: int, *, black_is_zero: bool = False) -> bytes:
    """`image` coded as 2 (lines of T.4 without end marks), 3 (T.4) or 4 (T.6)."""
    out = io.BytesIO()
    tags = {_ROWS: image.height, _PHOTOMETRIC: int(black_is_zero)}
    image.save(out, "TIFF", compression=_NAMES[compression], tiffinfo=tags)
    with Image.open(out) as file:
        assert file.tag_v2[_PHOTOMETRIC] == int(black_is_zero)
        (start,), (count,) = file.tag_v2[_OFFSET], file.tag_v2[_COUNT]
    return out.getvalue()[start : start + count]


def mirrored(data: bytes) -> bytes:
    """The bits of each byte from the last to the first: fill order 2."""
    return data.translate(_REVERSED)


def without_line_ends(data: bytes, first_only: bool) -> bytes:
    """T.4 data without its end-of-line codes."""
    bits = "".join(f"{byte:08b}" for byte in data).replace("0" * 11 + "1", "", 1 if first_only else -1)
    bits += "0" * (-len(bits) % 8)
    return int(bits, 2).to_bytes(len(bits) // 8, "big")


def tiff(pages: Sequence[Strip], order: str = "<") -> bytes:
    """`order` "<" writes the small end first, as most machines do, ">" the big end."""
    out = bytearray(struct.pack(f"{order}2sHI", b"II" if order == "<" else b"MM", 42, 0))
    link = 4
    for page in pages:
        at = len(out)
        out += page.data + b"\0" * (len(page.data) % 2)
        entries: dict[int, tuple[int, int, bytes]] = {}
        values = {_WIDTH: page.size[0], _HEIGHT: page.size[1], _OFFSET: at, _ROWS: page.size[1]}
        for tag, value in {**values, _COUNT: len(page.data)}.items():
            entries[tag] = (_LONG, 1, struct.pack(f"{order}I", value))
        shorts = {_BITS: 1, _COMPRESSION: page.compression, _PHOTOMETRIC: page.photometric, _SAMPLES: 1, **page.more}
        if page.fill_order is not None:
            shorts[_FILL_ORDER] = page.fill_order
        if page.resolution is not None:
            shorts[_UNIT] = page.unit
            for tag, dpi in zip((_X, _Y), page.resolution, strict=True):
                entries[tag] = (_RATIONAL, 1, struct.pack(f"{order}I", len(out)))
                out += struct.pack(f"{order}II", dpi, 1)
        entries |= {tag: (_SHORT, 1, struct.pack(f"{order}HH", value, 0)) for tag, value in shorts.items()}
        struct.pack_into(f"{order}I", out, link, len(out))
        out += struct.pack(f"{order}H", len(entries))
        for tag in sorted(entries):
            kind, count, value = entries[tag]
            out += struct.pack(f"{order}HHI", tag, kind, count) + value
        link = len(out)
        out += struct.pack(f"{order}I", 0)
    return bytes(out)
