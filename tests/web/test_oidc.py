"""Signing in by an OpenID provider that the test runs: a real one as far as the protocol goes."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from fastapi.testclient import TestClient
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

from chart_triage.store import audit, people
from chart_triage.store.people import Role
from chart_triage.web.app import create_app
from chart_triage.web.site import Site


class Provider(ThreadingHTTPServer):
    """`claims` go over what it says of the person; `signing` is the key that it signs with."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answers)
        self.key = RSAKey.generate_key(2048, {"kid": "k1"})
        self.signing = self.key
        self.claims: dict[str, Any] = {}
        self.more: dict[str, Any] = {}
        self.asked: dict[str, dict[str, str]] = {}  # by code
        self.issuer = f"http://127.0.0.1:{self.server_port}"

    def approve(self, url: str) -> str:
        """What the person's browser is sent back with when they say yes."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        code = f"code{len(self.asked)}"
        self.asked[code] = asked
        return "/oidc/callback?" + urlencode({"code": code, "state": asked["state"]})

    def token(self, form: dict[str, str], authorization: str) -> dict[str, Any] | None:
        asked = self.asked.pop(form.get("code", ""), None)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).rstrip(b"=")
        client = base64.b64decode(authorization.removeprefix("Basic ")).decode()
        if asked is None or challenge.decode() != asked["code_challenge"] or client != "triage:a secret":
            return None
        at = int(time.time())
        said = {"iss": self.issuer, "aud": "triage", "sub": "42", "iat": at, "exp": at + 60, "nonce": asked["nonce"]}
        said |= {"preferred_username": "Mia", "name": "Mia Muster", "groups": ["nurses"]} | self.claims
        signed = jwt.encode({"alg": "RS256", "kid": "k1"}, said, self.signing)
        return {"access_token": "a", "token_type": "Bearer", "id_token": signed}


class Answers(BaseHTTPRequestHandler):
    server: Provider

    def do_GET(self) -> None:
        issuer = self.server.issuer
        if self.path == "/.well-known/openid-configuration":
            self._say({"issuer": issuer} | {
                f"{name}_endpoint": f"{issuer}/{name}" for name in ("authorization", "token", "userinfo")
            } | {"jwks_uri": f"{issuer}/keys"})  # fmt: skip
        elif self.path == "/keys":
            self._say(KeySet([self.server.key]).as_dict(private=False))
        elif self.path == "/userinfo" and self.headers["Authorization"] == "Bearer a":
            self._say({"sub": "42"} | self.server.more)
        else:
            self.send_error(404)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        form = {name: values[0] for name, values in parse_qs(body).items()}
        answer = self.server.token(form, self.headers.get("Authorization", ""))
        self._say(answer or {"error": "invalid_grant"}, 200 if answer else 400)

    def _say(self, content: Any, status: int = 200) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def provider() -> Iterator[Provider]:
    server = Provider()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def client(site: Site, provider: Provider) -> TestClient:
    named = {
        "oidc_issuer": provider.issuer, "oidc_client_id": "triage", "oidc_client_secret": "a secret",
        "oidc_name": "the clinic", "public_url": "http://testserver",
        "oidc_roles": "admin=chart admins,clinician=physicians,reviewer=nurses",
    }  # fmt: skip
    settings = type(site.settings).model_validate(site.settings.model_dump() | named)
    return TestClient(create_app(replace(site, settings=settings)), follow_redirects=False)


def begin(client: TestClient) -> str:
    answer = client.get("/oidc/start")
    assert answer.status_code == 303
    return str(answer.headers["location"])


def refused(client: TestClient, back: str, told: str) -> None:
    answer = client.get(back)
    assert answer.status_code == 403
    assert told in answer.text
    assert client.get("/account").headers["location"] == "/login"


def test_somebody_new_gets_the_role_of_their_group(client: TestClient, provider: Provider, site: Site) -> None:
    assert "Sign in with the clinic" in client.get("/login").text
    answer = client.get(provider.approve(begin(client)))
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    page = client.get("/account").text
    assert "Mia Muster" in page
    assert "role reviewer" in page
    provider.claims = {"groups": ["physicians", "nurses"], "preferred_username": "mia.married"}
    client.get(provider.approve(begin(client)))
    with site.database.reading() as session:
        assert people.by_login(session, "mia").role == Role.CLINICIAN
        assert not list(audit.verify(session))


def test_an_answer_is_good_once_and_in_its_own_browser(client: TestClient, provider: Provider, site: Site) -> None:
    back = provider.approve(begin(client))
    other = TestClient(client.app, follow_redirects=False)
    refused(other, back, "another browser")
    begin(client)
    refused(client, back, "not the answer")
    back = provider.approve(begin(client))
    assert client.get(back).status_code == 303
    client.post("/logout")
    client.cookies.delete("chart_triage_session")
    refused(client, back, "another browser")
    with site.database.reading() as session:
        told, _ = audit.entries(session, audit.Wanted(action="login.failed", subject="oidc"))
    assert len(told) == 3


@pytest.mark.parametrize("wrong", [{"nonce": "x"}, {"aud": "other"}, {"iss": "http://evil"}, {"exp": 1}, {"sub": None}])
def test_a_token_that_is_not_for_us_now_is_refused(client: TestClient, provider: Provider, wrong: Any) -> None:
    provider.claims = wrong
    refused(client, provider.approve(begin(client)), "does not hold")


def test_a_token_that_another_key_signed_is_refused(client: TestClient, provider: Provider) -> None:
    provider.signing = RSAKey.generate_key(2048, {"kid": "k1"})
    refused(client, provider.approve(begin(client)), "does not hold")


def test_a_person_without_a_group_of_ours_is_refused(client: TestClient, provider: Provider) -> None:
    provider.claims = {"groups": ["cooks"]}
    refused(client, provider.approve(begin(client)), "no role")


def test_groups_may_stand_in_the_userinfo_alone(client: TestClient, provider: Provider) -> None:
    provider.claims = {"groups": None}
    provider.more = {"groups": ["chart admins"]}
    assert client.get(provider.approve(begin(client))).status_code == 303
    assert client.get("/admin").status_code == 200


def test_a_login_with_a_password_is_not_taken_over(client: TestClient, provider: Provider, site: Site) -> None:
    provider.claims = {"preferred_username": "admin"}
    refused(client, provider.approve(begin(client)), "Somebody else has your login")
    with site.database.writing() as session:
        people.add_user(session, "setup", "mia", "Mia", Role.INTAKE, None)
    provider.claims = {}
    assert client.get(provider.approve(begin(client))).status_code == 303, "one without a password waits for its owner"


def test_who_is_no_longer_active_stays_out(client: TestClient, provider: Provider, site: Site) -> None:
    client.get(provider.approve(begin(client)))
    with site.database.writing() as session:
        people.change_user(session, "setup", people.by_login(session, "mia"), role=Role.REVIEWER, active=False)
    refused(client, provider.approve(begin(client)), "may not sign in here any more")


def test_a_provider_that_does_not_answer_is_told(client: TestClient, provider: Provider) -> None:
    provider.shutdown()
    provider.server_close()
    answer = client.get("/oidc/start")
    assert answer.status_code == 502
    assert "does not answer" in answer.text


def test_without_a_provider_there_is_nothing(site: Site) -> None:
    client = TestClient(create_app(site), follow_redirects=False)
    assert client.get("/oidc/start").status_code == 404
    assert client.get("/oidc/callback").status_code == 404
