"""What `guideline diff` tells of two versions: everything that changed, by number, and nothing else."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from chart_triage.guidelines import Difference, compare, compare_files, load, show_differences
from chart_triage.records.guideline import Guideline, Node, OtherSpec, SafetyList, Scope

CARDIAC = load(Path(__file__).parent / "cardiac-mri-2027")
CHANGED = "something else"


def told(differences: tuple[Difference, ...]) -> list[tuple[str, ...]]:
    return [(d.part, d.at, d.what, d.field) if d.field else (d.part, d.at, d.what) for d in differences]


def edited(cardiac: Path, *replacements: tuple[str, str], file: str = "guideline.yaml") -> Guideline:
    """The guideline once more, with some of its text replaced."""
    text = (cardiac / file).read_text()
    for old, new in replacements:
        assert old in text
        text = text.replace(old, new, 1)
    (cardiac / file).write_text(text)
    return load(cardiac)


def test_a_guideline_does_not_differ_from_itself_nor_by_comments_and_the_order_of_rows(cardiac: Path) -> None:
    assert compare(CARDIAC, load(cardiac)) == ()
    assert show_differences(CARDIAC, load(cardiac), ()).endswith("\n\nno differences\n")
    header, first, *others = (cardiac / "terms.csv").read_text().splitlines()
    (cardiac / "terms.csv").write_text("\n".join([header, *others, first]) + "\n")
    after = edited(cardiac, ("scope:", "# where it is about\nscope:"))
    assert compare(CARDIAC, after) == ()
    assert show_differences(CARDIAC, after, ()).endswith("no differences but comments and the order of rows\n")


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("label: Any cardiomyopathy", "label: Cardiomyopathy of any kind", [("criterion", "A.1", "changed", "label")]),
        ("within: section", "within: sentence", [("criterion", "A.2", "changed", "within")]),
        ("references: [1]", "references: [1, 2]", [("criterion", "A", "changed", "references")]),
        (
            "finding: cardiomyopathy\n",
            "finding: cardiomyopathy\n        supports: [present, uncertain]\n",
            [("criterion", "A.1", "changed", "supports")],
        ),
        ("number: A.1", "number: A.7", [("criterion", "A.7", "moved")]),
        ("number: C\n", "number: D\n", [("criterion", "D", "moved")]),
        ("    facet: thrombus\n", "    facet: myxoma\n", [("criterion", "C", "changed", "facet")]),
        ("A mass is named", "A mass was named", [("criterion", "C", "changed", "notes")]),
        (
            "    within: sentence\n    all_of:",
            "    missing: either\n    any_of:",
            [
                ("criterion", "B", "changed", "logic"),
                ("criterion", "B", "changed", "missing"),
                ("criterion", "B", "changed", "within"),
            ],
        ),
        (
            "      - {finding: viability,",
            "      - {finding: mass, label: A mass, missing: a mass}\n      - {finding: viability,",
            [("criterion", "B / A mass", "added")],
        ),
        ("accepts_conditional: true", "window: {days: 42, before: [note]}", [
            ("safety", "pacemaker", "changed", "accepts_conditional"), ("safety", "pacemaker", "changed", "window"),
        ]),
        ("label: MRI safety", "label: Safety", [("safety", "list", "changed", "label")]),
        ("Cardiomyopathy, kind", "Heart muscle, kind", [("concept", "cardiomyopathy", "changed", "label")]),
        ("myxoma: myxoma", "myxoma: a myxoma", [("concept", "mass_differential", "changed", "facets")]),
        ("label: Another implant", "label: Implant", [("other", "other_implant", "changed", "label")]),
        ('"75561"', '"75557"', [("about", "CPT 75561", "removed"), ("about", "CPT 75557", "added")]),
        ("ages: adults", "ages: all", [("about", "scope", "changed", "ages")]),
        ("CM: centimetre, chief medical", "CM: centimetre", [("about", "ambiguous", "changed")]),
        ("1(1)", "1(3)", [("reference", "1", "changed")]),
        ("2027-01-01", "2027-02-01", [("about", "effective", "changed")]),
    ],
    ids=lambda value: value[:40] if isinstance(value, str) else "",
)  # fmt: skip
def test_a_change_is_told_by_number_and_field(
    cardiac: Path, old: str, new: str, expected: list[tuple[str, ...]]
) -> None:
    assert told(compare(CARDIAC, edited(cardiac, (old, new)))) == expected


def test_old_and_new_values_are_told(cardiac: Path) -> None:
    after = edited(cardiac, ("accepts_conditional: true", "window: {days: 42, before: [note]}"), ("A.1", "A.3"))
    moved, accepts, window = compare(CARDIAC, after)
    assert (moved.old, moved.new) == ("A.1", "A.3")
    assert (accepts.old, accepts.new) == (True, False)
    assert (window.old, window.new) == (None, {"days": 42, "before": ["note"]})
    printed = show_differences(CARDIAC, after, (moved, accepts, window))
    assert "\n  > A.3  was A.1\n" in printed
    assert "\n  ~ pacemaker  accepts_conditional: yes -> no\n" in printed
    assert printed.endswith("\n3 differences\n")


def test_terms_are_told_by_concept_with_their_rows(cardiac: Path) -> None:
    after = edited(
        cardiac,
        ("pacemaker,pacemaker,literal,,,,invented\n", "pacemaker,pacemaker,literal,,,,a catalogue\n"),
        ("mass,cardiac mass,literal,,,,invented\n", "mass,mass of the heart,literal,,,,invented\n"),
        file="terms.csv",
    )
    found = compare(CARDIAC, after)
    assert told(found) == [("term", "mass", "removed"), ("term", "pacemaker", "changed"), ("term", "mass", "added")]
    printed = show_differences(CARDIAC, after, found)
    assert "  mass: 1 added, 1 removed\n    - cardiac mass (literal; source invented)\n" in printed
    assert "    ~ pacemaker (literal): source: invented -> a catalogue\n" in printed


def test_other_files_of_the_folder_are_told_by_name(cardiac: Path, tmp_path: Path) -> None:
    before = Path(shutil.copytree(cardiac, tmp_path / "before"))
    (before / "letter.txt").write_text("Dear reader\n")
    (before / "logo.bin").write_bytes(b"\xff\x00")
    (cardiac / "logo.bin").write_bytes(b"\xff\x01")
    (cardiac / "notice.txt").write_text("")
    examples = cardiac / "examples.yaml"
    examples.write_text(examples.read_text() + "- text: No mass.\n  expect: {mass: absent}\n")
    found = compare_files(before, cardiac)
    assert told(found) == [
        ("file", "examples.yaml", "changed"),
        ("file", "letter.txt", "removed"),
        ("file", "logo.bin", "changed"),
        ("file", "notice.txt", "added"),
    ]
    assert found[0].new == "2 lines added, 0 removed"


TREE = {"any_of", "all_of", "number"}  # compared as criteria, see above
KEYS = {"concept", "kind"}  # of a list's entries: another key is another entry


def changed(record: BaseModel, skip: set[str]) -> list[tuple[str, Any]]:
    """Copies of `record`, each with another field changed."""
    fields = [field for field in type(record).model_fields if field not in skip]
    assert fields
    return [(field, record.model_copy(update={field: CHANGED})) for field in fields]


def with_criterion(node: Node) -> Guideline:
    return CARDIAC.model_copy(update={"criteria": (*CARDIAC.criteria[:-1], node)})


def with_safety(safety: SafetyList) -> Guideline:
    return CARDIAC.model_copy(update={"contraindications": safety})


def with_other(other: OtherSpec) -> Guideline:
    return CARDIAC.model_copy(update={"others": (other,)})


def with_scope(scope: Scope) -> Guideline:
    return CARDIAC.model_copy(update={"scope": scope})


SAFETY = CARDIAC.contraindications
STRUCTURE = {"criteria", "contraindications", "terms", "sha256", "concepts", "codes", "changes", "others", "groups"}
EVERY_FIELD = [
    *((f"guideline.{f}", g) for f, g in changed(CARDIAC, STRUCTURE | {"references"})),
    *((f"criterion.{f}", with_criterion(n)) for f, n in changed(CARDIAC.criteria[-1], TREE | {"finding", "facet"})),
    *((f"safety.{f}", with_safety(s)) for f, s in changed(SAFETY, {"items"})),
    *(
        (f"item.{f}", with_safety(SAFETY.model_copy(update={"items": (item,)})))
        for f, item in changed(SAFETY.items[0], KEYS)
    ),
    *((f"other.{f}", with_other(o)) for f, o in changed(CARDIAC.others[0], KEYS)),
    *((f"scope.{f}", with_scope(s)) for f, s in changed(CARDIAC.scope, set())),
    *(
        (f"concept.{f}", CARDIAC.model_copy(update={"concepts": CARDIAC.concepts | {"mass": c}}))
        for f, c in changed(CARDIAC.concepts["mass"], set())
    ),
    *(
        (f"term.{f}", CARDIAC.model_copy(update={"terms": (*CARDIAC.terms[:-1], t)}))
        for f, t in changed(CARDIAC.terms[-1], {"line"})
    ),
]


@pytest.mark.parametrize(("field", "after"), EVERY_FIELD, ids=[name for name, _ in EVERY_FIELD])
def test_no_field_of_any_record_is_forgotten(field: str, after: Guideline) -> None:
    """Also one that is added to a record some day."""
    found = compare(CARDIAC, after)
    assert found
    assert show_differences(CARDIAC, after, found)


def leaf(name: str, number: int) -> Node:
    return Node(number=f"4.{number}", label=f"Disease {name}", finding=name, missing="a record")


@given(st.sets(st.sampled_from("abcdefghij")), st.sets(st.sampled_from("abcdefghij")))
def test_criteria_are_known_again_when_numbers_shift(old: set[str], new: set[str]) -> None:
    """Numbers run on without gaps in both versions, as they do in print."""

    def version(names: set[str]) -> Guideline:
        parts = tuple(leaf(name, number) for number, name in enumerate(sorted(names), 1))
        fixed = Node(label="Imaging", finding="mri", missing="a report")
        return CARDIAC.model_copy(
            update={"criteria": (Node(number="4", label="Disease and imaging", all_of=(fixed, *parts)),)}
        )

    numbers = [{name: f"4.{number}" for number, name in enumerate(sorted(names), 1)} for names in (old, new)]
    expected = {("criterion", numbers[0][name], "removed") for name in old - new}
    expected |= {("criterion", numbers[1][name], "added") for name in new - old}
    expected |= {("criterion", numbers[1][n], "moved") for n in old & new if numbers[0][n] != numbers[1][n]}
    found = told(compare(version(old), version(new)))
    assert set(found) == expected
    assert len(found) == len(expected)
