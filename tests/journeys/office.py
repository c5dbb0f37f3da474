"""A person at a clinic's desk: the acts of making a request in a real browser, named as the person would name them.

With ``keyboard`` set nothing is ever clicked: controls are reached by Tab and worked by keys.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from flask import Flask
from playwright.sync_api import Locator, Page, expect
from playwright.sync_api import TimeoutError as NeverCame

from app.worker import works_from
from tests.journeys.conftest import Live
from tests.rooms.cases.people import some_codes

_MOST_TABS = 220
PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
    b"trailer<</Root 1 0 R>>\n%%EOF\n"
)


@dataclass(slots=True)
class Desk:
    """One person's browser window at one tenant."""

    live: Live
    page: Page
    slug: str
    keyboard: bool = False

    def go(self, path: str) -> None:
        """Open an address of the tenant."""
        self.page.goto(self.live.address(self.slug, path))

    # ---- reaching and working controls -----------------------------------------------------

    def reach(self, control: Locator) -> None:
        """Put the focus on a control."""
        expect(control).to_have_count(1)
        if not self.keyboard:
            control.focus()
            return
        wanted = control.element_handle()
        for _ in range(_MOST_TABS):
            if wanted.evaluate("element => element === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"{control} was not reached by Tab")

    def press(self, name: str, *, within: str = "main") -> None:
        """Press the button or follow the link of this name."""
        control = (
            self.page.locator(within)
            .get_by_role("button", name=name)
            .or_(self.page.locator(within).get_by_role("link", name=name))
        )
        target = control.first
        if self.keyboard:
            self.reach(target)
            self.page.keyboard.press("Enter")
        else:
            target.click()

    def type(self, label: str, text: str, *, within: str = "main") -> None:
        """Fill the text field with this label and leave it, so that it saves itself."""
        field = self.page.locator(within).get_by_label(label, exact=False).first
        self.reach(field)
        field.press("ControlOrMeta+a")
        self.page.keyboard.type(text)
        self.page.keyboard.press("Tab")

    def choose(self, label: str, option: str, *, within: str = "main") -> None:
        """Choose from the list with this label."""
        field = self.page.locator(within).get_by_label(label, exact=False).first
        self.reach(field)
        if self.keyboard:
            self.page.keyboard.type(option)
            self.page.keyboard.press("Tab")
        else:
            field.select_option(label=option)
        expect(field.locator("option:checked")).to_have_text(option)

    def tick(self, label: str, *, within: str = "main") -> None:
        """Tick the box or choose the radio button with this label."""
        control = self.page.locator(within).get_by_label(label, exact=False).first
        if self.keyboard and control.get_attribute("type") == "radio":
            self._walk_radios(control)
            return
        self.reach(control)
        self.page.keyboard.press("Space")
        expect(control).to_be_checked()

    def _walk_radios(self, control: Locator) -> None:
        """Tab reaches a group of radio buttons once; arrows move inside it."""
        name, wanted = control.get_attribute("name"), control.element_handle()
        for _ in range(_MOST_TABS):
            if self.page.evaluate("document.activeElement.name") == name:
                break
            self.page.keyboard.press("Tab")
        for _ in range(20):
            if wanted.evaluate("element => element === document.activeElement && element.checked"):
                return
            inside = wanted.evaluate("element => element === document.activeElement")
            self.page.keyboard.press("Space" if inside else "ArrowDown")
        raise AssertionError("the radio button was not reached by arrows")

    # ---- the job -----------------------------------------------------------------------------

    def add_code(self, box: str, typed: str, shown: str) -> None:
        """Look a code up and take the first hit; ``box`` is ``diagnosis`` or ``procedure``."""
        field = self.page.locator(f"#{box}-code")
        self.reach(field)
        self.page.keyboard.type(typed)
        expect(self.page.locator(".c-result").filter(has_text=shown).first).to_be_visible()
        self.page.keyboard.press("ArrowDown")
        expect(self.page.locator(".c-result:focus")).to_contain_text(shown)
        self.page.keyboard.press("Enter")
        expect(self.page.get_by_role("button", name=re.compile(rf"Remove\s+{re.escape(shown)}"))).to_be_visible()

    def type_line(self, field: str, text: str) -> None:
        """Fill a field of the last procedure line or of the stay, by the name it is stored under."""
        control = self.page.locator(f'[name$=".{field}"]').last
        self.reach(control)
        control.press("ControlOrMeta+a")
        self.page.keyboard.type(text)
        self.page.keyboard.press("Tab")

    def upload(self, folder: Path, name: str = "order.pdf", content: bytes = PDF) -> None:
        """Add a file to the draft."""
        path = folder / name
        path.write_bytes(content)
        self.page.set_input_files("#upload", path)
        button = self.page.get_by_role("button", name="Upload")
        if button.is_visible():
            button.click()

    def date_document(self, on: date) -> None:
        """Enter the date on the last file, where its age is limited."""
        field = self.page.locator('[name^="document."][name$=".date"]').last
        field.fill(f"{on:%m/%d/%Y}")
        field.press("Tab")

    def left(self) -> str:
        """What the panel says is missing."""
        return self.page.locator("#missing-panel").inner_text()

    def expect_left(self, text: str) -> None:
        """Wait until the panel says this."""
        expect(self.page.locator("#missing-panel")).to_contain_text(text)

    def expect_nothing_left_but(self, number: int) -> None:
        """Wait until so many things are left."""
        word = "Ready to submit" if not number else f"{number} thing{'s' if number > 1 else ''} left"
        self.expect_left(word)

    def case_id(self) -> str:
        """The Case ID on the page of the case."""
        try:
            self.page.wait_for_url(re.compile(r"/cases/\d{9,}"))
        except NeverCame as error:
            raise AssertionError(self.page.locator("main").inner_text()[:3000]) from error
        found = re.search(r"/cases/(\d{9,})", self.page.url)
        assert found is not None
        return found[1]


def load_codes(live: Live) -> None:
    """A few codes that journeys look up."""
    with live.app.extensions["charter"].databases.control.session() as control:
        some_codes(control)


def send_mail(app: Flask, slug: str) -> None:
    """What the worker does within seconds: hand over what is due."""
    works = works_from(app.extensions["charter"].settings)
    works.drain_tenant(slug)
    works.databases.close()
