"""Trains the model of page kinds, without hand labels: on made-up pages, and on reports whose headings tell their kind.

The headings are taken out of the reports before their words are counted. Whole templates, and every fifth report, are
held out. How much a rule's point counts is chosen on training pages that the weights did not see (folds by template).
Nothing is random beyond fixed seeds: the same corpus, templates and library versions give the same bytes. scikit-learn
is needed here and not at run time.
"""

from __future__ import annotations

import csv
import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from chart_triage import resources
from chart_triage.errors import InputError
from chart_triage.indexing import kind_signs, page_words
from chart_triage.indexing.kind_model import KINDS, KindModel, load
from chart_triage.indexing.page_features import BUCKETS, LAYOUT, PageFeatures, features
from chart_triage.indexing.page_kind import decided
from chart_triage.indexing.page_templates import make_up, read_families, read_slots
from chart_triage.indexing.text_kinds import by_rules
from chart_triage.records.chart_index import PageKind

_PAGES_PER_FAMILY = 80
_HELD_OUT_PAGES_PER_FAMILY = 40
_FOLDS = 5
_HELD_OUT_SHARE = 5  # every fifth report
_PAGE_CHARS = (1800, 3200)
_INVERSE_PENALTY = 2.0
_STEP = 0.04
_RULE_WEIGHTS = tuple(round(0.1 * i, 1) for i in range(1, 31))
_TEMPERATURES = tuple(round(0.6 + 0.1 * i, 1) for i in range(15))
_DICTATED_BREAK = re.compile(r"([:.]),\s?")
_HEADING = re.compile(r"(?:^|(?<=\n)|(?<=[.,] ))[A-Z][A-Z0-9 /&()'\-]{2,60}:")


class Example(NamedTuple):
    """`group` keeps pages of one template, or of one report, together."""

    kind: PageKind
    group: str
    held_out: bool
    made_up: bool
    seen: PageFeatures
    points: NDArray[np.float64]


class TrainingReport(NamedTuple):
    """Held-out pages by kind and what they were taken for: made-up pages that are whole, made-up pages without title,
    lines or first half, and pages of reports."""

    whole: Counter[tuple[PageKind, PageKind]]
    made_up: Counter[tuple[PageKind, PageKind]]
    reports: Counter[tuple[PageKind, PageKind]]
    pages: int
    rule_weight: float
    checksum: str


def train(corpus: Path, out: Path, leave_out: Path | None = None) -> TrainingReport:
    """Trains on `corpus` (JSON lines with "id" and "text") and the templates; writes weights.npz, confusion.csv and
    SHA256SUMS to `out`. Texts whose id stands in `leave_out` are not used. Raises InputError for an unusable file."""
    examples = [*made_up_examples(), *report_examples(_texts(corpus, leave_out))]
    whole = [e for e in made_up_examples(whole=True) if e.held_out]
    trained = [e for e in examples if not e.held_out]
    rule_weight, temperature = _scales(trained)
    words, layout, bias = _fit(trained)
    out.mkdir(parents=True, exist_ok=True)
    path = out / "weights.npz"
    np.savez(
        path,
        words=np.clip(np.rint(words / temperature / _STEP), -127, 127).astype(np.int8),
        layout=np.round(layout / temperature, 3).astype(np.float32),
        bias=np.round(bias / temperature, 3).astype(np.float32),
        scale=np.array([_STEP, rule_weight / temperature], dtype=np.float32),
    )
    checksum = hashlib.sha256(path.read_bytes()).hexdigest()
    (out / "SHA256SUMS").write_text(f"{checksum}  {path.name}\n", encoding="utf-8")
    model = load(path)
    held_out = [[e for e in examples if e.held_out and e.made_up is made_up] for made_up in (True, False)]
    of_whole, made_up, reports = (_confusion(model, part) for part in (whole, *held_out))
    _write_confusion(out / "confusion.csv", (of_whole, made_up, reports))
    return TrainingReport(of_whole, made_up, reports, len(trained), round(rule_weight / temperature, 3), checksum)


def card_lines(report: TrainingReport) -> list[str]:
    """The confusion matrix of the whole made-up pages, and the shares that are right."""
    lines = [f"| {'is / read as'} | {' | '.join(_short(k) for k in KINDS)} |", f"|---|{'---|' * len(KINDS)}"]
    for kind in KINDS:
        cells = (str(report.whole[kind, other] or "") for other in KINDS)
        lines.append(f"| {kind.value.replace('_', ' ')} | {' | '.join(cells)} |")
    named = {"made-up pages, whole": report.whole, "made-up pages, damaged": report.made_up}
    for name, counts in (named | {"pages of reports": report.reports}).items():
        right, total = sum(n for (a, b), n in counts.items() if a is b), sum(counts.values())
        lines.append(f"held-out {name}: {right} of {total} right ({right / max(1, total):.3f})")
    return lines


def made_up_examples(*, whole: bool = False) -> Iterator[Example]:
    folder = resources.models() / "page_kind" / "templates"
    slots = read_slots(folder)
    for family in read_families(folder):
        count = _HELD_OUT_PAGES_PER_FAMILY if family.held_out else _PAGES_PER_FAMILY
        for page in make_up(family, slots, count, whole=whole):
            yield _example(page.kind, f"{page.kind}/{page.family}", family.held_out, True, page.text, page.text)


