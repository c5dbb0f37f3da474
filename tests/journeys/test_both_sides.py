"""A request and everything after it, both sides of the counter at work in their own browsers: one story per state."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Page, expect

from app.accounts import staff_recognition
from app.domain.calendars import business_calendar
from app.web.request import portal_of
from tenancy.contract import Contract
from tests.fourth import SLUG as FOURTH
from tests.identity import Vouching, running
from tests.journeys import referral
from tests.journeys import test_request_in_sections as sections
from tests.journeys import test_request_in_steps as steps
from tests.journeys import third_file as third
from tests.journeys.axe import SIDEWAYS, must_be_accessible
from tests.journeys.conftest import NARROW, WIDE, Live, OpenPage, only_at_full_size
from tests.journeys.office import PDF, Desk, load_codes, send_mail
from tests.journeys.reviewers import CHANGE, CRITERION, Reviewer, at_work

pytestmark = [pytest.mark.browser, pytest.mark.slow]

Shoot = Callable[[Page, str], Path]
ITEM = "Medical records that support the request"
SHOWN_FIRST = {"hearing": "colorado"}
"""The state whose story looks at a page in both widths, unless it is Mississippi's."""
PARTLY = {"Criterion not met": CRITERION, "What would change the decision": CHANGE}


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Vouching]:
    with running(tmp_path_factory.mktemp("identity")) as started:
        yield started


@pytest.fixture
def story(
    live: Live,
    provider: Vouching,
    sign_in_by_hand: Callable[..., Page],
    open_page: OpenPage,
    shoot: Shoot,
    tmp_path: Path,
) -> Iterator[Callable[[str], Story]]:
    """Opens a state's story: the clinic's browser, and whoever of the staff is asked for."""
    portal = portal_of(live.app)
    kept, portal.settings = portal.settings, replace(portal.settings, port=live.port)
    provider.serve(live.app)
    load_codes(live)

    def begin(slug: str) -> Story:
        desk = Desk(live, sign_in_by_hand(slug), slug)
        rules = portal.tenants[slug].contract
        return Story(live, desk, open_page, shoot, tmp_path, rules, earlier=frozenset(in_the_sink(live)))

    yield begin
    portal.settings = kept
    live.app.extensions.pop(staff_recognition.EXTENSION)


@dataclass(slots=True)
class Story:
    """Both sides of one case."""

    live: Live
    desk: Desk
    open_page: OpenPage
    shoot: Shoot
    folder: Path
    rules: Contract
    number: str = ""
    earlier: frozenset[str] = frozenset()

    @property
    def page(self) -> Page:
        return self.desk.page

    def reviewer(self, subject: str) -> Reviewer:
        return at_work(self.live, self.open_page, self.desk.slug, subject)

    def look(self, page: Page, name: str) -> None:
        """The page is accessible and fits both widths: narrow where a state is the first to show it."""
        for size in (NARROW, WIDE):
            page.set_viewport_size(size)  # type: ignore[arg-type]
            if size is WIDE or self.desk.slug == SHOWN_FIRST.get(name, "mississippi"):
                must_be_accessible(page)
            assert page.evaluate(SIDEWAYS) <= 0, f"{name} scrolls sideways"
            self.shoot(page, f"{name}-{size['width']}")

    def open_case(self, tile: str = "Completed") -> None:
        """From Home the case is two clicks away, and where it stands is on its page."""
        self.desk.go("/")
        self.page.locator(".c-tile").filter(has=self.page.get_by_text(tile, exact=True)).click()
        self.page.get_by_role("link", name=self.number).first.click()
        expect(self.page.get_by_role("heading", level=1)).to_have_text(f"Case {self.number}")

    def ask_for(self, action: str) -> None:
        """Use the Actions menu, or the right or the list of notes, as the contract says."""
        if self.rules.actions.channel == "forms":
            self.page.locator("#actions > summary").click()
        else:
            expect(self.page.locator("details#actions")).to_have_count(0)
        self.page.locator(".c-after").get_by_role("link", name=action, exact=True).click()
        expect(self.page.get_by_role("heading", level=1)).to_have_text(action)

    def mailed(self) -> list[str]:
        """The mails about the case, after the worker ran; not one holds health data or a name."""
        send_mail(self.live.app, self.desk.slug)
        about = [words for key, words in in_the_sink(self.live).items() if key not in self.earlier]
        for words in about:
            assert self.number in words
            for secret in ("Sandoval", "Avery", "1977", "S92.154", "R26", "K0001", "70551", "denied", CRITERION):
                assert secret.lower() not in words.lower()
        return about


