"""A tenant with people, and a browser at its host with a clock the test holds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.pages import Browser
from tests.people import Town, settle


@dataclass(slots=True)
class Clock:
    """The time as the application hears it."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **span: float) -> None:
        """Let time pass."""
        self.now += timedelta(**span)


@pytest.fixture
def clock(app: Flask) -> Clock:
    """The application's clock, held by the test."""
    held = Clock(datetime(2026, 11, 23, 16, 0, tzinfo=UTC))
    app.config["CLOCK"] = held
    return held


@pytest.fixture
def town(app: Flask, clock: Clock) -> Town:
    """Colorado's tenant with people in it."""
    return settle(app, "colorado", now=clock.now)


@pytest.fixture
def browser(client: Callable[[str], FlaskClient], town: Town) -> Browser:
    """A browser at the town's host."""
    return Browser(client(town.slug))