def report_examples(texts: Iterable[tuple[str, str]]) -> Iterator[Example]:
    """Pages of the reports whose headings name a kind; the headings themselves are not counted."""
    for id_, raw in texts:
        text = _DICTATED_BREAK.sub(r"\1\n", raw)
        kind = by_rules(text)
        if kind is None:
            continue
        number = int.from_bytes(hashlib.sha256(id_.encode()).digest()[:4], "big")
        for page in _paged(_HEADING.sub("", text), number):
            yield _example(kind, id_, number % _HELD_OUT_SHARE == 0, False, page, "")


def _example(kind: PageKind, group: str, held_out: bool, made_up: bool, text: str, titled: str) -> Example:
    """`titled` is the text in which rules may look: of a report they made the label, so they look at none."""
    found = kind_signs.find(list(page_words.cells(titled)), noisy=True)
    points = kind_signs.points(found)
    seen = features(list(page_words.cells(page_words.looked_at(text))))
    return Example(kind, group, held_out, made_up, seen, np.array([points.get(k, 0.0) for k in KINDS]))


def _paged(text: str, number: int) -> Iterator[str]:
    """`text` cut at line ends into pages of one length, which differs between reports."""
    length = _PAGE_CHARS[0] + number % (_PAGE_CHARS[1] - _PAGE_CHARS[0])
    while len(text) > length:
        at = max(text.rfind("\n", length // 2, length), text.rfind(". ", length // 2, length))
        at = at if at > 0 else length
        yield text[:at]
        text = text[at + 1 :]
    if text.strip():
        yield text


def _texts(path: Path, leave_out: Path | None) -> list[tuple[str, str]]:
    left_out = {str(row["id"]) for row in _json_lines(leave_out, ("id",))} if leave_out else set()
    rows = _json_lines(path, ("id", "text"))
    return [(str(row["id"]), row["text"]) for row in rows if str(row["id"]) not in left_out]


def _json_lines(path: Path, keys: tuple[str, ...]) -> list[dict[str, str]]:
    wanted = " and ".join(f'"{key}"' for key in keys)
    try:
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    except OSError as error:
        raise InputError("unreadable", f"{path.name}: cannot be read. Give a file of JSON lines.") from error
    except ValueError:
        rows = [None]
    if not rows or not all(isinstance(r, dict) and all(isinstance(r.get(k), str) for k in keys) for r in rows):
        message = f"{path.name}: not a corpus. Each line must be a JSON object with {wanted}."
        raise InputError("not a corpus", message)
    return rows


def _matrix(examples: Sequence[Example]) -> Any:
    from scipy.sparse import csr_matrix, hstack  # comes with scikit-learn

    indptr = np.cumsum([0, *(len(e.seen.buckets) for e in examples)])
    columns = np.concatenate([e.seen.buckets for e in examples])
    values = np.concatenate([e.seen.values for e in examples])
    words = csr_matrix((values, columns, indptr), shape=(len(examples), BUCKETS))
    return hstack([words, csr_matrix(np.array([e.seen.layout for e in examples]))]).tocsr()


def _fit(examples: Sequence[Example]) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Weights of words (buckets x kinds) and layout (signs x kinds), biases. Every kind counts alike."""
    from sklearn.linear_model import LogisticRegression

    labels = np.array([KINDS.index(e.kind) for e in examples])
    counts = np.bincount(labels, minlength=len(KINDS))
    found = LogisticRegression(C=_INVERSE_PENALTY, max_iter=400)
    found.fit(_matrix(examples), labels, sample_weight=(counts.sum() / counts.clip(1) / len(KINDS))[labels])
    matrix, bias = np.zeros((BUCKETS + len(LAYOUT), len(KINDS))), np.full(len(KINDS), -50.0)
    matrix[:, found.classes_], bias[found.classes_] = found.coef_.T, found.intercept_
    return matrix[:BUCKETS], matrix[BUCKETS:], bias


def _scales(examples: Sequence[Example]) -> tuple[float, float]:
    """What a rule's point counts beside the model, and the temperature of both: least log loss, folds by template.
    Made-up pages only: a report has no headings left."""
    groups = sorted({e.group for e in examples if e.made_up})
    scores, points, labels = [], [], []
    for fold in range(_FOLDS):
        away = set(groups[fold::_FOLDS])
        words, layout, bias = _fit([e for e in examples if e.group not in away])
        for example in (e for e in examples if e.group in away):
            seen = example.seen
            scores.append(seen.values @ words[seen.buckets] + seen.layout @ layout + bias)
            points.append(example.points)
            labels.append(KINDS.index(example.kind))

    def loss(scale: tuple[float, float]) -> float:
        total = (np.array(scores) + scale[0] * np.array(points)) / scale[1]
        total -= total.max(axis=1, keepdims=True)
        chosen = total[np.arange(len(labels)), labels] - np.log(np.exp(total).sum(axis=1))
        return float(-chosen.mean())

    return min(((weight, t) for weight in _RULE_WEIGHTS for t in _TEMPERATURES), key=loss)


def _confusion(model: KindModel, examples: Iterable[Example]) -> Counter[tuple[PageKind, PageKind]]:
    return Counter((e.kind, decided(model.scores(e.seen) + model.rule_weight * e.points).kind) for e in examples)


def _write_confusion(path: Path, counts: Sequence[Counter[tuple[PageKind, PageKind]]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("kind", "read_as", "whole_made_up", "damaged_made_up", "pages_of_reports"))
        for kind in KINDS:
            for other in KINDS:
                if any(count[kind, other] for count in counts):
                    writer.writerow((kind, other, *(count[kind, other] for count in counts)))


def _short(kind: PageKind) -> str:
    return kind.value.split("_")[0]
