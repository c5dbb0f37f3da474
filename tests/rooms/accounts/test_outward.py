"""A hostile identity provider: its documents, its addresses, its slowness, its tokens; none of it signs anybody in."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from authlib.common.security import generate_token
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from app.accounts.oidc import IdentityProvider, Journey, NotVouched, Vouched
from app.accounts.outward import MOST_BYTES, FetchRefused, Outward, is_public
from app.accounts.staff_plan import StaffPlan, StaffPlanError, read_plan
from app.domain.access import StaffRole

NOW = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)
KEY = RSAKey.generate_key(2048, {"kid": "one"})
STRANGE_KEY = RSAKey.generate_key(2048, {"kid": "one"})
JOURNEY = Journey("", "state", "the nonce", generate_token(64))
Answers = dict[str, Callable[[BaseHTTPRequestHandler], None]]


@contextmanager
def peer(answers: Answers) -> Iterator[int]:
    """A server on this machine that answers as told; its port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answers[self.path](self)

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            answers[self.path](self)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def say(body: bytes, status: int = 200, **headers: str) -> Callable[[BaseHTTPRequestHandler], None]:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def outward(port: int) -> Outward:
    return Outward(frozenset({f"id.localhost:{port}"}), is_development=True)


def plan(port: int) -> StaffPlan:
    return StaffPlan(f"http://id.localhost:{port}", "charter", "secret", "", "groups", outward(port), ())


def claims(port: int, **changes: object) -> dict[str, object]:
    stamp = int(NOW.timestamp())
    issued = {"iss": f"http://id.localhost:{port}", "sub": "nora", "aud": "charter", "nonce": "the nonce"}
    return {**issued, "iat": stamp, "exp": stamp + 300, "name": "Nora", "groups": ["um-nurse"], **changes}


def arrive(
    document: dict[str, object] | None = None,
    token: Callable[[int], str] | None = None,
    keys: Callable[[], object] = lambda: {"keys": [KEY.as_dict(private=False)]},
) -> Vouched:
    """The way back from a provider that answers like this."""
    answers: Answers = {}
    with peer(answers) as port:
        base = f"http://id.localhost:{port}"
        usual = {"issuer": base, "token_endpoint": f"{base}/token", "jwks_uri": f"{base}/jwks"}
        made = token(port) if token else jwt.encode({"alg": "RS256", "kid": "one"}, claims(port), KEY)
        answers["/.well-known/openid-configuration"] = say(json.dumps({**usual, **(document or {})}).encode())
        answers["/token"] = say(json.dumps({"access_token": "a", "token_type": "Bearer", "id_token": made}).encode())
        answers["/jwks"] = say(json.dumps(keys()).encode())
        return IdentityProvider(plan(port)).arrive(JOURNEY, "code", f"{base}/back", now=NOW)


def signed(**changes: object) -> Callable[[int], str]:
    return lambda port: jwt.encode({"alg": "RS256", "kid": "one"}, claims(port, **changes), KEY)


def test_an_honest_provider_vouches_for_somebody() -> None:
    found = arrive()
    assert (found.subject, found.name, found.claims) == ("nora", "Nora", ("um-nurse",))


@pytest.mark.parametrize(
    "document",
    [
        {"issuer": "http://id.localhost:1"},
        {"token_endpoint": "http://169.254.169.254/latest"},
        {"token_endpoint": "http://evil.localhost/token"},
        {"token_endpoint": "file:///etc/passwd"},
        {"token_endpoint": ["x"]},
        {"jwks_uri": "http://127.0.0.1:5432/"},
        {"jwks_uri": "http://id.localhost@evil.example/"},
        {"jwks_uri": None},
    ],
)
def test_a_hostile_discovery_document_leads_nowhere(document: dict[str, object]) -> None:
    with pytest.raises((NotVouched, FetchRefused)):
        arrive(document)


@pytest.mark.parametrize(
    "token",
    [
        signed(iss="http://id.localhost:1"),
        signed(aud="another"),
        signed(aud=["charter", "another"]),
        signed(nonce="replayed"),
        signed(exp=int(NOW.timestamp()) - 120),
        signed(nbf=int(NOW.timestamp()) + 3600),
        signed(sub=""),
        signed(sub="a\nb"),
        lambda port: jwt.encode({"alg": "RS256", "kid": "one"}, claims(port), STRANGE_KEY),
        lambda port: jwt.encode({"alg": "HS256"}, claims(port), OctKey.import_key("secret" * 8)),
        lambda _port: "eyJhbGciOiJub25lIn0.e30.",
        lambda _port: "not a token",
    ],
)
def test_a_token_that_does_not_hold_vouches_for_nobody(token: Callable[[int], str]) -> None:
    with pytest.raises((NotVouched, FetchRefused)):
        arrive(token=token)


