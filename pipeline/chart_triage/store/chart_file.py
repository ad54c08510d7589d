"""A `Chart` as one small file: gzipped JSON, nothing rounded, same chart same bytes.

Words stand in it as records, not as columns of numbers: columns are a quarter smaller and no faster to load (figures:
docs/performance.md).
"""

from __future__ import annotations

import gzip
import io
import zlib
from pathlib import Path
from typing import Any, Final, Literal

from pydantic import ValidationError
from pydantic_core import from_json

from chart_triage import __version__
from chart_triage.errors import InputError
from chart_triage.records.chart import Chart
from chart_triage.records.page import Record

CHART_NAME = "chart.json.gz"
FORMAT: Final = 1
"""Raise it when a chart that was stored before must not be used any more: when `records` or what intake puts into them
changed so that an old reading would be misread. A new field whose default is right for old charts does not count."""

MOST_BYTES = 2_000_000_000
"""Unpacked; the largest chart that intake takes, 2,000 dense pages, is below 1 GB."""


class _Stored(Record):
    format: Literal[1] = FORMAT
    chart_triage: str  # the version of the code that read the chart
    chart: Chart


def chart_to_bytes(chart: Chart) -> bytes:
    """The chart as `read_stored_chart` reads it back, equal in every field."""
    return gzip.compress(_Stored(chart_triage=__version__, chart=chart).model_dump_json().encode(), mtime=0)


def read_stored_chart(path: Path) -> Chart:
    """The chart that was stored in `path`.

    Raises `InputError` with the kind stored_missing, stored_damaged, stored_too_large, or stored_format: written by a
    version of the program whose readings cannot be used by this one.
    """
    try:
        kept = path.read_bytes()
    except FileNotFoundError:
        raise InputError(
            "stored_missing", f"{path} does not exist. Assess the chart again; its reading is stored then."
        ) from None
    except OSError:
        raise _damaged(str(path)) from None
    return chart_from_bytes(str(path), kept)


def chart_from_bytes(name: str, kept: bytes) -> Chart:
    """The chart that `chart_to_bytes` made; messages call it `name`. Raises InputError as `read_stored_chart` does."""
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(kept)) as packed:
            data = packed.read(MOST_BYTES + 1)
    except (OSError, EOFError, zlib.error):
        raise _damaged(name) from None
    if len(data) > MOST_BYTES:
        told = f"{name} unpacks to more than {MOST_BYTES:,} bytes, which is no chart. Assess the chart again."
        raise InputError("stored_too_large", told)
    try:
        return _Stored.model_validate_json(data).chart
    except ValidationError:
        raise _refusal(name, data) from None


def _refusal(name: str, data: bytes) -> InputError:
    """Why the file cannot be used. What it holds is not told."""
    try:
        stored: Any = from_json(data)
    except ValueError:
        return _damaged(name)
    found = stored.get("format") if isinstance(stored, dict) else None
    if not isinstance(found, int) or found == FORMAT:
        return _damaged(name)
    return InputError(
        "stored_format",
        f"{name} was stored in format {found}, and this version reads format {FORMAT}. Assess the chart again.",
    )


def _damaged(name: str) -> InputError:
    return InputError("stored_damaged", f"{name} is damaged or no stored chart. Assess the chart again.")
