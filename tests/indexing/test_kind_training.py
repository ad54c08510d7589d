"""Training of the page kinds: shipped weights are the listed ones, a bad corpus is told, a small one works."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

from chart_triage import resources
from chart_triage.errors import InputError
from chart_triage.indexing import kind_training
from chart_triage.indexing.kind_model import KINDS, load, shipped
from chart_triage.indexing.page_features import features
from chart_triage.indexing.page_words import cells
from chart_triage.records.chart_index import PageKind

MODEL = resources.models() / "page_kind"
REPORT = (
    "PREOPERATIVE DIAGNOSIS:, Glioma.,POSTOPERATIVE DIAGNOSIS:, Same.,ESTIMATED BLOOD LOSS:, 50 mL.,"
    "The flap was turned and the lesion removed."
)


def test_the_shipped_weights_are_the_listed_ones() -> None:
    listed, name = (MODEL / "SHA256SUMS").read_text().split()
    assert hashlib.sha256((MODEL / name).read_bytes()).hexdigest() == listed
    assert listed in (MODEL / "README.md").read_text()


def test_the_model_alone_tells_plain_pages_apart() -> None:
    lab = "Component\tResult\tUnits\nSodium\t138\tmmol/L\nPotassium\t4.1\tmmol/L\nGlucose\t104\tmg/dL\nAST\t42\tU/L"
    scores = shipped().scores(features(list(cells(lab))))
    assert KINDS[int(np.argmax(scores))] is PageKind.LABORATORY


def test_headings_make_the_label_of_a_report_and_are_not_counted() -> None:
    example, *more = kind_training.report_examples([("r1", REPORT)])
    assert example.kind is PageKind.OPERATIVE_OR_PATHOLOGY_REPORT
    assert not more
    words = {token.word for cell in cells("preoperative diagnosis estimated blood") for token in cell.tokens}
    counted = set(example.seen.buckets.tolist())
    assert not counted & {int(b) for word in words for b in features(list(cells(word))).buckets[:1]}


def test_a_small_training_ends_in_a_model_that_can_be_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kind_training, "_PAGES_PER_FAMILY", 4)
    monkeypatch.setattr(kind_training, "_HELD_OUT_PAGES_PER_FAMILY", 2)
    corpus = tmp_path / "reports.jsonl"
    corpus.write_text("".join(json.dumps({"id": f"r{n}", "text": REPORT}) + "\n" for n in range(8)), encoding="utf-8")
    report = kind_training.train(corpus, tmp_path / "model")
    assert load(tmp_path / "model" / "weights.npz").words.shape[1] == len(KINDS)
    right = sum(n for (a, b), n in report.made_up.items() if a is b)
    assert right / sum(report.made_up.values()) > 0.5
    assert len(kind_training.card_lines(report)) == len(KINDS) + 5


@pytest.mark.parametrize("content", ['{"id": 1}\n', "nonsense\n", "\n"])
def test_a_bad_corpus_is_told(tmp_path: Path, content: str) -> None:
    corpus = tmp_path / "bad.jsonl"
    corpus.write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=r"bad\.jsonl"):
        kind_training.train(corpus, tmp_path / "out")
