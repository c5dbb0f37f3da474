"""Patterns in a contract are too simple to be slow."""

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenancy.patterns import refusal_of


@pytest.mark.parametrize(
    "pattern",
    [
        "",
        "[A-Z0-9]{5,15}",
        "[0-9]{4}[0-9A-Z]",
        r"\d{3}-\d{3}-\d{4}",
        "(?:MS|CO)?[0-9]{6}",
        "(A|B){2}",
        "[]a]",
        r"[\]a]",
        "a.b",
        "x{3}|y",
    ],
)
def test_a_simple_pattern_may_be_used(pattern: str) -> None:
    assert refusal_of(pattern) == ""
    re.compile(pattern)


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("a*", "'*' has no end: write a bound such as {1,20}."),
        ("(a+)+", "'+' has no end: write a bound such as {1,20}."),
        ("a{2,}", "'{2,}' has no end: write a bound such as {2,20}."),
        ("a{,5}", "'{' must be followed by a count such as {3} or {1,20}."),
        ("a{1,999}", "a repeat may go up to 64, the lower count first."),
        ("a{5,3}", "a repeat may go up to 64, the lower count first."),
        ("a{2}{3}", "a repeat may not be repeated."),
        ("a??", "a repeat may not be repeated."),
        ("(a|a){1,64}", "it can match one text in too many ways; make it simpler."),
        ("a{0,60}a{0,60}a{0,60}", "it can match one text in too many ways; make it simpler."),
        ("*a", "nothing stands before '*' that it could repeat."),
        ("^a$", "the whole text is matched anyway: leave out '^' and '$'."),
        ("(?=a)b", "'(?…' is not allowed; write a plain group '(…)'."),
        ("(?P<x>a)", "'(?…' is not allowed; write a plain group '(…)'."),
        (r"(a)\1", r"'\1' is not allowed."),
        ("a\\", "'\\' is not allowed."),
        ("(a", "a group is not closed."),
        ("a)", "a bracket is closed that was not opened."),
        ("[a", "a class '[…]' is not closed."),
        ("[z-a]", "this is not a regular expression."),
        ("((((((a))))))", "groups are nested more than 5 deep."),
        ("a" * 201, "a pattern has at most 200 characters."),
    ],
)
def test_a_pattern_outside_the_dialect_is_refused_with_its_reason(pattern: str, reason: str) -> None:
    assert refusal_of(pattern) == reason


@given(st.text(alphabet="ab01-[](){}|?*+,.\\d^", max_size=20), st.text(alphabet="ab01-", max_size=40))
@settings(max_examples=300, deadline=None)
def test_an_accepted_pattern_is_never_slow(pattern: str, text: str) -> None:
    if refusal_of(pattern) == "":
        began = time.process_time()
        re.fullmatch(pattern, text)
        assert time.process_time() - began < 0.5
