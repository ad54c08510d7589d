"""The only composer: one chart's or one text's way through the stages. Read top to bottom, it is the program."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import NamedTuple

from chart_triage import (
    __version__,
    findings,
    guidelines,
    indexing,
    intake,
    logs,
    matching,
    resources,
    settings,
    triage,
)
from chart_triage.indexing.text_kinds import TextKinds
from chart_triage.language.annotator import Annotator
from chart_triage.language.whole_chart import Passage, annotate_chart
from chart_triage.records.chart import Chart
from chart_triage.records.chart_index import ChartIndex
from chart_triage.records.determination import (
    Annotation,
    ChartSummary,
    Determination,
    GuidelineRef,
    Inputs,
    PageSummary,
    Versions,
)
from chart_triage.records.finding import Evidence, Finding
from chart_triage.records.implant import Implant, Quote
from chart_triage.records.mention import Mention
from chart_triage.records.page import Corners
from chart_triage.records.request import RequestData
from chart_triage.resources import DEFAULT_GUIDELINE
from chart_triage.triage import due_times

NOTHING_TOLD = RequestData()


class AssessedChart(NamedTuple):
    chart: Chart
    determination: Determination


class Assessor:
    """Everything that is loaded once: a guideline, its language stage and the site's settings.

    `guideline` is an id, a folder, or a family of which the version in force on the day `on` is taken.
    """

    def __init__(
        self,
        guideline: str | Path = DEFAULT_GUIDELINE,
        site: settings.Settings | None = None,
        *,
        on: date | None = None,
    ) -> None:
        logs.tame()
        self.guideline = guidelines.load(guideline, on=on)
        self.site = site or settings.load()
        self._annotator = Annotator(self.guideline, self.site)
        self._limits = intake.Limits.of(self.site)
        self._ocr = intake.OcrOptions(self.site.ocr_processes or intake.available_cores())
        self._due_times = due_times.load(self.site.due_times)
        self._versions = Versions(
            chart_triage=__version__,
            guideline_sha256=self.guideline.sha256,
            lexicons_sha256=resources.checksum(resources.lexicons() / "shared"),
            models_sha256=resources.checksum(resources.models()),
        )

    def chart(
        self,
        path: Path,
        request: RequestData = NOTHING_TOLD,
        *,
        password: str | None = None,
        set_aside: Iterable[int] = (),
        taken_back: Iterable[int] = (),
    ) -> AssessedChart:
        """Read a file in this process (`ChartReader` does it in a child) and assess it.

        The pages `set_aside` and `taken_back` are as a reviewer decided.

        Raises:
            InputError: the file cannot be read as a chart.
            SettingsError: the line of business is not in the table of due times.
        """
        self.check(request)
        chart = intake.read_chart(path, password=password, limits=self._limits, ocr=self._ocr)
        inputs = self.inputs(request, set_aside=set_aside, taken_back=taken_back)
        return self.assess(chart, inputs, ocr=intake.ocr_version(chart))

    def check(self, request: RequestData) -> None:
        """Raises SettingsError: the line of business is not in the table of due times."""
        due_times.due_time(self._due_times, request.line_of_business, expedited=False)

    def read(
        self,
        name: str,
        data: bytes,
        on_page: Callable[[int], None] | None = None,
        *,
        password: str | None = None,
    ) -> Chart:
        """Only read a file that is in memory; `on_page` is told the number of each page that has been read."""
        ocr = replace(self._ocr, on_page=on_page)
        return intake.read_chart_bytes(name, data, password=password, limits=self._limits, ocr=ocr)

    def inputs(
        self, request: RequestData = NOTHING_TOLD, *, set_aside: Iterable[int] = (), taken_back: Iterable[int] = ()
    ) -> Inputs:
        """What is given beside a chart, with this site's limits."""
        return Inputs(
            request=request,
            set_aside=tuple(sorted(set_aside)),
            taken_back=tuple(sorted(taken_back)),
            scanner_weight_limit_kg=self.site.scanner_weight_limit_kg,
            scanner_bmi_limit=self.site.scanner_bmi_limit,
        )

    def assess(self, chart: Chart, inputs: Inputs, *, ocr: str | None) -> AssessedChart:
        """Assess a chart that was read, now or some time ago; `ocr` is what read its scanned pages.

        The scanner's limits are those of this Assessor's site, not those of `inputs`, which are only written down.
        """
        request = inputs.request
        index = indexing.index(
            chart, request.patient, set_aside=frozenset(inputs.set_aside), taken_back=frozenset(inputs.taken_back)
        )
        form_rows = tuple(row for row in chart.form_rows if index.counted(row.page))
        reading = annotate_chart(
            self._annotator,
            chart.text,
            _passages(chart, index),
            scan_date=request.planned_scan,
            kind_at=indexing.kind_at(chart, index),
            form_rows=form_rows,
        )
        mentions = self._of_age(reading.mentions, index, request)
        found = _located(findings.collect(mentions, self.guideline), chart)
        implants = _implants_located(reading.implants, chart)
        assessment = matching.with_unread(matching.evaluate(found, self.guideline, implants), index)
        unread = frozenset(index.unread)
        determination = Determination(
            **(dict(assessment) | {"warnings": (*chart.warnings, *index.warnings)}),
            requests=matching.wanted(found, assessment, self.guideline, unread),
            triage=triage.judge(
                chart.pages,
                index,
                request,
                self._due_times,
                documented=matching.documented_share(found, self.guideline),
                unread_pages=unread,
            ),
            form_rows=form_rows,
            index=index,
            inputs=inputs,
            chart=_summary(chart, index),
            guideline=GuidelineRef(
                id=self.guideline.id, version=self.guideline.version, effective=self.guideline.effective.isoformat()
            ),
            versions=self._versions.model_copy(update={"ocr": ocr}),
        )
        return AssessedChart(chart, determination)

    def _of_age(self, mentions: tuple[Mention, ...], index: ChartIndex, request: RequestData) -> tuple[Mention, ...]:
        """The mentions without ages that the patient has outgrown: an old note may call an adult a child."""
        born = index.patient.born if index.patient else None
        day = request.planned_scan or max((d.on for d in index.documents if d.on is not None), default=None)
        limit = self.guideline.scope.pediatric_max_age
        if born is None or day is None or limit is None:
            return mentions
        if day.year - born.year - ((day.month, day.day) < (born.month, born.day)) <= limit:
            return mentions
        ages = {other.group for other in self.guideline.others if other.measure == "age"}
        return tuple(m for m in mentions if m.concept not in ages)

    def text(
        self, id_: str, text: str, *, note_date: date | None = None, targets: Iterable[tuple[int, int]] = ()
    ) -> Annotation:
        """Assess a bare text; offsets of all evidence count in `text`."""
        reading = self._annotator.annotate(text, note_date=note_date, targets=targets, kind_at=TextKinds(text))
        found = findings.collect(reading.mentions, self.guideline)
        assessment = matching.evaluate(found, self.guideline, reading.implants)
        return Annotation(**dict(assessment), id=id_, targets=reading.targets)


