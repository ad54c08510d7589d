"""An ambiguous abbreviation means what the words around it say; where they say nothing, it means nothing."""

from __future__ import annotations

import csv
import hashlib
import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from chart_triage import resources
from chart_triage.cli import cli, main
from chart_triage.errors import InputError
from chart_triage.language import senses
from chart_triage.language.annotator import Annotator
from chart_triage.language.judgement import UNSURE_SENSE
from chart_triage.language.sense_features import features, sense_forms
from chart_triage.language.sense_training import SenseAccuracy, card_lines, ships, train
from chart_triage.language.senses import Outcome, Sense, SenseModel, outcome, sense_model
from chart_triage.records.guideline import Guideline
from chart_triage.records.mention import Mention, Status

MODEL = resources.models() / "abbreviation_senses"
SHARED = resources.lexicons() / "shared"
SHIPPED = ("MS", "ALD", "PMD", "HE", "ICD", "NKH", "CI", "PPM", "LS", "CTD", "DDD")


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def first(text: str, abbreviation: str) -> tuple[int, int]:
    found = re.search(rf"(?<![A-Za-z0-9]){re.escape(abbreviation)}(?![A-Za-z0-9])", text)
    assert found is not None
    return found.span()


def concepts() -> list[tuple[str, str]]:
    listed = {(f.abbreviation, f.concept) for forms in sense_forms().values() for f in forms if f.concept}
    return sorted((a, c) for a, c in listed if sense_model().knows(a))


# --- what the model says ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "abbreviation", "concept", "expected"),
    [
        (
            "Switched from Avonex to Ocrevus after an MS relapse; EDSS 3, new enhancing lesions.",
            "MS",
            "multiple_sclerosis",
            Outcome.NAMED,
        ),
        (
            "Echo: rheumatic MS, mitral valve area 1.0 cm2, dilated left atrium.",
            "MS",
            "multiple_sclerosis",
            Outcome.OTHER,
        ),
        ("For breakthrough pain she took MS 4 mg IV twice overnight.", "MS", "multiple_sclerosis", Outcome.OTHER),
        ("Altered MS; GCS 12, follows some commands.", "MS", "multiple_sclerosis", Outcome.OTHER),
        (
            "Ascites and jaundice from ALD, drinks a bottle of wine daily.",
            "ALD",
            "x_adrenoleukodystrophy",
            Outcome.OTHER,
        ),
        ("AND HE DENIES CHEST PAIN; HE HAS NO FEVER.", "HE", "encephalopathy", Outcome.OTHER),
        ("Order needs an ICD code and CPT 70553 for billing.", "ICD", "icd_device", Outcome.OTHER),
        ("Inhaled nitric oxide 20 PPM by ventilator.", "PPM", "pacemaker", Outcome.OTHER),
    ],
)
def test_the_words_around_tell_the_sense(text: str, abbreviation: str, concept: str, expected: Outcome) -> None:
    found = sense_model().sense(text, *first(text, abbreviation), abbreviation, concept)
    assert found.outcome is expected
    assert all(word in text.lower() for word in found.words)


@pytest.mark.parametrize(
    ("probability", "words", "expected"),
    [
        (0.9, 2, "named"),
        (0.9, 1, "unsure"),
        (0.9, 0, "other"),
        (0.89, 2, "unsure"),
        (0.7, 1, "unsure"),
        (0.69, 3, "other"),
    ],
)
def test_a_place_has_three_outcomes(probability: float, words: int, expected: str) -> None:
    assert outcome(probability, words).value == expected


@pytest.mark.parametrize("text", ["{}", "{}.", "Note: {}", "The {} was mentioned.", "- {}\n- {}", "for the {} and {}"])
@pytest.mark.parametrize(("abbreviation", "concept"), concepts())
def test_without_telling_words_an_abbreviation_names_nothing(abbreviation: str, concept: str, text: str) -> None:
    filled = text.replace("{}", abbreviation)
    assert sense_model().sense(filled, *first(filled, abbreviation), abbreviation, concept).outcome is Outcome.OTHER


@pytest.mark.parametrize("text", ["Known {}, follow up in clinic.", "MRI for {}.", "History of {}.", "Brother has {}."])
@pytest.mark.parametrize(("abbreviation", "concept"), concepts())
def test_words_that_stand_anywhere_name_nothing(abbreviation: str, concept: str, text: str) -> None:
    filled = text.replace("{}", abbreviation)
    found = sense_model().sense(filled, *first(filled, abbreviation), abbreviation, concept)
    assert found.outcome is not Outcome.NAMED


def test_probabilities_of_the_senses_add_up_to_one() -> None:
    for abbreviation in SHIPPED:
        text = f"Known {abbreviation}, stable."
        found = sense_model().probabilities(text, *first(text, abbreviation), abbreviation)
        assert set(found) == {f.sense for f in sense_forms()[abbreviation]}
        assert sum(found.values()) == pytest.approx(1, abs=1e-5)


