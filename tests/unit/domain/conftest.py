"""What holds for every test of the ground floor: no web, no database, no wire. A test that reaches for one raises."""

import socket
import sys
from typing import Any, Never

import pytest
from hypothesis import HealthCheck, settings

OUT_OF_REACH = ("flask", "werkzeug", "sqlalchemy", "psycopg", "redis", "rq", "app.storage", "app.web", "app.factory")

settings.register_profile(
    "domain", deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
settings.load_profile("domain")


@pytest.fixture(autouse=True)
def pure(monkeypatch: pytest.MonkeyPatch) -> None:
    """Importing the application's upper floors, or opening a connection, raises."""
    for name in OUT_OF_REACH:
        monkeypatch.setitem(sys.modules, name, None)

    def refuse(*_: Any) -> Never:
        raise AssertionError("a rule of the ground floor reached for the wire")

    monkeypatch.setattr(socket.socket, "connect", refuse)
