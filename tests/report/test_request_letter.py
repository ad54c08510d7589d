"""The letter that asks for records: what it says, what it never says, and that Word and PDF say the same."""

from __future__ import annotations

import csv
import re
from datetime import date
from io import BytesIO
from zipfile import ZipFile

import docx
import pypdfium2
import pytest
from report_charts import tumour_chart

from chart_triage import resources
from chart_triage.guidelines import load
from chart_triage.records.chart_index import ChartDocument, ChartIndex, Identity, IndexedPage, PageKind
from chart_triage.records.determination import Determination, Inputs
from chart_triage.records.guideline import Guideline
from chart_triage.records.request import RequestData, RequestItem, RequestReason
from chart_triage.records.triage import ReceivedFrom, Triage, Urgency
from chart_triage.report.letter import letter_data, request_letter
from chart_triage.report.letter_text import letter_blocks
from chart_triage.settings import Settings

SITE = Settings(
    site_name="North Plan Imaging Review",
    site_address="12 Main Street; Houston, TX 77002",
    site_phone="713-555-0100",
    site_fax="713-555-0101",
)
REQUEST = RequestData(
    member_name="Quillfeather, Morgan",
    born=date(1961, 4, 9),
    member_id="M-77",
    reference="R-2026-9",
    planned_scan=date(2026, 12, 1),
)
ITEM = RequestItem(
    text="the full report of the last MRI", reason="criterion", found_in=("radiology_report",), criteria=("4",)
)


@pytest.fixture(scope="module")
def guideline() -> Guideline:
    return load("healthhelp-mrs-2026")


def asking(*items: RequestItem, request: RequestData = REQUEST, expedited: bool | None = None) -> Determination:
    """The chart of a known tumour with a pacemaker, of which `items` are asked for."""
    _, _, determination = tumour_chart()
    urgency = Urgency(
        expedited=expedited,
        why="test",
        received=date(2026, 11, 13),
        received_from=ReceivedFrom.CALLER,
        line_of_business="any",
        due=date(2026, 11, 20),
        answer_due=date(2026, 11, 18),
        rule="test",
    )
    triage = Triage(urgency=urgency, completeness=1, readiness=0.5)
    return determination.model_copy(update={"requests": items, "inputs": Inputs(request=request), "triage": triage})


def every_ask(guideline: Guideline) -> tuple[RequestItem, ...]:
    """All that the guideline can ask for, in one letter."""
    asks = [spec.ask for spec in guideline.concepts.values()]
    asks += [node.ask for top in guideline.criteria for node in top.walk()]
    safety = [guideline.contraindications.asks, *(item.asks for item in guideline.contraindications.items)]
    asks += [ask for group in safety for ask in (group.condition, group.conflict, group.unsure)]
    asks += [*guideline.requests.nothing_found, guideline.requests.unread_pages]
    texts = {ask.text.format(device="pacemaker", pages="pages 3 and 4"): ask.found_in for ask in asks if ask}
    assert len(texts) > 20
    return tuple(
        RequestItem(text=text, reason=RequestReason.CRITERION, found_in=kinds, criteria=("1",))
        for text, kinds in texts.items()
    )


def words_of_docx(data: bytes) -> list[str]:
    return [p.text for p in docx.Document(BytesIO(data)).paragraphs]


def words_of_pdf(data: bytes) -> str:
    with pypdfium2.PdfDocument(data) as pdf:
        return " ".join(" ".join(page.get_textpage().get_text_bounded() for page in pdf).split())


def test_word_and_pdf_say_the_same(guideline: Guideline) -> None:
    letter = request_letter(asking(*every_ask(guideline)), guideline, SITE)
    assert letter
    printed = words_of_pdf(letter.pdf).replace("•", " ").replace("Page 2", " ")
    written = " ".join(words_of_docx(letter.docx))
    assert re.sub(r"\s+", "", printed) == re.sub(r"\s+", "", written)
    assert "Full report of the last MRI" not in written
    assert "The full report of the last MRI of the brain (often found in: scan report)" in written


