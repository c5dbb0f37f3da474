"""A unit test meets neither the database nor the application: asking for either is a fault of the test."""

from __future__ import annotations

from typing import NoReturn

import pytest


def _refuse() -> NoReturn:
    pytest.fail("a unit test touches neither the database nor the application; it belongs under tests/rooms")


@pytest.fixture(scope="session")
def database_server() -> NoReturn:
    """Refused here, and with it everything that stands on a database."""
    _refuse()


@pytest.fixture
def app() -> NoReturn:
    """Refused here."""
    _refuse()
