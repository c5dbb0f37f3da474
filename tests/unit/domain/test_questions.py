"""Kinds of questions: each one read from a form, checked, stored, worded and shown again by its one class."""

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.answers import Entry
from app.domain.errors import FieldFault
from app.domain.questions import KINDS, Form, entries_of
from tenancy.contract.questions import Question
from tenancy.vocabulary import QuestionKind
from tests.builders import question

K = QuestionKind
COLOURS = {"r": "Red", "g": "Green", "b": "Blue"}
DRUGS = question(
    K.GROUP,
    "Which drugs?",
    entry_label="Drug",
    at_least=2,
    at_most=3,
    questions={
        "name": question(K.TEXT, "Name"),
        "dose": question(K.NUMBER, "Dose", required=False),
        "days": question(K.CHOICES, "Days", choices=COLOURS, required=False),
    },
)


def test_every_kind_has_a_class_that_knows_its_word_and_its_template() -> None:
    assert set(KINDS) == set(K)
    for word, kind in KINDS.items():
        assert kind.kind is word
        assert kind.template == f"components/questions/{word.value}.html"
        assert kind.lead


def read(asked: Question, *values: str) -> tuple[Any, tuple[FieldFault, ...]]:
    reading = KINDS[asked.kind].read(asked, "q.x", {"q.x": list(values)} if values else {})
    return reading.answer, reading.faults


# kind and keys, typed, answer, stored, worded, typed again
GOOD: list[tuple[Question, tuple[str, ...], Any, Any, str, str]] = [
    (question(K.YES_NO), ("yes",), True, True, "Yes", "yes"),
    (question(K.YES_NO), ("no",), False, False, "No", "no"),
    (question(K.CHOICE, choices=COLOURS), ("g",), "g", "g", "Green", "g"),
    (question(K.CHOICES, choices=COLOURS), ("b", "r"), ("r", "b"), ["r", "b"], "Red; Blue", ""),
    (question(K.TEXT), ("  Two\n words ",), "Two words", "Two words", "Two words", "Two words"),
    (question(K.TEXT, pattern="[A-Z]{2}"), ("AB",), "AB", "AB", "AB", "AB"),
    (question(K.TEXT, max_length=3), ("abc",), "abc", "abc", "abc", "abc"),
    (question(K.TEXT), ("x" * 200,), "x" * 200, "x" * 200, "x" * 200, "x" * 200),
    (question(K.LONG_TEXT), (" a\r\nb ",), "a\nb", "a\nb", "a\nb", "a\nb"),
    (question(K.LONG_TEXT, max_length=3), ("abc",), "abc", "abc", "abc", "abc"),
    (question(K.NUMBER), ("12.50",), Decimal("12.5"), "12.5", "12.5", "12.5"),
    (question(K.NUMBER, unit="hours", minimum=Decimal(0)), ("0",), Decimal(0), "0", "0 hours", "0"),
    (question(K.DATE), ("3/4/2026",), date(2026, 3, 4), "2026-03-04", "03/04/2026", "03/04/2026"),
    (question(K.PHONE), ("(601) 555 0100",), "601-555-0100", "601-555-0100", "601-555-0100", "601-555-0100"),
]


@pytest.mark.parametrize(("asked", "typed", "answer", "stored", "worded", "again"), GOOD)
def test_an_answer_is_read_stored_worded_and_shown_again(
    asked: Question, typed: tuple[str, ...], answer: Any, stored: Any, worded: str, again: str
) -> None:
    kind = KINDS[asked.kind]
    assert read(asked, *typed) == (answer, ())
    assert kind.faults(asked, "q.x", answer) == ()
    assert kind.to_stored(asked, answer) == stored
    assert json.loads(json.dumps(stored)) == stored
    assert kind.from_stored(asked, stored) == answer
    assert kind.worded(asked, answer) == worded
    assert kind.typed(answer) == again
    assert kind.nested(asked, "q.x", answer) == ()


def test_the_ticked_boxes_of_an_answer_are_told() -> None:
    assert KINDS[K.CHOICES].chosen(("r", "b")) == ("r", "b")
    assert KINDS[K.CHOICES].chosen(None) == KINDS[K.CHOICE].chosen(None) == KINDS[K.YES_NO].chosen(None) == ()
    assert KINDS[K.CHOICES].chosen(True) == ()
    assert KINDS[K.CHOICE].chosen("r") == ("r",)
    assert KINDS[K.YES_NO].chosen(False) == ("no",)


