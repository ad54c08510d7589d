"""Figures of a labelled set: what counts as right, what stays out of the score, what an error line shows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from chart_triage.assess import DEFAULT_GUIDELINE, Assessor
from chart_triage.evaluation import report_figures
from chart_triage.evaluation.disagreements import around, clipped
from chart_triage.evaluation.false_alarms import count_alarms, read_verdicts, sampled, second_sample
from chart_triage.evaluation.gold import GoldError, GoldText, heldout_traps, negation, real_notes, traps
from chart_triage.evaluation.measure import EVAL_DIR, reading
from chart_triage.evaluation.rates import Counts, Rate
from chart_triage.evaluation.scoring import SetFigures, score
from chart_triage.evaluation.span_assertion import score_targets
from chart_triage.settings import Settings

PACED = "He has a pacemaker. No evidence of glioma."


@pytest.fixture(scope="module")
def assessor() -> Assessor:
    return Assessor(DEFAULT_GUIDELINE, Settings())


def scored(assessor: Assessor, **gold: Any) -> SetFigures:
    row: dict[str, Any] = {"id": "one", "text": PACED, "expect": {}, "complete": True} | gold
    return score("set", [GoldText(**row)], reading(assessor))


def test_right_labels_are_right(assessor: Assessor) -> None:
    found = scored(assessor, expect={"pacemaker": "present", "brain_tumor": "absent"}, not_listed=["epilepsy"])
    assert found.labels.decision == found.labels.strict == Rate(right=3, total=3)
    assert found.present == Counts(found=1)
    assert found.disagreements == ()


def test_another_status_is_a_right_decision_but_not_strictly_right(assessor: Assessor) -> None:
    found = scored(assessor, expect={"pacemaker": "present", "brain_tumor": "uncertain"})
    assert found.labels.decision == Rate(right=2, total=2)
    assert found.labels.strict == Rate(right=1, total=2)
    (error,) = found.disagreements
    assert (error.key, error.gold, error.read, error.decides) == ("brain_tumor", "uncertain", "absent", False)
    assert "[glioma]" in error.words
    assert "no evidence of" in error.cues[0].lower()


def test_a_missed_label_and_a_false_one_are_wrong_decisions(assessor: Assessor) -> None:
    found = scored(assessor, expect={"epilepsy": "present", "pacemaker": "absent"})
    assert found.labels.decision == Rate(right=0, total=2)
    assert found.present == Counts(found=0, wrong=1, missed=1)
    assert [e.decides for e in found.disagreements] == [True, True]


def test_what_a_complete_set_does_not_list_must_not_be_present(assessor: Assessor) -> None:
    assert scored(assessor).false_present == 1
    assert scored(assessor).by_concept == {"pacemaker": Counts(wrong=1)}
    assert scored(assessor, complete=False).false_present == 0
    assert scored(assessor, open=["pacemaker"]).false_present == 0


def test_open_questions_stay_out_of_the_score_in_both_directions(assessor: Assessor) -> None:
    found = scored(
        assessor,
        expect={"pacemaker": "absent"}, contraindications=[], criteria=["7"], suggestion="criteria_supported",
        open=["pacemaker", "7", "suggestion"],
    )  # fmt: skip
    assert found.labels.strict.total == 0
    assert found.determinations == found.contraindication_sets == Rate(right=1, total=1)
    assert found.suggestions.total == 0


def test_sets_of_criteria_and_contraindications_are_exact_or_not(assessor: Assessor) -> None:
    text = "Multiple sclerosis, relapsing-remitting, on ocrelizumab. He has a pacemaker."
    right = scored(assessor, text=text, criteria=["7"], contraindications=["pacemaker"])
    wrong = scored(assessor, text=text, criteria=["7", "2"], contraindications=["icd_device"])
    assert right.determinations == right.contraindication_sets == Rate(right=1, total=1)
    assert wrong.determinations == wrong.contraindication_sets == Rate(right=0, total=1)
    assert wrong.by_criterion == {"2": Counts(missed=1), "7": Counts(found=1)}
    assert wrong.by_device == {"icd_device": Counts(missed=1), "pacemaker": Counts(wrong=1)}


def test_an_error_shows_at_most_eight_words_beside_the_mention() -> None:
    text = "one two three four five six MENTION seven eight nine ten eleven"
    start = text.index("MENTION")
    assert around(text, start, start + 7) == "three four five six [MENTION] seven eight nine ten"
    long = " ".join(str(n) for n in range(100))
    assert clipped(long) == "0 1 2 3 ... 96 97 98 99"
    assert around(long, 0, len(long)) == "[0 1 2 3 ... 96 97 98 99]"


def test_given_spans_are_scored_per_axis(assessor: Assessor, tmp_path: Path) -> None:
    rows = [
        {"id": "a", "text": "No fever.", "start": 3, "end": 8, "negated": True},
        {"id": "b", "text": "Has fever.", "start": 4, "end": 9, "negated": True},
        {"id": "c", "text": "Has cough.", "start": 4, "end": 9, "negated": False},
    ]
    for row in rows:
        row |= {"temporality": "Recent", "experiencer": "Patient"}
    found = score_targets("negation", negation(write(tmp_path / "n.jsonl", rows)), assessor)
    assert found.by_axis["negated"] == Counts(found=1, missed=1)
    assert [(e.id, e.gold, e.read) for e in found.disagreements] == [("b", "yes", "no")]


def test_notes_of_the_evaluation_folder_are_read_with_their_quotes(assessor: Assessor, tmp_path: Path) -> None:
    row = {
        "id": "r", "text": PACED, "criteria": [], "contraindications": ["pacemaker"],
        "concepts": {
            "pacemaker": {"status": "present", "quote": "He has"},
            "epilepsy": {"status": "present", "quote": "q"},
        },
    }  # fmt: skip
    found = score("real", real_notes(write(tmp_path / "real.jsonl", [row])), reading(assessor))
    assert found.contraindication_sets == Rate(right=1, total=1)
    assert [e.words for e in found.disagreements] == ["label rests on 'q'"]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("{", "not JSON"),
        ('{"id": "x", "family": "f", "expect": {}}', "'text' is missing"),
        ('{"id": "x", "family": "f", "text": "SECRET", "expect": {"glioma": "here"}}', "expect.glioma"),
    ],
)
def test_a_bad_row_is_told_with_file_and_line_and_without_its_text(tmp_path: Path, line: str, told: str) -> None:
    good = json.dumps({"id": "a", "family": "f", "text": "t", "expect": {}})
    path = tmp_path / "traps.jsonl"
    path.write_text(f"{good}\n{line}\n", encoding="utf-8")
    with pytest.raises(GoldError) as error:
        heldout_traps(path)
    assert f"{path}:2:" in str(error.value)
    assert told in str(error.value)
    assert "SECRET" not in str(error.value)


def test_the_sample_of_notes_is_the_same_every_time(tmp_path: Path) -> None:
    write(tmp_path / "b.jsonl", [{"id": f"b{i}", "text": "t"} for i in range(50)])
    write(tmp_path / "a.jsonl", [{"id": f"a{i}", "text": "t"} for i in range(50)])
    first = sampled(tmp_path, 20)
    assert first == sampled(tmp_path, 20)
    assert len(set(first)) == 20
    assert len(sampled(tmp_path, 500)) == 100


def test_the_report_names_every_set_and_what_it_left_out(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(EVAL_DIR, str(evaluation_folder(tmp_path)))
    lines = list(report_figures(errors=True, json_file=tmp_path / "figures.json"))
    text = "\n".join(lines)
    for name in ("traps", "held-out traps", "held-out notes", "guideline's examples", "real notes"):
        assert f"## {name}: " in text
    assert "| notes with any present " in text
    assert " ? n1  pacemaker: He has a [pacemaker] . No evidence of" in lines
    assert lines[-1] == f"Left out: negation (there is no {tmp_path / 'eval' / 'negation-dev.jsonl'})."
    figures = json.loads((tmp_path / "figures.json").read_text(encoding="utf-8"))
    assert [s.get("name") for s in figures["sets"]][:2] == ["traps", "held-out traps"]
    assert figures["sets"][0]["labels"]["strict"]["total"] == sum(
        len((t.expect.keys() | t.not_listed) - t.open) for t in traps(Path(__file__).parents[1] / "language" / "traps")
    )


def evaluation_folder(folder: Path) -> Path:
    (folder / "eval").mkdir()
    (folder / "corpora" / "text").mkdir(parents=True)
    row = {"id": "r", "text": PACED, "criteria": [], "contraindications": ["pacemaker"], "concepts": {}}
    write(folder / "eval" / "real-dev.jsonl", [row])
    write(folder / "corpora" / "text" / "notes.jsonl", [{"id": "n1", "text": PACED}, {"id": "n2", "text": "Well."}])
    return folder


def write(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def test_the_second_sample_shares_no_note_with_the_first(tmp_path: Path) -> None:
    rows = (json.dumps({"id": f"n{i}", "text": "Knee pain."}) for i in range(1500))
    (tmp_path / "notes.jsonl").write_text("\n".join(rows), "utf-8")
    first, second = sampled(tmp_path), second_sample(tmp_path)
    assert len(first) == len(second) == 500
    assert {id_ for id_, _ in first}.isdisjoint(id_ for id_, _ in second)


def test_alarms_are_counted_by_the_recorded_verdicts(assessor: Assessor) -> None:
    notes = [("a", PACED), ("b", PACED), ("c", PACED), ("d", "Knee pain.")]
    figures = count_alarms("set", notes, assessor, {("a", "pacemaker"): True, ("b", "pacemaker"): False})
    assert figures.notes == Rate(right=3, total=4)
    assert figures.false == Rate(right=1, total=4)
    assert figures.unjudged == 1
    assert [alarm.verdict for alarm in figures.by_concept["pacemaker"]] == [True, False, None]


def test_the_recorded_verdicts_can_be_read() -> None:
    verdicts = read_verdicts(Path(__file__).parents[1] / "language" / "false_alarms.csv")
    assert len(verdicts) > 40
    assert set(verdicts.values()) == {True, False}


def test_a_verdict_that_is_neither_true_nor_false_is_told(tmp_path: Path) -> None:
    path = tmp_path / "verdicts.csv"
    path.write_text("note,concept,verdict,reason\na,pacemaker,perhaps,\n", "utf-8")
    with pytest.raises(GoldError, match=r"verdicts\.csv:2"):
        read_verdicts(path)