def test_features_name_the_words_around_and_leave_the_abbreviation_out() -> None:
    text = "Plan: XQ 5 mg, then xq near the meter"
    found = features(text, 6, 8)
    assert {"l=:", "r=#", "w=plan", "w=meter", "s=meter"} <= found.keys()
    assert "w=xq" not in found


# --- what the program makes of it -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def reader(guideline: Guideline) -> Annotator:
    return Annotator(guideline)


def read(reader: Annotator, text: str, concept: str) -> list[Mention]:
    return [m for m in reader.annotate(text).mentions if m.concept == concept]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The abbreviations that the model was asked about."""
    seen: list[str] = []
    real = SenseModel.sense

    def sense(self: SenseModel, text: str, start: int, end: int, abbreviation: str, concept: str) -> Sense:
        seen.append(abbreviation)
        return real(self, text, start, end, abbreviation, concept)

    monkeypatch.setattr(SenseModel, "sense", sense)
    return seen


def answer(monkeypatch: pytest.MonkeyPatch, sense: Sense) -> None:
    monkeypatch.setattr(SenseModel, "sense", lambda *_: sense)


UNDECIDED = "Seen for NKH today; walks with help."


def test_what_the_rules_decide_is_not_asked(reader: Annotator, asked: list[str]) -> None:
    assert read(reader, "MS on natalizumab, two new periventricular lesions.", "multiple_sclerosis")
    assert not read(reader, "Echo: severe mitral valve disease, MS and MR.", "multiple_sclerosis")
    assert asked == []


def test_what_the_text_defines_is_not_asked(reader: Annotator, asked: list[str]) -> None:
    assert not read(reader, "Normal kidney height (NKH) was found. NKH again next year.", "nonketotic_hyperglycinemia")
    assert read(reader, "Nonketotic hyperglycinemia (NKH). NKH again next year.", "nonketotic_hyperglycinemia")
    assert asked == []


def test_a_place_that_no_rule_decides_is_asked(reader: Annotator, asked: list[str]) -> None:
    assert not read(reader, UNDECIDED, "nonketotic_hyperglycinemia")
    assert asked == ["NKH"]


def test_a_named_sense_is_read_like_any_other_mention(reader: Annotator, monkeypatch: pytest.MonkeyPatch) -> None:
    answer(monkeypatch, Sense(Outcome.NAMED, 0.953, ("ataxia", "walks")))
    (mention,) = read(reader, UNDECIDED, "nonketotic_hyperglycinemia")
    assert mention.status is Status.PRESENT
    assert mention.confidence == 0.95
    assert "'NKH' read as nonketotic hyperglycinemia" in mention.reason
    assert ("context", "ataxia, walks") in {(c.kind, c.text) for c in mention.cues}
    (denied,) = read(reader, "No evidence of NKH today.", "nonketotic_hyperglycinemia")
    assert denied.status is Status.ABSENT


def test_an_unsure_sense_is_uncertain_and_shown(reader: Annotator, monkeypatch: pytest.MonkeyPatch) -> None:
    answer(monkeypatch, Sense(Outcome.UNSURE, 0.8, ("walks",)))
    (mention,) = read(reader, UNDECIDED, "nonketotic_hyperglycinemia")
    assert mention.status is Status.UNCERTAIN
    assert UNSURE_SENSE in mention.reason
    assert UNSURE_SENSE in {c.text for c in mention.cues}
    assert mention.confidence == 0.8


def test_nothing_is_denied_by_an_abbreviation_of_unsure_sense(
    reader: Annotator, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer(monkeypatch, Sense(Outcome.UNSURE, 0.8, ("walks",)))
    assert read(reader, "No evidence of NKH today.", "nonketotic_hyperglycinemia") == []


def test_another_sense_is_no_mention(reader: Annotator, monkeypatch: pytest.MonkeyPatch) -> None:
    answer(monkeypatch, Sense(Outcome.OTHER, 0.2, ()))
    assert read(reader, UNDECIDED, "nonketotic_hyperglycinemia") == []


def test_an_abbreviation_that_the_model_does_not_know_needs_its_rule(reader: Annotator) -> None:
    assert not sense_model().knows("MCL")
    assert read(reader, "MCL was mentioned.", "metachromatic_leukodystrophy") == []


@pytest.mark.parametrize(
    ("text", "ask"), [("Two PPMs were mentioned.", ["PPM"]), ("PPMS was mentioned.", []), ("Coded by ICD-10.", [])]
)
def test_plurals_are_asked_and_other_abbreviations_not(
    reader: Annotator, asked: list[str], text: str, ask: list[str]
) -> None:
    reader.annotate(text)
    assert asked == ask


@pytest.mark.parametrize("abbreviation", ["MCL", "MS", "NKH", "HCC", "PMD", "ALD"])
@pytest.mark.parametrize("text", ["{}", "The {} was noted.", "{}: see above", "{}, as before", "Discussed {} again."])
def test_bare_abbreviations_say_nothing(reader: Annotator, abbreviation: str, text: str) -> None:
    keys = {f.concept for f in sense_forms()[abbreviation] if f.concept}
    assert keys
    assert not [m for m in reader.annotate(text.replace("{}", abbreviation)).mentions if m.concept in keys]


def test_no_trap_of_another_meaning_is_named(reader: Annotator, asked: list[str]) -> None:
    path = Path(__file__).parent / "traps" / "abbreviations.jsonl"
    for line in path.read_text(encoding="utf-8").splitlines():
        trap = json.loads(line)
        stated = {m.concept for m in reader.annotate(trap["text"]).mentions if m.status is Status.PRESENT}
        assert stated.isdisjoint(trap.get("not_listed", ())), trap["id"]
    assert asked


def test_the_weights_are_read_when_an_undecided_abbreviation_asks_for_them() -> None:
    code = (
        "import sys; from chart_triage import guidelines; from chart_triage.language import senses;"
        "from chart_triage.language.annotator import Annotator;"
        "reader = Annotator(guidelines.load('healthhelp-mrs-2026'));"
        "reader.annotate('Known glioma, no pacemaker. MS on natalizumab.');"
        "print(senses.sense_model.cache_info().currsize, 'sklearn' in sys.modules);"
        f"reader.annotate({UNDECIDED!r});"
        "print(senses.sense_model.cache_info().currsize, 'sklearn' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["0", "False", "1", "False"]


# --- the tables -------------------------------------------------------------------------------------------------------


def test_the_tables_fit_together_and_to_the_guideline(guideline: Guideline) -> None:
    by_sense: dict[tuple[str, str], set[str]] = {}
    for row in rows(SHARED / "abbreviation_senses.csv"):
        assert row["source"]
        assert row["long_form"] == row["long_form"].lower()
        assert not row["concept"] or row["concept"] in guideline.concepts
        by_sense.setdefault((row["abbreviation"], row["sense"]), set()).add(row["concept"])
    assert all(len(keys) == 1 for keys in by_sense.values())
    counts: Counter[tuple[str, str]] = Counter()
    for row in rows(SHARED / "sense_contexts.csv"):
        assert row["source"]
        assert re.search(rf"(?<![A-Za-z0-9]){row['abbreviation']}(?![A-Za-z])", row["sentence"]), row["sentence"]
        counts[row["abbreviation"], row["sense"]] += 1
    assert counts.keys() == by_sense.keys()
    assert min(counts.values()) >= 14


def test_no_written_sentence_is_a_test_text() -> None:
    def runs(text: str) -> set[tuple[str, ...]]:
        words = re.findall(r"[a-z0-9]+", text.lower())
        return {tuple(words[i : i + 8]) for i in range(len(words) - 7)}

    written = set().union(*(runs(row["sentence"]) for row in rows(SHARED / "sense_contexts.csv")))
    assert written
    for path in Path(__file__).parent.glob("*/*.jsonl"):
        for line in path.read_text(encoding="utf-8").splitlines():
            assert not runs(json.loads(line)["text"]) & written, path.name


# --- the shipped model and its card -----------------------------------------------------------------------------------


def accuracies() -> tuple[list[SenseAccuracy], set[str]]:
    table = rows(MODEL / "accuracy.csv")
    figures = [
        SenseAccuracy(r["abbreviation"], r["sense"], r["concept"], *(int(r[f]) for f in SenseAccuracy._fields[3:]))
        for r in table
    ]
    return figures, {r["abbreviation"] for r in table if r["shipped"] == "yes"}


def test_the_weights_are_those_of_the_card() -> None:
    checksum = hashlib.sha256((MODEL / "weights.npz").read_bytes()).hexdigest()
    assert (MODEL / "SHA256SUMS").read_text(encoding="utf-8") == f"{checksum}  weights.npz\n"
    assert checksum in (MODEL / "README.md").read_text(encoding="utf-8")
    assert {a for a in sense_forms() if sense_model().knows(a)} == set(SHIPPED)


def test_the_card_states_the_figures_of_the_accuracy_file() -> None:
    figures, shipped = accuracies()
    assert {(a.abbreviation, a.sense) for a in figures} == {
        (f.abbreviation, f.sense) for forms in sense_forms().values() for f in forms
    }
    card = (MODEL / "README.md").read_text(encoding="utf-8").splitlines()
    lines = card_lines(figures, shipped)
    assert len(lines) == len(sense_forms())
    assert not set(lines) - set(card)


def test_only_abbreviations_with_good_held_out_answers_ship() -> None:
    figures, shipped = accuracies()
    assert shipped == set(SHIPPED) == {a for a in sense_forms() if ships(a, figures)}


def test_few_or_wrong_answers_do_not_ship() -> None:
    good = SenseAccuracy("XQ", "xenon_quench", "krabbe", 20, 20, 0, 0, 4, 6, 10)
    other = SenseAccuracy("XQ", "xylem_quota", "", 50, 50, 0, 0, 0, 1, 49)
    assert ships("XQ", [good, other])
    assert not ships("XQ", [good._replace(unsure=5), other._replace(unsure=0)])
    assert not ships("XQ", [good, other._replace(named=1)])
    assert not ships("XQ", [good._replace(concept=""), other])


# --- training ---------------------------------------------------------------------------------------------------------

TABLES = {
    "abbreviation_senses.csv": """\
