"""What is looked for in a PDF's bytes before a PDF library is given them: what unfolds too far or lies too deep.

A stream of a megabyte can unfold to a gigabyte, which pdfium does in memory. Only streams that could exceed the limit
are tried: deflate yields at most 1,032 bytes for one. What hides behind encryption, another filter or within an object
stream is not found here; it ends at the limits of the libraries (pdfium and qpdf read no deeper than some hundred
levels) and of the process that opens the file.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Iterator

from chart_triage.intake.limits import Limits

_MOST = 1032  # bytes out of one: zlib, "Maximum Expansion Factor"
_CHUNK = 1 << 16
_BEGIN = re.compile(rb"(?<!end)stream\r?\n")
_FILTER = re.compile(rb"/(?:FlateDecode|Fl)\b")
_TRIED = 3  # times the file: more than one where streams begin within streams, as they do in no ordinary file
_DICTIONARY = 600  # bytes before a stream in which its filters are named
_NEST = re.compile(rb"<<|>>|[\[\]]|\bendobj\b|(?<!end)stream\r?\n")


def check_unfolding(name: str, data: bytes, limits: Limits) -> None:
    """Raises InputError "unfolds_too_far" for a stream that unfolds to more than `limits.max_unfolded_bytes`, and
    "damaged" for thousands of streams without an end."""
    view = memoryview(data)
    end, tried, endless = -1, 0, 0
    for begin in _BEGIN.finditer(data):
        start = begin.end()
        if start <= end:
            endless += 1
            limits.check_endless(name, endless)
        else:
            end = data.find(b"endstream", start)
            end = len(data) if end < 0 else end
        if not _is_deflated(data[start : start + 2]):
            continue
        dictionary = data[max(0, begin.start() - _DICTIONARY) : begin.start()].rpartition(b" obj")[2]
        times = max(1, len(_FILTER.findall(dictionary)))
        if (end - start) * _MOST**times <= limits.max_unfolded_bytes:
            continue
        tried += end - start
        if tried > _TRIED * len(data):
            limits.check_unfolded(name, limits.max_unfolded_bytes + 1)
        chunks: Iterable[bytes] = (bytes(view[at : at + _CHUNK]) for at in range(start, end, _CHUNK))
        for _ in range(times):
            chunks = _unfolded(chunks)
        size = 0
        for chunk in chunks:
            size += len(chunk)
            if size > limits.max_unfolded_bytes:
                limits.check_unfolded(name, size)


def check_depth(name: str, data: bytes, limits: Limits) -> None:
    """Raises InputError "too_deep" for an object that lies within more others than `limits.max_depth`."""
    depth, at = 0, 0
    while found := _NEST.search(data, at):
        at = found.end()
        match found[0]:
            case b"<<" | b"[":
                depth += 1
                limits.check_depth(name, depth)
            case b">>" | b"]":
                depth = max(depth - 1, 0)
            case b"endobj":
                depth = 0
            case _:
                end = data.find(b"endstream", at)
                depth, at = 0, len(data) if end < 0 else end


def _is_deflated(start: bytes) -> bool:
    return len(start) == 2 and start[0] & 0x0F == 8 and (start[0] << 8 | start[1]) % 31 == 0


def _unfolded(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Inflated a piece at a time; ends where the data is broken, as a reader would."""
    unpacker = zlib.decompressobj()
    try:
        for chunk in chunks:
            rest = chunk
            while rest:
                yield unpacker.decompress(rest, _CHUNK)
                if unpacker.eof:
                    return
                rest = unpacker.unconsumed_tail
    except zlib.error:
        return
