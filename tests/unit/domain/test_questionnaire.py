"""Questionnaires: which belong to a request, what they ask now, what is still wrong, and the words that are kept."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.conditions import Facts
from app.domain.facts import facts_of
from app.domain.questionnaire import (
    applicable,
    faults,
    from_stored,
    padded,
    questions_of,
    read_answers,
    to_stored,
    visible_questions,
    worded,
)
from tenancy.contract.conditions import All, AnswerTest, Not
from tenancy.contract.questions import Questionnaire
from tenancy.vocabulary import Category, DecidingDate, Fact, Feature, Operator, QuestionKind
from tests.builders import (
    INPATIENT,
    ON,
    OUTPATIENT,
    contract,
    draft,
    fact,
    is_,
    member,
    question,
    questionnaire,
    said,
    shipped,
)
from tests.fourth import every_state

K = QuestionKind
CHILD = fact(Fact.MEMBER_AGE, Operator.LESS_THAN, 21)
FORM = questionnaire(
    {
        "oxygen": question(K.YES_NO, "Does the member use oxygen?"),
        "hours": question(K.NUMBER, "Hours a day", shown_when=said("oxygen", True), minimum=Decimal(1), unit="hours"),
        "night": question(
            K.YES_NO, "At night?", shown_when=AnswerTest("hours", Operator.AT_LEAST, (8,)), required=False
        ),
        "grows": question(K.YES_NO, "Does it grow with the child?", shown_when=CHILD, must_be_yes="It must grow."),
    },
    {
        "note": question(K.STATEMENT, "Only equipment at home."),
        "items": question(
            K.GROUP,
            "Equipment at home",
            entry_label="Item",
            at_most=2,
            questions={
                "make": question(K.TEXT, "Make"),
                "broken": question(K.YES_NO, "Is it broken?"),
                "why": question(K.TEXT, "Why?", shown_when=said("broken", True)),
                "litres": question(K.NUMBER, "Litres", shown_when=said("oxygen", True)),
            },
        ),
    },
)
ADULT: Facts = {Fact.MEMBER_AGE: 40}
KID: Facts = {Fact.MEMBER_AGE: 8}
FULL: dict[str, Any] = {
    "oxygen": True,
    "hours": Decimal(10),
    "night": False,
    "grows": True,
    "items": (
        {"make": "Alpha", "broken": True, "why": "Old", "litres": Decimal(2)},
        {"make": "Beta", "broken": False, "why": "kept though hidden", "litres": Decimal(3)},
    ),
}


def shown(answers: dict[str, Any], facts: Facts = ADULT) -> list[str]:
    return [item.name for top in visible_questions(FORM, answers, facts) for item in top.everything()]


def test_a_questionnaire_belongs_to_the_requests_its_condition_names() -> None:
    forms = {"equipment": questionnaire(), "stay": questionnaire(when=INPATIENT), "both": questionnaire(when=All(()))}
    made = contract(questionnaires=forms)
    assert [name for name, _ in applicable(made, draft(), on=ON)] == ["equipment", "both"]
    assert [name for name, _ in applicable(made, draft(Category.INPATIENT), on=ON)] == ["stay", "both"]
    assert dict(applicable(made, draft(), on=ON))["equipment"] is forms["equipment"]


@pytest.mark.parametrize("features", [{}, {Feature.QUESTIONNAIRES: False}])
def test_a_contract_without_questionnaires_asks_none(features: dict[Feature, bool]) -> None:
    made = contract(questionnaires={"equipment": questionnaire()}, features=features)
    assert applicable(made, draft(), on=ON) == ()


def test_a_dated_questionnaire_follows_the_deciding_date() -> None:
    forms = {"new": questionnaire(from_on=date(2026, 12, 1)), "old": questionnaire(until_on=date(2026, 11, 30))}
    by_receipt = contract(questionnaires=forms)
    by_service = contract(questionnaires=forms, rules_decided_by=DecidingDate.SERVICE_START)
    assert [name for name, _ in applicable(by_receipt, draft(), on=ON)] == ["old"]
    assert [name for name, _ in applicable(by_service, draft(), on=ON)] == ["new"]


def test_age_chooses_a_questionnaire() -> None:
    made = contract(questionnaires={"child": questionnaire(when=CHILD), "adult": questionnaire(when=Not(CHILD))})
    young = draft(member=member(birth_date=date(2016, 5, 1)))
    assert [name for name, _ in applicable(made, young, on=ON)] == ["child"]
    assert [name for name, _ in applicable(made, draft(), on=ON)] == ["adult"]
    assert applicable(made, draft(member=None), on=ON) == ()


def test_questions_show_themselves_as_answers_come() -> None:
    assert shown({}) == ["q.oxygen", "q.note", "q.items"]
    assert shown({"oxygen": True}) == ["q.oxygen", "q.hours", "q.note", "q.items"]
    assert shown({"oxygen": True, "hours": Decimal(8)}) == ["q.oxygen", "q.hours", "q.night", "q.note", "q.items"]
    assert shown({"oxygen": False, "hours": Decimal(8)}) == ["q.oxygen", "q.note", "q.items"]
    assert shown({}, KID) == ["q.oxygen", "q.grows", "q.note", "q.items"]


def test_a_hidden_answer_shows_nothing_else() -> None:
    # hours are hidden without oxygen, so nothing that follows from them shows either
    assert "q.night" not in shown({"oxygen": False, "hours": Decimal(12)})


def test_a_question_inside_an_entry_sees_its_own_entry_and_what_comes_before_its_group() -> None:
    assert shown(FULL)[-7:] == [
        "q.items.0.make",
        "q.items.0.broken",
        "q.items.0.why",
        "q.items.0.litres",
        "q.items.1.make",
        "q.items.1.broken",
        "q.items.1.litres",
    ]
    dry = {**FULL, "oxygen": False}
    assert [name for name in shown(dry) if "litres" in name] == []


def test_an_entry_never_sees_the_answers_of_another() -> None:
    answers = {"items": ({"make": "A", "broken": True}, {"make": "B"})}
    assert "q.items.1.why" not in shown(answers)


def test_a_shown_question_knows_its_section_and_entry() -> None:
    tops = visible_questions(FORM, FULL, ADULT)
    items = tops[-1]
    assert [top.section for top in tops] == ["Part 1", "Part 1", "Part 1", "Part 2", "Part 2"]
    assert (items.id, items.entry, items.kind.kind) == ("items", "", K.GROUP)
    assert [len(entry) for entry in items.entries] == [4, 3]
    inner = items.entries[1][0]
    assert (inner.id, inner.entry, inner.section, inner.answer) == ("make", "Item 2", "Part 2", "Beta")
    assert repr(inner).startswith("<app.domain.questionnaire.Shown")


def messages(answers: dict[str, Any], facts: Facts = ADULT) -> list[tuple[str, str]]:
    return [(fault.field, fault.message) for fault in faults(FORM, answers, facts)]


def test_a_complete_questionnaire_has_no_faults() -> None:
    assert faults(FORM, FULL, ADULT) == faults(FORM, FULL, KID) == ()


@pytest.mark.parametrize(
    ("answers", "facts", "expected"),
    [
        (
            {},
            ADULT,
            [
                ("q.oxygen", "Choose yes or no: Does the member use oxygen?"),
                ("q.items", "Add at least 1 entry: Equipment at home"),
            ],
        ),
        ({**FULL, "hours": Decimal(0)}, ADULT, [("q.hours", "Enter a number of at least 1 hours: Hours a day")]),
        ({**FULL, "oxygen": False, "hours": Decimal(0)}, ADULT, []),
        ({**FULL, "grows": False}, ADULT, []),
        ({**FULL, "grows": False}, KID, [("q.grows", "It must grow.")]),
        ({**FULL, "night": None}, ADULT, []),
        (
            {**FULL, "items": ({"make": "A", "broken": True, "litres": Decimal(1)},)},
            ADULT,
            [("q.items.0.why", "Enter an answer: Why?")],
        ),
        ({**FULL, "items": (FULL["items"][0],) * 3}, ADULT, [("q.items", "Keep at most 2 entries: Equipment at home")]),
    ],
)
def test_only_what_is_visible_can_be_wrong(
    answers: dict[str, Any], facts: Facts, expected: list[tuple[str, str]]
) -> None:
    assert messages(answers, facts) == expected


def test_answers_are_read_from_a_form_with_their_faults() -> None:
    form = {
        "q.oxygen": ["yes"],
        "q.hours": ["many"],
        "q.items.0.make": ["Alpha"],
        "q.items.0.litres": ["x"],
        "q.unknown": ["x"],
    }
    answers, wrong = read_answers(FORM, form)
    assert answers == {"oxygen": True, "items": ({"make": "Alpha"},)}
    assert [fault.field for fault in wrong] == ["q.hours", "q.items.0.litres"]


def test_answers_to_questions_a_page_did_not_draw_are_kept() -> None:
    form = {"q.asked": ["oxygen", "hours"], "q.oxygen": ["no"], "q.grows": ["no"]}
    answers, wrong = read_answers(FORM, form, kept=FULL)
    assert answers == {"oxygen": False, "night": False, "grows": True, "items": FULL["items"]}
    assert wrong == ()
    assert read_answers(FORM, form)[0] == {"oxygen": False}


def test_without_that_list_every_question_is_taken_from_the_form() -> None:
    assert read_answers(FORM, {"q.oxygen": ["yes"]}, kept=FULL)[0] == {"oxygen": True}


def test_answers_off_the_path_are_stored_and_come_back() -> None:
    stored = to_stored(FORM, FULL)
    assert stored["items"][1]["why"] == "kept though hidden"  # type: ignore[index, call-overload]
    assert list(stored) == ["oxygen", "hours", "night", "grows", "items"]
    assert from_stored(FORM, stored) == FULL
    assert from_stored(FORM, {"oxygen": "x", "gone": True}) == {}


def test_what_was_asked_and_answered_is_kept_in_words() -> None:
    open_night = {name: answer for name, answer in FULL.items() if name != "night"}
    told = [(item.section, item.question, item.answer) for item in worded(FORM, open_night, ADULT)]
    assert told == [
        ("Part 1", "Does the member use oxygen?", "Yes"),
        ("Part 1", "Hours a day", "10 hours"),
        ("Part 1", "At night?", ""),
        ("Part 2", "Only equipment at home.", ""),
        ("Part 2", "Equipment at home", ""),
        ("Part 2", "Item 1: Make", "Alpha"),
        ("Part 2", "Item 1: Is it broken?", "Yes"),
        ("Part 2", "Item 1: Why?", "Old"),
        ("Part 2", "Item 1: Litres", "2"),
        ("Part 2", "Item 2: Make", "Beta"),
        ("Part 2", "Item 2: Is it broken?", "No"),
        ("Part 2", "Item 2: Litres", "3"),
    ]
    assert repr(worded(FORM, FULL, ADULT)[0]).startswith("<app.domain.questionnaire.Worded")


@pytest.mark.parametrize(
    ("answers", "more", "entries"),
    [
        ({}, (), 1),
        ({"items": ({"make": "A"},)}, (), 1),
        ({"items": ({"make": "A"},)}, ("items",), 2),
        ({"items": ({"make": "A"}, {"make": "B"})}, ("items",), 2),
        ({"items": ({"make": "A"},) * 3}, (), 3),
        ({}, ("oxygen",), 1),
    ],
)
def test_a_page_has_blank_entries_to_type_into(answers: dict[str, Any], more: tuple[str, ...], entries: int) -> None:
    made = padded(FORM, {**answers, "oxygen": True}, more=more)
    assert len(made["items"]) == entries  # type: ignore[arg-type]
    assert made["oxygen"] is True
    assert read_answers(FORM, {"q.items.0.make": [""]})[0] == {}


def test_a_group_starts_with_its_least_number_of_entries() -> None:
    two = questionnaire({"items": question(K.GROUP, at_least=2, questions={"make": question(K.TEXT)})})
    none = questionnaire({"items": question(K.GROUP, at_least=0, questions={"make": question(K.TEXT)})})
    assert len(padded(two, {})["items"]) == 2  # type: ignore[arg-type]
    assert len(padded(none, {})["items"]) == 1  # type: ignore[arg-type]
    assert padded(two, {"items": ({"make": "A"},)})["items"] == ({"make": "A"}, {})
    assert padded(none, {"items": ({"make": "A"},)}, more=("items",))["items"] == ({"make": "A"}, {})


def test_questions_keep_the_contracts_order() -> None:
    assert list(questions_of(FORM)) == ["oxygen", "hours", "night", "grows", "note", "items"]


ANSWERS = st.fixed_dictionaries(
    {},
    optional={
        "oxygen": st.booleans(),
        "hours": st.decimals(0, 24, places=1),
        "night": st.booleans(),
        "grows": st.booleans(),
        "items": st.lists(
            st.fixed_dictionaries({}, optional={"make": st.just("A"), "broken": st.booleans(), "why": st.just("B")}),
            max_size=3,
        ).map(tuple),
    },
)


@given(ANSWERS, st.sampled_from([ADULT, KID]), st.randoms())
def test_the_order_of_answers_does_not_matter(answers: dict[str, Any], facts: Facts, chance: Any) -> None:
    order = list(answers)
    chance.shuffle(order)
    shuffled = {name: answers[name] for name in order}
    assert faults(FORM, answers, facts) == faults(FORM, shuffled, facts)
    assert shown(answers, facts) == shown(shuffled, facts)


@given(ANSWERS, ANSWERS)
def test_answers_off_the_path_change_nothing(answers: dict[str, Any], others: dict[str, Any]) -> None:
    on_path = {item.id for item in visible_questions(FORM, answers, ADULT)}
    mixed = {**{name: value for name, value in others.items() if name not in on_path}, **answers}
    if {item.id for item in visible_questions(FORM, mixed, ADULT)} == on_path:
        assert faults(FORM, mixed, ADULT) == faults(FORM, answers, ADULT)
    hidden = {
        name: value
        for name, value in mixed.items()
        if name not in {item.id for item in visible_questions(FORM, mixed, ADULT)}
    }
    without = {name: value for name, value in mixed.items() if name not in hidden}
    assert faults(FORM, without, ADULT) == faults(FORM, mixed, ADULT)


@given(ANSWERS)
def test_what_is_stored_comes_back(answers: dict[str, Any]) -> None:
    back = from_stored(FORM, to_stored(FORM, answers))
    assert back == {name: value for name, value in answers.items() if value != ()}


@pytest.mark.parametrize("slug", every_state())
def test_every_shipped_questionnaire_can_be_asked_from_the_first_question_on(slug: str) -> None:
    forms: dict[str, Questionnaire] = dict(shipped(slug).questionnaires)
    assert forms
    for category in Category:
        facts = facts_of(draft(category), received_on=ON)
        for form in forms.values():
            assert visible_questions(form, {}, facts)
            assert faults(form, {}, facts)
            assert read_answers(form, {}) == ({}, ())


def test_an_outpatient_form_is_not_asked_of_an_admission() -> None:
    assert is_(Fact.CATEGORY, "outpatient") == OUTPATIENT
    assert applicable(contract(questionnaires={"x": questionnaire()}), draft(Category.INPATIENT), on=ON) == ()


HELD = questionnaire(
    {
        "hours": question(
            K.NUMBER, "Hours", criterion="At least 8.", met_when=AnswerTest("hours", Operator.AT_LEAST, (8,))
        ),
        "fits": question(K.YES_NO, "Does it fit?", must_be_yes="It must fit the home."),
        "why": question(K.LONG_TEXT, "Why?", criterion="Other means were tried."),
        "seen": question(K.YES_NO, "Seen?"),
    }
)


@pytest.mark.parametrize(
    ("answers", "met"),
    [
        ({"hours": Decimal(8), "fits": True, "why": "They were.", "seen": True}, [True, True, None, None]),
        ({"hours": Decimal(7), "fits": False, "why": "No.", "seen": False}, [False, False, None, None]),
        ({}, [None, None, None, None]),
    ],
)
def test_each_answer_stands_beside_its_criterion(answers: dict[str, Any], met: list[bool | None]) -> None:
    told = worded(HELD, answers, ADULT)
    assert [one.criterion for one in told] == ["At least 8.", "It must fit the home.", "Other means were tried.", ""]
    assert [one.is_met for one in told] == met
