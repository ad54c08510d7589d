"""Trains the models of `senses` from text that nobody labelled.

A long form tells its own sense: "mitral stenosis" in a report becomes an example of "MS" in the sense of mitral
stenosis when the words are replaced by the letters. Senses that corpora hardly contain are taught by sentences that
were written for the purpose (`sense_contexts.csv`), and the vocabulary around a topic by the corpus passages that hold
one of its words (`topic_words.csv`). Nothing is drawn at random, so the same inputs give the same bytes. scipy is
needed here and not at run time.
"""

from __future__ import annotations

import csv
import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from chart_triage import resources
from chart_triage.errors import InputError
from chart_triage.language.segments import restore_breaks
from chart_triage.language.sense_fit import Fit, Row, Task, Weights, fit
from chart_triage.language.senses import features, sense_forms, topical_features

if TYPE_CHECKING:
    from numpy.typing import NDArray

_FOLDS = 5
_DOCUMENTS_PER_SENSE = 40
_PLACES_PER_DOCUMENT = 2
_DOCUMENTS_PER_WORD = 30
_REACH = 600
_WORD_WEIGHT = 1.5
_PASSAGE_WEIGHT = 0.5
_STEP = 0.025
_LEAST_TASK_WEIGHT = 0.0
_LEAST_TOPIC_WEIGHT = 0.0
_TEMPERATURES = tuple(round(0.5 + 0.05 * i, 2) for i in range(31))
_SURE = 0.9

Text = tuple[str, str]


class Example(NamedTuple):
    """One place where an abbreviation has a known sense; `document` keeps the places of one text in the same fold."""

    abbreviation: str
    sense: str
    document: str
    written: bool
    values: dict[str, float]


class TopicExample(NamedTuple):
    """A topic word, or a corpus passage that holds one."""

    topic: str
    document: str
    values: dict[str, float]
    weight: float


class SenseAccuracy(NamedTuple):
    """Held-out figures of one sense.

    `right`: examples that got this very sense; `sure`: answered with a probability of 0.9 or more; `concept_right`:
    the probability of the sense's concept (or of "none") was above 0.5; `concept_sure` and `concept_sure_right`: the
    same where that probability was 0.9 or more either way.
    """

    abbreviation: str
    sense: str
    from_corpus: int
    written: int
    right: int
    sure: int
    sure_right: int
    concept_right: int
    concept_sure: int
    concept_sure_right: int


class TrainingReport(NamedTuple):
    accuracies: tuple[SenseAccuracy, ...]
    documents: int
    temperature: float
    weights: Path
    checksum: str

    @property
    def examples(self) -> int:
        return sum(a.from_corpus + a.written for a in self.accuracies)

    @property
    def accuracy(self) -> float:
        """Share of all held-out examples that got their own sense."""
        return sum(a.right for a in self.accuracies) / self.examples


def train(corpora: Sequence[Path], out: Path) -> TrainingReport:
    """Trains on `corpora` (JSON lines with "id" and "text") and the written sentences; writes the model to `out`.

    `out` receives weights.npz, accuracy.csv (held out: five folds by document) and SHA256SUMS. Takes two minutes.
    Raises InputError for a corpus that cannot be read.
    """
    texts = [text for path in corpora for text in _texts(path)]
    examples = [*written_examples(), *corpus_examples(texts)]
    topical = topic_examples(texts)
    scores = _held_out_scores(examples, topical)
    temperature = min(_TEMPERATURES, key=lambda t: _loss(examples, scores, t))
    accuracies = _accuracies(examples, scores, temperature)
    out.mkdir(parents=True, exist_ok=True)
    weights = out / "weights.npz"
    arrays = _arrays(_fit(examples, topical), temperature)
    np.savez(weights, **arrays)  # type: ignore[arg-type]
    _write_accuracies(out / "accuracy.csv", accuracies)
    checksum = hashlib.sha256(weights.read_bytes()).hexdigest()
    (out / "SHA256SUMS").write_text(f"{checksum}  {weights.name}\n", encoding="utf-8")
    return TrainingReport(accuracies, len(texts), temperature, weights, checksum)


def written_examples() -> Iterator[Example]:
    """The sentences of sense_contexts.csv; each standalone occurrence of the abbreviation is one example."""
    for number, row in enumerate(_rows("sense_contexts.csv")):
        text, short = row["sentence"], row["abbreviation"]
        for place in re.finditer(rf"(?<![A-Za-z0-9]){re.escape(short)}(?![A-Za-z])", text):
            values = features(text, place.start(), place.end(), short)
            yield Example(short, row["sense"], f"written:{number}", True, values)


