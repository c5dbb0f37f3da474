"""E-mail addresses as people mistype them."""

import pytest

from app.domain.addresses import is_address, probably_meant


@pytest.mark.parametrize(
    "text",
    [
        "jo@mill.example",
        "Jo.Mills+fax@sub.mill-river.org",
        "o'neil@a.co",
        "x@" + "a" * 60 + ".com",
        "x" * 245 + "@mill.org",
    ],
)
def test_an_address_can_be_written_to(text: str) -> None:
    assert is_address(text)


@pytest.mark.parametrize(
    "text",
    [
        *("", "jo", "jo@", "@mill.example", "jo@mill", "jo@@mill.example", "jo mills@mill.example", "jo@mill..org"),
        *("jo@-mill.org", "jo@mill.org,", "<jo@mill.org>", "jo@mill.o", "jo@mill.org\n", "x" * 246 + "@mill.org"),
    ],
)
def test_what_is_no_address_is_told_apart(text: str) -> None:
    assert not is_address(text)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("jo@gmial.com", "jo@gmail.com"),
        ("jo@gmail.con", "jo@gmail.com"),
        ("jo@hotmial.com", "jo@hotmail.com"),
        ("jo@YAHOO.cmo", "jo@yahoo.com"),
        ("jo@mill-river.ogr", "jo@mill-river.org"),
        ("jo@gmail.com", None),
        ("jo@GMAIL.com", None),
        ("jo@mill-river.org", None),
        ("jo@clinic.example", None),
    ],
)
def test_a_slip_of_the_finger_is_noticed(typed: str, meant: str | None) -> None:
    assert probably_meant(typed) == meant
