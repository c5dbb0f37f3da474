"""The pages on which a request is made: whole without script, in pieces with it, in both presentations."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from app.cases import drafts
from app.cases.drafts import Seen
from app.cases.models import Case
from tenancy.vocabulary import SectionName
from tests.pages import Browser, Page, look_at
from tests.rooms.cases.people import NOW, World

if TYPE_CHECKING:
    from flask.testing import FlaskClient

    from app.domain.access import Actor
    from app.storage.db import Databases
    from tenancy.loader import ContractShelf

SignedIn = Callable[[str, "Actor"], "FlaskClient"]
Draft = Callable[[World], UUID]
MS, CO = "mississippi", "colorado"


@pytest.fixture
def clinic(world: World, signed_in: SignedIn) -> Browser:
    return Browser(signed_in(MS, world.actor))


@pytest.fixture
def denver(colorado: World, signed_in: SignedIn) -> Browser:
    return Browser(signed_in(CO, colorado.actor))


def started(browser: Browser, world: World, category: str = "outpatient") -> str:
    """The address of a new draft, found by the member's number."""
    browser.get("/cases/new")
    found = browser.posted_page(
        "/cases/new", {"category": category, "member_number": "M10000001", "act": "search"}, status=200
    )
    assert "Ana Ortiz" in found.text
    chosen = {"category": category, "member": str(world.member), "act": "create"}
    return str(browser.post("/cases/new", chosen).headers["Location"]).split("?")[0]


def piece(browser: Browser, path: str, data: dict[str, Any], *, status: int = 200) -> str:
    """The pieces of the page that a save by itself is answered with."""
    body = {"csrf_token": browser.token, **data}
    answer = browser.client.post(path, data=body, base_url=browser.address, headers={"HX-Request": "true"})
    assert answer.status_code == status
    return answer.get_data(as_text=True)


def whole(page: Page, action: str) -> dict[str, Any]:
    """The form with every question that was drawn, not the last one alone."""
    asked = [one.get("value") for one in page.all("input") if one.get("name") == "q.asked"]
    return {**page.form(action), "q.asked": asked}


def seen(page: Page, section: str) -> str:
    found = [one.get("value", "") for one in page.all("input") if one.get("id") == f"seen-{section}"]
    return found[0]


# ---------------------------------------------------------------- starting


def test_the_start_page_shows_the_contract_and_asks_for_category_and_member(clinic: Browser) -> None:
    page = clinic.get("/cases/new")
    assert page.heading == "New Case Request"
    assert page.form("/cases/new")["case_contract"] == "MS State UM"


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"act": "search"}, "Enter the Consumer ID, or the last name together with the date of birth."),
        ({"act": "search", "last_name": "Ortiz"}, "Enter the Consumer ID"),
        ({"act": "search", "last_name": "Ortiz", "birth_date": "soon"}, "Enter the date of birth"),
        ({"act": "create"}, "Choose the Request Type."),
        ({"act": "create", "category": "outpatient"}, "Choose the person"),
    ],
)
def test_starting_says_what_is_missing(clinic: Browser, typed: dict[str, str], words: str) -> None:
    clinic.get("/cases/new")
    assert words in clinic.posted_page("/cases/new", typed).text


def test_what_is_typed_about_a_person_never_stands_in_an_address(clinic: Browser, world: World) -> None:
    draft = started(clinic, world)
    assert "ortiz" not in draft.lower()
    assert re.fullmatch(r"/drafts/[0-9a-f-]{36}", draft)


def test_a_member_nobody_knows_can_be_added_as_temporary(denver: Browser) -> None:
    denver.get("/cases/new")
    search = {"stage": "member", "category": "outpatient", "last_name": "Nobody", "birth_date": "04/12/1996"}
    page = denver.posted_page("/cases/new", {**search, "act": "search"}, status=200)
    assert "No records found" in page.text
    form = denver.posted_page("/cases/new", {**search, "act": "temporary"}, status=200)
    assert form.form("/cases/new")["last_name"] == "Nobody"
    typed = {**search, "act": "add_temporary", "first_name": "Ryan", "sex": "male", "use_facility_address": "yes"}
    refused = denver.posted_page("/cases/new", typed)
    assert refused.form("/cases/new")["first_name"] == "Ryan"
    typed |= {"country": "US", "county": _first_county(refused)}
    review = denver.posted_page("/cases/new", typed, status=200)
    assert "TEMP00198" in review.text
    assert "Submitted Requests" in review.text


