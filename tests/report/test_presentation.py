"""The parts that both reports share: words, quotes, lines, layering, colours, what is missing."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
import re
from itertools import combinations

import pytest
from report_charts import chart_of, determination_of, device, evidence, not_found, supported, text_chart

import chart_triage.report
from chart_triage.records.chart import WarningKind
from chart_triage.records.determination import ContraindicationStatus, CriterionStatus
from chart_triage.records.finding import Evidence
from chart_triage.records.geometry import Box
from chart_triage.records.mention import Cue, Status
from chart_triage.records.page import PageSource
from chart_triage.records.request import RequestItem
from chart_triage.report import palette, wording
from chart_triage.report.asked import asked_for
from chart_triage.report.dossier import lay_out
from chart_triage.report.lines import text_lines
from chart_triage.report.quotes import quote
from chart_triage.report.tab_layout import place_tabs


def quoted(text: str, phrase: str, cue: str | None = None) -> str:
    """The quote with the passage in [brackets] and the cue in {braces}."""
    chart = text_chart([text])
    signs = {"passage": "[{}]", "cue": "{{{}}}", "plain": "{}"}
    return "".join(signs[p.role].format(p.text) for p in quote(chart.text, evidence(chart, phrase, cue=cue)))


@pytest.mark.parametrize(
    ("text", "phrase", "cue", "expected"),
    [
        ("MRI today. No evidence of glioma. Next visit.", "glioma", "No evidence of", "{No evidence of} [glioma]."),
        ("IMPRESSION\nGlioma, larger.\nPlan", "Glioma", None, "[Glioma], larger."),
        (
            "tumor recurrence versus\nnecrosis",
            "recurrence versus\nnecrosis",
            None,
            "tumor [recurrence versus necrosis]",
        ),
        ("a glioma", "a glioma", None, "[a glioma]"),
        ("\x00glioma\x07 seen", "glioma", None, "[glioma] seen"),
        ("Denies: fever, pacemaker", "pacemaker", "Denies", "{Denies}: fever, [pacemaker]"),
    ],
)
def test_a_quote_shows_the_passage_in_its_sentence(text: str, phrase: str, cue: str | None, expected: str) -> None:
    assert quoted(text, phrase, cue) == expected


def test_a_long_sentence_is_cut_at_words_on_both_sides() -> None:
    words = quoted("word " * 60 + "glioma " + "more " * 60, "glioma")
    assert re.fullmatch(r"… (word )+\[glioma\]( more)+ …", words)
    assert len(words) < 170


def test_a_quote_does_not_run_into_the_next_page() -> None:
    chart = text_chart(["Known glioma", "second page"])
    assert "".join(p.text for p in quote(chart.text, evidence(chart, "glioma"))) == "Known glioma"


def test_evidence_without_its_chart_is_quoted_by_its_own_words() -> None:
    lonely = Evidence(start=900, end=906, text="glioma", status=Status.PRESENT)
    assert "".join(p.text for p in quote("short", lonely)) == "glioma"


def test_neighbouring_words_of_a_line_become_one_box_and_lines_stay_apart() -> None:
    words = [Box(72, 100, 110, 112), Box(113, 100.5, 150, 112.5), Box(400, 100, 440, 112), Box(72, 116, 99, 128)]
    assert text_lines(words) == (
        (Box(72, 100, 150, 112.5), Box(400, 100, 440, 112)),
        (Box(72, 116, 99, 128),),
    )


def test_words_that_jump_back_to_the_left_begin_a_new_line() -> None:
    assert text_lines([Box(300, 100, 340, 112), Box(72, 100, 110, 112)]) == (
        (Box(300, 100, 340, 112),),
        (Box(72, 100, 110, 112),),
    )


def test_a_passage_over_a_page_break_has_a_place_on_both_pages() -> None:
    _, chart = chart_of([["she has a cochlear"], ["implant on the left"]])
    found = evidence(chart, "cochlear\fimplant")
    dossier = lay_out(chart, determination_of(chart, {"1": supported("Device", found)}))
    (citation,) = dossier.citations
    assert [place.page for place in citation.places] == [1, 2]
    assert all(place.lines for place in citation.places)


def test_a_passage_that_a_part_cites_is_left_to_the_part() -> None:
    _, chart = chart_of([["glioblastoma, biopsy planned"]])
    tumour, biopsy = evidence(chart, "glioblastoma,"), evidence(chart, "biopsy")
    determination = determination_of(
        chart, {"1": supported("Tumour", tumour, biopsy), "1.a": supported("Biopsy", biopsy)}
    )
    whole, part = lay_out(chart, determination).criteria
    assert [c.evidence.text for c in whole.speaks_for] == ["glioblastoma,"]
    assert whole.parts_citing == ("1.a",)
    assert [c.evidence.text for c in part.speaks_for] == ["biopsy"]


def test_what_is_asked_for_says_what_it_is_about() -> None:
    _, chart = chart_of([["epilepsy"]])
    criteria = {"1": not_found("Tumour", "a tumour"), "2": not_found("Epilepsy", "surgery")}
    devices = {"pacemaker": device("Pacemaker", ContraindicationStatus.NOT_DOCUMENTED)}
    items = (
        RequestItem(text="the purpose", reason="criterion", found_in=("clinic_note",), criteria=("1", "2")),
        RequestItem(text="the card", reason="implant_condition", concepts=("pacemaker",)),
        RequestItem(text="page 2 again", reason="unread_pages", pages=(2,)),
    )
    determination = determination_of(chart, criteria, devices).model_copy(update={"requests": items})
    assert [(a.keys, a.label, a.text, a.found_in) for a in asked_for(determination)] == [
        (("1", "2"), "Tumour and Epilepsy", "the purpose", "office note"),
        (("pacemaker",), "Pacemaker", "the card", ""),
        ((), "Pages that could not be read", "page 2 again", ""),
    ]


def test_what_few_criteria_cite_comes_before_what_many_do() -> None:
    _, chart = chart_of([["glioma recurrence biopsy"]])
    tumour, recurrence = evidence(chart, "glioma"), evidence(chart, "recurrence")
    criteria = {"1.a": supported("Biopsy", tumour), "1.b": supported("Recurrence", tumour, recurrence)}
    second = lay_out(chart, determination_of(chart, criteria)).criteria[1]
    assert [c.evidence.text for c in second.speaks_for] == ["recurrence", "glioma"]


def test_tabs_give_way_to_the_words_of_the_page() -> None:
    _, chart = chart_of([["glioma"]])
    found = evidence(chart, "glioma")
    determination = determination_of(chart, {key: supported("Tumour", found) for key in ("1.a", "1.b", "1.c.vii")})
    (citation,) = lay_out(chart, determination).citations
    line = Box(40, 100, 80, 112)
    wide, narrow = (
        place_tabs([(citation, line)], 612, 792, words)[0] for words in ([line], [line, Box(82, 100, 600, 112)])
    )
    assert wide.words == "+1.a +1.b +1.c.vii"
    assert wide.box.x0 > 500, "the left edge is too narrow for all three"
    assert narrow.words == "+1.a …"
    assert narrow.box.x1 <= 40


def test_every_status_and_warning_has_plain_words() -> None:
    assert wording.CRITERION.keys() == set(CriterionStatus)
    assert wording.CONTRAINDICATION.keys() == set(ContraindicationStatus)
    assert wording.EVIDENCE.keys() == set(Status)
    assert wording.SOURCE.keys() == set(PageSource)
    assert set(wording.WARNING) == set(WarningKind.__args__)


def test_a_supported_part_of_an_unsupported_criterion_is_not_announced() -> None:
    _, chart = chart_of([["Krabbe disease, glioma, biopsy"]])
    criteria = {
        "1": supported("Tumour", evidence(chart, "glioma,")),
        "1.a": supported("Biopsy", evidence(chart, "biopsy")),
        "4": not_found("Leukodystrophy"),
        "4.b": supported("Krabbe disease", evidence(chart, "Krabbe disease,")),
    }
    assert wording.headline(determination_of(chart, criteria)) == "The records support criterion 1.a"


def test_the_reason_falls_back_to_the_cue_and_then_to_the_status() -> None:
    found = Evidence(start=0, end=1, text="x", status=Status.ABSENT, cues=(Cue(text="denies", kind="negated"),))
    assert wording.why(found) == "stated as absent, because of ‘denies’"
    assert wording.why(found.model_copy(update={"cues": ()})) == "stated as absent"
    assert wording.why(found.model_copy(update={"reason": "answered 'No'."})) == "answered 'No'"


def _linear(colour: str) -> list[float]:
    return [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in palette.rgb(colour)]


def _luminance(colour: str) -> float:
    red, green, blue = _linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


# Machado, Oliveira and Fernandes 2009, severity 1: how linear RGB looks without one kind of cone.
_SEEN_BY = {
    "normal": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.01182, 0.04294, 0.968881)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.3039)),
}


def _lab(colour: str, eye: str) -> tuple[float, float, float]:
    seen = [min(max(sum(m * v for m, v in zip(row, _linear(colour), strict=True)), 0), 1) for row in _SEEN_BY[eye]]
    to_xyz = ((0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505))
    xyz = [sum(m * v for m, v in zip(row, seen, strict=True)) for row in to_xyz]
    x, y, z = (
        v ** (1 / 3) if v > 0.008856 else 7.787 * v + 16 / 116
        for v in (value / white for value, white in zip(xyz, (0.9505, 1, 1.089), strict=True))
    )
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


@pytest.mark.parametrize("eye", list(_SEEN_BY))
def test_highlight_colours_can_be_told_apart_by_every_eye(eye: str) -> None:
    fills = [tone.fill for tone in (*palette.GROUPS, palette.SAFETY, palette.AGAINST)]
    for one, other in combinations(fills, 2):
        distance = sum((a - b) ** 2 for a, b in zip(_lab(one, eye), _lab(other, eye), strict=True)) ** 0.5
        assert distance >= 17, (one, other)


def test_black_words_are_legible_on_every_colour() -> None:
    for tone in palette.ALL:
        assert (_luminance(tone.fill) + 0.05) / 0.05 >= 8
        assert (_luminance(tone.fill) + 0.05) / (_luminance(tone.line) + 0.05) >= 3


def test_docstring_examples_hold() -> None:
    tried = 0
    for module in pkgutil.iter_modules(chart_triage.report.__path__):
        result = doctest.testmod(importlib.import_module(f"chart_triage.report.{module.name}"))
        assert result.failed == 0, module.name
        tried += result.attempted
    assert tried >= 2
