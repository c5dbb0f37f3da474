"""Which fields are asked, how they are typed and what may be chosen; what is wrong with one value."""

from dataclasses import replace
from datetime import date, time
from decimal import Decimal
from typing import Any

import pytest

from app.domain import field_rules
from app.domain.conditions import Unanswerable
from app.domain.draft import Line, Stay
from app.domain.errors import Invalid
from app.domain.fields import (
    ENTRY,
    HOME,
    AskedField,
    Entry,
    asked_fields,
    asked_line_fields,
    asked_names,
    choices,
    entry_of,
    list_choices,
    parse_field,
    service_label,
    shown_in,
    typed_value,
)
from tenancy.contract.intake import RequestType, SectionRule, Service
from tenancy.vocabulary import (
    CaseField,
    Category,
    DecidingDate,
    Fact,
    Feature,
    LineField,
    Operator,
    SectionName,
    WindowStart,
)
from tests.builders import ON, catalogue, contract, draft, fact, fields, intake, is_, line, rule, shipped, stay
from tests.fourth import every_state

INPATIENT, OUTPATIENT = Category.INPATIENT, Category.OUTPATIENT


def names(asked: tuple[AskedField[Any], ...]) -> list[str]:
    return [item.name for item in asked]


def required(asked: tuple[AskedField[Any], ...]) -> list[str]:
    return [item.name for item in asked if item.is_required]


def test_every_field_of_the_vocabulary_has_a_home() -> None:
    assert set(HOME) == set(CaseField)
    assert set(HOME.values()) == {SectionName.SERVICE_DETAILS, SectionName.REQUEST}


def test_the_fields_of_a_category_are_asked_in_the_contracts_order() -> None:
    assert names(asked_fields(contract(), draft(), on=ON)) == [
        "place_of_service",
        "service_type",
        "request_type",
        "urgency",
        "notification_time",
        "contact_phone",
    ]
    assert names(asked_fields(contract(), draft(INPATIENT), on=ON)) == [
        "place_of_service",
        "service_type",
        "admission_source",
        "admit_on",
        "request_type",
        "urgency",
        "notification_time",
        "contact_phone",
    ]


def test_the_names_of_the_fields_asked_are_those_of_the_fields_asked() -> None:
    for one in (draft(), draft(INPATIENT)):
        assert asked_names(contract(), one, on=ON) == set(names(asked_fields(contract(), one, on=ON)))


def test_a_field_is_shown_and_required_as_its_conditions_say() -> None:
    urgent = draft(fields=fields(urgency="expedited"))
    assert "contact_name" in names(asked_fields(contract(), urgent, on=ON))
    assert required(asked_fields(contract(), urgent, on=ON)) == [
        "service_type",
        "request_type",
        "urgency",
        "contact_phone",
    ]
    assert required(asked_fields(contract(), draft(), on=ON)) == ["service_type", "request_type", "urgency"]


def test_an_asked_field_carries_what_its_form_shows() -> None:
    field = asked_fields(
        contract(fields={CaseField.URGENCY: rule("Urgency", hint="How soon?", required=True)}), draft(), on=ON
    )[0]
    assert (field.field, field.name, field.label, field.hint) == (CaseField.URGENCY, "urgency", "Urgency", "How soon?")
    assert field.is_required
    assert field.section is SectionName.REQUEST
    assert field.entry is Entry.CHOICE
    assert field.choices == (("standard", "Standard"), ("expedited", "Expedited"))


@pytest.mark.parametrize(
    ("by", "expected"), [(DecidingDate.RECEIPT, []), (DecidingDate.SERVICE_START, ["contact_name"])]
)
def test_a_dated_field_follows_the_deciding_date(by: DecidingDate, expected: list[str]) -> None:
    dated = contract(fields={CaseField.CONTACT_NAME: rule("Contact", from_on=date(2026, 12, 1))}, rules_decided_by=by)
    assert names(asked_fields(dated, draft(), on=ON)) == expected
    assert names(asked_fields(dated, draft(), on=date(2026, 12, 1))) == ["contact_name"]


