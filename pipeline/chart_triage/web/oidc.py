"""Sign-in by an OpenID provider: authorization code with PKCE, state and nonce; the role comes from a claim.

`begin` makes the address that the browser is sent to and what must come back with it; `finish` turns the code into
who it is. Nothing is kept of the provider's tokens.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import requests
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from chart_triage.errors import SignInError
from chart_triage.settings import Settings
from chart_triage.store.people import Role

CALLBACK = "/oidc/callback"
_TIMEOUT = 10.0  # seconds
_CLOCKS_DIFFER = 60  # seconds
_ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
_LOCAL = frozenset({"127.0.0.1", "localhost", "::1"})


class Begun(NamedTuple):
    """What the browser keeps until it comes back. `verifier` is PKCE's."""

    state: str
    nonce: str
    verifier: str


class Person(NamedTuple):
    """Whom the provider vouches for. `subject` is one person's for ever: the issuer with its number for them."""

    subject: str
    login: str
    name: str
    role: Role


def begin(settings: Settings) -> tuple[str, Begun]:
    """The provider's address to send the browser to. Raises SignInError where the provider does not answer."""
    begun = Begun(secrets.token_urlsafe(24), secrets.token_urlsafe(24), secrets.token_urlsafe(48))
    with _client(settings) as client:
        place = _endpoint(_about(client, settings), "authorization_endpoint")
        url, _ = client.create_authorization_url(
            place, state=begun.state, nonce=begun.nonce, code_verifier=begun.verifier
        )
    return str(url), begun


def finish(settings: Settings, begun: Begun, code: str) -> Person:
    """Who signed in. Raises SignInError where the provider's answer does not hold, or no role is theirs."""
    with _client(settings) as client:
        about = _about(client, settings)
        try:
            token = client.fetch_token(
                _endpoint(about, "token_endpoint"), code=code, code_verifier=begun.verifier,
                grant_type="authorization_code",
            )  # fmt: skip
        except (OAuthError, requests.RequestException, ValueError):
            raise SignInError("The provider did not accept the sign-in. Try again.") from None
        claims = _claims(str(token.get("id_token", "")), _get(client, _endpoint(about, "jwks_uri")), settings, begun)
        if _at(claims, settings.oidc_role_claim) is None and "userinfo_endpoint" in about:
            more = _get(client, _endpoint(about, "userinfo_endpoint"), withhold_token=False)
            if more.get("sub") == claims["sub"]:
                claims = {**more, **{name: value for name, value in claims.items() if value is not None}}
    return _person(claims, settings)


def _client(settings: Settings) -> Any:
    return OAuth2Session(
        settings.oidc_client_id, settings.oidc_client_secret, scope="openid profile email",
        redirect_uri=f"{settings.public_url}{CALLBACK}", code_challenge_method="S256", default_timeout=_TIMEOUT,
    )  # fmt: skip


def _about(client: Any, settings: Settings) -> Mapping[str, Any]:
    """The provider's description of itself, which must be of the issuer that was set."""
    issuer = str(settings.oidc_issuer)
    about = _get(client, f"{issuer.rstrip('/')}/.well-known/openid-configuration")
    if about.get("issuer") != issuer:
        raise SignInError("The provider calls itself otherwise than CHART_TRIAGE_OIDC_ISSUER. Tell an administrator.")
    return about


def _get(client: Any, url: str, *, withhold_token: bool = True) -> Mapping[str, Any]:
    try:
        answer = client.get(url, withhold_token=withhold_token)
        answer.raise_for_status()
        content = answer.json()
    except (requests.RequestException, OAuthError, ValueError):
        raise SignInError("The provider does not answer as it should. Try again later, or use a password.") from None
    if not isinstance(content, dict):
        raise SignInError("The provider does not answer as it should. Tell an administrator.")
    return content


def _endpoint(about: Mapping[str, Any], name: str) -> str:
    """An address of the provider; only TLS will do, but for one on this machine."""
    url = str(about.get(name, ""))
    parts = urlsplit(url)
    if parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOCAL):
        return url
    raise SignInError("The provider names an address that is not https. Tell an administrator.")


def _claims(token: str, keys: Mapping[str, Any], settings: Settings, begun: Begun) -> Mapping[str, Any]:
    """What the token says, after its signature, issuer, audience, age and nonce were found right."""
    wanted = jwt.JWTClaimsRegistry(
        leeway=_CLOCKS_DIFFER,
        iss={"essential": True, "value": str(settings.oidc_issuer)},
        aud={"essential": True, "value": str(settings.oidc_client_id)},
        exp={"essential": True},
        sub={"essential": True},
        nonce={"essential": True, "value": begun.nonce},
    )
    try:
        claims = jwt.decode(token, KeySet.import_key_set(dict(keys)), algorithms=_ALGORITHMS).claims  # type: ignore[arg-type]
        wanted.validate(claims)
    except (JoseError, ValueError, KeyError, TypeError):
        raise SignInError("The provider's answer does not hold. Try again.") from None
    if claims.get("azp", settings.oidc_client_id) != settings.oidc_client_id:
        raise SignInError("The provider's answer is meant for another program.")
    return claims


def _person(claims: Mapping[str, Any], settings: Settings) -> Person:
    role = _role(_at(claims, settings.oidc_role_claim), str(settings.oidc_roles))
    login = str(claims.get("preferred_username") or claims.get("email") or claims["sub"])
    name = str(claims.get("name") or login)
    return Person(f"{claims['iss']}|{claims['sub']}"[:300], login[:200], name[:200], role)


def _at(claims: Mapping[str, Any], path: str) -> Any:
    """The claim at `path`; a claim whose name has dots in it goes before a way into objects."""
    if path in claims:
        return claims[path]
    found: Any = claims
    for step in path.split("."):
        found = found.get(step) if isinstance(found, dict) else None
    return found


def _role(claim: Any, mapping: str) -> Role:
    groups = {str(group) for group in claim} if isinstance(claim, list) else {str(claim)} if claim else set()
    for pair in mapping.split(","):
        role, _, group = pair.partition("=")
        if group.strip() in groups:
            return Role(role)
    raise SignInError("You are known, but no role of chart-triage is yours. Ask an administrator.")
