"""Three ways to find misread terms: skeletons (ours), edit distance (rapidfuzz), character trigrams (scispaCy's).

    python -m benchmarks.run noise_matchers [--terms 300] [--notes 60] [--pages 24]

- Each literal term of a concept is misread on purpose: one or two signs that OCR confuses, a space lost or put in;
  and, to be fair to the others, one letter that is wrong, lost or doubled in any way.
- Real misreadings: pages of the fixture charts as bad faxes (fixtures/fax.py), read by bare Tesseract; the terms that
  it did not read as they are written.
- Whatever is found in clean notes, where the words are not a term's, is a false match.

Edit distance and trigrams look at all runs of one to five words with eight letters or more, as scispaCy's linker looks
at entities. All three know the same terms, and nothing of conditions.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import time
from collections.abc import Callable, Iterator, Sequence
from difflib import SequenceMatcher
from pathlib import Path
from typing import NamedTuple

import nmslib
import numpy as np
import tesserocr
from rapidfuzz import process
from rapidfuzz.distance import Levenshtein
from scispacy.candidate_generation import CandidateGenerator
from scispacy.linking_utils import Entity, KnowledgeBase
from sklearn.feature_extraction.text import TfidfVectorizer

from benchmarks import ocr
from benchmarks.notes import notes
from chart_triage import guidelines
from chart_triage.assess import DEFAULT_GUIDELINE
from chart_triage.evaluation.false_alarms import sampled
from chart_triage.evaluation.measure import EVAL_DIR
from chart_triage.language.flat import Flat
from chart_triage.language.noise import SHORTEST, NoisyMatcher
from chart_triage.records.lexicon import TermKind
from chart_triage.resources import model_path

CONFUSED = (
    ("l", "1"), ("i", "1"), ("o", "0"), ("i", "l"), ("l", "I"), ("m", "rn"), ("rn", "m"), ("d", "cl"), ("cl", "d"),
    ("e", "c"), ("s", "5"), ("b", "8"), ("g", "9"), ("g", "q"), ("h", "b"), ("u", "n"), ("n", "u"), ("w", "vv"),
)  # fmt: skip
WORD = re.compile(r"[^\W_]+")
MOST_WORDS = 5
SEED = 4

Found = Callable[[str], set[str]]
"""The concepts that a matcher finds in a text by approximation."""


class Sample(NamedTuple):
    """A term as it was misread, within its line."""

    concept: str
    text: str


def main(arguments: Sequence[str]) -> Iterator[tuple[str, str]]:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.run noise_matchers", description=__doc__)
    parser.add_argument("--terms", type=int, default=300)
    parser.add_argument("--notes", type=int, default=60, help="clean notes to count false matches in")
    parser.add_argument("--pages", type=int, default=24, help="pages to be read by Tesseract; 0: none")
    options = parser.parse_args(arguments)
    terms = lexicon()
    clean = clean_notes(options.notes)
    draw = random.Random(SEED)
    chosen = draw.sample(sorted(terms), min(options.terms, len(terms)))
    samples = {
        "one confusion": [_sample(terms, t, _confused(draw, t)) for t in chosen],
        "two confusions": [_sample(terms, t, _confused(draw, _confused(draw, t))) for t in chosen],
        "a space lost or put in": [_sample(terms, t, _respaced(draw, t)) for t in chosen],
        "any letter wrong": [_sample(terms, t, _mistyped(draw, t)) for t in chosen],
    }
    if options.pages:
        samples["bad faxes read by Tesseract"] = misread_terms(terms, options.pages)
    for name, find in matchers(terms):
        for kind, of_kind in samples.items():
            share = np.mean([s.concept in find(s.text) for s in of_kind]) if of_kind else 0.0
            yield f"{name}: found, {kind}", f"{100 * share:.1f} % of {len(of_kind)}"
        start = time.process_time()
        false = sum(len(find(text)) for text in clean)
        seconds = time.process_time() - start
        yield f"{name}: false matches in {len(clean)} clean notes", f"{false}"
        yield f"{name}: milliseconds a page of 2,200 characters", f"{2.2e6 * seconds / sum(map(len, clean)):.2f}"


def clean_notes(count: int) -> list[str]:
    """Clinical notes that nobody scanned: a sample where CHART_TRIAGE_EVAL_DIR is set, else the repository's own."""
    folder = os.environ.get(EVAL_DIR)
    return [text for _, text in sampled(Path(folder) / "corpora" / "text", count)] if folder else notes()[1][:count]


def lexicon() -> dict[str, str]:
    """Literal terms with letters enough -> their concept."""
    guideline = guidelines.load(DEFAULT_GUIDELINE)
    return {
        _flat(term.term): term.key
        for term in guideline.terms
        if term.kind is TermKind.LITERAL and term.key[0] != "@" and len(re.sub(r"\W", "", term.term)) >= SHORTEST
    }


def matchers(terms: dict[str, str]) -> Iterator[tuple[str, Found]]:
    yield "skeletons", _skeletons(terms)
    for least in (0.85, 0.9):
        yield f"rapidfuzz, similarity {least}", _edit_distance(terms, least)
    for least in (0.8, 0.9):
        yield f"scispaCy's candidates, similarity {least}", _trigrams(terms, least)


