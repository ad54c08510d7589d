"""Answers on forms: "Pacemaker: N", "[x] Yes [ ] No", ☐ ☒, "Y / (N)", tables with Yes and No columns.

A form line asks and answers in one place, so it is read by its layout, not by negation cues. An unanswered question
is no statement at all.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from chart_triage.language.form_answers import Answer, FormAnswer
from chart_triage.language.form_lists import (
    chosen_answer,
    listed_answer,
    noted_answer,
    numbered_answer,
    paired_answer,
    replied,
)
from chart_triage.language.noise import repaired
from chart_triage.language.templates import unmade
from chart_triage.records.page import FormRow, RowAnswer

_WORDS = {
    Answer.YES: "yes|y|positive|pos|present|true|checked|1",
    Answer.NO: (
        "none (?:whatsoever|at all|known|recorded|reported|noted|listed|documented|identified|declared)|"
        "no|n|none|nil|0|all denied|all negative|all no|denies all|denies|denied|negative|neg|absent|never|false|not "
        "present|no device|n/a|na|unchecked|not applicable"
    ),
    Answer.UNSURE: (
        "unknown|unsure|not sure|uncertain|unable to obtain|unable to verify|unk|not known|pt unsure|patient unsure|"
        "unverified|pending|don't know|do not know|dont know|can't recall|cannot recall|not certain|maybe"
    ),
    Answer.BLANK: (
        "see [\\w ]{0,30}(?:form|sheet|questionnaire|attached|media|chart)[\\w ]{0,40}|\\{yes/no[^}\\n]{0,10}\\}|"
        "\\*\\*\\*|not answered|not completed|left blank|blank|no answer|unanswered|(?:yes|y)\\s{0,6}/?\\s{0,6}(?:no|"
        "n)(?:\\s{0,3}/\\s{0,3}(?:unk|unknown|unsure|n/a))?|yes or no|_{2,40}"
    ),
}
_ANSWER = "|".join(f"(?P<{answer.value}>{words})" for answer, words in reversed(_WORDS.items()))
_AFTER = re.compile(
    r"^(?:[\w ]{0,20}\))?(?:\s{0,2}\([^)\n]{0,60}\))?(?P<tail>[^\W\d_]?[\w /,'&()-]{0,90}?)\s{0,3}(?:[:?=]{1,2}|"
    r"\.{2,60}|_{2,40}(?=\s*[A-Za-z])|\t+|(?<=[?:])\s{0,3}\n\s{0,6}|\s{3,40}|\s[-\u2013]{1,2}(?=\s)|\|)[\s_]{0,20}(?:"
    + _ANSWER
    + r")(?!\w)(?P<doubt>\s?\?{1,3})?"
    r"(?=\s{0,4}(?:$|[\n,;.|)\]\t(]|\s{2}|[-\u2013]\s|[A-Z][\w /()'-]{1,40}[:?]))",
    re.IGNORECASE,
)
_DIRECT = re.compile(
    r"(?:[\w ]{0,20}\))?\s{1,3}(?:(?P<yes>YES|Y|Yes|yes)|(?P<no>NO|N|No|no|none|None|denies|0|neg|"
    r"-ve))(?!\s{0,3}/?\s{0,3}(?:N|NO|No|no|Y|YES|Yes|yes)\b)(?=\s{0,2}(?:[.,;|()/]|$|\n|\s{2}|[A-Z][a-z]))"
)
_CIRCLED = re.compile(
    r"[\s:?.\t_|-]{0,80}(?:(?P<yes>[(\[<*_]\s?(?:y|yes)\s?[)\]>*_]\s{0,4}/?\s{0,4}(?:n|no)\b)|(?P<no>\b(?:y|yes)\s{0,4}/?\s{0,4}[(\[<*_]\s?(?:n|no)\s?[)\]>*_]))",
    re.IGNORECASE,
)
# looks at nothing that does not begin like a box
_BOX = re.compile(
    r"(?=[\[(_<\u2370\u25a0-\u25ef\u2610-\u2612\u2713\u2714\u2717\u2718])(?:(?P<on>\[\s?[xX\u2713\u2714*]\s?\]|\(\s?[xX\u2713\u2714\u2022\u25cf*]\s?\)|\[\s?[yY]\s?\]|[\u2611\u2612\u2713\u2714\u25a0\u25cf\u2717\u2718]|_[xX]_|<[xX]>"
    r"|\[\s?[xX]\s?\)|\(\s?[xX]\s?\])"  # misread brackets, as is "()" before an answer
    r"|(?P<off>\[[\s_]{0,3}\]|\(\s{1,3}\)|\(\)(?=\s{0,3}(?i:yes|no|y|n|n/a|unk|unknown|unsure)\b)|[\u2610\u25a1\u25a2\u25cb\u25ef])|(?P<odd>\u2370)|(?P<no>\[\s?[nN]\s?\]))"
)
_BLANK = re.compile(_BOX.pattern.replace("(?P<off>", r"(?P<off>(?<![\w_])_{2,4}(?=\s{0,2}\w)|", 1))
_WRITTEN_MARK = re.compile("_[xX]_|[\u2713\u2714]")
_YES_NO = re.compile(
    r"\s{0,3}(?P<yes>yes|y)\b|\s{0,3}(?P<no>no|n)\b(?!\s+(?:evidence|history))|\s{0,3}(?P<unsure>unknown|unsure|not "
    r"sure|don't know|unk)\b",
    re.IGNORECASE,
)
_YES_NO_BEFORE = re.compile(
    r"(?:(?P<yes>\byes|\by)|(?P<no>\bno|\bn)|(?P<unsure>\bunknown|\bunsure))\s{0,3}:?\s{0,2}$", re.IGNORECASE
)
_CELL = re.compile(r"[^\t|]+")
_COLUMN_WORD = re.compile(r"\b(yes|no)\b", re.IGNORECASE)
_TICK = re.compile(r"[xX\u2713\u2714\u2612\u2611](?<!\w.)(?!\w)|(?<=\s\s\s)[A-Z]{2,3}(?=\s{0,6}(?:$|\n))")
_CHECKS = re.compile("[\u2713\u2714\u2611]")
_LONGEST_LINE = 600  # characters
_FARTHEST_LINE = 2000
_FARTHEST_BOX = 120
_SENTENCE_END = re.compile(r"(?<!\.)[.;]\s")  # the dots of a leader end none
_OPEN = re.compile(
    r"\s{0,3}(?:no\b)?\s{0,2}[,;(\u2013-]\s{0,2}"
    r"(?:awaiting|pending|not yet|to be (?:confirmed|checked|verified)|checking|tbc)\b",
    re.IGNORECASE,
)
_HEADER_LINES = 40
_LONGEST_LABEL = 60
_BARE_LABEL = re.compile(r"[ \t]*(?:\(?\w{1,3}[.)][ \t]+)?[A-Z][\w /&'(),.-]{1,50}[:?][ \t_]*")
_BEFORE_BRACKET = re.compile(r"[:?]\s{0,3}(?:(?P<yes>yes|y)|(?P<no>no|n))\s{0,2}\([^()\n]{0,40}\Z", re.IGNORECASE)
_SIGN = re.compile(
    r"\((?:(?P<yes>\+{1,2})|(?P<no>[-\u2212\u2013]))\)\s{0,3}(?:an? |h/o |hx of |for )?\Z", re.IGNORECASE
)
_LABELLED = re.compile(r"[A-Z][\w /&'(),.-]{1,50}:")
_LETTERS = re.compile(r"[A-Za-z]{4}")
_COLON_LETTER = re.compile(r":\s{0,3}[A-Za-z]")
_FORM_WINDOW = 2500
_ANSWER_BELOW = re.compile(r"\n[ \t]{0,8}(?:(?P<yes>yes|y)|(?P<no>no|n))[ \t]{0,8}\.?(?=[\t\n\f]|$)", re.IGNORECASE)
_ANSWERED_LINE = re.compile(r"[ \t]{0,8}(?:yes|y|no|n)\.?(?:\t.*)?", re.IGNORECASE)


_OF_ROWS = {
    RowAnswer.YES: Answer.YES,
    RowAnswer.NO: Answer.NO,
    RowAnswer.UNCLEAR: Answer.UNSURE,
    RowAnswer.UNANSWERED: Answer.BLANK,
}


_QUESTION = re.compile(
    r"(?:^|[\n\f\t.?:])\s{0,8}(?:\(?[\dA-Za-z]{1,3}[.)]\s{0,3})?(?:do|does|did|have|has|had|are|is|was|were) "
    r"(?:you|your|the patient|she|he|there|an?|any)\b[^.?:\f]{0,160}$",
    re.IGNORECASE,
)
_ASKED_TO = re.compile(r"[^.?:\f]{0,160}\?")


def is_question(raw: str, start: int, end: int) -> bool:
    """Whether the words stand in a question of a form ("Do you have a pacemaker?")."""
    return _ASKED_TO.match(raw, end) is not None and _QUESTION.search(raw[max(0, start - 200) : start]) is not None


def is_unmade_choice(raw: str, start: int, end: int) -> bool:
    """Whether the words are one of a template's choices that nobody made."""
    return unmade(raw, *_line(raw, start, end), start, end) is not None


