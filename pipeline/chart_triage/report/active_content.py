"""Takes everything out of a PDF that acts by itself: an export must be safe to open anywhere.

Scripts, actions on opening, actions that leave the document for a program, a form server or another file, embedded
files, multimedia, XFA forms, and contents that a viewer would fetch from another file go. What stays: page content,
ordinary annotations, form fields with their values, outlines, links within the document and to web pages.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pikepdf

# Keys that hold something active wherever they stand: additional actions, scripts, attachments, XFA, presentations,
# multimedia by name, pages of other files shown in this one (/Ref), and what a viewer must be able to run.
_ACTIVE_KEYS = (
    "/AA", "/OpenAction", "/JS", "/JavaScript", "/EmbeddedFiles", "/AF", "/EF", "/XFA", "/Collection",
    "/AlternatePresentations", "/Renditions", "/RichMediaContent", "/Ref", "/OPI", "/Requirements",
)  # fmt: skip
# A stream whose bytes are said to be in another file, which a viewer would open.
_ELSEWHERE = ("/F", "/FFilter", "/FDecodeParms")
_ACTION_KEYS = ("/A", "/PA", "/Next")
_HARMLESS_ACTIONS = {"/GoTo", "/URI", "/Named", "/Thread"}
_HARMLESS_NAMES = {"/NextPage", "/PrevPage", "/FirstPage", "/LastPage"}
_HARMLESS_SCHEMES = ("http:", "https:", "mailto:", "tel:")
_CONTAINERS = (pikepdf.Dictionary, pikepdf.Stream, pikepdf.Array)
_ACTIVE_ANNOTATIONS = {"/FileAttachment", "/RichMedia", "/Screen", "/Movie", "/Sound", "/3D"}


def remove_active_content(pdf: pikepdf.Pdf) -> None:
    """Changes `pdf` in place. Pages' contents are not touched."""
    for dictionary in _dictionaries(pdf):
        for key in _ACTIVE_KEYS:
            if key in dictionary:
                del dictionary[key]
        if isinstance(dictionary, pikepdf.Stream):
            for key in _ELSEWHERE:
                if key in dictionary:
                    del dictionary[key]
        for key in _ACTION_KEYS:
            if key in dictionary and _is_unsafe(dictionary[key]):
                del dictionary[key]
    for page in pdf.pages:
        _remove_annotations(page)
    if "/Perms" in pdf.Root:  # a certified document's permissions: no longer true of a changed copy
        del pdf.Root["/Perms"]


def _dictionaries(pdf: pikepdf.Pdf) -> Iterator[Any]:
    """Every dictionary of the file, those of streams and those nested in others included."""
    pending = [obj for obj in [*pdf.objects, pdf.trailer] if isinstance(obj, _CONTAINERS)]
    while pending:
        obj = pending.pop()
        if isinstance(obj, pikepdf.Array):
            children = list(obj)
        else:
            yield obj
            children = [obj[key] for key in obj.keys()]  # noqa: SIM118 - iterating an object is not iterating its keys
        pending += [child for child in children if isinstance(child, _CONTAINERS) and not child.is_indirect]


def _is_unsafe(value: Any) -> bool:
    """Whether `value` is an action (or an array of actions) that does more than move within the document."""
    if isinstance(value, pikepdf.Array):
        return any(_is_unsafe(one) for one in value)
    if not isinstance(value, pikepdf.Dictionary) or "/S" not in value:
        return False  # an attribute object of the structure tree also uses the key /A
    kind = _written(value["/S"])
    if kind == "/Named":
        return _written(value.get("/N")) not in _HARMLESS_NAMES
    if kind == "/URI":
        return not _written(value.get("/URI", "")).strip().lower().startswith(_HARMLESS_SCHEMES)
    return kind not in _HARMLESS_ACTIONS


def _written(value: Any) -> str:
    """A name or a string; nothing for bytes that are no text."""
    try:
        return str(value)
    except UnicodeDecodeError:
        return ""


def _remove_annotations(page: pikepdf.Page) -> None:
    annotations = page.obj.get("/Annots")
    if not isinstance(annotations, pikepdf.Array):
        return
    kept = [
        one
        for one in annotations
        if isinstance(one, pikepdf.Dictionary) and _written(one.get("/Subtype")) not in _ACTIVE_ANNOTATIONS
    ]
    page.obj["/Annots"] = pikepdf.Array(kept)