def _first_county(page: Page) -> str:
    (county,) = [one for one in page.all("select") if one.get("name") == "county"]
    return next(option.get("value", "") for option in county.iter("option") if option.get("value"))


def test_steps_review_earlier_requests_before_the_case_is_created(denver: Browser, colorado: World) -> None:
    denver.get("/cases/new")
    consumer = denver.posted_page("/cases/new", {"act": "to_member", "category": "inpatient"}, status=200)
    assert consumer.heading == "Consumer Information"
    review = denver.posted_page(
        "/cases/new/member", {"stage": "member", "category": "inpatient", "member": str(colorado.member)}, status=200
    )
    assert "Look through the earlier requests" in review.text
    answer = denver.post("/cases/new", {**review.form("/cases/new"), "act": "create"})
    assert "at=providers" in answer.headers["Location"]


# ---------------------------------------------------------------- all sections on one page


def test_sections_stand_on_one_page_with_what_is_missing(clinic: Browser, world: World) -> None:
    page = clinic.get(started(clinic, world))
    assert page.heading == "Outpatient request"
    assert "Choose a service type." in page.text
    assert {f"section-{name}" for name in ("member", "providers", "diagnoses", "submit")} <= {
        one.get("id") for one in page.all("details")
    }


def test_a_saved_section_leads_back_to_its_place(clinic: Browser, world: World) -> None:
    draft = started(clinic, world)
    clinic.get(draft)
    answer = clinic.post(f"{draft}/service_details", {"service_type": "hospice", "go": "stay"})
    assert answer.headers["Location"] == f"{draft}?at=service_details#section-service_details"
    assert clinic.get(draft).form(f"{draft}/service_details")["service_type"] == "hospice"


def test_a_value_that_cannot_be_read_stands_as_typed_with_the_reason(clinic: Browser, world: World) -> None:
    draft = started(clinic, world, "inpatient")
    clinic.get(draft)
    page = clinic.posted_page(f"{draft}/service_details", {"admit_on": "13/45/2026", "admission_source": "elective"})
    form = page.form(f"{draft}/service_details")
    assert (form["admit_on"], form["admission_source"]) == ("13/45/2026", "elective")
    assert "as a day that exists" in page.text


def test_home_tells_how_much_is_left_as_the_draft_itself_does(clinic: Browser, world: World) -> None:
    draft = started(clinic, world)
    counts = [left(clinic, draft)]
    for act, typed in (
        ("service_details", {"service_type": "hospice", "place_of_service": "home"}),
        ("diagnoses/add", {"find": "R26.0"}),
        ("procedures/add", {"code": "S9131"}),
    ):
        clinic.post(f"{draft}/{act}", typed)
        counts.append(left(clinic, draft))
    assert len(set(counts)) > 2


def test_home_tells_that_a_draft_is_ready(
    clinic: Browser, world: World, complete_draft: Draft, databases: Databases, shelf: ContractShelf
) -> None:
    draft_id = complete_draft(world)
    assert "1 thing left" in clinic.get("/").text
    with databases.app.session(MS) as session:
        rules = shelf.good[MS].contract
        drafts.accept_disclaimer(session, rules, draft_id, accepted=True, actor=world.actor, now=NOW)
        session.commit()
    assert "Ready to submit" in clinic.get("/").text


def left(browser: Browser, draft: str) -> str:
    """How many things are left to do, which Home and the draft tell alike."""
    there, here = (re.findall(r"\d+ things? left", browser.get(path).text) for path in ("/", draft))
    assert there == here
    return str(there[0])


def test_saving_by_itself_answers_with_pieces(clinic: Browser, world: World) -> None:
    draft = started(clinic, world)
    clinic.get(draft)
    text = piece(clinic, f"{draft}/service_details", {"service_type": "hospice"})
    assert "Saved 9:30 AM CST" in text
    assert 'id="missing-panel"' in text
    assert 'id="seen-service_details"' in text
    assert "<html" not in text


