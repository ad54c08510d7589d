"""docs/guideline-authoring.md is run: its worked example, its messages, conditions and patterns, and its fields."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from chart_triage.guidelines import check, load
from chart_triage.guidelines.term_language import SCOPES, condition_groups, pattern_groups
from chart_triage.guidelines.term_rows import WITH_STATES
from chart_triage.records.guideline import (
    Ask,
    ConceptKind,
    ConceptSpec,
    Contraindication,
    GroupSpec,
    Guideline,
    Node,
    Note,
    OtherSpec,
    RequestAsks,
    SafetyAsks,
    SafetyList,
    Scope,
)
from chart_triage.records.lexicon import TermKind

MANUAL = (Path(__file__).parents[2] / "docs" / "guideline-authoring.md").read_text(encoding="utf-8")


def lines_after(comment: str) -> list[str]:
    """The indented lines that follow a comment, without what is said about them."""
    block = re.search(rf"<!-- {comment}.*-->\n((?: {{4}}.*\n)+)", MANUAL)
    assert block
    return [line.strip() for line in block.group(1).splitlines()]


@pytest.fixture
def example(tmp_path: Path) -> Path:
    files = re.findall(r"<!-- file: (\S+) -->\n```\w+\n(.*?)```\n", MANUAL, flags=re.S)
    assert [name for name, _ in files] == [
        f"shoulder-mri-2027/{name}" for name in ("guideline.yaml", "terms.csv", "examples.yaml")
    ]
    for name, text in files:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path / "shoulder-mri-2027"


def test_the_worked_example_is_in_order(example: Path) -> None:
    assert check(example) == []
    assert [node.number for node in load(example).numbered()] == ["1", "2"]


def test_the_messages_are_what_check_says(example: Path) -> None:
    tree, terms = example / "guideline.yaml", example / "terms.csv"
    tree.write_text(tree.read_text().replace("finding: cuff_tear", "finding: cuff_teer"))
    terms.write_text(terms.read_text() + "cuff_tear,tear,litteral,,,,\n")
    assert lines_after("told:") == check(example)


def test_every_condition_and_pattern_can_be_read() -> None:
    conditions = [re.split(r"\s{2,}", line)[0] for line in lines_after("conditions")]
    patterns = [re.split(r"\s{2,}", line)[0] for line in lines_after("patterns")]
    assert [condition_groups(text) for text in conditions] == [["@shoulder"], ["@brain", "@oncology"]]
    assert [pattern_groups(text) for text in patterns] == [["@plan"], ["@tendon"], ["@recur", "@versus", "@necrosis"]]


def test_every_field_column_and_word_is_explained() -> None:
    explained = set(re.findall(r"`(\w+)`", MANUAL))
    models = (Ask, ConceptSpec, Contraindication, Guideline, GroupSpec, Node, Note, OtherSpec, RequestAsks)
    models += (SafetyAsks, SafetyList, Scope)
    fields = {field for model in models for field in model.model_fields} - {"terms", "request_letter", "sha256"}
    assert fields - explained == set()
    assert {*WITH_STATES, *SCOPES, *ConceptKind, *TermKind} - explained == set()
