"""`report.html`: self-contained, safe with any chart text, and complete."""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from collections import Counter
from hashlib import sha256
from html.parser import HTMLParser
from io import BytesIO

import pytest
from PIL import Image
from report_charts import (
    Lie,
    chart_of,
    determination_of,
    device,
    evidence,
    not_found,
    supported,
    text_chart,
    tumour_chart,
)

from chart_triage.guidelines import load
from chart_triage.records.chart import ChartWarning
from chart_triage.records.determination import ContraindicationStatus, Suggestion
from chart_triage.records.mention import Status
from chart_triage.report import html_report
from chart_triage.report.browser_page import PAGE_LIMIT
from chart_triage.report.dossier import lay_out

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'</style></script>{{ 7*7 }}"


class Page(HTMLParser):
    """Elements with their attributes, the text outside of style and script, and the contents of those two."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.text: list[str] = []
        self.raw: dict[str, str] = {}
        self._inside = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        self._inside = tag if tag in ("style", "script") else self._inside

    def handle_endtag(self, tag: str) -> None:
        self._inside = "" if tag == self._inside else self._inside

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.raw[self._inside] = self.raw.get(self._inside, "") + data
        else:
            self.text.append(data)

    def words(self) -> str:
        return " ".join("".join(self.text).split())

    def with_class(self, name: str) -> list[dict[str, str]]:
        return [attributes for _, attributes in self.elements if name in attributes.get("class", "").split()]

    def ids(self) -> list[str]:
        return [attributes["id"] for _, attributes in self.elements if "id" in attributes]


@pytest.fixture(scope="module")
def tumour_page() -> Page:
    return Page(html_report(*tumour_chart()))


def test_it_needs_nothing_from_outside(tumour_page: Page) -> None:
    for tag, attributes in tumour_page.elements:
        assert tag not in ("link", "iframe", "object", "embed", "base")
        for name in ("src", "href", "action", "srcset", "data", "poster"):
            assert attributes.get(name, "#").startswith(("#", "data:image/")), (tag, attributes[name][:60])
    assert "url(" not in tumour_page.raw["style"]
    assert "@import" not in tumour_page.raw["style"]
    assert not re.search(r"https?:|fetch|XMLHttp|WebSocket|innerHTML|eval\(", tumour_page.raw["script"])


def test_only_its_own_style_and_script_may_run(tumour_page: Page) -> None:
    policy = next(a["content"] for t, a in tumour_page.elements if a.get("http-equiv") == "Content-Security-Policy")
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    for kind in ("style", "script"):
        digest = b64encode(sha256(tumour_page.raw[kind].encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in policy
        assert sum(tag == kind for tag, _ in tumour_page.elements) == 1
    assert not any(name == "style" or name.startswith("on") for _, a in tumour_page.elements for name in a)


@pytest.mark.parametrize("as_text", [True, False])
def test_hostile_text_is_shown_and_never_becomes_markup(as_text: bool) -> None:
    words = f"glioblastoma {HOSTILE} end"
    source, chart = (None, text_chart([words])) if as_text else chart_of([[words]])
    found = evidence(chart, HOSTILE, cue="glioblastoma", section=HOSTILE, reason=HOSTILE)
    warning = ChartWarning(kind="bad_text_layer", pages=(1,), detail=HOSTILE)
    determination = determination_of(
        chart.model_copy(update={"warnings": (warning,)}),
        {"1": supported(HOSTILE, found), "2": not_found(HOSTILE, HOSTILE)},
        {"x": device(HOSTILE, ContraindicationStatus.PRESENT, found, note=HOSTILE)},
    )
    page = Page(html_report(source, chart, determination))
    assert sum(tag == "script" for tag, _ in page.elements) == 1
    assert not any("onerror" in attributes for _, attributes in page.elements)
    assert page.words().count("<script>alert(1)</script>") >= 6
    assert "{{ 7*7 }}" in page.words()


@pytest.mark.parametrize("lie", [Lie(), Lie(turn=90), Lie(turn=180, sideways=90)], ids=str)
def test_every_passage_has_its_highlight_on_its_page(lie: Lie) -> None:
    source, chart, determination = tumour_chart([lie, Lie()])
    html = html_report(source, chart, determination)
    page = Page(html)
    citations = lay_out(chart, determination).citations
    assert len(citations) == 5
    for citation in citations:
        for place in citation.places:
            assert page.ids().count(f"m{citation.number}-{place.page}") == 1
            box = place.lines[0][0]
            assert f'<rect x="{round(box.x0, 2)}" y="{round(box.y0, 2)}" width="{round(box.width, 2)}"' in html
    targets = {a["href"].removeprefix("#") for a in page.with_class("cite")}
    assert targets <= set(page.ids())
    assert len(page.with_class("cite")) == 6


def test_ids_are_unique_and_links_within_the_page_lead_somewhere(tumour_page: Page) -> None:
    assert [id_ for id_, count in Counter(tumour_page.ids()).items() if count > 1] == []
    for _, attributes in tumour_page.elements:
        if attributes.get("href", "").startswith("#"):
            assert attributes["href"][1:] in tumour_page.ids(), attributes["href"]


def test_it_tells_suggestion_evidence_for_and_against_and_what_is_missing(tumour_page: Page) -> None:
    words = tumour_page.words()
    for part in (
        "The records support criterion 1.b MRI safety check needed",
        "This is a suggestion. A human decides.",
        "Pacemaker Present",
        "Recorded as absent: Cochlear implant",
        "Not mentioned in the records received: Aneurysm clip.",
        "1.b Recurrence or radiation necrosis Supported Speaks for 1",
        "recurrence versus radiation necrosis cannot be told apart. Page 1 · Impression",
        "2 Epilepsy before surgery Contradicted Speaks against 1 No evidence of epilepsy. Page 1 · negated by",
        "7 Multiple sclerosis Not found in the records received",
        "4 Leukodystrophy a note on the treatment (often found in: office note)",
        "a" * 64,
        "b" * 64,
    ):
        assert part in words, part


def test_with_the_guideline_at_hand_it_says_which_parts_a_criterion_needs() -> None:
    source, chart = chart_of([["History of glioblastoma."]])
    guideline = load("healthhelp-mrs-2026")
    criteria = {node.number: not_found(node.label) for node in guideline.numbered() if node.number}
    page = Page(html_report(source, chart, determination_of(chart, criteria), guideline))
    assert guideline.title in page.words()
    assert "CPT 76390" in page.words()
    any_of = next(node for node in guideline.numbered() if any(child.number for child in node.any_of))
    assert f"{any_of.number} {any_of.label} Not found in the records received Any one of its parts" in page.words()


def test_an_unread_page_is_shown_as_unread(tumour_page: Page) -> None:
    assert "Page 2 not read Not read. No words could be read here." in tumour_page.words()
    assert len(tumour_page.with_class("is-unread")) == 1


@pytest.mark.parametrize("suggestion", list(Suggestion))
def test_no_result_ever_speaks_of_denial(suggestion: Suggestion) -> None:
    source, chart = chart_of([["Nothing of note."], []])
    determination = determination_of(chart, {"1": not_found("Tumour", "a diagnosis")}, suggestion=suggestion)
    words = Page(html_report(source, chart, determination)).words()
    assert "Not found in the records received" in words
    assert not re.search(r"\bden(y|ied|ies|ial)\b|not medically necessary|reject|does not meet", words, re.IGNORECASE)


def test_page_pictures_stand_upright_and_show_the_page() -> None:
    source, chart, determination = tumour_chart([Lie(turn=90, sideways=90), Lie()])
    images = re.findall(
        r'<img src="data:image/\w+;base64,([^"]+)" width="(\d+)" height="(\d+)"',
        html_report(source, chart, determination),
    )
    assert len(images) == 2
    image = Image.open(BytesIO(b64decode(images[0][0]))).convert("L")
    assert image.size == (int(images[0][1]), int(images[0][2])) == (935, 1210)
    scale = image.width / chart.pages[0].width
    word = chart.pages[0].words[0].box
    assert (
        min(
            image.crop(
                (int(word.x0 * scale), int(word.y0 * scale), int(word.x1 * scale), int(word.y1 * scale))
            ).getdata()
        )
        < 60
    )
    assert min(image.crop((0, image.height // 2, image.width, image.height)).getdata()) == 255


def test_a_long_chart_shows_the_pages_that_matter_and_says_so() -> None:
    texts = [[f"Page {n} of the chart."] for n in range(1, PAGE_LIMIT + 3)]
    texts[4] = ["History of glioblastoma."]
    warning = ChartWarning(kind="duplicate_page", pages=(9,), detail="Page 9 is the same as page 8.")
    source, chart = chart_of(texts, warnings=(warning,))
    determination = determination_of(chart, {"1": supported("Tumour", evidence(chart, "glioblastoma"))})
    page = Page(html_report(source, chart, determination))
    assert [a["id"] for a in page.with_class("page")] == ["p5", "p9"]
    assert f"This chart has {PAGE_LIMIT + 2} pages. Shown here are the 2 that carry" in page.words()


def test_pictures_are_bounded_but_no_highlight_is_lost() -> None:
    source, chart = chart_of([["History of glioblastoma."]] * (PAGE_LIMIT + 2))
    found = [evidence(chart, "glioblastoma", nth=n) for n in range(PAGE_LIMIT + 2)]
    page = Page(html_report(source, chart, determination_of(chart, {"1": supported("Tumour", *found)})))
    assert sum(tag == "img" for tag, _ in page.elements) == PAGE_LIMIT
    assert len(page.with_class("hl")) == PAGE_LIMIT + 2
    assert page.words().count("The picture of this page was left out") == 2


def test_overlapping_passages_of_a_text_chart_are_all_marked() -> None:
    chart = text_chart(["There is tumor recurrence versus radiation necrosis.\nPacemaker: none."])
    criteria = {
        "1": supported("Outer", evidence(chart, "recurrence versus radiation")),
        "2": supported("Crossing", evidence(chart, "radiation necrosis")),
    }
    page = Page(html_report(None, chart, determination_of(chart, criteria)))
    assert {"m1-1", "m2-1"} <= set(page.ids())
    assert [a["data-c"].split() for a in page.with_class("hl")] == [["1"], ["1", "2"], ["2"]]
    assert "There is tumor" in page.words()
    assert "Pacemaker: none." in page.words()


def test_statements_about_a_group_are_quoted_once() -> None:
    source, chart = chart_of([["No implanted devices. History of glioblastoma."]])
    said = evidence(chart, "implanted devices", Status.ABSENT, cue="No")
    devices = {key: device(key.title(), ContraindicationStatus.ABSENT, said) for key in ("pacemaker", "pump", "clip")}
    determination = determination_of(chart, {"1": supported("Tumour", evidence(chart, "glioblastoma"))}, devices)
    page = Page(html_report(source, chart, determination))
    assert "Recorded as absent: Pacemaker; Pump; Clip" in page.words()
    assert len([a for a in page.with_class("cite") if a["data-c"] == "1"]) == 1


def test_the_same_input_gives_the_same_text() -> None:
    assert html_report(*tumour_chart()) == html_report(*tumour_chart())
