"""What is missing in a draft: one rule for the panel, the marks, the pop-up and the submit door."""

from collections.abc import Mapping
from dataclasses import fields as parts_of
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.completeness import (
    SectionState,
    Standing,
    asked_providers,
    is_complete,
    missing,
    section_states,
)
from app.domain.conditions import Unanswerable
from app.domain.draft import Approval, Draft, Stay
from app.domain.missing import Missing
from tenancy.contract import Contract
from tenancy.contract.intake import CheckRule, Disclaimer, SectionRule
from tenancy.vocabulary import (
    CaseField,
    Category,
    CodeSystem,
    DecidingDate,
    DisclaimerStyle,
    Fact,
    Feature,
    LineField,
    Operator,
    ProviderRole,
    QuestionKind,
    SectionName,
    Severity,
    WindowStart,
    Word,
)
from tests.builders import (
    ON,
    contract,
    diagnosis,
    document,
    document_rule,
    documents,
    draft,
    fact,
    fields,
    intake,
    is_,
    line,
    member,
    provider,
    question,
    questionnaire,
    rule,
    shipped,
    stay,
)

INPATIENT, OUTPATIENT = Category.INPATIENT, Category.OUTPATIENT
S = SectionName
Told = list[tuple[SectionName, str, str]]


def told(made: Draft, rules: Contract | None = None, on: date = ON) -> Told:
    return [(item.section, item.anchor, item.message) for item in missing(rules or contract(), made, on=on)]


@pytest.mark.parametrize("category", Category)
def test_a_complete_draft_misses_nothing(category: Category) -> None:
    assert told(draft(category)) == []
    assert is_complete(missing(contract(), draft(category), on=ON))


def test_an_empty_outpatient_draft_says_everything_it_needs() -> None:
    assert told(Draft(OUTPATIENT)) == [
        (S.MEMBER, "member", "Choose the member."),
        (S.PROVIDERS, "provider-requesting", "Choose the requesting provider."),
        (S.PROVIDERS, "provider-servicing", "Choose the servicing provider."),
        (S.PROVIDERS, "provider-attending", "Choose the attending physician."),
        (S.SERVICE_DETAILS, "field-service_type", "Choose a service type."),
        (S.DIAGNOSES, "diagnoses", "Add at least one diagnosis."),
        (S.REQUEST, "field-request_type", "Choose a request type."),
        (S.REQUEST, "field-urgency", "Choose an urgency."),
        (S.PROCEDURES, "procedures", "Add at least one procedure."),
        (S.SUBMIT, "disclaimer", "Tick the box “I understand”."),
    ]


def test_an_empty_inpatient_draft_says_everything_it_needs() -> None:
    assert told(Draft(INPATIENT)) == [
        (S.MEMBER, "member", "Choose the member."),
        (S.PROVIDERS, "provider-requesting", "Choose the requesting provider."),
        (S.PROVIDERS, "provider-attending", "Choose the attending physician."),
        (S.SERVICE_DETAILS, "field-service_type", "Choose a service type."),
        (S.SERVICE_DETAILS, "field-admission_source", "Choose an admission source."),
        (S.SERVICE_DETAILS, "field-admit_on", "Enter the admit date."),
        (S.DIAGNOSES, "diagnoses", "Add at least one diagnosis."),
        (S.REQUEST, "field-request_type", "Choose a request type."),
        (S.REQUEST, "field-urgency", "Choose an urgency."),
        (S.PROCEDURES, "stay-start_on", "Length of stay: enter the requested start date."),
        (S.PROCEDURES, "stay-end_on", "Length of stay: enter the requested end date."),
        (S.PROCEDURES, "stay-duration", "Length of stay: enter the requested duration."),
        (S.SUBMIT, "disclaimer", "Tick the box “I understand”."),
    ]