def test_saving_by_itself_keeps_the_good_and_tells_the_bad(clinic: Browser, world: World) -> None:
    draft = started(clinic, world, "inpatient")
    clinic.get(draft)
    text = piece(clinic, f"{draft}/service_details", {"admit_on": "soon", "admission_source": "emergency"})
    assert 'value="soon"' in text
    assert "Enter the admit date" in text
    assert clinic.get(draft).form(f"{draft}/service_details")["admission_source"] == "emergency"


def test_sections_that_ask_other_things_now_are_drawn_again(clinic: Browser, world: World) -> None:
    draft = started(clinic, world)
    clinic.get(draft)
    text = piece(clinic, f"{draft}/service_details", {"service_type": "home_health"})
    assert 'id="section-questionnaires-body"' in text
    assert 'id="section-documents-body"' in text
    assert 'id="section-providers-body"' not in text


def test_a_conflict_shows_both_and_overwrites_nothing(
    clinic: Browser, world: World, databases: Databases, shelf: ContractShelf
) -> None:
    draft = started(clinic, world)
    mark = seen(clinic.get(draft), "service_details")
    _colleague_saves(databases, shelf, world, draft)
    mine = {"service_type": "diabetic_care", "seen": mark}
    page = clinic.posted_page(f"{draft}/service_details", mine, status=409)
    assert "Blair Tester changed this section" in page.text
    kept = page.form(f"{draft}/service_details")
    assert kept["service_type"] == "diabetic_care"
    assert clinic.get(draft).form(f"{draft}/service_details")["service_type"] == "hospice"
    clinic.post(f"{draft}/service_details", {**kept, "go": "stay"})
    assert clinic.get(draft).form(f"{draft}/service_details")["service_type"] == "diabetic_care"


def test_a_conflict_while_typing_is_a_piece_of_the_page(
    clinic: Browser, world: World, databases: Databases, shelf: ContractShelf
) -> None:
    draft = started(clinic, world)
    mark = seen(clinic.get(draft), "service_details")
    _colleague_saves(databases, shelf, world, draft)
    mine = {"service_type": "diabetic_care", "seen": mark}
    text = piece(clinic, f"{draft}/service_details", mine, status=409)
    assert 'id="section-service_details-body"' in text
    assert "Theirs, saved" in text


def _colleague_saves(databases: Databases, shelf: ContractShelf, world: World, draft: str) -> None:
    with databases.app.session(MS) as session:
        drafts.save_section(
            session, shelf.good[MS].contract, UUID(draft.rsplit("/", 1)[1]), SectionName.SERVICE_DETAILS,
            {"service_type": "hospice"}, seen=Seen(), actor=world.colleague, now=NOW,
        )  # fmt: skip
        session.commit()


def test_codes_are_typed_pasted_picked_ordered_and_removed(clinic: Browser, world: World) -> None:
    draft = started(clinic, world)
    clinic.get(draft)
    clinic.post(f"{draft}/diagnoses/add", {"find": "s92.154B, R26.0"})
    picked = clinic.post(f"{draft}/diagnoses/add", {"find": "knee", "code": "icd10cm:M17.11"})
    assert "focus=diagnosis-code" in picked.headers["Location"]
    page = clinic.follow(picked)
    ids = page.form(f"{draft}/diagnoses/order")["order"].split(",")
    clinic.post(f"{draft}/diagnoses/order", {"move": f"{ids[2]}:up"})
    clinic.post(f"{draft}/diagnoses/order", {"remove": ids[0]})
    assert clinic.get(draft).form(f"{draft}/diagnoses/order")["order"] == f"{ids[2]},{ids[1]}"
    clinic.post(f"{draft}/diagnoses/order", {"order": f"{ids[1]},{ids[2]}"})
    assert clinic.get(draft).form(f"{draft}/diagnoses/order")["order"] == f"{ids[1]},{ids[2]}"


def test_words_are_searched_and_unknown_codes_are_told(clinic: Browser, world: World) -> None:
    draft = started(clinic, world)
    clinic.get(draft)
    hits = clinic.posted_page(f"{draft}/diagnoses/add", {"find": "osteoarthritis knee"}, status=200)
    assert "M17.12" in hits.text
    wrong = clinic.posted_page(f"{draft}/diagnoses/add", {"find": "Z99.999 Q1"})
    assert "We know no ICD10 code Z99.999" in wrong.text
    heading = clinic.posted_page(f"{draft}/diagnoses/add", {"find": "x", "code": "icd10cm:M17"})
    assert "M17 is a heading" in heading.text