def test_a_condition_over_a_line_cannot_be_asked_of_the_whole_request() -> None:
    wrong = contract(fields={CaseField.CONTACT_NAME: rule("Contact", shown_when=is_(Fact.LINE_CODE, "E0141"))})
    with pytest.raises(Unanswerable, match=r"line\.code"):
        asked_fields(wrong, draft(), on=ON)


def test_an_outpatient_line_asks_what_its_code_needs() -> None:
    asked = asked_line_fields(contract(), draft(), line("E0141"), on=ON)
    assert names(asked) == ["modifiers", "start_on", "end_on", "quantity", "frequency", "rate"]
    assert required(asked) == ["start_on", "end_on", "quantity", "frequency"]
    assert required(asked_line_fields(contract(), draft(), line("S9131"), on=ON)) == ["start_on", "end_on", "quantity"]
    assert {item.section for item in asked} == {SectionName.PROCEDURES}
    assert {item.name: item.choices for item in asked}["frequency"] == (("daily", "Daily"), ("weekly", "Weekly"))


def test_an_inpatient_line_asks_its_own_fields() -> None:
    assert names(asked_line_fields(contract(), draft(INPATIENT), line(), on=ON)) == ["start_on"]


def test_the_stay_asks_the_block_of_the_contract() -> None:
    asked = asked_line_fields(contract(), draft(INPATIENT), stay(), on=ON)
    assert names(asked) == ["start_on", "end_on", "duration"]


def test_a_condition_of_the_stay_sees_its_days() -> None:
    long = fact(Fact.LINE_DAYS, Operator.MORE_THAN, 9)
    block = replace(intake().length_of_stay, fields={LineField.FREQUENCY: rule("Frequency", shown_when=long)})
    made = contract(length_of_stay=block)
    assert names(asked_line_fields(made, draft(INPATIENT), stay(), on=ON)) == ["frequency"]
    assert names(asked_line_fields(made, draft(INPATIENT), stay(end_on=date(2026, 12, 9)), on=ON)) == []
    assert names(asked_line_fields(made, draft(INPATIENT), Stay(), on=ON)) == []


@pytest.mark.parametrize("features", [{}, {Feature.MODIFIERS: False}])
def test_modifiers_are_asked_only_where_the_contract_has_them(features: dict[Feature, bool]) -> None:
    asked = asked_line_fields(contract(features=features), draft(), line(), on=ON)
    assert names(asked) == ["start_on", "end_on", "quantity", "frequency", "rate"]


def test_a_dated_field_of_a_line_follows_the_deciding_date() -> None:
    dated = contract(outpatient_line={LineField.RATE: rule("Rate", until_on=ON)})
    assert names(asked_line_fields(dated, draft(), line(), on=ON)) == ["rate"]
    assert names(asked_line_fields(dated, draft(), line(), on=date(2026, 11, 24))) == []


def test_a_field_with_a_list_is_a_choice() -> None:
    assert entry_of(CaseField.CONTACT_NAME, rule("Contact")) is Entry.TEXT
    assert entry_of(CaseField.CONTACT_NAME, rule("Contact", list="frequencies")) is Entry.CHOICE
    assert entry_of(LineField.RATE, rule("Rate")) is Entry.MONEY
    assert entry_of(LineField.UNIT_QUALIFIER, rule("Unit")) is Entry.TEXT


def test_what_is_listed_as_dates_and_numbers_is_entered_so() -> None:
    dates = {field for field, entry in ENTRY.items() if entry is Entry.DATE}
    assert dates == {CaseField.ADMIT_ON, CaseField.NOTIFICATION_ON, LineField.START_ON, LineField.END_ON}
    assert {field for field, entry in ENTRY.items() if entry is Entry.WHOLE} == {LineField.DURATION, LineField.QUANTITY}


def sections(*listed: SectionName) -> tuple[SectionRule, ...]:
    return tuple(SectionRule(section=name, title=name.value) for name in listed)


