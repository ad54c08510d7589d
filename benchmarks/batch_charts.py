"""Folders of charts for the batch benchmark. No two charts of a folder have the same bytes."""

from __future__ import annotations

import io
import sys
import zipfile
from itertools import cycle, islice
from pathlib import Path

import pikepdf

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "fixtures"))

import fax  # noqa: E402

FIXTURES = ROOT / "fixtures" / "charts"


def native(folder: Path, count: int) -> Path:
    """Copies of the fixtures' PDFs, one after another."""
    folder.mkdir(parents=True)
    for number, source in enumerate(islice(cycle(sorted(FIXTURES.glob("*.pdf"))), count)):
        (folder / f"{number:04}-{source.name}").write_bytes(source.read_bytes() + f"\n% copy {number}\n".encode())
    return folder


def faxes(folder: Path, count: int, pages: int = 4) -> Path:
    """Fine faxes of the first pages of the fixtures' PDFs, as TIFF files of bilevel pages."""
    folder.mkdir(parents=True)
    for number, source in enumerate(islice(cycle(sorted(FIXTURES.glob("*.pdf"))), count)):
        data = source.read_bytes()
        with pikepdf.open(io.BytesIO(data)) as pdf:
            chosen = range(1, min(pages, len(pdf.pages)) + 1)
        faxed = list(fax.fax_pages(data, fax.LEVELS["fine"], number, chosen))
        (folder / f"{number:04}-{source.stem}.tif").write_bytes(fax.encode(faxed, ".tif"))
    return folder


def notes(folder: Path, count: int, pdf_every: int = 5) -> Path:
    """Short notes, and now and then a native PDF."""
    folder.mkdir(parents=True)
    pdf = (FIXTURES / "rule-out-ms.pdf").read_bytes()
    for number in range(count):
        if number % pdf_every == pdf_every - 1:
            (folder / f"{number:04}.pdf").write_bytes(pdf + f"\n% copy {number}\n".encode())
            continue
        text = (
            f"Progress note {number}\nDate of visit: 2026-03-{number % 28 + 1:02}\n\nGlioblastoma, treated with "
            "radiation. New enhancement on MRI is indeterminate: recurrence versus radiation necrosis.\n"
            "No pacemaker. MR spectroscopy is requested.\n"
        )
        (folder / f"{number:04}.txt").write_text(text, encoding="utf-8")
    return folder


def mixed(folder: Path, count: int) -> set[str]:
    """Charts of which every tenth is none; the names of those."""
    notes(folder, count)
    bad = set()
    for number, (name, data) in zip(range(0, count, 10), cycle(_no_charts().items()), strict=False):
        for there in folder.glob(f"{number:04}.*"):
            there.unlink()
        path = folder / f"{number:04}-{name}"
        path.write_bytes(data)
        bad.add(path.name)
    return bad


def _no_charts() -> dict[str, bytes]:
    pdf = (FIXTURES / "rule-out-ms.pdf").read_bytes()
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        locked = io.BytesIO()
        opened.save(locked, encryption=pikepdf.Encryption(owner="owner", user="user"))
    with io.BytesIO() as packed, zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("word/document.xml", "<w:document/>")
        archive.close()
        office = packed.getvalue()
    return {
        "header-only.pdf": b"%PDF-1.7\n",
        "garbage.pdf": b"%PDF-1.7\n" + bytes(range(256)) * 40,
        "locked.pdf": locked.getvalue(),
        "recursive.pdf": _recursive(),
        "bomb.pdf": _bomb(),
        "empty.tif": b"",
        "cut.png": b"\x89PNG\r\n\x1a\n" + bytes(20),
        "letter.docx": office,
        "page.html": b"<!doctype html><p>not a chart</p>",
        "program.exe": b"MZ" + bytes(range(256)) * 4,
    }


def _recursive() -> bytes:
    """A page that draws itself for ever."""
    with pikepdf.new() as pdf, io.BytesIO() as out:
        page = pdf.add_blank_page()
        form = pdf.make_stream(b"/Self Do /Self Do")
        form.Type, form.Subtype, form.BBox = pikepdf.Name.XObject, pikepdf.Name.Form, [0, 0, 9, 9]
        form.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Self=form))
        page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Self=form))
        page.Contents = pdf.make_stream(b"/Self Do")
        pdf.save(out)
        return out.getvalue()


def _bomb() -> bytes:
    """A content stream that unfolds to 3 GB."""
    import zlib

    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(b" " * 10_000_000) for _ in range(300)) + packer.flush()
    with pikepdf.new() as pdf, io.BytesIO() as out:
        page = pdf.add_blank_page()
        stream = pdf.make_stream(b"")
        stream.write(packed, filter=pikepdf.Name.FlateDecode)
        page.Contents = stream
        pdf.save(out, compress_streams=False)
        return out.getvalue()