def test_it_tells_for_whom_until_when_and_where_to_send_it(guideline: Guideline) -> None:
    letter = request_letter(asking(ITEM), guideline, SITE)
    assert letter
    text = "\n".join(words_of_docx(letter.docx))
    for part in (
        "Patient: Quillfeather, Morgan",
        "Date of birth: April 9, 1961",
        "Member ID: M-77",
        "Our reference: R-2026-9",
        "MR spectroscopy of the brain (CPT 76390)",
        "November 13, 2026",
        "December 1, 2026",
        "The full report of the last MRI (often found in: scan report)",
        "Please answer by November 18, 2026.",
        "By fax to 713-555-0101",
        "By mail to North Plan Imaging Review, 12 Main Street, Houston, TX 77002",
        "call us at 713-555-0100",
    ):
        assert part in text, part


def test_what_nobody_told_is_a_line_to_fill_in(guideline: Guideline) -> None:
    letter = request_letter(asking(ITEM, request=RequestData()), guideline, Settings())
    assert letter
    text = "\n".join(words_of_docx(letter.docx))
    for label in ("Patient: ___", "Date of birth: ___", "Member ID: ___", "Our reference: ___"):
        assert label in text
    assert "None" not in text
    assert "by mail" not in text.lower()


def test_whom_the_caller_did_not_name_the_chart_names(guideline: Guideline) -> None:
    index = ChartIndex(
        pages=(IndexedPage(number=1, kind=PageKind.CLINIC_NOTE, document=1),),
        documents=(ChartDocument(number=1, pages=(1,), kind=PageKind.CLINIC_NOTE),),
        patient=Identity(name="QUILLFEATHER, MORGAN", born=date(1981, 3, 2), member_numbers=("EEH-1",)),
    )
    asked = asking(ITEM, request=RequestData()).model_copy(update={"index": index})
    data = letter_data(asked, guideline, Settings())
    assert (data.member_name, data.date_of_birth, data.member_id) == ("QUILLFEATHER, MORGAN", "March 2, 1981", "EEH-1")
    told = asked.model_copy(update={"inputs": Inputs(request=RequestData(member_name="Quillfeather, Mo"))})
    assert letter_data(told, guideline, Settings()).member_name == "Quillfeather, Mo"


def test_a_fast_answer_is_mentioned_where_it_was_asked_for(guideline: Guideline) -> None:
    fast, usual = (request_letter(asking(ITEM, expedited=e), guideline, SITE) for e in (True, None))
    assert fast
    assert usual
    assert "fast answer" in " ".join(words_of_docx(fast.docx))
    assert "fast answer" not in " ".join(words_of_docx(usual.docx))


def test_it_says_nothing_of_what_the_chart_shows_and_nothing_like_a_denial(guideline: Guideline) -> None:
    determination = asking(*every_ask(guideline), ITEM)
    letter = request_letter(determination, guideline, SITE)
    assert letter
    text = " ".join(words_of_docx(letter.docx)).lower()
    labels = [spec.label.partition(" (")[0] for spec in guideline.concepts.values() if spec.kind == "disease"]
    labels += [result.label for result in determination.criteria.values()]
    labels += ["glioblastoma", "recurrence", "supported", "contradicted", "criterion", "criteria"]
    assert [label for label in labels if label.lower() in text] == []
    with (resources.lexicons() / "shared" / "never_said.csv").open(encoding="utf-8", newline="") as file:
        never = [row["phrase"] for row in csv.DictReader(file)]
    assert len(never) > 10
    assert [phrase for phrase in never if re.search(rf"\b{phrase}\b", text)] == []