@pytest.mark.parametrize(
    ("listed", "wanted", "expected"),
    [
        ((SectionName.REQUEST, SectionName.SUBMIT), SectionName.REQUEST, SectionName.REQUEST),
        ((SectionName.SERVICE_DETAILS, SectionName.SUBMIT), SectionName.REQUEST, SectionName.SERVICE_DETAILS),
        ((SectionName.REQUEST, SectionName.SUBMIT), SectionName.SERVICE_DETAILS, SectionName.REQUEST),
        ((SectionName.MEMBER, SectionName.SUBMIT), SectionName.REQUEST, SectionName.SUBMIT),
        ((SectionName.MEMBER, SectionName.NOTES), SectionName.SUBMIT, SectionName.NOTES),
    ],
)
def test_everything_has_a_place_among_the_contracts_sections(
    listed: tuple[SectionName, ...], wanted: SectionName, expected: SectionName
) -> None:
    assert shown_in(contract(sections=sections(*listed)), wanted) is expected


def test_a_contract_without_sections_cannot_place_anything() -> None:
    with pytest.raises(Unanswerable, match=r"intake\.sections"):
        shown_in(contract(sections=()), SectionName.MEMBER)


def offered(field: CaseField, **keys: Any) -> list[str]:
    made = keys.pop("contract", None) or contract()
    return [value for value, _ in choices(made, draft(**keys), field, on=ON)]


def test_services_are_offered_by_category_and_date() -> None:
    assert offered(CaseField.SERVICE_TYPE, fields={}) == ["dme", "medical"]
    assert offered(CaseField.SERVICE_TYPE, fields={}, category=INPATIENT) == ["medical", "surgery"]
    early = date(2025, 12, 31)
    assert [value for value, _ in choices(contract(), draft(fields={}), CaseField.SERVICE_TYPE, on=early)] == [
        "dme",
        "medical",
        "old",
    ]


def test_services_stand_under_the_headings_of_the_contract() -> None:
    known = catalogue().services
    services = {**known, "dme": replace(known["dme"], group="Things")}
    made = contract(catalogue=replace(catalogue(), services=services))
    asked = {one.name: one.groups for one in asked_fields(made, draft(), on=ON)}
    assert asked.pop("service_type") == {"dme": "Things"}
    assert set(map(len, asked.values())) == {0}


def test_places_are_offered_by_category_and_date() -> None:
    assert offered(CaseField.PLACE_OF_SERVICE, fields={}) == ["home", "office"]
    assert offered(CaseField.PLACE_OF_SERVICE, fields={}, category=INPATIENT) == ["office", "hospital"]


def test_the_field_asked_first_narrows_the_one_asked_later() -> None:
    services = {
        "dme": Service(label="DME", categories=(OUTPATIENT,), places=("home",)),
        "medical": Service(label="Medical", categories=(OUTPATIENT,)),
    }
    order = {CaseField.PLACE_OF_SERVICE: rule("Place"), CaseField.SERVICE_TYPE: rule("Service")}
    place_first = contract(fields=order, catalogue=catalogue(services=services))
    service_first = contract(fields=dict(reversed(order.items())), catalogue=catalogue(services=services))
    chosen = fields(service_type="dme", place_of_service="office")
    assert offered(CaseField.SERVICE_TYPE, fields=chosen, contract=place_first) == ["medical"]
    assert offered(CaseField.PLACE_OF_SERVICE, fields=chosen, contract=place_first) == ["home", "office"]
    assert offered(CaseField.SERVICE_TYPE, fields=chosen, contract=service_first) == ["dme", "medical"]
    assert offered(CaseField.PLACE_OF_SERVICE, fields=chosen, contract=service_first) == ["home"]
    assert offered(CaseField.SERVICE_TYPE, fields=fields(place_of_service="home"), contract=place_first) == [
        "dme",
        "medical",
    ]
    assert offered(CaseField.PLACE_OF_SERVICE, fields=fields(service_type="medical"), contract=service_first) == [
        "home",
        "office",
    ]


