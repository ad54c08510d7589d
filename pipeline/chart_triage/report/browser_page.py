"""`report.html`: the criteria beside the pages, in one file that needs no network and runs nothing of the chart's."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

from markupsafe import Markup

from chart_triage.records.chart import Chart
from chart_triage.records.determination import ContraindicationStatus, Determination
from chart_triage.records.guideline import Guideline
from chart_triage.report import palette, wording
from chart_triage.report.asked import asked_for
from chart_triage.report.dossier import Dossier, Row, joined, lay_out
from chart_triage.report.implant_words import forms_shown
from chart_triage.report.page_images import page_images
from chart_triage.report.page_view import page_view
from chart_triage.report.templating import environment

_TEMPLATES = Path(__file__).with_name("templates")
_QUIET = (ContraindicationStatus.ABSENT, ContraindicationStatus.NOT_DOCUMENTED)
PAGE_LIMIT = 60
"""A longer chart is shown by its pages with passages or warnings; at most so many pages carry a picture."""


@dataclass(frozen=True, slots=True)
class Group:
    """A top-level criterion with its parts. `spoken_about`: the records say something about one of them."""

    head: Row
    parts: tuple[Row, ...]

    @property
    def spoken_about(self) -> bool:
        return any(row.speaks_for or row.speaks_against or row.parts_citing for row in (self.head, *self.parts))


def html_report(
    source: bytes | None,
    chart: Chart,
    determination: Determination,
    guideline: Guideline | None = None,
    *,
    password: str | None = None,
) -> str:
    """The whole report as one HTML document; same input, same text.

    `source` is the file that `chart` was read from, None for plain text; `password` opens it. Charts of up to
    `PAGE_LIMIT` pages are shown whole; the report says so where they are not.

    Raises:
        InputError: `source` cannot be opened.
    """
    dossier = lay_out(chart, determination, guideline)
    shown = _shown_pages(chart, determination, dossier)
    pictured = shown[:PAGE_LIMIT]
    images = {} if source is None else page_images(source, chart, pictured, password)
    views = [
        page_view(
            chart,
            dossier,
            number,
            images.get(number),
            warnings=determination.warnings,
            index=determination.index,
            no_image=wording.UNDECODED if number in pictured else wording.NO_PICTURE,
        )
        for number in shown
    ]
    style, script = _style(), _asset("report.js")
    return (
        environment(_TEMPLATES)
        .get_template("report.html.jinja")
        .render(
            style=Markup(style),
            script=Markup(script),
            style_hash=_csp_hash(style),
            script_hash=_csp_hash(script),
            chart=chart,
            determination=determination,
            guideline=guideline,
            dossier=dossier,
            forms=forms_shown(determination.form_rows),
            groups=_groups(dossier.criteria),
            noted=[row for row in dossier.safety if row.status not in _QUIET],
            absent=joined(row for row in dossier.safety if row.status == ContraindicationStatus.ABSENT),
            silent=[row for row in dossier.safety if row.status == ContraindicationStatus.NOT_DOCUMENTED],
            asked=asked_for(determination),
            notices=wording.notices(determination),
            unread=wording.unread_pages(determination),
            scanned=wording.read_by_ocr(determination),
            pages=views,
            legend=_legend(dossier.criteria),
            wording=wording,
        )
    )


def _shown_pages(chart: Chart, determination: Determination, dossier: Dossier) -> list[int]:
    if len(chart.pages) <= PAGE_LIMIT:
        return [page.number for page in chart.pages]
    cited = {place.page for citation in dossier.citations for place in citation.places}
    warned = {page for warning in determination.warnings for page in warning.pages}
    return sorted(cited | warned & {page.number for page in chart.pages})


def _groups(rows: tuple[Row, ...]) -> list[Group]:
    groups: list[Group] = []
    for row in rows:
        if row.depth == 0 or not groups:
            groups.append(Group(row, ()))
        else:
            groups[-1] = Group(groups[-1].head, (*groups[-1].parts, row))
    return groups


def _legend(rows: tuple[Row, ...]) -> list[tuple[palette.Tone, str, str]]:
    return [
        *((row.tone, f"+{row.badge}", row.label) for row in rows if row.depth == 0),
        *wording.LEGEND,
    ]


def _style() -> str:
    """The style sheet, with a class for each tone of the palette."""
    tones = [
        f".{t.name}{{--fill:{t.fill};--line:{t.line};--dash:{'3 2' if t.dashed else 'none'}}}" for t in palette.ALL
    ]
    return "\n".join([_asset("report.css"), *tones])


def _csp_hash(text: str) -> str:
    """What the page's Content-Security-Policy allows to run or to style it: this text, and nothing else."""
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode('ascii')}'"


@cache
def _asset(name: str) -> str:
    return (_TEMPLATES / name).read_text(encoding="utf-8")
