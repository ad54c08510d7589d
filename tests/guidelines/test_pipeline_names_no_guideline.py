"""A guideline is data: no concept, facet, group or criterion of the one that ships is named in the program."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import chart_triage
from chart_triage.guidelines import load

PACKAGE = Path(chart_triage.__file__).parent
MRS = load("healthhelp-mrs-2026")
KEYS = {
    *MRS.concepts,
    *MRS.groups,
    *(facet for spec in MRS.concepts.values() for facet in spec.facets),
    *(other.kind for other in MRS.others),
}
NUMBERS = {node.number for node in MRS.numbered() if node.number and "." in node.number}
# Words that are a concept's or a facet's key and English besides.
ALLOWED = {
    ("intake/layout/hyphenation.py", "grade"): "the tail of a compound: high-grade",
    # The labelled texts that figures are measured on name these criteria of the guideline that ships.
    **dict.fromkeys([("evaluation/gold.py", number) for number in ("1.a", "1.b", "1.c", "1.d")], "gold format"),
}


def strings(source: str) -> Iterator[str]:
    """The texts of a module that the program works with: docstrings and comments are for readers."""
    tree = ast.parse(source)
    spoken = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in spoken:
            yield node.value


def named(text: str) -> set[str]:
    return set(re.findall(r"\w+", text)) & KEYS | {text} & NUMBERS


def test_the_search_finds_what_it_is_for() -> None:
    source = '"""About krabbe."""\nRULE = {"4.b": r"krabbe|pacemaker"}  # melas\ndef f() -> str:\n    """leigh"""\n'
    assert set().union(*map(named, strings(source))) == {"4.b", "krabbe", "pacemaker"}


def test_no_key_or_number_of_the_guideline_stands_in_the_program() -> None:
    files = sorted(PACKAGE.rglob("*.py"))
    assert len(files) > 100
    found = {
        (path.relative_to(PACKAGE).as_posix(), name)
        for path in files
        for text in strings(path.read_text(encoding="utf-8"))
        for name in named(text)
    }
    assert found == set(ALLOWED)


def test_none_stands_in_the_templates_of_the_reports() -> None:
    templates = [path for path in (PACKAGE / "report" / "templates").iterdir() if path.is_file()]
    assert templates
    single = {key for key in KEYS if "_" in key}  # the others are English words, too
    assert {name for path in templates for name in named(path.read_text(encoding="utf-8")) if name in single} == set()
