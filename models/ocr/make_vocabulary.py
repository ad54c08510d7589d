"""Makes vocabulary.txt.gz, the words that clinical English is written with.

    python models/ocr/make_vocabulary.py MTSAMPLES.jsonl

MTSAMPLES.jsonl has one report a line, {"text": ...}; see README.md for where it comes from. The other sources are
this repository's lexicons and the ICD-10-CM descriptions of the package simple-icd-10-cm. The output is the same
bytes for the same input.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import re
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import simple_icd_10_cm

HERE = Path(__file__).resolve().parent
LEXICONS = HERE.parent.parent / "lexicons"
WORD = re.compile(r"[A-Za-z]+(?:'[a-z]{1,2})?")
LEAST_COUNT = 2  # in the reports: words seen once are often misspelt
SHORT, LEAST_COUNT_SHORT = 3, 6  # up to three letters almost anything occurs once


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("reports", type=Path, metavar="MTSAMPLES.jsonl")
    options = parser.parse_args(arguments)
    with options.reports.open(encoding="utf-8") as lines:
        seen = Counter(word for line in lines for word in words_of([json.loads(line)["text"]]))
    counts = Counter({w: n for w, n in seen.items() if n >= (LEAST_COUNT_SHORT if len(w) <= SHORT else LEAST_COUNT)})
    codes = simple_icd_10_cm.get_all_codes(True)
    for word in set(words_of(simple_icd_10_cm.get_description(code) for code in codes)) | set(
        words_of(lexicon_terms())
    ):
        if len(word) > SHORT:
            counts[word] = max(counts[word], 1)
    text = "".join(f"{word}\t{counts[word].bit_length()}\n" for word in sorted(counts))
    out = HERE / "vocabulary.txt.gz"
    out.write_bytes(gzip.compress(text.encode("ascii"), mtime=0))
    print(f"{len(counts)} words to {out}")
    return 0


def words_of(texts: Iterable[str]) -> Iterable[str]:
    """Lower case; what stands in capitals only because of a heading counts as well."""
    for text in texts:
        for word in WORD.findall(text):
            yield word.lower()


def lexicon_terms() -> Iterable[str]:
    for path in sorted(LEXICONS.glob("*/terms.csv")):
        with path.open(encoding="utf-8", newline="") as rows:
            yield from (row["term"] for row in csv.DictReader(rows) if row["kind"] == "literal")


if __name__ == "__main__":
    sys.exit(main())
