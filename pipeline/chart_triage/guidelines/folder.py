"""From a guideline's folder to a `Guideline`, or to the list of everything that is wrong with it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import NamedTuple

from chart_triage import resources
from chart_triage.errors import GuidelineError, SettingsError
from chart_triage.guidelines.codes import check_codes
from chart_triage.guidelines.examples import check_examples
from chart_triage.guidelines.letter_template import NAME as LETTER
from chart_triage.guidelines.letter_template import read_letter
from chart_triage.guidelines.links import check_links, vocabulary
from chart_triage.guidelines.problems import Problem, unknown
from chart_triage.guidelines.schema import build
from chart_triage.guidelines.sent_words import check_sent_words
from chart_triage.guidelines.term_rows import Vocabulary, read_terms
from chart_triage.guidelines.versions import in_force, overlap_problems, versions
from chart_triage.guidelines.yaml_source import read_yaml
from chart_triage.records.guideline import Guideline
from chart_triage.records.lexicon import Term


class _Read(NamedTuple):
    guideline: Guideline | None
    terms: tuple[Term, ...]
    names: list[str]  # what an example may expect
    problems: list[Problem]


def available() -> list[str]:
    """Ids of the guidelines that ship with the program."""
    return sorted(path.parent.name for path in resources.lexicons().glob("*/guideline.yaml"))


def load(guideline: str | Path, *, on: date | None = None) -> Guideline:
    """The guideline in this folder, with this id, or the version of this family that is in force on the day `on`.

    A family of guidelines that do not ship with the program is named with the folder around them:
    "/srv/guidelines/cardiac-mri".

    Raises GuidelineError with all problems of the folder, SettingsError where a family's day is missing or no version
    is in force. Checks everything but the ICD-10-CM codes, the examples and the other versions, which `check` does.
    """
    folder = find(guideline, on)
    read = _read(folder)
    if read.guideline is None or read.problems:
        raise GuidelineError(_told(read.problems))
    return read.guideline


def check(folder: Path) -> list[str]:
    """Everything that is wrong with the folder, by file and line; empty when it is in order."""
    if not folder.is_dir():
        return [f"{folder}: is not a folder; give the folder that holds guideline.yaml"]
    read = _read(folder)
    problems = [*read.problems, *check_codes("terms.csv", read.terms)]
    problems += check_examples(folder / "examples.yaml", read.names)
    problems += overlap_problems(read_yaml(folder / "guideline.yaml"), folder)
    return _told(problems)


def find(guideline: str | Path, on: date | None = None) -> Path:
    """The folder of a guideline, as `load` takes its name."""
    path = Path(guideline)
    if path.is_dir():
        return path
    root = resources.lexicons() if path.name == str(guideline) else path.parent
    if (root / path.name / "guideline.yaml").is_file():
        return root / path.name
    family = [version for version in versions(root) if version.family == path.name]
    if not family:
        known = dict.fromkeys([*available(), *(v.family for v in versions() if v.family)])
        raise GuidelineError([f"{unknown('guideline', guideline, known)} (or give the path of its folder)"])
    if on is None:
        listed = ", ".join(version.id for version in family)
        raise SettingsError(f"{path.name} has versions by date: give the planned day of the scan, or an id ({listed}).")
    return in_force(path.name, on, root).folder


def _read(folder: Path) -> _Read:
    source = read_yaml(folder / "guideline.yaml")
    facets = vocabulary(source.data)
    ambiguous = source.data.get("ambiguous") if isinstance(source.data, dict) else None
    known = Vocabulary(facets, ambiguous if isinstance(ambiguous, dict) else {}) if facets else None
    terms, keys, problems = read_terms(folder / "terms.csv", known)
    letter, faults = read_letter(folder / LETTER)
    problems = [*source.problems, *problems, *faults]
    if source.data is None:
        return _Read(None, terms, [], problems)
    guideline, misfits = build(source, terms, letter, resources.checksum(folder))
    problems += misfits
    problems += check_links(source, folder.resolve().name, keys)
    problems += check_sent_words(source)
    groups = [other.group for other in guideline.others] if guideline else []
    return _Read(guideline, terms, [*facets, *groups], problems)


def _told(problems: list[Problem]) -> list[str]:
    """As text, by file and line, each once."""
    order = {"guideline.yaml": 0, "terms.csv": 1, LETTER: 2}
    unique = dict.fromkeys(sorted(problems, key=lambda p: (order.get(p.file, 3), p.line)))
    return [str(problem) for problem in unique]