SWAPPED = line(start_on=date(2026, 12, 2), end_on=date(2026, 12, 1))
BOTH_CHECK = CheckRule(
    when=is_(Fact.URGENCY, "standard"), severity=Severity.WARNING, section=S.REQUEST, message="Is it really standard?"
)


@pytest.mark.parametrize(
    ("changes", "rules", "expected"),
    [
        # members and providers
        ({"member": None}, {"words": {Word.MEMBER: "Consumer"}}, [(S.MEMBER, "member", "Choose the consumer.")]),
        ({"member": None}, {"words": {}}, [(S.MEMBER, "member", "Choose the member.")]),
        (
            {"providers": {**draft().providers, ProviderRole.SERVICING: provider(fax=" ")}},
            {},
            [(S.PROVIDERS, "provider-servicing-fax", "Enter the fax number of the servicing provider.")],
        ),
        ({"providers": {**draft().providers, ProviderRole.REQUESTING: provider(fax="")}}, {}, []),
        # fields
        (
            {"fields": fields(service_type="surgery")},
            {},
            [
                (
                    S.SERVICE_DETAILS,
                    "field-service_type",
                    "Choose a service type from the list: the one chosen is not offered for this request.",
                )
            ],
        ),
        (
            {"fields": fields(urgency="expedited")},
            {},
            [(S.REQUEST, "field-contact_phone", "Enter the contact phone.")],
        ),
        ({"fields": fields(urgency="expedited", contact_phone="601-555-0100")}, {}, []),
        (
            {"fields": fields(admit_on=date(1800, 1, 1), contact_name="x" * 500)},
            {},
            [],  # fields that are not asked are not judged
        ),
        # diagnoses
        ({"diagnoses": ()}, {}, [(S.DIAGNOSES, "diagnoses", "Add at least one diagnosis.")]),
        (
            {"diagnoses": (diagnosis("C50"), diagnosis("C51"), diagnosis("C52"), diagnosis("C53"))},
            {},
            [(S.DIAGNOSES, "diagnoses", "Keep at most 3 diagnoses.")],
        ),
        ({"diagnoses": (diagnosis("C50"), diagnosis("C51"), diagnosis("C52"))}, {}, []),
        (
            {"diagnoses": (diagnosis(), diagnosis("0JH60", CodeSystem.ICD10PCS))},
            {},
            [(S.DIAGNOSES, "diagnoses", "0JH60: choose a code from ICD-10 instead.")],
        ),
        # procedures
        ({"lines": ()}, {}, [(S.PROCEDURES, "procedures", "Add at least one procedure.")]),
        (
            {"lines": (line(), line(id="2"), line(id="3"))},
            {},
            [(S.PROCEDURES, "procedures", "Keep at most 2 procedures.")],
        ),
        ({"lines": (line(), line("99222", id="2", system=CodeSystem.CPT))}, {}, []),
        (
            {"lines": (line("0JH60", system=CodeSystem.ICD10PCS),)},
            {},
            [(S.PROCEDURES, "line-1", "0JH60: choose a code from HCPCS or CPT instead.")],
        ),
        (
            {"lines": (line(end_on=None), line("S9131", id="2", frequency=None), line("E1", id="3", frequency=None))},
            {"procedures": replace(intake().procedures, maximum=3)},
            [
                (S.PROCEDURES, "line-1-end_on", "E0141: enter the requested end date."),
                (S.PROCEDURES, "line-3-frequency", "E1: choose a requested frequency."),
            ],
        ),
        (
            {"lines": (line(), line(id="2", end_on=None))},
            {},
            [(S.PROCEDURES, "line-2-end_on", "E0141 (2 of 2): enter the requested end date.")],
        ),
        (
            {"lines": (SWAPPED,)},
            {},
            [
                (
                    S.PROCEDURES,
                    "line-1-end_on",
                    "E0141: enter a requested end date on or after the requested start date.",
                )
            ],
        ),
        (
            {"lines": (line(quantity=0, modifiers=("R",)),)},
            {},
            [
                (
                    S.PROCEDURES,
                    "line-1-modifiers",
                    "E0141: enter the modifiers as two letters or digits each, at most four.",
                ),
                (
                    S.PROCEDURES,
                    "line-1-quantity",
                    "E0141: enter the requested quantity as a whole number from 1 to 999,999.",
                ),
            ],
        ),
        # windows
        (
            {"lines": (line(start_on=date(2026, 11, 8)),)},
            {},
            [
                (
                    S.PROCEDURES,
                    "line-1-start_on",
                    "E0141: enter a requested start date on or after 11/09/2026: Prior Auth goes back at most 14 days.",
                )
            ],
        ),
        ({"lines": (line(start_on=date(2026, 11, 8)),), "fields": fields(request_type="retrospective")}, {}, []),
        (
            {"lines": (line(start_on=date(1990, 1, 1)),), "fields": fields(request_type=None)},
            {},
            [(S.REQUEST, "field-request_type", "Choose a request type.")],
        ),
        (
            {"lines": (line(start_on=date(1990, 1, 1)),)},
            {"outpatient_line": {LineField.QUANTITY: rule("Quantity")}},
            [],
        ),
        # documents
        (
            {},
            {"documents": documents({"order": document_rule()})},
            [(S.DOCUMENTS, "document-order", "Add the document “Physician Order”. Signed in the last 90 days.")],
        ),
        ({"documents": (document("order"),)}, {"documents": documents({"order": document_rule()})}, []),
        (
            {"documents": (document("order"), document("order", id="d2", dated_on=ON), document("other", id="d3"))},
            {"documents": documents({"order": document_rule(max_age_days=1)})},
            [
                (
                    SectionName.DOCUMENTS,
                    "document-d1-date",
                    "order.pdf: enter the date on the document. It may be at most 1 day old.",
                )
            ],
        ),
        (
            {"documents": (document("order", dated_on=ON - timedelta(days=2)),)},
            {"documents": documents({"order": document_rule(max_age_days=1, required=False)})},
            [
                (
                    SectionName.DOCUMENTS,
                    "document-d1-date",
                    (
                        f"order.pdf is dated {ON - timedelta(days=2):%m/%d/%Y}. "
                        "It may be at most 1 day old: add a newer one."
                    ),
                )
            ],
        ),
        (
            {"documents": (document("other"),)},
            {"documents": documents({"order": document_rule(alternatives=("plan",))})},
            [
                (
                    S.DOCUMENTS,
                    "document-order",
                    "Add the document “Physician Order” or “Plan of Care”. Signed in the last 90 days.",
                )
            ],
        ),
        (
            {"documents": (document("plan"),)},
            {"documents": documents({"order": document_rule(alternatives=("plan",))})},
            [],
        ),
        (
            {"documents": (document("", name="scan.pdf"), document("gone", id="d2"))},
            {"documents": documents(type_required=True)},
            [
                (S.DOCUMENTS, "document-d1-type", "scan.pdf: choose a document type."),
                (S.DOCUMENTS, "document-d2-type", "order.pdf: choose a document type."),
            ],
        ),
        ({"documents": (document(""),)}, {}, []),
        ({"documents": (document("other"),)}, {"documents": documents(type_required=True)}, []),
        # disclaimer
        ({"disclaimer_accepted": False}, {}, [(S.SUBMIT, "disclaimer", "Tick the box “I understand”.")]),
        ({"disclaimer_accepted": False}, {"disclaimers": {}}, []),
        (
            {"disclaimer_accepted": False},
            {
                "disclaimers": {
                    "v1": Disclaimer(style=DisclaimerStyle.DIALOG, title="T", text="…", accept_label="Agree")
                }
            },
            [(S.SUBMIT, "disclaimer", "Read the disclaimer and choose “Agree”.")],
        ),
    ],
)
def test_each_rule_says_what_to_do(changes: Mapping[str, Any], rules: Mapping[str, Any], expected: Told) -> None:
    assert told(draft(**changes), contract(**rules)) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"stay": None}, ["start_on", "end_on", "duration"]),
        ({"stay": Stay()}, ["start_on", "end_on", "duration"]),
        ({"stay": stay(duration=0)}, ["duration"]),
        ({"stay": stay(end_on=date(2026, 11, 30))}, ["end_on"]),
        ({"stay": stay(start_on=date(2026, 11, 8))}, ["start_on"]),
    ],
)
def test_an_admission_needs_its_length_of_stay(changes: Mapping[str, Any], expected: list[str]) -> None:
    found = missing(contract(), draft(INPATIENT, **changes), on=ON)
    assert [item.anchor for item in found] == [f"stay-{name}" for name in expected]
    assert all(item.message.startswith("Length of stay: enter ") for item in found)


