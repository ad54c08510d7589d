"""The interface as it describes itself, asked with whatever fits its description and much that does not."""

from __future__ import annotations

import warnings
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from listed import api_key, ready
from sites import open_site

from chart_triage.store.people import Role
from chart_triage.web.app import create_app

schemathesis = pytest.importorskip("schemathesis")
_CALLS = 12  # for each operation and each role


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Any:
    site = open_site(tmp_path_factory.mktemp("openapi"))
    yield site
    site.database.close()


@pytest.fixture(scope="module")
def app(site: Any) -> Any:
    settings = site.settings.model_copy(update={"api_requests_per_minute": 1_000_000})
    return create_app(replace(site, settings=settings))


@pytest.mark.parametrize("role", [Role.INTAKE, Role.ADMIN])
def test_no_request_breaks_the_server(site: Any, app: Any, role: Role) -> None:
    ready(site, f"{role}.pdf")
    key, _ = api_key(site, role)
    schema = schemathesis.openapi.from_asgi("/openapi.json", app)
    tried = set()
    for result in schema.get_all_operations():
        operation = result.ok()

        @settings(
            max_examples=_CALLS, deadline=None, database=None, derandomize=True, phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(case=operation.as_strategy())
        def ask(case: Any) -> None:
            answer = case.call(headers={"Authorization": f"Bearer {key}"})
            assert answer.status_code < 500, (case.method, case.path)
            tried.add((case.method.upper(), case.path, answer.status_code))

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ask()
    paths = {(method, path) for method, path, _ in tried}
    assert ("POST", "/api/v1/charts") in paths
    assert ("POST", "/fhir/DocumentReference") in paths
    assert any(status == 200 for *_, status in tried)


def test_the_description_names_every_operation_and_no_page(app: Any) -> None:
    paths = app.openapi()["paths"]
    assert set(paths) >= {"/api/v1/charts", "/api/v1/charts/{chart_id}/determination", "/fhir/Bundle/{chart_id}"}
    assert all(path.startswith(("/api/v1/", "/fhir/")) for path in paths)