def corpus_examples(texts: Sequence[Text]) -> Iterator[Example]:
    """Long forms found in `texts` (id, text), each replaced by its abbreviation where it stands.

    At most 40 documents a sense, picked by the hash of their ids, and two places in each.
    """
    ordered = _by_hash(texts)
    for abbreviation, forms in sense_forms().items():
        for sense in dict.fromkeys(f.sense for f in forms):
            longest = sorted((f.long_form for f in forms if f.sense == sense), key=lambda form: (-len(form), form))
            either = "|".join(map(re.escape, longest))
            pattern = re.compile(rf"\b(?:{either})\b(?:\s?\({re.escape(abbreviation)}\))?", re.IGNORECASE)
            used = 0
            for document, text in ordered:
                places = list(pattern.finditer(text))[:_PLACES_PER_DOCUMENT]
                for place in places:
                    before = text[max(0, place.start() - _REACH) : place.start()]
                    replaced = before + abbreviation + text[place.end() : place.end() + _REACH]
                    values = features(replaced, len(before), len(before) + len(abbreviation), abbreviation)
                    yield Example(abbreviation, sense, document, False, values)
                used += bool(places)
                if used == _DOCUMENTS_PER_SENSE:
                    break


def topic_examples(texts: Sequence[Text]) -> list[TopicExample]:
    """Each word of topic_words.csv by itself, and its surroundings in up to 30 documents."""
    ordered = [(document, text, text.lower()) for document, text in _by_hash(texts)]
    found = []
    for row in _rows("topic_words.csv"):
        topic, word = row["topic"], row["word"].lower()
        found.append(TopicExample(topic, f"word:{topic}:{word}", topical_features(f" {word}", 0, 0), _WORD_WEIGHT))
        pattern = re.compile(rf"(?<![a-z0-9]){re.escape(word)}(?![a-z0-9])")
        passages = ((d, text, m) for d, text, lower in ordered if word in lower and (m := pattern.search(lower)))
        for (document, text, match), _ in zip(passages, range(_DOCUMENTS_PER_WORD), strict=False):
            values = topical_features(text, match.start(), match.end())
            found.append(TopicExample(topic, document, values, _PASSAGE_WEIGHT))
    return found


