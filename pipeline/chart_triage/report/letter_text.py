"""The letter's template filled in: blocks of words that Word and PDF are made of alike.

The marks of the template (heading, list item, bold) are read before the values are put in, so that no value from a
chart or a caller can become one.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Any, Literal

from jinja2 import StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from chart_triage.records.letter import LetterData

_MOST = 400  # characters of a value
_OPEN, _CLOSE = "\ue000", "\ue001"  # private use: in no template (checked) and in no value (cleaned away)
_SLOT = re.compile(f"{_OPEN}(\\d+){_CLOSE}")


@dataclass(frozen=True, slots=True)
class Run:
    """Words in one weight."""

    text: str
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """A heading, a list item, or a paragraph of one or more lines."""

    kind: Literal["heading", "item", "paragraph"]
    lines: tuple[tuple[Run, ...], ...]

    @property
    def text(self) -> str:
        return "\n".join("".join(run.text for run in line) for line in self.lines)


def letter_blocks(template: str, data: LetterData) -> tuple[Block, ...]:
    """The letter, top to bottom. `template` has passed `guideline check`."""
    values: list[str] = []

    def slot(value: Any) -> str:
        values.append(_clean(str(value)))
        return f"{_OPEN}{len(values) - 1}{_CLOSE}"

    environment = ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined, finalize=slot
    )
    environment.globals.clear()
    environment.filters.clear()
    fields = {name: getattr(data, name) for name in LetterData.model_fields}
    marked = environment.from_string(template.replace(_OPEN, "").replace(_CLOSE, "")).render(fields)
    return tuple(_block(group, values) for group in _groups(marked))


def _clean(value: str) -> str:
    """On one line, without characters that are no writing: controls, direction marks, private use."""
    kept = "".join(" " if c.isspace() else c for c in value if c.isspace() or unicodedata.category(c)[0] != "C")
    return " ".join(kept.split())[:_MOST]


def _groups(marked: str) -> list[list[str]]:
    """Lines that belong together: a heading, a list item, or lines up to a blank one."""
    groups: list[list[str]] = []
    fresh = True
    for line in map(str.strip, marked.splitlines()):
        alone = line.startswith(("# ", "- "))
        if line and (fresh or alone):
            groups.append([line])
        elif line:
            groups[-1].append(line)
        fresh = alone or not line
    return groups


def _block(lines: list[str], values: list[str]) -> Block:
    first = lines[0]
    if first.startswith(("# ", "- ")):
        kind: Literal["heading", "item"] = "heading" if first.startswith("# ") else "item"
        return Block(kind, (_runs(first[2:], values),))
    return Block("paragraph", tuple(_runs(line, values) for line in lines))


def _runs(line: str, values: list[str]) -> tuple[Run, ...]:
    pieces = line.split("**")
    filled = [_SLOT.sub(lambda slot: values[int(slot[1])], piece) for piece in pieces]
    return tuple(Run(text, bold=index % 2 == 1) for index, text in enumerate(filled) if text)
