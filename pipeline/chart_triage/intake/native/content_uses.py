"""Which names a content stream has executed, and how often: forms, patterns, groups of soft masks, Type 3 glyphs."""

from __future__ import annotations

import re
from collections import Counter, defaultdict, deque
from dataclasses import dataclass, field
from typing import NamedTuple

ANY = ""
"""The name of what is drawn by no name that could be made out: it may be any."""

_BEGIN = rb"(?<![^\s\x00<>\[\](){}%])"
_END = rb"(?=[\s\x00/<>\[\](){}%]|$)"
_NAME = rb"[^\s\x00/<>\[\](){}%]*"
_DO = re.compile(_BEGIN + rb"Do" + _END)
_NAME_BEFORE = re.compile(rb"/(" + _NAME + rb")[\s\x00]*$")
_LONGEST_NAME = 160  # bytes before an operator in which its operand stands
_STEP = re.compile(
    rb"/(?P<name>" + _NAME + rb")[\s\x00]*(?P<set>gs|scn|SCN|[-+.\d]+[\s\x00]+Tf)" + _END
    + rb"|" + _BEGIN + rb"(?P<operator>q|Q|f\*?|F|B\*?|b\*?|S|s|Do|scn?|SCN?|[gG]|rg|RG|[kK]|cs|CS)" + _END
    + rb"|(?P<text>TJ|Tj|'|\")" + _END
)  # fmt: skip
_STRING = re.compile(rb"\(((?:[^\\()]|\\.)*)\)|<([0-9A-Fa-f\s]*)>", re.DOTALL)
_ESCAPE = re.compile(rb"\\([0-7]{1,3}|\r\n|.)", re.DOTALL)
_HASH = re.compile(rb"#([0-9A-Fa-f]{2})")
_DEEPEST = 1_000  # graphics states that are remembered
_PAINT = frozenset((b"f", b"f*", b"F", b"B", b"B*", b"b", b"b*", b"S", b"s", b"Do"))
_FILL_COLOUR = frozenset((b"scn", b"sc", b"g", b"rg", b"k", b"cs"))
_STROKE_COLOUR = frozenset((b"SCN", b"SC", b"G", b"RG", b"K", b"CS"))


@dataclass(frozen=True, slots=True)
class Uses:
    """`named`: how often an entry of the resources is executed, by category and name ("/XObject", "/Fm0"), or ANY.
    `shown`: how often each character code of a font is, by the font's name."""

    named: Counter[tuple[str, str]] = field(default_factory=Counter)
    shown: dict[str, Counter[int]] = field(default_factory=dict)


class _State(NamedTuple):
    """Names in the resources: colours, the graphics state, the font."""

    fill: str | None = None
    stroke: str | None = None
    graphics: str | None = None
    font: str | None = None

    def painted(self) -> list[tuple[str, str]]:
        colours = [("/Pattern", name) for name in (self.fill, self.stroke) if name is not None]
        return colours if self.graphics is None else [*colours, ("/ExtGState", self.graphics)]


def uses_of(content: bytes, *, with_states: bool) -> Uses:
    """What `content` has executed. Without states: drawn XObjects alone, which is much faster.

    Patterns count for each shape painted while one is the colour, graphics states for each thing painted while one is
    set, and fonts for each character. More is counted than is drawn where words of a string or the bytes of an inline
    image read like operators.
    """
    uses = Uses()
    for match in _DO.finditer(content):
        uses.named["/XObject", _name_before(content, match.start())] += 1
    if with_states:
        _add_states(uses, content)
    return uses


def _name_before(content: bytes, end: int) -> str:
    found = _NAME_BEFORE.search(content, max(0, end - _LONGEST_NAME), end)
    return _name(found[1]) if found else ANY


def _name(written: bytes) -> str:
    if b"#" in written:
        written = _HASH.sub(lambda match: bytes([int(match[1], 16)]), written)
    return "/" + written.decode("utf-8", "replace")


def _add_states(uses: Uses, content: bytes) -> None:
    shown: defaultdict[str, Counter[int]] = defaultdict(Counter)
    state, kept, at = _State(), deque[_State](maxlen=_DEEPEST), 0
    for step in _STEP.finditer(content):
        operator = step["operator"]
        if step["set"]:
            state = _after(state, step["set"], _name(step["name"]))
        elif step["text"]:
            uses.named.update(state.painted())
            if state.font is not None:
                shown[state.font].update(_codes(content[at : step.start()]))
        elif operator == b"q":
            kept.append(state)
        elif operator == b"Q":
            state = kept.pop() if kept else state
        elif operator in _PAINT:
            uses.named.update(state.painted())
        elif operator in _FILL_COLOUR:
            state = state._replace(fill=None)
        elif operator in _STROKE_COLOUR:
            state = state._replace(stroke=None)
        at = step.end()
    uses.shown.update(shown)


def _after(state: _State, operator: bytes, name: str) -> _State:
    match operator:
        case b"gs":
            return state._replace(graphics=name)
        case b"scn":
            return state._replace(fill=name)
        case b"SCN":
            return state._replace(stroke=name)
        case _:
            return state._replace(font=name)


def _codes(content: bytes) -> Counter[int]:
    """How often each byte is shown by the strings in `content`."""
    codes: Counter[int] = Counter()
    for match in _STRING.finditer(content):
        if match[1] is not None:
            codes.update(_ESCAPE.sub(_unescaped, match[1]))
        else:
            digits = b"".join(match[2].split())
            codes.update(bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode("ascii")))
    return codes


def _unescaped(match: re.Match[bytes]) -> bytes:
    return bytes([int(match[1], 8) & 0xFF]) if match[1][:1] in b"01234567" else match[1]
