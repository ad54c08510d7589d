"""Page images as PDF image streams, as small as they can be without harm to the type."""

from __future__ import annotations

import struct
from io import BytesIO
from typing import Any

import pikepdf
from pikepdf import Dictionary, Name
from PIL import Image

from chart_triage.intake.images import GreyPixels

_JPEG_QUALITY = 80
_HOPEFUL = 1.5  # times the JPEG: pages that fast compression leaves larger do not get smaller by slow compression
_ROWS_PER_STRIP, _STRIP_OFFSETS, _STRIP_BYTE_COUNTS = 278, 273, 279  # TIFF tags
_PNG_SIGNATURE = 8  # bytes


def image_stream(pdf: pikepdf.Pdf, pixels: GreyPixels) -> pikepdf.Stream:
    """`pixels` as an image XObject of `pdf`. Same pixels, same bytes.

    Black and white, whatever the file declared, is packed by CCITT G4 as on a fax line. Grey is kept without loss or
    as JPEG, whichever is smaller: clean drawings come out smaller without loss, scans as JPEG.
    """
    image = Image.fromarray(pixels)
    if not any(image.histogram()[1:255]):
        parameters = Dictionary(K=-1, Columns=image.width, Rows=image.height, BlackIs1=False)
        return _stream(pdf, _group4(image), image.size, 1, Name.CCITTFaxDecode, parameters)
    jpeg, flate = _jpeg(image), _flate(image, fast=True)
    if len(flate) < _HOPEFUL * len(jpeg):
        flate = _flate(image, fast=False)
    if len(jpeg) < len(flate):
        return _stream(pdf, jpeg, image.size, 8, Name.DCTDecode)
    rows = Dictionary(Predictor=15, Colors=1, BitsPerComponent=8, Columns=image.width)
    return _stream(pdf, flate, image.size, 8, Name.FlateDecode, rows)


def jpeg_stream(pdf: pikepdf.Pdf, jpeg: bytes, size: tuple[int, int], *, colour: bool) -> pikepdf.Stream:
    """A JPEG of `size` (columns, rows) as it came."""
    stream = _stream(pdf, jpeg, size, 8, Name.DCTDecode)
    if colour:
        stream["/ColorSpace"] = Name.DeviceRGB
    return stream


def _stream(
    pdf: pikepdf.Pdf, data: bytes, size: tuple[int, int], bits: int, decoder: Any, parameters: Any = None
) -> pikepdf.Stream:
    stream = pdf.make_stream(
        data,
        Type=Name.XObject,
        Subtype=Name.Image,
        Width=size[0],
        Height=size[1],
        ColorSpace=Name.DeviceGray,
        BitsPerComponent=bits,
        Filter=decoder,
    )
    if parameters is not None:
        stream["/DecodeParms"] = parameters
    return stream


def _group4(image: Image.Image) -> bytes:
    """T.6 code in one strip, ink as black runs. (libtiff codes set bits as black: the ink is set, not the paper.)"""
    ink = image.point(lambda value: 255 - value).convert("1", dither=Image.Dither.NONE)
    out = BytesIO()
    ink.save(out, "TIFF", compression="group4", tiffinfo={_ROWS_PER_STRIP: image.height})
    with Image.open(out, formats=["TIFF"]) as written:
        tags: Any = written.tag_v2  # type: ignore[attr-defined]
        (start,), (length,) = tags[_STRIP_OFFSETS], tags[_STRIP_BYTE_COUNTS]
    return out.getvalue()[start : start + length]


def _jpeg(image: Image.Image) -> bytes:
    out = BytesIO()
    image.save(out, "JPEG", quality=_JPEG_QUALITY)
    return out.getvalue()


def _flate(image: Image.Image, *, fast: bool) -> bytes:
    """The compressed rows of a PNG, which PDF reads as they are."""
    out = BytesIO()
    image.save(out, "PNG", compress_level=1 if fast else 6)
    data, at, rows = out.getvalue(), _PNG_SIGNATURE, []
    while at < len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        if kind == b"IDAT":
            rows.append(data[at + 8 : at + 8 + length])
        at += 12 + length
    return b"".join(rows)
