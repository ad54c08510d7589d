"""What processing keeps fits into the tables of both databases; SQLite alone would take any length."""

from __future__ import annotations

from pathlib import Path

from chart_triage.processing import Processor
from chart_triage.settings import Settings
from chart_triage.store import charts
from chart_triage.store.blobs import Blobs
from chart_triage.store.charts import File, State, Upload
from chart_triage.store.database import Database
from chart_triage.store.tables import ChartRow

CHART = Path(__file__).parents[2] / "fixtures" / "charts" / "rule-out-ms.pdf"


def test_a_chart_with_a_letter_is_processed(database: Database, tmp_path: Path) -> None:
    blobs = Blobs(tmp_path / "files")
    content = CHART.read_bytes()
    with database.writing() as session:
        original = File(charts.ORIGINAL, blobs.put(content), "application/pdf", len(content))
        chart = charts.receive(session, "ann", Upload("chart.pdf", original, {"member_name": "Doe, Jane"})).id
    assert Processor(database, blobs, Settings(store_folder=tmp_path / "files")).run_one("w")
    with database.reading() as session:
        row = session.get_one(ChartRow, chart)
        assert (row.state, row.problem) == (State.READY, None)
        assert {"request_letter.docx", "highlighted.pdf", "page/1"} <= charts.kinds_of(session, chart)