def _passages(chart: Chart, index: ChartIndex) -> list[Passage]:
    """The documents as stretches of the chart's text, ranked in time; documents with nothing that counts are left out.

    A document without a day is as old as the one before it in the file.
    """
    starts = [*chart.page_starts(), len(chart.text) + 1]
    last: date | None = next((d.on for d in index.documents if d.on is not None), None)
    days: list[date] = []
    for document in index.documents:
        last = document.on or last
        days.append(last or date.min)
    ranks = {day: rank for rank, day in enumerate(sorted(set(days)))}
    passages = []
    for document, day in zip(index.documents, days, strict=True):
        if not any(index.counted(page) for page in document.pages):
            continue
        first, end = document.pages[0], document.pages[-1]
        left_out = [(starts[n - 1], starts[n] - 1) for n in range(first, end + 1) if not index.counted(n)]
        passages.append(Passage(starts[first - 1], starts[end] - 1, document.on, ranks[day], tuple(left_out)))
    return passages


def _summary(chart: Chart, index: ChartIndex) -> ChartSummary:
    pages = (
        PageSummary(
            number=page.number,
            source=page.source,
            kind=indexed.kind,
            rotation=page.rotation,
            readable=page.readable,
            legibility=page.legibility,
            unclear=tuple((box.x0, box.y0, box.x1, box.y1) for box in page.unclear),
            fax=page.fax,
        )
        for page, indexed in zip(chart.pages, index.pages, strict=True)
    )
    return ChartSummary(sha256=chart.sha256, pages=tuple(pages))


class _Place(NamedTuple):
    page: int
    boxes: tuple[Corners, ...]


def _place(chart: Chart, start: int, end: int) -> _Place:
    """The first page of the words that has boxes of them, else the page on which they begin."""
    spots = chart.locate(start, end)
    number, boxes = next(((n, b) for n, b in spots if b), spots[0])
    return _Place(number, tuple((b.x0, b.y0, b.x1, b.y1) for b in boxes))


def _located(found: Mapping[str, Finding], chart: Chart) -> dict[str, Finding]:
    """The findings with page and boxes on every piece of evidence (boxes only where the input has them)."""

    def place(evidence: Evidence) -> Evidence:
        return evidence.model_copy(update=_place(chart, evidence.start, evidence.end)._asdict())

    return {
        key: finding.model_copy(
            update={
                "evidence": tuple(map(place, finding.evidence)),
                "counter_evidence": tuple(map(place, finding.counter_evidence)),
            }
        )
        for key, finding in found.items()
    }


def _implants_located(implants: Iterable[Implant], chart: Chart) -> tuple[Implant, ...]:
    """The implants with page and boxes on the words of every detail."""

    def place(quote: Quote) -> Quote:
        return quote.model_copy(update=_place(chart, quote.start, quote.end)._asdict())

    return tuple(implant.with_quotes(place) for implant in implants)
