"""Text as the matchers need it: one space between words, nothing accented, hyphens gone; with the way back.

Clinical text breaks its terms over lines ("multiple\\nsclerosis"), doubles spaces and hyphenates. Matching runs on a
flattened copy; every result is mapped back to offsets of the text that was given.
"""

from __future__ import annotations

import re
from bisect import bisect_right

# One character in, one character out: offsets do not move.
_SPACES = "_\t\n\r\f\v"
_SAME_LENGTH = {
    **{ord(c): " " for c in "\u00a0\u2002\u2003\u2007\u2009\u200a\u202f\u3000\u200b\ufeff"},
    **{ord(c): "'" for c in "\u2018\u2019\u201b\u2032\u00b4"},
    **{ord(c): '"' for c in "\u201c\u201d\u2033"},
    **{ord(c): "-" for c in "\u2010\u2011\u2012\u2013\u2014\u2212"},
    **dict(zip(map(ord, "àáâãäåçèéêëìíîïñòóôõöùúûüýÿ"), "aaaaaaceeeeiiiinooooouuuuyy", strict=True)),
    **dict(zip(map(ord, "ÀÁÂÃÄÅÇÈÉÊËÌÍÎÏÑÒÓÔÕÖÙÚÛÜÝ"), "AAAAAACEEEEIIIINOOOOOUUUUY", strict=True)),
    ord("\u0130"): "I",  # its lower case is two characters long
}
# each alternative begins with one sign: the engine then skips to the next of these signs
_LINE_END_HYPHEN = re.compile(r"-(?<=[a-z]-)[ \t]*\r?\n[ \t]*(?=[a-z])|\u00ad(?<=[a-z]\u00ad)\s{0,4}(?=[a-z])")
_RUN = re.compile(r"  +")
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")


def same_length(text: str) -> str:
    """`text` with odd spaces, quotes, dashes and accents made plain; every offset stays what it was."""
    if not text.isascii():  # only the few signs beyond ASCII are looked up one by one
        text = _BEYOND_ASCII.sub(_plain_sign, text)
    for sign in _SPACES:
        text = text.replace(sign, " ")
    return text.replace("`", "'")


def _plain_sign(match: re.Match[str]) -> str:
    return _SAME_LENGTH.get(ord(match.group()), match.group())


def has_line_end_hyphen(text: str) -> bool:
    if "-" not in text and "\u00ad" not in text:
        return False
    return _LINE_END_HYPHEN.search(text) is not None


class Flat:
    """A flattened copy of `raw[start:end]`.

    - `text`: case kept, runs of white space are one space, line-end hyphens joined when `join` is set.
    - `hyphens=False` turns hyphens into spaces as well (term matching: "x-linked", "X linked").
    - `to_raw(i)`: offset in `raw` of the flat character `i`; `from_raw(r)`: the flat offset at or after `r`.
    """

    __slots__ = ("_flat_at", "_raw_at", "start", "text")

    def __init__(self, raw: str, start: int = 0, end: int | None = None, *, hyphens: bool, join: bool) -> None:
        self.start = start
        piece = raw[start : len(raw) if end is None else end]
        plain = same_length(piece) if hyphens else same_length(piece).replace("-", " ")
        cuts: list[tuple[int, int, str]] = []
        if join and has_line_end_hyphen(piece):
            cuts = [(m.start(), m.end(), "") for m in _LINE_END_HYPHEN.finditer(piece)]
        if "  " in plain:
            cuts = _merged(cuts, [(m.start(), m.end(), " ") for m in _RUN.finditer(plain)])
        parts: list[str] = []
        raw_at, flat_at = [0], [0]
        at = length = 0
        for cut_start, cut_end, replacement in cuts:
            parts.append(plain[at:cut_start])
            length += cut_start - at
            if replacement:
                parts.append(replacement)
                length += 1
            raw_at.append(cut_end)
            flat_at.append(length)
            at = cut_end
        parts.append(plain[at:])
        self.text = "".join(parts)
        self._raw_at, self._flat_at = raw_at, flat_at

    def to_raw(self, offset: int) -> int:
        """Offset in the raw text of the flat character at `offset`."""
        if len(self._flat_at) == 1:
            return self.start + offset
        index = bisect_right(self._flat_at, offset) - 1
        return self.start + self._raw_at[index] + offset - self._flat_at[index]

    def end_to_raw(self, end: int) -> int:
        """Raw offset after the last character of a flat span that ends at `end` (exclusive)."""
        return self.to_raw(end - 1) + 1

    def from_raw(self, offset: int) -> int:
        """Flat offset of the raw character at `offset`; inside a cut, where the cut ends."""
        local = offset - self.start
        index = bisect_right(self._raw_at, local) - 1
        flat = self._flat_at[index] + local - self._raw_at[index]
        if index + 1 < len(self._flat_at):
            flat = min(flat, self._flat_at[index + 1])
        return flat


def _merged(first: list[tuple[int, int, str]], second: list[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    """Both lists of cuts in order; where they overlap, the first list wins."""
    if not first:
        return second
    starts = [cut[0] for cut in first]
    kept = []
    for cut in second:
        index = bisect_right(starts, cut[0])
        clash = any(f[0] < cut[1] and cut[0] < f[1] for f in first[max(0, index - 1) : index + 1])
        if not clash:
            kept.append(cut)
    return sorted(first + kept)
