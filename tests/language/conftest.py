"""The shipped guideline and its language stage, loaded once."""

from __future__ import annotations

import pytest

from chart_triage.assess import DEFAULT_GUIDELINE, Assessor
from chart_triage.language.annotator import Annotator
from chart_triage.language.cues import CueMatcher
from chart_triage.records.guideline import Guideline
from chart_triage.settings import Settings


@pytest.fixture(scope="session")
def assessor() -> Assessor:
    return Assessor(DEFAULT_GUIDELINE, Settings())


@pytest.fixture(scope="session")
def guideline(assessor: Assessor) -> Guideline:
    return assessor.guideline


@pytest.fixture(scope="session")
def annotator(guideline: Guideline) -> Annotator:
    return Annotator(guideline, Settings())


@pytest.fixture(scope="session")
def cue_matcher() -> CueMatcher:
    return CueMatcher()
