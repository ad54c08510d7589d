"""Bytes to Chart: what a file is, whether it can be read, and its pages as words with boxes.

`read_chart` is the only door. `native/` reads a PDF's own text layer, `layout/` turns placed words into a page's
text; whatever reads pages by other means hands the same `PageDraft`s to `assembly`.
"""

from chart_triage.intake.limits import Limits
from chart_triage.intake.reading import read_chart

__all__ = ["Limits", "read_chart"]