def test_a_field_that_is_not_asked_narrows_nothing() -> None:
    services = {"dme": Service(label="DME", categories=(OUTPATIENT,), places=("home",))}
    only = contract(fields={CaseField.SERVICE_TYPE: rule("Service")}, catalogue=catalogue(services=services))
    chosen = fields(place_of_service="office")
    assert offered(CaseField.SERVICE_TYPE, fields=chosen, contract=only) == ["dme"]
    neither = contract(fields={}, catalogue=catalogue(services=services))
    assert offered(CaseField.PLACE_OF_SERVICE, fields=fields(service_type="dme"), contract=neither) == [
        "home",
        "office",
    ]


def test_request_types_are_offered_for_new_cases_of_the_category() -> None:
    assert offered(CaseField.REQUEST_TYPE) == ["prior_auth", "retrospective"]
    assert offered(CaseField.REQUEST_TYPE, category=INPATIENT) == ["prior_auth"]


def test_an_extension_is_of_the_one_type_the_contract_names() -> None:
    further = replace(draft(category=INPATIENT), is_extension=True)
    assert choices(shipped(), further, CaseField.REQUEST_TYPE, on=ON) == (("concurrent", "Concurrent"),)


def test_a_list_of_the_contract_goes_before_a_fields_own_choices() -> None:
    listed = contract(fields={CaseField.URGENCY: rule("Urgency", list="frequencies")})
    assert offered(CaseField.URGENCY, contract=listed) == ["daily", "weekly"]
    assert offered(CaseField.ADMISSION_SOURCE, category=INPATIENT) == ["elective", "emergency"]
    assert offered(CaseField.CONTACT_NAME) == []
    assert offered(CaseField.ADMIT_ON, contract=contract(fields={})) == []


def test_an_unknown_list_raises() -> None:
    assert list_choices(contract(), "") == ()
    with pytest.raises(Unanswerable, match=r"catalogue\.lists\.colours: the contract has no such list"):
        list_choices(contract(), "colours")


@pytest.mark.parametrize(("code", "expected"), [("06", "06 - Surgery"), ("", "Surgery")])
def test_a_service_is_shown_with_its_code(code: str, expected: str) -> None:
    assert service_label(Service(label="Surgery", code=code, categories=(INPATIENT,))) == expected
    labels = contract(
        catalogue=catalogue(services={"x": Service(label="Surgery", code=code, categories=(OUTPATIENT,))})
    )
    assert choices(labels, draft(), CaseField.SERVICE_TYPE, on=ON) == (("x", expected),)


TYPED: list[tuple[CaseField | LineField, str, Any, str]] = [
    (CaseField.CONTACT_NAME, " Ada Pine ", "Ada Pine", "Ada Pine"),
    (CaseField.CONTACT_NAME, "\x00", None, ""),
    (CaseField.SERVICE_TYPE, "dme", "dme", "dme"),
    (CaseField.ADMIT_ON, "3/4/2026", date(2026, 3, 4), "03/04/2026"),
    (CaseField.NOTIFICATION_TIME, "2:05 pm", time(14, 5), "2:05 PM"),
    (CaseField.NOTIFICATION_TIME, "12:00 am", time(0, 0), "12:00 AM"),
    (CaseField.CONTACT_PHONE, "(601) 555-0100", "601-555-0100", "601-555-0100"),
    (LineField.QUANTITY, "1,000", 1000, "1000"),
    (LineField.QUANTITY, "0", 0, "0"),
    (LineField.RATE, "$12.5", Decimal("12.50"), "12.50"),
    (LineField.RATE, "0", Decimal("0.00"), "0.00"),
    (LineField.MODIFIERS, "rt, nu", ("RT", "NU"), "RT NU"),
    (LineField.DURATION, "  ", None, ""),
]


@pytest.mark.parametrize(("field", "raw", "value", "shown"), TYPED)
def test_what_is_typed_is_read_and_shown_again(field: CaseField | LineField, raw: str, value: Any, shown: str) -> None:
    assert parse_field(field, rule("Field"), raw) == value
    assert typed_value(value) == shown
    assert parse_field(field, rule("Field"), shown) == value


