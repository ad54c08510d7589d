"""`determination.json` as other programs read it."""

from __future__ import annotations

import json

from report_charts import chart_of, determination_of, evidence, not_found, supported, text_chart, tumour_chart

from chart_triage.records.determination import Determination
from chart_triage.report import as_plain, to_json


def test_it_reads_back_as_the_same_determination() -> None:
    _, _, determination = tumour_chart()
    written = to_json(determination)
    read = Determination.model_validate_json(written)
    assert to_json(read) == written
    assert read.criteria.keys() == determination.criteria.keys()
    assert read.suggestion is determination.suggestion


def test_the_same_determination_gives_the_same_bytes_in_utf8_with_a_final_line_break() -> None:
    _, chart = chart_of([["glioblastoma naïve"]])
    determination = determination_of(chart, {"1": supported("Tumour – größer", evidence(chart, "naïve"))})
    written = to_json(determination)
    assert written == to_json(determination)
    assert written.endswith(b"}\n")
    assert "größer" in written.decode("utf-8")


def test_criteria_keep_the_order_of_the_guideline() -> None:
    _, _, determination = tumour_chart()
    assert list(json.loads(to_json(determination))["criteria"]) == ["1", "1.a", "1.b", "2", "4", "7"]


def test_evidence_has_the_published_fields() -> None:
    _, _, determination = tumour_chart()
    (found,) = json.loads(to_json(determination))["criteria"]["2"]["counter_evidence"]
    assert {"start", "end", "text", "status", "cues", "section", "page", "boxes"} <= found.keys()
    assert found["section"] is None
    assert found["cues"] == [{"text": "No evidence of", "kind": "negated", "start": 252, "end": 266}]
    assert all(len(box) == 4 for box in found["boxes"])


def test_fields_that_say_nothing_are_left_out() -> None:
    chart = text_chart(["glioblastoma"])
    found = evidence(chart, "glioblastoma").model_copy(update={"page": None})
    plain = as_plain(determination_of(chart, {"1": supported("Tumour", found)}))
    (written,) = plain["criteria"]["1"]["evidence"]
    assert not {"page", "boxes", "facet"} & written.keys()


def test_boxes_are_rounded_to_a_hundredth_and_stand_on_one_line() -> None:
    _, chart = chart_of([["glioblastoma"]])
    found = evidence(chart, "glioblastoma").model_copy(update={"boxes": ((72.123456, 81.0, 136.8, 93.0),)})
    written = to_json(determination_of(chart, {"1": supported("Tumour", found)})).decode()
    assert "[72.12, 81.0, 136.8, 93.0]" in written


def test_chart_text_that_looks_like_numbers_is_not_touched() -> None:
    strange = "values [\n   1,\n   2\n]  [ 3,   4 ]"
    chart = text_chart([f"glioblastoma {strange}"])
    determination = determination_of(
        chart, {"1": supported("Tumour", evidence(chart, strange)), "2": not_found("Other", strange)}
    )
    read = json.loads(to_json(determination))
    assert read["criteria"]["1"]["evidence"][0]["text"] == strange
    assert read["criteria"]["2"]["missing"] == [strange]
