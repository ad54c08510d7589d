"""What may stand in the template of the letter, and how each slip is told by file and line."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from chart_triage import resources
from chart_triage.guidelines import check, load

LIST = "{% for item in asked %}\n- {{ item.text }}\n{% endfor %}\n"
SHIPPED = resources.lexicons() / "healthhelp-mrs-2026" / "request_letter.md"

MISTAKES = [
    (LIST + "{{ member_nam }}", "request_letter.md:4: unknown name 'member_nam'; did you mean 'member_name'?"),
    (
        LIST.replace("item.text", "item.txt"),
        "request_letter.md:2: unknown field 'txt'; did you mean 'text'?",
    ),
    (LIST + "{{ member_name.__class__ }}", "request_letter.md:4: unknown field '__class__'; allowed: none"),
    (LIST + "{{ member_name | upper }}", "request_letter.md:4: 'filter' is not allowed in a letter; "),
    (LIST + "{{ lipsum() }}", "request_letter.md:4: 'call' is not allowed in a letter; "),
    (LIST + "{{ 'a' * 9999999 }}", "request_letter.md:4: 'mul' is not allowed in a letter; "),
    (LIST + "{% set x = 1 %}", "request_letter.md:4: 'assign' is not allowed in a letter; "),
    (LIST + "{% include 'x' %}", "request_letter.md:4: 'include' is not allowed in a letter; "),
    (LIST + "{{ asked[0] }}", "request_letter.md:4: 'getitem' is not allowed in a letter; "),
    (
        "{% for a in asked %}{% for b in asked %}{{ b.text }}{% endfor %}{% endfor %}",
        "request_letter.md:1: a loop is written {% for item in asked %} ... {% endfor %}, and not within another loop",
    ),
    (
        LIST + "{% for x in member_name %}{{ x }}{% endfor %}",
        "request_letter.md:4: unknown list 'member_name'; allowed: asked, site_address",
    ),
    (LIST + "{{ member_name", "request_letter.md:4: cannot be read as a template ("),
    (LIST + "{% if received %}", "request_letter.md:4: cannot be read as a template ("),
    ("Dear sender", "request_letter.md: never lists what is asked for; add {% for item in asked %}"),
    (LIST + "**Answer soon", "request_letter.md:4: a ** has no partner on this line; "),
    (
        LIST + "\nYour request was\nDenied.",
        "request_letter.md:6: 'Denied' reads like a decision; a request only says what is asked for",
    ),
    (LIST + "This is not medically necessary.", "request_letter.md:4: 'not medically necessary' reads like a decision"),
    ("x" * 20_001, "request_letter.md: is longer than 20,000 characters"),
]


@pytest.mark.parametrize(("template", "told"), MISTAKES, ids=[told[:60] for _, told in MISTAKES])
def test_a_slip_in_the_letter_is_told_by_line(cardiac: Path, template: str, told: str) -> None:
    (cardiac / "request_letter.md").write_text(template)
    problems = check(cardiac)
    assert len(problems) == 1
    assert problems[0].startswith(told)


def test_a_letter_in_order_is_part_of_the_guideline(cardiac: Path) -> None:
    before = load(cardiac)
    assert before.request_letter == "", "a folder may do without a letter"
    (cardiac / "request_letter.md").write_text("# More records\n" + LIST)
    assert check(cardiac) == []
    after = load(cardiac)
    assert after.request_letter.startswith("# More records")
    assert after.sha256 != before.sha256


def test_the_shipped_letter_serves_any_guideline(cardiac: Path) -> None:
    shutil.copy(SHIPPED, cardiac)
    assert check(cardiac) == []


def test_a_letter_that_is_no_text_is_told(cardiac: Path) -> None:
    (cardiac / "request_letter.md").write_bytes(b"\xff\xfe\x00x")
    assert check(cardiac) == ["request_letter.md: cannot be read as UTF-8 text; save it with the encoding UTF-8"]
