"""The only composer: one chart's or one text's way through the stages. Read top to bottom, it is the program."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import NamedTuple

from chart_triage import __version__, findings, guidelines, intake, matching, resources, settings
from chart_triage.indexing.text_kinds import TextKinds
from chart_triage.language.annotator import Annotator
from chart_triage.records.chart import Chart
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

DEFAULT_GUIDELINE = "healthhelp-mrs-2026"


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
        self.guideline = guidelines.load(guideline, on=on)
        self._site = site or settings.load()
        self._annotator = Annotator(self.guideline, self._site)
        self._ocr = intake.OcrOptions(self._site.ocr_processes or intake.available_cores(), self._site.ocr_cache)
        self._versions = Versions(
            chart_triage=__version__,
            guideline_sha256=self.guideline.sha256,
            lexicons_sha256=resources.checksum(resources.lexicons() / "shared"),
            models_sha256=resources.checksum(resources.models()),
        )

    def chart(self, path: Path, *, scan_date: date | None = None, password: str | None = None) -> AssessedChart:
        """Read a file and assess it. Raises InputError where the file cannot be read as a chart."""
        chart = intake.read_chart(path, password=password, ocr=self._ocr)
        inputs = Inputs(
            scan_date=scan_date,
            scanner_weight_limit_kg=self._site.scanner_weight_limit_kg,
            scanner_bmi_limit=self._site.scanner_bmi_limit,
        )
        return self.assess(chart, inputs, ocr=intake.ocr_version(chart))

    def assess(self, chart: Chart, inputs: Inputs, *, ocr: str | None) -> AssessedChart:
        """Assess a chart that was read, now or some time ago; `ocr` is what read its scanned pages.

        The scanner's limits are those of this Assessor's site, not those of `inputs`, which are only written down.
        """
        reading = self._annotator.annotate(chart.text, scan_date=inputs.scan_date, kind_at=TextKinds(chart.text))
        found = _located(findings.collect(reading.mentions, self.guideline), chart)
        assessment = matching.evaluate(found, self.guideline)
        determination = Determination(
            **(dict(assessment) | {"warnings": chart.warnings}),
            chart=ChartSummary(
                sha256=chart.sha256,
                pages=tuple(
                    PageSummary(
                        number=p.number,
                        source=p.source,
                        kind=p.kind,
                        rotation=p.rotation,
                        readable=p.readable,
                        legibility=p.legibility,
                        unclear=tuple((box.x0, box.y0, box.x1, box.y1) for box in p.unclear),
                        fax=p.fax,
                    )
                    for p in chart.pages
                ),
            ),
            guideline=GuidelineRef(
                id=self.guideline.id, version=self.guideline.version, effective=self.guideline.effective.isoformat()
            ),
            inputs=inputs,
            versions=self._versions.model_copy(update={"ocr": ocr}),
        )
        return AssessedChart(chart, determination)

    def text(
        self, id_: str, text: str, *, note_date: date | None = None, targets: Iterable[tuple[int, int]] = ()
    ) -> Annotation:
        """Assess a bare text; offsets of all evidence count in `text`."""
        reading = self._annotator.annotate(text, note_date=note_date, targets=targets, kind_at=TextKinds(text))
        assessment = matching.evaluate(findings.collect(reading.mentions, self.guideline), self.guideline)
        return Annotation(**dict(assessment), id=id_, targets=reading.targets)


def _located(found: Mapping[str, Finding], chart: Chart) -> dict[str, Finding]:
    """The findings with page and boxes on every piece of evidence (boxes only where the input has them)."""

    def place(evidence: Evidence) -> Evidence:
        spots = chart.locate(evidence.start, evidence.end)
        number, boxes = next(((n, b) for n, b in spots if b), spots[0])
        return evidence.model_copy(
            update={"page": number, "boxes": tuple((b.x0, b.y0, b.x1, b.y1) for b in boxes)},
        )

    return {
        key: finding.model_copy(
            update={
                "evidence": tuple(map(place, finding.evidence)),
                "counter_evidence": tuple(map(place, finding.counter_evidence)),
            }
        )
        for key, finding in found.items()
    }
