"""Versions of one guideline, and which of them is in force on a day.

The versions of a family are folders side by side, each with its own `id` and the same `family`. A version counts from
its day `effective` to the day `ends`, or, where it names none, until the next version begins.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from chart_triage import resources
from chart_triage.errors import GuidelineError, SettingsError
from chart_triage.guidelines.problems import Problem
from chart_triage.guidelines.yaml_source import YamlSource, read_yaml


class Version(BaseModel):
    """The head of a guideline folder. `until` is the last day on which it counts; None where no end is known."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str
    version: str
    title: str
    effective: date
    family: str | None = None
    ends: date | None = None
    folder: Path
    until: date | None = None


def versions(root: Path | None = None) -> tuple[Version, ...]:
    """All guidelines in the folders below `root` (default: those that ship), by family and first day.

    Raises GuidelineError where the head of one cannot be read: it could be the version that is asked for.
    """
    folders = sorted(path.parent for path in (root or resources.lexicons()).glob("*/guideline.yaml"))
    heads = [_head(folder, read_yaml(folder / "guideline.yaml")) for folder in folders]
    unread = [folder for folder, head in zip(folders, heads, strict=True) if head is None]
    if unread:
        raise GuidelineError(
            [f"{folder}: cannot be read; run `chart-triage guideline check` on it" for folder in unread]
        )
    return _with_last_days([head for head in heads if head is not None])


def in_force(family: str, on: date, root: Path | None = None) -> Version:
    """The one version of `family` that counts on the day `on`.

    Raises SettingsError where none does, and GuidelineError where two do.
    """
    known = [version for version in versions(root) if version.family == family]
    _refuse_overlaps(family, known)
    for version in known:
        if version.effective <= on and (version.until is None or on <= version.until):
            return version
    listed = "; ".join(f"{version.id}: {days_in_force(version)}" for version in known)
    raise SettingsError(f"No version of {family} is in force on {on}. Known: {listed or 'none'}. Name one by its id.")


def days_in_force(version: Version) -> str:
    """`2026-01-01 to 2026-12-31`, or `from 2026-01-01`."""
    return f"{version.effective} to {version.until}" if version.until else f"from {version.effective}"


def overlap_problems(source: YamlSource, folder: Path) -> list[Problem]:
    """What is wrong in `folder` beside the other versions of its family, the folders next to it."""
    this = _head(folder, source)
    if this is None or this.family is None:
        return []
    beside = [_head(p.parent, read_yaml(p)) for p in sorted(folder.resolve().parent.glob("*/guideline.yaml"))]
    others = [v for v in beside if v is not None and v.folder.name != folder.resolve().name]
    problems = [
        source.problem(("family",), f"family '{this.family}' is also the id of a guideline; give it a name of its own")
        for name in {this.id, *(v.id for v in others)}
        if name == this.family
    ]
    for other in others:
        if other.family != this.family:
            continue
        first, second = sorted((this, other), key=lambda v: v.effective)
        if _overlap(first, second):
            field = "ends" if first is this and this.ends else "effective"
            problems.append(source.problem((field,), f"{_told(first, second)}; change `effective` or `ends` of one"))
    return problems


def _head(folder: Path, source: YamlSource) -> Version | None:
    try:
        return Version.model_validate({**source.data, "folder": folder, "until": None})
    except (TypeError, ValidationError):  # no mapping, or a field that `guideline check` will tell
        return None


def _with_last_days(heads: Sequence[Version]) -> tuple[Version, ...]:
    ordered = sorted(heads, key=lambda v: (v.family or v.id, v.effective, v.id))
    ends = [head.ends for head in ordered]
    for index, (head, following) in enumerate(pairwise(ordered)):
        if head.ends is None and head.family is not None and head.family == following.family:
            ends[index] = following.effective - timedelta(days=1)
    return tuple(head.model_copy(update={"until": end}) for head, end in zip(ordered, ends, strict=True))


def _refuse_overlaps(family: str, known: Sequence[Version]) -> None:
    told = [_told(first, second) for first, second in pairwise(known) if _overlap(first, second)]
    if told:
        raise GuidelineError([f"{family}: {line}; run `chart-triage guideline check` on both" for line in told])


def _overlap(first: Version, second: Version) -> bool:
    return first.effective == second.effective or (first.ends is not None and first.ends >= second.effective)


def _told(first: Version, second: Version) -> str:
    return f"'{first.id}' and '{second.id}' are both in force on {second.effective}"
