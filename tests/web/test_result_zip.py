"""All results of a chart, or of chosen charts of the work list, as one ZIP file."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

from fastapi.testclient import TestClient
from listed import chart, ready
from sites import Processed

from chart_triage.store import audit, charts
from chart_triage.store.charts import File
from chart_triage.web.result_zip import folder_name
from chart_triage.web.site import Site

Browser = Callable[[str | None], TestClient]


def _with_report(site: Site, name: str, by: str = "intake") -> str:
    number = ready(site, name, by=by)
    content = f"<p>{name}</p>".encode()
    with site.database.writing() as session:
        charts.keep_files(session, number, [File("report.html", site.blobs.put(content), "text/html", len(content))])
    return number


def _exported(site: Site) -> list[str]:
    with site.database.reading() as session:
        entries, _ = audit.entries(session, audit.Wanted(action="chart.export"))
        return sorted(entry.subject for entry in entries)


def test_all_results_of_a_chart_are_in_one_file(processed: Processed) -> None:
    answer = processed.browser("intake").get(f"/charts/{processed.chart}/results.zip")
    assert answer.headers["content-type"] == "application/zip"
    packed = zipfile.ZipFile(io.BytesIO(answer.content))
    assert packed.testzip() is None
    names = packed.namelist()
    assert names[0] == "index.csv"
    inner = {name.rpartition("/")[2]: name for name in names[1:]}
    assert {"highlighted.pdf", "report.html", "determination.json", "request_letter.docx"} <= set(inner)
    assert packed.read(inner["highlighted.pdf"]).startswith(b"%PDF")
    assert "original" not in inner
    assert f"chart/{processed.chart}" in _exported(processed.site)


def test_chosen_charts_of_the_work_list_come_in_a_folder_each(site: Site, browser: Browser) -> None:
    one, two = _with_report(site, "one.pdf"), _with_report(site, "two.pdf", by="reviewer")
    waiting = chart(site, "waiting.pdf")
    answer = browser("reviewer").post("/worklist/results", data={"chart": [one, two, waiting]})
    packed = zipfile.ZipFile(io.BytesIO(answer.content))
    assert {name for name in packed.namelist() if "/" in name} == {
        f"one-{one[:8]}/report.html", f"two-{two[:8]}/report.html",
    }  # fmt: skip
    assert packed.read("index.csv").decode().count("\r\n") == 4
    assert _exported(site) == sorted([f"chart/{one}", f"chart/{two}"])
    mine = zipfile.ZipFile(io.BytesIO(browser("intake").post("/worklist/results", data={"chart": [one, two]}).content))
    assert [name for name in mine.namelist() if "two" in name] == [], "it is not theirs to see"
    assert browser("reviewer").post("/worklist/results", data={"chart": [waiting]}).status_code == 404
    assert browser("reviewer").post("/worklist/results", data={}).status_code == 422
    assert browser("reviewer").post("/worklist/results", data={"chart": [one] * 101}).status_code == 422
    assert browser("reviewer").get(f"/charts/{waiting}/results.zip").status_code == 404


def test_a_folder_is_named_so_that_it_stays_where_it_is_unpacked(site: Site) -> None:
    for name in ("../../etc/passwd", "a\\b.pdf", "C:x.pdf", "...", "äöü/../x.tif", "x" * 200 + ".pdf"):
        with site.database.reading() as session:
            row = session.get_one(charts.ChartRow, chart(site, name))
        folder = folder_name(row)
        assert not set(folder) & set('/\\:*?"<>|\x00'), name
        assert not folder.startswith("."), name
        assert len(folder) < 80