def test_a_stay_of_an_outpatient_request_is_not_asked() -> None:
    assert told(draft(stay=Stay())) == []


def test_an_admission_without_a_procedure_is_complete_unless_its_service_needs_one() -> None:
    surgery = draft(INPATIENT, fields=fields(INPATIENT, service_type="surgery"))
    assert told(draft(INPATIENT)) == []
    assert told(surgery) == [(S.PROCEDURES, "procedures", "Add at least one procedure.")]
    assert told(replace(surgery, lines=(line(),))) == []


def test_a_service_may_need_no_procedure() -> None:
    old = draft(fields=fields(service_type="old"), lines=(), disclaimer_accepted=True)
    early = date(2025, 12, 1)
    assert told(old, on=early) == []


def test_the_attending_physician_is_asked_only_where_the_contract_has_one() -> None:
    without = contract(features={Feature.ATTENDING_PHYSICIAN: False})
    assert [item.role for item in asked_providers(contract(), draft())] == ["requesting", "servicing", "attending"]
    assert [item.role for item in asked_providers(contract(), draft(INPATIENT))] == ["requesting", "attending"]
    assert [item.role for item in asked_providers(without, draft())] == ["requesting", "servicing"]
    assert [item.role for item in asked_providers(contract(features={}), draft())] == ["requesting", "servicing"]


