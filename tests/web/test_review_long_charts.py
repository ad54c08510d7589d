"""Long charts on the review page: how soon they open and turn, and that they are not loaded as a whole."""

from __future__ import annotations

import io
import json
import statistics
import time
from pathlib import Path

import pikepdf
import pytest
from playwright.sync_api import expect
from processed import FIXTURES, Desk
from reviewing import Open

from chart_triage.records.determination import DETERMINATION_NAME
from chart_triage.store import CHART_NAME, chart_from_bytes, chart_to_bytes, charts, reviews
from chart_triage.store.charts import File
from chart_triage.store.tables import ChartRow
from chart_triage.web.views import assessed
from chart_triage.web.views import review as views


def merged(count: int) -> bytes:
    """A chart of `count` pages out of the fixtures."""
    made = pikepdf.new()
    while len(made.pages) < count:
        for path in sorted((FIXTURES / "charts").glob("*.pdf")):
            with pikepdf.open(path) as part:
                made.pages.extend(part.pages[: count - len(made.pages)])
    kept = io.BytesIO()
    made.save(kept, static_id=True)
    return kept.getvalue()


def crowding() -> float:
    """How much longer work takes by the clock than the processor spends on it: 1 on a machine with nothing else to do.

    Limits in seconds are those of a quiet machine; on a crowded one they grow by this.
    """
    began, spent = time.perf_counter(), time.thread_time()
    while time.thread_time() - spent < 0.05:
        sum(range(1000))
    return max(1.0, (time.perf_counter() - began) / 0.05)


def layout_seconds(desk: Desk, stem: str) -> float:
    """Processor time, which others on the machine do not change, to lay out a chart that nobody has opened yet."""
    chart, spent = desk.chart(stem), []
    with desk.site.database.reading() as session:
        row, review = session.get_one(ChartRow, chart), reviews.review_of(session, chart)
        for _ in range(3):
            assessed._load.cache_clear()
            began = time.thread_time()
            found = assessed.assessed(session, desk.site.blobs, chart)
            assert found is not None
            assert views.drawn(found, review)["stops"]
            assert views.review_view(row, found, review, ()).panel.stops
            spent.append(time.thread_time() - began)
    return statistics.median(spent)


def test_a_chart_of_17_pages_opens_and_turns_at_once(
    desk: Desk, opened: Open, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "seventeen.pdf"
    path.write_bytes(merged(17))
    desk.receive(path)
    desk.work()
    layout = layout_seconds(desk, "seventeen")
    firsts, crowded = [], []
    for _ in range(5):
        assessed._load.cache_clear()
        crowded.append(crowding())
        page = opened("seventeen", "reviewer")
        firsts.append(page.evaluate("performance.getEntriesByName('first-highlight')[0].startTime"))
        crowded.append(crowding())
    first, factor = statistics.median(firsts), statistics.median(crowded)
    expect(page.locator("#page-17")).to_have_count(1)
    page.locator(".thumbs [data-page='1']").click()
    page.locator("#pane").focus()
    turns = []
    for number in range(2, 16):
        page.wait_for_selector(f"#page-{number}[data-loaded=all]")
        turns.append(page.evaluate(_TURN, [number]))
    turn = statistics.median(turns)
    with capsys.disabled():
        print(  # noqa: T201
            f"\n17 pages: laid out in {1000 * layout:.0f} ms, first highlight after {first:.0f} ms, "
            f"page turn {turn:.0f} ms (medians); the machine is {factor:.1f} times as slow as with nothing else to do"
        )
    assert layout < 0.3
    assert first < 1000 * factor
    assert turn < 100 * factor


_TURN = """([number]) => new Promise((done) => {
  const begun = performance.now();
  document.getElementById('pane').dispatchEvent(new KeyboardEvent('keydown', {key: ']', bubbles: true}));
  const look = () => {
    const sheet = document.getElementById(`page-${number}`).getBoundingClientRect();
    const pane = document.getElementById('pane').getBoundingClientRect();
    const image = document.querySelector(`#page-${number} img`);
    if (Math.abs(sheet.top - pane.top) < 60 && image?.complete) done(performance.now() - begun);
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})"""


def test_a_chart_of_200_pages_is_not_loaded_as_a_whole(desk: Desk, opened: Open) -> None:
    lengthen(desk, "krabbe-transplant", 200)
    asked: set[str] = set()
    page = opened("krabbe-transplant", "reviewer")
    page.on("response", lambda answer: asked.add(answer.url))
    for number in (50, 120, 200):
        page.locator("#page-number").fill(str(number))
        page.locator("#page-number").press("Enter")
        page.wait_for_selector(f"#page-{number}[data-loaded=all]")
    images = {url for url in asked if url.endswith("/image")}
    assert 3 <= len(images) <= 30
    assert page.locator(".sheet img").count() <= 30, "pages left behind are emptied"
    thumbs = {url for url in asked if url.endswith("/thumb")}
    assert len(thumbs) < 150


def lengthen(desk: Desk, stem: str, count: int) -> None:
    """Makes a processed chart longer by showing its pages again and again, without processing any."""
    chart, blobs = desk.chart(stem), desk.site.blobs
    with desk.site.database.writing() as session:
        reading = charts.file_of(session, chart, CHART_NAME)
        result = charts.file_of(session, chart, DETERMINATION_NAME)
        assert reading
        assert result
        read = chart_from_bytes(CHART_NAME, blobs.get(reading.blob))
        own = len(read.pages)
        pages = [read.pages[n % own].model_copy(update={"number": n + 1}) for n in range(count)]
        kept = chart_to_bytes(read.model_copy(update={"pages": tuple(pages)}))
        told = json.loads(blobs.get(result.blob))
        told["index"] = None
        files = [
            File(CHART_NAME, blobs.put(kept), "x", 1),
            File(DETERMINATION_NAME, blobs.put(json.dumps(told).encode()), "x", 1),
        ]
        for n in range(own, count):
            for kind in ("page", "thumb", "words"):
                file = charts.file_of(session, chart, f"{kind}/{n % own + 1}")
                assert file is not None
                files.append(file._replace(kind=f"{kind}/{n + 1}"))
        charts.keep_files(session, chart, files)
        session.get_one(ChartRow, chart).pages = count