abbreviation,sense,long_form,concept,source
XQ,xenon_quench,xenon quench,krabbe,test
XQ,xylem_quota,xylem quota,,test
""",
    "sense_contexts.csv": """\
abbreviation,sense,sentence,source
XQ,xenon_quench,Lamp dark after XQ in the tube.,test
XQ,xenon_quench,The XQ dimmed the lamp at night.,test
XQ,xylem_quota,Roots and leaves short of XQ this spring.,test
XQ,xylem_quota,A tree with enough XQ keeps its leaves.,test
""",
}


@pytest.fixture
def corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Tables of one invented abbreviation in place of the shipped ones, and a corpus that spells out its senses."""
    (tmp_path / "lexicons" / "shared").mkdir(parents=True)
    for name, text in TABLES.items():
        (tmp_path / "lexicons" / "shared" / name).write_text(text, encoding="utf-8")
    path = tmp_path / "corpus.jsonl"
    notes = [
        f"{n}. The valve was shut before xenon quench (XQ) of the lamp, and xenon quench again." for n in range(12)
    ]
    notes += [f"{n}. The bark was dry, so xylem quota and root were poor in the tree." for n in range(12)]
    lines = (json.dumps({"id": str(number), "text": note}) for number, note in enumerate(notes))
    path.write_text("\n".join(lines), encoding="utf-8")
    monkeypatch.setattr(resources, "lexicons", lambda: tmp_path / "lexicons")
    caches = (sense_forms, senses.senses_of)
    for cache in caches:
        cache.cache_clear()
    yield path
    for cache in caches:
        cache.cache_clear()


