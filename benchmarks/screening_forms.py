"""MRI safety screening forms in the shapes in which they are printed and filled in, and the answers that were given.

`draw_form(shape, seed)` is a page of PDF and its rows. Everything on it is made up. `SHAPES` were there when the
reading of forms was written; `HELD_OUT` are other layouts, that nothing was fitted to.
"""

from __future__ import annotations

import io
import math
import random
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from reportlab.lib.pagesizes import letter
from reportlab.pdfgen.canvas import Canvas

WIDTH, HEIGHT = letter
LEFT, TOP = 54.0, 690.0


class Item(NamedTuple):
    """A question in a short and a long wording; `concept` is the guideline's, "" where it has none for it."""

    concept: str
    short: str
    long: str


class TrueRow(NamedTuple):
    """`answer` is yes, no, unanswered or unclear."""

    item: Item
    question: str
    answer: str


class Form(NamedTuple):
    pdf: bytes
    rows: tuple[TrueRow, ...]


ITEMS = (
    Item("pacemaker", "Cardiac pacemaker", "Do you have a cardiac pacemaker, or pacing wires that were left in place?"),
    Item("icd_device", "Implanted defibrillator (ICD)", "Has a cardioverter defibrillator (ICD) been implanted?"),
    Item("aneurysm_clip", "Aneurysm clip(s)", "Have you ever had surgery with an aneurysm clip in the brain or neck?"),
    Item("cochlear_implant", "Cochlear implant", "Do you have a cochlear implant or another implant in the inner ear?"),
    Item("insulin_pump", "Insulin pump", "Do you wear an insulin pump, or a pump that gives any other medicine?"),
    Item("spinal_cord_stimulator", "Spinal cord stimulator", "Was a spinal cord stimulator or bone stimulator put in?"),
    Item("", "Metal in the eye", "Have you ever had an injury to the eye with a metallic object, sliver or shaving?"),
    Item("", "Hearing aid", "Do you wear a hearing aid that has to be taken off before you enter the room?"),
    Item("", "Claustrophobia", "Are you afraid of closed spaces, or have you ever needed sedation for a scan?"),
    Item("", "Pregnant or breast feeding", "Is there any chance that you are pregnant, or are you breast feeding now?"),
    Item("", "Kidney disease", "Have you ever been told that you have disease of the kidneys or need dialysis?"),
    Item("", "Tattoo or permanent makeup", "Do you have any tattoo, permanent makeup, or body piercing with jewelry?"),
)  # fmt: skip
_MIX = ("yes",) * 5 + ("no",) * 9 + ("unanswered",) * 3 + ("unclear",)