def test_the_first_empty_field_of_a_new_line_is_where_one_goes_on(clinic: Browser, world: World) -> None:
    draft = started(clinic, world)
    clinic.get(draft)
    text = piece(clinic, f"{draft}/procedures/add", {"find": "e0141", "system": "cpt"})
    focused = re.findall(r'name="(line\.[^"]+)"[^>]*autofocus', text)
    assert [name.rsplit(".", 1)[1] for name in focused] == ["start_on"]


def test_a_code_is_kept_at_hand_and_let_go(clinic: Browser, world: World) -> None:
    draft = started(clinic, world)
    clinic.get(draft)
    clinic.post(f"{draft}/procedures/add", {"find": "E0141", "system": "hcpcs"})
    keep = {"system": "hcpcs", "code": "E0141"}
    clinic.post(f"{draft}/procedures/keep", keep)
    assert 'aria-pressed="true"' in clinic.get(draft).html
    clinic.post(f"{draft}/procedures/keep", keep)
    assert 'aria-pressed="true"' not in clinic.get(draft).html
    clinic.post(f"{draft}/procedures/keep", {"system": "hcpcs", "code": "E9999"}, status=404)


def test_a_provider_is_searched_chosen_and_left_out(clinic: Browser, world: World) -> None:
    draft = started(clinic, world)
    page = clinic.get(f"{draft}/providers/attending?q=sample")
    assert "Jane Sample" in page.text
    clinic.post(f"{draft}/providers/attending", {"provider": str(world.doctor)})
    assert "Jane Sample" in clinic.get(draft).text
    clinic.post(f"{draft}/providers/attending", {"leave_out": "yes"})
    assert "Jane Sample" not in clinic.get(draft).text
    clinic.get(f"{draft}/providers/facility", status=404)
    clinic.post(f"{draft}/providers/requesting", {"provider": "nonsense"}, status=404)


def test_a_note_is_saved_once_and_for_all(clinic: Browser, world: World) -> None:
    draft = started(clinic, world)
    clinic.get(draft)
    assert "Write the note" in clinic.posted_page(f"{draft}/notes", {"body": " "}).text
    piece(clinic, f"{draft}/notes/unsaved", {"body": "Please ca"})
    assert clinic.get(draft).form(f"{draft}/notes")["body"].strip() == "Please ca"
    clinic.post(f"{draft}/notes", {"body": "Please call."})
    page = clinic.get(draft)
    assert "Please call." in page.text
    assert page.form(f"{draft}/notes")["body"].strip() == ""


def test_a_draft_is_abandoned_after_a_question(clinic: Browser, world: World) -> None:
    draft = started(clinic, world)
    assert clinic.get(f"{draft}/cancel").heading == "Cancel Request"
    clinic.post(f"{draft}/cancel")
    clinic.get(draft, status=404)


@pytest.mark.parametrize("path", ["", "/cancel", "/providers/requesting", "/service_details", "/pieces"])
def test_another_groups_draft_does_not_exist(
    world: World, complete_draft: Draft, signed_in: SignedIn, path: str
) -> None:
    browser = Browser(signed_in(MS, world.stranger))
    browser.get(f"/drafts/{complete_draft(world)}{path}", status=404)


def test_nonsense_is_not_found(clinic: Browser, world: World) -> None:
    draft = started(clinic, world)
    clinic.get(f"{draft}/nonsense", status=404)
    clinic.get("/drafts/nonsense", status=404)
    clinic.post(f"{draft}/nonsense", status=404)
    clinic.get(f"{draft}/questionnaires/nonsense", status=404)


# ---------------------------------------------------------------- submitting


def test_submitting_too_early_names_what_is_missing_and_leads_there(clinic: Browser, world: World) -> None:
    draft = started(clinic, world)
    form = clinic.get(draft).form(f"{draft}/submit")
    page = clinic.posted_page(f"{draft}/submit", form)
    assert "Choose a service type. (Service Details)" in page.text
    opened = {one.get("id") for one in page.all("details") if one.get("open") is not None}
    assert {"section-service_details", "section-diagnoses", "section-procedures"} <= opened
    assert page.html.count("Choose a service type.") == 3, "in the list, in the panel, and beside the field"
    form = page.form(f"{draft}/service_details")
    text = piece(clinic, f"{draft}/service_details", {**form, "place_of_service": "home"})
    assert text.count("Choose a service type.") == 2, "one field mended, the other is still told"
    now_seen = re.findall(r'id="seen-service_details" value="(\w+)"', text)[0]
    form |= {"seen": now_seen, "place_of_service": "home", "service_type": "home_health"}
    assert "usa-error-message" not in piece(clinic, f"{draft}/service_details", form)


