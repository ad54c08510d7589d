"""Checks ICD-10-CM codes against a maintained table.

The table takes seconds to load, so only `guideline check` uses it, and only where there are codes.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from types import ModuleType

from chart_triage.guidelines.problems import Problem
from chart_triage.records.lexicon import Term, TermKind

_LOOK_UP = "look it up in the code set of the year"


def check_codes(file: str, terms: Iterable[Term]) -> list[Problem]:
    """Codes that are not in the table, chapters and blocks, and codes without their dot."""
    coded = [term for term in terms if term.kind is TermKind.CODE]
    if not coded:
        return []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import simple_icd_10_cm as table
    problems = []
    for term in coded:
        code = term.term
        if not _is_code(table, code):
            remedy = f"did you mean '{code.upper()}'?" if _is_code(table, code.upper()) else _LOOK_UP
            problems.append(Problem(file, term.line, f"'{code}' is no ICD-10-CM category or code; {remedy}"))
        elif table.add_dot(code) != code:
            remedy = f"write '{table.add_dot(code)}'"
            problems.append(Problem(file, term.line, f"'{code}' is written without its dot; {remedy}"))
    return problems


def _is_code(table: ModuleType, code: str) -> bool:
    """Whether it is a category or a code below one; chapters and blocks ("I20-I25") are not written in charts."""
    return bool(table.is_valid_item(code)) and not table.is_chapter_or_block(code)
