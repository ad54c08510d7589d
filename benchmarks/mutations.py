"""Broken versions of good files: bytes changed at random, and PDFs whose objects say what they should not.

A mutation is decided by its seed and number alone, so that one that broke something can be made again:

    python -m benchmarks.torture --mutate 7 1 --first 4711 --keep DIR
"""

from __future__ import annotations

import io
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pikepdf
from pikepdf import Array, Dictionary, Name, String

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"
_ENDINGS = (".pdf", ".tif", ".png", ".jpg", ".txt")
_NUMBERS = (
    b"0",
    b"-1",
    b"1",
    b"65536",
    b"2147483647",
    b"-2147483648",
    b"4294967296",
    b"99999999999999999999",
    b"1e999",
)
_TOKENS = (
    b"/Length 999999999", b"/Length -5", b"endobj", b"endstream", b"stream\n", b"<<", b">>", b"[", b"]", b"(", b"obj",
    b"xref", b"trailer", b"startxref", b"%%EOF", b"/Filter/FlateDecode", b"/Filter/JBIG2Decode", b"/Filter/DCTDecode",
    b"/Filter/JPXDecode", b"/Filter[/FlateDecode/FlateDecode/FlateDecode]", b"/Type/Page", b"/Type/Pages", b"1 0 R",
    b"999999 0 R", b"BT", b"ET", b"Tj", b"q", b"Q", b"cm", b"Do", b"BI /W 99999 /H 99999 ID", b"EI",
)  # fmt: skip


class Mutation(NamedTuple):
    """`name` tells its number, the file that it was made of and how."""

    name: str
    data: bytes


def sources(folder: Path = FIXTURES) -> list[Path]:
    """The files that are mutated, in a fixed order."""
    return sorted(path for path in folder.rglob("*") if path.suffix.lower() in _ENDINGS and path.stat().st_size)


def source(seed: int, number: int, files: Sequence[Path]) -> Path:
    """The file that a mutation is made of."""
    return random.Random(f"{seed}:{number}").choice(files)


def mutation(seed: int, number: int, files: Sequence[Path]) -> Mutation:
    chance = random.Random(f"{seed}:{number}")
    path = chance.choice(files)
    data = path.read_bytes()
    ways: list[Callable[[random.Random, bytes], bytes]] = [
        _flip,
        _cut_off,
        _cut_out,
        _insert,
        _repeat,
        _numbers,
        _tokens,
    ]
    if path.suffix == ".pdf":
        ways += [_objects, _objects, _objects, _contents, _contents]
    way = chance.choice([*ways, _splice])
    try:
        changed = _splice(chance, data, chance.choice(files).read_bytes()) if way is _splice else way(chance, data)
    except Exception:  # somebody's file that qpdf cannot open or write
        way, changed = _flip, _flip(chance, data)
    return Mutation(f"{number}-{way.__name__.strip('_')}-{path.name}", changed)


def _flip(chance: random.Random, data: bytes) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.choice((1, 1, 4, 16, 64, 256))):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def _cut_off(chance: random.Random, data: bytes) -> bytes:
    return data[: chance.randrange(1, len(data))]


def _cut_out(chance: random.Random, data: bytes) -> bytes:
    start = chance.randrange(len(data))
    return data[:start] + data[start + chance.choice((1, 10, 100, 1000, 5000)) :]


def _insert(chance: random.Random, data: bytes) -> bytes:
    at = chance.randrange(len(data))
    return data[:at] + chance.randbytes(chance.choice((1, 10, 100, 1000))) + data[at:]


def _repeat(chance: random.Random, data: bytes) -> bytes:
    start = chance.randrange(len(data))
    piece = data[start : start + chance.choice((10, 100, 1000))]
    return data[:start] + piece * chance.choice((2, 3, 50)) + data[start:]


def _splice(chance: random.Random, data: bytes, other: bytes = b"") -> bytes:
    return data[: chance.randrange(len(data))] + other[chance.randrange(len(other) or 1) :]


def _numbers(chance: random.Random, data: bytes) -> bytes:
    """Numbers that are not what a reader of the format expects."""
    places = [at for at in range(len(data) - 1) if 48 <= data[at] <= 57 and not 48 <= data[at - 1] <= 57]
    changed = data
    for at in sorted(chance.sample(places, min(len(places), chance.choice((1, 2, 8)))), reverse=True):
        end = at
        while end < len(changed) and 48 <= changed[end] <= 57:
            end += 1
        changed = changed[:at] + chance.choice(_NUMBERS) + changed[end:]
    return changed


def _tokens(chance: random.Random, data: bytes) -> bytes:
    changed = data
    for _ in range(chance.choice((1, 2, 6))):
        at = chance.randrange(len(changed))
        changed = changed[:at] + b" " + chance.choice(_TOKENS) + b" " + changed[at:]
    return changed


def _contents(chance: random.Random, data: bytes) -> bytes:
    """Bytes of what is within a stream, packed again as if nothing had happened."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        streams = [each for each in pdf.objects if isinstance(each, pikepdf.Stream)]
        for stream in chance.sample(streams, min(len(streams), chance.choice((1, 1, 3)))):
            try:
                content = stream.read_bytes()
            except pikepdf.PdfError:  # an image's codec
                content = stream.read_raw_bytes()
                stream.write(_flip(chance, content) if content else b"", filter=stream.get("/Filter"))
                continue
            if content:
                stream.write(chance.choice((_flip, _numbers, _tokens, _cut_out, _repeat))(chance, content))
        return _saved(pdf)


def _objects(chance: random.Random, data: bytes) -> bytes:
    """Values of dictionaries and arrays taken out, exchanged, or made to point where they should not."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        for _ in range(chance.choice((1, 1, 2, 5))):
            _change_object(chance, pdf)
        return _saved(pdf)


def _change_object(chance: random.Random, pdf: pikepdf.Pdf) -> None:
    holders: list[Any] = [each for each in pdf.objects if isinstance(each, Dictionary | pikepdf.Stream | Array)]
    holder = chance.choice(holders)
    if isinstance(holder, Array):
        if len(holder):
            holder[chance.randrange(len(holder))] = _value(chance, holders)
        return
    keys = sorted(holder.keys())
    key = chance.choice(keys) if keys else "/Type"
    if chance.random() < 0.25 and key not in ("/Length",):
        del holder[key]
        return
    if key == "/Length":  # belongs to the writer
        return
    inner = holder[key]
    if isinstance(inner, Array) and len(inner) and chance.random() < 0.6:
        inner[chance.randrange(len(inner))] = _value(chance, holders)
    else:
        holder[key] = _value(chance, holders)


def _value(chance: random.Random, holders: Sequence[Any]) -> Any:
    other = chance.choice(holders)
    return chance.choice(
        (
            0, -1, 1, 3, 10**6, 2**31 - 1, -(2**31), 0.5, -1e30, 1e30, True,
            Name.Page, Name.Pages, Name.Nonsense, Name.FlateDecode, Name.DeviceCMYK,
            String(""), String("x" * 5000), String("\udcff\x00".encode("utf-8", "surrogateescape")),
            Array([]), Array([0, 0, 0, 0]), Array([1e9, 0, 0, 1e9, 0, 0]), Dictionary(),
            other, other, other, Array([other] * 3),
        )
    )  # fmt: skip


def _saved(pdf: pikepdf.Pdf) -> bytes:
    out = io.BytesIO()
    pdf.save(out, static_id=True, fix_metadata_version=False)
    return out.getvalue()
