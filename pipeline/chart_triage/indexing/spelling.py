"""Words of titles that OCR misspelt by one letter, put right."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

_SHORTEST = 5  # letters: shorter words are too near to others


class Spelling:
    """Knows some words; `nearest` finds the one that differs in one letter (more, fewer, another or two changed round).

    Every known word is kept under itself and each of its forms with one letter left out, so a look-up costs as many
    steps as the word has letters, however many words are known.
    """

    def __init__(self, words: Iterable[str]) -> None:
        self._known = set(words)
        self._by_form: dict[str, set[str]] = {}
        for word in sorted(self._known):
            if len(word) >= _SHORTEST:
                for form in _forms(word):
                    self._by_form.setdefault(form, set()).add(word)

    def nearest(self, word: str) -> str:
        """The known word that is meant; `word` itself where none or several are one letter away."""
        if word in self._known or len(word) < _SHORTEST - 1:
            return word
        near = {k for form in _forms(word) for k in self._by_form.get(form, ()) if _one_apart(word, k)}
        return near.pop() if len(near) == 1 else word


def _forms(word: str) -> Iterator[str]:
    yield word
    for at in range(len(word)):
        yield word[:at] + word[at + 1 :]


def _one_apart(a: str, b: str) -> bool:
    """Whether one letter more, fewer, other, or two neighbours changed round make the one out of the other."""
    if len(a) > len(b):
        a, b = b, a
    same = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), len(a))
    if len(a) < len(b):
        return a[same:] == b[same + 1 :]
    return a[same + 1 :] == b[same + 1 :] or (
        a[same + 2 :] == b[same + 2 :] and a[same : same + 2] == b[same : same + 2][::-1]
    )