@pytest.mark.parametrize(
    ("field", "raw", "message"),
    [
        (LineField.START_ON, "soon", "Enter the requested start date as MM/DD/YYYY, for example 03/14/2026."),
        (LineField.QUANTITY, "some", "Enter the requested start date as a whole number, for example 12."),
        (CaseField.CONTACT_NAME, "x" * 201, "Enter the requested start date in at most 200 characters."),
        (
            LineField.MODIFIERS,
            ",",
            "Enter the requested start date as two letters or digits each, at most four, for example RT NU.",
        ),
    ],
)
def test_what_cannot_be_read_is_refused_by_the_fields_label(
    field: CaseField | LineField, raw: str, message: str
) -> None:
    with pytest.raises(Invalid) as raised:
        parse_field(field, rule("Requested Start Date"), raw)
    assert [(fault.field, fault.message) for fault in raised.value.faults] == [(field.value, message)]


def asked(entry: Entry, label: str = "Start Date", *, is_required: bool = False, offered: Any = ()) -> AskedField[Any]:
    return AskedField(CaseField.CONTACT_NAME, rule(label), is_required, SectionName.REQUEST, entry, offered)


@pytest.mark.parametrize("value", [None, "", ()])
def test_an_empty_field_is_asked_for_only_if_required(value: Any) -> None:
    assert field_rules.fault(asked(Entry.DATE), value) == ""
    assert field_rules.fault(asked(Entry.DATE, is_required=True), value) == "Enter the start date."
    assert field_rules.fault(asked(Entry.CHOICE, "Service Type", is_required=True), value) == "Choose a service type."


IN_DAYS = "Enter the start date between 01/01/1900 and 12/31/2100."
WHOLE = "Enter the start date as a whole number from 1 to 999,999."
CENTS = "Enter the start date in dollars and cents, zero or more."


@pytest.mark.parametrize(
    ("entry", "value", "message"),
    [
        (Entry.TEXT, "x" * 200, ""),
        (Entry.TEXT, "x" * 201, "Enter the start date in at most 200 characters."),
        (Entry.DATE, date(1900, 1, 1), ""),
        (Entry.DATE, date(2100, 12, 31), ""),
        (Entry.DATE, date(1899, 12, 31), IN_DAYS),
        (Entry.DATE, date(2101, 1, 1), IN_DAYS),
        (Entry.DATE, "03/14/2026", IN_DAYS),
        (Entry.TIME, time(0, 0), ""),
        (Entry.TIME, "noon", "Enter the start date as a time of day."),
        (Entry.PHONE, "601-555-0100", ""),
        (Entry.PHONE, "555-0100", "Enter the start date as ten digits, for example 601-555-0100."),
        (Entry.WHOLE, 1, ""),
        (Entry.WHOLE, 999_999, ""),
        (Entry.WHOLE, 0, WHOLE),
        (Entry.WHOLE, -1, WHOLE),
        (Entry.WHOLE, 1_000_000, WHOLE),
        (Entry.WHOLE, Decimal(1), WHOLE),
        (Entry.MONEY, Decimal(0), ""),
        (Entry.MONEY, Decimal("12.5"), ""),
        (Entry.MONEY, Decimal("9999999.99"), ""),
        (Entry.MONEY, Decimal("-0.01"), CENTS),
        (Entry.MONEY, Decimal("0.005"), CENTS),
        (Entry.MONEY, Decimal(10000000), CENTS),
        (Entry.MONEY, Decimal("NaN"), CENTS),
        (Entry.MONEY, 5, CENTS),
        (Entry.MODIFIERS, ("RT", "59", "A1", "ZZ"), ""),
        (Entry.MODIFIERS, ("R",), "Enter the start date as two letters or digits each, at most four."),
        (
            Entry.MODIFIERS,
            ("A1", "A2", "A3", "A4", "A5"),
            "Enter the start date as two letters or digits each, at most four.",
        ),
        (Entry.MODIFIERS, "RT", "Enter the start date as two letters or digits each, at most four."),
    ],
)
def test_a_value_must_make_sense(entry: Entry, value: Any, message: str) -> None:
    assert field_rules.fault(asked(entry), value) == message


