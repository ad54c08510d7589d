"""A chart assessed when it is read, and once more from what was read."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from chart_triage.assess import Assessor
from chart_triage.records.request import RequestData
from chart_triage.settings import Settings

CHART = Path(__file__).resolve().parents[1] / "fixtures" / "charts" / "relapsing-ms-recent-stent.pdf"


def test_what_was_given_is_written_down_and_the_chart_can_be_assessed_again_without_its_file() -> None:
    assessor = Assessor(site=Settings(scanner_weight_limit_kg=200))
    chart, first = assessor.chart(CHART, RequestData(planned_scan=date(2026, 12, 1)))
    assert first.inputs.request.planned_scan == date(2026, 12, 1)
    assert first.inputs.scanner_weight_limit_kg == 200
    assert first.criteria["7"].status == "supported"
    again = assessor.assess(chart, first.inputs, ocr=first.versions.ocr)
    assert again.determination == first


def test_an_old_note_does_not_make_a_child_of_an_adult(tmp_path: Path) -> None:
    page = "CLINIC NOTE\nPatient: Doe, Jane   DOB: 07/16/2004\nDate of service: {}\nMELAS, stable.\n"
    assessor = Assessor(site=Settings())

    def kinds(*days: str) -> list[str]:
        path = tmp_path / "chart.txt"
        path.write_text("\f".join(page.format(day) for day in days), encoding="utf-8")
        return [other.kind for other in assessor.chart(path).determination.others]

    assert kinds("12/03/2021") == ["pediatric_age"]
    assert kinds("12/03/2021", "11/06/2026") == []


def test_rows_of_a_form_that_was_set_aside_are_nobodys() -> None:
    assessor = Assessor(site=Settings())
    form = CHART.with_name("maple-syrup-monitoring.pdf")
    chart, counted = assessor.chart(form)
    assert {row.page for row in counted.form_rows} == {4}
    without = assessor.assess(chart, assessor.inputs(set_aside=[4]), ocr=None).determination
    assert without.form_rows == ()
    assert counted.contraindications["pacemaker"].status == "absent"
    assert without.contraindications["pacemaker"].status == "not_documented"
