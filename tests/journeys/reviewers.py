"""The payer's people at their desks: the acts of reviewing in a real browser, named as the reviewer would name them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from playwright.sync_api import Page, expect

from tests.journeys.conftest import Live, OpenPage

CRITERION, CHANGE = "A trial of two weeks with the usual means.", "Notes of such a trial."


@dataclass(slots=True)
class Reviewer:
    """One reviewer's browser window at one tenant."""

    live: Live
    page: Page
    slug: str

    def work(self) -> None:
        """Open the worklist."""
        self.page.goto(self.live.address(self.slug, "/review"))

    def find(self, number: str, label: str = "R01") -> None:
        """Open a request from the worklist."""
        self.work()
        row = self.page.get_by_role("row").filter(has_text=number).filter(has_text=label)
        row.get_by_role("link", name=number).click()
        expect(self.page.get_by_role("heading", level=1)).to_have_text(f"Review {number}, {label}")

    def take(self) -> None:
        """Take the request that is open."""
        self.press("Take this request")
        self.told("This request is yours.")

    def ask(self, item: str, message: str) -> None:
        """Ask the provider for one thing of the checklist, with a message."""
        self.page.get_by_text(item, exact=True).click()
        self.page.get_by_label("Message to the provider").fill(message)
        self.press("Ask the provider")
        self.told("The provider was asked.")

    def send_up(self, why: str) -> None:
        """Send the request to the physicians."""
        self.page.get_by_label("Send up: why").fill(why)
        self.press("Send up")
        self.told("The request was sent up.")

    def choose(self, place: int, decision: str, reason: str, more: Mapping[str, str] | None = None) -> None:
        """Fill in the decision on one line, counted from 0."""
        line = self.page.locator("fieldset.c-line").nth(place)
        line.get_by_label("Decision", exact=True).select_option(label=decision)
        line.get_by_label("Reason", exact=True).select_option(label=reason)
        if more:
            details = line.locator("details")
            if details.get_attribute("open") is None:
                details.locator("summary").click()
            for label, text in more.items():
                line.get_by_label(label, exact=False).fill(text)

    def record(self) -> None:
        """Record what was chosen."""
        self.press("Record the decision")

    def book_first(self, number: str) -> str:
        """Book the first of the times a provider offers; the time in words."""
        self.work()
        self.page.get_by_role("link", name="Talks and changes").first.click()
        card = self.page.locator("section.c-card").filter(has_text=number)
        times = card.get_by_label("Time, as the clinician's clock shows it")
        words = times.locator("option").first.inner_text()
        card.get_by_role("button", name="Book").click()
        expect(card.get_by_text("Booked").first).to_be_visible()
        return words

    def press(self, name: str) -> None:
        """Press a button of the page."""
        self.page.get_by_role("button", name=name, exact=True).click()

    def told(self, text: str) -> None:
        """Wait until the page says this."""
        expect(self.page.get_by_text(text).first).to_be_visible()


def at_work(live: Live, open_page: OpenPage, slug: str, subject: str) -> Reviewer:
    """Somebody of the staff, signed in at a tenant through the identity provider."""
    page = open_page()
    page.route(re.compile("^https:"), lambda route: route.fulfill(body="", content_type="text/css"))
    page.goto(live.address(slug, "/staff/start?next=/review"))
    page.get_by_role("button", name=subject).click()
    page.wait_for_url(re.compile(re.escape(live.address(slug, "/review"))))
    return Reviewer(live, page, slug)