def in_the_sink(live: Live) -> dict[str, str]:
    """Every mail the demo's mailbox shows, by its id."""
    ask = Request(f"http://127.0.0.1:{live.port}/messages.json", headers={"Host": f"mail.localhost:{live.port}"})
    with urlopen(ask, timeout=10) as answer:
        return {one["id"]: json.dumps(one) for one in json.load(answer)}


# ---------------------------------------------------------------- what happens in every state


def it_goes_up_to_a_physician(story: Story) -> tuple[Reviewer, Reviewer, Reviewer]:
    """A nurse asks for more and sends the case up; the nurse, the physician who took it, and another one."""
    nurse, owen, ines = (story.reviewer(who) for who in ("nora.quinn", "owen.adler", "ines.calder"))
    story.look(nurse.page, "worklist")
    information_is_asked_for_and_comes(story, nurse)
    owen.find(story.number)
    owen.take()
    story.look(owen.page, "review")
    return nurse, owen, ines


def information_is_asked_for_and_comes(story: Story, nurse: Reviewer) -> None:
    """The nurse takes the case and asks; the provider answers on the case; the nurse sends it up."""
    nurse.find(story.number)
    nurse.take()
    item = next(iter(story.rules.review.information.items.values()))
    nurse.ask(item, "Please send the notes of the last visit.")
    expect(nurse.page.get_by_text("An answer is awaited until")).to_be_visible()
    assert len(story.mailed()) == 2
    story.open_case("Submitted")
    expect(story.page.get_by_text("Information needed by")).to_be_visible()
    story.look(story.page, "information-needed")
    story.page.get_by_role("link", name="Answer now").click()
    story.page.get_by_label(item).fill("They are in the file.")
    (story.folder / "notes.pdf").write_bytes(PDF)
    story.page.get_by_label("Documents", exact=True).set_input_files(story.folder / "notes.pdf")
    story.page.get_by_label("Document type").select_option(index=1)
    story.look(story.page, "answering")
    story.page.get_by_role("button", name="Send the answer").click()
    expect(story.page.get_by_role("heading", level=1)).to_have_text(f"Case {story.number}")
    expect(story.page.get_by_text("Information needed by")).to_have_count(0)
    nurse.find(story.number)
    expect(nurse.page.get_by_text("They are in the file.")).to_be_visible()
    expect(nurse.page.get_by_role("link", name="notes.pdf")).to_be_visible()
    nurse.send_up("Not all of it meets the criteria.")


def the_letter_is_opened(story: Story, words: str, kind: str = "PartialApproval") -> None:
    """The mail came, the outcome is two clicks from Home, the letter is a tagged PDF under its own name."""
    assert len(story.mailed()) == 4, "sent, asked, answered, decided"
    story.open_case()
    expect(story.page.locator("main").get_by_text(words).first).to_be_visible()
    story.look(story.page, "decided")
    link = story.page.get_by_role("link", name=re.compile(rf"^UM_{kind}-{story.number}-01\.pdf$"))
    with story.page.expect_download() as download:
        link.click()
    assert download.value.suggested_filename == f"UM_{kind}-{story.number}-01.pdf"
    content = download.value.path().read_bytes()
    assert content.startswith(b"%PDF-")
    assert b"/StructTreeRoot" in content


