"""OpenID Connect with the staff's identity provider: the way there, and what its answer is worth (authorization code,
PKCE, nonce). Everything fetched goes through ``outward``; every address in a discovery document is checked again.

Must not know cookies, pages or the database. Source: OpenID Connect Core 3.1, RFC 7636, RFC 9207.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from authlib.common.errors import AuthlibBaseError
from authlib.common.security import generate_token
from authlib.oauth2.client import OAuth2Client
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from app.accounts.outward import Fetched, FetchRefused, Outward
from app.accounts.staff_plan import StaffPlan

ALGORITHMS = ["RS256", "PS256", "ES256"]
LEEWAY_SECONDS = 60
_KEPT_SECONDS = 600.0
_AGAIN_SECONDS = 30.0
_DOES_NOT_HOLD = (JoseError, ValueError, TypeError, LookupError)
_LONGEST_TEXT, _MOST_CLAIMS = 200, 200


class NotVouched(Exception):
    """The identity provider did not vouch for anybody; the text names the rule that failed."""


@dataclass(frozen=True, slots=True)
class Journey:
    """What this browser must bring back: kept in its signed cookie while it is away."""

    address: str
    state: str
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Vouched:
    """Somebody the identity provider knows."""

    issuer: str
    subject: str
    name: str
    email: str
    claims: tuple[str, ...]


@dataclass(slots=True)
class _Kept:
    value: Mapping[str, Any]
    at: float


class IdentityProvider:
    """The provider of a plan. Its documents are kept for ten minutes in each process."""

    def __init__(self, plan: StaffPlan) -> None:
        self.plan = plan
        self._kept: dict[str, _Kept] = {}
        self._turn = threading.Lock()

    def depart(self, redirect_uri: str) -> Journey:
        """Where to send a browser, and what it must come back with. Raises NotVouched, FetchRefused."""
        nonce, verifier = generate_token(43), generate_token(64)
        address, state = self._client(redirect_uri).create_authorization_url(
            self._endpoint("authorization_endpoint"), state=generate_token(43), nonce=nonce, code_verifier=verifier
        )
        return Journey(address, state, nonce, verifier)

    def arrive(self, journey: Journey, code: str, redirect_uri: str, *, now: datetime) -> Vouched:
        """Change a code for a person. Raises NotVouched, FetchRefused."""
        try:
            token = self._client(redirect_uri).fetch_token(
                self._endpoint("token_endpoint"), code=code, code_verifier=journey.verifier
            )
        except (AuthlibBaseError, ValueError) as error:
            raise NotVouched("the code was not taken") from error
        given = token.get("id_token")
        if not isinstance(given, str):
            raise NotVouched("there is no ID token")
        return self._person(self._claims(given, journey, str(token.get("access_token", "")), now))

    def _client(self, redirect_uri: str) -> OAuth2Client:
        plan = self.plan
        return OAuth2Client(
            _Wire(plan.outward),
            client_id=plan.client_id,
            client_secret=plan.client_secret,
            scope="openid profile email",
            redirect_uri=redirect_uri,
            code_challenge_method="S256",
        )

    def _endpoint(self, name: str) -> str:
        """An address of the discovery document, checked again at every use."""
        address = self._discovered().get(name)
        if not isinstance(address, str):
            raise NotVouched(f"the discovery document names no {name}")
        self.plan.outward.check(address)
        return address

    def _discovered(self) -> Mapping[str, Any]:
        found = self._document(f"{self.plan.issuer}/.well-known/openid-configuration", _KEPT_SECONDS)
        if found.get("issuer") != self.plan.issuer:
            raise NotVouched("the discovery document is of another issuer")
        return found

    def _document(self, address: str, fresh_for: float) -> Mapping[str, Any]:
        with self._turn:
            kept = self._kept.get(address)
        if kept is not None and time.monotonic() - kept.at < fresh_for:
            return kept.value
        value = _object(self.plan.outward.fetch(address))
        with self._turn:
            self._kept[address] = _Kept(value, time.monotonic())
        return value

    def _claims(self, given: str, journey: Journey, access_token: str, now: datetime) -> CodeIDToken:
        try:
            return self._read(given, journey, access_token, now, _KEPT_SECONDS)
        except _DOES_NOT_HOLD:
            # its keys may have changed since they were fetched; ask once more, but not at everybody's pleasure
            try:
                return self._read(given, journey, access_token, now, _AGAIN_SECONDS)
            except _DOES_NOT_HOLD as error:
                raise NotVouched("the ID token does not hold") from error

    def _read(self, given: str, journey: Journey, access_token: str, now: datetime, fresh_for: float) -> CodeIDToken:
        keys = _public_keys(self._document(self._endpoint("jwks_uri"), fresh_for))
        token = jwt.decode(given, keys, algorithms=ALGORITHMS)
        plan = self.plan
        claims = CodeIDToken(
            token.claims,
            token.header,
            options={
                "iss": {"essential": True, "value": plan.issuer},
                "aud": {"essential": True, "value": plan.client_id},
            },
            params={"nonce": journey.nonce, "client_id": plan.client_id, "access_token": access_token},
        )
        claims.validate(now=int(now.timestamp()), leeway=LEEWAY_SECONDS)
        return claims

    def _person(self, claims: Mapping[str, Any]) -> Vouched:
        subject = _short(claims.get("sub"))
        if not subject:
            raise NotVouched("the person has no name here")
        named = claims.get(self.plan.claim, [])
        memberships = named if isinstance(named, list) else [named]
        return Vouched(
            issuer=self.plan.issuer,
            subject=subject,
            name=_short(claims.get("name")) or _short(claims.get("email")) or subject,
            email=_short(claims.get("email")),
            claims=tuple(one for one in map(_short, memberships[:_MOST_CLAIMS]) if one),
        )


def _public_keys(document: Mapping[str, Any]) -> KeySet:
    """The provider's keys that anybody may know; a shared secret among them proves nothing. Raises TypeError."""
    listed = document.get("keys")
    if not isinstance(listed, list):
        raise TypeError("there are no keys")
    return KeySet.import_key_set({"keys": [one for one in listed if dict(one).get("kty") in {"RSA", "EC"}]})


class _Answer:
    """A fetched answer as Authlib reads it."""

    def __init__(self, fetched: Fetched) -> None:
        self.status_code = fetched.status
        self._fetched = fetched

    def json(self) -> Mapping[str, Any]:
        """The object in the body. Raises ValueError."""
        return _object(self._fetched)

    def raise_for_status(self) -> None:
        """Raises ValueError for a refusal."""
        if self.status_code >= 400:
            raise ValueError("the other side refused")


class _Wire:
    """What Authlib sends through: one POST by the guarded way, the client authenticated as Authlib says."""

    def __init__(self, outward: Outward) -> None:
        self._outward = outward

    def post(self, url: str, *, data: Mapping[str, str], headers: Mapping[str, str], auth: Any) -> _Answer:
        """Send a form."""
        url, headers, body = auth.prepare("POST", url, dict(headers), urlencode(data))
        return _Answer(self._outward.fetch(url, body=str(body).encode(), headers=headers))

    def close(self) -> None:
        """Nothing stays open."""


def _object(fetched: Fetched) -> Mapping[str, Any]:
    try:
        value = json.loads(fetched.body)
    except (ValueError, RecursionError) as error:
        raise FetchRefused("the answer is no JSON") from error
    if not isinstance(value, dict):
        raise FetchRefused("the answer is no object")
    return value


def _short(value: object) -> str:
    return value.strip() if isinstance(value, str) and len(value) <= _LONGEST_TEXT and value.isprintable() else ""