FORM = questionnaire(
    {
        "oxygen": question(QuestionKind.YES_NO, "Oxygen?", shown_when=fact(Fact.MEMBER_AGE, Operator.AT_LEAST, 21)),
        "child": question(QuestionKind.YES_NO, "Child?", shown_when=fact(Fact.MEMBER_AGE, Operator.LESS_THAN, 21)),
    }
)
DONE = {"completed": frozenset({"equipment"}), "answers": {"equipment": {"oxygen": True}}}


@pytest.mark.parametrize(
    ("changes", "form", "expected"),
    [
        ({}, FORM, [("Complete the questionnaire “Equipment”.", Severity.ERROR)]),
        ({"answers": DONE["answers"]}, FORM, [("Complete the questionnaire “Equipment”.", Severity.ERROR)]),
        (DONE, FORM, []),
        (
            {**DONE, "answers": {}},
            FORM,
            [("1 answer needs your attention: questionnaire “Equipment”.", Severity.ERROR)],
        ),
        # facts change: the member turns out to be a child, and another question is open
        (
            {**DONE, "member": member(birth_date=date(2016, 1, 1))},
            FORM,
            [("1 answer needs your attention: questionnaire “Equipment”.", Severity.ERROR)],
        ),
        ({}, replace(FORM, required=False), []),
        (DONE, replace(FORM, required=False), []),
        (
            {**DONE, "answers": {}},
            replace(FORM, required=False),
            [("1 answer needs your attention: questionnaire “Equipment”.", Severity.WARNING)],
        ),
        ({}, replace(FORM, until_on=date(2020, 1, 1)), []),
    ],
)
def test_a_questionnaire_stays_complete_only_while_its_answers_do(
    changes: Mapping[str, Any], form: Any, expected: list[tuple[str, Severity]]
) -> None:
    found = missing(contract(questionnaires={"equipment": form}), draft(**changes), on=ON)
    assert [(item.message, item.severity) for item in found] == expected
    assert {(item.section, item.anchor) for item in found} <= {(S.QUESTIONNAIRES, "questionnaire-equipment")}


