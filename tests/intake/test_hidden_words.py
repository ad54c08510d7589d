"""Words that a page of text holds and does not show: never used, and told."""

from __future__ import annotations

import pytest
from scanned_pdfs import Read, Sheet, fax_coded, pdf_of
from scans import LETTER_LINES, picture, warned

SECRET = ("Pacemaker implanted 2024.",)
BLACK, WHITE, YELLOW = "0 g", "1 g", "1 1 0 rg"
BELOW = 720 - 14 * len(LETTER_LINES) - 60


def bar(colour: str, y: float = BELOW - 5) -> str:
    return f"q {colour} 60 {y} 300 18 re f Q"


def chart(
    scanned: Read, *parts: str | tuple[str, tuple[str, ...], int]
) -> tuple[str, list[tuple[str, tuple[int, ...]]]]:
    """The page's text and the warnings; a part is drawn as it is, or is lines in a colour and a mode."""

    def page(pdf: object, sheet: Sheet) -> None:
        sheet.lines(LETTER_LINES)
        for part in parts:
            if isinstance(part, str):
                sheet.draw(part)
            else:
                colour, texts, mode = part
                sheet.draw(f"q {colour}").lines(texts, mode, y=BELOW).draw("Q")

    read = pdf_of(scanned, page)
    return read.pages[0].text, warned(read)


BEYOND = "BT /F 10 Tf 1 0 0 1 72 -200 Tm (Pacemaker implanted 2024.) Tj ET"
NOT_SHOWN = {
    "beyond the edge": (BEYOND,),
    "invisible ink": ((BLACK, SECRET, 3),),
    "clipping path only": ((BLACK, SECRET, 7),),
    "white on paper": ((WHITE, SECRET, 0),),
    "almost white on paper": (("0.97 g", SECRET, 0),),
    "white on a white bar": (bar(WHITE), (WHITE, SECRET, 0)),
    "black on a black bar": (bar(BLACK), (BLACK, SECRET, 0), bar(BLACK)),
    "blacked out": ((BLACK, SECRET, 0), bar(BLACK)),
    "painted over in white": ((BLACK, SECRET, 0), bar(WHITE)),
}
SHOWN = {
    "plain": ((BLACK, SECRET, 0),),
    "grey": (("0.75 g", SECRET, 0),),
    "outlined": (("0 G 1 g", SECRET, 1),),
    "white on a black bar": (bar(BLACK), (WHITE, SECRET, 0)),
    "black on a yellow bar": (bar(YELLOW), (BLACK, SECRET, 0)),
    "a bar beside it": ((BLACK, SECRET, 0), bar(BLACK, BELOW - 40)),
    "the same in invisible ink over it": ((BLACK, SECRET, 0), (BLACK, SECRET, 3)),
}


@pytest.mark.parametrize("parts", NOT_SHOWN.values(), ids=NOT_SHOWN)
def test_what_a_page_does_not_show_is_not_used(scanned: Read, parts: tuple[str, ...]) -> None:
    text, warnings = chart(scanned, *parts)
    assert "Pacemaker" not in text
    assert LETTER_LINES[-1].split()[-1] in text
    assert warnings == [("bad_text_layer", (1,))]


@pytest.mark.parametrize("parts", SHOWN.values(), ids=SHOWN)
def test_what_a_page_shows_is_used(scanned: Read, parts: tuple[str, ...]) -> None:
    text, warnings = chart(scanned, *parts)
    assert text.count("Pacemaker implanted 2024.") == 1
    assert warnings == []


def test_a_font_that_nobody_can_read_is_not_used(scanned: Read) -> None:
    text, warnings = chart(scanned, "BT /F 1 Tf 1 0 0 1 72 60 Tm (Pacemaker implanted 2024) Tj ET")
    assert "Pacemaker" not in text
    assert warnings == [("bad_text_layer", (1,))]


def test_white_text_over_a_scan_is_checked_against_the_scan(scanned: Read) -> None:
    def page(pdf: object, sheet: Sheet) -> None:
        sheet.picture(fax_coded(pdf, picture())).draw(f"q {WHITE}").lines(SECRET * 20).draw("Q")

    read = pdf_of(scanned, page)
    assert "Pacemaker" not in read.pages[0].text
    assert ("bad_text_layer", (1,)) in warned(read)


def test_a_page_of_unseen_words_alone_is_unread(scanned: Read) -> None:
    read = pdf_of(scanned, lambda pdf, sheet: sheet.draw(f"q {WHITE}").lines(SECRET * 20).draw("Q"))
    assert "Pacemaker" not in read.pages[0].text
    assert not read.pages[0].readable


@pytest.mark.parametrize("times", [10, 40])
def test_words_that_are_nowhere_are_not_used(scanned: Read, times: int) -> None:
    """Found by mutation: scaled again and again, letters are larger than any page, and at last no number."""
    text, _ = chart(scanned, "q" + times * " 121 0 0 121 0 0 cm", (BLACK, SECRET, 0), "Q")
    assert "Pacemaker" not in text
    assert LETTER_LINES[-1].split()[-1] in text
