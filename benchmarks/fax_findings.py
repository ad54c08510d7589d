"""What a fax costs in findings: the fixture charts as faxes, beside the same charts as native PDFs.

    python -m benchmarks.run fax_findings [--levels standard fine] [--list]

A finding is a concept with its status (present, absent, ...). Those of the native chart are the truth here, right or
wrong: what is measured is what the fax takes away or adds. `--list` names each difference.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from chart_triage.assess import Assessor
from chart_triage.records.determination import Determination

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "fixtures"))

import fax  # noqa: E402

Finding = tuple[str, str]


def main(arguments: Sequence[str]) -> Iterator[tuple[str, str]]:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.run fax_findings", description=__doc__)
    parser.add_argument("--levels", nargs="+", choices=fax.LEVELS, default=["fine", "standard"])
    parser.add_argument("--list", action="store_true", dest="listed")
    options = parser.parse_args(arguments)
    assessor = Assessor()
    charts = sorted((ROOT / "fixtures" / "charts").glob("*.pdf"))
    native = {chart: assessor.chart(chart).determination for chart in charts}
    for level in options.levels:
        faxed = {chart: _faxed(assessor, chart, level) for chart in charts}
        for name, of in (("findings", findings), ("criteria", criteria), ("contraindications", contraindications)):
            want = {(chart.stem, *f) for chart in charts for f in of(native[chart])}
            have = {(chart.stem, *f) for chart in charts for f in of(faxed[chart])}
            yield f"{level}, {name} of the native charts found again", _share(len(want & have), len(want))
            yield f"{level}, {name} of the faxes that the native charts have", _share(len(want & have), len(have))
            if options.listed:
                for sign, difference in (("lost", want - have), ("added", have - want)):
                    for row in sorted(difference):
                        print(f"  {sign}: {' '.join(row)}", file=sys.stderr)
        same = sum(native[chart].suggestion is faxed[chart].suggestion for chart in charts)
        yield f"{level}, charts with the same suggestion", f"{same} of {len(charts)}"
        unread = sum(not page.readable for chart in charts for page in faxed[chart].chart.pages)
        yield f"{level}, pages declared unread", f"{unread} of {sum(len(d.chart.pages) for d in faxed.values())}"


def _faxed(assessor: Assessor, chart: Path, level: str) -> Determination:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{chart.stem}.tif"
        path.write_bytes(fax.encode(list(fax.fax_pages(chart.read_bytes(), fax.LEVELS[level], 1)), ".tif"))
        return assessor.chart(path).determination


def findings(result: Determination) -> set[Finding]:
    return {(key, found.status.value) for key, found in result.concepts.items()}


def criteria(result: Determination) -> set[Finding]:
    return {(key, c.status.value) for key, c in result.criteria.items() if c.status.value != "not_found"}


def contraindications(result: Determination) -> set[Finding]:
    return {(k, c.status.value) for k, c in result.contraindications.items() if c.status.value != "not_documented"}


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} % of {whole}" if whole else "-"
