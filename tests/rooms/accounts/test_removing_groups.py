"""A provider group is removed after a second look, its people are cut off at once, and it comes back whole (USR-03)."""

from __future__ import annotations

from threading import Thread
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts import group_closing
from app.accounts.group_closing import OnlyGroup
from app.accounts.models import Membership, ProviderGroup
from app.domain.access import Actor, ActorKind
from app.domain.errors import NotFound
from app.storage.models import AuditEvent
from app.web.request import portal_of
from tenancy.vocabulary import Role
from tests.pages import Browser, OpenClient
from tests.people import Town, sign_in
from tests.rooms.accounts.conftest import Clock
from tests.rooms.accounts.test_setup import make_admin

pytestmark = pytest.mark.commits


@pytest.fixture
def admin(browser: Browser, app: Flask, town: Town, clock: Clock) -> Browser:
    """The administrator of the first and of the second group, signed in."""
    make_admin(app, town, town.admin.user_id, second(town))
    sign_in(browser, town.admin, now=clock.now)
    return browser


def first(town: Town) -> UUID:
    return town.admin.group_ids[0]


def second(town: Town) -> UUID:
    """The other group in which somebody works for two."""
    return next(one for one in town.staff.group_ids if one != first(town))


def act_on(group_id: UUID, act: str) -> str:
    return f"/setup/groups/{group_id}/{act}"


def both_ways(town: Town) -> Actor:
    """The administrator of two groups, as the service hears of them."""
    roles = ((first(town), Role.GROUP_ADMIN), (second(town), Role.ADMIN))
    return Actor(ActorKind.PROVIDER, town.admin.user_id, town.admin.name, roles, first(town))


def standing(app: Flask, town: Town) -> set[UUID]:
    with portal_of(app).databases.app.session(town.slug) as session:
        return set(session.scalars(select(ProviderGroup.id).where(ProviderGroup.is_active)))


def test_a_group_is_removed_after_a_second_look_and_brought_back(admin: Browser, app: Flask, town: Town) -> None:
    before = standing(app, town)
    page = admin.get(act_on(second(town), "remove"))
    assert page.heading.startswith("Remove ")
    assert "Nothing is deleted." in page.text
    done = admin.follow(admin.post(act_on(second(town), "remove")))
    assert "The provider group was removed." in done.text
    assert "Manage Provider Groups (1)" in done.links()
    assert "Removed provider groups" in done.text
    assert standing(app, town) == before - {second(town)}
    back = admin.follow(admin.post(act_on(second(town), "restore")))
    assert "Manage Provider Groups (2)" in back.links()
    assert "Removed provider groups" not in back.text
    assert standing(app, town) == before
    with portal_of(app).databases.app.session(town.slug) as session:
        acts = select(AuditEvent.action).where(AuditEvent.object_id == str(second(town))).order_by(AuditEvent.id)
        assert set(session.scalars(acts)) >= {"group:remove", "group:restore"}


def test_its_people_are_cut_off_at_their_next_request_and_have_their_roles_again_afterwards(
    admin: Browser, app: Flask, client: OpenClient, town: Town, clock: Clock
) -> None:
    name = group_name(app, town, second(town))
    other = Browser(client(town.slug))
    sign_in(other, town.staff, now=clock.now)
    assert name in other.get("/").text
    admin.get("/setup")
    admin.post(act_on(second(town), "remove"))
    assert name not in other.get("/").text
    admin.post(act_on(second(town), "restore"))
    assert name in other.get("/").text


def test_whoever_worked_for_a_removed_group_only_is_told_so(
    admin: Browser, app: Flask, client: OpenClient, town: Town, clock: Clock
) -> None:
    with portal_of(app).databases.app.session(town.slug) as session:
        only_there = select(Membership).where(
            Membership.user_id == town.staff.user_id, Membership.group_id == first(town)
        )
        session.delete(session.scalars(only_there).one())
        session.commit()
    other = Browser(client(town.slug))
    sign_in(other, town.staff, now=clock.now)
    admin.get("/setup")
    admin.post(act_on(second(town), "remove"))
    assert other.client.get("/", base_url=other.address).headers["Location"].endswith("/waiting")
    assert "no provider organization is open to you" in other.get("/waiting").text


def test_the_only_group_somebody_administers_stays(browser: Browser, app: Flask, town: Town, clock: Clock) -> None:
    sign_in(browser, town.admin, now=clock.now)
    browser.get("/setup")
    refused = browser.posted_page(act_on(first(town), "remove"), status=409)
    assert "is the only provider group you administer" in refused.text
    assert first(town) in standing(app, town)


def test_of_two_groups_removed_at_once_one_stays(app: Flask, town: Town, clock: Clock) -> None:
    make_admin(app, town, town.admin.user_id, second(town))
    outcomes: list[str] = []

    def remove(group_id: UUID) -> None:
        portal = portal_of(app)
        contract = portal.tenants[town.slug].contract
        with portal.databases.app.session(town.slug) as session:
            try:
                group_closing.remove_group(session, contract, group_id, actor=both_ways(town), now=clock.now)
                session.commit()
                outcomes.append("removed")
            except OnlyGroup:
                outcomes.append("kept")

    threads = [Thread(target=remove, args=(one,)) for one in (first(town), second(town))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["kept", "removed"]
    assert len({first(town), second(town)} & standing(app, town)) == 1


def test_removing_twice_and_restoring_what_stands_finds_nothing(app: Flask, town: Town, clock: Clock) -> None:
    make_admin(app, town, town.admin.user_id, second(town))
    portal = portal_of(app)
    contract = portal.tenants[town.slug].contract
    with portal.databases.app.session(town.slug) as session:
        group_closing.remove_group(session, contract, second(town), actor=both_ways(town), now=clock.now)
        for act, group_id in (
            (group_closing.remove_group, second(town)),
            (group_closing.restore_group, first(town)),
        ):
            with pytest.raises(NotFound):
                act(session, contract, group_id, actor=both_ways(town), now=clock.now)


def test_groups_of_others_are_not_there_and_staff_are_refused(
    admin: Browser, client: OpenClient, town: Town, clock: Clock
) -> None:
    theirs = town.stranger.group_ids[0]
    admin.get("/setup")
    admin.get(act_on(theirs, "remove"), status=404)
    admin.post(act_on(theirs, "remove"), status=404)
    admin.post(act_on(theirs, "restore"), status=404)
    staff = Browser(client(town.slug))
    sign_in(staff, town.staff, now=clock.now)
    staff.get(act_on(first(town), "remove"), status=403)
    staff.post(act_on(first(town), "remove"), status=403)


def group_name(app: Flask, town: Town, group_id: UUID) -> str:
    with portal_of(app).databases.app.session(town.slug) as session:
        return session.get_one(ProviderGroup, group_id).name
