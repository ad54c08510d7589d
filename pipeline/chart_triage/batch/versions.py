"""What makes a result: the same bytes under the same of these give the same result."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from functools import lru_cache

from chart_triage import __version__, guidelines, resources
from chart_triage.batch.engine import Plan
from chart_triage.errors import SettingsError
from chart_triage.settings import Settings

# Of the site's settings: how a chart is read and what it may take, not what is found in it.
_SAYS_NOTHING = {"ocr_processes", "reading_cache"} | {
    name for name in Settings.model_fields if name.startswith("chart_")
}


class Fingerprints:
    """Of one plan. The day is that of the request: it chooses the version where the guideline is a family."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._same = [
            __version__,
            resources.checksum(resources.lexicons() / "shared"),
            resources.checksum(resources.models()),
            plan.site.model_dump_json(exclude=_SAYS_NOTHING),
        ]
        self.of = lru_cache(4096)(self._of)

    def _of(self, day: date | None) -> str:
        """Raises GuidelineError where the guideline has mistakes or is not there."""
        try:
            guideline = guidelines.load(self._plan.guideline, on=day).sha256
        except SettingsError as error:  # no version is in force that day: the chart fails, with the same words
            guideline = str(error)
        return hashlib.sha256(json.dumps([*self._same, guideline]).encode()).hexdigest()[:24]
