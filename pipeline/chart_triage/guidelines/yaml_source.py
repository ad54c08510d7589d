"""A YAML file as plain values, with the line of each of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import yaml

from chart_triage.guidelines.problems import Problem

Place = tuple[str | int, ...]
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class YamlSource(NamedTuple):
    """`data` is None where the file could not be read; `problems` then says why."""

    file: str
    data: Any
    lines: dict[Place, int]
    problems: list[Problem]

    def line(self, place: Place) -> int:
        """Line of the value at `place`, or of the nearest thing around it: 0 for the whole file."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 0)

    def problem(self, place: Place, message: str) -> Problem:
        return Problem(self.file, self.line(place), message)


def read_yaml(path: Path) -> YamlSource:
    """Reads one document; a missing file, bad encoding, bad syntax and doubled keys are problems."""
    source = YamlSource(path.name, None, {}, [])
    text = _text(path, source.problems)
    if text is None:
        return source
    loader = _Loader(text)
    try:
        node = loader.get_single_node()
        data = _Composer(loader, source).value(node, ()) if node is not None else None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        source.problems.append(Problem(path.name, mark.line + 1 if mark else 0, _syntax(error)))
        return source
    except yaml.YAMLError:
        source.problems.append(
            Problem(path.name, 0, "holds a character that YAML does not allow; save it as plain text")
        )
        return source
    finally:
        loader.dispose()
    if data is None:
        source.problems.append(Problem(path.name, 0, "is empty; see docs/guideline-authoring.md for what it needs"))
    return source._replace(data=data)


def _text(path: Path, problems: list[Problem]) -> str | None:
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        problems.append(Problem(path.name, 0, f"is missing in the folder {path.parent.name}; create it"))
    except UnicodeDecodeError:
        problems.append(Problem(path.name, 0, "is not UTF-8; save it with the encoding UTF-8"))
    return None


def _syntax(error: yaml.MarkedYAMLError) -> str:
    return f"not valid YAML ({error.problem or error.context}); check indentation, colons and quotes near this line"


class _Composer:
    """Turns nodes into values. PyYAML's own constructor forgets lines and lets a doubled key win silently."""

    def __init__(self, loader: Any, source: YamlSource) -> None:
        self._loader = loader
        self._source = source

    def value(self, node: yaml.Node, place: Place) -> Any:
        self._source.lines.setdefault(place, node.start_mark.line + 1)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, place)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, (*place, index)) for index, item in enumerate(node.value)]
        return self._scalar(node)

    def _mapping(self, node: yaml.MappingNode, place: Place) -> dict[str | int, Any]:
        values: dict[str | int, Any] = {}
        for key_node, value_node in node.value:
            key, line = self._key(key_node), key_node.start_mark.line + 1
            if key in values:
                first = self._source.lines[(*place, key)]
                message = f"'{key}' stands here a second time (first in line {first}); keep one"
                self._source.problems.append(Problem(self._source.file, line, message))
            self._source.lines[(*place, key)] = line
            values[key] = self.value(value_node, (*place, key))
        return values

    def _key(self, node: yaml.Node) -> str | int:
        key = self._scalar(node) if isinstance(node, yaml.ScalarNode) else None
        if isinstance(key, str) or (isinstance(key, int) and not isinstance(key, bool)):
            return key
        line = node.start_mark.line + 1
        shown = str(node.value) if isinstance(node, yaml.ScalarNode) else "this"
        message = f"YAML does not read '{shown}' as a name; put it in quotes"
        self._source.problems.append(Problem(self._source.file, line, message))
        return shown

    def _scalar(self, node: yaml.Node) -> Any:
        try:
            return self._loader.construct_object(node)
        except ValueError:  # 2026-02-31 is no date, so it stays text; who needs a date says so
            return node.value