@pytest.mark.parametrize(
    ("asked", "typed", "message"),
    [
        (question(K.NUMBER), "many", "Enter a number as a number, for example 12 or 12.5: What?"),
        (question(K.DATE), "soon", "Enter a date as MM/DD/YYYY, for example 03/14/2026: What?"),
        (question(K.DATE), "02/30/2026", "Enter a date as a day that exists, MM/DD/YYYY: What?"),
        (question(K.PHONE), "555-0100", "Enter a phone number as ten digits, for example 601-555-0100: What?"),
        (question(K.TEXT), "x" * 201, "Enter an answer in at most 200 characters: What?"),
        (question(K.TEXT, max_length=3), "abcd", "Enter an answer in at most 3 characters: What?"),
        (question(K.TEXT, pattern="[A-Z]{2}"), "ABC", "Enter an answer in the form asked for: What?"),
        (question(K.LONG_TEXT), "x" * 4001, "Enter an answer in at most 4,000 characters: What?"),
        (question(K.LONG_TEXT, max_length=3), "abcd", "Enter an answer in at most 3 characters: What?"),
    ],
)
def test_what_cannot_be_read_is_told_beside_its_input(asked: Question, typed: str, message: str) -> None:
    assert read(asked, typed) == (None, (FieldFault("q.x", message),))


@pytest.mark.parametrize("kind", [kind for kind in K if kind is not K.GROUP])
def test_nothing_typed_is_no_answer_and_no_fault(kind: QuestionKind) -> None:
    assert read(question(kind, choices=COLOURS)) == (None, ())
    assert read(question(kind, choices=COLOURS), "  ") == (None, ())


def test_anything_but_yes_and_no_is_no_answer() -> None:
    assert read(question(K.YES_NO), "maybe") == (None, ())


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        (K.YES_NO, "Choose yes or no: What?"),
        (K.CHOICE, "Choose an answer: What?"),
        (K.CHOICES, "Choose at least one answer: What?"),
        (K.TEXT, "Enter an answer: What?"),
        (K.LONG_TEXT, "Enter an answer: What?"),
        (K.NUMBER, "Enter a number: What?"),
        (K.DATE, "Enter a date: What?"),
        (K.PHONE, "Enter a phone number: What?"),
    ],
)
def test_a_required_question_without_answer_is_asked_for(kind: QuestionKind, message: str) -> None:
    assert KINDS[kind].faults(question(kind), "q.x", None) == (FieldFault("q.x", message),)
    assert KINDS[kind].faults(question(kind, required=False), "q.x", None) == ()


@pytest.mark.parametrize(
    ("asked", "answer", "message"),
    [
        (question(K.YES_NO, must_be_yes="It must fit. Measure first."), False, "It must fit. Measure first."),
        (question(K.YES_NO, must_be_yes="It must fit. Measure first."), True, ""),
        (question(K.YES_NO), False, ""),
        (question(K.CHOICE, choices=COLOURS), "x", "Choose an answer from the list: What?"),
        (question(K.CHOICES, choices=COLOURS), ("r", "x"), "Choose at least one answer listed: What?"),
        (question(K.NUMBER, minimum=Decimal(1), maximum=Decimal(24)), Decimal(1), ""),
        (question(K.NUMBER, minimum=Decimal(1), maximum=Decimal(24)), Decimal(24), ""),
        (question(K.NUMBER, minimum=Decimal(1), maximum=Decimal(24)), Decimal(0), "Enter a number from 1 to 24: What?"),
        (
            question(K.NUMBER, minimum=Decimal(1), maximum=Decimal(24), unit="hours"),
            Decimal("24.5"),
            "Enter a number from 1 to 24 hours: What?",
        ),
        (question(K.NUMBER, minimum=Decimal(1)), Decimal(0), "Enter a number of at least 1: What?"),
        (question(K.NUMBER, minimum=Decimal(1)), Decimal(900), ""),
        (question(K.NUMBER, maximum=Decimal(2)), Decimal("2.1"), "Enter a number of at most 2: What?"),
        (question(K.NUMBER, maximum=Decimal(2)), Decimal(-5), ""),
        (question(K.NUMBER), "12", "Enter a number: What?"),
        (question(K.TEXT, max_length=2), "abc", "Enter an answer in at most 2 characters: What?"),
        (question(K.DATE), "soon", "Enter a date as MM/DD/YYYY, for example 03/14/2026: What?"),
    ],
)
def test_an_answer_must_be_acceptable(asked: Question, answer: Any, message: str) -> None:
    expected = (FieldFault("q.x", message),) if message else ()
    assert KINDS[asked.kind].faults(asked, "q.x", answer) == expected


