"""What a form can answer, and the answer with its place."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Answer(StrEnum):
    YES = "yes"
    NO = "no"
    UNSURE = "unsure"
    BLANK = "blank"


class FormAnswer(NamedTuple):
    """The answer that a form line gives to the question at the target, with the raw span that says so."""

    answer: Answer
    start: int
    end: int
