"""One process of the fuzzer: `python -m benchmarks.fuzzing.process TARGET FOLDER SEED SECONDS`.

FOLDER/corpus holds inputs that reach new code, FOLDER/faults those that break something. A fault that Python tells of
does not end the run; each is kept once, by its class and its place. A crash, a hang or too much memory does, and leaves
its input there as libFuzzer names it (crash-, timeout-, oom-).
"""

from __future__ import annotations

import hashlib
import json
import logging
import sys
import time
import traceback
import warnings
from collections.abc import Callable
from pathlib import Path

import atheris

_SLOW = 5.0  # seconds of processor time that an input may take before it is told of
_HANG, _MEMORY = 60, 3_000  # seconds and megabytes at which libFuzzer ends the process


def _place(error: BaseException) -> str:
    """The innermost place in our own code."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [f for f in frames if "/chart_triage/" in f.filename] or list(frames)
    return f"{ours[-1].filename.rpartition('/chart_triage/')[2]}:{ours[-1].lineno} {ours[-1].name}"


def watched(check: Callable[[bytes], None], faults: Path) -> Callable[[bytes], None]:
    """`check`, but what it raises is kept, and what takes long."""
    seen: set[str] = {path.name.partition("--")[0] for path in faults.iterdir()}

    def keep(kind: str, place: str, data: bytes, seconds: float) -> None:
        key = f"{kind}-{hashlib.sha256(place.encode()).hexdigest()[:8]}"
        if key in seen:
            return
        seen.add(key)
        name = f"{key}--{hashlib.sha256(data).hexdigest()[:8]}"
        (faults / name).write_bytes(data)
        told = {"kind": kind, "place": place, "bytes": len(data), "seconds": round(seconds, 1)}
        (faults / f"{name}.json").write_text(json.dumps(told))

    def one(data: bytes) -> None:
        began = time.process_time()
        try:
            check(data)
        except Exception as error:
            keep(type(error).__name__, _place(error), data, time.process_time() - began)
        else:
            took = time.process_time() - began
            if took > _SLOW:
                keep("Slow", "more than 5 s", data, took)

    return one


def main(name: str, folder: Path, seed: int, seconds: int) -> None:
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    with atheris.instrument_imports(include=["chart_triage"]):
        from benchmarks.fuzzing import targets

        target, check = targets.make(name)
    corpus, faults = folder / "corpus", folder / "faults"
    for number, content in enumerate(target.seeds()):
        (corpus / f"seed-{number}").write_bytes(content)
    words = folder / "words.txt"
    words.write_text("".join(f'"{_escaped(word)}"\n' for word in target.words))
    options = {
        "seed": seed, "max_total_time": seconds, "max_len": target.max_bytes, "dict": words, "timeout": _HANG,
        "rss_limit_mb": _MEMORY, "artifact_prefix": f"{faults}/", "print_final_stats": 1, "len_control": 0,
    }  # fmt: skip
    arguments = [sys.argv[0], *(f"-{key}={value}" for key, value in options.items()), str(corpus)]
    atheris.Setup(arguments, watched(check, faults))
    atheris.Fuzz()


def _escaped(word: str) -> str:
    return "".join(
        c if c.isalnum() or c in " /%&=:-,.<[]{}*!_" else "".join(f"\\x{b:02x}" for b in c.encode()) for c in word
    )


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
