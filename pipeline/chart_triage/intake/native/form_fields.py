"""Interactive form fields (AcroForm): what is ticked, chosen and typed, from the field's own values."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any, NamedTuple

import pikepdf

from chart_triage.intake.layout.placed import Rectangle
from chart_triage.intake.native.page_frame import PageFrame
from chart_triage.intake.native.pdf_file import PdfFile
from chart_triage.records.page import MarkState

_HIDDEN = 0b100010  # annotation flags: hidden, or not to be shown
_PASSWORD, _PUSH_BUTTON = 1 << 13, 1 << 16
_MAX_PARENTS = 16
_UNREADABLE = (pikepdf.PdfError, ValueError, TypeError, LookupError, AttributeError, RuntimeError)


class Button(NamedTuple):
    """A check box or radio button. `hint` is the field's tooltip."""

    state: MarkState
    place: Rectangle
    hint: str


class Entry(NamedTuple):
    """The value of a text or choice field; `lines` are not empty."""

    lines: tuple[str, ...]
    place: Rectangle


class Fields(NamedTuple):
    """`complete`: every field of the page could be read."""

    buttons: tuple[Button, ...]
    entries: tuple[Entry, ...]
    complete: bool


class FormReader:
    """Reads the widgets of a PDF's pages; opens the file a second time, so make one only where widgets are."""

    def __init__(self, file: PdfFile) -> None:
        try:
            self._pdf = pikepdf.open(io.BytesIO(file.data), password=file.password or "")
            self._pages = list(self._pdf.pages)  # asked for one by one, each takes time with the number of pages
        except _UNREADABLE:
            self._pdf = None

    def close(self) -> None:
        if self._pdf is not None:
            self._pdf.close()

    def read(self, index: int, frame: PageFrame) -> Fields:
        """The visible fields of the page `index` (0-based), in points of the upright page."""
        if self._pdf is None:
            return Fields((), (), complete=False)
        try:
            annotations = list(self._pages[index].obj.get("/Annots", []))
        except _UNREADABLE:
            return Fields((), (), complete=False)
        found: list[Button | Entry] = []
        complete = True
        for annotation in annotations:
            try:
                found.extend(_read_widget(annotation, frame))
            except _UNREADABLE:
                complete = False
        buttons = tuple(each for each in found if isinstance(each, Button))
        entries = tuple(each for each in found if isinstance(each, Entry))
        return Fields(buttons, entries, complete)


def _read_widget(annotation: Any, frame: PageFrame) -> Iterator[Button | Entry]:
    """The annotation's button or entry, if it is a visible form field that holds one."""
    if annotation.get("/Subtype") != "/Widget" or int(annotation.get("/F", 0)) & _HIDDEN:
        return
    place = _place(annotation, frame)
    kind = str(_inherited(annotation, "/FT"))
    flags = int(_inherited(annotation, "/Ff") or 0)
    if place is None:
        return
    if kind == "/Btn" and not flags & _PUSH_BUTTON:
        yield Button(_button_state(annotation), place, str(_inherited(annotation, "/TU") or "").strip())
    elif kind == "/Ch" or (kind == "/Tx" and not flags & _PASSWORD):
        lines = tuple(line.strip() for line in _value(annotation) if line.strip())
        if lines:
            yield Entry(lines, place)


def _place(widget: Any, frame: PageFrame) -> Rectangle | None:
    a, b, c, d = (float(v) for v in widget["/Rect"])
    return frame.clip(frame.rectangle(min(a, c), min(b, d), max(a, c), max(b, d)))


def _inherited(widget: Any, key: str) -> Any:
    """A field's attribute, from the widget or the nearest parent that has it."""
    node = widget
    for _ in range(_MAX_PARENTS):
        if key in node:
            return node[key]
        if "/Parent" not in node:
            return None
        node = node["/Parent"]
    return None


def _button_state(widget: Any) -> MarkState:
    """What the page shows (/AS) and what the field says (/V); unknown where they contradict each other."""
    shown = str(widget["/AS"]) if "/AS" in widget else None
    value = _inherited(widget, "/V")
    said = str(value) if value is not None else None
    on = _on_state(widget)
    if on is None and shown not in (None, "/Off"):
        on = shown
    says_on = said is not None and said != "/Off" and (on is None or said == on)
    if shown is None:  # viewers draw nothing, or build the look from the value: not to be relied on
        return MarkState.UNKNOWN if says_on else MarkState.UNTICKED
    if said is None or (shown != "/Off") == says_on:
        return MarkState.UNTICKED if shown == "/Off" else MarkState.TICKED
    return MarkState.UNKNOWN


def _on_state(widget: Any) -> str | None:
    """The name of the widget's ticked look."""
    try:
        names = [str(name) for name in widget["/AP"]["/N"].keys() if str(name) != "/Off"]  # noqa: SIM118
    except _UNREADABLE:
        return None
    return names[0] if len(names) == 1 else None


def _value(widget: Any) -> Iterator[str]:
    """The lines of a text field's value, or what a choice field shows for it."""
    value = _inherited(widget, "/V")
    if value is None:
        return
    shown = _choices(_inherited(widget, "/Opt"))
    for each in list(value) if isinstance(value, pikepdf.Array) else [value]:
        text = each.read_bytes().decode("utf-8", "replace") if isinstance(each, pikepdf.Stream) else str(each)
        yield from shown.get(text, text).splitlines()


def _choices(options: Any) -> dict[str, str]:
    """Export value to shown value, for the options that have both."""
    if not isinstance(options, pikepdf.Array):
        return {}
    pairs = [option for option in options if isinstance(option, pikepdf.Array) and len(option) == 2]
    return {str(pair[0]): str(pair[1]) for pair in pairs}