def a_talk_is_booked(story: Story, action: str, booker: Reviewer) -> None:
    """Three times are offered; the physician takes the first; the provider sees it."""
    story.ask_for(action)
    calendar, now = business_calendar(story.rules), story.live.app.config["CLOCK"]()
    first = calendar.local_day(now) + timedelta(days=2)
    story.page.get_by_role("button", name="Submit").click()
    expect(story.page.get_by_text("Give at least 3 dates and times.").first).to_be_visible()
    story.page.get_by_label("Who will talk with us").fill("Jane Sample, MD")
    story.page.get_by_label("Direct phone number").fill("601-555-0100")
    for place in (1, 2, 3):
        day = calendar.business_days_after(first, place)
        story.page.get_by_label(f"Day {place}").fill(f"{day:%m/%d/%Y}")
        story.page.get_by_label(f"Time {place}").fill("10:15 AM")
    story.look(story.page, "talk")
    story.page.get_by_role("button", name="Submit").click()
    expect(story.page.get_by_text("Asked for, not booked yet").first).to_be_visible()
    words = booker.book_first(story.number)
    story.look(booker.page, "booked")
    story.open_case()
    story.page.get_by_role("link", name="Open the talk").first.click()
    expect(story.page.get_by_text(words).first).to_be_visible()
    expect(story.page.get_by_role("link", name="Put it in your calendar")).to_be_visible()
    story.open_case()


def another_look_overturns_it(
    story: Story, action: str, same: Reviewer, other: Reviewer, choose: Callable[[Reviewer], None]
) -> None:
    """With documents; whoever refused is turned away, another physician grants it, the provider is told."""
    story.ask_for(action)
    if grounds := story.rules.rights["reconsideration"].grounds:
        story.page.get_by_text(next(iter(grounds.values())), exact=True).click()
    story.page.get_by_label("Notes").fill("The trial is described in the notes.")
    story.page.get_by_label("Documents").set_input_files(story.folder / "notes.pdf")
    story.page.get_by_label("Document type").select_option(index=1)
    story.look(story.page, "reconsideration")
    story.page.get_by_role("button", name="Submit").click()
    expect(story.page.locator("#r01-asked").get_by_text("Looked at again")).to_be_visible()
    same.find(story.number)
    choose(same)
    same.record()
    expect(same.page.get_by_text("Somebody who had no part in that decision").first).to_be_visible()
    other.find(story.number)
    other.take()
    choose(other)
    other.record()
    other.told("The request is decided.")
    talked = 2 if "peer_to_peer" in story.rules.rights else 0
    assert len(story.mailed()) >= 6 + talked, "and a talk asked for and booked, another look asked for, decided again"
    story.open_case()
    expect(story.page.get_by_text("Decision changed")).to_be_visible()
    story.look(story.page, "overturned")


# ---------------------------------------------------------------- the states


def test_a_stay_is_cut_talked_about_granted_and_goes_on(story: Callable[[str], Story]) -> None:
    told = story("mississippi")
    told.number = sections.ask_for_a_stay(told.desk)
    sections.the_case_is_found_again(told.desk, told.number, told.shoot)
    nurse, owen, ines = it_goes_up_to_a_physician(told)
    fewer = {"Units": "2", "Last certified day": "12/02/2026"}
    owen.choose(0, "Approve in part", told.rules.review.reasons["not_necessary"].label, fewer | PARTLY)
    owen.record()
    owen.told("The request is decided.")
    the_letter_is_opened(told, CRITERION)
    expect(told.page.get_by_text(re.compile(r"until .*\(1 business day\)"))).to_be_visible()
    a_talk_is_booked(told, "Ask for a Peer-to-Peer Review", ines)
    met = told.rules.review.reasons["criteria_met"].label
    another_look_overturns_it(
        told, "Ask for a Reconsideration", owen, ines, lambda who: who.choose(0, "Approve as asked", met)
    )
    the_stay_goes_on(told, nurse)


def the_stay_goes_on(story: Story, nurse: Reviewer) -> None:
    """Further days as request R02: the first day is there already, and the nurse finds it in the worklist."""
    page = story.page
    page.locator("#actions").get_by_role("link", name="Extend").click()
    expect(page.get_by_text("Do you want to extend this record?")).to_be_visible()
    page.get_by_role("button", name="Yes").click()
    page.wait_for_url(re.compile(r"/drafts/"))
    expect(page.get_by_text("A change to these diagnoses changes them for every request").first).to_be_attached()
    story.look(page, "further")
    expect(page.get_by_label("Admit Date")).to_have_value("12/01/2026")
    page.locator("details.c-section:not([open])").evaluate_all("all => all.forEach(one => (one.open = true))")
    start = page.locator('[name="stay.start_on"]').input_value()
    assert start
    last = datetime.strptime(start, "%m/%d/%Y") + timedelta(days=3)  # noqa: DTZ007 - a day
    page.locator('[name="stay.end_on"]').fill(f"{last:%m/%d/%Y}")
    page.locator('[name="stay.duration"]').fill("4")
    page.locator('[name="stay.duration"]').press("Tab")
    page.locator("#form-submit").get_by_text("I understand that precertification").click()
    page.get_by_role("button", name="Submit").last.click()
    page.wait_for_url(re.compile(rf"/cases/{story.number}"))
    expect(page.get_by_role("heading", name="Clinical, request R02")).to_be_visible()
    nurse.find(story.number, "R02")


