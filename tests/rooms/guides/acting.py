"""Facts of a guide that only the portal's own acts can prove, in a tenant whose transaction is never committed.

The tables are the same in every tenant: one serves the guides of all contracts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from types import SimpleNamespace
from typing import Any, cast
from uuid import uuid4

import pytest
from sqlalchemy import literal, select
from sqlalchemy.orm import Session

from app.accounts import claims
from app.accounts.enrolment_models import GroupClaim
from app.accounts.models import Membership, ProviderGroup
from app.cases import favourites
from app.cases.clock_models import InformationRequest
from app.cases.lapsing import lapse_drafts
from app.cases.models import Case, Request
from app.directory.models import Member, Provider
from app.directory.synthetic import fill_tenant
from app.domain.access import SYSTEM
from app.domain.errors import Closed, Conflict
from app.domain.windows import Window
from app.reviews import information, reconsiderations
from app.reviews.rights import RightNow
from tenancy.contract import Contract
from tenancy.contract.aftercare import Right
from tenancy.loader import LoadedContract
from tests.rooms.cases.people import NOW, a_person


@dataclass(frozen=True)
class Bench:
    """A Session in a tenant, and a draft in it."""

    session: Session
    draft: Case

    @property
    def request(self) -> Request:
        return self.draft.requests[0]


def bench(session: Session, loaded: LoadedContract) -> Bench:
    """One clinic, one person at its desk, one draft of theirs."""
    fill_tenant(session, loaded.contract, now=NOW, members=2, providers=3)
    provider = session.scalars(select(Provider).where(Provider.entity == "organization")).first()
    assert provider is not None
    group = ProviderGroup(id=uuid4(), provider_id=provider.id, name=provider.name, registered_at=NOW)
    who = a_person(session, "alex")
    session.add(group)
    session.flush()
    by = {"created_by": who.id, "created_by_name": "Alex", "modified_by": who.id, "modified_by_name": "Alex"}
    draft = Case(
        id=uuid4(), category="outpatient", group_id=group.id, member_id=session.scalars(select(Member.id)).first(),
        release=loaded.release, created_at=NOW, modified_at=NOW, requests=[Request(sequence=1)], **by,
    )  # fmt: skip
    session.add(draft)
    session.flush()
    return Bench(session, draft)


def nothing_happens(at: Bench, act: Callable[[], Any]) -> Any:
    """What an act gives; what it wrote is forgotten."""
    with at.session.begin_nested() as savepoint:
        given = act()
        at.session.flush()
        savepoint.rollback()
    at.session.expire_all()
    return given


def lapses_after(at: Bench, contract: Contract, days: int) -> None:
    """A draft nobody changes is closed a minute after so many days, and not a minute before."""
    end, minute = NOW + timedelta(days=days), timedelta(minutes=1)
    for now, closed in ((end - minute, 0), (end + minute, 1)):
        assert nothing_happens(at, partial(lapse_drafts, at.session, contract, now=now)) == closed


def keeps_so_many(at: Bench, contract: Contract, number: int) -> None:
    """One more favourite is taken while there are fewer, and refused when there are so many."""
    favourites._within_limit(at.session, contract, select(literal(number - 1)))
    with pytest.raises(Conflict, match=f"You keep {number} of these"):
        favourites._within_limit(at.session, contract, select(literal(number)))


def gives_the_role(at: Bench, contract: Contract, label: str) -> None:
    """Whoever an administrator takes in gets this role."""

    def taken_in() -> str:
        newcomer = a_person(at.session, "nia")
        provider = at.session.get_one(ProviderGroup, at.draft.group_id).provider_id
        claim = GroupClaim(id=uuid4(), user_id=newcomer.id, provider_id=provider, created_at=NOW, proven_at=NOW)
        at.session.add(claim)
        at.session.flush()
        claims.decide(at.session, contract, claim.id, is_accepted=True, actor=SYSTEM, now=NOW)
        at.session.flush()
        return at.session.scalars(select(Membership.role).where(Membership.user_id == newcomer.id)).one()

    role = nothing_happens(at, taken_in)
    assert {one.label for name, one in contract.users.roles.items() if name == role} == {label}


def asks_so_often(at: Bench, contract: Contract, number: int) -> None:
    """A request is sent back so many times and no more."""
    desk = cast("Any", SimpleNamespace(session=at.session, request=at.request))

    def asked(times: int) -> None:
        for _ in range(times):
            at.session.add(
                InformationRequest(
                    id=uuid4(), request_id=at.request.id, state="withdrawn", resumed_at=NOW, items=[],
                    message="More, please.", asked_by=uuid4(),
                    asked_by_name="Nora", asked_at=NOW, due_at=NOW, due_reason="soon",
                )
            )  # fmt: skip
        at.session.flush()
        information._count(contract, desk)

    nothing_happens(at, lambda: asked(number - 1))
    with pytest.raises(Closed, match=f"at most {number} time"):
        nothing_happens(at, lambda: asked(number))


def answers_by(at: Bench, contract: Contract, name: str, right: Right) -> datetime:
    """When another look that is asked for now must be decided."""
    desk = cast("Any", SimpleNamespace(session=at.session, request=at.request, case=at.draft, now=NOW))
    found = RightNow(name, right, Window(None, None, "", "", ""), "", "", is_over=False)

    def started() -> datetime | None:
        reconsiderations._start_clock(contract, desk, found)
        return at.request.due_at

    due: datetime = nothing_happens(at, started)
    return due