def of_row(row: FormRow) -> FormAnswer:
    """The answer of a row that was read by the places on its page."""
    return FormAnswer(_OF_ROWS[row.answer], *(row.answered or row.spans[0]))


def answer_at(raw: str, start: int, end: int) -> FormAnswer | None:
    """The answer on the line of `raw[start:end]`, or None where the line is no form line."""
    low, high = _line(raw, start, end)
    answer = _answer(raw, low, high, start, end)
    if answer is not None and answer.answer is Answer.NO and _OPEN.match(raw, answer.end, high) is not None:
        return answer._replace(answer=Answer.UNSURE)  # "MR compatibility confirmed: no, awaiting vendor"
    return answer


def _answer(raw: str, low: int, high: int, start: int, end: int) -> FormAnswer | None:
    return (
        _in_column(raw, low, high, start, end)
        or noted_answer(raw, end, high)
        or chosen_answer(raw, low, high, end)
        or paired_answer(raw, low, high, start)
        or replied(raw, end, high)
        or _circled(raw, end, high)
        or _bracketed(raw, low, start)
        or _signed(raw, low, start)
        or _choice(raw, low, high, start, end)
        or listed_answer(raw, start, end)
        or numbered_answer(raw, start)
        or _boxed(raw, low, high, start, end)
        or _written(raw, end, high)
        or _below(raw, low, high, start, end)
        or _unanswered(raw, low, high, start, end)
    )


