"""What the parent says of a child's end, and a child's own errors made errors again."""

from __future__ import annotations

from typing import Any

from chart_triage.errors import ChartTriageError, GuidelineError, InputError, KilledError, SettingsError, StoreError
from chart_triage.isolation.limits import MEGABYTE, ChildLimits

_LONGEST_MESSAGE = 2_000  # characters of a refusal
_ERRORS: dict[str, type[ChartTriageError]] = {
    each.__name__: each for each in (ChartTriageError, SettingsError, StoreError)
}
_REMEDY = "Print it to a new PDF, or split it into smaller files, and send that."


def rebuilt(name: str, made_of: list[Any]) -> ChartTriageError:
    """The child's error, in its own class; a child that was taken over can choose its words, and no more."""
    match name, made_of:
        case "InputError", [str(kind), str(text)]:
            return InputError(clean(kind), clean(text))
        case "GuidelineError", [list(problems)]:
            return GuidelineError([clean(str(problem)) for problem in problems])
        case _, [str(text)] if name in _ERRORS:
            return _ERRORS[name](clean(text))
    return ChartTriageError("The process that reads charts gave no reason.")


def clean(text: str) -> str:
    """Printable, and no longer than a message is."""
    return "".join(c if c.isprintable() or c == "\n" else " " for c in text[:_LONGEST_MESSAGE])


def killed(about: str, why: str, limits: ChildLimits) -> KilledError:
    kind, told = {
        "time": ("took_too_long", f"was not done within {_duration(limits.seconds)} and was given up"),
        "silence": ("took_too_long", f"got stuck for {_duration(limits.silent_seconds)} and was given up"),
        "cpu": ("took_too_long", f"took more than {_duration(limits.cpu_seconds)} of computing and was given up"),
        "step": ("took_too_long", "has a part that takes too long to be opened, and was given up"),
        "memory": ("too_much_memory", f"needs more than {limits.memory_bytes // MEGABYTE:,} MB of memory to be read"),
        "output": ("too_much_output", f"unfolds to more than {limits.message_bytes // MEGABYTE:,} MB of results"),
        "stopped": ("stopped", "was put aside while it was read"),
    }.get(why, ("crashed", "broke the process that read it, and was given up"))
    return KilledError(kind, f"{clean(about)} {told}. {_REMEDY}")


def _duration(seconds: float) -> str:
    return f"{seconds:,.0f} seconds" if seconds < 120 else f"{seconds / 60:,.0f} minutes"