class Sheet:
    """A page being filled in. Coordinates are reportlab's: points from the lower left."""

    def __init__(self, seed: int, title: str = "MRI SAFETY SCREENING FORM") -> None:
        self.chance = random.Random(seed)
        self._out = io.BytesIO()
        self.pen: Any = Canvas(self._out, pagesize=letter, invariant=1)
        self.font = self.chance.choice(("Helvetica", "Times-Roman"))
        self.size = self.chance.choice((10.0, 10.5, 11.0))
        self.rows: list[TrueRow] = []
        self.pen.setFont(f"{self.font.split('-')[0]}-Bold", 13)
        self.pen.drawString(LEFT, 748, title)
        self.pen.setFont(self.font, self.size)
        self.pen.drawString(LEFT, 726, "Patient: Winterbourne, Ada     DOB: 04/17/1961     Date: 11/09/2026")

    def items(self, count: int = len(ITEMS)) -> list[Item]:
        return self.chance.sample(ITEMS, count)

    def answer(self, *, unclear: bool = True) -> str:
        answer = self.chance.choice(_MIX)
        return answer if unclear or answer != "unclear" else "no"

    def row(self, item: Item, question: str, answer: str) -> None:
        self.rows.append(TrueRow(item, question, answer))

    def text(self, x: float, y: float, words: str) -> float:
        self.pen.setFont(self.font, self.size)
        self.pen.drawString(x, y, words)
        return x + self.width(words)

    def width(self, words: str) -> float:
        return float(self.pen.stringWidth(words, self.font, self.size))

    def wrapped(self, x: float, y: float, words: str, width: float) -> int:
        """Sets `words` in lines of `width` from `y` downwards; returns the number of lines."""
        lines, line = [], ""
        for word in words.split():
            if line and self.width(f"{line} {word}") > width:
                lines.append(line)
                line = word
            else:
                line = f"{line} {word}".strip()
        for number, each in enumerate([*lines, line]):
            self.text(x, y - 1.15 * self.size * number, each)
        return len(lines) + 1

    def box(self, x: float, y: float, *, ticked: bool, style: str = "", side: float = 9.0) -> None:
        self.pen.setLineWidth(0.8)
        self.pen.rect(x, y - 1, side, side)
        if ticked:
            self.tick(x, y - 1, side, style or self.chance.choice(("tick", "cross", "fill", "glyph")))

    def tick(self, x: float, y: float, side: float, style: str) -> None:
        pen = self.pen
        pen.setLineWidth(1.3)
        if style == "tick":
            pen.lines(
                [
                    (x + 1.5, y + side / 2, x + 0.4 * side, y + 1.5),
                    (x + 0.4 * side, y + 1.5, x + side + 1.5, y + side + 2),
                ]
            )
        elif style == "cross":
            pen.lines([(x + 1, y + 1, x + side - 1, y + side - 1), (x + 1, y + side - 1, x + side - 1, y + 1)])
        elif style == "fill":
            pen.rect(x + 1.4, y + 1.4, side - 2.8, side - 2.8, stroke=0, fill=1)
        elif style == "initials":
            pen.setFont("Helvetica-Bold", 6.5)
            pen.drawString(x + 0.5, y + 2, "AW")
        else:
            pen.setFont("ZapfDingbats", side)
            pen.drawString(x + 0.8, y + 1.3, "\u2714")

    def pair(
        self, x: float, y: float, answer: str, labels: tuple[str, str] = ("Yes", "No"), gap: float = 14.0
    ) -> float:
        """ "☐ Yes  ☐ No" from `x`; returns where it ends."""
        style = self.chance.choice(("tick", "cross", "fill", "glyph"))
        for label in ("Yes", "No"):
            on = answer == "unclear" or label.lower() == answer
            self.box(x, y, ticked=on, style=style)
            x = self.text(x + 13, y, label) + gap
        return x - gap

    def ring(self, x: float, y: float, width: float, *, by_hand: bool) -> None:
        """Around a word of `width` that begins at (x, y)."""
        middle, reach = (x + width / 2, y + 0.35 * self.size), (width / 2 + 4.5, 0.8 * self.size)
        self.pen.setLineWidth(self.chance.uniform(0.8, 1.5))
        if not by_hand:
            self.pen.ellipse(middle[0] - reach[0], middle[1] - reach[1], middle[0] + reach[0], middle[1] + reach[1])
            return
        start, turn = self.chance.uniform(0, 6.28), self.chance.choice((0.93, 1.0, 1.05)) * 2 * math.pi
        drift = self.chance.uniform(-1.5, 1.5)
        path = self.pen.beginPath()
        for step in range(49):
            angle = start + turn * step / 48
            point = middle[0] + reach[0] * math.cos(angle), middle[1] + (reach[1] + drift * step / 48) * math.sin(angle)
            path.lineTo(*point) if step else path.moveTo(*point)
        self.pen.drawPath(path)

    def done(self) -> Form:
        self.pen.save()
        return Form(self._out.getvalue(), tuple(self.rows))


def _interactive(sheet: Sheet, *, radio: bool) -> None:
    form = sheet.pen.acroForm
    for number, item in enumerate(sheet.items()):
        y, answer = TOP - 30 * number, sheet.answer(unclear=not radio)
        sheet.text(LEFT, y, item.short)
        for x, label in ((320.0, "Yes"), (390.0, "No")):
            on = answer in ("unclear", label.lower())
            place = {"x": x, "y": y - 3, "size": 12, "borderWidth": 0.7}
            if radio:
                form.radio(name=f"q{number}", value=label, selected=on, **place)
            else:
                form.checkbox(
                    name=f"q{number}{label}", checked=on, buttonStyle=sheet.chance.choice(("check", "cross")), **place
                )
            sheet.text(x + 16, y, label)
        sheet.row(item, item.short, answer)


