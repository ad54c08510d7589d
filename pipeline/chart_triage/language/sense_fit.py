"""One logistic regression for all ambiguous abbreviations at once: the mathematics behind `sense_training`.

Each sense belongs to a topic ("liver", "coronary"). The score of a sense is a weight vector of its own plus the one of
its topic, which all abbreviations share and which learns from topical text as well; so a word that was never seen
beside "HE" still counts when it was seen beside other words of liver disease. Both are fitted together by L-BFGS on a
convex loss with quadratic penalties.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int_]

_SHARED = ("w=", "p=")
_TOPIC_PENALTY = 1.0
_SENSE_PENALTY = 0.05
_TOPIC_SHARE = 0.3
_MOST_STEPS = 300


class Row(NamedTuple):
    """Features of one example, the number of its sense or topic, and how much it counts."""

    values: Mapping[str, float]
    label: int
    weight: float = 1.0


class Task(NamedTuple):
    """The examples of one abbreviation; `topics[sense]` is the topic's number, or -1 for a sense without one."""

    topics: tuple[int, ...]
    rows: Sequence[Row]


class Weights(NamedTuple):
    """`matrix[feature, sense or topic]`; `rows` are the features' places."""

    rows: dict[str, int]
    matrix: Floats
    bias: Floats


class Fit(NamedTuple):
    """The topics' weights, and each task's own."""

    topics: Weights
    tasks: Mapping[str, Weights]
    senses: Mapping[str, tuple[int, ...]]

    def scores(self, task: str, values: Mapping[str, float]) -> Floats:
        """One number per sense; the softmax of them is the probability."""
        own = self.tasks[task]
        shared = _total(self.topics, values)
        columns = self.senses[task]
        return own.bias + _total(own, values) + np.array([shared[c] if c >= 0 else 0.0 for c in columns])


def _total(weights: Weights, values: Mapping[str, float]) -> Floats:
    known = [(weights.rows[name], value) for name, value in values.items() if name in weights.rows]
    rows, factors = [row for row, _ in known], np.array([value for _, value in known])
    total: Floats = factors @ weights.matrix[rows] if known else np.zeros(weights.matrix.shape[1])
    return total


class _Block(NamedTuple):
    """One softmax of the joint loss: own and shared inputs with their transposes, labels, weights, shared columns."""

    own: Any
    own_t: Any
    shared: Any
    shared_t: Any
    labels: Integers
    weights: Floats
    columns: Integers


def fit(tasks: Mapping[str, Task], topical: Sequence[Row], topics: int) -> Fit:
    """Fits all tasks and the topics together; `topical` rows are labelled with topics, `topics` is their number."""
    from scipy.optimize import minimize  # type: ignore[import-untyped]

    shared = _vocabulary([*(row for task in tasks.values() for row in task.rows), *topical], _SHARED)
    own = {name: _vocabulary(task.rows, ("",)) for name, task in tasks.items()}
    blocks = [_block(tasks[name].rows, own[name], shared, tasks[name].topics) for name in tasks]
    named = [
        Row(row.values, task.topics[row.label]) for task in tasks.values() for row in task.rows
        if task.topics[row.label] >= 0
    ]  # fmt: skip
    whole = _block([*named, *topical], {}, shared, tuple(range(topics)))
    shapes = [(len(shared), topics), (topics,)]
    for name, task in tasks.items():
        shapes += [(len(own[name]), len(task.topics)), (len(task.topics),)]
    ends = np.cumsum([int(np.prod(shape)) for shape in shapes])

    def parts(vector: Floats) -> list[Floats]:
        return [p.reshape(shape) for p, shape in zip(np.split(vector, ends[:-1]), shapes, strict=True)]

    def loss(vector: Floats) -> tuple[float, Floats]:
        return _loss(parts(vector), blocks, whole)

    found = minimize(loss, np.zeros(ends[-1]), jac=True, method="L-BFGS-B", options={"maxiter": _MOST_STEPS})
    matrix, bias, *rest = parts(found.x)
    fitted = {name: Weights(own[name], rest[2 * i], rest[2 * i + 1]) for i, name in enumerate(tasks)}
    return Fit(Weights(shared, matrix, bias), fitted, {name: task.topics for name, task in tasks.items()})


def _vocabulary(rows: Iterable[Row], kinds: tuple[str, ...]) -> dict[str, int]:
    """Features of these kinds -> their places, in alphabetical order; the rows that have one must weigh 1 together."""
    seen: dict[str, float] = defaultdict(float)
    for row in rows:
        for name in row.values:
            if name.startswith(kinds):
                seen[name] += row.weight
    return {name: place for place, name in enumerate(sorted(n for n, weight in seen.items() if weight >= 1))}


def _block(rows: Sequence[Row], own: dict[str, int], shared: dict[str, int], columns: tuple[int, ...]) -> _Block:
    """A label counts by the root of its rows' weight, so frequent ones do not drown the rare; mean weight is 1."""
    labels = np.array([row.label for row in rows])
    weights = np.array([row.weight for row in rows])
    weights = weights / np.sqrt(np.bincount(labels, weights=weights)[labels])
    a, b = _matrix(rows, own), _matrix(rows, shared)
    return _Block(a, a.T.tocsr(), b, b.T.tocsr(), labels, weights * len(rows) / weights.sum(), np.array(columns))


def _matrix(rows: Sequence[Row], vocabulary: dict[str, int]) -> Any:
    from scipy.sparse import csr_matrix  # type: ignore[import-untyped]

    cells = [
        (number, vocabulary[name], value)
        for number, row in enumerate(rows)
        for name, value in row.values.items()
        if name in vocabulary
    ]
    at, columns, values = zip(*cells, strict=True) if cells else ((), (), ())
    return csr_matrix((values, (at, columns)), shape=(len(rows), len(vocabulary)), dtype=np.float64)


def _loss(parts: list[Floats], blocks: list[_Block], whole: _Block) -> tuple[float, Floats]:
    """The penalised negative log-likelihood and its gradient, over the topics' and then each task's weights."""
    topics, topic_bias, *rest = parts
    total, slope = _softmax_loss(whole.shared @ topics + topic_bias, whole.labels, whole.weights * _TOPIC_SHARE)
    total += 0.5 * _TOPIC_PENALTY * float((topics**2).sum())
    topic_slope = _TOPIC_PENALTY * topics + whole.shared_t @ slope
    slopes = [topic_slope, slope.sum(axis=0)]
    for number, block in enumerate(blocks):
        matrix, bias = rest[2 * number], rest[2 * number + 1]
        having = np.flatnonzero(block.columns >= 0)
        scores = block.own @ matrix + bias
        scores[:, having] += (block.shared @ topics)[:, block.columns[having]]
        value, slope = _softmax_loss(scores, block.labels, block.weights)
        total += value + 0.5 * _SENSE_PENALTY * float((matrix**2).sum())
        slopes += [block.own_t @ slope + _SENSE_PENALTY * matrix, slope.sum(axis=0)]
        shared_slope = block.shared_t @ slope[:, having]
        for place, column in enumerate(block.columns[having]):
            topic_slope[:, column] += shared_slope[:, place]
    return total, np.concatenate([s.ravel() for s in slopes])


def _softmax_loss(scores: Floats, labels: Integers, weights: Floats) -> tuple[float, Floats]:
    scores = scores - scores.max(axis=1, keepdims=True)
    logs = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
    places = np.arange(len(labels))
    slope = np.exp(logs)
    slope[places, labels] -= 1
    return float(-(weights * logs[places, labels]).sum()), slope * weights[:, None]
