"""What people do in every state alike, with the words, fields and choices its contract asks."""

from __future__ import annotations

import pytest
from flask import Flask

from app.web.request import portal_of
from tenancy.vocabulary import AccountField, Role
from tests.fourth import every_state
from tests.pages import Browser, OpenClient
from tests.people import Town, settle, sign_in
from tests.rooms.accounts.conftest import Clock
from tests.rooms.accounts.test_registering import enrol

NEWCOMER = {
    "username": "n.newcomer",
    "first_name": "Nia",
    "last_name": "Newcomer",
    "email": "nia@provider.example",
    "email_confirm": "nia@provider.example",
    "fax": "303-555-0111",
}


@pytest.fixture(params=every_state())
def state(request: pytest.FixtureRequest, app: Flask, clock: Clock) -> Town:
    """The tenant of a state with its people."""
    return settle(app, request.param, now=clock.now)


def test_invited_staff_finish_from_the_link_and_arrive_in_their_group_in_the_contracts_role(
    app: Flask, client: OpenClient, state: Town, clock: Clock
) -> None:
    users = portal_of(app).tenants[state.slug].contract.users
    admin, newcomer = Browser(client(state.slug)), Browser(client(state.slug))
    sign_in(admin, state.admin, now=clock.now)
    place = f"/setup/groups/{state.admin.group_ids[0]}/people/new"
    form = admin.get(place).form(place)
    assert {name.value for name in users.new_user_fields} - {"password", "secret_question"} <= set(form)
    assert form["role"] == users.default_role.value
    assert "password" not in form
    page = admin.follow(admin.post(place, {**form, **NEWCOMER}))
    assert users.roles[Role.STAFF].label in page.text
    enrol(newcomer, app, state.slug, clock.now)
    newcomer.get("/terms")
    newcomer.post("/terms", {"agree": "yes", "next": "/"})
    home = newcomer.get("/")
    assert "Nia Newcomer" in home.text
    assert users.roles[Role.STAFF].label in home.text
    assert "/setup" not in home.links().values()
    is_fixed = portal_of(app).tenants[state.slug].contract.registration.username_immutable
    assert (AccountField.USERNAME.value not in newcomer.get("/profile").form("/profile")) == is_fixed


def test_the_context_is_switched_and_seen_on_every_page(
    client: OpenClient, app: Flask, state: Town, clock: Clock
) -> None:
    label = portal_of(app).tenants[state.slug].contract.users.roles[Role.STAFF].label
    luis = Browser(client(state.slug))
    sign_in(luis, state.staff, now=clock.now)
    for group_id, name in zip(reversed(state.staff.group_ids), reversed(state.staff.groups), strict=True):
        luis.post("/groups/current", {"group": str(group_id)})
        for path in ("/", "/cases", "/profile"):
            page = luis.get(path)
            (pressed,) = (one for one in page.all("button") if one.get("aria-pressed") == "true")
            assert " ".join("".join(pressed.itertext()).split()) == f"{name} {label}"
