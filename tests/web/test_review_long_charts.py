"""Long charts on the review page: how soon they open and turn, and that they are not loaded as a whole."""

from __future__ import annotations

import io
import json
import statistics
from pathlib import Path

import pikepdf
import pytest
from processed import FIXTURES, Desk
from reviewing import Open

from chart_triage.records.determination import DETERMINATION_NAME
from chart_triage.store import CHART_NAME, chart_from_bytes, chart_to_bytes, charts
from chart_triage.store.charts import File
from chart_triage.store.tables import ChartRow


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


def test_a_chart_of_17_pages_opens_and_turns_at_once(
    desk: Desk, opened: Open, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "seventeen.pdf"
    path.write_bytes(merged(17))
    desk.receive(path)
    desk.work()
    page = opened("seventeen", "reviewer")
    first = page.evaluate("performance.getEntriesByName('first-highlight')[0].startTime")
    assert page.locator("#page-17").count() == 1
    page.keyboard.press("Home")
    page.evaluate("document.querySelector('#page-number').value = 1")
    page.locator(".thumbs [data-page='1']").click()
    page.locator("#pane").focus()
    turns = []
    for number in range(2, 16):
        page.wait_for_selector(f"#page-{number}[data-loaded=all]")
        turns.append(page.evaluate(_TURN, [number]))
    median = statistics.median(turns)
    with capsys.disabled():
        print(f"\n17 pages: first highlight after {first:.0f} ms, page turn {median:.0f} ms (median)")  # noqa: T201
    assert first < 1000
    assert median < 100


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
