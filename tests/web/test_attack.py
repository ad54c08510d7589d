"""Hostile files beside a sound one, through the real application and a worker: `./run bench web_attack` in small."""

from __future__ import annotations

from pathlib import Path

from benchmarks.hostile import made
from benchmarks.web_attack import changed, kept_of, result_of
from sites import Browser

from chart_triage.processing import Processor
from chart_triage.store.tables import ChartRow
from chart_triage.web.site import Site

CHARTS = Path(__file__).parents[2] / "fixtures" / "charts"
_AT_ONCE = {"too_deep": made.deep_arrays(1_000), "too_many_attachments": made.many_attachments(101)}
_LATER = {
    "jbig2.pdf": (made.jbig2_bomb(60_000, 60_000), "pixels; at most"),
    "bomb.png": (made.png_bomb(12_000, 12_000), "pixels"),
    "words.pdf": (made.many_words(30_000), "words; at most"),
}


def test_a_sound_chart_among_hostile_ones_is_ready_and_nobody_elses_is_touched(site: Site, browser: Browser) -> None:
    office, stranger = browser("reviewer"), browser("intake")
    processor = Processor(site.database, site.blobs, site.settings)

    def send(client_of: str, name: str, content: bytes) -> tuple[int, dict[str, str]]:
        client = office if client_of == "office" else stranger
        answer = client.post("/intake/uploads", files={"file": (name, content)})
        return answer.status_code, answer.json()

    sound = (CHARTS / "rule-out-ms.pdf").read_bytes()
    _, first = send("office", "chart.pdf", sound)
    assert processor.run_one("w")
    before = kept_of(site.database, site.blobs, [first["chart"]])
    alone = result_of(site.database, site.blobs, first["chart"])[1]

    for kind, content in _AT_ONCE.items():
        status, said = send("stranger", "fax.pdf", content)
        assert (status, said["kind"]) == (422, kind)
    sent = {}
    for name, (content, reason) in _LATER.items():
        status, said = send("stranger", name, content)
        assert status == 201, said
        sent[said["chart"]] = reason
    status, second = send("office", "chart.pdf", sound + b"\n% another copy\n")
    assert status == 201
    while processor.run_one("w"):
        pass

    with site.database.reading() as session:
        rows = {row.id: row for row in session.query(ChartRow)}
    assert set(rows) == {first["chart"], second["chart"], *sent}
    assert rows[second["chart"]].state == "ready"
    assert site.blobs.get(rows[second["chart"]].sha256).startswith(sound)
    assert result_of(site.database, site.blobs, second["chart"]) == (rows[second["chart"]].sha256, alone)
    for chart, reason in sent.items():
        assert rows[chart].state == "parked"
        assert reason in (rows[chart].problem or "")
        assert result_of(site.database, site.blobs, chart) == ("", "")
    assert changed(before, kept_of(site.database, site.blobs, before.digests)) == []
    looked = office.get(f"/charts/{second['chart']}/review")
    assert looked.status_code == 200
    assert stranger.get(f"/charts/{second['chart']}/readiness").status_code == 404
