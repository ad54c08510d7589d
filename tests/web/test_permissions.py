"""Every route that leads to a chart, whoever wrote it: who may not see the chart does not learn that it is there."""

from __future__ import annotations

from collections.abc import Callable

from fastapi.routing import APIRoute
from fastapi.testclient import TestClient
from listed import api_key, ready, row

from chart_triage.store.people import Role
from chart_triage.web.app import create_app
from chart_triage.web.site import Site

Browser = Callable[[str | None], TestClient]
_EXAMPLES = {"page": "1", "number": "1", "kind": "highlighted.pdf", "criterion": "4.b", "version": "1"}
_REFUSED = {403, 404}
_HIDDEN = "there-was-a-chart.pdf"


def _chart_routes(app: object) -> list[tuple[str, str]]:
    """(method, path) of all routes whose path names a chart."""
    found = []
    for route in _flat(app.routes):  # type: ignore[attr-defined]
        if "{chart" in route.path:
            found += [(method, route.path) for method in sorted(route.methods - {"HEAD", "OPTIONS"})]
    return found


def _flat(routes: list[object]) -> list[APIRoute]:
    """With those of included routers, which newer versions of FastAPI keep in a router of their own."""
    flat = []
    for route in routes:
        if isinstance(route, APIRoute):
            flat.append(route)
        inner = getattr(route, "original_router", route)
        flat += _flat(getattr(inner, "routes", None) or [])
    return flat


def _filled(path: str, chart: str) -> str:
    parts = []
    for part in path.split("/"):
        name = part.strip("{}").partition(":")[0]
        if not part.startswith("{"):
            parts.append(part)
        else:
            parts.append(chart if "chart" in name else _EXAMPLES.get(name, "1"))
    return "/".join(parts)


def test_the_routes_are_found(site: Site) -> None:
    routes = _chart_routes(create_app(site))
    assert ("GET", "/charts/{chart_id}/files/{kind}") in routes
    assert ("GET", "/fhir/Bundle/{chart_id}") in routes
    assert len(routes) >= 10


def test_nobody_signed_in_reaches_a_chart(site: Site, browser: Browser) -> None:
    chart = ready(site, _HIDDEN, by="reviewer")
    client = browser(None)
    for method, path in _chart_routes(client.app):
        answer = client.request(method, _filled(path, chart))
        assert answer.status_code in (303, 401), (method, path)
        assert _HIDDEN not in answer.text


def test_somebody_of_intake_reaches_no_chart_of_others(site: Site, browser: Browser) -> None:
    chart = ready(site, _HIDDEN, by="reviewer")
    client = browser("intake")
    unchanged = row(site, chart).review_version, row(site, chart).state
    for method, path in _chart_routes(client.app):
        for answer in (client.request(method, _filled(path, chart)), client.request(method, _filled(path, "0" * 32))):
            # a body that does not fit is told before the chart is looked up: 422 says nothing of the chart
            assert answer.status_code in _REFUSED | {422}, (method, path)
            assert answer.status_code in _REFUSED or method != "GET", (method, path)
            assert _HIDDEN not in answer.text
    assert (row(site, chart).review_version, row(site, chart).state) == unchanged


def test_an_api_key_reaches_no_chart_of_others(site: Site) -> None:
    chart = ready(site, _HIDDEN, by="reviewer")
    key, _ = api_key(site, Role.INTAKE)
    client = TestClient(create_app(site), headers={"Authorization": f"Bearer {key}"}, follow_redirects=False)
    for method, path in _chart_routes(client.app):
        answer = client.request(method, _filled(path, chart))
        assert answer.status_code in _REFUSED | ({422} if method != "GET" else set()), (method, path)
        assert _HIDDEN not in answer.text


def test_changing_by_cookie_needs_our_own_page(site: Site, browser: Browser) -> None:
    chart = ready(site, _HIDDEN, by="intake")
    client = browser("reviewer")
    client.headers.pop("X-CSRF-Token")
    for method, path in _chart_routes(client.app):
        if method != "GET":
            assert client.request(method, _filled(path, chart)).status_code in (403, 422), (method, path)