def test_several_open_answers_are_counted() -> None:
    form = questionnaire({name: question(QuestionKind.YES_NO) for name in "abc"})
    found = told(draft(completed=frozenset({"equipment"})), contract(questionnaires={"equipment": form}))
    assert found == [
        (S.QUESTIONNAIRES, "questionnaire-equipment", "3 answers need your attention: questionnaire “Equipment”.")
    ]


def test_a_wanted_document_only_warns() -> None:
    rules = contract(documents=documents({"order": document_rule(required=False)}))
    found = missing(rules, draft(), on=ON)
    assert [(item.message, item.severity) for item in found] == [
        ("Wanted, if you have it: “Physician Order”. Signed in the last 90 days.", Severity.WARNING)
    ]
    assert is_complete(found)


@pytest.mark.parametrize(
    ("check", "expected"),
    [
        (BOTH_CHECK, [(S.REQUEST, "request", "Is it really standard?")]),
        (replace(BOTH_CHECK, when=is_(Fact.URGENCY, "expedited")), []),
        (replace(BOTH_CHECK, until_on=date(2020, 1, 1)), []),
        (
            replace(BOTH_CHECK, when=fact(Fact.LINE_QUANTITY, Operator.MORE_THAN, 5), message="Ask for fewer."),
            [(S.REQUEST, "line-2", "E0163: ask for fewer.")],
        ),
        (
            replace(BOTH_CHECK, when=is_(Fact.LINE_CODE, "E0163"), message="PAR first.", severity=Severity.ERROR),
            [(S.REQUEST, "line-2", "E0163: PAR first.")],
        ),
    ],
)
def test_the_contracts_own_rules_are_told_where_it_says(check: CheckRule, expected: Told) -> None:
    made = draft(lines=(line(), line("E0163", id="2", quantity=9)))
    found = missing(contract(checks={"odd": check}), made, on=ON)
    assert [(item.section, item.anchor, item.message) for item in found] == expected
    assert {(item.field, item.severity) for item in found} <= {("check-odd", check.severity)}


def test_only_errors_keep_a_draft_from_being_submitted() -> None:
    warning = missing(contract(checks={"odd": BOTH_CHECK}), draft(), on=ON)
    error = missing(contract(checks={"odd": replace(BOTH_CHECK, severity=Severity.ERROR)}), draft(), on=ON)
    assert (is_complete(warning), is_complete(error), is_complete(())) == (True, False, True)


def test_a_rule_that_cannot_be_answered_raises() -> None:
    wrong = replace(BOTH_CHECK, when=is_(Fact.MEMBER_AGE, "old"))
    with pytest.raises(Unanswerable):
        missing(contract(checks={"odd": wrong}), draft(), on=ON)


@pytest.mark.parametrize(
    ("by", "messages"),
    [(DecidingDate.RECEIPT, []), (DecidingDate.SERVICE_START, ["Is it really standard?"])],
)
def test_the_deciding_date_chooses_the_rules(by: DecidingDate, messages: list[str]) -> None:
    later = replace(BOTH_CHECK, from_on=date(2026, 12, 1))
    found = missing(contract(checks={"odd": later}, rules_decided_by=by), draft(), on=ON)
    assert [item.message for item in found] == messages


