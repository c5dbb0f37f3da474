"""Setup as an administrator uses it: groups, users, roles, leavers; and what nobody may do there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.accounts.models import Membership, ProviderGroup, UserAccount, UserSession
from app.web.request import portal_of
from tenancy.vocabulary import Role
from tests.pages import Browser, Page
from tests.people import Town, sign_in
from tests.rooms.accounts.conftest import Clock

Open = Callable[[str], FlaskClient]


@pytest.fixture
def admin(browser: Browser, town: Town, clock: Clock) -> Browser:
    """The administrator of the first group, signed in."""
    sign_in(browser, town.admin, now=clock.now)
    return browser


@pytest.fixture
def staff(client: Open, town: Town, clock: Clock) -> Browser:
    """Staff of the first and second group, signed in elsewhere."""
    other = Browser(client(town.slug))
    sign_in(other, town.staff, now=clock.now)
    return other


def own_group(town: Town) -> str:
    return f"/setup/groups/{town.admin.group_ids[0]}"


def make_admin(app: Flask, town: Town, user_id: UUID, group_id: UUID, role: Role = Role.ADMIN) -> None:
    """Give a person a managing role by hand."""
    with portal_of(app).databases.app.session(town.slug) as session:
        found = session.scalar(
            select(Membership).where(
                Membership.user_id == user_id, Membership.group_id == group_id, Membership.ended_at.is_(None)
            )
        )
        if found is None:
            now = app.config["CLOCK"]()
            session.add(Membership(id=uuid4(), user_id=user_id, group_id=group_id, role=role.value, created_at=now))
        else:
            found.role = role.value
        session.commit()


def row_of(page: Page, text: str) -> str:
    """The table row that holds this text."""
    for row in page.all("tr"):
        found = " ".join("".join(row.itertext()).split())
        if text in found:
            return found
    raise AssertionError(f"no row says {text}")


def test_the_tabs_count_groups_and_users(admin: Browser, town: Town) -> None:
    page = admin.get("/setup")
    assert "Manage Provider Groups (1)" in page.links()
    assert "Manage Users (3)" in page.links()
    assert town.admin.groups[0] in page.text
    assert "Displaying records 1 to 1 of 1 records" in page.text
    assert "1 administrator" in page.text
    place = f"{own_group(town)}/people/{town.staff.user_id}"
    assert page.form(place)["role"] == "staff", "the row opens on its users, with their roles (USR-03, USR-04)"
    assert page.form(f"{place}/remove")


def test_setup_is_for_administrators_only(admin: Browser, staff: Browser) -> None:
    assert "Setup" in admin.get("/").links()
    assert "Setup" not in staff.get("/").links()
    staff.get("/setup", status=403)


def test_a_group_shows_its_people_with_the_five_roles(admin: Browser, town: Town) -> None:
    page = admin.get(own_group(town))
    options = [option.text for option in page.all("option") if option.get("value") in set(Role)]
    assert options[:5] == [
        "Provider Group Admin",
        "Provider Admin",
        "Provider Staff Account",
        "Provider Group Admin + Reports",
        "Provider Admin +Reports",
    ]
    for name in ("Dana Whitlock", "Luis Ortega", "Mei Tanaka"):
        assert name in page.text
    assert "Priya Nair" not in page.text


def test_groups_and_people_of_others_are_not_there(admin: Browser, town: Town) -> None:
    theirs, stranger = town.stranger.group_ids[0], town.stranger.user_id
    admin.get(f"/setup/groups/{theirs}", status=404)
    admin.get(f"/setup/users/{stranger}", status=404)
    admin.post(f"/setup/groups/{theirs}/people", {"user": str(town.staff.user_id), "role": "staff"}, status=404)
    admin.post(f"/setup/users/{stranger}/deactivate", status=404)
    admin.post(f"{own_group(town)}/people", {"user": str(stranger), "role": "staff"}, status=404)
    admin.post(f"{own_group(town)}/people/{stranger}", {"role": "admin"}, status=404)


def test_an_administrator_of_one_group_is_nobody_in_another(app: Flask, client: Open, town: Town, clock: Clock) -> None:
    first, second = town.staff.group_ids
    make_admin(app, town, town.staff.user_id, second)
    other = Browser(client(town.slug))
    sign_in(other, town.staff, now=clock.now)
    assert "Manage Provider Groups (1)" in other.get("/setup").links()
    other.get(f"/setup/groups/{first}", status=403)
    other.post(f"/setup/groups/{first}/people/{town.by_email.user_id}", {"role": "admin"}, status=403)
    other.post(f"/setup/users/{town.admin.user_id}/deactivate", status=404)


def test_a_role_is_changed_and_counts_at_the_next_page(admin: Browser, staff: Browser, town: Town) -> None:
    staff.get("/setup", status=403)
    admin.get(own_group(town))
    admin.follow(admin.post(f"{own_group(town)}/people/{town.staff.user_id}", {"role": "admin_reports"}))
    assert "Luis Ortega" in staff.get("/setup/users").text
    admin.post(f"{own_group(town)}/people/{town.staff.user_id}", {"role": "staff"})
    staff.get("/setup", status=403)


@pytest.mark.parametrize("role", ["", "owner", "group_admin "])
def test_a_role_that_is_not_one_is_refused(admin: Browser, town: Town, role: str) -> None:
    admin.get(own_group(town))
    page = admin.posted_page(f"{own_group(town)}/people/{town.staff.user_id}", {"role": role})
    assert "Choose a role from the list." in page.text


def test_the_last_administrator_stays_until_there_is_another(
    app: Flask, admin: Browser, town: Town, client: Open, clock: Clock
) -> None:
    place = f"{own_group(town)}/people/{town.admin.user_id}"
    admin.get(own_group(town))
    page = admin.posted_page(place, {"role": "staff"}, status=409)
    assert "last administrator" in page.text
    assert "Give an administrator role to somebody else" in page.text
    make_admin(app, town, town.by_email.user_id, town.admin.group_ids[0])
    admin.post(place, {"role": "staff"})
    admin.get("/setup", status=403)


def test_an_administrator_who_never_signed_up_does_not_count(app: Flask, admin: Browser, town: Town) -> None:
    make_admin(app, town, town.by_email.user_id, town.admin.group_ids[0])
    with portal_of(app).databases.app.session(town.slug) as session:
        session.get_one(UserAccount, town.by_email.user_id).enrolled_at = None
        session.commit()
    admin.get(own_group(town))
    admin.post(f"{own_group(town)}/people/{town.admin.user_id}", {"role": "staff"}, status=409)


def test_nobody_removes_or_deactivates_themselves(app: Flask, admin: Browser, town: Town) -> None:
    make_admin(app, town, town.by_email.user_id, town.admin.group_ids[0])
    admin.get(own_group(town))
    admin.post(f"{own_group(town)}/people/{town.admin.user_id}/remove", status=409)
    page = admin.posted_page(f"/setup/users/{town.admin.user_id}/deactivate", status=409)
    assert "cannot remove or deactivate yourself" in page.text


def test_a_leaver_is_cut_off_everywhere_and_can_come_back(
    app: Flask, admin: Browser, town: Town, client: Open, clock: Clock
) -> None:
    one, two = Browser(client(town.slug)), Browser(client(town.slug))
    mei = town.by_email
    with portal_of(app).databases.app.session(town.slug) as session:
        now = clock.now
        for browser in (one, two):
            token = sign_in_by_hand(session, mei.user_id, now)
            with browser.client.session_transaction(base_url=browser.address) as cookie:
                cookie["_user_id"], cookie["seen"] = token, int(now.timestamp())
        session.commit()
    one.get("/")
    two.get("/")
    admin.get(f"/setup/users/{mei.user_id}")
    page = admin.follow(admin.post(f"/setup/users/{mei.user_id}/deactivate"))
    assert "signed out everywhere" in page.text
    assert "Deactivated" in page.text
    one.get("/", status=303)
    two.get("/", status=303)
    with portal_of(app).databases.app.session(town.slug) as session:
        ended = session.scalars(select(UserSession.end_reason).where(UserSession.user_id == mei.user_id)).all()
        assert set(ended) == {"deactivated"}
    admin.get("/")
    admin.post(f"/setup/users/{mei.user_id}/deactivate", status=409)
    clock.advance(minutes=1)
    page = admin.follow(admin.post(f"/setup/users/{mei.user_id}/reactivate"))
    assert "Active" in page.text
    assert "Provider Staff Account" in page.text
    one.get("/", status=303)
    admin.post(f"/setup/users/{mei.user_id}/reactivate", status=409)


def sign_in_by_hand(session: object, user_id: UUID, now: object) -> str:
    """A whole session for a person, as signing in leaves it."""
    from app.accounts.secrets import new_token, token_hash

    token = new_token()
    session.add(  # type: ignore[attr-defined]
        UserSession(
            id=uuid4(),
            token_hash=token_hash(token),
            user_id=user_id,
            stage="full",
            created_at=now,
            expires_at=now + timedelta(hours=1),  # type: ignore[operator]
        )
    )
    return token


def test_a_person_of_another_organization_keeps_the_account_there(
    app: Flask, admin: Browser, staff: Browser, town: Town
) -> None:
    luis = town.staff
    page = admin.get(f"/setup/users/{luis.user_id}")
    assert luis.groups[1] not in page.text
    assert "only the user can change these details" in page.text
    admin.post(f"/setup/users/{luis.user_id}", {"first_name": "Lou"}, status=409)
    page = admin.follow(admin.post(f"/setup/users/{luis.user_id}/deactivate"))
    assert "can no longer work for your groups" in page.text
    assert luis.groups[0] not in staff.get("/").text
    staff.get("/")


def test_removing_from_the_only_group_deactivates(admin: Browser, town: Town) -> None:
    mei = town.by_email
    admin.get(own_group(town))
    page = admin.follow(admin.post(f"{own_group(town)}/people/{mei.user_id}/remove"))
    assert "only group" in page.text
    assert "Mei Tanaka" not in row_of_or_nothing(page)
    assert "Deactivated" in row_of(admin.get("/setup/users"), "Mei Tanaka")


def row_of_or_nothing(page: Page) -> str:
    return " ".join(" ".join("".join(row.itertext()).split()) for row in page.all("tr"))


def test_somebody_of_one_group_is_added_to_another_and_removed_again(app: Flask, admin: Browser, town: Town) -> None:
    second = town.staff.group_ids[1]
    make_admin(app, town, town.admin.user_id, second, Role.GROUP_ADMIN)
    page = admin.get(f"/setup/groups/{second}")
    assert "Mei Tanaka (mei.tanaka)" in page.text
    place = f"/setup/groups/{second}/people"
    page = admin.posted_page(place, {"user": "", "role": "staff"})
    assert "Choose a user from the list." in page.text
    admin.post(place, {"user": str(town.by_email.user_id), "role": "admin"})
    admin.post(place, {"user": str(town.by_email.user_id), "role": "admin"}, status=409)
    row = row_of(admin.get("/setup/users"), "Mei Tanaka")
    assert "Provider Admin" in row
    assert "Provider Staff Account" in row
    page = admin.follow(admin.post(f"{place}/{town.by_email.user_id}/remove"))
    assert "was removed from this group" in page.text
    assert "Active" in row_of(admin.get("/setup/users"), "Mei Tanaka")


def test_details_are_corrected_but_never_the_user_name_or_a_used_e_mail(app: Flask, admin: Browser, town: Town) -> None:
    place = f"/setup/users/{town.by_email.user_id}"
    form = admin.get(place).form(place)
    assert "username" not in form
    assert "email" not in form
    typed = {**form, "first_name": "May", "fax": "3035550100", "username": "boss", "email": "x@y.example"}
    page = admin.follow(admin.post(place, typed))
    assert "May Tanaka" in page.heading
    with portal_of(app).databases.app.session(town.slug) as session:
        user = session.get_one(UserAccount, town.by_email.user_id)
        assert (user.fax, user.username, user.email) == ("303-555-0100", "mei.tanaka", town.by_email.email)
    page = admin.posted_page(place, {**form, "first_name": "", "fax": "12"})
    assert "Enter the first name." in page.text
    assert "Enter the fax as ten digits" in page.text


@pytest.mark.parametrize(
    ("query", "found"),
    [("find=ortega", "Luis Ortega"), ("find=MEI.", "Mei Tanaka"), ("state=active&find=dana", "Dana Whitlock")],
)
def test_users_are_found_by_name_user_name_and_state(admin: Browser, query: str, found: str) -> None:
    page = admin.get(f"/setup/users?{query}")
    assert found in page.text
    assert "of 1 records" in page.text


@pytest.mark.parametrize("query", ["find=%25", "find=nobody", "state=invited", "state=deactivated"])
def test_a_list_without_rows_says_so(admin: Browser, query: str) -> None:
    assert "No records found." in admin.get(f"/setup/users?{query}").text


@pytest.mark.parametrize("sort", ["name", "-username", "email", "status", "-seen_at", "nonsense"])
def test_users_are_sorted_and_paged(app: Flask, admin: Browser, town: Town, clock: Clock, sort: str) -> None:
    crowd(app, town, clock, 12)
    page = admin.get(f"/setup/users?sort={sort}&page=2")
    assert "Displaying records 11 to 15 of 15 records" in page.text


@pytest.mark.parametrize("sort", ["name", "-npi", "type", "people"])
def test_groups_are_sorted_and_found(admin: Browser, town: Town, sort: str) -> None:
    assert town.admin.groups[0] in admin.get(f"/setup?sort={sort}&find={town.admin.groups[0][:4]}").text
    assert "No records found." in admin.get("/setup?find=zzzz").text


def crowd(app: Flask, town: Town, clock: Clock, size: int) -> None:
    """More people in the first group, one of them with a name that a spreadsheet would run."""
    with portal_of(app).databases.app.session(town.slug) as session:
        group = session.get_one(ProviderGroup, town.admin.group_ids[0])
        for number in range(size):
            user = UserAccount(
                id=uuid4(),
                username=f"extra.{number}",
                username_key=f"extra.{number}",
                email=f"extra{number}@provider.example",
                first_name="=HYPERLINK(1)" if not number else "Extra",
                last_name=f"Person{number:02}",
                created_at=clock.now,
            )
            session.add(user)
            session.flush()
            session.add(Membership(id=uuid4(), user_id=user.id, group_id=group.id, role="staff", created_at=clock.now))
        session.commit()


def test_the_access_review_is_a_safe_file(app: Flask, admin: Browser, town: Town, clock: Clock) -> None:
    crowd(app, town, clock, 1)
    answer = admin.client.get("/setup/access-review.csv", base_url=admin.address)
    assert answer.mimetype == "text/csv"
    assert "attachment" in answer.headers["Content-Disposition"]
    lines = answer.get_data(as_text=True).splitlines()
    assert lines[0].startswith("\ufeffName,User name,E-mail,Status,Provider group,Role,Manages users,Reads reports")
    assert any(line.startswith("'=HYPERLINK(1) Person00,extra.0,") and ",invited," in line for line in lines)
    dana = next(line for line in lines if line.startswith("Dana Whitlock"))
    assert ",active," in dana
    assert ",Provider Group Admin,yes,no," in dana
    assert not any(town.staff.groups[1] in line for line in lines)


NEWCOMER = {
    "username": "n.newcomer",
    "first_name": "Nia",
    "last_name": "Newcomer",
    "email": "nia@provider.example",
    "email_confirm": "NIA@provider.example",
    "fax": "(303) 555-0111",
    "role": "staff",
}


def test_a_new_user_is_invited_by_link_and_never_gets_a_password_from_us(
    app: Flask, admin: Browser, town: Town
) -> None:
    place = f"{own_group(town)}/people/new"
    page = admin.get(place)
    assert page.form(place)["role"] == "staff"
    assert not [field for field in page.all("input") if field.get("type") == "password"]
    page = admin.posted_page(place, {"username": "x", "role": "staff"})
    assert "Enter the email." in page.text
    slip = {**NEWCOMER, "email": "nia@gmial.com", "email_confirm": "nia@gmial.com"}
    assert "Did you mean nia@gmail.com?" in admin.posted_page(place, slip).text
    page = admin.follow(admin.post(place, NEWCOMER))
    assert "n.newcomer" in page.text
    assert "An e-mail with a link is on its way." in page.text
    assert "Invited" in row_of(page, "Nia Newcomer")
    with portal_of(app).databases.app.session(town.slug) as session:
        user = session.scalars(select(UserAccount).where(UserAccount.username == "n.newcomer")).one()
        assert (user.password_hash, user.fax) == (None, "303-555-0111")
    for _ in range(3):
        page = admin.follow(admin.post(f"/setup/users/{user.id}/resend"))
    assert "Too many links were sent" in page.text


def test_a_registration_is_reset_by_a_link_to_the_known_e_mail(app: Flask, admin: Browser, town: Town) -> None:
    mei = town.by_email.user_id
    admin.get(f"/setup/users/{mei}")
    page = admin.follow(admin.post(f"/setup/users/{mei}/reset"))
    assert "An e-mail with a link is on its way." in page.text
    assert "Invited" in page.text
    assert "email" not in page.form(f"/setup/users/{mei}")
    admin.post(f"/setup/users/{town.admin.user_id}/reset", status=409)
    admin.post(f"/setup/users/{town.staff.user_id}/reset", status=409)
