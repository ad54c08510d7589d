"""Reads a guideline folder (`guideline.yaml`, `terms.csv`, `examples.yaml`, `request_letter.md`), checks and prints it.

    guideline = load("healthhelp-mrs-2026")        # or the path of a folder
    guideline = load("healthhelp-mrs", on=date(2026, 12, 1))    # the version in force on that day
    problems = check(Path("lexicons/my-guideline"))
    print(show(guideline))

How the files are written: docs/guideline-authoring.md.
"""

from chart_triage.guidelines.comparison import Difference, compare, compare_files
from chart_triage.guidelines.comparison_text import show_differences
from chart_triage.guidelines.folder import available, check, find, load
from chart_triage.guidelines.outline import show
from chart_triage.guidelines.versions import Version, days_in_force, in_force, versions

__all__ = [
    "Difference",
    "Version",
    "available",
    "check",
    "compare",
    "compare_files",
    "days_in_force",
    "find",
    "in_force",
    "load",
    "show",
    "show_differences",
    "versions",
]