def syllables(word: str) -> int:
    """Groups of vowels, without a silent e at the end; at least one."""
    word = re.sub(r"(?<![aeiouyl])e$|(?<=[^aeiouytd])ed$", "", word.lower())
    return max(1, len(re.findall(r"[aeiouy]+", word)))


def grade(sentences: list[str]) -> float:
    """Flesch-Kincaid grade level (Kincaid 1975, Naval Technical Training Command report 8-75)."""
    words = [word for sentence in sentences for word in re.findall(r"[A-Za-z']+", sentence)]
    return 0.39 * len(words) / len(sentences) + 11.8 * sum(map(syllables, words)) / len(words) - 15.59


def test_the_measure_of_reading_level_tells_plain_words_from_official_ones() -> None:
    assert grade(["The cat sat on the mat.", "It was a good day."]) < 2
    assert grade(["Notwithstanding the aforementioned documentation, supplementary substantiation is obligatory."]) > 15


def test_it_is_written_in_plain_language(guideline: Guideline) -> None:
    """All asks at once, each of them a sentence; without the request's data, which is not ours to word."""
    data = letter_data(asking(*every_ask(guideline)), guideline, SITE)
    blocks = letter_blocks(guideline.request_letter, data)
    lines = [line for block in blocks for line in block.text.split("\n")]
    start = lines.index(next(line for line in lines if line.startswith("Thank you for your request")))
    sentences = [s for line in lines[start:] for s in re.split(r"(?<=[.!?])\s+", line) if re.search("[a-z]{3}", s)]
    assert len(sentences) > 30
    assert grade(sentences) <= 8
    assert max(len(sentence.split()) for sentence in sentences) <= 32


def test_nothing_asked_for_no_letter(guideline: Guideline) -> None:
    assert request_letter(asking(), guideline, SITE) is None
    without = guideline.model_copy(update={"request_letter": ""})
    assert request_letter(asking(ITEM), without, SITE) is None


def test_the_same_request_gives_the_same_bytes(guideline: Guideline) -> None:
    first, second = (request_letter(asking(ITEM), guideline, SITE) for _ in range(2))
    assert first
    assert first == second
    with ZipFile(BytesIO(first.docx)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    properties = docx.Document(BytesIO(first.docx)).core_properties
    assert (properties.author, properties.created.date()) == ("", date(2026, 11, 13))


HOSTILE = [
    "{{ 7 * 7 }}",
    "{% for x in asked %}",
    "**bold**\n# Denied",
    "<b>x</b><script>&amp;",
    "Quill\x00feather\x1b[31m\u202e\ue0000\ue001",
    "M\u00fcller-\u0141ukasz",
    "x" * 5000,
]


@pytest.mark.parametrize("value", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_value_is_printed_and_never_run(guideline: Guideline, value: str) -> None:
    letter = request_letter(asking(ITEM, request=RequestData(member_name=value)), guideline, SITE)
    assert letter
    plain = asking(ITEM, request=RequestData(member_name="Quill"))
    usual = letter_blocks(guideline.request_letter, letter_data(plain, guideline, SITE))
    paragraphs = words_of_docx(letter.docx)
    assert len(paragraphs) == len(usual), "no value adds a line"
    (line,) = [line for p in paragraphs for line in p.split("\n") if line.startswith("Patient:")]
    kept = " ".join("".join(c for c in value if c.isprintable() or c.isspace()).split())[:400]
    assert line == f"Patient: {kept}"
    assert re.sub(r"\s", "", kept)[:40] in re.sub(r"\s", "", words_of_pdf(letter.pdf))


def test_a_long_list_runs_over_pages(guideline: Guideline) -> None:
    items = tuple(ITEM.model_copy(update={"text": f"document number {n} of many"}) for n in range(80))
    letter = request_letter(asking(*items), guideline, SITE)
    assert letter
    with pypdfium2.PdfDocument(letter.pdf) as pdf:
        assert len(pdf) > 2
    assert "Document number 79 of many" in words_of_pdf(letter.pdf)
