"""What a draft says, in the words of conditions; which day decides; which rules are in force."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.draft import Approval, Draft, Stay
from app.domain.effective import (
    deciding_date,
    first_day,
    in_force,
    last_day,
    length_of,
    those_in_force,
)
from app.domain.facts import age_on, facts_of, line_facts
from tenancy.contract.declare import Dated
from tenancy.contract.facts import FACT_TYPES, LINE_FACTS, ValueKind
from tenancy.vocabulary import Category, CodeSystem, DecidingDate, Fact, LineField, ProviderRole
from tests.builders import ON, contract, diagnosis, document, draft, fields, line, member, provider, stay

PYTHON: dict[ValueKind, tuple[type, ...]] = {
    ValueKind.TEXT: (str,),
    ValueKind.NUMBER: (int, Decimal),
    ValueKind.DAY: (date,),
    ValueKind.FLAG: (bool,),
}


@pytest.mark.parametrize(
    ("first", "last", "on", "expected"),
    [
        (None, None, date(2026, 1, 1), True),
        (date(2026, 1, 1), None, date(2025, 12, 31), False),
        (date(2026, 1, 1), None, date(2026, 1, 1), True),
        (None, date(2026, 1, 1), date(2026, 1, 1), True),
        (None, date(2026, 1, 1), date(2026, 1, 2), False),
        (date(2026, 1, 1), date(2026, 1, 3), date(2026, 1, 2), True),
    ],
)
def test_a_rule_is_in_force_from_its_first_to_its_last_day(
    first: date | None, last: date | None, on: date, expected: bool
) -> None:
    assert in_force(Dated(from_on=first, until_on=last), on) is expected


def test_the_rules_in_force_keep_the_contracts_order() -> None:
    rules = {"b": Dated(), "gone": Dated(until_on=date(2025, 1, 1)), "a": Dated(from_on=ON)}
    assert [name for name, _ in those_in_force(rules, ON)] == ["b", "a"]


START, ADMITTED, ENDED = date(2026, 12, 1), date(2026, 12, 5), date(2026, 10, 31)


@pytest.mark.parametrize(
    ("by", "parts", "expected"),
    [
        (DecidingDate.RECEIPT, {}, ON),
        (DecidingDate.SERVICE_START, {}, START),
        (DecidingDate.SERVICE_START, {"stay": Stay()}, ON),
        (DecidingDate.ADMISSION, {"fields": fields(Category.INPATIENT, admit_on=ADMITTED)}, ADMITTED),
        (DecidingDate.SERVICE_START, {"fields": fields(Category.INPATIENT, admit_on=ADMITTED)}, START),
        (DecidingDate.ADMISSION, {"fields": {}}, START),
        (DecidingDate.ADMISSION, {"fields": {}, "stay": None}, ON),
        (DecidingDate.EARLIER_END, {"earlier": (Approval(("1",), "medical", ends_on=ENDED),)}, ENDED),
        (DecidingDate.EARLIER_END, {}, START),
    ],
)
def test_the_contract_says_which_day_decides(by: DecidingDate, parts: dict[str, Any], expected: date) -> None:
    assert deciding_date(contract(rules_decided_by=by), draft(Category.INPATIENT, **parts), ON) == expected


@pytest.mark.parametrize(
    ("parts", "first", "last"),
    [
        ({"lines": ()}, None, None),
        ({"lines": (line(), line(start_on=date(2026, 11, 30), end_on=None))}, date(2026, 11, 30), date(2026, 12, 31)),
        ({"lines": (line(), line(start_on=date(2026, 12, 5), end_on=date(2026, 12, 7)))}, START, date(2026, 12, 31)),
        ({"lines": (line(start_on=None),)}, None, date(2026, 12, 31)),
        ({"stay": stay()}, START, date(2026, 12, 31)),  # a stay counts for inpatient requests only
        ({"category": Category.INPATIENT, "stay": stay(), "lines": (line(),)}, START, date(2026, 12, 10)),
        ({"category": Category.INPATIENT, "stay": Stay(), "lines": (line(),)}, START, date(2026, 12, 31)),
        ({"category": Category.INPATIENT, "stay": None, "lines": (line(),)}, START, date(2026, 12, 31)),
    ],
)
def test_service_runs_from_the_earliest_to_the_latest_day(
    parts: dict[str, Any], first: date | None, last: date | None
) -> None:
    made = draft(**parts)
    assert (first_day(made), last_day(made)) == (first, last)


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (date(2026, 12, 1), date(2026, 12, 1), 1),
        (date(2026, 12, 1), date(2026, 12, 10), 10),
        (date(2026, 12, 2), date(2026, 12, 1), None),
        (None, date(2026, 12, 1), None),
        (date(2026, 12, 1), None, None),
    ],
)
def test_both_ends_of_a_span_count(start: date | None, end: date | None, expected: int | None) -> None:
    assert length_of(line(start_on=start, end_on=end)) == expected
    assert length_of(stay(start_on=start, end_on=end)) == expected


def test_every_fact_of_a_full_draft_is_told() -> None:
    pine = provider("Pine Hospital")
    made = draft(
        providers={ProviderRole.REQUESTING: provider(taxonomy="207Q00000X"), ProviderRole.SERVICING: pine},
        documents=(document("order"), document("", id="d2")),
        lines=(line("E0141"), line("99222", system=CodeSystem.CPT)),
    )
    assert facts_of(made, received_on=ON) == {
        Fact.MEMBER_AGE: 46,
        Fact.MEMBER_SEX: "female",
        Fact.MEMBER_PROGRAM: ("plan_a",),
        Fact.MEMBER_IS_TEMPORARY: False,
        Fact.MEMBER_OTHER_COVERAGE: None,
        Fact.REQUESTING_TYPE: "organization",
        Fact.REQUESTING_TAXONOMY: "207Q00000X",
        Fact.SERVICING_TYPE: "organization",
        Fact.SERVICING_TAXONOMY: None,
        Fact.CATEGORY: "outpatient",
        Fact.SERVICE: "dme",
        Fact.PLACE_OF_SERVICE: None,
        Fact.ADMISSION_SOURCE: None,
        Fact.REQUEST_TYPE: "prior_auth",
        Fact.URGENCY: "standard",
        Fact.REVIEW_KIND: None,
        Fact.EARLIER_NUMBER: None,
        Fact.EARLIER_APPROVED: None,
        Fact.EARLIER_SERVICES: None,
        Fact.REQUEST_DAYS: 31,
        Fact.REQUEST_START_ON: date(2026, 12, 1),
        Fact.SUBMITTED_ON: ON,
        Fact.DIAGNOSES: ("M17.11",),
        Fact.PROCEDURES: ("E0141", "99222"),
        Fact.PROCEDURE_SYSTEMS: ("hcpcs", "cpt"),
        Fact.DOCUMENT_TYPES: ("order",),
    }


def test_facts_of_a_line_join_those_of_the_request() -> None:
    made = draft(earlier=())
    told = line_facts(made, line("K0001", quantity=3), received_on=ON)
    assert {name: told[name] for name in LINE_FACTS} == {
        Fact.LINE_CODE: "K0001",
        Fact.LINE_SYSTEM: "hcpcs",
        Fact.LINE_DAYS: 31,
        Fact.LINE_QUANTITY: 3,
        Fact.LINE_DAILY: Decimal("0.10"),
        Fact.LINE_WEEKLY: Decimal("0.68"),
        Fact.LINE_YEARLY: 0,
    }
    assert {name: value for name, value in told.items() if name not in LINE_FACTS} == facts_of(made, received_on=ON)
    assert line_facts(made, line(quantity=None), received_on=ON)[Fact.LINE_QUANTITY] is None


@pytest.mark.parametrize("made", [draft(), draft(Category.INPATIENT), Draft(Category.OUTPATIENT)])
def test_every_word_of_the_condition_language_is_told_as_the_kind_it_is(made: Draft) -> None:
    told = line_facts(made, line(), received_on=ON)
    assert set(told) == set(Fact)
    for name, value in told.items():
        values = value if isinstance(value, tuple) else (value,)
        assert value is None or isinstance(value, tuple) is FACT_TYPES[name].plural
        assert all(item is None or isinstance(item, PYTHON[FACT_TYPES[name].kind]) for item in values)


def test_what_is_not_entered_is_not_known() -> None:
    told = facts_of(Draft(Category.OUTPATIENT), received_on=ON)
    known = {name: value for name, value in told.items() if value not in (None, ())}
    assert known == {Fact.CATEGORY: "outpatient", Fact.SUBMITTED_ON: ON}
    assert told[Fact.DIAGNOSES] == ()
    assert told[Fact.MEMBER_PROGRAM] is None


def test_blank_words_are_not_known() -> None:
    blank = draft(
        member=member(sex="", programs=()),
        providers={ProviderRole.REQUESTING: provider(kind="")},
        fields=fields(service_type="", urgency=date(2026, 1, 1)),
    )
    told = facts_of(blank, received_on=ON)
    assert [told[name] for name in (Fact.MEMBER_SEX, Fact.REQUESTING_TYPE, Fact.SERVICE, Fact.URGENCY)] == [None] * 4
    assert told[Fact.MEMBER_PROGRAM] == ()
    assert told[Fact.SERVICING_TYPE] is None


def test_a_facility_serves_where_no_servicing_provider_is_chosen() -> None:
    made = draft(Category.INPATIENT, providers={ProviderRole.FACILITY: provider(kind="hospital")})
    assert facts_of(made, received_on=ON)[Fact.SERVICING_TYPE] == "hospital"
    both = {ProviderRole.FACILITY: provider(kind="hospital"), ProviderRole.SERVICING: provider(kind="clinic")}
    assert facts_of(draft(providers=both), received_on=ON)[Fact.SERVICING_TYPE] == "clinic"


def test_age_is_told_on_the_first_day_of_service() -> None:
    born = member(birth_date=date(2005, 12, 1))
    before = draft(member=born, lines=(line(start_on=date(2026, 11, 30)),))
    assert facts_of(before, received_on=ON)[Fact.MEMBER_AGE] == 20
    assert facts_of(draft(member=born), received_on=ON)[Fact.MEMBER_AGE] == 21
    assert facts_of(draft(member=born, lines=()), received_on=ON)[Fact.MEMBER_AGE] == 20


@pytest.mark.parametrize(
    ("born", "on", "years"),
    [
        (date(2000, 5, 17), date(2021, 5, 16), 20),
        (date(2000, 5, 17), date(2021, 5, 17), 21),
        (date(2000, 5, 17), date(2021, 4, 30), 20),
        (date(2000, 5, 17), date(2021, 6, 1), 21),
        (date(2004, 2, 29), date(2025, 2, 28), 20),
        (date(2004, 2, 29), date(2025, 3, 1), 21),
        (date(2004, 2, 29), date(2024, 2, 29), 20),
        (date(2026, 5, 17), date(2026, 5, 17), 0),
    ],
)
def test_age_is_in_completed_years(born: date, on: date, years: int) -> None:
    assert age_on(born, on) == years


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)), st.integers(0, 120))
def test_a_year_is_completed_once_a_year(born: date, years: int) -> None:
    day = date(born.year + years, 12, 31)
    assert age_on(born, day) == years
    assert age_on(born, day.replace(month=1, day=1)) in {years, years - 1}


def test_nothing_of_a_member_shows_in_a_repr() -> None:
    made = draft()
    for value in (made, made.member, made.lines[0], made.diagnoses[0], stay(), document(), provider()):
        assert repr(value).startswith("<app.domain.draft.")


def test_a_field_the_stay_does_not_hold_is_not_there() -> None:
    assert diagnosis().description == ""
    assert Stay().values.get(LineField.START_ON) is None