def test_equipment_is_partly_granted_talked_about_and_granted(story: Callable[[str], Story]) -> None:
    told = story("colorado")
    told.number = steps.ask_for_a_wheelchair(told.desk, told.rules, told.folder, told.shoot)
    _, owen, ines = it_goes_up_to_a_physician(told)
    shorter = {"Units": "1", "Last certified day": "12/15/2026"}
    owen.choose(0, "Approve in part", told.rules.review.reasons["not_necessary"].label, shorter | PARTLY)
    owen.record()
    owen.told("The request is decided.")
    the_letter_is_opened(told, CRITERION)
    expect(told.page.get_by_text(re.compile(r"State Fair Hearing until .*\(60 calendar days\)"))).to_be_visible()
    the_hearing_is_explained(told)
    a_talk_is_booked(told, "Request Peer To Peer Review", ines)
    met = told.rules.review.reasons["criteria_met"].label
    another_look_overturns_it(told, "Reconsideration", owen, ines, lambda who: who.choose(0, "Approve as asked", met))


def the_hearing_is_explained(story: Story) -> None:
    """How the member asks for a hearing, until when and where, with a form to take along."""
    page = story.page
    page.get_by_role("link", name=re.compile("How to ask")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("State Fair Hearing")
    story.look(page, "hearing")
    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile("PDF")).click()
    assert download.value.suggested_filename == f"fair_hearing-{story.number}-R01.pdf"
    story.open_case()


def test_one_of_two_images_is_denied_talked_about_and_granted(story: Callable[[str], Story]) -> None:
    told = story("west_virginia")
    told.number = third.ask_for_two_images(told.desk, told.rules)
    _, owen, ines = it_goes_up_to_a_physician(told)
    reasons = told.rules.review.reasons
    owen.choose(0, "Approve as asked", reasons["criteria_met"].label)
    owen.choose(1, "Deny", reasons["not_necessary"].label, PARTLY)
    owen.record()
    owen.told("The request is decided.")
    the_letter_is_opened(told, CRITERION)
    expect(told.page.get_by_text(re.compile(r"State Fair Hearing until .*\(90 calendar days\)"))).to_be_visible()
    a_talk_is_booked(told, "Ask for a Peer-to-Peer Review", ines)
    another_look_overturns_it(
        told, "Ask for a Reconsideration", owen, ines,
        lambda who: who.choose(0, "Approve as asked", reasons["criteria_met"].label),
    )  # fmt: skip


@only_at_full_size
def test_a_nurse_is_denied_and_granted_at_a_second_look(story: Callable[[str], Story]) -> None:
    told = story(FOURTH)
    referral.find_the_child(told.desk, told.rules, referral.a_child(told.live))
    referral.write_the_referral(told.desk, told.rules, told.folder)
    told.number = referral.send_it(told.desk, told.rules)
    _, owen, ines = it_goes_up_to_a_physician(told)
    reasons = told.rules.review.reasons
    owen.choose(0, "Deny", reasons["not_necessary"].label, PARTLY)
    owen.record()
    owen.told("The request is decided.")
    the_letter_is_opened(told, CRITERION, "Denial")
    expect(told.page.get_by_text("The Children's Ombudsman").first).to_be_visible()
    for absent in ("Extend", "Copy", "Discharge", "Peer"):
        expect(told.page.locator("#actions").get_by_role("link", name=absent)).to_have_count(0)
    met = reasons["criteria_met"].label
    another_look_overturns_it(told, "Ask Again", owen, ines, lambda who: who.choose(0, "Approve as asked", met))
