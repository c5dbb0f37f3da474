"""Whether times tell what answers hide: known against unknown, 500 tries each, taken in turns, at every open door.

Sign-in (wrong password; by user name and by e-mail address), forgotten password, a fresh enrolment link (without and
with a password), and the registration's first page (an organization that is registered against one that is not).
Prints the gap of the medians.
Limit: 5 ms at each door.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flask import Flask
from sqlalchemy import select

from app.accounts.invitations import new_account
from app.accounts.passwords import hashed
from app.directory.models import Provider
from app.factory import create_app
from app.settings import Settings
from app.web.request import portal_of
from launch import postgres
from launch.children import Children
from tenancy.vocabulary import AccountField
from tests.databases import Clone
from tests.pages import Browser
from tests.people import Town, settle

SLUG = "colorado"
BEGUN = "quiet mill rode on"
LIMIT_MS = 5.0
WARM_UP = 20
Door = tuple[str, Callable[[], None], Callable[[], None]]


def main() -> None:
    """Measure on a database of its own and print the gaps."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tries", type=int, default=500)
    tries = parser.parse_args().tries
    with tempfile.TemporaryDirectory() as folder, Children() as children:
        server = postgres.start(children, Path(folder), password="of-one-run")
        clone = Clone.made(server.dsn, "bench_enumeration")
        try:
            gaps = [_gap(door, tries) for door in _doors(clone, Path(folder))]
        finally:
            clone.drop()
            postgres.remove_cluster(Path(folder))
    if max(gaps) > LIMIT_MS:
        sys.exit(1)


def _gap(door: Door, tries: int) -> float:
    name, known, unknown = door
    took: tuple[list[float], list[float]] = ([], [])
    with contextlib.redirect_stdout(io.StringIO()):
        for turn in range(tries + WARM_UP):
            for place, ask in ((0, known), (1, unknown)) if turn % 2 else ((1, unknown), (0, known)):
                began = time.perf_counter()
                ask()
                if turn >= WARM_UP:
                    took[place].append((time.perf_counter() - began) * 1000)
    medians = [statistics.median(one) for one in took]
    gap = abs(medians[0] - medians[1])
    print(f"{name}: known {medians[0]:.1f} ms, unknown {medians[1]:.1f} ms, gap {gap:.1f} ms (limit {LIMIT_MS:.0f} ms)")
    return gap


class _Visitor:
    """A person whose every try comes a day after the last, so that no limit is met."""

    def __init__(self, app: Flask) -> None:
        self.app, self.now = app, datetime(2026, 11, 23, 16, 0, tzinfo=UTC)
        app.config["CLOCK"] = lambda: self.now
        self.host = f"{portal_of(app).tenants[SLUG].contract.identity.subdomain}.localhost"

    def at(self, page: str, data: dict[str, str]) -> Callable[[], None]:
        """A try at one door, in a browser of its own."""
        client = self.app.test_client()
        client.environ_base["HTTP_HOST"] = self.host
        browser = Browser(client)
        browser.get(page)
        form = {"csrf_token": browser.token, **data}

        def ask() -> None:
            self.now += timedelta(days=1, hours=1)
            answer = client.post(page, data=form, base_url=browser.address)
            if answer.status_code not in (303, 422):
                raise SystemExit(f"{page} answered {answer.status_code}")

        return ask


def _doors(clone: Clone, folder: Path) -> list[Door]:
    app = create_app(_settings(clone, folder))
    visitor = _Visitor(app)
    town = settle(app, SLUG, now=visitor.now)
    _somebody_unfinished(app, visitor.now)
    known, nobody = town.admin.username, "nobody.there"
    password = "wrong-but-long"
    registered, free = _organizations(app, town)
    return [
        (
            "sign-in",
            visitor.at("/sign-in", {"username": known, "password": password}),
            visitor.at("/sign-in", {"username": nobody, "password": password}),
        ),
        (
            "sign-in by address",
            visitor.at("/sign-in", {"username": town.admin.email, "password": password}),
            visitor.at("/sign-in", {"username": "nobody@clinic.example", "password": password}),
        ),
        ("forgotten password", visitor.at("/forgot", {"username": known}), visitor.at("/forgot", {"username": nobody})),
        (
            "enrolment link",
            visitor.at("/enrol", {"username": "waiting@clinic.example"}),
            visitor.at("/enrol", {"username": "nobody@clinic.example"}),
        ),
        (
            "enrolment link with a password",
            visitor.at("/enrol", {"username": "begun@clinic.example", "password": BEGUN}),
            visitor.at("/enrol", {"username": "nobody@clinic.example", "password": BEGUN}),
        ),
        ("organization", visitor.at("/register", registered), visitor.at("/register", free)),
    ]


def _organizations(app: Flask, town: Town) -> list[dict[str, str]]:
    with portal_of(app).databases.app.session(SLUG) as session:
        free = select(Provider).where(
            Provider.id.not_in(town.provider_ids), Provider.npi.is_not(None), Provider.state_identifier != ""
        )
        found = (session.get_one(Provider, town.provider_ids[0]), session.scalars(free).first())
        return [{"npi": one.npi or "", "code": one.state_identifier} for one in found if one is not None]


def _somebody_unfinished(app: Flask, now: datetime) -> None:
    """Somebody who has not opened the link yet, and somebody who has made a password already."""
    names = {AccountField.FIRST_NAME: "Wai", AccountField.LAST_NAME: "Ting"}
    with portal_of(app).databases.app.session(SLUG) as session:
        for username in ("waiting", "begun"):
            typed = {AccountField.USERNAME: username, AccountField.EMAIL: f"{username}@clinic.example", **names}
            user = new_account(session, typed, now=now)
            user.password_hash = hashed(BEGUN) if username == "begun" else None
        session.commit()


def _settings(clone: Clone, folder: Path) -> Settings:
    return Settings.from_env(
        {
            "CHARTER_DSN_APP": clone.dsns.app,
            "CHARTER_DSN_CONTROL": clone.dsns.control,
            "CHARTER_MASTER_KEY": "A" * 43 + "=",
            "CHARTER_SECRET_KEY": "s" * 48,
            "CHARTER_FILES_DIR": str(folder / "files"),
            "CHARTER_SMTP_URL": "smtp://127.0.0.1:1",
        }
    )


if __name__ == "__main__":
    main()
