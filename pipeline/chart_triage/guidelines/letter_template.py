"""Checks `request_letter.md`, the template of the letter that asks the sender for records.

It is a text with values in `{{ }}`, and `{% if %}` and `{% for %}`. Nothing else of the template language is allowed:
no filters, calls or arithmetic, and no loop within a loop. So a template can neither run anything nor grow without end.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from jinja2 import Environment, TemplateSyntaxError, nodes

from chart_triage.guidelines.problems import Problem, unknown
from chart_triage.guidelines.sent_words import reads_like_a_decision
from chart_triage.records.letter import LetterData, LetterItem

NAME = "request_letter.md"
_MOST = 20_000  # characters
_LISTS: dict[str, tuple[str, ...]] = {"asked": tuple(LetterItem.model_fields), "site_address": ()}
_PLAIN = (nodes.Template, nodes.Output, nodes.TemplateData, nodes.Const, nodes.And, nodes.Or, nodes.Not, nodes.If)
_TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}")
_ALLOWED = "only {{ a value }}, {% if %}, {% for %}, `and`, `or` and `not` may stand here"


def read_letter(path: Path) -> tuple[str, list[Problem]]:
    """The template's text and all that is wrong with it; "" where the folder has none: then no letter is written."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return "", []
    except (OSError, UnicodeDecodeError):
        return "", [Problem(path.name, 0, "cannot be read as UTF-8 text; save it with the encoding UTF-8")]
    if len(text) > _MOST:
        return "", [Problem(path.name, 0, f"is longer than {_MOST:,} characters; a letter is a page or two")]
    problems = [Problem(path.name, line, message) for line, message in _problems(text)]
    return text, problems


def _problems(text: str) -> Iterator[tuple[int, str]]:
    try:
        tree = Environment().parse(text)  # read, never run
    except TemplateSyntaxError as error:
        yield error.lineno, f"cannot be read as a template ({error.message}); check the braces near this line"
        return
    yield from _misfits(tree, {}, looping=False)
    listed = [loop for loop in tree.find_all(nodes.For) if isinstance(loop.iter, nodes.Name)]
    if not any(loop.iter.name == "asked" for loop in listed if isinstance(loop.iter, nodes.Name)):
        yield 0, "never lists what is asked for; add {% for item in asked %} ... {{ item.text }} ... {% endfor %}"
    for number, line in enumerate(text.splitlines(), 1):
        words = _TAG.sub("", line)
        if words.count("**") % 2:
            yield number, "a ** has no partner on this line; bold words stand between two **, on one line"
        message = reads_like_a_decision(words)
        if message:
            yield number, message


def _misfits(node: nodes.Node, items: Mapping[str, tuple[str, ...]], *, looping: bool) -> Iterator[tuple[int, str]]:
    """`items`: the names that a loop gives to the things of a list, with their fields."""
    if isinstance(node, nodes.For):
        yield from _loop(node, items, looping=looping)
    elif isinstance(node, nodes.Name):
        if node.name not in items and node.name not in LetterData.model_fields:
            yield node.lineno, unknown("name", node.name, [*LetterData.model_fields, *items])
    elif isinstance(node, nodes.Getattr):
        fields = items.get(node.node.name, ()) if isinstance(node.node, nodes.Name) else ()
        if node.attr not in fields:
            yield node.lineno, unknown("field", node.attr, fields)
    elif isinstance(node, _PLAIN):
        for child in node.iter_child_nodes():
            yield from _misfits(child, items, looping=looping)
    else:
        yield node.lineno, f"'{type(node).__name__.lower()}' is not allowed in a letter; {_ALLOWED}"


def _loop(node: nodes.For, items: Mapping[str, tuple[str, ...]], *, looping: bool) -> Iterator[tuple[int, str]]:
    source = node.iter.name if isinstance(node.iter, nodes.Name) else ""
    plain = isinstance(node.target, nodes.Name) and not (node.test or node.else_ or node.recursive)
    if looping or not plain:
        yield node.lineno, "a loop is written {% for item in asked %} ... {% endfor %}, and not within another loop"
    elif source not in _LISTS:
        yield node.lineno, unknown("list", source, _LISTS)
    else:
        assert isinstance(node.target, nodes.Name)
        named = {**items, node.target.name: _LISTS[source]}
        for child in node.body:
            yield from _misfits(child, named, looping=True)
