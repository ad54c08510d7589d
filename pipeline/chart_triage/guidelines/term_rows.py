"""Reads and checks `terms.csv`: which words stand for which concept, on whose word, and under which condition."""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from chart_triage.guidelines.problems import Problem, unknown
from chart_triage.guidelines.term_language import GROUP, condition_groups, pattern_groups
from chart_triage.records.lexicon import Term, TermKind
from chart_triage.records.mention import Status

COLUMNS = ("key", "term", "kind", "needs", "unless", "facet", "source")
WITH_STATES = (*COLUMNS[:6], "states", COLUMNS[6])  # where some words carry a status of their own
_STATUSES = {status.value: status for status in Status}
_KINDS = {kind.value: kind for kind in TermKind}
_PATTERN = TermKind.PATTERN.value


class Vocabulary(NamedTuple):
    """What the rows may name: concept keys with their facets, and the abbreviations that need a condition."""

    facets: Mapping[str, Collection[str]]
    ambiguous: Collection[str]


class TermRows(NamedTuple):
    """`keys`: concepts and groups that have a row, good or bad."""

    terms: tuple[Term, ...]
    keys: set[str]
    problems: list[Problem]


def read_terms(path: Path, vocabulary: Vocabulary | None) -> TermRows:
    """All rows that can be used, and what is wrong with the others. Without a vocabulary names are not checked."""
    rows: list[Term] = []
    checker = _Checker(path.name, vocabulary)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            for line, cells in _rows(file, checker):
                term = checker.term(line, cells)
                if term is not None:
                    rows.append(term)
    except FileNotFoundError:
        checker.tell(0, f"is missing in the folder {path.parent.name}; create it with the header {','.join(COLUMNS)}")
    except UnicodeDecodeError:
        checker.tell(0, "is not UTF-8; save it as 'CSV UTF-8'")
    return TermRows(tuple(rows), *checker.finish())


def _rows(file: Iterator[str], checker: _Checker) -> Iterator[tuple[int, list[str]]]:
    """Line and cells (as `WITH_STATES`) of each row that has as many cells as the header, blank lines left out."""
    reader = csv.reader(file, strict=True)
    line, width = 1, len(COLUMNS)
    try:
        for cells in reader:
            if line == 1:
                header = tuple(map(str.strip, cells))
                if header not in (COLUMNS, WITH_STATES):
                    checker.tell(1, f"the header is '{','.join(cells)}'; it must be {','.join(COLUMNS)}")
                    return
                width = len(header)
            elif any(cells) and len(cells) != width:
                checker.tell(line, _cell_count(cells, width))
            elif any(cells):
                cells = [*map(str.strip, cells)]
                yield line, cells if width == len(WITH_STATES) else [*cells[:6], "", cells[6]]
            line = reader.line_num + 1
    except csv.Error as error:
        checker.tell(line, f"cannot be read as CSV ({error}); check the double quotes")


def _cell_count(cells: list[str], width: int) -> str:
    remedy = "put a term with a comma in double quotes" if len(cells) > width else "add the missing commas"
    return f"has {len(cells)} cells, {width} are needed; {remedy}"


