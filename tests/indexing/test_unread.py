"""How much of a chart could not be read."""

from __future__ import annotations

import pytest

from chart_triage.indexing.unread import unread_share
from chart_triage.records.chart import Chart, ChartWarning
from chart_triage.records.geometry import Box
from chart_triage.records.page import Page, PageSource

READ = Page(number=1, width=600, height=800, source=PageSource.NATIVE, readable=True, text="A note.")
UNREAD = Page(number=1, width=600, height=800, source=PageSource.NONE, readable=False)
POOR = READ.model_copy(update={"source": PageSource.OCR, "legibility": 0.8})
HALF = POOR.model_copy(update={"unclear": (Box(0, 0, 600, 400),)})


def chart(*pages: Page, **warned: int) -> Chart:
    numbered = tuple(page.model_copy(update={"number": n}) for n, page in enumerate(pages, start=1))
    told = tuple(ChartWarning.model_validate({"kind": k, "pages": (n,), "detail": "-"}) for k, n in warned.items())
    return Chart(sha256="0" * 64, media_type="application/pdf", pages=numbered, warnings=told)


@pytest.mark.parametrize(
    ("made", "share"),
    [
        (chart(READ, READ), 0.0),
        (chart(READ, UNREAD), 0.5),
        (chart(READ, UNREAD, blank_page=2), 0.0),
        (chart(UNREAD, blank_page=1), 0.0),
        (chart(READ, POOR), 0.1),
        (chart(READ, HALF), 0.25),
        (chart(READ, READ, unread_page=2), 0.5),  # beside the text a picture that was not read
    ],
)
def test_the_share_of_pages_and_areas(made: Chart, share: float) -> None:
    assert unread_share(made) == pytest.approx(share)