def _boxes_right(sheet: Sheet) -> None:
    for number, item in enumerate(sheet.items()):
        y, answer = TOP - 26 * number, sheet.answer()
        sheet.text(LEFT, y, f"{number + 1}. {item.short}")
        sheet.pair(360, y, answer)
        sheet.row(item, item.short, answer)


def _boxes_left(sheet: Sheet) -> None:
    for number, item in enumerate(sheet.items()):
        y, answer = TOP - 24 * number, sheet.answer()
        sheet.text(sheet.pair(LEFT, y, answer) + 18, y, item.short)
        sheet.row(item, item.short, answer)


def _brackets(sheet: Sheet) -> None:
    sheet.font = "Courier"
    for number, item in enumerate(sheet.items()):
        answer = sheet.answer()
        on = sheet.chance.choice("xX")
        yes, no = (on if answer in ("unclear", label) else " " for label in ("yes", "no"))
        sheet.text(LEFT, TOP - 22 * number, f"{item.short:<34}[{yes}] Yes  [{no}] No")
        sheet.row(item, item.short, answer)


def _word_pairs(sheet: Sheet, decorate: Callable[[float, float, float], None], *, on_answer: bool = True) -> None:
    """Rows "Question    Yes / No"; the answer given (or, not `on_answer`, the other one) is decorated."""
    forms = (("Yes", "   ", "No"), ("Yes", " / ", "No"), ("Y", "    ", "N"), ("YES", "      ", "NO"))
    form = sheet.chance.choice(forms)
    for number, item in enumerate(sheet.items()):
        y, x, answer = TOP - 28 * number, 380.0, sheet.answer()
        sheet.text(LEFT, y, item.short)
        for word in form:
            said = {"y": "yes", "n": "no"}.get(word.lower(), word.lower())
            chosen = (
                said == answer if on_answer else said in ("yes", "no") and said != answer and answer in ("yes", "no")
            )
            if word.strip(" /") and (chosen or answer == "unclear"):
                decorate(x, y, sheet.width(word))
            x = sheet.text(x, y, word)
        sheet.row(item, item.short, answer)


def _circled(sheet: Sheet) -> None:
    by_hand = sheet.chance.random() < 0.6
    _word_pairs(sheet, lambda x, y, width: sheet.ring(x, y, width, by_hand=by_hand))


def _underline(sheet: Sheet, x: float, y: float, width: float) -> None:
    sheet.pen.setLineWidth(1.1)
    sheet.pen.line(x - 1, y - 2, x + width + 1, y - 2 + sheet.chance.uniform(-0.4, 0.4))


def _underlined(sheet: Sheet) -> None:
    _word_pairs(sheet, lambda x, y, width: _underline(sheet, x, y, width))


def _struck(sheet: Sheet) -> None:
    """The answer that does not apply is crossed out."""

    def strike(x: float, y: float, width: float) -> None:
        sheet.pen.setLineWidth(1.2)
        sheet.pen.line(x - 2, y + 0.3 * sheet.size, x + width + 2, y + 0.34 * sheet.size)

    sheet.text(LEFT, TOP + 18, "Please strike out what does not apply.")
    _word_pairs(sheet, strike, on_answer=False)