def _rows(name: str) -> list[dict[str, str]]:
    with (resources.lexicons() / "shared" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _by_hash(texts: Sequence[Text]) -> list[Text]:
    return sorted(texts, key=lambda text: hashlib.sha256(text[0].encode()).digest())


def _texts(path: Path) -> list[Text]:
    try:
        with path.open(encoding="utf-8") as file:
            rows = [json.loads(line) for line in file if line.strip()]
        return [(row["id"], restore_breaks(row["text"])) for row in rows]
    except OSError as error:
        raise InputError("unreadable", f"{path.name}: cannot be read. Give a file of JSON lines.") from error
    except (ValueError, KeyError, TypeError) as error:
        message = f'{path.name}: not a corpus. Each line must be a JSON object with "id" and "text".'
        raise InputError("not a corpus", message) from error


def _senses(abbreviation: str) -> list[str]:
    return list(dict.fromkeys(f.sense for f in sense_forms()[abbreviation]))


def _topics() -> list[str]:
    return sorted({row["topic"] for row in _rows("topic_words.csv")})


def _fit(examples: Iterable[Example], topical: Iterable[TopicExample]) -> Fit:
    """One made-up example a sense says that its long form elsewhere in the text, with no other hint, decides."""
    topics = _topics()
    rows: dict[str, list[Row]] = defaultdict(list)
    for example in examples:
        rows[example.abbreviation].append(Row(example.values, _senses(example.abbreviation).index(example.sense)))
    tasks = {}
    for abbreviation, forms in sense_forms().items():
        senses = _senses(abbreviation)
        topic_of = {f.sense: topics.index(f.topic) if f.topic else -1 for f in forms}
        named = [Row({f"named={s}": 1.0}, senses.index(s)) for s in dict.fromkeys(f.sense for f in forms if f.telling)]
        tasks[abbreviation] = Task(tuple(topic_of[s] for s in senses), [*rows[abbreviation], *named])
    return fit(tasks, [Row(t.values, topics.index(t.topic), t.weight) for t in topical], len(topics))


def _held_out_scores(examples: list[Example], topical: list[TopicExample]) -> list[NDArray[np.float64]]:
    """Each example's scores by the model that was fitted without its document."""
    scores: dict[int, NDArray[np.float64]] = {}
    for fold in range(_FOLDS):
        kept = [e for e in examples if _fold(e.document) != fold]
        fitted = _fit(kept, [t for t in topical if _fold(t.document) != fold])
        for number, example in enumerate(examples):
            if _fold(example.document) == fold:
                scores[number] = fitted.scores(example.abbreviation, example.values)
    return [scores[number] for number in range(len(examples))]


def _fold(document: str) -> int:
    return int.from_bytes(hashlib.sha256(document.encode()).digest()[:8], "big") % _FOLDS


def _probabilities(scores: NDArray[np.float64], temperature: float) -> NDArray[np.float64]:
    odds = np.exp((scores - scores.max()) / temperature)
    shares: NDArray[np.float64] = odds / odds.sum()
    return shares


def _loss(examples: list[Example], scores: list[NDArray[np.float64]], temperature: float) -> float:
    """Mean over the senses of their examples' mean log loss: frequent senses must not decide the calibration alone."""
    losses: dict[tuple[str, str], list[float]] = defaultdict(list)
    for example, score in zip(examples, scores, strict=True):
        own = _senses(example.abbreviation).index(example.sense)
        losses[example.abbreviation, example.sense].append(-np.log(_probabilities(score, temperature)[own] + 1e-12))
    return float(np.mean([np.mean(values) for values in losses.values()]))


def _accuracies(
    examples: list[Example], scores: list[NDArray[np.float64]], temperature: float
) -> tuple[SenseAccuracy, ...]:
    concepts = {(f.abbreviation, f.sense): f.concept for forms in sense_forms().values() for f in forms}
    counts: dict[tuple[str, str], NDArray[np.int_]] = defaultdict(lambda: np.zeros(8, dtype=np.int_))
    for example, score in zip(examples, scores, strict=True):
        senses = _senses(example.abbreviation)
        shares = _probabilities(score, temperature)
        right, sure = senses[int(shares.argmax())] == example.sense, shares.max() >= _SURE
        stated = bool(concepts[example.abbreviation, example.sense])
        share = float(sum(p for s, p in zip(senses, shares, strict=True) if concepts[example.abbreviation, s]))
        agrees, decided = (share > 0.5) == stated, max(share, 1 - share) >= _SURE
        flags = (not example.written, example.written, right, sure, sure and right, agrees, decided, decided and agrees)
        counts[example.abbreviation, example.sense] += np.array(flags, dtype=np.int_)
    return tuple(SenseAccuracy(*sense, *map(int, counts[sense])) for sense in concepts)


def _arrays(fitted: Fit, temperature: float) -> Mapping[str, NDArray[np.generic]]:
    """What is stored: the topics' weights, and each abbreviation's own with the topics of its senses."""
    arrays = _packed("", fitted.topics, temperature, _LEAST_TOPIC_WEIGHT)
    for abbreviation, weights in fitted.tasks.items():
        arrays |= _packed(f"{abbreviation}/", weights, temperature, _LEAST_TASK_WEIGHT)
        arrays[f"{abbreviation}/senses"] = _bytes(_senses(abbreviation))
        arrays[f"{abbreviation}/topics"] = np.array(fitted.senses[abbreviation], dtype=np.int8)
    return arrays


def _packed(prefix: str, weights: Weights, temperature: float, least: float) -> dict[str, NDArray[np.generic]]:
    """Weights as multiples of 0.025 in one byte each; features that never weigh `least` are left out."""
    matrix = weights.matrix / temperature
    names = list(weights.rows)
    kept = [row for row in range(len(names)) if np.abs(matrix[row]).max() >= least]
    return {
        f"{prefix}features": _bytes(names[row] for row in kept),
        f"{prefix}weights": np.clip(np.rint(matrix[kept] / _STEP), -127, 127).astype(np.int8),
        f"{prefix}bias": np.round(weights.bias / temperature, 2).astype(np.float32),
        f"{prefix}step": np.array(_STEP, dtype=np.float32),
    }


def _bytes(names: Iterable[str]) -> NDArray[np.uint8]:
    return np.frombuffer("\n".join(names).encode(), dtype=np.uint8)


def _write_accuracies(path: Path, accuracies: Iterable[SenseAccuracy]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow((*SenseAccuracy._fields, "accuracy"))
        writer.writerows((*a, f"{a.right / max(1, a.from_corpus + a.written):.3f}") for a in accuracies)