def test_two_dates_in_the_wrong_order_are_told_beside_the_field_while_they_are_typed(
    clinic: Browser, world: World
) -> None:
    draft = started(clinic, world)
    clinic.get(draft)
    clinic.post(f"{draft}/procedures/add", {"find": "E0141", "system": "hcpcs"})
    form = clinic.get(draft).form(f"{draft}/procedures")
    start, end = (next(name for name in form if name.endswith(word)) for word in (".start_on", ".end_on"))
    turned = piece(clinic, f"{draft}/procedures", {**form, start: "12/02/2026", end: "12/01/2026"})
    told = "Enter a requested end date on or after the requested start date."
    assert told in turned
    assert f"E0141: {told[0].lower()}{told[1:]}" in turned
    assert told in clinic.get(draft).text
    form = clinic.get(draft).form(f"{draft}/procedures")
    assert form["told"] == "yes"
    mended = piece(clinic, f"{draft}/procedures", {**form, end: "12/05/2026"})
    assert "on or after" not in mended


def test_a_complete_draft_becomes_a_case_and_its_address_leads_there(
    clinic: Browser, world: World, complete_draft: Draft
) -> None:
    draft = f"/drafts/{complete_draft(world)}"
    form = clinic.get(draft).form(f"{draft}/submit") | {"accepted": "yes"}
    first = clinic.post(f"{draft}/submit", form).headers["Location"]
    assert re.fullmatch(r"/cases/26327\d{4}\?submitted=", first)
    assert clinic.post(f"{draft}/submit", form).headers["Location"] == first
    page = clinic.get(first)
    assert "Submitted" in page.text
    clinic.get(draft, status=303)
    moved = clinic.post(f"{draft}/service_details", {"service_type": "hospice"})
    assert moved.headers["Location"] == first.split("?")[0]
    answer = clinic.post(f"{draft}/service_details", {}, status=204, headers={"HX-Request": "true"})
    assert answer.headers["HX-Redirect"] == first.split("?")[0]


def test_a_draft_changed_in_another_tab_is_looked_at_again(
    clinic: Browser, world: World, complete_draft: Draft
) -> None:
    draft = f"/drafts/{complete_draft(world)}"
    form = clinic.get(draft).form(f"{draft}/submit") | {"accepted": "yes"}
    clinic.post(f"{draft}/service_details", {"place_of_service": "home"})
    page = clinic.posted_page(f"{draft}/submit", form, status=409)
    assert "changed after you opened this page" in page.text


def test_a_ticked_disclaimer_is_kept(clinic: Browser, world: World, databases: Databases) -> None:
    draft = started(clinic, world)
    clinic.get(draft)
    assert "Tick the box" not in piece(clinic, f"{draft}/disclaimer", {"accepted": "yes"})
    with databases.app.session(MS) as session:
        assert session.get_one(Case, UUID(draft.rsplit("/", 1)[1])).disclaimer_version == "v1"
    assert "Tick the box" in piece(clinic, f"{draft}/disclaimer", {})


def test_a_look_alike_is_named_while_typing_and_a_copy_starts_from_it(
    clinic: Browser, world: World, complete_draft: Draft
) -> None:
    draft = f"/drafts/{complete_draft(world)}"
    form = clinic.get(draft).form(f"{draft}/submit") | {"accepted": "yes"}
    number = clinic.post(f"{draft}/submit", form).headers["Location"].split("/")[2].split("?")[0]
    copy = clinic.post(f"/cases/{number}/copy").headers["Location"]
    page = clinic.get(copy)
    assert "An earlier request looks alike" in page.text
    assert number in page.links()
    assert "E1399" in page.text
    assert "enter the requested start date" in page.text
    clinic.post("/cases/269990001/copy", status=404)


# ---------------------------------------------------------------- steps


@pytest.fixture
def step_draft(denver: Browser, colorado: World) -> str:
    denver.get("/cases/new")
    chosen = {"stage": "review", "category": "outpatient", "member": str(colorado.member), "act": "create"}
    return str(denver.post("/cases/new", chosen).headers["Location"]).split("?")[0]