@pytest.mark.parametrize(
    ("asked", "stored"),
    [
        (question(K.YES_NO), "yes"),
        (question(K.YES_NO), None),
        (question(K.CHOICE, choices=COLOURS), "x"),
        (question(K.CHOICE, choices=COLOURS), 5),
        (question(K.CHOICE, choices=COLOURS), None),
        (question(K.CHOICES, choices=COLOURS), "r"),
        (question(K.CHOICES, choices=COLOURS), ["x"]),
        (question(K.TEXT), ""),
        (question(K.TEXT), True),
        (question(K.LONG_TEXT), 5),
        (question(K.LONG_TEXT), ""),
        (question(K.NUMBER), "many"),
        (question(K.NUMBER), 5),
        (question(K.DATE), "soon"),
        (question(K.STATEMENT), "x"),
        (DRUGS, "x"),
        (DRUGS, []),
        (DRUGS, ["x"]),
    ],
)
def test_what_no_longer_answers_the_question_is_no_answer(asked: Question, stored: object) -> None:
    assert KINDS[asked.kind].from_stored(asked, stored) is None


def test_choices_that_are_gone_are_left_out() -> None:
    assert KINDS[K.CHOICES].from_stored(question(K.CHOICES, choices=COLOURS), ["x", "b", "r"]) == ("r", "b")


def test_what_is_not_on_offer_is_told_and_left_out() -> None:
    many, one = question(K.CHOICES, choices=COLOURS), question(K.CHOICE, choices=COLOURS)
    assert read(many, "x", "b", "r") == (("r", "b"), (FieldFault("q.x", "Choose at least one answer listed: What?"),))
    assert read(many, "\x00") == (None, (FieldFault("q.x", "Choose at least one answer listed: What?"),))
    assert read(one, "x") == (None, (FieldFault("q.x", "Choose an answer from the list: What?"),))
    assert KINDS[K.CHOICES].worded(many, ("r", "x")) == "Red"
    assert KINDS[K.CHOICE].worded(one, "x") == ""


def test_text_of_control_characters_only_is_no_answer() -> None:
    assert read(question(K.TEXT), "\x1b") == read(question(K.LONG_TEXT), "\x00") == (None, ())


@pytest.mark.parametrize("kind", [K.TEXT, K.LONG_TEXT])
def test_text_that_has_become_too_long_is_kept_and_told(kind: QuestionKind) -> None:
    asked = question(kind, max_length=1)
    assert KINDS[kind].from_stored(asked, "ab") == "ab"
    assert KINDS[kind].problem(asked, "ab") == "Enter an answer in at most 1 characters: What?"


def test_a_statement_asks_nothing() -> None:
    kind, asked = KINDS[K.STATEMENT], question(K.STATEMENT, required=True)
    assert kind.takes_answer is False
    assert read(asked, "x") == (None, ())
    assert kind.faults(asked, "q.x", None) == kind.faults(asked, "q.x", "x") == ()
    assert kind.to_stored(asked, "x") == kind.worded(asked, "x") == kind.typed(None) == ""
    assert all(KINDS[kind].takes_answer for kind in K if kind is not K.STATEMENT)


@pytest.mark.parametrize("kind", [K.NUMBER, K.DATE])
def test_an_answer_of_another_kind_shows_as_nothing(kind: QuestionKind) -> None:
    assert KINDS[kind].typed(True) == ""
    assert KINDS[kind].to_stored(question(kind), True) == ""


FORM: Form = {
    "q.drugs.10.name": ["Oxygen"],
    "q.drugs.2.name": [" "],
    "q.drugs.0.name": ["Insulin"],
    "q.drugs.0.dose": ["many"],
    "q.drugs.1.dose": ["many"],
    "q.drugs.1.days": ["b", "r"],
    "q.drugs.3.dose": ["few"],
    "q.drugs.x.name": ["no number"],
    "q.drugs.1000.name": ["too far"],
    "q.drugs.٤.name": ["no ascii"],
    "q.drugsandmore.4.name": ["another question"],
    "q.drugs": ["itself"],
}


