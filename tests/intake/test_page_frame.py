"""The turn from PDF coordinates to the upright page, for any box and rotation."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chart_triage.intake.native.page_frame import PageFrame

coordinates = st.floats(-2000, 2000, allow_nan=False)
sizes = st.floats(1, 3000, allow_nan=False)
shares = st.floats(0, 1, allow_nan=False)
frames = st.builds(
    lambda left, bottom, width, height, turns: PageFrame(left, bottom, left + width, bottom + height, 90 * turns),
    coordinates,
    coordinates,
    sizes,
    sizes,
    st.integers(0, 3),
)


@given(frames, shares, shares, shares, shares)
def test_a_rectangle_lies_between_its_corners_and_on_the_page(
    frame: PageFrame, a: float, b: float, c: float, d: float
) -> None:
    width, height = frame.right - frame.left, frame.top - frame.bottom
    left, right = (frame.left + share * width for share in sorted((a, c)))
    bottom, top = (frame.bottom + share * height for share in sorted((b, d)))
    x0, y0, x1, y1 = frame.rectangle(left, bottom, right, top)
    first, second = frame.point(left, bottom), frame.point(right, top)
    assert (x0, x1) == pytest.approx(sorted((first[0], second[0])))
    assert (y0, y1) == pytest.approx(sorted((first[1], second[1])))
    assert -1e-6 <= x0 <= x1 <= frame.width + 1e-6
    assert -1e-6 <= y0 <= y1 <= frame.height + 1e-6
    assert (x1 - x0) * (y1 - y0) == pytest.approx((right - left) * (top - bottom), abs=1e-3)


@given(frames, shares, shares)
def test_four_quarter_turns_lead_back(frame: PageFrame, a: float, b: float) -> None:
    u = frame.left + a * (frame.right - frame.left)
    v = frame.bottom + b * (frame.top - frame.bottom)
    x, y = frame.point(u, v)
    turned = frame.turned(90)
    assert turned.point(u, v) == pytest.approx((frame.height - y, x), abs=1e-6)
    assert frame.turned(-90).turned(90) == frame