def test_training_learns_from_long_forms_and_repeats_itself_to_the_byte(corpus: Path, tmp_path: Path) -> None:
    report = train(corpus, tmp_path / "one")
    again = train(corpus, tmp_path / "two")
    for name in ("weights.npz", "accuracy.csv", "SHA256SUMS"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
    assert report.checksum == again.checksum
    assert [(a.sense, a.corpus, a.written) for a in report.accuracies] == [
        ("xenon_quench", 24, 2),
        ("xylem_quota", 12, 2),
    ]
    assert all(a.accuracy > 0.8 for a in report.accuracies)
    assert report.shipped == ("XQ",)
    model = SenseModel(tmp_path / "one")
    for text, sense in (
        ("The valve was shut before XQ of the lamp.", "xenon_quench"),
        ("The bark was dry, so XQ and root were poor.", "xylem_quota"),
    ):
        assert model.probabilities(text, *first(text, "XQ"), "XQ")[sense] > 0.8
    assert model.sense("XQ", 0, 2, "XQ", "krabbe").outcome is Outcome.OTHER


def test_texts_that_are_kept_for_evaluation_are_left_out(corpus: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept.jsonl"
    kept.write_text("\n".join(json.dumps({"id": str(n)}) for n in range(6)), encoding="utf-8")
    report = train(corpus, tmp_path / "out", kept)
    assert report.documents == 18
    assert [a.corpus for a in report.accuracies] == [12, 12]


def test_the_command_trains_and_prints_the_cards_table(
    corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["train-senses", str(corpus), "--out", str(tmp_path / "model")])
    assert ended.value.code == 0
    printed = capsys.readouterr().out
    assert "| XQ | xenon quench " in printed
    assert (tmp_path / "model" / "SHA256SUMS").read_text(encoding="utf-8").split()[0] in printed
    assert "train-senses" in cli.commands


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("no json", "not a corpus"),
        ('{"text": 5, "id": "1"}', "not a corpus"),
        ('{"text": "5"}', "not a corpus"),
        ("", "no texts"),
        (None, "cannot be read"),
    ],
)
def test_a_file_that_is_no_corpus_is_named(tmp_path: Path, content: str | None, said: str) -> None:
    path = tmp_path / "notes.jsonl"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=said) as error:
        train(path, tmp_path / "out")
    assert "notes.jsonl" in str(error.value)
    assert not (tmp_path / "out").exists()