def test_entries_are_read_in_order_and_blank_ones_dropped() -> None:
    reading = KINDS[K.GROUP].read(DRUGS, "q.drugs", FORM)
    assert reading.answer == ({"name": "Insulin"}, {"days": ("r", "b")}, {}, {"name": "Oxygen"})
    number = "Enter a number as a number, for example 12 or 12.5: Dose"
    assert reading.faults == tuple(FieldFault(f"q.drugs.{index}.dose", number) for index in (0, 1, 3))


def test_a_group_in_no_form_has_no_entries() -> None:
    reading = KINDS[K.GROUP].read(DRUGS, "q.drugs", {"q.other.0.name": ["x"]})
    assert (reading.answer, reading.faults) == (None, ())


@pytest.mark.parametrize(
    ("entries", "required", "message"),
    [
        (0, True, "Add at least 2 entries: Which drugs?"),
        (1, True, "Add at least 2 entries: Which drugs?"),
        (2, True, ""),
        (3, True, ""),
        (4, True, "Keep at most 3 entries: Which drugs?"),
        (0, False, ""),
        (1, False, ""),
        (4, False, "Keep at most 3 entries: Which drugs?"),
    ],
)
def test_a_group_has_enough_entries_and_not_too_many(entries: int, required: bool, message: str) -> None:
    asked = question(K.GROUP, "Which drugs?", at_least=2, at_most=3, required=required)
    answer = ({"name": "x"},) * entries or None
    expected = (FieldFault("q.x", message),) if message else ()
    assert KINDS[K.GROUP].faults(asked, "q.x", answer) == expected


def test_one_entry_is_counted_as_one() -> None:
    asked = question(K.GROUP, at_least=1, at_most=1)
    assert KINDS[K.GROUP].problem(asked, ()) == "Add at least 1 entry: What?"
    assert KINDS[K.GROUP].problem(asked, ({}, {})) == "Keep at most 1 entry: What?"


def test_a_group_is_stored_entry_by_entry() -> None:
    answer: tuple[Entry, ...] = ({"name": "Insulin", "dose": Decimal("2.50")}, {"days": ("r",)})
    stored = [{"name": "Insulin", "dose": "2.5"}, {"days": ["r"]}]
    assert KINDS[K.GROUP].to_stored(DRUGS, answer) == stored
    assert KINDS[K.GROUP].from_stored(DRUGS, stored) == answer
    changed = [{"name": "Insulin", "dose": "many", "gone": "x"}, "x"]
    assert KINDS[K.GROUP].from_stored(DRUGS, changed) == ({"name": "Insulin"},)


def test_the_entries_of_a_group_are_named_and_numbered() -> None:
    one, two = KINDS[K.GROUP].nested(DRUGS, "q.drugs", ({"name": "a"}, {}))
    assert (one.name, one.label, one.answers) == ("q.drugs.0", "Drug 1", {"name": "a"})
    assert (two.name, two.label, two.questions) == ("q.drugs.1", "Drug 2", DRUGS.questions)
    assert KINDS[K.GROUP].nested(question(K.GROUP, "Items"), "q.x", ({},))[0].label == "Items 1"
    assert KINDS[K.GROUP].worded(DRUGS, ({},)) == ""
    assert KINDS[K.GROUP].worded(DRUGS, ()) == "None"
    assert entries_of("x") == entries_of(("r", "b")) == entries_of(None) == ()


@given(st.sampled_from([case[0] for case in GOOD]), st.lists(st.text(), max_size=2))
def test_whatever_is_typed_is_read_the_same_after_being_stored(asked: Question, values: list[str]) -> None:
    kind = KINDS[asked.kind]
    answer, faults = read(asked, *values)
    assert answer is None or not faults or asked.kind is K.CHOICES
    if answer is not None and not kind.problem(asked, answer):
        assert kind.from_stored(asked, json.loads(json.dumps(kind.to_stored(asked, answer)))) == answer
        assert isinstance(kind.worded(asked, answer), str)


def test_nothing_of_an_answer_shows_in_a_repr() -> None:
    assert repr(KINDS[K.TEXT].read(question(K.TEXT), "q.x", {"q.x": ["x"]})).startswith("<app.domain.questions.")
    assert repr(KINDS[K.GROUP].nested(DRUGS, "q.x", ({"name": "x"},))[0]).startswith("<app.domain.questions.")
