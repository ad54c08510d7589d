"""Checks ICD-10-CM codes against a maintained table.

The table takes seconds to load, so only `guideline check` uses it, and only where there are codes.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable

from chart_triage.guidelines.problems import Problem
from chart_triage.records.lexicon import Term, TermKind


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
        if not table.is_valid_item(code) or table.is_chapter_or_block(code):
            known = code.upper() if table.is_valid_item(code.upper()) else None
            remedy = f"did you mean '{known}'?" if known else "look it up in the code set of the year"
            problems.append(Problem(file, term.line, f"'{code}' is no ICD-10-CM category or code; {remedy}"))
        elif table.add_dot(code) != code:
            problems.append(
                Problem(file, term.line, f"'{code}' is written without its dot; write '{table.add_dot(code)}'")
            )
    return problems
