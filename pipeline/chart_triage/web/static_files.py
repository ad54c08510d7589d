"""Scripts, styles and the icon under an address that changes with their content: a browser keeps them and never asks.

What a script imports lies under the same address, so that no page mixes scripts of two versions.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from fastapi.staticfiles import StaticFiles
from starlette.responses import Response
from starlette.types import Scope

from chart_triage import resources

_FOLDER = Path(__file__).parent / "static"
ADDRESS = f"/static/{resources.checksum(_FOLDER)[:12]}"
"""Where the files are, without a slash at the end."""


class KeptStaticFiles(StaticFiles):
    def __init__(self) -> None:
        super().__init__(directory=_FOLDER)

    def file_response(
        self, full_path: Any, stat_result: os.stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        response = super().file_response(full_path, stat_result, scope, status_code)
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response
