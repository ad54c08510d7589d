"""Faxes of fixture charts from file to result: the same findings as the native charts, and highlights on the scans."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pypdfium2
import pytest

from chart_triage import report
from chart_triage.assess import AssessedChart, Assessor
from chart_triage.records.page import PageSource

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"
FAXES = sorted(path for path in (FIXTURES / "faxes").iterdir() if path.suffix in (".tif", ".pdf"))


@cache
def assessor() -> Assessor:
    return Assessor()


@cache
def assessed(path: Path) -> AssessedChart:
    return assessor().chart(path)


@pytest.mark.parametrize("fax", FAXES, ids=lambda path: path.name)
def test_a_fax_gives_what_its_native_chart_gives(fax: Path) -> None:
    native = assessed(FIXTURES / "charts" / f"{fax.stem}.pdf").determination
    faxed = assessed(fax).determination
    assert {key: c.status for key, c in faxed.criteria.items()} == {key: c.status for key, c in native.criteria.items()}
    assert {key: c.status for key, c in faxed.contraindications.items()} == {
        key: c.status for key, c in native.contraindications.items()
    }
    assert faxed.suggestion == native.suggestion
    assert all(page.source is PageSource.OCR and page.readable for page in faxed.chart.pages)


@pytest.mark.parametrize("fax", FAXES, ids=lambda path: path.name)
def test_the_highlighted_copy_is_searchable(fax: Path) -> None:
    """Every quotation is found in the copy's text, on the page that it cites."""
    result = assessed(fax)
    guideline = assessor().guideline
    made = report.highlighted_pdf(fax.read_bytes(), result.chart, result.determination, guideline)
    copy = pypdfium2.PdfDocument(made)
    texts = [page.get_textpage().get_text_range() for page in copy][-len(result.chart.pages) :]
    starts = result.chart.page_starts()
    cited = [e for c in result.determination.concepts.values() for e in c.evidence]
    assert cited
    for evidence in cited:
        words = result.chart.text[evidence.start : evidence.end].split()
        assert evidence.start >= starts[evidence.page - 1]
        assert all(word in texts[evidence.page - 1] for word in words)


def test_the_banner_is_on_record_and_not_in_the_text() -> None:
    result = assessed(FIXTURES / "faxes" / "metastases-radiosurgery.tif")
    banners = [page.fax for page in result.chart.pages]
    assert [banner and banner.sent for banner in banners] == ["2026-11-02"] * len(banners)
    assert [banner and (banner.page, banner.pages) for banner in banners] == [
        (n, len(banners)) for n in range(1, len(banners) + 1)
    ]
    assert {banner and banner.sender for banner in banners} == {"RIVERBEND NEURO"}
    assert "RIVERBEND NEURO" not in result.chart.text
