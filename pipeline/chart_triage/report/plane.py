"""From points on the upright page, where intake turned all coordinates to, back to a PDF page's own user space."""

from __future__ import annotations

from dataclasses import dataclass

import pikepdf

from chart_triage.records.geometry import Box

_DEFAULT_BOX = (0.0, 0.0, 612.0, 792.0)  # what viewers take when a file names no usable MediaBox

Rect = tuple[float, float, float, float]
"""x0, y0, x1, y1 in user space: points, y upwards, corners in order."""


@dataclass(frozen=True, slots=True)
class Plane:
    """`visible` is the part of user space that a viewer shows; `turn` the degrees clockwise that make it upright.

    `turn` is `Page.rotation`: the page's /Rotate for ordinary pages; where text runs sideways on a page without
    /Rotate it is more than that, and the viewer will show the page as it is. `width` and `height` are the upright
    page's: their ratio to `visible` takes care of /UserUnit.
    """

    visible: Rect
    turn: int
    width: float
    height: float

    def point(self, x: float, y: float) -> tuple[float, float]:
        """User-space point of the upright page's point (x to the right, y downwards)."""
        x0, y0, x1, y1 = self.visible
        right, down = x / self.width, y / self.height  # 0..1
        across, up = {
            0: (right, 1 - down),
            90: (down, right),
            180: (1 - right, down),
            270: (1 - down, 1 - right),
        }[self.turn]
        return (x0 + across * (x1 - x0), y0 + up * (y1 - y0))

    def rect(self, box: Box) -> Rect:
        (ax, ay), (bx, by) = self.point(box.x0, box.y0), self.point(box.x1, box.y1)
        return (min(ax, bx), min(ay, by), max(ax, bx), max(ay, by))

    def quad(self, box: Box) -> list[float]:
        """Eight numbers for /QuadPoints: top-left, top-right, bottom-left, bottom-right as the words are read.

        That is the order that viewers use; the order in the standard's text is not what any of them does.
        """
        corners = ((box.x0, box.y0), (box.x1, box.y0), (box.x0, box.y1), (box.x1, box.y1))
        return [v for corner in corners for v in self.point(*corner)]


def visible_part(page: pikepdf.Page) -> Rect:
    """The CropBox within the MediaBox, corners put in order. (pikepdf has set inherited boxes on the page itself.)"""
    media = _rect(page, "/MediaBox") or _DEFAULT_BOX
    crop = _rect(page, "/CropBox")
    if crop is None:
        return media
    inside = (max(crop[0], media[0]), max(crop[1], media[1]), min(crop[2], media[2]), min(crop[3], media[3]))
    return inside if inside[0] < inside[2] and inside[1] < inside[3] else media


def _rect(page: pikepdf.Page, key: str) -> Rect | None:
    try:
        a, b, c, d = (float(v) for v in page.obj.get(key, ()))
    except (TypeError, ValueError):
        return None
    ordered = (min(a, c), min(b, d), max(a, c), max(b, d))
    return ordered if ordered[0] < ordered[2] and ordered[1] < ordered[3] else None