@pytest.mark.parametrize(
    ("starts", "parts", "is_late"),
    [
        (WindowStart.RECEIPT, {}, True),
        (WindowStart.ADMISSION, {}, False),
        (WindowStart.ADMISSION, {"admit_on": date(2026, 11, 30)}, False),
        (WindowStart.ADMISSION, {"admit_on": date(2026, 11, 29)}, True),
        (WindowStart.EARLIER_END, {"earlier_number": "1"}, False),
        (WindowStart.EARLIER_END, {"earlier_number": "2"}, True),
    ],
)
def test_a_window_is_counted_from_the_day_the_contract_names(
    starts: WindowStart, parts: dict[str, Any], is_late: bool
) -> None:
    kind = replace(intake().request_types["prior_auth"], window_starts=starts, latest_start_days=1)
    made = draft(
        fields=fields(**parts),
        earlier=(Approval(("1",), "", ends_on=date(2026, 11, 30)), Approval(("2",), "", ends_on=date(2026, 11, 1))),
    )
    found = missing(contract(request_types={"prior_auth": kind}), made, on=ON)
    assert [item.field for item in found] == (["line-1-start_on"] if is_late else [])


def test_the_field_of_a_finding_is_the_case_fields_word_or_its_anchor() -> None:
    found = {item.anchor: item.field for item in missing(contract(), Draft(OUTPATIENT), on=ON)}
    assert found.pop("field-service_type") == "service_type"
    assert found["provider-requesting"] == "provider-requesting"


def test_nothing_of_a_message_shows_in_a_repr() -> None:
    assert "scan" not in repr(Missing(S.DOCUMENTS, "document-1-type", "scan.pdf: choose a document type."))


def test_findings_follow_the_contracts_sections() -> None:
    listed = (S.SUBMIT, S.PROCEDURES, S.SERVICE_DETAILS, S.MEMBER)
    rules = contract(sections=tuple(SectionRule(section=name, title=name) for name in listed))
    assert [item.section for item in missing(rules, Draft(OUTPATIENT), on=ON)] == [
        S.SUBMIT,
        S.PROCEDURES,
        *[S.SERVICE_DETAILS] * 3,
        *[S.MEMBER] * 5,
    ]


def standings(made: Draft, rules: Contract | None = None) -> dict[SectionName, SectionState]:
    kept = rules or contract()
    return dict(section_states(kept, made, missing(kept, made, on=ON)))


def test_every_section_of_an_empty_draft_says_how_it_stands() -> None:
    needs = {
        S.MEMBER: 1,
        S.PROVIDERS: 3,
        S.SERVICE_DETAILS: 1,
        S.DIAGNOSES: 1,
        S.REQUEST: 2,
        S.PROCEDURES: 1,
        S.SUBMIT: 1,
    }
    expected = {
        name: SectionState(Standing.NEEDS, needs[name]) if name in needs else SectionState(Standing.OPTIONAL)
        for name in SectionName
    }
    states = standings(Draft(OUTPATIENT))
    assert states == expected
    assert list(states) == list(SectionName)
    assert states[S.NOTES].count == 0


def test_sections_that_hold_what_they_need_are_complete() -> None:
    states = standings(draft(note_count=1, documents=(document(),), completed=frozenset({"x"})))
    assert set(states.values()) == {SectionState(Standing.COMPLETE)}


def test_sections_that_hold_nothing_and_need_nothing_are_optional() -> None:
    free = contract(
        providers=(),
        fields={name: rule("F") for name in (CaseField.CONTACT_NAME, CaseField.SERVICE_TYPE)},
        outpatient_line={},
        procedures=replace(intake().procedures, required={}),
        diagnoses=replace(intake().diagnoses, required={}),
        disclaimers={},
    )
    states = standings(Draft(OUTPATIENT, member=member(), fields={CaseField.CONTACT_NAME: None}), free)
    optional = {name for name, state in states.items() if state == SectionState(Standing.OPTIONAL)}
    assert optional == set(SectionName) - {S.MEMBER}


