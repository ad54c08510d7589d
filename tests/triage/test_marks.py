"""Which words on which pages ask for a fast decision."""

from __future__ import annotations

import csv
import json
import os
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml
from triage_pages import page

from chart_triage import resources
from chart_triage.records.chart_index import PageKind
from chart_triage.triage.marks import read_marks
from chart_triage.triage.phrases import Role, finder, table

LINES: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "marks.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("line", LINES, ids=lambda line: f"{line['kind']}: {line['text'][:50]}")
def test_a_line_says_how_fast_an_answer_is_asked_for(line: dict[str, str]) -> None:
    marks = read_marks(page(line["text"]), PageKind(line["kind"]))
    assert {mark.says.value for mark in marks} == ({line["says"]} if line["says"] else set())
    assert len(marks) <= 1


def test_a_mark_cites_its_words_and_boxes() -> None:
    found = page("Order\nPriority: STAT\nMRI brain")
    (mark,) = read_marks(found, PageKind.ORDER_FORM)
    assert mark.text == "Priority: STAT"
    assert mark.boxes == tuple((w.box.x0, w.box.y0, w.box.x1, w.box.y1) for w in found.words[1:3])


def test_a_stamp_in_the_running_head_counts() -> None:
    (mark,) = read_marks(page("Order for MR spectroscopy", head="URGENT"), PageKind.ORDER_FORM)
    assert (mark.says, mark.text, mark.boxes) == ("expedited", "URGENT", ((1, 1, 100, 12),))


def test_every_row_has_a_known_role_and_a_source() -> None:
    places = {"expedited": {"answer", "stamp", "request_page", "sentence", "prose"}, "standard": {"answer"}}
    places |= {"unless_before": {"near", "sentence", "start"}, "unless_after": {"word", "answer"}}
    with (resources.lexicons() / "shared" / "urgency.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) > 200
    assert {row["role"] for row in rows} == set(get_args(Role))
    for row in rows:
        assert row["where"] in places.get(row["role"], {""}), row
        assert row["source"], row
    keys = [(row["role"], row["phrase"], row["where"]) for row in rows]
    assert len(keys) == len(set(keys))


def test_no_word_asks_for_speed_and_for_none() -> None:
    assert table()
    for phrase in table():
        if phrase.role == "standard":
            assert not finder("expedited", "answer").match(phrase.words), phrase


NOTES = Path(os.environ.get("CHART_TRIAGE_EVAL_DIR", "")) / "eval" / "real-dev.jsonl"


@pytest.mark.skipif(not os.environ.get("CHART_TRIAGE_EVAL_DIR") or not NOTES.exists(), reason="no public notes at hand")
@pytest.mark.parametrize("kind", ["clinic_note", "correspondence", "other"])
def test_public_notes_and_case_reports_ask_for_no_fast_decision(kind: str) -> None:
    texts = [json.loads(line)["text"] for line in NOTES.read_text(encoding="utf-8").splitlines()]
    assert len(texts) > 100
    assert [number for number, text in enumerate(texts) if read_marks(page(text), PageKind(kind))] == []