def test_a_choice_must_be_on_offer() -> None:
    field = asked(Entry.CHOICE, "Admission Source", offered=(("a", "A"),))
    assert field_rules.fault(field, "a") == ""
    assert field_rules.fault(field, "b") == (
        "Choose an admission source from the list: the one chosen is not offered for this request."
    )


LABELS = {LineField.START_ON: "Start Date", LineField.END_ON: "End Date"}


@pytest.mark.parametrize(
    ("part", "labels", "message"),
    [
        (
            line(start_on=date(2026, 12, 2), end_on=date(2026, 12, 1)),
            LABELS,
            "Enter an end date on or after the start date.",
        ),
        (
            stay(start_on=date(2026, 12, 2), end_on=date(2026, 12, 1)),
            LABELS,
            "Enter an end date on or after the start date.",
        ),
        (line(start_on=date(2026, 12, 2), end_on=date(2026, 12, 2)), LABELS, ""),
        (line(start_on=date(2026, 12, 2), end_on=None), LABELS, ""),
        (line(start_on=None, end_on=date(2026, 12, 1)), LABELS, ""),
        (line(start_on=date(2026, 12, 2), end_on=date(2026, 12, 1)), {LineField.START_ON: "Start"}, ""),
    ],
)
def test_the_end_is_not_before_the_start(part: Line | Stay, labels: dict[LineField, str], message: str) -> None:
    assert field_rules.order_fault(part, labels) == message


WINDOW = RequestType(label="Prior Auth", earliest_start_days=14, latest_start_days=1)
BACK = "Enter a start date on or after 11/09/2026: Prior Auth goes back at most 14 days."
AHEAD = "Enter a start date on or before 11/24/2026: Prior Auth looks ahead at most 1 day."
FOLLOWING = (
    "Enter a start date on or after 11/23/2026: A goes back at most 0 days from the end of the earlier approval."
)


@pytest.mark.parametrize(
    ("kind", "start", "message"),
    [
        (WINDOW, date(2026, 11, 9), ""),
        (WINDOW, date(2026, 11, 8), BACK),
        (WINDOW, date(2026, 11, 24), ""),
        (WINDOW, date(2026, 11, 25), AHEAD),
        (RequestType(label="Open"), date(1999, 1, 1), ""),
        (RequestType(label="Open"), date(2099, 1, 1), ""),
        (RequestType(label="Past", latest_start_days=0), date(2026, 11, 23), ""),
        (RequestType(label="Ahead", earliest_start_days=0), date(2026, 11, 23), ""),
        (
            RequestType(label="Past", latest_start_days=0),
            date(2026, 11, 24),
            "Enter a start date on or before 11/23/2026: Past looks ahead at most 0 days.",
        ),
        (
            RequestType(label="Ahead", earliest_start_days=0),
            date(2026, 11, 22),
            "Enter a start date on or after 11/23/2026: Ahead goes back at most 0 days.",
        ),
        (
            RequestType(label="Stay", window_starts=WindowStart.ADMISSION, latest_start_days=1),
            date(2026, 11, 25),
            "Enter a start date on or before 11/24/2026: Stay looks ahead at most 1 day from the day of admission.",
        ),
        (
            RequestType(label="A", window_starts=WindowStart.EARLIER_END, earliest_start_days=0),
            date(2026, 11, 22),
            FOLLOWING,
        ),
    ],
)
def test_service_starts_inside_the_request_types_window(kind: RequestType, start: date, message: str) -> None:
    assert field_rules.window_fault(kind, "Start Date", start, on=ON) == message


@pytest.mark.parametrize("slug", every_state())
@pytest.mark.parametrize("category", Category)
def test_no_choice_of_a_shipped_contract_is_a_dead_end(slug: str, category: Category) -> None:
    for asked_field in asked_fields(shipped(slug), draft(category, fields={}), on=ON):
        assert asked_field.entry is not Entry.CHOICE or asked_field.choices
