"""The platform's settings about its staff: which identity provider vouches for them and what its words mean here.

One JSON file, named by ``CHARTER_STAFF_FILE``; no part of any contract. Must not know requests or the database.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from app.accounts.outward import Outward
from app.domain.access import StaffRole

CONSOLE = "console"
"""The place of the console of all contracts; every other place is a tenant's slug."""
EVERY_TENANT = "*"


class StaffPlanError(ValueError):
    """The file cannot be used; the text says which key, never a value."""


@dataclass(frozen=True, slots=True)
class Grant:
    """What one word of the identity provider gives: roles at some places."""

    claim: str
    roles: tuple[StaffRole, ...]
    places: frozenset[str]

    def reaches(self, place: str) -> bool:
        """Whether it counts at a place; a grant for every tenant does not open the console."""
        return place in self.places or (place != CONSOLE and EVERY_TENANT in self.places)


@dataclass(frozen=True, slots=True)
class StaffPlan:
    """Who vouches for the staff, which hosts may be asked, and the grants."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    label: str
    claim: str
    outward: Outward
    grants: tuple[Grant, ...]

    def roles(self, claims: Iterable[str], place: str) -> tuple[StaffRole, ...]:
        """The roles these memberships give at a place, each once, in the order of the roles."""
        held = set(claims)
        found = {role for one in self.grants if one.claim in held and one.reaches(place) for role in one.roles}
        return tuple(role for role in StaffRole if role in found)


def read_plan(path: Path, *, is_development: bool) -> StaffPlan:
    """The plan in a file. The issuer's host is on the list by itself, others are named under ``hosts``.

    Raises StaffPlanError.
    """
    try:
        given = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise StaffPlanError(f"{path.name} cannot be read as JSON") from error
    if not isinstance(given, dict):
        raise StaffPlanError(f"{path.name} holds no object")
    return _plan(given, is_development=is_development)


def _plan(given: Mapping[str, Any], *, is_development: bool) -> StaffPlan:
    issuer = _text(given, "issuer").rstrip("/")
    hosts = frozenset(host.lower() for host in (urlsplit(issuer).netloc, *_texts(given, "hosts", [])))
    return StaffPlan(
        issuer=issuer,
        client_id=_text(given, "client_id"),
        client_secret=_text(given, "client_secret"),
        label=str(given.get("label", "")),
        claim=str(given.get("claim", "groups")),
        outward=Outward(hosts, is_development=is_development),
        grants=tuple(_grant(one) for one in given.get("grants", [])),
    )


def _grant(given: Mapping[str, Any]) -> Grant:
    try:
        roles = tuple(StaffRole(one) for one in _texts(given, "roles"))
    except ValueError as error:
        raise StaffPlanError("a grant names a role that does not exist") from error
    return Grant(_text(given, "claim"), roles, frozenset(_texts(given, "places")))


def _text(given: Mapping[str, Any], key: str) -> str:
    value = given.get(key)
    if not isinstance(value, str) or not value:
        raise StaffPlanError(f"{key} is missing")
    return value


def _texts(given: Mapping[str, Any], key: str, default: list[str] | None = None) -> list[str]:
    value = given.get(key, default)
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise StaffPlanError(f"{key} is no list of words")
    return value
