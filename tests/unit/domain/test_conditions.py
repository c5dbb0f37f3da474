"""Conditions: every operator, three values of truth, and questions that cannot be answered."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.conditions import Facts, Unanswerable, facts_used, holds, plain_code, told, truth
from tenancy.contract.conditions import All, AnswerTest, AnyOf, Condition, FactTest, Not
from tenancy.vocabulary import Fact, Operator
from tests.builders import fact, is_, said

YES, NO, UNKNOWN = True, False, None
FACTS: Facts = {
    Fact.SERVICE: "dme",
    Fact.MEMBER_AGE: 20,
    Fact.LINE_QUANTITY: Decimal("2.5"),
    Fact.MEMBER_IS_TEMPORARY: False,
    Fact.REQUEST_START_ON: date(2026, 3, 1),
    Fact.DIAGNOSES: ("M17.11", "e11.9"),
    Fact.PROCEDURES: (),
    Fact.LINE_CODE: "e0141",
    Fact.PLACE_OF_SERVICE: None,
    Fact.MEMBER_PROGRAM: None,
}
O = Operator  # noqa: E741


@pytest.mark.parametrize(
    ("subject", "operator", "operands", "expected"),
    [
        (Fact.SERVICE, O.EQUALS, ("dme",), YES),
        (Fact.SERVICE, O.EQUALS, ("DME",), NO),
        (Fact.SERVICE, O.NOT_EQUALS, ("dme",), NO),
        (Fact.SERVICE, O.NOT_EQUALS, ("vision",), YES),
        (Fact.SERVICE, O.ONE_OF, ("vision", "dme"), YES),
        (Fact.SERVICE, O.ONE_OF, ("vision",), NO),
        (Fact.SERVICE, O.NONE_OF, ("vision",), YES),
        (Fact.SERVICE, O.NONE_OF, ("vision", "dme"), NO),
        (Fact.SERVICE, O.STARTS_WITH, ("x", "d"), YES),
        (Fact.SERVICE, O.STARTS_WITH, ("me",), NO),
        (Fact.SERVICE, O.IN_RANGE, ("a", "d"), YES),
        (Fact.SERVICE, O.IN_RANGE, ("a", "c"), NO),
        (Fact.SERVICE, O.IN_RANGE, ("dme", "dme"), YES),
        (Fact.SERVICE, O.IN_RANGE, ("dmf", "z"), NO),
        (Fact.SERVICE, O.IS_KNOWN, (True,), YES),
        (Fact.SERVICE, O.IS_KNOWN, (False,), NO),
        (Fact.MEMBER_AGE, O.EQUALS, (20,), YES),
        (Fact.MEMBER_AGE, O.EQUALS, (Decimal("20.0"),), YES),
        (Fact.MEMBER_AGE, O.ONE_OF, (19, 21), NO),
        (Fact.MEMBER_AGE, O.AT_LEAST, (20,), YES),
        (Fact.MEMBER_AGE, O.AT_LEAST, (21,), NO),
        (Fact.MEMBER_AGE, O.AT_MOST, (20,), YES),
        (Fact.MEMBER_AGE, O.AT_MOST, (19,), NO),
        (Fact.MEMBER_AGE, O.MORE_THAN, (20,), NO),
        (Fact.MEMBER_AGE, O.MORE_THAN, (19,), YES),
        (Fact.MEMBER_AGE, O.LESS_THAN, (20,), NO),
        (Fact.MEMBER_AGE, O.LESS_THAN, (21,), YES),
        (Fact.MEMBER_AGE, O.IN_RANGE, (20, 30), YES),
        (Fact.MEMBER_AGE, O.IN_RANGE, (10, 20), YES),
        (Fact.MEMBER_AGE, O.IN_RANGE, (21, 30), NO),
        (Fact.MEMBER_AGE, O.IN_RANGE, (10, 19), NO),
        (Fact.LINE_QUANTITY, O.MORE_THAN, (2,), YES),
        (Fact.LINE_QUANTITY, O.MORE_THAN, (Decimal("2.5"),), NO),
        (Fact.MEMBER_IS_TEMPORARY, O.EQUALS, (False,), YES),
        (Fact.MEMBER_IS_TEMPORARY, O.NOT_EQUALS, (False,), NO),
        (Fact.REQUEST_START_ON, O.EQUALS, (date(2026, 3, 1),), YES),
        (Fact.REQUEST_START_ON, O.ON_OR_AFTER, (date(2026, 3, 1),), YES),
        (Fact.REQUEST_START_ON, O.ON_OR_AFTER, (date(2026, 3, 2),), NO),
        (Fact.REQUEST_START_ON, O.BEFORE, (date(2026, 3, 1),), NO),
        (Fact.REQUEST_START_ON, O.BEFORE, (date(2026, 3, 2),), YES),
        (Fact.REQUEST_START_ON, O.IN_RANGE, (date(2026, 3, 1), date(2026, 3, 1)), YES),
        (Fact.REQUEST_START_ON, O.IN_RANGE, (date(2026, 3, 2), date(2026, 3, 9)), NO),
        (Fact.REQUEST_START_ON, O.IN_RANGE, (date(2026, 2, 1), date(2026, 2, 28)), NO),
        # codes compare without dots, blanks and case
        (Fact.LINE_CODE, O.EQUALS, ("E0141",), YES),
        (Fact.LINE_CODE, O.STARTS_WITH, ("e01",), YES),
        (Fact.LINE_CODE, O.IN_RANGE, ("E0130", "E0149"), YES),
        (Fact.LINE_CODE, O.IN_RANGE, ("E0142", "E0149"), NO),
        # plural facts: any for a positive test, every for a negative one
        (Fact.DIAGNOSES, O.EQUALS, ("m1711",), YES),
        (Fact.DIAGNOSES, O.NOT_EQUALS, ("M17.11",), NO),
        (Fact.DIAGNOSES, O.NOT_EQUALS, ("C50",), YES),
        (Fact.DIAGNOSES, O.NONE_OF, ("C50", "E11.9"), NO),
        (Fact.DIAGNOSES, O.STARTS_WITH, ("E11",), YES),
        (Fact.DIAGNOSES, O.IN_RANGE, ("M15", "M17"), YES),
        (Fact.DIAGNOSES, O.IN_RANGE, ("M15", "M16"), NO),
        (Fact.DIAGNOSES, O.IS_KNOWN, (True,), YES),
        # empty is known to be empty
        (Fact.PROCEDURES, O.EQUALS, ("E0141",), NO),
        (Fact.PROCEDURES, O.NOT_EQUALS, ("E0141",), YES),
        (Fact.PROCEDURES, O.NONE_OF, ("E0141",), YES),
        (Fact.PROCEDURES, O.IS_KNOWN, (True,), NO),
        (Fact.PROCEDURES, O.IS_KNOWN, (False,), YES),
        # not known yet
        (Fact.PLACE_OF_SERVICE, O.EQUALS, ("home",), UNKNOWN),
        (Fact.PLACE_OF_SERVICE, O.NOT_EQUALS, ("home",), UNKNOWN),
        (Fact.PLACE_OF_SERVICE, O.NONE_OF, ("home",), UNKNOWN),
        (Fact.PLACE_OF_SERVICE, O.IS_KNOWN, (True,), NO),
        (Fact.PLACE_OF_SERVICE, O.IS_KNOWN, (False,), YES),
        (Fact.MEMBER_PROGRAM, O.ONE_OF, ("plan_a",), UNKNOWN),
    ],
)
def test_a_fact_is_compared(
    subject: Fact, operator: Operator, operands: tuple[Any, ...], expected: bool | None
) -> None:
    test = FactTest(subject, operator, operands)
    assert truth(test, FACTS) is expected
    assert holds(test, FACTS) is (expected is True)


TRUE, FALSE, OPEN = is_(Fact.SERVICE, "dme"), is_(Fact.SERVICE, "vision"), is_(Fact.PLACE_OF_SERVICE, "home")


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (All(()), YES),
        (All((TRUE, TRUE)), YES),
        (All((TRUE, FALSE)), NO),
        (All((OPEN, FALSE)), NO),
        (All((TRUE, OPEN)), UNKNOWN),
        (AnyOf(()), NO),
        (AnyOf((FALSE, FALSE)), NO),
        (AnyOf((FALSE, TRUE)), YES),
        (AnyOf((OPEN, TRUE)), YES),
        (AnyOf((FALSE, OPEN)), UNKNOWN),
        (Not(TRUE), NO),
        (Not(FALSE), YES),
        (Not(OPEN), UNKNOWN),
        (Not(Not(OPEN)), UNKNOWN),
        (Not(All((OPEN, TRUE))), UNKNOWN),
        (All((Not(FALSE), AnyOf((OPEN, TRUE)))), YES),
    ],
)
def test_conditions_combine_in_three_values(condition: Condition, expected: bool | None) -> None:
    assert truth(condition, FACTS) is expected
    assert holds(condition, FACTS) is (expected is True)


@pytest.mark.parametrize(
    ("test", "answers", "expected"),
    [
        (said("oxygen", True), {"oxygen": True}, YES),
        (said("oxygen", True), {"oxygen": False}, NO),
        (said("oxygen", True), {}, UNKNOWN),
        (AnswerTest("oxygen", O.IS_KNOWN, (True,)), {}, NO),
        (AnswerTest("hours", O.AT_LEAST, (8,)), {"hours": Decimal(8)}, YES),
        (AnswerTest("seen", O.BEFORE, (date(2026, 1, 1),)), {"seen": date(2025, 12, 31)}, YES),
        (said("needs", "bath"), {"needs": ("toilet", "bath")}, YES),
        (AnswerTest("needs", O.NONE_OF, ("bath",)), {"needs": ("toilet", "bath")}, NO),
        (AnswerTest("drugs", O.IS_KNOWN, (True,)), {"drugs": ({"name": "x"},)}, YES),
        (AnswerTest("drugs", O.IS_KNOWN, (False,)), {"drugs": ({"name": "x"},)}, NO),
        (AnswerTest("drugs", O.IS_KNOWN, (True,)), {"drugs": ()}, NO),
    ],
)
def test_an_answer_is_compared(test: AnswerTest, answers: dict[str, Any], expected: bool | None) -> None:
    assert truth(test, {}, answers) is expected


@pytest.mark.parametrize(
    ("test", "reason"),
    [
        (is_(Fact.URGENCY, "standard"), "request.urgency: this fact is not supplied here"),
        (is_(Fact.SERVICE, 5), "case.service: a text cannot be compared with a number"),
        (is_(Fact.MEMBER_AGE, True), "member.age: a number cannot be compared with a yes or no"),
        (is_(Fact.MEMBER_IS_TEMPORARY, 0), "member.is_temporary: a yes or no cannot be compared with a number"),
        (is_(Fact.REQUEST_START_ON, "2026-03-01"), "request.start_on: a date cannot be compared with a text"),
        (fact(Fact.SERVICE, O.ONE_OF, "dme", 5), "case.service: a text cannot be compared with a number"),
        (fact(Fact.SERVICE, O.EQUALS), "case.service: one value to compare with is needed, not 0"),
        (fact(Fact.SERVICE, O.EQUALS, "a", "b"), "case.service: one value to compare with is needed, not 2"),
        (fact(Fact.SERVICE, O.AT_LEAST, 1), "case.service: a text is no number"),
        (fact(Fact.MEMBER_IS_TEMPORARY, O.AT_LEAST, 1), "member.is_temporary: a yes or no is no number"),
        (fact(Fact.MEMBER_AGE, O.AT_LEAST, "x"), "member.age: a text is no number"),
        (fact(Fact.MEMBER_AGE, O.BEFORE, date(2026, 1, 1)), "member.age: a number is no date"),
        (fact(Fact.REQUEST_START_ON, O.BEFORE, 5), "request.start_on: a number is no date"),
        (fact(Fact.MEMBER_AGE, O.STARTS_WITH, "2"), "member.age: a number is no text"),
        (fact(Fact.SERVICE, O.STARTS_WITH, 2), "case.service: a number is no text"),
        (fact(Fact.MEMBER_AGE, O.IN_RANGE, 1), "member.age: a range has a lower and an upper end"),
        (fact(Fact.MEMBER_AGE, O.IN_RANGE, 1, "x"), "member.age: a number cannot be compared with a text"),
        (fact(Fact.MEMBER_AGE, O.IN_RANGE, "x", 1), "member.age: a number cannot be compared with a text"),
        (fact(Fact.MEMBER_AGE, O.IS_KNOWN, "yes"), "member.age: is_known is asked with true or false"),
        (fact(Fact.LINE_CODE, O.EQUALS, 141), "line.code: a text cannot be compared with a number"),
        (said("oxygen", True), "oxygen: answers are not supplied here"),
    ],
)
def test_a_test_that_cannot_be_answered_raises(test: Condition, reason: str) -> None:
    with pytest.raises(Unanswerable) as raised:
        truth(test, FACTS)
    assert str(raised.value) == reason
    assert raised.value.subject == reason.partition(":")[0]


def test_of_repeated_entries_one_can_only_ask_whether_there_are_any() -> None:
    with pytest.raises(Unanswerable, match="drugs: of repeated entries"):
        truth(said("drugs", "x"), {}, {"drugs": ({"name": "x"},)})


@pytest.mark.parametrize("combine", [All, AnyOf])
def test_an_unanswerable_part_raises_whatever_stands_before_it(combine: type[All] | type[AnyOf]) -> None:
    for parts in [(TRUE, FALSE, is_(Fact.URGENCY, "x")), (is_(Fact.URGENCY, "x"), FALSE, TRUE)]:
        with pytest.raises(Unanswerable):
            truth(combine(parts), FACTS)


def test_an_unknown_code_stays_unknown() -> None:
    assert truth(is_(Fact.LINE_CODE, "E0141"), {Fact.LINE_CODE: None}) is UNKNOWN


def test_codes_are_compared_plainly() -> None:
    assert plain_code(" m17.11 ") == "M1711"


def test_the_facts_a_condition_looks_at_are_told() -> None:
    condition = All((TRUE, AnyOf((Not(is_(Fact.LINE_CODE, "x")), said("a", True))), OPEN))
    assert facts_used(condition) == {Fact.SERVICE, Fact.LINE_CODE, Fact.PLACE_OF_SERVICE}
    assert facts_used(said("a", True)) == frozenset()


WORDS = st.sampled_from(["a", "b", "c"])
TESTS = st.builds(
    fact,
    st.sampled_from([Fact.SERVICE, Fact.DIAGNOSES, Fact.PLACE_OF_SERVICE]),
    st.sampled_from([O.EQUALS, O.NOT_EQUALS, O.ONE_OF, O.NONE_OF, O.STARTS_WITH]),
    WORDS,
)
CONDITIONS: st.SearchStrategy[Condition] = st.recursive(
    TESTS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda parts: All(tuple(parts))),
        st.lists(inner, max_size=3).map(lambda parts: AnyOf(tuple(parts))),
        inner.map(Not),
    ),
    max_leaves=8,
)
SOME_FACTS = st.fixed_dictionaries(
    {
        Fact.SERVICE: st.none() | WORDS,
        Fact.DIAGNOSES: st.none() | st.lists(WORDS, max_size=2).map(tuple),
        Fact.PLACE_OF_SERVICE: st.none() | WORDS,
    }
)


@given(CONDITIONS, SOME_FACTS, SOME_FACTS)
def test_what_is_decided_stays_decided_whatever_turns_out(condition: Condition, known: Any, filled: Any) -> None:
    later = {name: filled[name] if value is None else value for name, value in known.items()}
    decided = truth(condition, known)
    assert decided is None or truth(condition, later) is decided


@given(CONDITIONS, SOME_FACTS)
def test_not_turns_a_condition_round_and_leaves_the_unknown(condition: Condition, facts: Any) -> None:
    assert truth(Not(Not(condition)), facts) is truth(condition, facts)
    assert not (holds(condition, facts) and holds(Not(condition), facts))


@given(st.lists(CONDITIONS, max_size=4), SOME_FACTS, st.randoms())
def test_the_order_of_parts_does_not_matter(parts: list[Condition], facts: Any, chance: Any) -> None:
    shuffled = list(parts)
    chance.shuffle(shuffled)
    assert truth(All(tuple(parts)), facts) is truth(All(tuple(shuffled)), facts)
    assert truth(AnyOf(tuple(parts)), facts) is truth(AnyOf(tuple(shuffled)), facts)


@given(st.lists(CONDITIONS, max_size=4), SOME_FACTS)
def test_any_is_not_all_not(parts: list[Condition], facts: Any) -> None:
    assert truth(AnyOf(tuple(parts)), facts) is truth(Not(All(tuple(Not(part) for part in parts))), facts)


def test_what_a_rule_looked_at_is_told_without_the_values() -> None:
    condition = All((is_(Fact.SERVICE, "dialysis"), Not(is_(Fact.URGENCY, "expedited")), said("height", 3)))
    facts = {Fact.SERVICE: "dialysis", Fact.URGENCY: None}
    assert told(All(condition.parts[:2]), facts) == (
        ("case.service", "equals dialysis", "yes"),
        ("request.urgency", "equals expedited", "unknown"),
    )
    assert told(is_(Fact.SERVICE, "other"), facts) == (("case.service", "equals other", "no"),)
    with pytest.raises(Unanswerable):
        told(condition, facts)
