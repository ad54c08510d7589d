"""One row of a guideline's `terms.csv`: words that name a concept, or a helper group of words."""

from __future__ import annotations

from enum import StrEnum

from chart_triage.records.mention import Status
from chart_triage.records.page import Record


class TermKind(StrEnum):
    LITERAL = "literal"  # any case; a space or hyphen matches spaces, line breaks and hyphens; plural "s" allowed
    EXACT = "exact"  # case-sensitive: abbreviations
    PATTERN = "pattern"  # groups and quoted words in order or near each other, within one sentence
    CODE = "code"  # ICD-10-CM code or category; matches the code and what is below it


class Term(Record):
    """`key` is a concept key, or "@name" for a group that only other rows use.

    `needs`/`unless` are conditions like "sentence:@brain" or "document:@ms_context", alternatives separated by "|":
    the term counts only if one of `needs` holds and none of `unless` does. `facet` narrows a concept (lymphoma).
    `states` is the status that the words carry by themselves ("MR unsafe" says that a device is not MR conditional).
    `source` says where the term comes from; `line` is its line in the file.
    """

    key: str
    term: str
    kind: TermKind
    needs: str = ""
    unless: str = ""
    facet: str | None = None
    states: Status | None = None
    source: str
    line: int