def _line(raw: str, start: int, end: int) -> tuple[int, int]:
    """The line that holds `raw[start:end]`; of one that is too long to be a form's, what lies around."""
    low, high = _line_start(raw, start), _line_end(raw, end)
    if high - low > _LONGEST_LINE:
        return max(low, start - _LONGEST_LINE // 2), min(high, end + _LONGEST_LINE // 2)
    return low, high


def _line_start(raw: str, at: int) -> int:
    """Where the line begins, or `_FARTHEST_LINE` characters before `at`, if it is as long as that."""
    least = max(0, at - _FARTHEST_LINE)
    found = max(raw.rfind("\n", least, at), raw.rfind("\f", least, at))
    return found + 1 if found >= 0 else least


def _line_end(raw: str, at: int) -> int:
    """Where the line ends, or `_FARTHEST_LINE` characters after `at`, if it is as long as that."""
    most = min(len(raw), at + _FARTHEST_LINE)
    ends = [i for i in (raw.find("\n", at, most), raw.find("\f", at, most)) if i >= 0]
    return min(ends, default=most)


def _written(raw: str, end: int, high: int) -> FormAnswer | None:
    stop = _line_end(raw, high + 1) if raw[end:high].rstrip().endswith(("?", ":")) else high
    match = _AFTER.match(repaired(raw[end:stop]))
    if match is None or _BOX.search(match.group()):
        return _direct(raw, end, high)
    if match.group("doubt"):
        return FormAnswer(Answer.UNSURE, end + match.start("doubt"), end + match.end("doubt"))
    for answer in Answer:
        if match.group(answer.value):
            return FormAnswer(answer, end + match.start(answer.value), end + match.end(answer.value))
    return None


def _below(raw: str, low: int, high: int, start: int, end: int) -> FormAnswer | None:
    """The answer that stands alone at the beginning of the next line, as where a wide form was read in pieces.

    Only where the line below that one asks and is answered in the same way.
    """
    if raw[end:high].strip(" .:?_\t") or _LETTERS.search(raw, low, start):
        return None
    match = _ANSWER_BELOW.match(raw, high)
    if match is None:
        return None
    above = raw[max(0, low - _LONGEST_LABEL) : low].rstrip("\n").rpartition("\n")[2]
    if not (_ANSWERED_LINE.fullmatch(above) or _ANSWER_BELOW.match(raw, _line_end(raw, match.end() + 1))):
        return None
    answer = Answer.YES if match.group("yes") else Answer.NO
    return FormAnswer(answer, *match.span(answer.value))


def _unanswered(raw: str, low: int, high: int, start: int, end: int) -> FormAnswer | None:
    """A label without an answer among other such labels ("Pacemaker:", next line "Insulin pump:"): a blank form."""
    if not _BARE_LABEL.fullmatch(raw, low, high) or _LETTERS.search(raw, low, start):
        return None
    before = raw[max(0, low - _LONGEST_LABEL) : low].rstrip().rpartition("\n")[2]
    after = raw[high : high + _LONGEST_LABEL].lstrip().partition("\n")[0]
    if _BARE_LABEL.fullmatch(after) or (_BARE_LABEL.fullmatch(before) and (not after or _LABELLED.match(after))):
        return FormAnswer(Answer.BLANK, end, high)
    return None


def _direct(raw: str, end: int, high: int) -> FormAnswer | None:
    """ "Pacemaker Y.", "pacemaker no; ICD no / pump no": the answer stands right behind the item."""
    match = _DIRECT.match(raw, end, high)
    if match is None:
        return None
    answer = Answer.YES if match.group("yes") else Answer.NO
    return FormAnswer(answer, match.start(answer.value), match.end(answer.value))


def _choice(raw: str, low: int, high: int, start: int, end: int) -> FormAnswer | None:
    """A template's choices that nobody made."""
    span = unmade(raw, low, high, start, end)
    return FormAnswer(Answer.BLANK, *span) if span is not None else None


def _bracketed(raw: str, low: int, start: int) -> FormAnswer | None:
    """ "Pump: YES (Medtronic 780G)": the details of an answer stand in brackets behind it."""
    match = _BEFORE_BRACKET.search(raw, low, start)
    if match is None:
        return None
    answer = Answer.YES if match.group("yes") else Answer.NO
    return FormAnswer(answer, match.start(answer.value), match.end(answer.value))


def _signed(raw: str, low: int, start: int) -> FormAnswer | None:
    """ "(+) epilepsy (-) pacemaker": a sign in brackets before the item."""
    match = _SIGN.search(raw, low, start)
    if match is None:
        return None
    answer = Answer.YES if match.group("yes") else Answer.NO
    return FormAnswer(answer, match.start(), match.end())


def _circled(raw: str, end: int, high: int) -> FormAnswer | None:
    match = _CIRCLED.match(raw[end:high])
    if match is None:
        return None
    answer = Answer.YES if match.group("yes") else Answer.NO
    return FormAnswer(answer, end + match.start(answer.value), end + match.end(answer.value))


class _Box(NamedTuple):
    start: int
    end: int
    on: bool
    label: Answer | None
    crossed: bool = False
    doubtful: bool = False  # nobody can tell whether it is ticked


def _boxed(raw: str, low: int, high: int, start: int, end: int) -> FormAnswer | None:
    line = raw[low:high]
    marks = _marks(line)
    if not marks:
        return None
    boxes = _labelled(line, marks, low)
    pair = [b for b in boxes if b.label is not None]
    if pair:
        after = [b for b in pair if b.start >= end]
        group = _row(raw, after, end) if after else [b for b in pair if b.end <= start]
        if group and _belongs(raw, group, start, end):
            return _decide(group)
    return _own_box(raw, boxes, start, end)


def _belongs(raw: str, group: list[_Box], start: int, end: int) -> bool:
    """Whether the boxes answer the item at `start`..`end`: near it, in the same sentence, with a yes or a no."""
    between = raw[end : group[0].start] if group[0].start >= end else raw[group[-1].end : start]
    answers = any(b.label in (Answer.YES, Answer.NO) for b in group)
    return answers and len(between) <= _FARTHEST_BOX and not _SENTENCE_END.search(between)


def box_at(raw: str, start: int, end: int) -> FormAnswer | None:
    """The tick of the check box that belongs to the item itself ("☐ recurrence  ☒ biopsy targeting"), if it has one."""
    low, high = _line(raw, start, end)
    line = raw[low:high]
    marks = _marks(line)
    return _own_box(raw, _labelled(line, marks, low), start, end) if marks else None


def _marks(line: str) -> list[re.Match[str]]:
    """The boxes of a line; where one is marked by hand ("_X_", a tick), the short blanks are boxes too."""
    return list((_BLANK if _WRITTEN_MARK.search(line) else _BOX).finditer(line))


def _labelled(line: str, marks: list[re.Match[str]], low: int) -> list[_Box]:
    """Boxes with their Yes/No label, which stands after the box, or before it where the line is written so."""
    first = marks[0]
    label_first = _YES_NO_BEFORE.search(line[: first.start()]) is not None and not _YES_NO.match(
        line[marks[-1].end() :]
    )
    boxes = []
    for mark in marks:
        match = (
            _YES_NO_BEFORE.search(line[max(0, mark.start() - 12) : mark.start()])
            if label_first
            else _YES_NO.match(line, mark.end())
        )
        label = None
        if match is not None:
            label = next((Answer(name) for name in ("yes", "no", "unsure") if match.group(name)), None)
        crossed = mark.group("no") is not None or (mark.group() in "\u2717\u2718" and _CHECKS.search(line) is not None)
        on = mark.group("on") is not None and not crossed
        doubtful = mark.group("odd") is not None
        boxes.append(_Box(low + mark.start(), low + mark.end(), on, label, crossed, doubtful))
    return boxes


def _row(raw: str, after: list[_Box], end: int) -> list[_Box]:
    """The boxes that follow the target before the next question: at most one of each label."""
    row: list[_Box] = []
    for box in after:
        if any(b.label is box.label for b in row):
            break
        row.append(box)
    return row


def _decide(group: list[_Box]) -> FormAnswer:
    ticked = [b for b in group if b.on]
    span = (group[0].start, group[-1].end)
    if not ticked:
        return FormAnswer(Answer.UNSURE if any(b.doubtful for b in group) else Answer.BLANK, *span)
    if len(ticked) > 1 or ticked[0].label is None:
        return FormAnswer(Answer.UNSURE, *span)
    return FormAnswer(ticked[0].label, ticked[0].start, ticked[0].end)


def _own_box(raw: str, boxes: list[_Box], start: int, end: int) -> FormAnswer | None:
    """A check list: each item has one box, before it ("☒ Pacemaker ☐ ICD") or after it ("Pacemaker [x]")."""
    before = [b for b in boxes if b.end <= start]
    after = [b for b in boxes if b.start >= end]
    if _follow_items(raw, boxes):
        if not after or _COLON_LETTER.search(raw, end, after[0].start):
            return None  # "Implants (tick): pacemaker ☐": the heading of the list
        before = []
    if before and start - before[-1].end <= 60:
        box = before[-1]
    elif after and after[0].start - end <= 60 and not before:
        box = after[0]
    else:
        return None
    if box.doubtful:
        return FormAnswer(Answer.UNSURE, box.start, box.end)
    if box.on or box.crossed:
        return FormAnswer(Answer.YES if box.on else Answer.NO, box.start, box.end)
    window = raw[max(0, start - _FORM_WINDOW) : end + _FORM_WINDOW]
    answered = any(m.group("on") for m in _BOX.finditer(window))
    return FormAnswer(Answer.NO if answered else Answer.BLANK, box.start, box.end)


def _follow_items(raw: str, boxes: list[_Box]) -> bool:
    """Whether each box stands behind its item ("Implants: PPM ☐  ICD ☒"), as the ends of the line tell."""
    line_start = max(raw.rfind("\n", 0, boxes[0].start), raw.rfind("\f", 0, boxes[0].start)) + 1
    lead = raw[line_start : boxes[0].start].rpartition(":")[2]
    tail = raw[boxes[-1].end : _line_end(raw, boxes[-1].end)]
    return len(boxes) > 1 and any(c.isalpha() for c in lead) and not tail.strip()


def _in_column(raw: str, low: int, high: int, start: int, end: int) -> FormAnswer | None:
    """A row of a table whose header has the columns Yes and No: the column of the tick decides."""
    tick = _TICK.search(raw, end, high)
    if tick is None or _COLUMN_WORD.search(raw, end, high):
        return None
    at = low
    for _ in range(_HEADER_LINES):
        if at <= 0:
            return None
        previous = _line_start(raw, at - 1)
        header = raw[previous : at - 1]
        words = {m.group(1).lower(): m.start() for m in _COLUMN_WORD.finditer(header)}
        if "yes" in words and "no" in words and len(header.strip()) < 160:
            return FormAnswer(_column(raw[low:high], header, tick.start() - low, words), tick.start(), tick.end())
        at = previous
    return None


def _column(row: str, header: str, tick: int, words: dict[str, int]) -> Answer:
    if "\t" in row or "|" in row:
        separator = "|" if "|" in row else "\t"
        cell = row[:tick].count(separator)
        columns = {word: header[:at].count(separator) for word, at in words.items()}
        if cell == columns["yes"]:
            return Answer.YES
        if cell == columns["no"]:
            return Answer.NO
        return Answer.UNSURE
    distance = {word: abs(at - tick) for word, at in words.items()}
    return Answer.YES if distance["yes"] < distance["no"] else Answer.NO
