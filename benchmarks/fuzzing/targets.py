"""What is fuzzed: for each boundary a function that takes bytes and may only refuse them as its callers expect.

Everything else that it raises is a fault. A target is made within Atheris' instrumentation: it imports what it tests.
"""

from __future__ import annotations

import gzip
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.fuzzing import seeds

Check = Callable[[bytes], None]


@dataclass(frozen=True)
class Target:
    """`make` gives the function, `seeds` inputs that it takes, `words` what the fuzzer may put into an input."""

    make: Callable[[], Check]
    seeds: Callable[[], Iterable[bytes]]
    words: tuple[str, ...] = ()
    max_bytes: int = 200_000


def _chart() -> Check:
    """A chart as it arrives. Pictures are not read by OCR: that is no parser of ours, and takes a second each."""
    from chart_triage import indexing
    from chart_triage.errors import InputError
    from chart_triage.intake import first_look, read_chart_bytes
    from chart_triage.intake.ocr import reader
    from chart_triage.intake.ocr.reading import Lost
    from chart_triage.store import chart_from_bytes, chart_to_bytes

    reader.read_images = lambda images, *_: ((image.number, Lost()) for image in images)

    def check(data: bytes) -> None:
        try:
            first_look("chart", data)
            chart = read_chart_bytes("chart", data)
        except InputError:
            return
        assert chart_from_bytes("chart", chart_to_bytes(chart)) == chart
        indexing.index(chart)

    return check


def _stored() -> Check:
    """A stored chart, packed here: a fuzzer that has to guess a checksum gets nowhere."""
    from chart_triage.errors import InputError
    from chart_triage.store import chart_from_bytes

    def check(data: bytes) -> None:
        packed = data if data[:1] == b"\x1f" else gzip.compress(data, 1)
        try:
            chart = chart_from_bytes("chart", packed)
        except InputError:
            return
        for page in chart.pages:
            for word in page.words:
                assert chart.text is not None
                page.text[word.start : word.end]
        chart.page_starts()
        chart.locate(0, len(chart.text))

    return check


def _guideline() -> Check:
    """One file of a guideline's folder is what the fuzzer makes: all problems are told, and where none is it loads."""
    from chart_triage import guidelines

    folder = Path(tempfile.mkdtemp(prefix="fuzz-")) / seeds.SMALL_GUIDELINE.name
    folder.mkdir()
    right = {item[0]: item[1:] for item in seeds.guidelines()}

    def check(data: bytes) -> None:
        chosen = data[0] % len(seeds.GUIDELINE_FILES) if data else 0
        for number, name in enumerate(seeds.GUIDELINE_FILES):
            (folder / name).write_bytes(data[1:] if number == chosen else right[number])
        if not guidelines.check(folder):
            guidelines.load(folder)

    return check


def _annotate() -> Check:
    """A line of `chart-triage annotate`, and the whole language stage on its text."""
    from chart_triage.assess import Assessor
    from chart_triage.cli import _item
    from chart_triage.report import as_plain

    assessor = Assessor()

    def check(data: bytes) -> None:
        try:
            item = _item(data.decode("utf-8"))
        except ValueError:
            return
        text = item["text"]
        made = assessor.text(item["id"], text, note_date=item["note_date"], targets=item["targets"])
        as_plain(made)
        for finding in made.concepts.values():
            for evidence in (*finding.evidence, *finding.counter_evidence):
                assert text[evidence.start : evidence.end] == evidence.text

    return check


def _bodies() -> Check:
    """Bodies of every route that takes one, from somebody who may do everything."""
    from fastapi.testclient import TestClient

    from chart_triage.intake.first_look import FirstLook, look
    from chart_triage.intake.limits import DEFAULT_LIMITS
    from chart_triage.settings import Settings
    from chart_triage.store import people
    from chart_triage.web import app
    from chart_triage.web.site import Site
    from chart_triage.web.turns import Turn

    def looked_at(_turn: Turn, name: str, data: bytes, password: str) -> tuple[bytes | None, FirstLook]:
        """In this process, where the coverage of what it does is seen."""
        readable, *found = look(name=name, data=data, password=password, limits=DEFAULT_LIMITS, tell=None)
        return readable, FirstLook(*found)

    folder = Path(tempfile.mkdtemp(prefix="fuzz-"))
    site = Site.open(
        Settings(
            store_url=f"sqlite:///{folder / 'store.db'}",
            store_folder=folder / "files",
            api_requests_per_minute=1_000_000,
        )
    )
    site.looker.look = looked_at  # type: ignore[method-assign]
    with site.database.writing() as session:
        key = people.add_api_key(session, "setup", "fuzzer", people.Role.ADMIN)
        people.add_user(session, "setup", "ann", "Ann Archer", people.Role.CLINICIAN, "correct horse battery")
    client = TestClient(app.create_app(site), headers={"Authorization": f"Bearer {key}"}, follow_redirects=False)
    chart = client.post("/api/v1/charts", files={"file": ("a.txt", b"Known glioma.")}).json()["id"]
    routes = sorted(
        str(route.path)
        for router in app._ROUTERS
        for route in router.routes
        if "POST" in route.methods and "clients" not in route.path
    )
    kinds = ("application/x-www-form-urlencoded", "application/json", "multipart/form-data; boundary=b")

    def check(data: bytes) -> None:
        if len(data) < 2:
            return
        path = routes[data[0] % len(routes)]
        for name in ("{chart_id}", "{chart}"):
            path = path.replace(name, chart)
        path = path.replace("{number}", "1").replace("{user_id}", "1").replace("{user}", "1")
        headers = {"Content-Type": kinds[data[1] % len(kinds)]}
        answer = client.post(path, content=data[2:], headers=headers)
        assert answer.status_code < 500 or answer.status_code == 503, f"{path} answered {answer.status_code}"

    return check


TARGETS: dict[str, Target] = {
    "chart": Target(_chart, seeds.charts, seeds.PDF_WORDS),
    "stored": Target(_stored, seeds.stored, ('"pages"', '"words"', '"start"', "null", "-1", "1e999", '"format"', "{}")),
    "guideline": Target(_guideline, seeds.guidelines, ("any:", "all:", "&a", "*a", "!!", "<<:", "- ", ": ", ",", "[")),
    "annotate": Target(_annotate, seeds.annotations, ('"targets"', '"note_date"', '"start"', "\\ud800", "\\n", "no ")),
    "bodies": Target(_bodies, seeds.bodies, ("&", "=", "%00", "%F0", "seen=", "null", "\\ud800", "filename*="), 4_000),
}


def make(name: str) -> tuple[Target, Any]:
    """The target and its function, tried once on every seed so that all it imports is there."""
    target = TARGETS[name]
    check = target.make()
    for seed in target.seeds():
        check(seed)
    return target, check
