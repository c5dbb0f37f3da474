"""The OpenID provider that vouches for the demo's staff: a real one over HTTP, with made-up people.

``oidc-provider-mock`` runs as a program of its own; here stand its people and what their memberships mean to the
portal. Must not know what the portal does with them.
"""

from __future__ import annotations

import json
import socket
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from launch import environment, postgres
from launch.children import Child, Children, until
from launch.places import ROOT, read_json, write_json

HOST = "id.localhost"
_READY_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the staff as the provider knows them."""

    subject: str
    name: str
    groups: tuple[str, ...]
    what: str


PEOPLE = (
    Person("nora.quinn", "Nora Quinn", ("um-nurse",), "reviewer (nurse)"),
    Person("owen.adler", "Owen Adler, MD", ("um-physician",), "reviewer (physician)"),
    Person("ines.calder", "Ines Calder, MD", ("um-physician",), "reviewer (physician)"),
    Person("sylvia.marsh", "Sylvia Marsh", ("um-supervisor",), "supervisor"),
    Person("ned.foster", "Ned Foster", ("um-nurse-{first}",), "reviewer (nurse), {first} only"),
    Person("carla.jensen", "Carla Jensen", ("contract-managers",), "contract manager"),
    Person("paul.hobbs", "Paul Hobbs", ("contract-managers",), "contract manager"),
    Person("omar.reyes", "Omar Reyes", ("platform-ops",), "operations"),
)
_GRANTS = (
    ("um-nurse", "reviewer_nurse", "*"),
    ("um-nurse-{first}", "reviewer_nurse", "{first}"),
    ("um-physician", "reviewer_physician", "*"),
    ("um-supervisor", "supervisor", "*"),
    ("contract-managers", "contract_manager", "console"),
    ("platform-ops", "ops", "console"),
)


@dataclass(frozen=True, slots=True)
class Provider:
    """The running provider, and the file with the portal's plan of its staff."""

    plan: Path
    port: int
    child: Child

    def wait(self) -> None:
        """Return once it answers; raises LaunchError when it does not."""
        until(partial(answers, self.port), self.child, seconds=_READY_SECONDS, what="The identity provider")


def start(children: Children, state: Path) -> Provider:
    """Start the provider on a port that this folder keeps."""
    plan = state / "staff.json"
    port = _port(plan)
    first = min(path.stem for path in (ROOT / "contracts").glob("*.yaml"))
    write_json(plan, plan_for(port, first=first))
    command = [*environment.program("oidc_provider_mock"), "--port", str(port), *claims_of(first)]
    return Provider(plan, port, children.start("identity provider", command, log=state / "log" / "identity.log"))


def plan_for(port: int, *, first: str) -> dict[str, Any]:
    """The portal's settings about this provider and its people."""
    grants = [
        {"claim": claim.format(first=first), "roles": [role], "places": [place.format(first=first)]}
        for claim, role, place in _GRANTS
    ]
    return {
        "issuer": f"http://{HOST}:{port}",
        "client_id": "charter",
        "client_secret": "known to everybody, as everything here",
        "label": "your company account",
        "claim": "groups",
        "grants": grants,
    }


def claims_of(first: str) -> Sequence[str]:
    """The people as the provider's own options."""
    found = []
    for one in PEOPLE:
        groups = [group.format(first=first) for group in one.groups]
        email = f"{one.subject}@reviewer.example"
        found += ["--user-claims", json.dumps({"sub": one.subject, "name": one.name, "email": email, "groups": groups})]
    return found


def described(plan: Mapping[str, Any]) -> dict[str, Any]:
    """Who may sign in as staff and where, for ``demo.json``."""
    first = next(grant["places"][0] for grant in plan["grants"] if grant["claim"].startswith("um-nurse-"))
    people = [{"username": one.subject, "name": one.name, "role": one.what.format(first=first)} for one in PEOPLE]
    return {"issuer": plan["issuer"], "people": people}


def _port(plan: Path) -> int:
    """The port of the last time while it is free, so that the people stay the same people."""
    known = read_json(plan)
    port = int(known["issuer"].rpartition(":")[2]) if isinstance(known, dict) else 0
    return port if port and is_free(port) else postgres.free_port()


def is_free(port: int) -> bool:
    """Whether nobody listens on a port of this machine."""
    with socket.socket() as one:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            one.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def answers(port: int) -> bool:
    """Whether the provider on this port answers."""
    address = f"http://127.0.0.1:{port}/.well-known/openid-configuration"
    try:
        with urllib.request.urlopen(address, timeout=2) as answer:
            return bool(answer.status == 200)
    except (OSError, urllib.error.URLError):
        return False
