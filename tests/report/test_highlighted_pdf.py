"""The highlighted PDF, read back with other programs than the one that wrote it (pdfium, pdfplumber)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from io import BytesIO

import pdfplumber
import pikepdf
import pypdfium2
import pytest
from report_charts import (
    Lie,
    chart_of,
    determination_of,
    device,
    evidence,
    read_back,
    supported,
    tumour_chart,
    with_pdf,
)

from chart_triage.errors import InputError
from chart_triage.records.chart import Chart
from chart_triage.records.determination import ContraindicationStatus, Determination
from chart_triage.report import highlighted_pdf, marked_pdf, palette
from chart_triage.report.dossier import lay_out

LIES = [
    Lie(),
    Lie(origin=(30, -50), bleed=20),
    Lie(turn=90),
    Lie(turn=180),
    Lie(turn=270),
    Lie(turn=90, origin=(30, 50), bleed=20),
    Lie(turn=180, origin=(-5.5, 7.25), bleed=3),
    Lie(turn=270, origin=(-30, 50), bleed=10),
    Lie(turn=90, sideways=90),
    Lie(turn=270, sideways=270, origin=(11, 22), bleed=5),
    Lie(turn=180, sideways=90, origin=(9, 9), bleed=5),
    Lie(turn=0, sideways=180),
]
READ = ["pacemaker", "cochlear implant", "glioblastoma,", "recurrence versus radiation", "necrosis", "epilepsy."]


@contextmanager
def opened(data: bytes) -> Iterator[pikepdf.Pdf]:
    with pikepdf.open(BytesIO(data)) as pdf:
        yield pdf


def annotations(page: pikepdf.Page, subtype: str) -> list[pikepdf.Object]:
    return [a for a in page.obj.get("/Annots", []) if str(a["/Subtype"]) == subtype]


def summary_length(pdf: pikepdf.Pdf, chart: Chart) -> int:
    return len(pdf.pages) - len(chart.pages)


def squeezed(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("lie", LIES, ids=str)
def test_each_highlight_covers_the_words_of_its_evidence(lie: Lie) -> None:
    source, chart, determination = tumour_chart([lie, Lie()])
    data = highlighted_pdf(source, chart, determination)
    with opened(data) as pdf:
        index = summary_length(pdf, chart)
        rects = [[float(v) for v in a["/Rect"]] for a in annotations(pdf.pages[index], "/Highlight")]
    textpage = pypdfium2.PdfDocument(data)[index].get_textpage()
    read = [
        squeezed(textpage.get_text_bounded(*(rect[0] - 0.5, rect[1] - 0.5, rect[2], rect[3] + 0.5))) for rect in rects
    ]
    assert read == READ


@pytest.mark.parametrize("count", [7, -5, 0])
def test_a_wrong_count_of_pages_keeps_no_highlight_back(count: int) -> None:
    source, chart, determination = tumour_chart()
    said = f"/Count {len(chart.pages)}".encode()
    assert source.count(said) == 1
    wrong = source.replace(said, b"/Count %d" % count)
    of_wrong = chart.model_copy(update={"sha256": sha256(wrong).hexdigest()})
    with opened(highlighted_pdf(wrong, of_wrong, determination)) as pdf:
        sheet = pdf.pages[summary_length(pdf, chart)]
        assert len(annotations(sheet, "/Highlight")) == len(READ)


@pytest.mark.parametrize("lie", [Lie(), Lie(turn=90), Lie(turn=180), Lie(turn=270), Lie(origin=(30, -50), bleed=20)])
def test_pdfplumber_finds_the_words_below_each_highlight(lie: Lie) -> None:
    source, chart, determination = tumour_chart([lie, Lie()])
    with pdfplumber.open(BytesIO(highlighted_pdf(source, chart, determination))) as pdf:
        page = pdf.pages[len(pdf.pages) - 2]
        found = [
            page.within_bbox((a["x0"] - 0.5, a["top"] - 1.5, a["x1"] + 0.5, a["bottom"] + 1.5), strict=False)
            for a in page.annots
            if a["data"]["Subtype"].name == "Highlight"
        ]
        assert [part.extract_text() for part in found] == READ


@pytest.mark.parametrize("lie", LIES, ids=str)
def test_the_colour_is_seen_where_the_words_are_and_the_words_stay_black(lie: Lie) -> None:
    source, chart, determination = tumour_chart([lie, Lie()])
    document = pypdfium2.PdfDocument(highlighted_pdf(source, chart, determination))
    page = document[len(document) - 2]
    scale = 3
    image = page.render(scale=scale, rotation=lie.sideways).to_pil().convert("RGB")
    citations = lay_out(chart, determination).citations
    boxes = [(c.tone, box) for c in citations for line in c.places[0].lines for box in line]
    assert len(boxes) == len(READ)
    for tone, box in boxes:
        fill = tuple(round(255 * v) for v in palette.rgb(tone.fill))
        inside = image.crop(
            (int(box.x0 * scale) + 1, int(box.y0 * scale) + 2, int(box.x1 * scale), int(box.y1 * scale))
        )
        colours = inside.getcolors(100_000)
        coloured = sum(n for n, colour in colours if max(abs(a - b) for a, b in zip(colour, fill, strict=True)) < 12)
        assert coloured > 0.4 * inside.width * inside.height
        assert min(sum(colour) for _, colour in colours) < 120, "the words below the colour are gone"
        below = image.getpixel((int(box.x0 * scale) + 2, int((box.y1 + 1) * scale)))
        assert below == (255, 255, 255)


def test_quads_follow_the_reading_direction_on_a_turned_page() -> None:
    source, chart, determination = tumour_chart([Lie(turn=90), Lie()])
    with opened(highlighted_pdf(source, chart, determination)) as pdf:
        quads = [float(v) for v in annotations(pdf.pages[-2], "/Highlight")[0]["/QuadPoints"]]
    top_left, top_right, bottom_left = quads[0:2], quads[2:4], quads[4:6]
    assert top_right[1] > top_left[1], "on a page turned by 90 degrees, words run upwards in user space"
    assert bottom_left[0] > top_left[0]


def test_highlights_are_titled_and_say_criterion_status_and_reason() -> None:
    source, chart, determination = tumour_chart()
    with opened(highlighted_pdf(source, chart, determination)) as pdf:
        highlights = annotations(pdf.pages[-2], "/Highlight")
        assert len(highlights) == len(READ)
        assert {str(a["/T"]) for a in highlights} == {"chart-triage"}
        assert len({str(a["/NM"]) for a in highlights}) == len(highlights)
        said = {squeezed(str(a["/Contents"])) for a in highlights}
    assert (
        "2 Epilepsy before surgery Status: Contradicted. Speaks against: stated as absent. "
        "Why: negated by 'No evidence of'. Cue: ‘No evidence of’." in said
    )
    assert any(text.startswith("MRI Pacemaker Status: Present.") for text in said)
    assert any("1.b Recurrence or radiation necrosis Status: Supported. Speaks for" in text for text in said)


def test_one_passage_cited_by_several_criteria_is_highlighted_once_and_names_them_all() -> None:
    source, chart = chart_of([["History of epilepsy and encephalopathy."]])
    found = evidence(chart, "epilepsy and encephalopathy")
    determination = determination_of(chart, {"2": supported("Epilepsy", found), "3": supported("Outlook", found)})
    with opened(highlighted_pdf(source, chart, determination)) as pdf:
        (highlight,) = annotations(pdf.pages[-1], "/Highlight")
        assert str(highlight["/Subj"]) == "+2 +3"
        assert "2 Epilepsy" in str(highlight["/Contents"])
        assert "3 Outlook" in str(highlight["/Contents"])


def test_a_passage_within_another_is_underlined_and_not_coloured_twice() -> None:
    source, chart = chart_of([["There is tumor recurrence versus radiation necrosis."]])
    outer, inner = evidence(chart, "recurrence versus radiation necrosis."), evidence(chart, "versus")
    determination = determination_of(chart, {"1": supported("Outer", outer), "2": supported("Inner", inner)})
    with opened(highlighted_pdf(source, chart, determination)) as pdf:
        drawn = [a["/AP"]["/N"].read_bytes() for a in annotations(pdf.pages[-1], "/Highlight")]
    assert [b" re f" in drawing for drawing in drawn] == [True, False]


def test_a_device_within_a_longer_passage_keeps_the_safety_colour() -> None:
    source, chart = chart_of([["Pacemaker leads limit the MRI of the brain tumor."]])
    whole = evidence(chart, "Pacemaker leads limit the MRI of the brain tumor.")
    found = device("Pacemaker", ContraindicationStatus.PRESENT, evidence(chart, "Pacemaker"))
    determination = determination_of(chart, {"1": supported("Tumour", whole)}, {"pacemaker": found})
    with opened(highlighted_pdf(source, chart, determination)) as pdf:
        drawn = {str(a["/Subj"]): a["/AP"]["/N"].read_bytes() for a in annotations(pdf.pages[-1], "/Highlight")}
    assert b" re f" in drawn["MRI"]


def test_the_summary_tells_suggestion_statuses_quotes_and_unread_pages_as_real_text() -> None:
    source, chart, determination = tumour_chart()
    with pdfplumber.open(BytesIO(highlighted_pdf(source, chart, determination))) as pdf:
        lines = [line for page in pdf.pages[: -len(chart.pages)] for line in page.extract_text().splitlines()]
    for line in (
        "The records support criterion 1.b",
        "MRI safety check needed",
        "This is a suggestion. A human decides.",
        "Not read p. 2 The page has no usable text layer.",
        "MRI Pacemaker Present",
        "MRI Cochlear implant Recorded as absent",
        "Not mentioned in the records received: Aneurysm clip.",
        "1 Brain tumour Supported",
        "1.a Guidance of a biopsy Not found in the records received",
        "1.b Recurrence or radiation necrosis Supported",
        "2 Epilepsy before surgery Contradicted",
        "7 Multiple sclerosis Not found in the records received",
        "4 Leukodystrophy: a note on the treatment (often found in: office note)",
    ):
        assert line in lines, line
    text = " ".join(lines)
    assert "Guideline brain-mrs-test, version 2026.1, in effect from 2026-02-13" in text
    assert chart.sha256[:12] in text
    assert "recurrence versus radiation necrosis cannot be told apart" in text
    assert "negated by 'No evidence of'" in text


def test_links_lead_from_the_summary_to_the_passage_and_back() -> None:
    source, chart, determination = tumour_chart([Lie(turn=90), Lie()])
    with opened(highlighted_pdf(source, chart, determination)) as pdf:
        count = summary_length(pdf, chart)
        links = [link for page in pdf.pages[:count] for link in annotations(page, "/Link")]
        assert links
        assert not any("/A" in link for link in links), "a private link was left in"
        chart_pages = [page.objgen for page in pdf.pages[count:]]
        assert {link["/Dest"][0].objgen for link in links} == set(chart_pages)
        back = annotations(pdf.pages[count], "/Link")
        assert back
        assert {link["/Dest"][0].objgen for link in back} <= {page.objgen for page in pdf.pages[:count]}
        assert annotations(pdf.pages[count], "/Watermark"), "no tab at the page's edge"


def test_page_labels_keep_the_numbers_of_the_chart() -> None:
    source, chart, determination = tumour_chart()
    with opened(highlighted_pdf(source, chart, determination)) as pdf:
        count = summary_length(pdf, chart)
        labels = [page.label for page in pdf.pages]
    assert labels == [*(f"Summary {n}" for n in range(1, count + 1)), "1", "2"]


def test_page_content_and_existing_annotations_stay_as_they_were() -> None:
    def add_note(pdf: pikepdf.Pdf) -> None:
        note = pikepdf.Dictionary(
            Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Text, Rect=[0, 0, 9, 9], Contents="ours"
        )
        pdf.pages[0].obj["/Annots"] = pikepdf.Array([pdf.make_indirect(note)])

    plain, chart, _ = tumour_chart([Lie(turn=90, origin=(3, 4), bleed=2), Lie()])
    source = with_pdf(plain, add_note)
    chart = read_back(source, [(p.text, p.words) for p in chart.pages], [Lie(turn=90, origin=(3, 4), bleed=2), Lie()])
    determination = determination_of(chart, {"1": supported("Tumour", evidence(chart, "glioblastoma"))})
    with opened(source) as before, opened(highlighted_pdf(source, chart, determination)) as after:
        page, result = before.pages[0], after.pages[-2]
        assert [c.read_bytes() for c in page.obj["/Contents"]] == [c.read_bytes() for c in result.obj["/Contents"]]
        for key in ("/MediaBox", "/CropBox", "/Rotate"):
            assert page.obj[key] == result.obj[key]
        assert [str(a["/Contents"]) for a in annotations(result, "/Text")] == ["ours"]


def test_the_same_input_gives_the_same_bytes() -> None:
    source, chart, determination = tumour_chart()
    assert highlighted_pdf(source, chart, determination) == highlighted_pdf(source, chart, determination)


def encrypted(source: bytes, user: str) -> bytes:
    with opened(source) as pdf:
        out = BytesIO()
        pdf.save(out, encryption=pikepdf.Encryption(owner="owner", user=user, R=6))
    return out.getvalue()


def reread(source: bytes) -> tuple[Chart, Determination]:
    _, chart, _ = tumour_chart()
    chart = read_back(source, [(p.text, p.words) for p in chart.pages], [Lie(), Lie()])
    return chart, determination_of(chart, {"1": supported("Tumour", evidence(chart, "glioblastoma"))})


def test_a_file_with_an_owner_password_is_exported_open() -> None:
    source = encrypted(tumour_chart()[0], user="")
    chart, determination = reread(source)
    with opened(highlighted_pdf(source, chart, determination)) as pdf:
        assert not pdf.is_encrypted
        assert len(annotations(pdf.pages[-2], "/Highlight")) == 1


def test_a_file_with_a_user_password_needs_it() -> None:
    source = encrypted(tumour_chart()[0], user="secret")
    chart, determination = reread(source)
    with pytest.raises(InputError, match="password"):
        highlighted_pdf(source, chart, determination)
    with opened(highlighted_pdf(source, chart, determination, password="secret")) as pdf:
        assert not pdf.is_encrypted


def test_a_file_that_is_not_the_one_that_was_read_is_refused() -> None:
    source, chart, determination = tumour_chart()
    with pytest.raises(InputError, match="has changed"):
        highlighted_pdf(source + b"\n", chart, determination)


def test_a_file_that_only_pdfium_can_open_is_marked_in_what_pdfium_makes_of_it() -> None:
    source = tumour_chart()[0].replace(b"startxref", b"startxref\n99999999999999999999 %")
    with pytest.raises(ValueError, match="converting"):
        pikepdf.open(BytesIO(source))
    chart, determination = reread(source)
    with opened(highlighted_pdf(source, chart, determination)) as pdf:
        assert any(annotations(page, "/Highlight") for page in pdf.pages[summary_length(pdf, chart) :])


def test_a_file_with_other_pages_than_were_read_is_refused() -> None:
    source, chart = chart_of([["glioblastoma"], ["second page"]])
    short = chart.model_copy(update={"pages": chart.pages[:1]})
    determination = determination_of(short, {"1": supported("Tumour", evidence(short, "glioblastoma"))})
    with pytest.raises(InputError, match="2 pages, but 1 were read"):
        highlighted_pdf(source, short, determination)


def test_user_units_do_not_move_the_highlights() -> None:
    def enlarge(pdf: pikepdf.Pdf) -> None:
        pdf.pages[0].obj["/UserUnit"] = 2

    plain, chart, _ = tumour_chart()
    source = with_pdf(plain, enlarge)
    doubled = [
        p.model_copy(
            update={
                "width": 2 * p.width,
                "height": 2 * p.height,
                "words": tuple(
                    w.__class__(w.start, w.end, w.box.__class__(2 * w.box.x0, 2 * w.box.y0, 2 * w.box.x1, 2 * w.box.y1))
                    for w in p.words
                ),
            }
        )
        for p in chart.pages
    ]
    chart = read_back(source, [(p.text, ()) for p in doubled], [Lie(), Lie()]).model_copy(
        update={"pages": tuple(doubled)}
    )
    determination = determination_of(chart, {"1": supported("Tumour", evidence(chart, "glioblastoma"))})
    data = highlighted_pdf(source, chart, determination)
    with opened(data) as pdf:
        rect = [float(v) for v in annotations(pdf.pages[-2], "/Highlight")[0]["/Rect"]]
    document = pypdfium2.PdfDocument(data)
    assert squeezed(document[len(document) - 2].get_textpage().get_text_bounded(*rect)) == "glioblastoma,"


def test_what_neither_library_can_put_right_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    source, chart, determination = tumour_chart()

    def fails(*_: object) -> bytes:
        raise ValueError("a number of 30 digits")

    monkeypatch.setattr(marked_pdf, "_saved", fails)
    with pytest.raises(InputError, match="no highlights can be drawn") as refused:
        highlighted_pdf(source, chart, determination)
    assert refused.value.kind == "damaged"


def test_what_qpdf_cannot_write_is_written_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    source, chart, determination = tumour_chart()
    saved, tries = marked_pdf._saved, []

    def fails_once(pdf: pikepdf.Pdf) -> bytes:
        tries.append(pdf)
        if len(tries) == 1:
            raise ValueError("a number of 30 digits")
        return saved(pdf)

    monkeypatch.setattr(marked_pdf, "_saved", fails_once)
    with opened(highlighted_pdf(source, chart, determination)) as pdf:
        assert annotations(pdf.pages[-2], "/Highlight")
