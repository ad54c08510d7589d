"""Where the charts and the guideline of the replay's tests lie."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CHARTS = ROOT / "fixtures" / "charts"
SHIPPED = ROOT / "lexicons" / "healthhelp-mrs-2026"