@pytest.mark.parametrize("keys", [{}, {"keys": []}, {"keys": "x"}, {"keys": [{"kty": "oct", "k": "c2VjcmV0"}]}])
def test_senseless_keys_vouch_for_nobody(keys: object) -> None:
    with pytest.raises((NotVouched, FetchRefused)):
        arrive(keys=lambda: keys)


@pytest.mark.parametrize(
    "answer",
    [
        say(b"", 302, Location="http://id.localhost/"),
        say(b"{}", 500),
        say(b" " * (MOST_BYTES + 1)),
        say(b"{}", Content_Encoding="gzip"),
    ],
)
def test_a_redirect_a_failure_and_too_much_are_refused(answer: Callable[[BaseHTTPRequestHandler], None]) -> None:
    with peer({"/x": answer}) as port, pytest.raises(FetchRefused):
        outward(port).fetch(f"http://id.localhost:{port}/x")


@pytest.mark.parametrize("body", [b"[]", b"nothing", b"[" * 100_000, b"\xff\xfe"])
def test_a_discovery_document_that_is_no_object_is_refused(body: bytes) -> None:
    with peer({"/.well-known/openid-configuration": say(body)}) as port, pytest.raises(FetchRefused):
        IdentityProvider(plan(port)).depart("http://colorado.localhost/staff/callback")


def test_whoever_drips_is_cut_off_after_three_seconds() -> None:
    def drip(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        for _ in range(40):
            try:
                handler.wfile.write(b" ")
                time.sleep(0.2)
            except OSError:
                return

    with peer({"/x": drip}) as port:
        began = time.monotonic()
        with pytest.raises(FetchRefused):
            outward(port).fetch(f"http://id.localhost:{port}/x")
        assert 2.5 < time.monotonic() - began < 4.5


@pytest.mark.parametrize(
    "url",
    [
        "http://id.example/",
        "ftp://id.example/",
        "https://other.example/",
        "https://id.example.evil.example/",
        "https://user:pass@id.example/",
        "https://id.example:8443/",
        "https://id.example/#part",
        "https://id.example:99999/",
        "//id.example/",
        "https://id.example\n.evil.example/",
    ],
)
def test_only_named_hosts_over_tls_are_asked_outside_development(url: str) -> None:
    with pytest.raises(FetchRefused):
        Outward(frozenset({"id.example"})).check(url)


@pytest.mark.parametrize(
    "address",
    [
        *(
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "224.0.0.1",
        ),
        *("::1", "fe80::1%eth0", "fc00::1", "::ffff:10.0.0.1", "::ffff:8.8.8.8", "64:ff9b::a00:1", "2002:a00:1::"),
        *("not an address", ""),
    ],
)
def test_an_address_inside_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111"])
def test_an_address_of_the_open_internet_is_public(address: str) -> None:
    assert is_public(address)


def test_a_named_host_that_leads_inside_is_refused_before_anything_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    inside = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("10.0.0.7", 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_options: inside)
    with pytest.raises(FetchRefused, match="inside"):
        Outward(frozenset({"id.example"})).fetch("https://id.example/")


def test_a_grant_for_every_tenant_does_not_open_the_console(tmp_path: pytest.TempPathFactory) -> None:
    path = tmp_path / "staff.json"  # type: ignore[operator]
    grant = {"claim": "nurses", "roles": ["reviewer_nurse"], "places": ["*"]}
    given = {"issuer": "https://id.example/", "client_id": "c", "client_secret": "s", "grants": [grant]}
    path.write_text(json.dumps(given))
    found = read_plan(path, is_development=False)
    assert found.roles(["nurses"], "anywhere") == (StaffRole.REVIEWER_NURSE,)
    assert found.roles(["nurses"], "console") == ()
    assert found.roles(["others"], "anywhere") == ()
    assert found.outward == Outward(frozenset({"id.example"}))
    spoilt: list[object] = [{**given, "issuer": ""}, {**given, "grants": [{**grant, "roles": ["king"]}]}, []]
    for broken in spoilt:
        path.write_text(json.dumps(broken))
        with pytest.raises(StaffPlanError):
            read_plan(path, is_development=False)


def test_the_secret_is_not_shown() -> None:
    assert "top" not in repr(replace(plan(1), client_secret="top"))
