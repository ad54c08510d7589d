"""Answers that a form gives for many items at once, or beside them in words.

"Items 1 to 9 (pacemaker, ICD, ...): all answered NO", "1-6 = No except 4 = Yes", "Patient circled: 3 only. Others no.",
"Pacemaker  YES  NO  [NO circled]".
"""

from __future__ import annotations

import re

from chart_triage.language.form_answers import Answer, FormAnswer

_WINDOW = 1500  # characters before and after an item in which its form answers it by number
_ALL = re.compile(
    r"(?P<rest>[^.;:\n]{0,300}?)\)?\s{0,2}[:,\u2013\u2014-]\s{0,3}(?:(?:were|are) )?(?:all|each|every one|"
    r"everything)\b\s?"
    r"(?:(?:of (?:them|these)|were|are|have been|items?|questions?|boxes) ){0,2}"
    r"(?:answered|ticked|marked|checked|circled|recorded|left|=|as|with|boxes|\s){0,6}[\"'\u2018\u201c]?"
    r"(?P<answer>no|none|negative|denied|nil|yes)\b(?P<but>[^.\n]{0,4}\b(?:except|but|apart from|"
    r"other than|save)\b[^.\n]{0,80})?",
    re.IGNORECASE,
)
_TO_ALL = re.compile(
    r"(?P<rest>[^.;:\n]{0,300}?)\)?\s{0,2}[:\u2013\u2014-]\s{0,3}(?P<answer>no|none|yes) (?:to|for|on|across) "
    r"(?:all|each|any|every)\b(?P<but>[^.\n]{0,20}\b(?:except|but|apart from|other than|save)\b[^.\n]{0,80})?",
    re.IGNORECASE,
)
_PROSE = re.compile(r"\b(?:has|have|had|is|was|were|seen|with|who|since|for)\b", re.IGNORECASE)
_NUMBER = re.compile(r"(?:^|[\s;,(])(?:Q|#|no\. ?|item )?(?P<number>\d{1,2})\s?[.):]?\s{1,3}\Z", re.IGNORECASE)
_RANGE = re.compile(
    r"(?<![\d/.])(?P<first>\d{1,2})\s?(?:-|\u2013|to|through|thru)\s?[Qq#]?(?P<last>\d{1,2})\s{0,3}"
    r"(?:=|:|-|\b(?:are|were|all|answered|marked|ticked|circled|each)\b|\s){0,6}(?P<answer>no|yes)\b"
    r"(?:[^.\n\d]{0,4}\b(?:except|but|apart from|other than|save)\b[^\d\n]{0,14}"
    r"(?P<other>\d{1,2}(?:\s?(?:,|and|&)\s?\d{1,2}){0,8}))?",
    re.IGNORECASE,
)
_CIRCLED = re.compile(
    r"\b(?:circled|ticked|checked|marked|answered yes|said yes|yes)\s?(?:yes )?(?:to|on|for|at|:|=)\s?"
    r"(?:only |just |no\.? |number |numbers |items? |questions? |q){0,2}"
    r"(?P<numbers>\d{1,2}(?:\s?(?:,|and|&|\+)\s?\d{1,2}){0,8})(?![\d/:%])",
    re.IGNORECASE,
)
_REST_NO = re.compile(
    r"\b(?:all |the ){0,2}(?:others?|rest|remaining|remainder|everything else)\b[^.\n]{0,40}?\b(?:no|none|"
    r"negative|blank)\b|\bno (?:to|for|on) (?:all |the ){0,2}(?:others?|rest|remaining|remainder|everything else)\b",
    re.IGNORECASE,
)
_NOTED = re.compile(
    r"[\s:?.\t_|-]{0,80}(?:yes|y)\s{0,8}/?\s{0,8}(?:no|n)\s{0,8}[\[(](?P<note>[^\])\n]{0,120})[\])]", re.IGNORECASE
)
_MARK = (
    re.compile(
        r"\b(?P<word>yes|no|y|n)\b[\"']? (?:is |was )?(?:circled|ticked|underlined|selected|chosen|marked)", re.I
    ),
    re.compile(r"\b(?:circled|ticked|underlined|selected|chosen|marked):? [\"']?(?P<word>yes|no|y|n)\b", re.I),
)
_STRUCK = re.compile(r"[^;.]{0,24}?\b(?:crossed|struck|scribbled|deleted|scratched)\b", re.IGNORECASE)
_CHOSEN = r"\s{0,2}[(\[](?:circled|ticked|checked|marked|selected|underlined)[)\]]"
_CHOSEN_HERE = re.compile(_CHOSEN, re.IGNORECASE)
_CHOSEN_NONE = re.compile(r"\b(?:none|nil|no implants?|none of (?:the above|these))" + _CHOSEN, re.IGNORECASE)
_TO_CHOOSE = re.compile(r"\b(?:circle|tick|check|mark|select|underline)\b", re.IGNORECASE)
_PAIRED = re.compile(
    r"(?<![\w/])(?P<items>[A-Za-z][\w -]{1,30}(?:\s?/\s?[A-Za-z][\w -]{1,30}){1,3}?)(?:\s{0,3}[:?=-]\s{0,3}|\s{1,8})"
    r"(?P<answers>(?:no|neg)(?:\s?/\s?(?:yes|no|neg|pos)){1,3}|yes(?:\s?/\s?yes){1,3})\b",
    re.IGNORECASE,
)
_REPLY = re.compile(
    r"[^.?:\n]{0,80}\?[\"'\u2019\u201d)]{0,2}\s{0,3}(?:response|answer(?:ed)?|ans|reply|replied|"
    r"(?:the )?(?:patient|pt|mother|father|parent|wife|husband|carer|he|she|a)"
    r"(?: (?:says?|said|replie[sd]|answers?|answered|responds?|"
    r"responded))?)\s?[:=,-]?\s{0,2}[\"'\u2018\u201c]?(?P<answer>yes|no|none|never)\b",
    re.IGNORECASE,
)
_ROW_BELOW = re.compile(
    r"[ \t.]{0,8}\n[ \t]{0,8}(?:affected|present|detected|confirmed|fitted|implanted|in situ|result)"
    r"[ \t]{0,3}[:?=-][ \t]{0,4}"
    r"(?P<answer>yes|y|no|n|none|negative)\b(?=[ \t]{0,8}(?:$|[\n.,;(]))",
    re.IGNORECASE,
)
_OF_ALL = frozenset({"all", "each", "every", "everything", "any", "all.", "all,"})
_FAR = 340  # characters
_ROW = 60  # characters of the next line
_SEPARATOR = re.compile(r"[,/]")
_DIGITS = re.compile(r"\d{1,2}")


