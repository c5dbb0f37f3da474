"""Addresses in templates: what is remembered is what would have been made."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from flask import Flask, url_for

from app.web.addresses import address

ID = UUID(int=7)


@pytest.mark.parametrize(
    ("endpoint", "values"),
    [
        ("casebook.home", {}),
        ("casebook.home", {"list": "submitted", "group": None}),
        ("casebook.home", {"list": "completed", "group": ID}),
        ("casebook.case", {"number": "263260001"}),
        ("cases.draft", {"draft_id": ID, "_anchor": "documents"}),
        ("accounts.sign_in", {"idle": 1}),
        ("accounts.sign_in", {"idle": True}),
        ("casebook.home", {"list": ["submitted", "completed"]}),
    ],
)
def test_an_address_is_the_same_the_first_time_and_later(app: Flask, endpoint: str, values: dict[str, Any]) -> None:
    with app.test_request_context("/"):
        assert [address(endpoint, **values) for _ in range(2)] == [url_for(endpoint, **values)] * 2


def test_an_address_relative_to_the_page_is_made_for_the_page(app: Flask) -> None:
    with app.test_request_context("/consumers"):
        assert address(".home") == url_for("casebook.home")
