"""Takes the guide's pictures from a running portal, in a browser nobody sees. Knows pages by their addresses only.

Playwright is among the packages for development; where it is missing, the guide is made without new pictures.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyotp

from tenancy.loader import LoadedContract
from tenancy.vocabulary import Category, Presentation

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chromium-headless-shell")
WIDTH, HEIGHT = 960, 600
ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking")
_WAIT_MS = 15_000
_SHOW = "name => { const part = document.getElementById(name); part.open = true; part.scrollIntoView(); }"


class DemoAway(Exception):
    """No demo is running from the folder, the browser is missing, or the demo does not know the contract."""


def take_pictures(loaded: LoadedContract, tenant: Mapping[str, Any], out: Path, *, browser: str) -> Iterator[Path]:
    """Take each picture of a contract's guide and keep it under ``out``; the files in order. Raises DemoAway.

    ``tenant`` is where it is shown: its ``url``, and its made-up ``users`` and ``members``.
    """
    try:
        from playwright.sync_api import Error, sync_playwright
    except ModuleNotFoundError:
        raise DemoAway("Pictures need the packages of requirements-dev.txt.") from None
    out.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=browser, args=list(ARGUMENTS))
        try:
            yield from _taken(started, loaded, tenant, out)
        except Error as error:
            raise DemoAway(f"The demo did not answer as expected: {error.message.splitlines()[0]}") from None
        finally:
            started.close()


def browser_of(named: str | None) -> str:
    """The browser that is named, or Chromium of this machine. Raises DemoAway."""
    found = named or next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if found is None:
        raise DemoAway("No browser was found. Install Chromium, or name one with --browser.")
    return found


def tenant_of_demo(state: Path, slug: str) -> dict[str, Any]:
    """Where the demo of a state folder shows a contract. Raises DemoAway."""
    summary = state / "demo.json"
    if not summary.is_file():
        raise DemoAway(f"No demo was prepared in {state}.")
    found: dict[str, Any] | None = json.loads(summary.read_text(encoding="utf-8"))["tenants"].get(slug)
    if found is None:
        raise DemoAway(
            f"The demo in {state} has no tenant {slug}. If a preview of it is up: charter preview pictures {slug}"
        )
    return found


def _taken(started: Browser, loaded: LoadedContract, tenant: Mapping[str, Any], out: Path) -> Iterator[Path]:
    home = tenant["url"].rstrip("/")
    page = started.new_context(viewport={"width": WIDTH, "height": HEIGHT}, reduced_motion="reduce").new_page()
    page.set_default_timeout(_WAIT_MS)
    page.goto(f"{home}/sign-in")
    yield _kept(page, out / "sign-in.png")
    _sign_in(page, home, tenant["users"][0])
    yield _kept(page, out / "home.png")
    page.goto(f"{home}/setup/users")
    yield _kept(page, out / "people.png")
    draft = _new_draft(page, home, tenant["members"][0])
    yield _kept(page, out / "request.png")
    by_steps = loaded.contract.intake.presentation is Presentation.STEPS
    if by_steps:
        page.goto(f"{draft}/documents")
    else:
        page.evaluate(_SHOW, "section-documents")
    yield _kept(page, out / "documents.png", is_at_top=by_steps)
    if case := _first_case(page, home):
        page.goto(f"{home}{case}")
        yield _kept(page, out / "case.png")


def _new_draft(page: Page, home: str, member: dict[str, Any]) -> str:
    """Begin a request for one of the demo's people; its address."""
    page.goto(f"{home}/cases/new")
    page.locator(f'[name=category][value="{Category.OUTPATIENT}"]').focus()
    page.keyboard.press("Space")
    if (onward := page.locator('[name=act][value="to_member"]')).count():
        onward.click()
    page.locator("[name=member_number]").fill(member["member_number"])
    page.locator('[name=act][value="search"]').click()
    page.locator("#found-title").wait_for()
    if (choose := page.locator("button[name=member]")).count():
        choose.first.click()
    page.locator('[name=act][value="create"]').click()
    page.wait_for_url("**/drafts/**")
    return "/".join(page.url.partition("#")[0].split("/")[:5])


def _first_case(page: Page, home: str) -> str:
    """A submitted case, or a decided one where none waits; empty where there is none."""
    page.goto(f"{home}/")
    for tile in (3, 4):
        page.locator(".c-tile").nth(tile).click()
        if found := _first_link(page, "/cases/2"):
            return found
    return ""


def _sign_in(page: Page, home: str, user: dict[str, Any]) -> None:
    page.locator("[name=username]").fill(user["username"])
    page.locator("[name=password]").fill(user["password"])
    page.locator("form button[type=submit]").first.click()
    page.goto(f"{home}/sign-in/code?use=totp")
    page.locator("[name=code]").fill(pyotp.TOTP(user["totp_secret"]).now())
    page.locator("[name=code]").press("Enter")
    page.wait_for_url(f"{home}/")


def _first_link(page: Page, start: str) -> str:
    """The first address on the page that begins so; empty where there is none."""
    found = page.locator(f'a[href^="{start}"]')
    return (found.first.get_attribute("href") or "").partition("#")[0] if found.count() else ""


def _kept(page: Page, path: Path, *, is_at_top: bool = True) -> Path:
    """A picture of the page as its users will see it: a preview's note is of the draft, not of the portal."""
    page.evaluate("document.querySelectorAll('.c-preview').forEach(note => note.remove())")
    if is_at_top:
        page.evaluate("scrollTo(0, 0)")
    page.screenshot(path=path)
    return path
