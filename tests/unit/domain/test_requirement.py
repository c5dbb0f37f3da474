"""What a request needs beside its fields."""

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest

from app.domain.completeness import missing
from app.domain.requirement import (
    age_fault,
    age_limits,
    allowed_systems,
    are_diagnoses_required,
    are_procedures_required,
    disclaimer_in_force,
    wanted_documents,
    wanted_words,
)
from tenancy.contract.intake import Disclaimer
from tenancy.vocabulary import CaseField, Category, CodeSystem, DecidingDate, DisclaimerStyle
from tests.builders import (
    INPATIENT,
    ON,
    catalogue,
    contract,
    document,
    document_rule,
    documents,
    draft,
    fields,
    intake,
)

RULES = {
    "order": document_rule(alternatives=("plan",)),
    "stay": document_rule(when=INPATIENT),
    "later": document_rule(document_type="unlisted", from_on=date(2026, 12, 1), required=False),
}


@pytest.mark.parametrize(
    ("uploaded", "is_there"),
    [((), False), (("other",), False), (("order",), True), (("other", "plan"), True), (("",), False)],
)
def test_a_document_or_its_alternative_will_do(uploaded: tuple[str, ...], is_there: bool) -> None:
    made = draft(documents=tuple(document(kind) for kind in uploaded))
    (wanted,) = wanted_documents(contract(documents=documents(RULES)), made, on=ON)
    assert (wanted.rule_id, wanted.rule, wanted.labels) == (
        "order",
        RULES["order"],
        ("Physician Order", "Plan of Care"),
    )
    assert wanted.is_there is is_there


def test_the_longest_age_of_several_rules_counts_and_a_rule_without_one_allows_any() -> None:
    rules = {
        "order": document_rule(alternatives=("plan",), max_age_days=30),
        "plan": document_rule(document_type="plan", alternatives=("scan",), max_age_days=60),
        "scan": document_rule(document_type="scan"),
    }
    limits = age_limits(contract(documents=documents(rules)), draft(), on=ON)
    assert limits == {"order": rules["order"], "plan": rules["plan"]}


@pytest.mark.parametrize(
    ("days", "fault"),
    [
        (0, ""),
        (60, ""),
        (61, r"order.pdf is dated \d\d/\d\d/\d{4}. It may be at most 60 days old: add a newer one."),
        (-1, "order.pdf: the date on the document cannot be in the future."),
        (None, "order.pdf: enter the date on the document. It may be at most 60 days old."),
    ],
)
def test_a_document_is_young_enough_up_to_its_last_day(days: int | None, fault: str) -> None:
    dated_on = None if days is None else ON - timedelta(days=days)
    told = age_fault(document_rule(max_age_days=60), document(dated_on=dated_on), on=ON)
    assert re.fullmatch(fault, told)


def test_document_rules_follow_the_deciding_date() -> None:
    made = contract(documents=documents(RULES), rules_decided_by=DecidingDate.SERVICE_START)
    assert [item.rule_id for item in wanted_documents(made, draft(), on=ON)] == ["order", "later"]
    assert wanted_documents(made, draft(), on=ON)[1].labels == ("unlisted",)


@pytest.mark.parametrize(
    ("category", "service", "expected"),
    [
        (Category.OUTPATIENT, "dme", True),
        (Category.OUTPATIENT, None, True),
        (Category.OUTPATIENT, "old", False),
        (Category.OUTPATIENT, "unknown", True),
        (Category.INPATIENT, "medical", False),
        (Category.INPATIENT, "surgery", True),
    ],
)
def test_the_service_says_whether_procedures_are_needed_else_the_category(
    category: Category, service: str | None, expected: bool
) -> None:
    made = draft(category, fields=fields(category, service_type=service))
    assert are_procedures_required(contract(), made) is expected


def test_without_a_service_the_category_decides() -> None:
    assert are_procedures_required(contract(), draft(fields={})) is True
    assert are_procedures_required(contract(), draft(fields={CaseField.SERVICE_TYPE: date(2026, 1, 1)})) is True


def test_a_service_may_take_fewer_coding_systems_than_the_contract() -> None:
    known = catalogue().services
    narrow = {**known, "dme": replace(known["dme"], systems=(CodeSystem.CPT,))}
    made = contract(catalogue=replace(catalogue(), services=narrow))
    assert allowed_systems(made, draft()) == (CodeSystem.CPT,)
    assert allowed_systems(made, draft(fields={})) == made.intake.procedures.systems
    assert allowed_systems(contract(), draft()) == contract().intake.procedures.systems
    told = [item.message for item in missing(made, draft(), on=ON)]
    assert told == ["E0141: choose a code from CPT instead."]


def test_a_category_nobody_speaks_of_needs_no_codes() -> None:
    silent = contract(
        procedures=replace(intake().procedures, required={}), diagnoses=replace(intake().diagnoses, required={})
    )
    assert are_procedures_required(silent, draft()) is False
    assert are_diagnoses_required(silent, draft()) is False
    assert are_diagnoses_required(contract(), draft()) is True


def version(**keys: date) -> Disclaimer:
    return Disclaimer(style=DisclaimerStyle.DIALOG, title="T", text="…", accept_label="Agree", **keys)


def test_the_latest_disclaimer_in_force_is_the_one_to_accept() -> None:
    versions = {
        "v2": version(from_on=date(2026, 6, 1)),
        "v1": version(),
        "v3": version(from_on=date(2027, 1, 1)),
        "gone": version(from_on=date(2026, 7, 1), until_on=date(2026, 8, 1)),
    }
    made = contract(disclaimers=versions)
    assert disclaimer_in_force(made, on=ON) == ("v2", versions["v2"])
    assert disclaimer_in_force(made, on=date(2026, 5, 31)) == ("v1", versions["v1"])
    assert disclaimer_in_force(made, on=date(2026, 8, 1)) == ("gone", versions["gone"])
    assert disclaimer_in_force(made, on=date(2027, 1, 1)) == ("v3", versions["v3"])
    assert disclaimer_in_force(contract(disclaimers={}), on=ON) is None


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({}, "Signed in the last 90 days."),
        ({"form": "DME-7 (01/2026)"}, "Signed in the last 90 days. Use the form DME-7 (01/2026)."),
        ({"signed_by": "the physician"}, "Signed in the last 90 days. It must be signed by the physician."),
    ],
)
def test_a_document_rule_says_its_form_and_who_signs(keys: dict[str, str], said: str) -> None:
    assert wanted_words(document_rule(**keys)) == said
