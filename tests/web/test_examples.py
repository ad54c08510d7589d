"""The examples in docstrings hold."""

from __future__ import annotations

import doctest
from importlib import import_module

import pytest


@pytest.mark.parametrize("name", ["webhooks", "web.uploads", "web.views.words", "web.views.readiness"])
def test_examples(name: str) -> None:
    done = doctest.testmod(import_module(f"chart_triage.{name}"))
    assert done.attempted
    assert not done.failed
