from __future__ import annotations

import json
import logging
from collections.abc import Callable
from dataclasses import replace

import pytest
from fastapi.testclient import TestClient

from chart_triage.logs import JsonLines
from chart_triage.store import charts, workers
from chart_triage.store.charts import File, Upload
from chart_triage.web.app import create_app
from chart_triage.web.site import Site

Browser = Callable[[str | None], TestClient]


def queue(site: Site) -> str:
    with site.database.writing() as session:
        original = File(charts.ORIGINAL, site.blobs.put(b"words"), "text/plain", 5)
        return charts.receive(session, "ann", Upload("Quillfeather.txt", original, {})).id


def test_ready_is_who_can_do_all_of_the_work(browser: Browser, site: Site) -> None:
    client = browser(None)
    assert client.get("/healthz").json() == {"status": "ok"}
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"] == {"database": "ok", "files": "ok", "worker": "none seen in the last 30 s"}
    with site.database.writing() as session:
        workers.start(session, workers.own_name())
    assert client.get("/readyz").json()["status"] == "ok"
    site.settings.store_folder.rmdir()
    site.settings.store_folder.write_text("in the way")
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["checks"]["files"]) == (503, "cannot be written")


def test_figures_tell_the_queue_and_no_names(site: Site) -> None:
    queue(site)
    client = TestClient(create_app(site), client=("127.0.0.1", 5000))
    client.get("/login?words=Quillfeather")
    text = client.get("/metrics").text
    assert "chart_triage_queue_depth 1.0" in text
    assert 'chart_triage_jobs{state="queued"} 1.0' in text
    assert 'chart_triage_requests_total{method="GET",route="/login",status="200"} 1.0' in text
    assert "Quillfeather" not in text


def test_figures_are_for_this_machine_or_who_has_the_token(site: Site) -> None:
    assert TestClient(create_app(site), client=("10.0.0.9", 5000)).get("/metrics").status_code == 404
    secret = site.settings.model_copy(update={"metrics_token": "a token of sixteen"})
    client = TestClient(create_app(replace(site, settings=secret)), client=("10.0.0.9", 5000))
    assert client.get("/metrics").status_code == 404
    answer = client.get("/metrics", headers={"Authorization": "Bearer a token of sixteen"})
    assert answer.status_code == 200


def test_each_request_has_an_id_and_a_line_in_the_log(browser: Browser, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "chart_triage.requests"):
        answer = browser(None).get("/login?words=Quillfeather", headers={"X-Request-Id": "from-the-proxy"})
    assert answer.headers["X-Request-Id"] == "from-the-proxy"
    assert any(message.startswith("GET /login status=200") for message in caplog.messages)
    assert "Quillfeather" not in caplog.text
    assert len(browser(None).get("/login").headers["X-Request-Id"]) == 16


def test_a_line_of_the_log_tells_where_and_not_what() -> None:
    try:
        raise ValueError("Quillfeather has a glioma")
    except ValueError as error:
        found = (type(error), error, error.__traceback__)
    record = logging.LogRecord("chart_triage.x", logging.ERROR, "f", 1, "failed", None, found)
    line = json.loads(JsonLines("web").format(record))
    assert (line["message"], line["exception"], line["process"]) == ("failed", "ValueError", "web")
    assert any("test_a_line_of_the_log" in place for place in line["places"])
    assert "Quillfeather" not in json.dumps(line)
