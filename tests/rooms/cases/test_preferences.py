"""Preferences: what is kept is offered first, belongs to one person, and says which e-mails are wanted."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts.notice_choices import is_wanted
from app.directory.models import Provider
from app.web.request import portal_of
from tenancy.vocabulary import Event
from tests.pages import Browser
from tests.rooms.cases.casebook import Casebook
from tests.rooms.cases.people import some_codes


@pytest.fixture
def alex(book: Casebook) -> Browser:
    """Staff of the first group."""
    with portal_of(book.app).databases.control.session() as control:
        some_codes(control)
    return book.browser("alex")


def test_codes_are_found_kept_and_let_go(alex: Browser, book: Casebook) -> None:
    page = alex.get("/preferences")
    for title in ("Servicing Providers/Facilities", "PCP/Facility", "Attending Physician", "Diagnosis Codes"):
        assert title in page.text
    page = alex.get("/preferences/codes/diagnoses?find=M17.11")
    (value,) = [button.get("value") for button in page.all("button") if button.get("name") == "code"]
    alex.post("/preferences/codes/diagnoses", {"code": value})
    page = alex.get("/preferences/codes/diagnoses?find=M17.11")
    assert "Remove M17.11" in page.text
    for act, button in (("drop", "Add M17.11"), ("code", "Remove M17.11")):
        sent = {**page.form("/preferences/codes/diagnoses"), act: value}
        page = alex.follow(alex.post("/preferences/codes/diagnoses", sent))
        assert button in page.text, "the search stays, so that several are ticked one after another"
    page = alex.get("/preferences")
    assert "M17.11" in page.text
    assert "M17.11" not in book.browser("blair").get("/preferences").text
    alex.post("/preferences/codes/diagnoses", {"drop": value})
    assert "M17.11" not in alex.get("/preferences").text
    alex.post("/preferences/codes/diagnoses", {"drop": value}, status=404)
    alex.post("/preferences/codes/diagnoses", {"code": "ICD10CM:nothing"}, status=404)


@pytest.mark.parametrize("part", ["servicing", "pcp", "attending"])
def test_providers_are_found_kept_and_let_go(alex: Browser, book: Casebook, part: str) -> None:
    with book.session() as session:
        entity = "individual" if part == "attending" else "organization"
        others = Provider.id.not_in(book.providers)
        provider = session.scalars(select(Provider).where(Provider.entity == entity, others)).first()
        assert provider is not None
        found, name = str(provider.id), provider.name
    place = f"/preferences/providers/{part}"
    assert name in alex.get(f"{place}?find={provider.npi}").text
    alex.post(place, {"provider": found})
    alex.post(place, {"provider": found})
    assert name in alex.get("/preferences").text
    assert name not in book.browser("blair").get("/preferences").text
    alex.post(place, {"drop": found})
    assert name not in alex.get("/preferences").text
    alex.post(place, {"drop": found}, status=404)
    alex.post(place, {"provider": str(book.people["alex"])}, status=404)


def test_a_kept_provider_is_offered_first_in_a_draft(alex: Browser, book: Casebook) -> None:
    draft = book.a_draft(0)
    place = f"/drafts/{draft}/providers/servicing"
    assert "Your preferred providers" not in alex.get(place).text
    alex.get("/preferences")
    alex.post("/preferences/providers/servicing", {"provider": str(book.providers[2])})
    page = alex.get(place)
    assert "Your preferred providers" in page.text
    assert str(book.providers[2]) in [button.get("value") for button in page.all("button")]


def test_e_mails_are_sent_until_they_are_not_wanted(app: Flask, alex: Browser, book: Casebook) -> None:
    alex.get("/preferences")
    alex.post("/preferences/notices", {"event": ["status_changed", "nonsense"]})
    with book.session() as session:
        assert not is_wanted(session, book.people["alex"], Event.CASE_RECEIVED)
        assert is_wanted(session, book.people["alex"], Event.STATUS_CHANGED)
        assert is_wanted(session, book.people["blair"], Event.CASE_RECEIVED)