def _table(
    sheet: Sheet, columns: Sequence[tuple[str, float]], *, ruled: bool, mark: str, long: bool = True, last: str = ""
) -> None:
    """Questions in the first column, "Yes" and "No" columns of given widths, a mark in one cell of each row."""
    edges = [LEFT]
    for _, width in columns:
        edges.append(edges[-1] + width)
    y = TOP
    for (title, _), x in zip(columns, edges, strict=False):
        sheet.text(x + 5, y + 7, title)
    tops = [y + 22, y]
    for item in sheet.items(10):
        answer = sheet.answer()
        question = item.long if long else item.short
        lines = sheet.wrapped(LEFT + 5, y - sheet.size - 3, question, columns[0][1] - 12)
        height = 1.15 * sheet.size * lines + 9
        for (title, width), x in zip(columns, edges, strict=False):
            if title in ("Yes", "No", "YES", "NO") and answer in ("unclear", title.lower()):
                _cell_mark(sheet, mark, x + width / 2 - 4, y - height / 2 - 4)
            elif mark == "boxes" and title in ("Yes", "No", "YES", "NO"):
                sheet.box(x + width / 2 - 4, y - height / 2 - 4, ticked=False)
        if last and answer == "yes":
            sheet.text(edges[-2] + 5, y - sheet.size - 3, last)
        y -= height
        tops.append(y)
        sheet.row(item, question, answer)
    if ruled:
        sheet.pen.setLineWidth(0.7)
        for at in tops:
            sheet.pen.line(edges[0], at, edges[-1], at)
        for x in edges:
            sheet.pen.line(x, tops[0], x, tops[-1])


def _cell_mark(sheet: Sheet, mark: str, x: float, y: float) -> None:
    if mark == "X":
        sheet.text(x, y, "X")
    elif mark == "initials":
        sheet.text(x - 2, y, "AW")
    elif mark == "boxes":
        sheet.box(x, y, ticked=True)
    else:
        sheet.tick(x, y, 9, mark)


def _ruled_table(sheet: Sheet) -> None:
    mark = sheet.chance.choice(("X", "tick", "cross", "glyph", "initials", "boxes"))
    _table(sheet, (("Question", 360.0), ("Yes", 60.0), ("No", 60.0)), ruled=True, mark=mark)


def _open_table(sheet: Sheet) -> None:
    mark = sheet.chance.choice(("X", "boxes"))
    _table(sheet, (("Do you have any of these?", 300.0), ("Yes", 60.0), ("No", 60.0)), ruled=False, mark=mark)


_FREE = {
    "yes": ("Medtronic 2019", "yes, since 2018", "Yes - left side", "placed 06/2021", "Y"),
    "no": ("No", "none", "N", "denies", "N/A"),
    "unanswered": ("", "____________"),
    "unclear": ("unknown", "not sure", "?"),
}


def _free_text(sheet: Sheet) -> None:
    for number, item in enumerate(sheet.items()):
        answer = sheet.answer()
        end = sheet.text(LEFT, TOP - 24 * number, f"{item.short}:")
        sheet.text(max(end + 8, 230.0), TOP - 24 * number, sheet.chance.choice(_FREE[answer]))
        sheet.row(item, item.short, answer)


def _question_above(sheet: Sheet) -> None:
    for number, item in enumerate(sheet.items(10)):
        y, answer = TOP - 48 * number, sheet.answer()
        sheet.text(LEFT, y, f"{number + 1}. {item.long}")
        sheet.pair(LEFT + 20, y - 17, answer)
        sheet.row(item, item.long, answer)


