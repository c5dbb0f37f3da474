"""Labels of a contract inside sentences."""

import pytest

from app.domain.wording import counted, in_sentence, listed, said_of, with_article


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("Requested Start Date", "requested start date"),
        ("REQUESTED START DATE*", "requested start date"),
        ("Place of Service:", "place of service"),
        ("PAR Type", "PAR type"),
        ("PAR", "PAR"),
        ("ICD-10 Code", "ICD-10 code"),
        ("Provider's Medicaid ID", "provider's Medicaid ID"),
        ("A Contact", "a contact"),
        ("UNIT 2", "unit 2"),
        ("McKesson Item", "McKesson item"),
        ("OTc Item", "OTc item"),
        ("", ""),
    ],
)
def test_a_label_reads_inside_a_sentence(label: str, expected: str) -> None:
    assert in_sentence(label) == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("service type", "a service type"),
        ("admission source", "an admission source"),
        ("Order", "an Order"),
        ("urgency", "an urgency"),
        ("unit qualifier", "a unit qualifier"),
        ("use", "a use"),
        ("utility", "a utility"),
    ],
)
def test_words_get_their_article(words: str, expected: str) -> None:
    assert with_article(words) == expected


@pytest.mark.parametrize(
    ("items", "expected"), [([], ""), (["A"], "A"), (["A", "B"], "A and B"), (["A", "B", "C"], "A, B and C")]
)
def test_items_are_listed(items: list[str], expected: str) -> None:
    assert listed(items) == expected


def test_items_are_listed_with_another_last_word() -> None:
    assert listed(["A", "B"], "or") == "A or B"


@pytest.mark.parametrize(("number", "expected"), [(0, "0 days"), (1, "1 day"), (2, "2 days")])
def test_things_are_counted(number: int, expected: str) -> None:
    assert counted(number, "day") == expected


def test_things_are_counted_with_their_own_plural() -> None:
    assert [counted(number, "entry", "entries") for number in (1, 2)] == ["1 entry", "2 entries"]


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("Enter the end date.", "E0141: enter the end date."),
        ("PAR is wrong.", "E0141: PAR is wrong."),
        ("A PAR is wrong.", "E0141: a PAR is wrong."),
        ("", "E0141: "),
    ],
)
def test_a_sentence_names_what_it_is_about(message: str, expected: str) -> None:
    assert said_of("E0141", message) == expected
