"""What passes from a child to its parent: numbers, text, bytes, and lists, tuples and dicts of them.

Pickle is compact and fast for those and carries bytes as they are; loaded here, it cannot name a class or a function,
so that a child that a file has taken over cannot make its parent run anything.
"""

from __future__ import annotations

import io
import pickle
from typing import Any, NoReturn

Plain = Any
"""None, bool, int, float, str, bytes, or a list, tuple or dict of these."""


class _PlainUnpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> NoReturn:
        raise pickle.UnpicklingError("only plain data may come from a child")

    def persistent_load(self, pid: Any) -> NoReturn:
        raise pickle.UnpicklingError("only plain data may come from a child")


def dumps(value: Plain) -> bytes:
    return pickle.dumps(value, protocol=5)


def loads(data: bytes) -> Plain:
    """Raises ValueError for anything but plain data."""
    try:
        return _PlainUnpickler(io.BytesIO(data)).load()
    except Exception:
        raise ValueError("not plain data") from None