def listed_answer(raw: str, start: int, end: int) -> FormAnswer | None:
    """What is said of all items of the list that holds `raw[start:end]`."""
    if _OF_ALL.isdisjoint(raw[end : end + _FAR].lower().split()):
        return None
    match = _ALL.match(raw, end) or _TO_ALL.match(raw, end)
    if (
        match is None
        or _PROSE.search(match.group("rest"))
        or not (_SEPARATOR.search(match.group("rest")) or _follows_another(raw, start))
    ):
        return None
    but = match.group("but")
    if but is not None and raw[start:end].lower() not in but.lower():
        names_others = not _DIGITS.search(but)
        answer = _of_word(match.group("answer")) if names_others else Answer.UNSURE
    elif but is not None:
        answer = Answer.NO if _of_word(match.group("answer")) is Answer.YES else Answer.YES
    else:
        answer = _of_word(match.group("answer"))
    return FormAnswer(answer, *match.span("answer"))


def _follows_another(raw: str, start: int) -> bool:
    return raw[max(0, start - 3) : start].rstrip()[-1:] in (",", "/")


def numbered_answer(raw: str, start: int) -> FormAnswer | None:
    """The answer that the form gives to the number in front of the item."""
    label = _NUMBER.search(raw, max(0, start - 8), start)
    if label is None:
        return None
    number = int(label.group("number"))
    low, high = max(0, start - _WINDOW), min(len(raw), start + _WINDOW)
    for match in _RANGE.finditer(raw, low, high):
        if int(match.group("first")) <= number <= int(match.group("last")):
            answer = _of_word(match.group("answer"))
            if match.group("other") and number in _numbers(match.group("other")):
                answer = Answer.NO if answer is Answer.YES else Answer.YES
            return FormAnswer(answer, *match.span())
    rest = _REST_NO.search(raw, low, high)
    for match in _CIRCLED.finditer(raw, low, high):
        if number in _numbers(match.group("numbers")):
            return FormAnswer(Answer.YES, *match.span())
        if rest is not None and rest.start() >= match.end():
            return FormAnswer(Answer.NO, *rest.span())
    return None


def _numbers(text: str) -> set[int]:
    return {int(found) for found in _DIGITS.findall(text)}


def noted_answer(raw: str, end: int, high: int) -> FormAnswer | None:
    """ "YES  NO  [NO circled]": which of the two was circled is written beside them; one that was "
    "struck does not count."""
    match = _NOTED.match(raw, end, high)
    if match is None:
        return None
    note = match.group("note")
    marks = [m for pattern in _MARK for m in pattern.finditer(note)]
    if not marks:
        return None
    told = {_of_word(m.group("word")) for m in marks if not _STRUCK.match(note, m.end())}
    answer = told.pop() if len(told) == 1 else Answer.UNSURE
    return FormAnswer(answer, *match.span("note"))


def chosen_answer(raw: str, low: int, high: int, end: int) -> FormAnswer | None:
    """ "Implants (circle): none(circled)   pacemaker   stent": what was chosen from a line is marked behind it."""
    mark = _CHOSEN_HERE.match(raw, end, high)
    if mark is not None:
        return FormAnswer(Answer.YES, *mark.span())
    line = raw[low:high]
    if "ed)" not in line and "ed]" not in line:
        return None
    other = _CHOSEN_NONE.search(line) or (_CHOSEN_HERE.search(line) if _TO_CHOOSE.search(line) else None)
    return FormAnswer(Answer.NO, low + other.start(), low + other.end()) if other is not None else None


def paired_answer(raw: str, low: int, high: int, start: int) -> FormAnswer | None:
    """ "PPM/ICD  no/no": as many answers as items, in their order. "Yes/no" alone is a choice that nobody made."""
    if "/" not in raw[low:high]:
        return None
    for match in _PAIRED.finditer(raw, low, high):
        if not match.start("items") <= start < match.end("items"):
            continue
        answers = match.group("answers").split("/")
        index = raw.count("/", match.start("items"), start)
        if len(answers) == match.group("items").count("/") + 1:
            positive = answers[index].strip().lower() in ("yes", "pos")
            return FormAnswer(Answer.YES if positive else Answer.NO, *match.span("answers"))
    return None


def replied(raw: str, end: int, high: int) -> FormAnswer | None:
    """ "'Do you have a pacemaker?' Response: NO.": the answer of somebody who was asked."""
    match = _REPLY.match(raw, end, high) or _ROW_BELOW.match(raw, end, high + _ROW)
    return FormAnswer(_of_word(match.group("answer")), *match.span("answer")) if match is not None else None


def _of_word(word: str) -> Answer:
    return Answer.YES if word.lower() in ("yes", "y") else Answer.NO
