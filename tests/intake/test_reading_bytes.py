from __future__ import annotations

from pathlib import Path

import pytest

from chart_triage.errors import InputError
from chart_triage.intake import Limits, OcrOptions, read_chart, read_chart_bytes

FAX = Path(__file__).parents[2] / "fixtures" / "faxes" / "kearns-sayre-pacemaker.tif"
NATIVE = Path(__file__).parents[2] / "fixtures" / "charts" / "rule-out-ms.pdf"


def test_bytes_and_file_give_the_same_chart() -> None:
    assert read_chart_bytes(NATIVE.name, NATIVE.read_bytes()) == read_chart(NATIVE)


def test_each_page_that_ocr_reads_is_told_in_order() -> None:
    told: list[int] = []
    chart = read_chart_bytes("fax.tif", FAX.read_bytes(), ocr=OcrOptions(processes=1, on_page=told.append))
    assert told == [page.number for page in chart.pages]


def test_bytes_beyond_the_limit_are_refused() -> None:
    with pytest.raises(InputError, match=r"^chart\.pdf has"):
        read_chart_bytes("chart.pdf", NATIVE.read_bytes(), limits=Limits(max_bytes=100))
