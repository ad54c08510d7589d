"""Charts with names, numbers and rare words in every place where a file can hold some, and a search for them.

No word of `PLANTED` occurs anywhere in the program, its data or its libraries, so that a hit is a leak.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

import pikepdf
from PIL import Image, ImageDraw, ImageFont, TiffImagePlugin
from reportlab.pdfgen.canvas import Canvas

PATIENT, BIRTH, NUMBER, PHONE = "Quillfeather", "1961-07-23", "80417763", "555-014-7781"
TEXT, TITLE, FIELD, NOTE = "zwitterglint", "Marrowbeck", "Pimpernickel", "Obsidianna"
ATTACHED, BOOKMARK, SCANNED, TAG = "Vexillaria", "Umbrelwick", "BRACKENTHWAITE", "Larkspurrow"
BROKEN, SEALED, SCRIPT, CRASH = "Gossamerly", "Halberdine", "Tintagelow", "Wobblecrash"
FILE = "Ulverstone"
PLANTED = (
    PATIENT, BIRTH, "07/23/1961", NUMBER, PHONE, TEXT, TITLE, FIELD, NOTE, ATTACHED, BOOKMARK, SCANNED, TAG, BROKEN,
    SEALED, SCRIPT, CRASH,
)  # fmt: skip
PASSWORD = "Kestrelmoor"

_LINES = (
    f"Patient: {PATIENT}, Thessalia   DOB: 07/23/1961   MRN: {NUMBER}   Phone {PHONE}",
    "Date of visit: 03/02/2026",
    f"Known glioblastoma; the word {TEXT} stands here. New enhancement on MRI is indeterminate.",
    "Recurrence versus radiation necrosis; MR spectroscopy is requested. No pacemaker.",
)


class Planted(NamedTuple):
    """Names of files and their bytes. Those in `refused` hold no chart that can be read."""

    files: dict[str, bytes]
    refused: frozenset[str]


def charts() -> Planted:
    """One file for each kind and fault; every file name holds `FILE`, as a sender's would."""
    whole = _pdf(_LINES)
    crash = f"{CRASH} {PATIENT}"
    files = {
        f"{FILE}_everything.pdf": _with_everything(whole),
        f"{FILE}_scan.tif": _scan(),
        f"{FILE}_note.txt": "\n".join((*_LINES, "")).encode(),
        f"{FILE}_stream.pdf": _broken_stream(whole),
        f"{FILE}_cut.pdf": _pdf((f"{BROKEN} {PATIENT}", *_LINES))[:300],
        f"{FILE}_garbage.pdf": f"%PDF-1.7\n1 0 obj << /Title ({BROKEN}) /Kids [{BROKEN} >>".encode(),
        f"{FILE}_sealed.pdf": _sealed(),
        f"{FILE}_binary.txt": f"{BROKEN}\x00\x01\x02".encode() * 50,
        f"{FILE}_indexing.txt": f"indexing {crash}".encode(),
        f"{FILE}_drawing.txt": f"drawing {crash}\nNo pacemaker.".encode(),
    }
    refused = ("cut.pdf", "garbage.pdf", "sealed.pdf", "binary.txt")
    return Planted(files, frozenset(f"{FILE}_{name}" for name in refused))


def leaks(found: Mapping[str, str | bytes], words: Iterable[str] = (*PLANTED, FILE, PASSWORD)) -> list[str]:
    """`where: word` for each of `words` in what was found at a place; upper and lower case are one."""
    told = {
        place: (text if isinstance(text, str) else text.decode("utf-8", "replace")).casefold()
        for place, text in found.items()
    }
    return [f"{place}: {word}" for place, text in told.items() for word in words if word.casefold() in text]


def everything_in(folder: Path) -> dict[str, bytes]:
    """All files below a folder, and their names."""
    files = {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    return files | {"names of files": "\n".join(files).encode()}


def _pdf(lines: Iterable[str]) -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, pageCompression=0)
    canvas.setFont("Helvetica", 10)
    for row, line in enumerate(lines):
        canvas.drawString(60, 740 - 16 * row, line)
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def _with_everything(whole: bytes) -> bytes:
    with pikepdf.open(io.BytesIO(whole)) as pdf:
        pdf.docinfo["/Title"] = f"Chart of {TITLE}"
        with pdf.open_metadata() as metadata:
            metadata["dc:creator"] = [TITLE]
        box = pikepdf.Array([60, 600, 200, 620])
        field = pikepdf.Dictionary(
            Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Widget, FT=pikepdf.Name.Tx, T=f"name_{FIELD}", V=FIELD,
            Rect=box, DA="/Helv 10 Tf 0 g",
        )  # fmt: skip
        note = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Text, Contents=NOTE, T=NOTE, Rect=box)
        field, note = pdf.make_indirect(field), pdf.make_indirect(note)
        pdf.pages[0].Annots = pdf.make_indirect(pikepdf.Array([field, note]))
        pdf.Root.AcroForm = pikepdf.Dictionary(Fields=pikepdf.Array([field]), NeedAppearances=True)
        pdf.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=f"app.alert('{SCRIPT}')")
        pdf.attachments[f"{ATTACHED}.txt"] = pikepdf.AttachedFileSpec(pdf, ATTACHED.encode())
        with pdf.open_outline() as outline:
            outline.root.append(pikepdf.OutlineItem(BOOKMARK, 0))
        out = io.BytesIO()
        pdf.save(out)
    return out.getvalue()


def _scan() -> bytes:
    """A page without a text layer; what it says is in the pixels, and in the tags of the file."""
    image = Image.new("L", (1700, 1100), 255)
    draw = ImageDraw.Draw(image)
    font = ImageFont.load_default(40)
    draw.text((120, 120), f"PATIENT: {SCANNED}   MRN {NUMBER}", fill=0, font=font)
    for row, line in enumerate(_LINES[2:]):
        draw.text((120, 220 + 80 * row), line[:70], fill=0, font=font)
    tags = TiffImagePlugin.ImageFileDirectory_v2()
    tags[270], tags[315] = TAG, TAG
    out = io.BytesIO()
    image.save(out, "TIFF", dpi=(200, 200), tiffinfo=tags)
    return out.getvalue()


def _broken_stream(whole: bytes) -> bytes:
    """Operators that no reader knows, made of words; lengths and cross references that do not fit."""
    return whole.replace(b"BT", f"({BROKEN}) {BROKEN} Do BT".encode()).replace(b"/Length", b"/Lengthy")


def _sealed() -> bytes:
    with pikepdf.open(io.BytesIO(_pdf((f"{SEALED} {PATIENT}",)))) as pdf:
        pdf.docinfo["/Title"] = SEALED
        out = io.BytesIO()
        pdf.save(out, encryption=pikepdf.Encryption(owner=PASSWORD, user=PASSWORD))
    return out.getvalue()
