"""Results of charts as one ZIP file: a folder for each chart, and the work list's columns beside them as index.csv."""

from __future__ import annotations

import re
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import IO

from fastapi.responses import StreamingResponse

from chart_triage.store.blobs import Blobs
from chart_triage.store.charts import File
from chart_triage.store.tables import ChartRow
from chart_triage.web.views.worklist import as_csv

RESULTS = ("highlighted.pdf", "report.html", "request_letter.docx", "request_letter.pdf", "determination.json")
_IN_MEMORY = 20_000_000  # bytes; a larger file is written to the disk and removed when it is sent
_PIECE = 1 << 16
_LONGEST = 60
_PACKED = frozenset({"highlighted.pdf", "request_letter.docx", "request_letter.pdf"})  # as small as they get


def answer(
    name: str, blobs: Blobs, charts: Sequence[ChartRow], files: Mapping[str, Iterable[File]], people: Mapping[int, str]
) -> StreamingResponse:
    """The file `name`, to be saved. `files` are those of each chart, by its id."""
    made = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115  # closed when it is sent
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("index.csv", as_csv(charts, people))
        for chart in charts:
            for file in files.get(chart.id, ()):
                how = zipfile.ZIP_STORED if file.kind in _PACKED else zipfile.ZIP_DEFLATED
                packed.writestr(f"{folder_name(chart)}/{file.kind}", blobs.get(file.blob), how)
    size = made.tell()
    made.seek(0)
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store",
        "Content-Length": str(size),
    }  # fmt: skip
    return StreamingResponse(_pieces(made), media_type="application/zip", headers=headers)


def folder_name(chart: ChartRow) -> str:
    """The name of the file that came in, as every system takes it for a folder's, and the chart's id."""
    stem = chart.file_name.rpartition(".")[0] or chart.file_name
    plain = re.sub(r"[^\w .,()-]+", "_", stem, flags=re.ASCII)[:_LONGEST].strip(" .")
    return f"{plain or 'chart'}-{chart.id[:8]}"


def _pieces(made: IO[bytes]) -> Iterator[bytes]:
    with made:
        while piece := made.read(_PIECE):
            yield piece