@pytest.mark.parametrize(
    ("section", "heading"),
    [
        ("member", "Consumer Information"),
        ("providers", "Providers"),
        ("service_details", "Service Details"),
        ("diagnoses", "Diagnosis"),
        ("request", "Request"),
        ("procedures", "Procedures"),
        ("questionnaires", "Questionnaires"),
        ("documents", "Attachments"),
        ("notes", "Communications"),
        ("submit", "Review and Submit"),
    ],
)
def test_every_step_is_a_page_of_its_own(denver: Browser, step_draft: str, section: str, heading: str) -> None:
    assert denver.get(f"{step_draft}/{section}").heading == heading


def test_a_step_saves_and_leads_on(denver: Browser, step_draft: str) -> None:
    denver.get(f"{step_draft}/service_details")
    typed = {"service_type": "dme", "place_of_service": "home", "go": "next"}
    answer = denver.post(f"{step_draft}/service_details", typed)
    assert "at=diagnoses" in answer.headers["Location"]
    moved = denver.get(answer.headers["Location"], status=303)
    assert moved.headers["Location"].startswith(f"{step_draft}/diagnoses")


def test_a_draft_opens_at_the_first_step_that_needs_something(denver: Browser, step_draft: str) -> None:
    assert denver.get(step_draft, status=303).headers["Location"] == f"{step_draft}/service_details"


def test_the_review_shows_a_card_for_every_section_with_a_way_back(denver: Browser, step_draft: str) -> None:
    page = denver.get(f"{step_draft}/submit")
    assert page.links()["Update: Service Details"] == f"{step_draft}/service_details"
    assert "Agree" not in page.text, "nobody is asked to agree to what cannot be sent yet"
    refused = denver.posted_page(f"{step_draft}/submit", page.form(f"{step_draft}/submit"))
    assert "Choose a service type. (Service Details)" in refused.text


# ---------------------------------------------------------------- questionnaires


@pytest.fixture
def asking(denver: Browser, step_draft: str) -> str:
    denver.get(f"{step_draft}/service_details")
    denver.post(f"{step_draft}/service_details", {"service_type": "dme", "place_of_service": "home"})
    page = denver.get(f"{step_draft}/questionnaires")
    found = [href for href in page.links().values() if "/questionnaires/" in href]
    return found[0]


def test_a_questionnaire_is_saved_open_and_refused_until_it_is_complete(denver: Browser, asking: str) -> None:
    page = denver.get(asking)
    form = whole(page, asking)
    denver.post(asking, {**form, "go": "leave"})
    refused = denver.posted_page(asking, {**form, "go": "complete"})
    assert "Please correct" in refused.text
    assert all(href[1:] in refused.html for href in refused.links().values() if href.startswith("#"))


def test_an_entry_is_added_and_removed(denver: Browser, asking: str) -> None:
    page = denver.get(asking)
    form = whole(page, asking)
    groups = re.findall(r'name="more" value="([^"]+)"', page.html)
    if not groups:
        pytest.skip("the first questionnaire has no repeated question")
    inner = re.findall(rf'name="(q\.{groups[0]}\.0\.[a-z_]+)"', page.html)[0]
    more = denver.posted_page(asking, {**form, inner: "Cane", "more": groups[0]}, status=200)
    assert f"q.{groups[0]}.1." in more.html
    less = denver.posted_page(asking, {**whole(more, asking), "drop": f"q.{groups[0]}.0"}, status=200)
    assert 'value="Cane"' not in less.html


def test_answers_are_kept_as_they_are_given(denver: Browser, asking: str) -> None:
    page = denver.get(asking)
    text = str(next(one.get("name") for one in page.all("textarea")))
    answer = piece(denver, asking, {**whole(page, asking), text: "Cannot walk 50 feet."})
    assert "Saved" in answer
    assert denver.get(asking).form(asking)[str(text)].strip() == "Cannot walk 50 feet."


def test_every_page_of_a_draft_is_looked_at_with_faults_too(denver: Browser, step_draft: str) -> None:
    denver.get(f"{step_draft}/providers")
    look_at(denver.post(f"{step_draft}/providers", {"fax.requesting": "12"}, status=422))
