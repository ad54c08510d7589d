"""From a PDF's own coordinates to points of the upright page."""

from __future__ import annotations

from dataclasses import dataclass

from chart_triage.intake.layout.placed import Rectangle


@dataclass(frozen=True, slots=True)
class PageFrame:
    """The visible page (`left` ... `top`, PDF user space, y upwards) turned clockwise by `rotation` degrees.

    Points of the upright page have their origin at its top-left corner, y downwards.
    """

    left: float
    bottom: float
    right: float
    top: float
    rotation: int

    @property
    def width(self) -> float:
        return self.top - self.bottom if self.rotation % 180 else self.right - self.left

    @property
    def height(self) -> float:
        return self.right - self.left if self.rotation % 180 else self.top - self.bottom

    def point(self, u: float, v: float) -> tuple[float, float]:
        """The point (u, v) of user space on the upright page."""
        match self.rotation:
            case 90:
                return v - self.bottom, u - self.left
            case 180:
                return self.right - u, v - self.bottom
            case 270:
                return self.top - v, self.right - u
            case _:
                return u - self.left, self.top - v

    def rectangle(self, left: float, bottom: float, right: float, top: float) -> Rectangle:
        """A rectangle of user space on the upright page."""
        match self.rotation:
            case 90:
                return bottom - self.bottom, left - self.left, top - self.bottom, right - self.left
            case 180:
                return self.right - right, bottom - self.bottom, self.right - left, top - self.bottom
            case 270:
                return self.top - top, self.right - right, self.top - bottom, self.right - left
            case _:
                return left - self.left, self.top - top, right - self.left, self.top - bottom

    def clip(self, place: Rectangle) -> Rectangle | None:
        """`place` cut at the page's borders; None if its middle lies outside of the page."""
        x0, y0, x1, y1 = place
        width, height = self.width, self.height
        if not (0 <= x0 + x1 <= 2 * width and 0 <= y0 + y1 <= 2 * height):
            return None
        return max(x0, 0.0), max(y0, 0.0), min(x1, width), min(y1, height)

    def turned(self, degrees: int) -> PageFrame:
        """The same page, turned clockwise by `degrees` more."""
        return PageFrame(self.left, self.bottom, self.right, self.top, (self.rotation + degrees) % 360)
