"""Fixture charts that were processed once for all tests; each test gets a copy of the store to work on."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from chart_triage.processing import Processor
from chart_triage.settings import Settings
from chart_triage.store import charts, people
from chart_triage.store.charts import File, Upload
from chart_triage.store.people import Role
from chart_triage.store.tables import ChartRow
from chart_triage.web.site import Site

PASSWORD = "correct horse battery"
FIXTURES = Path(__file__).parents[2] / "fixtures"
NAMES = (
    "charts/krabbe-transplant.pdf",
    "charts/melas-cochlear-implant.pdf",
    "charts/temporal-lobe-dictation.txt",
    "faxes/hyperglycemic-state.pdf",
)
_MEDIA = {".pdf": "application/pdf", ".txt": "text/plain", ".tif": "image/tiff"}


class Desk:
    """A site with processed charts, by the names of their files without the ending."""

    def __init__(self, folder: Path) -> None:
        store_url = f"sqlite:///{folder / 'store.db'}"
        self.site = Site.open(Settings(store_url=store_url, store_folder=folder / "files", keep_free_mb=0))

    def receive(self, path: Path, by: str = "intake") -> str:
        content, media = path.read_bytes(), _MEDIA[path.suffix]
        original = File(charts.ORIGINAL, self.site.blobs.put(content), media, len(content))
        with self.site.database.writing() as session:
            user = session.query(people.User).filter_by(login=by).one()
            return charts.receive(session, by, Upload(path.name, original, {}, user.id)).id

    def work(self) -> None:
        """Process all that waits."""
        processor = Processor(self.site.database, self.site.blobs, self.site.settings)
        while processor.run_one("test"):
            pass

    def chart(self, stem: str) -> str:
        with self.site.database.reading() as session:
            return session.query(ChartRow).filter(ChartRow.file_name.startswith(f"{stem}.")).one().id


@pytest.fixture(scope="session")
def kept_charts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("processed")
    desk = Desk(folder)
    with desk.site.database.writing() as session:
        for role in (*Role, "second"):
            kind = role if isinstance(role, Role) else Role.REVIEWER
            people.add_user(session, "setup", str(role), str(role).title(), kind, PASSWORD)
    for name in NAMES:
        desk.receive(FIXTURES / name)
    desk.work()
    desk.site.database.close()
    return folder


@pytest.fixture
def desk(kept_charts: Path, tmp_path: Path) -> Iterator[Desk]:
    folder = tmp_path / "desk"
    shutil.copytree(kept_charts, folder)
    desk = Desk(folder)
    yield desk
    desk.site.database.close()