def _skeletons(terms: dict[str, str]) -> Found:
    matcher = NoisyMatcher(terms)

    def find(text: str) -> set[str]:
        lower = _flat(text)
        places = matcher.find(text, lambda words: sum(len(re.findall(rf"\b{re.escape(w)}\b", lower)) for w in words))
        noisy = [place for place in places if _flat(text[place.start : place.end]) not in terms]
        return {terms[word] for place in noisy for word in place.words}

    return find


def _edit_distance(terms: dict[str, str], least: float) -> Found:
    names = list(terms)

    def find(text: str) -> set[str]:
        runs = _runs(text, terms)
        scores = process.cdist(runs, names, scorer=Levenshtein.normalized_similarity, score_cutoff=least)
        return {terms[names[column]] for column in np.nonzero(scores)[1]} if runs else set()

    return find


def _trigrams(terms: dict[str, str], least: float) -> Found:
    """scispaCy's candidate generator. Its own builder of an index wants an older SciPy; the parameters are its own, but
    for `min_df`: ten is meant for millions of names."""
    by_concept: dict[str, list[str]] = {}
    for term, concept in terms.items():
        by_concept.setdefault(concept, []).append(term)
    known = KnowledgeBase([Entity(concept, names[0], names[1:]) for concept, names in by_concept.items()])
    names = list(known.alias_to_cuis)
    vectorizer = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 3), min_df=1, dtype=np.float32)
    index = nmslib.init(method="hnsw", space="cosinesimil_sparse", data_type=nmslib.DataType.SPARSE_VECTOR)
    index.addDataPointBatch(vectorizer.fit_transform(names))
    index.createIndex({"M": 100, "indexThreadQty": 1, "efConstruction": 2000, "post": 0})
    index.setQueryTimeParams({"efSearch": 200})
    generator = CandidateGenerator(index, vectorizer, names, known)

    def find(text: str) -> set[str]:
        runs = _runs(text, terms)
        return {
            candidate.concept_id
            for candidates in (generator(runs, 5) if runs else ())
            for candidate in candidates
            if max(candidate.similarities) >= least
        }

    return find


def _runs(text: str, terms: dict[str, str]) -> list[str]:
    """Runs of words long enough to be misread terms, those that overlap an exact term left out."""
    flat = _flat(text)
    words = [match.span() for match in WORD.finditer(flat)]
    taken: set[int] = set()
    runs: dict[str, range] = {}
    for first in range(len(words)):
        for last in range(first, min(len(words), first + MOST_WORDS)):
            run = flat[words[first][0] : words[last][1]]
            if run in terms or run.removesuffix("s") in terms:
                taken.update(range(first, last + 1))
            elif len(re.sub(r"\W", "", run)) >= SHORTEST:
                runs[run] = range(first, last + 1)
    return [run for run, places in runs.items() if taken.isdisjoint(places)]


def _flat(text: str) -> str:
    return Flat(text, hyphens=False, join=True).text.strip().lower()


def _sample(terms: dict[str, str], term: str, misread: str) -> Sample:
    return Sample(terms[term], f"History of {misread}, stable.")


def _confused(draw: random.Random, term: str) -> str:
    places = [(i, a, b) for a, b in CONFUSED for i in range(len(term)) if term.startswith(a, i)]
    if not places:
        return term
    at, old, new = draw.choice(places)
    return term[:at] + new + term[at + len(old) :]


def _respaced(draw: random.Random, term: str) -> str:
    if " " in term and draw.random() < 0.5:
        return term.replace(" ", "", 1)
    at = draw.randrange(2, len(term) - 1)
    return f"{term[:at]} {term[at:]}"


def _mistyped(draw: random.Random, term: str) -> str:
    at = draw.choice([i for i, sign in enumerate(term) if sign.isalpha()])
    return term[:at] + draw.choice(["", term[at] * 2, draw.choice("bdfkprtxz")]) + term[at + 1 :]


def misread_terms(terms: dict[str, str], pages: int) -> list[Sample]:
    """The terms that bare Tesseract misreads on bad faxes, each with the words around it."""
    engine = tesserocr.PyTessBaseAPI(path=str(model_path(ocr.TESSERACT_ENGLISH).parent), lang="eng")
    jobs = ocr.jobs()
    found = []
    for job in jobs[:: max(1, len(jobs) // pages)][:pages]:
        for level in ("standard", "standard-bad"):
            read = ocr.read_by_bare_tesseract(engine, ocr.image_of(ocr.faxed(job, level)))
            found += _misread(terms, _flat(job.page.text).split(), _flat(read).split())
    return found


def _misread(terms: dict[str, str], truth: list[str], read: list[str]) -> Iterator[Sample]:
    """Where the words of a term became as many other words, or one more or one less."""
    plain = [word.strip(".,;:()") for word in truth]
    for tag, i, j, k, m in SequenceMatcher(a=truth, b=read, autojunk=False).get_opcodes():
        if tag != "replace" or abs((j - i) - (m - k)) > 1 or j - i > 2 * MOST_WORDS:
            continue
        for first in range(max(0, i - MOST_WORDS), j):
            for last in range(max(first, i), min(len(plain), first + MOST_WORDS)):
                term = " ".join(plain[first : last + 1])
                if term in terms and first < j and i <= last:
                    words = read[max(0, k - (i - first) - 3) : m + max(0, last + 1 - j) + 3]
                    if term not in " ".join(words):
                        yield Sample(terms[term], " ".join(words))