class _Checker:
    """Collects what is wrong with the rows; each message says what is allowed or what to do."""

    def __init__(self, file: str, vocabulary: Vocabulary | None) -> None:
        self.problems: list[Problem] = []
        self._file = file
        self._vocabulary = vocabulary
        self._first: dict[tuple[str, ...], int] = {}
        self._conditions: dict[str, list[str]] = {"": []}
        self._uses: dict[str, dict[str, int]] = {}  # key of the row -> group that it names -> first line
        self._named: dict[str, int] = {}  # group -> first line that names it

    def tell(self, line: int, message: str) -> None:
        self.problems.append(Problem(self._file, line, message))

    def term(self, line: int, cells: list[str]) -> Term | None:
        """The row as a term, or None when it cannot stand."""
        key, text, kind, needs, unless, facet, states, source = cells
        before = len(self.problems)
        self._check_key(line, key)
        if not text:
            self.tell(line, "the column `term` is empty; write the words, or delete the row")
        if kind not in _KINDS:
            self.tell(line, unknown("kind", kind, _KINDS))
        if not source:
            self.tell(line, "the column `source` is empty; say where the term comes from")
        if states and states not in _STATUSES:
            self.tell(line, f"`states`: {unknown('status', states, _STATUSES)}")
        if facet:
            self._check_facet(line, key, facet)
        self._check_ambiguous(line, key, text, needs)
        self._check_double(line, cells)
        self._collect(line, key, text, kind, needs, unless)
        if len(self.problems) > before:
            return None
        return Term(
            key=key,
            term=text,
            kind=_KINDS[kind],
            needs=needs,
            unless=unless,
            facet=facet or None,
            states=_STATUSES[states] if states else None,
            source=source,
            line=line,
        )

    def _check_key(self, line: int, key: str) -> None:
        if key.startswith("@"):
            if not GROUP.match(key):
                self.tell(line, f"group '{key}' has characters that a group may not have; write @ and a-z, 0-9 or _")
        elif self._vocabulary and key not in self._vocabulary.facets:
            where = "add it under `concepts` in guideline.yaml, or correct it (the keys are listed there)"
            self.tell(line, unknown("concept", key, self._vocabulary.facets, where))

    def _check_facet(self, line: int, key: str, facet: str) -> None:
        if key.startswith("@"):
            self.tell(line, f"a group has no facets, found '{facet}'; put the facet on the concept's own row")
        elif self._vocabulary and facet not in (allowed := self._vocabulary.facets.get(key, ())):
            self.tell(line, f"{unknown('facet', facet, allowed)} (`facets` of {key} in guideline.yaml)")

    def _check_ambiguous(self, line: int, key: str, text: str, needs: str) -> None:
        if self._vocabulary and text.upper() in self._vocabulary.ambiguous and not needs and not key.startswith("@"):
            self.tell(
                line, f"'{text}' has other meanings (`ambiguous` in guideline.yaml); give it a condition in `needs`"
            )

    def _check_double(self, line: int, cells: list[str]) -> None:
        key, text, kind, *rest, _ = cells
        row = (key, text if kind == "exact" else text.lower(), kind, *rest)
        first = self._first.setdefault(row, line)
        if first != line:
            self.tell(line, f"repeats line {first}; delete one")

    def _collect(self, line: int, key: str, text: str, kind: str, needs: str, unless: str) -> None:
        """Remembers which groups the row names, for the checks over all rows."""
        named = self._condition(line, "needs", needs) + self._condition(line, "unless", unless)
        if kind == _PATTERN and text:
            try:
                named += pattern_groups(text)
            except ValueError as error:
                self.tell(line, str(error))
        for group in named:
            self._named.setdefault(group, line)
            self._uses.setdefault(key, {}).setdefault(group, line)

    def _condition(self, line: int, column: str, text: str) -> list[str]:
        if text not in self._conditions:
            try:
                self._conditions[text] = condition_groups(text)
            except ValueError as error:
                self.tell(line, f"`{column}`: {error}")
                return []
        return self._conditions[text]

    def finish(self) -> tuple[set[str], list[Problem]]:
        """All keys and all problems, once the last row is in: groups without rows, and groups in a circle."""
        keys = {key for key, *_ in self._first}
        groups = {key for key in keys if key.startswith("@")}
        for group, line in self._named.items():
            if group not in groups:
                self.tell(line, unknown("group", group, groups, "add rows with this key, or correct it"))
        for circle in _circles({key: list(named) for key, named in self._uses.items() if key in groups}):
            line = self._uses[circle[0]][circle[1]]
            self.tell(
                line, f"groups need each other in a circle: {' > '.join(circle)}; take one of them out of its rows"
            )
        if not keys and not self.problems:
            self.tell(0, "has no rows; each concept needs at least one")
        return keys, self.problems


def _circles(graph: Mapping[str, list[str]]) -> list[list[str]]:
    """Each circle of a directed graph that a depth-first walk comes upon, as `[a, b, a]`."""
    circles: list[list[str]] = []
    done: set[str] = set()

    def walk(node: str, path: list[str]) -> None:
        if node in path:
            circles.append([*path[path.index(node) :], node])
            return
        if node in done:
            return
        for following in graph.get(node, ()):
            walk(following, [*path, node])
        done.add(node)

    for start in graph:
        walk(start, [])
    return circles
