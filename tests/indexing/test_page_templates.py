"""Pages made up for training: every template can be filled, the same way each time, and no line marks remain."""

from __future__ import annotations

import random
import re

import pytest

from chart_triage import resources
from chart_triage.indexing.kind_model import KINDS
from chart_triage.indexing.page_templates import Family, make_up, read_families, read_slots, spoilt

FOLDER = resources.models() / "page_kind" / "templates"
FAMILIES = read_families(FOLDER)


@pytest.mark.parametrize("family", FAMILIES, ids=lambda f: f"{f.kind}-{f.name}")
def test_a_template_makes_pages_without_left_over_marks(family: Family) -> None:
    slots = read_slots(FOLDER)
    pages = list(make_up(family, slots, 12))
    assert [p.text for p in pages] == [p.text for p in make_up(family, slots, 12)]
    assert len({p.text for p in pages}) == 12
    for made in pages:
        assert not re.search(r"\{\w+[:}]|\|\|", made.text)


def test_every_kind_has_templates_to_train_on_and_templates_held_out() -> None:
    for kind in KINDS:
        own = [family for family in FAMILIES if family.kind is kind]
        assert sum(not f.held_out for f in own) >= 4, kind
        assert sum(f.held_out for f in own) >= 2, kind


def test_telephone_numbers_are_invented() -> None:
    text = "\n".join(p.text for f in FAMILIES for p in make_up(f._replace(lines=("{phone}",)), read_slots(FOLDER), 2))
    assert len(re.findall(r"555.01\d\d", text)) > 100


def test_noise_changes_letters_of_some_pages() -> None:
    text = "Impression: normal contrast MRI of the brain without lesion. " * 20
    made = [spoilt(text, random.Random(seed)) for seed in range(20)]
    assert any(each == text for each in made)
    assert any(each != text for each in made)
