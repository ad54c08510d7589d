"""Reads a guideline folder (`guideline.yaml`, `terms.csv`, `examples.yaml`), checks it and prints it.

    guideline = load("healthhelp-mrs-2026")        # or the path of a folder
    problems = check(Path("lexicons/my-guideline"))
    print(show(guideline))

How the files are written: docs/guideline-authoring.md.
"""

from chart_triage.guidelines.folder import available, check, load
from chart_triage.guidelines.outline import show

__all__ = ["available", "check", "load", "show"]
