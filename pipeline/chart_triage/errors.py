"""The one family of errors whose message is meant for the person at the keyboard.

Every message says what was found and what to do. It never carries text of a chart: file names, page numbers and
counts only. `cli.main` prints the message without a traceback and leaves with the class's exit code.
"""

from __future__ import annotations

from typing import ClassVar


class ChartTriageError(Exception):
    """Base class; exit code 1."""

    exit_code: ClassVar[int] = 1


class InputError(ChartTriageError):
    """A file that cannot be read as a chart; `kind` names why."""

    exit_code: ClassVar[int] = 3

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


class KilledError(InputError):
    """A file on which the process that read it was killed, or died: took_too_long, too_much_memory, too_much_output,
    crashed."""


class FaultError(InputError):
    """A file on which this program itself failed. `cause` is the exception's class, `place` the line of the program."""

    def __init__(self, name: str, cause: str, place: str) -> None:
        super().__init__(
            "fault",
            f"{name} could not be processed, by a fault of this program ({cause} at {place}). Report it; meanwhile, "
            "print the file to a new PDF and try that.",
        )
        self.cause = cause
        self.place = place


class GuidelineError(ChartTriageError):
    """A guideline folder with mistakes. Collects them all, each with file, line, what was found and the remedy."""

    exit_code: ClassVar[int] = 4

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class SettingsError(ChartTriageError):
    """A setting or an option with a value that cannot be used."""

    exit_code: ClassVar[int] = 2


class SignInError(ChartTriageError):
    """Somebody cannot be signed in by the OpenID provider."""


class EngineError(ChartTriageError):
    """Many charts are screened on other machines, and these cannot be reached, or not any more."""

    exit_code: ClassVar[int] = 8


class StoreError(ChartTriageError):
    """The database or the folder of files cannot be used, or does not hold what it should."""

    exit_code: ClassVar[int] = 5
