"""medspaCy as it comes, to compare with: PyRuSH, target matcher with our literal terms, ConText, sectionizer.

Import this module before anything of chart_triage's language stage: that stage imports medspaCy without PyRuSH.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import medspacy
from loguru import logger
from medspacy.target_matcher import TargetRule

from chart_triage.records.guideline import Guideline
from chart_triage.records.lexicon import TermKind

if TYPE_CHECKING:
    from spacy.language import Language

logger.remove()  # PyRuSH logs every token of a note to stderr


def stock_pipeline(guideline: Guideline) -> Language:
    """A pipeline that finds the literal terms and abbreviations of `guideline`, asserted by medspaCy's own rules."""
    nlp = medspacy.load()
    nlp.add_pipe("medspacy_sectionizer")
    terms = {
        (term.term, term.key)
        for term in guideline.terms
        if term.kind in (TermKind.LITERAL, TermKind.EXACT) and not term.key.startswith("@")
    }
    nlp.get_pipe("medspacy_target_matcher").add([TargetRule(term, key) for term, key in sorted(terms)])
    return nlp


def read(nlp: Language, text: str) -> int:
    """Runs the pipeline and looks at every entity's attributes; the number of entities."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        doc = nlp(text)
    return sum(1 for e in doc.ents if e._.is_negated is not None and e._.section_category != "")
