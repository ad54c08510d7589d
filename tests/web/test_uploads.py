"""The same file handed in twice at the same moment, by two processes of the server."""

from __future__ import annotations

import io
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from sites import Browser, open_site

from chart_triage.store import people
from chart_triage.store.people import Role
from chart_triage.store.tables import ChartRow, Job
from chart_triage.web import body_limit, uploads
from chart_triage.web.looker import Looker
from chart_triage.web.site import Site
from chart_triage.web.turns import BusyError, Turns
from chart_triage.web.uploads import DuplicateError, take
from chart_triage.web.viewer import Viewer

_NOTE = b"Clinic note. Krabbe disease."


def test_of_the_same_file_brought_in_twice_at_once_one_is_kept(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = open_site(tmp_path, database_url)
    sites = site, replace(site, looker=Looker())
    with site.database.reading() as session:
        number = people.by_login(session, "intake").id
    who = Viewer("intake", "Intake", Role.INTAKE, number, None, "")
    both_looked, kept = threading.Barrier(2, timeout=20), uploads._kept

    def waits_for_the_other(*args: object) -> object:
        both_looked.wait()
        return kept(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(uploads, "_kept", waits_for_the_other)
    came: list[object] = []

    def bring(site: Site) -> None:
        try:
            came.append(take(site, who, "a.txt", io.BytesIO(_NOTE), {}).chart)
        except DuplicateError as error:
            came.append([chart.id for chart in error.charts])

    threads = [threading.Thread(target=bring, args=(each,)) for each in sites]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (chart,) = (said for said in came if isinstance(said, str))
    assert [chart] in came, "the other is told which chart it is"
    with site.database.reading() as session:
        assert (session.query(ChartRow).count(), session.query(Job).count()) == (1, 1)
    monkeypatch.setattr(uploads, "_kept", kept)
    take(site, who, "a.txt", io.BytesIO(_NOTE), {}, keep_duplicate=True)
    with site.database.reading() as session:
        assert session.query(ChartRow).count() == 2
    for each in sites:
        each.close()


def test_who_has_too_many_files_waiting_is_sent_away_before_the_next_is_read(
    site: Site, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    full: list[str] = ["intake"]
    monkeypatch.setattr(body_limit, "PAUSE", 0.0)
    monkeypatch.setattr(Turns, "is_full", lambda _turns, who: who in full)
    for start in ("intake", "reviewer"):
        answer = browser(start).post("/intake/uploads", files={"file": ("a.txt", _NOTE)})
        assert answer.status_code == (429 if start in full else 201), answer.text
        if start in full:
            assert (answer.json()["kind"], answer.headers["Retry-After"]) == ("busy", "10")


def test_who_waits_too_long_is_asked_to_send_it_again(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(*_: object) -> None:
        raise BusyError

    monkeypatch.setattr(Looker, "turn", busy)
    answer = browser("intake").post("/intake/uploads", files={"file": ("a.txt", _NOTE)})
    assert (answer.status_code, answer.json()["kind"], answer.headers["Retry-After"]) == (429, "busy", "10")
