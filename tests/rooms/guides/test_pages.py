"""The help pages: who sees what, in every contract, signed in and not."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from types import MappingProxyType

import pytest
from flask import Flask

from app.guides.making import as_page, pictures_of
from app.guides.release_notes import list_notes, notes_between
from app.guides.writing import write_guide
from app.web.request import portal_of
from launch.places import ROOT
from tenancy.contract.declare import Span
from tenancy.loader import ContractShelf
from tenancy.release import release_of
from tenancy.releases import approve, propose, record_releases
from tenancy.vocabulary import Feature, SpanUnit
from tests.pages import Browser, OpenClient
from tests.rooms.cases.casebook import open_casebook

SLUGS = ("colorado", "mississippi", "west_virginia")


@pytest.mark.parametrize("slug", SLUGS)
def test_a_stranger_reads_the_help_of_a_contract(client: OpenClient, shelf: ContractShelf, slug: str) -> None:
    browser, contract = Browser(client(slug)), shelf.good[slug].contract
    assert browser.get("/sign-in").links()["Help"] == "/help"
    help_page = browser.get("/help")
    assert all(one.topic in help_page.text for one in contract.support.contacts.values())
    assert all(one.text in help_page.text for one in contract.support.training)
    guide = browser.get("/help/guide")
    assert contract.identity.title in guide.heading
    assert contract.registration.code.hint in guide.text
    assert "256 characters. Older papers speak of 16" in browser.get("/help/passwords").text
    assert "Why is my sign-in locked?" in browser.get("/help/faq").text
    assert "Latest Release Notes" not in help_page.text
    assert browser.client.get("/help/releases", base_url=browser.address).status_code == 303


def test_who_is_signed_in_reaches_help_and_what_is_new_from_every_page(app: Flask, client: OpenClient) -> None:
    browser = open_casebook(app, client, "colorado").browser("alex")
    assert browser.get("/").links()["Help"] == "/help"
    assert browser.get("/help").links()["Latest Release Notes"] == "/help/releases"
    assert "Nothing has changed" in browser.get("/help/releases").text
    assert "Logout" in browser.get("/help/guide").text


def test_a_page_the_contract_does_not_list_is_not_there(app: Flask, client: OpenClient) -> None:
    contracts, browser = portal_of(app).contracts, Browser(client("mississippi"))
    loaded = contracts["mississippi"]
    support = replace(loaded.contract.support, help_items={})
    without = replace(loaded, contract=replace(loaded.contract, support=support))
    contracts._shown["mississippi"] = without
    contracts._serving["mississippi"] = replace(contracts._serving["mississippi"], base=without)
    try:
        assert browser.get("/help/faq", status=404).heading
        assert "FAQ" not in browser.get("/help").text
    finally:
        contracts._shown["mississippi"] = loaded
        contracts._serving["mississippi"] = replace(contracts._serving["mississippi"], base=loaded)


def test_notes_of_a_release_speak_the_words_of_the_guide_and_leave_out_what_only_the_payer_works_with(
    shelf: ContractShelf,
) -> None:
    old = shelf.good["colorado"]
    contract = old.contract
    rights, features = contract.rights, contract.features
    longer = replace(rights["reconsideration"], window=Span(amount=45, unit=SpanUnit.CALENDAR_DAYS))
    ward = replace(contract.catalogue.services["dme"], label="Children's Ward")
    changed = replace(
        contract,
        review=replace(contract.review, expiring_days=99),
        documents=replace(contract.documents, max_megabytes=9, success_text="It is here."),
        rights=MappingProxyType({**rights, "reconsideration": longer}),
        features=MappingProxyType({**features, Feature.MESSAGES: False}),
        catalogue=replace(contract.catalogue, services=MappingProxyType({**contract.catalogue.services, "ward": ward})),
    )
    told = dict(notes_between(old, replace(old, contract=changed), date(2026, 11, 23)))
    sentences = [sentence for part in told.values() for sentence in part]
    assert "Reconsideration – Time to ask: 45 calendar days from the decision (before: no last day is set)" in sentences
    assert "Largest file: 9 MB (before: 4 MB)" in told["Documents and notes"]
    assert "Messages: no longer possible" in told["What you can do here"]
    assert "New: “Children's Ward”" in told["Lists to choose from"]
    assert any(one.startswith("What is said after an upload: “It is here.” (before: “") for one in sentences)
    assert not [one for one in sentences if "›" in one or "expiring" in one or "_" in one]
    assert notes_between(old, old, date(2026, 11, 23)) == ()


def day_of(page: str) -> date:
    """The day for which a kept guide was written, as it says itself."""
    month, day, year = re.findall(r"As it holds on (\d\d)/(\d\d)/(\d{4})\.", page)[0]
    return date(int(year), int(month), int(day))


def test_the_guides_in_the_documentation_say_what_the_contracts_say(shelf: ContractShelf) -> None:
    for slug in SLUGS:
        loaded, folder = shelf.good[slug], ROOT / "docs" / "guides"
        kept = (folder / slug / "guide.html").read_text(encoding="utf-8")
        made = as_page(write_guide(loaded, on=day_of(kept)), loaded, pictures_of(folder, slug))
        assert made == kept, "run: charter guide build --all"


def test_each_release_tells_what_changed_the_newest_first(app: Flask, client: OpenClient, shelf: ContractShelf) -> None:
    book, loaded = open_casebook(app, client, "colorado"), shelf.good["colorado"]
    contracts, now = portal_of(app).contracts, app.config["CLOCK"]()
    larger = replace(loaded.contract, documents=replace(loaded.contract.documents, max_megabytes=9))
    inside = replace(larger, review=replace(larger.review, expiring_days=77))
    with portal_of(app).databases.control.session() as control:
        record_releases(control, {"colorado": loaded}, now=now)
        for contract in (larger, inside):
            new = replace(loaded, contract=contract, release=release_of(contract))
            proposal = propose(control, new, author="Ann", reason="Guide", now=now)
            approve(control, proposal.id, approver="Bo", now=now)
        control.commit()
        (note,) = list_notes(control, contracts, "colorado", now=now)
        assert list_notes(control, contracts, "colorado", now=now - timedelta(days=1)) == ()
        assert list_notes(control, contracts, "nowhere", now=now) == ()
    assert [heading for heading, _ in note.parts] == ["Documents and notes"]
    page = book.browser("alex").get("/help/releases")
    assert "9 MB" in page.text
    assert "(before: " in page.text
    assert "expiring days" not in page.text
