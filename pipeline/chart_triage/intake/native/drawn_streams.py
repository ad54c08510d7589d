"""What the names in a content stream lead to: streams that have content themselves, and whose resources these use."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import pikepdf

from chart_triage.intake.native.content_uses import ANY, Uses

CATEGORIES = ("/XObject", "/Pattern", "/ExtGState", "/Font")
Key = tuple[Any, ...]


class Drawn(NamedTuple):
    """Streams read as one, the resources that their names are looked up in, and a key for the two."""

    key: Key
    contents: tuple[Any, ...]
    resources: Any


def page_stream(page: Any, index: int) -> Drawn:
    """A page's own content. Its resources may be those of a node above it in the page tree."""
    contents = page.get("/Contents")
    streams = tuple(contents) if isinstance(contents, pikepdf.Array) else (contents,)
    return Drawn((index,), tuple(s for s in streams if isinstance(s, pikepdf.Stream)), pikepdf.Page(page).resources)


def looks(page: Any, outer: Drawn) -> Iterator[Drawn]:
    """What the page's annotations look like as they stand."""
    annotations = page.get("/Annots")
    for annotation in annotations if isinstance(annotations, pikepdf.Array) else ():
        look = _entry(_entry(annotation, "/AP"), "/N")
        if isinstance(look, pikepdf.Dictionary):
            look = _entry(look, str(annotation.get("/AS", "/Off")))
        if isinstance(look, pikepdf.Stream):
            yield _drawn(look, outer)


def has_content(resources: Any, plain: set[tuple[int, int]], categories: Sequence[str] = CATEGORIES) -> bool:
    """Whether a name in these resources leads to something that has content itself. `plain` keeps the indirect objects
    that do not, for the next page that has them."""
    for category in categories:
        for entry in _entries(resources, category):
            if entry.objgen in plain:
                continue
            if next(_contents_of(category, entry), None) is not None:
                return True
            if entry.is_indirect:
                plain.add(entry.objgen)
    return False


def executed(uses: Uses, stream: Drawn, page: Drawn) -> Iterator[tuple[Drawn, int]]:
    """What `stream` on `page` has executed, and how often. pdfium looks in the page's resources for categories that the
    stream's own do not have."""
    for (category, name), times in uses.named.items():
        held = _holder(category, stream, page)
        for entry in _entries_named(held.resources, category, name):
            for content in _contents_of(category, entry):
                yield _drawn(content, held), times
    for name, codes in uses.shown.items():
        held = _holder("/Font", stream, page)
        for font in _entries_named(held.resources, "/Font", name):
            for glyph, times in _glyphs(font, codes):
                yield _drawn(glyph, held, font), times


def _holder(category: str, stream: Drawn, page: Drawn) -> Drawn:
    return stream if _entry(stream.resources, category) is not None else page


def _entries_named(resources: Any, category: str, name: str) -> Iterator[Any]:
    if name == ANY:
        yield from _entries(resources, category)
    elif (entry := _entry(_entry(resources, category), name)) is not None:
        yield entry


def _drawn(content: Any, outer: Drawn, owner: Any = None) -> Drawn:
    """`owner` has the resources where the stream itself has none: the font of a glyph."""
    own = _entry(content if owner is None else owner, "/Resources")
    if own is not None:
        return Drawn(content.objgen, (content,), own)
    return Drawn((*content.objgen, outer.key), (content,), outer.resources)


def _contents_of(category: str, entry: Any) -> Iterator[Any]:
    """Streams with content behind an entry of the resources."""
    match category:
        case "/XObject" if isinstance(entry, pikepdf.Stream) and entry.get("/Subtype") != "/Image":
            yield entry
        case "/Pattern" if isinstance(entry, pikepdf.Stream):
            yield entry
        case "/ExtGState":
            group = _entry(_entry(entry, "/SMask"), "/G")
            if isinstance(group, pikepdf.Stream):
                yield group
        case "/Font":
            yield from _entries(entry, "/CharProcs")


def _glyphs(font: Any, codes: Counter[int]) -> Iterator[tuple[Any, int]]:
    """The characters of a Type 3 font that are shown. A code that is not in its encoding shows nothing, or what a
    standard encoding says: any of them, then."""
    glyphs = _entry(font, "/CharProcs")
    if glyphs is None:
        return
    encoding = _entry(font, "/Encoding")
    names = _encoded(_entry(encoding, "/Differences"))
    is_whole = isinstance(encoding, pikepdf.Dictionary) and "/BaseEncoding" not in encoding
    for code, times in codes.items():
        if code in names:
            glyph = _entry(glyphs, names[code])
            if isinstance(glyph, pikepdf.Stream):
                yield glyph, times
        elif not is_whole:
            yield from ((glyph, times) for glyph in _entries(font, "/CharProcs") if isinstance(glyph, pikepdf.Stream))


def _encoded(differences: Any) -> dict[int, str]:
    names, code = {}, 0
    for each in differences if isinstance(differences, pikepdf.Array) else ():
        if isinstance(each, pikepdf.Name):
            names[code] = str(each)
            code += 1
        else:
            code = int(each)
    return names


def _entry(holder: Any, key: str) -> Any:
    """None where `holder` is no dictionary; asked for its type, it would take three times as long."""
    try:
        return holder.get(key)
    except (AttributeError, TypeError, ValueError):
        return None


def _entries(holder: Any, key: str) -> Iterator[Any]:
    """Those that are objects; numbers and the like lead nowhere."""
    found = _entry(holder, key)
    if found is not None and isinstance(found, pikepdf.Dictionary):
        for entry in found.values():
            if isinstance(entry, pikepdf.Object):
                yield entry