def _two_columns(sheet: Sheet) -> None:
    left = sheet.chance.random() < 0.5
    for number, item in enumerate(sheet.items()):
        x, y, answer = LEFT + 262 * (number % 2), TOP - 28 * (number // 2), sheet.answer()
        if left:
            sheet.text(sheet.pair(x, y, answer, gap=8) + 12, y, item.short)
        else:
            sheet.text(x, y, item.short)
            sheet.pair(x + 165, y, answer, gap=8)
        sheet.row(item, item.short, answer)


def _check_list(sheet: Sheet) -> None:
    sheet.text(LEFT, TOP + 18, "Check all that apply:")
    style = sheet.chance.choice(("tick", "cross", "fill", "glyph"))
    ticked = sheet.chance.randint(1, 11)
    for number, item in enumerate(sheet.items()):
        x, y = LEFT + 250 * (number % 2), TOP - 24 * (number // 2)
        on = number == ticked or sheet.chance.random() < 0.3
        sheet.box(x, y, ticked=on, style=style)
        sheet.text(x + 15, y, item.short)
        sheet.row(item, item.short, "yes" if on else "no")


def _initials(sheet: Sheet) -> None:
    sheet.text(LEFT, TOP + 18, "Please put your initials on the line of your answer.")
    for number, item in enumerate(sheet.items()):
        y, answer = TOP - 26 * number, sheet.answer()
        sheet.text(LEFT, y, item.short)
        for x, label in ((330.0, "Yes"), (420.0, "No")):
            sheet.text(x, y, "______")
            if answer in ("unclear", label.lower()):
                sheet.text(x + 8, y + 1.5, "AW")
            sheet.text(x + 42, y, label)
        sheet.row(item, item.short, answer)


def _details(sheet: Sheet) -> None:
    for number, item in enumerate(sheet.items(10)):
        y, answer = TOP - 50 * number, sheet.answer()
        sheet.text(LEFT, y, item.short)
        sheet.pair(360, y, answer)
        end = sheet.text(LEFT + 18, y - 18, "If yes, make/model:")
        sheet.text(end + 6, y - 18, "Meridian 4411" if answer == "yes" else "__________________")
        end = sheet.text(360, y - 18, "Date:")
        sheet.text(end + 6, y - 18, "03/2019" if answer == "yes" else "________")
        sheet.row(item, item.short, answer)


def _no_before_yes(sheet: Sheet) -> None:
    columns = (("Item", 250.0), ("No", 50.0), ("Yes", 50.0), ("Comments", 140.0))
    _table(sheet, columns, ruled=True, mark=sheet.chance.choice(("tick", "X", "boxes")), last="see list")


def _labels_left(sheet: Sheet) -> None:
    for number, item in enumerate(sheet.items()):
        y, answer, x = TOP - 25 * number, sheet.answer(), 390.0
        end = sheet.text(LEFT, y, item.short)
        sheet.text(end + 2, y, "." * int((x - end - 8) / sheet.width(".")))
        for label in ("Yes", "No"):
            x = sheet.text(x, y, label) + 5
            sheet.box(x, y, ticked=answer in ("unclear", label.lower()))
            x += 24
        sheet.row(item, item.short, answer)


def _circled_columns(sheet: Sheet) -> None:
    words = ("YES", "NO", "DON'T KNOW")
    for number, item in enumerate(sheet.items()):
        x, y, answer = LEFT + 258 * (number % 2), TOP - 44 * (number // 2), sheet.answer()
        sheet.text(x, y, f"{number + 1}. {item.short}")
        at = x + 14
        for word in words:
            if word.lower() == answer or (word == "DON'T KNOW" and answer == "unclear"):
                sheet.ring(at, y - 18, sheet.width(word), by_hand=True)
            at = sheet.text(at, y - 18, word) + 22
        sheet.row(item, item.short, answer)


def _typed_first(sheet: Sheet) -> None:
    sheet.font = "Courier"
    for number, item in enumerate(sheet.items(10)):
        answer = sheet.answer()
        yes, no = ("x" if answer in ("unclear", label) else " " for label in ("yes", "no"))
        if number % 5 == 0:
            sheet.text(LEFT, TOP - 28 * number + 16, "Implants" if number else "General questions")
        sheet.text(LEFT, TOP - 28 * number, f"({yes}) yes ({no}) no   {item.short}")
        sheet.row(item, item.short, answer)


def _response_column(sheet: Sheet) -> None:
    sheet.text(LEFT, TOP + 6, "Have you had, or do you have")
    sheet.text(430, TOP + 6, "Response (Y/N)")
    for number, item in enumerate(sheet.items()):
        y, answer = TOP - 20 - 24 * number, sheet.answer()
        sheet.text(LEFT, y, item.short)
        sheet.text(455, y, {"yes": "Y", "no": "N", "unanswered": "", "unclear": "?"}[answer])
        sheet.pen.setLineWidth(0.4)
        sheet.pen.line(LEFT, y - 6, 540, y - 6)
        sheet.row(item, item.short, answer)


def _columns_first(sheet: Sheet) -> None:
    sheet.text(LEFT, TOP + 6, "Yes")
    sheet.text(LEFT + 40, TOP + 6, "No")
    for number, item in enumerate(sheet.items(11)):
        y, answer = TOP - 22 - 34 * number, sheet.answer()
        for x, label in ((LEFT + 3, "yes"), (LEFT + 42, "no")):
            sheet.box(x, y, ticked=answer in ("unclear", label))
        sheet.wrapped(LEFT + 80, y, item.long, 300)
        sheet.row(item, item.long, answer)


def _letters_first(sheet: Sheet) -> None:
    """ "Y  N  Pacemaker", the letter ringed."""
    for number, item in enumerate(sheet.items()):
        y, x, answer = TOP - 30 * number, LEFT, sheet.answer()
        for sign in ("Y", "N"):
            if answer == "unclear" or (sign.lower() == answer[:1] and answer in ("yes", "no")):
                sheet.ring(x, y, sheet.width(sign), by_hand=True)
            x = sheet.text(x, y, letter) + 18
        sheet.text(x + 6, y, item.short)
        sheet.row(item, item.short, answer)


def _circles_below(sheet: Sheet) -> None:
    """Drawn circles, one answer a line, below the question."""
    for number, item in enumerate(sheet.items(8)):
        y, answer = TOP - 68 * number, sheet.answer(unclear=False)
        sheet.text(LEFT, y, item.long)
        for line, label in enumerate(("Yes", "No", "Unsure")):
            x, low = LEFT + 22, y - 15 * (line + 1)
            sheet.pen.setLineWidth(0.8)
            sheet.pen.circle(x, low + 3.5, 4.5)
            if label.lower() == answer:
                sheet.pen.circle(x, low + 3.5, 2.4, stroke=0, fill=1)
            sheet.text(x + 9, low, label)
        sheet.row(item, item.long, answer)


def _written_table(sheet: Sheet) -> None:
    """A table with rules: device, Y or N, make and model, date."""
    edges = (LEFT, 230.0, 290.0, 430.0, 520.0)
    titles = ("Device", "Y / N", "Make / model", "Date")
    items = sheet.items(10)
    for x, title in zip(edges, titles, strict=False):
        sheet.text(x + 4, TOP + 6, title)
    for number, item in enumerate(items):
        y, answer = TOP - 22 * (number + 1), sheet.answer()
        letter = {"yes": "Y", "no": "N", "unanswered": "", "unclear": "?"}[answer]
        cells = (item.short, letter, "Meridian 4411" if answer == "yes" else "", "2019" if answer == "yes" else "")
        for x, words in zip(edges, cells, strict=False):
            sheet.text(x + 4, y + 6, words)
        sheet.row(item, item.short, answer)
    sheet.pen.setLineWidth(0.6)
    for line in range(len(items) + 2):
        sheet.pen.line(edges[0], TOP + 22 - 22 * line, edges[-1], TOP + 22 - 22 * line)
    for x in edges:
        sheet.pen.line(x, TOP + 22, x, TOP - 22 * len(items))


def _three_columns(sheet: Sheet) -> None:
    """Small type, three columns of items with a box each, the box behind the words."""
    sheet.size = 9.0
    sheet.text(LEFT, TOP + 18, "Tick everything that you have or have had.")
    ticked = sheet.chance.randint(0, 11)
    for number, item in enumerate(sheet.items()):
        x, y = LEFT + 172 * (number % 3), TOP - 26 * (number // 3)
        on = number == ticked or sheet.chance.random() < 0.3
        sheet.text(x, y, item.short)
        sheet.box(x + 142, y, ticked=on)
        sheet.row(item, item.short, "yes" if on else "no")


def _highlighted(sheet: Sheet) -> None:
    """The answer marked with a text marker."""

    def wash(x: float, y: float, width: float) -> None:
        sheet.pen.setFillColorRGB(1, 1, 0.3)
        sheet.pen.rect(x - 2, y - 3, width + 4, sheet.size + 3, stroke=0, fill=1)
        sheet.pen.setFillColorRGB(0, 0, 0)

    _word_pairs(sheet, wash)


def _dotted_letters(sheet: Sheet) -> None:
    """ "1. Pacemaker ........ Y  N", the letter ringed."""
    for number, item in enumerate(sheet.items()):
        y, answer = TOP - 27 * number, sheet.answer()
        end = sheet.text(LEFT, y, f"{number + 1}. {item.short} ")
        sheet.text(end, y, "." * int((430 - end) / sheet.width(".")))
        for x, short, said in ((440.0, "Y", "yes"), (475.0, "N", "no")):
            if answer in ("unclear", said):
                sheet.ring(x, y, sheet.width(short), by_hand=number % 2 == 0)
            sheet.text(x, y, short)
        sheet.row(item, item.short, answer)


def _circles_in_table(sheet: Sheet) -> None:
    """A table with rules, a drawn circle in each cell of Yes, No and Unsure; headings of sections between."""
    edges = (LEFT, 330.0, 390.0, 450.0, 520.0)
    for x, title in zip(edges[1:], ("Yes", "No", "Unsure"), strict=False):
        sheet.text(x + 12, TOP + 6, title)
    tops = [TOP + 22, TOP]
    y = TOP
    for number, item in enumerate(sheet.items(10)):
        if number % 5 == 0:
            y -= 20
            tops.append(y)
            sheet.text(LEFT + 4, y + 6, "Implants and devices" if number else "Your health")
        answer = sheet.answer(unclear=False)
        y -= 24
        tops.append(y)
        sheet.text(LEFT + 4, y + 8, item.short)
        for x, said in zip(edges[1:], ("yes", "no", "unclear"), strict=False):
            sheet.pen.setLineWidth(0.8)
            sheet.pen.circle(x + 25, y + 12, 5)
            if said == answer:
                sheet.pen.circle(x + 25, y + 12, 2.6, stroke=0, fill=1)
        sheet.row(item, item.short, answer)
    sheet.pen.setLineWidth(0.6)
    for line in tops:
        sheet.pen.line(edges[0], line, edges[-1], line)
    for x in edges:
        sheet.pen.line(x, tops[0], x, tops[-1])


def _labels_first_two_columns(sheet: Sheet) -> None:
    """ "YES ☐  NO ☐" before questions that go on over two lines, in two columns."""
    for number, item in enumerate(sheet.items(10)):
        x, y, answer = LEFT + 265 * (number % 2), TOP - 62 * (number // 2), sheet.answer()
        at = x
        for label in ("YES", "NO"):
            at = sheet.text(at, y, label) + 3
            sheet.box(at, y, ticked=answer in ("unclear", label.lower()), side=8.5)
            at += 15
        sheet.wrapped(at + 8, y, item.long, x + 250 - at - 8)
        sheet.row(item, item.long, answer)


SHAPES: dict[str, Callable[[Sheet], None]] = {
    "interactive check boxes": lambda sheet: _interactive(sheet, radio=False),
    "interactive radio buttons": lambda sheet: _interactive(sheet, radio=True),
    "drawn boxes, right": _boxes_right,
    "drawn boxes, left": _boxes_left,
    "typed brackets": _brackets,
    "circled answers": _circled,
    "underlined answers": _underlined,
    "struck-out answers": _struck,
    "ruled table": _ruled_table,
    "table without rules": _open_table,
    "free text": _free_text,
    "question above": _question_above,
    "two columns": _two_columns,
    "check list": _check_list,
    "initials on lines": _initials,
    "details asked for": _details,
    "No before Yes, comments": _no_before_yes,
    "labels left of boxes": _labels_left,
    "circled in two columns": _circled_columns,
    "typed, answers first": _typed_first,
    "one column for Y or N": _response_column,
    "columns before questions": _columns_first,
    "ringed letters before questions": _letters_first,
    "drawn circles below": _circles_below,
    "table with Y or N written": _written_table,
    "three columns, boxes behind": _three_columns,
    "highlighted answers": _highlighted,
}
HELD_OUT: dict[str, Callable[[Sheet], None]] = {
    "dots, then ringed letters": _dotted_letters,
    "circles in a table": _circles_in_table,
    "labels first, two columns": _labels_first_two_columns,
}


def draw_form(shape: str, seed: int) -> Form:
    """The same shape and seed give the same bytes."""
    sheet = Sheet(seed)
    (SHAPES | HELD_OUT)[shape](sheet)
    return sheet.done()
