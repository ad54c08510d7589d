"""Real scans of other projects: how reading each one ends, how long it takes and how much memory.

    CHART_TRIAGE_EVAL_DIR=... python -m benchmarks.run scans [--only funsd] [--each] [--seconds 120]

Reads every TIFF, PNG and JPEG below corpora/scans, each file in a process of its own. A file ends in text, as declared
unread (no text, and a warning for every page without), in a named refusal, or in anything else: killed, too slow,
silently empty; that must not happen. Where the words of a file are known (the json of FUNSD, or a .txt beside it),
their recall: how many of them are read, in whatever order.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

ENDINGS = (".tif", ".tiff", ".png", ".jpg", ".jpeg")
WORD = re.compile(r"[^\W_]+")
TEXT, UNREAD, REFUSED, ELSE = "text", "declared unread", "named refusal", "anything else"
READ = """
import json, resource, sys, time
from pathlib import Path
from chart_triage.errors import InputError
from chart_triage.intake import read_chart
from chart_triage.intake.ocr.options import OcrOptions

start = time.perf_counter()
try:
    chart = read_chart(Path(sys.argv[1]), ocr=OcrOptions(processes=1))
    told = {number for warning in chart.warnings for number in warning.pages}
    words = " ".join((chart.text, *(line.text for page in chart.pages for line in page.furniture)))
    silent = any(not page.text and page.number not in told for page in chart.pages)
    found = {"refusal": "", "text": chart.text, "words": words, "silent": silent, "pages": len(chart.pages),
             "warnings": [warning.kind for warning in chart.warnings]}
except InputError as error:
    found = {"refusal": error.kind}
found["seconds"] = time.perf_counter() - start
found["memory"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
print(json.dumps(found))
"""


class Ended(NamedTuple):
    """`words` is all that was read, running headers included; `note` says more about `how`."""

    how: str
    note: str
    words: str = ""
    pages: int = 0
    seconds: float = 0.0
    memory: int = 0


def main(arguments: Sequence[str]) -> Iterator[tuple[str, str]]:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.run scans", description=__doc__)
    parser.add_argument("--only", default="", help="files whose path contains this")
    parser.add_argument("--each", action="store_true", help="a row for each file")
    parser.add_argument("--seconds", type=float, default=120.0, help="after which a file counts as not ended")
    options = parser.parse_args(arguments)
    folder = os.environ.get("CHART_TRIAGE_EVAL_DIR")
    if not folder:
        parser.error("CHART_TRIAGE_EVAL_DIR names no folder")
    root = Path(folder) / "corpora" / "scans"
    files = [p for p in sorted(root.rglob("*")) if p.suffix.lower() in ENDINGS and options.only in str(p)]
    results: dict[Path, Ended] = {}
    recalls: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for path in files:
        ended = results[path] = read(path, options.seconds)
        truth = true_words(path)
        recalled = ""
        if truth:
            found = (truth & words_of(ended.words)).total(), truth.total()
            recalls[path.parent.name].append(found)
            recalled = f"; recall {share(*found)}"
        if options.each or ended.how == ELSE:
            row = f"{ended.how} {ended.note}".strip()
            yield str(path.relative_to(root)), f"{row}; {ended.seconds:.1f} s, {ended.memory >> 20} MB{recalled}"
    yield "files", str(len(files))
    for how in (TEXT, UNREAD, REFUSED, ELSE):
        notes = Counter(each.note for each in results.values() if each.how == how)
        told = "" if how == TEXT else ", ".join(f"{count} x {note}" for note, count in notes.most_common())
        yield f"ended in {how}" if how != UNREAD else how, f"{notes.total()}{f' ({told})' if told else ''}"
    if results:
        slowest = max(results, key=lambda path: results[path].seconds)
        largest = max(results, key=lambda path: results[path].memory)
        yield "slowest", f"{results[slowest].seconds:.1f} s ({slowest.name}, {results[slowest].pages} pages)"
        yield "peak memory", f"{results[largest].memory >> 20} MB ({largest.name})"
    for name, counts in recalls.items():
        found, wanted = (sum(column) for column in zip(*counts, strict=True))
        yield f"words read, {name}", f"{share(found, wanted)} of {wanted} in {len(counts)} files"


def read(path: Path, seconds: float) -> Ended:
    """How reading `path` ends, in a process of its own."""
    command = [sys.executable, "-c", READ, str(path)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=seconds, check=False)
    except subprocess.TimeoutExpired:
        return Ended(ELSE, f"after {seconds:.0f} s not ended", seconds=seconds)
    if done.returncode != 0:
        last = done.stderr.strip().splitlines()[-1:] or [""]
        return Ended(ELSE, f"exit status {done.returncode} {last[0][:120]}".strip())
    found = json.loads(done.stdout.splitlines()[-1])
    return Ended(*_how(found), found.get("words", ""), found.get("pages", 0), found["seconds"], found["memory"])


def _how(found: dict[str, Any]) -> tuple[str, str]:
    if found["refusal"]:
        return REFUSED, found["refusal"]
    if found["silent"]:
        return ELSE, "silently empty"
    kinds = ", ".join(sorted(set(found["warnings"])))
    return (TEXT if found["text"] else UNREAD), kinds


def true_words(path: Path) -> Counter[str]:
    """The words that stand on the scan, as its collection says; empty where it does not."""
    form = path.with_suffix(".json")
    if form.exists():
        items = json.loads(form.read_text(encoding="utf-8"))["form"]
        return words_of(" ".join(word["text"] for item in items for word in item["words"]))
    for ending in (".gold.txt", ".txt"):
        text = path.with_suffix(ending)
        if text.exists():
            return words_of(text.read_text(encoding="utf-8", errors="replace"))
    return Counter()


def words_of(text: str) -> Counter[str]:
    return Counter(WORD.findall(text.lower()))


def share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "-"