@pytest.mark.parametrize(
    ("parts", "section"),
    [
        ({"fields": {CaseField.CONTACT_NAME: "Ada"}}, S.REQUEST),
        ({"fields": {CaseField.PLACE_OF_SERVICE: "home"}}, S.SERVICE_DETAILS),
        ({"stay": stay()}, S.PROCEDURES),
        ({"stay": stay(end_on=None)}, S.PROCEDURES),
        ({"lines": (line(),)}, S.PROCEDURES),
        ({"diagnoses": (diagnosis(),)}, S.DIAGNOSES),
        ({"providers": {ProviderRole.REQUESTING: provider()}}, S.PROVIDERS),
        ({"completed": frozenset({"x"})}, S.QUESTIONNAIRES),
        ({"documents": (document(),)}, S.DOCUMENTS),
        ({"note_count": 1}, S.NOTES),
        ({"disclaimer_accepted": True}, S.SUBMIT),
        ({"member": member()}, S.MEMBER),
    ],
)
def test_a_section_is_complete_as_soon_as_it_holds_something(parts: Mapping[str, Any], section: SectionName) -> None:
    made = Draft(**{"category": OUTPATIENT, **parts})
    complete = {
        name for name, state in section_states(contract(), made, ()).items() if state.standing is Standing.COMPLETE
    }
    assert complete == {section}


def test_an_empty_stay_is_nothing() -> None:
    assert section_states(contract(), Draft(INPATIENT, stay=Stay({LineField.START_ON: None})), ())[S.PROCEDURES] == (
        SectionState(Standing.OPTIONAL)
    )


def test_a_section_that_only_warns_says_so() -> None:
    twice = contract(checks={"odd": BOTH_CHECK, "again": BOTH_CHECK})
    assert standings(draft(), twice)[S.REQUEST] == SectionState(Standing.WARNING, 2)
    worse = contract(checks={"odd": BOTH_CHECK, "again": replace(BOTH_CHECK, severity=Severity.ERROR)})
    assert standings(draft(), worse)[S.REQUEST] == SectionState(Standing.NEEDS, 1)


# properties over whole drafts of the shipped contracts

SHIPPED = ("mississippi", "colorado", "west_virginia")
DAYS = st.none() | st.dates(date(1890, 1, 1), date(2110, 1, 1)) | st.dates(date(2026, 11, 1), date(2027, 1, 31))
WORDS = st.none() | st.sampled_from(
    ["dme", "home_health", "inpatient_surgery", "prior_auth", "standard", "expedited", "home", "elective", "gone"]
)
LINES = st.lists(
    st.builds(
        line,
        st.sampled_from(["E0141", "E1399", "K0800", "99222", "S9131"]),
        start_on=DAYS,
        end_on=DAYS,
        quantity=st.none() | st.integers(-1, 5),
        duration=st.none() | st.integers(-1, 5),
        frequency=WORDS,
        modifiers=st.sampled_from([(), ("RT",), ("R",)]),
    ),
    max_size=2,
).map(lambda made: tuple(replace(item, id=str(index)) for index, item in enumerate(made)))
DRAFTS = st.builds(
    Draft,
    category=st.sampled_from(Category),
    member=st.none() | st.builds(member, birth_date=st.dates(date(1920, 1, 1), date(2026, 1, 1))),
    providers=st.dictionaries(
        st.sampled_from(ProviderRole), st.builds(provider, fax=st.sampled_from(["", "601-555-0100"]))
    ),
    fields=st.fixed_dictionaries(
        {
            CaseField.SERVICE_TYPE: WORDS,
            CaseField.PLACE_OF_SERVICE: WORDS,
            CaseField.ADMISSION_SOURCE: WORDS,
            CaseField.REQUEST_TYPE: WORDS,
            CaseField.URGENCY: WORDS,
            CaseField.ADMIT_ON: DAYS,
            CaseField.CONTACT_PHONE: st.none() | st.sampled_from(["555", "601-555-0100"]),
        }
    ),
    diagnoses=st.lists(st.builds(diagnosis, st.sampled_from(["M17.11", "C50.9"])), max_size=2).map(tuple),
    stay=st.none() | st.builds(stay, start_on=DAYS, end_on=DAYS, duration=st.none() | st.integers(-1, 40)),
    lines=LINES,
    documents=st.lists(st.sampled_from(["", "physician_order", "gone"]), max_size=2).map(
        lambda kinds: tuple(document(kind, id=f"d{index}") for index, kind in enumerate(kinds))
    ),
    disclaimer_accepted=st.booleans(),
)


