"""The small language of terms.csv: conditions (`needs`, `unless`) and patterns.

    sentence:@brain|document:@oncology       one of these; SCOPE is before, after, sentence, near or document
    @biopsy ~ 'brain lesion' /12             both, in any order, at most 12 words apart (8 when left out)
    @concern > 'for' > @tumor                in this order

Here it is only read and checked; the language stage carries it out.
"""

from __future__ import annotations

import re

SCOPES = ("before", "after", "sentence", "near", "document")
GROUP = re.compile(r"@[a-z][a-z0-9_]*\Z")
_ALTERNATIVE = re.compile(rf"(?:{'|'.join(SCOPES)}):(@[a-z][a-z0-9_]*)\Z")
_ELEMENT = re.compile(r"(@[a-z][a-z0-9_]*)|'[^']*\w[^']*'")
_SEPARATOR = re.compile(r"\s+([>~])\s+")
_GAP = re.compile(r"\s*/\s*\d+\s*\Z")


def condition_groups(text: str) -> list[str]:
    """The groups that a condition names. Raises ValueError that says what is wrong with it."""
    groups = []
    for part in text.split("|") if text else ():
        match = _ALTERNATIVE.match(part.strip())
        if not match:
            scopes = ", ".join(SCOPES)
            raise ValueError(f"cannot read '{part.strip()}'; write SCOPE:@group, with SCOPE one of {scopes}")
        groups.append(match.group(1))
    return groups


def pattern_groups(text: str) -> list[str]:
    """The groups that a pattern names. Raises ValueError that says what is wrong with it."""
    body = _GAP.sub("", text)
    groups, separators, at = [], set(), 0
    while True:
        element = _ELEMENT.match(body, at)
        if not element:
            raise ValueError(f"cannot read the pattern at '{body[at:] or text}'; an element is @group or 'words'")
        if element.group(1):
            groups.append(element.group(1))
        at = element.end()
        if at == len(body):
            break
        separator = _SEPARATOR.match(body, at)
        if not separator:
            raise ValueError(f"cannot read the pattern at '{body[at:]}'; put ' > ' or ' ~ ' between two elements")
        separators.add(separator.group(1))
        at = separator.end()
    if len(separators) > 1:
        raise ValueError("a pattern has either ' > ' (in this order) or ' ~ ' (in any order), not both; split the row")
    return groups
