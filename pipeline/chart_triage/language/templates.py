"""Choices of a template that nobody made: "{epilepsy | brain tumor}", "[select one: pacemaker / ICD / none]", "Y/N".

What stands there is the template's, not the patient's, so it is no statement at all.
"""

from __future__ import annotations

import re

_LONGEST_CHOICE = 240  # characters within brackets
_FAR = 160
_PAIRS = {"[": "]", "{": "}", "<": ">", "(": ")"}
_ASKS = re.compile(
    r"\b(?:delete as|select|choose|circle one|pick one|pick from|if applicable|drop-?down|pick ?list)\b|"
    r"\A\s*template\b",
    re.IGNORECASE,
)
_DEFAULTED = re.compile(r"\||:\d{1,6}\b")
_ALTERNATIVE = re.compile(r"\w\s?[/|]\s?\w")
_NAMES_EXAMPLES = re.compile(r"\A[\w /-]{2,40}[,:]? (?:e\.g\.|eg|for example|such as)[ ,:]", re.IGNORECASE)
_OPEN_ENDED = frozenset({"other", "none", "n/a", "na", "neither", "no", "unknown", "other:"})
_PLACEHOLDER = re.compile(
    r"\[(?:number|name|date|patient|first name|last name|provider|clinic|phone|age|sex|he/she|his/her)\]|"
    r"\{[A-Za-z_ ]{2,30}\}"
    r"|_{3,40}|\*\*\*|\[[A-Za-z -]{1,30}[|][A-Za-z -]{1,30}\]|\b(?:smart ?phrase|dot ?phrase|template|not completed)\b",
    re.IGNORECASE,
)
_UNDECIDED = re.compile(
    r"(?:\b(?:(?:does|has|is|did|was|do|have)\s?/\s?(?:does|has|is|did|was|do|have) ?n[o']t|with/without|(?:reports|"
    r"endorses|admits)/denies|denies/(?:reports|endorses|admits)|present/absent|absent/present)\b|\{[^{}\n]{1,80}\})"
    r"[^.;:\n]{0,30}$",
    re.IGNORECASE,
)
_YES_OR_NO = re.compile(
    r"\s{0,3}[(\[]\s?y(?:es)?\s?/\s?n(?:o)?\s?[)\]]|\s{1,3}(?:(?:indicated|present|needed|known|placed|"
    r"in situ) )?Y\s?/\s?N\b",
    re.IGNORECASE,
)
_TO_CHOOSE = re.compile(
    r"[^.;\n]{0,30}?(?:>{1,3}|-{1,2}>|\u2192|\u25bc)\s{0,2}(?:choose|select|pick|click)\b", re.IGNORECASE
)
_EXAMPLES = re.compile(
    r"\b(?:examples?|sample (?:text|entries|entry)|choices|possible values|options) (?:of|for|in|"
    r"are) (?:the |this |a )?"
    r"[\w -]{0,30}\b(?:field|box|entry|value|drop-?down|placeholder|tag)s?\s?[:=][^.\n]{0,160}$",
    re.IGNORECASE,
)
_FROM_LIST = re.compile(
    r"\b(?:pick|choose|select|circle one|tick one|pick one|choose one|select one)(?: one)?(?: from|"
    r" of)?(?: the| a)?(?: list)?\)?\s?:"
    r"\s[^\n\[(\u2610-\u2612]{0,160}\Z",
    re.IGNORECASE,
)
_UNFILLED = re.compile(
    r"(?:\b(?:smart ?phrase|dot ?phrase|macro|template|drop-?down|pick ?list)\b|(?<![\w.])\.[A-Z]{4,30}\b)[^\n]{0,50}?"
    r"\b(?:not (?:completed|filled|used|finished|populated)|unfilled|left blank|incomplete)\b",
    re.IGNORECASE,
)


def unmade(raw: str, low: int, high: int, start: int, end: int) -> tuple[int, int] | None:
    """The span of the choice that holds `raw[start:end]`, on the line `raw[low:high]`; None where it is no choice."""
    if _UNDECIDED.search(raw[max(low, start - 110) : start]) or _YES_OR_NO.match(raw, end, high):
        return start, end
    if _TO_CHOOSE.match(raw, end, high) or _EXAMPLES.search(raw[max(low, start - _FAR) : start]):
        return start, end
    if _FROM_LIST.search(raw[max(low, start - _FAR) : start]) and _ALTERNATIVE.search(raw, low, min(high, end + _FAR)):
        return start, end
    around = _brackets(raw, low, high, start, end)
    if around is not None and _is_choice(raw, *around):
        return around
    return (start, end) if _in_unfilled(raw, low, start) else None


def _brackets(raw: str, low: int, high: int, start: int, end: int) -> tuple[int, int] | None:
    """The innermost pair of brackets on the line around the place."""
    before = raw[max(low, start - _LONGEST_CHOICE) : start]
    opens = max((before.rfind(sign) for sign in _PAIRS), default=-1)
    if opens < 0 or any(sign in before[opens:] for sign in _PAIRS.values()):
        return None
    closes = raw.find(_PAIRS[before[opens]], end, min(high, end + _LONGEST_CHOICE))
    return (start - len(before) + opens, closes + 1) if closes >= 0 else None


def _is_choice(raw: str, opens: int, closes: int) -> bool:
    inside, kind = raw[opens + 1 : closes - 1], raw[opens]
    if kind != "(" and (_ASKS.search(inside) or _NAMES_EXAMPLES.match(inside)):
        return True
    options = [o.strip().lower() for o in re.split(r"[/|]", inside)]
    chosen = all(o and len(o.split()) <= 5 for o in options) and len(options) > 1
    if kind == "{":
        return _DEFAULTED.search(inside) is not None or chosen
    if kind == "(":
        return chosen and options[-1] in ("other", "none")
    if not chosen:
        return False
    if kind == "<" or "|" in inside or options[-1] in _OPEN_ENDED:
        return True
    rest = raw[max(0, opens - _FAR) : opens], raw[closes : closes + _FAR]
    return any(_PLACEHOLDER.search(piece) for piece in rest)


def _in_unfilled(raw: str, low: int, start: int) -> bool:
    """Whether the line, or the heading above it, says that this part of the template was not filled in."""
    if _UNFILLED.search(raw, max(low, start - _FAR), start):
        return True
    above = raw[max(0, low - _FAR) : low].rstrip(" \t\n").rpartition("\n")[2] if low else ""
    return above.endswith(":") and _UNFILLED.search(above) is not None