@settings(max_examples=40)
@given(DRAFTS, st.sampled_from(SHIPPED))
def test_every_finding_is_a_sentence_in_a_section_of_the_contract(made: Draft, slug: str) -> None:
    rules = shipped(slug)
    listed = [item.section for item in rules.intake.sections]
    found = missing(rules, made, on=ON)
    assert [listed.index(item.section) for item in found] == sorted(listed.index(item.section) for item in found)
    for item in found:
        assert item.message.endswith((".", "?", "!", "”."))
        assert item.message[0].isupper() or item.message[0].isdigit() or ":" in item.message
        assert item.anchor
    assert len({(item.anchor, item.message) for item in found}) == len(found)


@settings(max_examples=40)
@given(DRAFTS, st.sampled_from(SHIPPED))
def test_the_states_of_the_sections_are_the_findings_counted(made: Draft, slug: str) -> None:
    found = missing(shipped(slug), made, on=ON)
    states = section_states(shipped(slug), made, found)
    needed = sum(state.count for state in states.values() if state.standing is Standing.NEEDS)
    assert needed == sum(item.severity is Severity.ERROR for item in found)
    assert is_complete(found) is all(state.standing is not Standing.NEEDS for state in states.values())


GOOD: dict[CaseField, Any] = {
    CaseField.CONTACT_PHONE: "601-555-0100",
    CaseField.ADMIT_ON: date(2026, 12, 1),
    CaseField.URGENCY: "standard",
    CaseField.REQUEST_TYPE: "prior_auth",
    CaseField.ADMISSION_SOURCE: "elective",
}


@settings(max_examples=40)
@given(DRAFTS, st.sampled_from(SHIPPED), st.sampled_from(sorted(GOOD)))
def test_filling_a_field_never_adds_a_finding_about_it(made: Draft, slug: str, word: str) -> None:
    field = CaseField(word)
    empty = replace(made, fields={**made.fields, field: None})
    filled = replace(made, fields={**made.fields, field: GOOD[field]})
    before = {item.message for item in missing(shipped(slug), empty, on=ON) if item.field == field}
    after = {item.message for item in missing(shipped(slug), filled, on=ON) if item.field == field}
    assert after <= before


@settings(max_examples=40)
@given(DRAFTS, st.sampled_from(SHIPPED))
def test_taking_the_disclaimer_changes_nothing_else(made: Draft, slug: str) -> None:
    open_, taken = (replace(made, disclaimer_accepted=accepted) for accepted in (False, True))
    before, after = (missing(shipped(slug), item, on=ON) for item in (open_, taken))
    assert tuple(item for item in before if item.anchor != "disclaimer") == after
    assert len(before) == len(after) + 1


@settings(max_examples=40)
@given(DRAFTS, st.sampled_from(SHIPPED), st.randoms())
def test_the_order_in_which_a_draft_was_filled_does_not_matter(made: Draft, slug: str, chance: Any) -> None:
    order = list(made.fields)
    chance.shuffle(order)
    shuffled = replace(made, fields={name: made.fields[name] for name in order}, diagnoses=made.diagnoses[::-1])
    assert missing(shipped(slug), shuffled, on=ON) == missing(shipped(slug), made, on=ON)


def test_a_draft_has_exactly_the_parts_its_rules_look_at() -> None:
    assert {part.name for part in parts_of(Draft) if part.init} == {
        "category",
        "member",
        "providers",
        "fields",
        "diagnoses",
        "stay",
        "lines",
        "answers",
        "completed",
        "documents",
        "note_count",
        "disclaimer_accepted",
        "earlier",
        "is_extension",
    }
