"""People, practices and small code sets to look up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from app.directory.code_packages import Edition
from app.directory.code_sources import CodeRow
from app.directory.folding import identifier_key, name_key, name_parts
from app.directory.models import Member, Provider
from app.directory.provider_kinds import provider_search_text
from app.domain.access import Actor, ActorKind
from tenancy.vocabulary import CodeSystem, Role

NOW = datetime(2026, 11, 22, 15, 30, tzinfo=UTC)
GROUP = UUID(int=7)
STAFF = Actor(kind=ActorKind.PROVIDER, user_id=UUID(int=1), name="Sam Poe", roles=((GROUP, Role.STAFF),))
STRANGER = Actor(kind=ActorKind.PROVIDER, user_id=UUID(int=2), name="Nobody Else")
SLUG = "mississippi"


def member(first_name: str, last_name: str, birth_date: date, **columns: Any) -> Member:
    """A member as the payer's file would bring it."""
    number = columns.pop("member_number", f"M{uuid4().hex[:8]}")
    return Member(
        **{
            "member_number": number,
            "member_number_key": identifier_key(number),
            "first_name": first_name,
            "last_name": last_name,
            "last_name_key": name_key(last_name),
            "last_name_parts": name_parts(last_name),
            "sex": "female",
            "birth_date": birth_date,
            "created_at": NOW,
            **columns,
        }
    )


def provider(name: str, npi: str | None, **columns: Any) -> Provider:
    """A provider as the registry's file would bring it."""
    code = columns.pop("state_identifier", "")
    return Provider(
        **{
            "name": name,
            "npi": npi,
            "entity": "organization",
            "state_identifier": code,
            "state_identifier_key": identifier_key(code),
            "search_text": provider_search_text(name),
            **columns,
        }
    )


def edition(release: str, starts: date, **keys: Any) -> Edition:
    """An edition of a small ICD-10-CM."""
    return replace(Edition(CodeSystem.ICD10CM, release, starts, None, "a test"), **keys)


def code(key: str, long: str, short: str = "", *, is_billable: bool = True) -> CodeRow:
    """A code of a small set."""
    return CodeRow(key, short, long, is_billable)


@pytest.fixture
def form() -> Callable[..., dict[str, str]]:
    """A complete temporary member form; keywords change fields."""

    def filled(**changes: str) -> dict[str, str]:
        return {
            "first_name": "Ryan",
            "last_name": "Núñez",
            "sex": "male",
            "birth_date": "04/12/1996",
            "language": "spanish",
            "address_1": "999 99th Ave",
            "city": "Pine Hollow",
            "country": "US",
            "state": "MS",
            "county": "Hinds",
            "postal_code": "39299",
            "phone": "(601) 555-0142",
            "email": "ryan@example.com",
            **changes,
        }

    return filled
