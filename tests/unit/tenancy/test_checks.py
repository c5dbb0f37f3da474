"""Checks that a single small file cannot show, and figures the checks rest on."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tenancy.checks import problems_of
from tenancy.checks.clocks import longest_hours, startable
from tenancy.checks.identity import contrast_with_white, did_you_mean_zone
from tenancy.checks.questionnaires import FOREIGN, KEYS
from tenancy.checks.verdict import facts_of, verdict
from tenancy.checks.walk import _below
from tenancy.contract.conditions import All, AnswerTest, AnyOf, Condition, FactTest, Not
from tenancy.contract.credentials import minutes
from tenancy.contract.declare import Dated, Span
from tenancy.contract.facts import FACT_TYPES
from tenancy.contract.questions import Question
from tenancy.extends import Library
from tenancy.loader import load_contract, read_contract
from tenancy.reflection import hints_of
from tenancy.vocabulary import ClockStart, Fact, LineField, Operator, QuestionKind, SpanUnit
from tests.builders import INPATIENT, OUTPATIENT, clock, contract, is_, rule
from tests.unit.tenancy.conftest import Write

DME = FactTest(Fact.SERVICE, Operator.EQUALS, ("dme",))
NOT_DME = FactTest(Fact.SERVICE, Operator.NONE_OF, ("dme",))
YOUNG = FactTest(Fact.MEMBER_AGE, Operator.LESS_THAN, (21,))
ANSWERED = AnswerTest("at_home", Operator.EQUALS, (True,))


@pytest.mark.parametrize(
    ("condition", "service", "said"),
    [
        (DME, "dme", True),
        (DME, "other", False),
        (NOT_DME, "dme", False),
        (YOUNG, "dme", None),
        (ANSWERED, "dme", None),
        (FactTest(Fact.SERVICE, Operator.IS_KNOWN, (True,)), "dme", True),
        (FactTest(Fact.SERVICE, Operator.IS_KNOWN, (False,)), "dme", False),
        (FactTest(Fact.SERVICE, Operator.STARTS_WITH, ("d",)), "dme", None),
        (All(()), "dme", True),
        (All((DME, YOUNG)), "dme", None),
        (All((DME, YOUNG)), "other", False),
        (AnyOf(()), "dme", False),
        (AnyOf((DME, YOUNG)), "dme", True),
        (AnyOf((DME, YOUNG)), "other", None),
        (Not(DME), "dme", False),
        (Not(YOUNG), "dme", None),
    ],
)
def test_a_condition_is_settled_only_by_what_is_fixed(condition: Condition, service: str, said: bool | None) -> None:
    assert verdict(condition, {Fact.SERVICE: service}) is said


def test_the_facts_of_a_condition_are_found_at_every_depth() -> None:
    assert facts_of(AnyOf((All((DME, Not(YOUNG))), ANSWERED))) == {Fact.SERVICE, Fact.MEMBER_AGE}


@pytest.mark.parametrize(
    ("span", "hours"),
    [
        (Span(amount=90, unit=SpanUnit.MINUTES), 1.5),
        (Span(amount=72, unit=SpanUnit.HOURS), 72),
        (Span(amount=7, unit=SpanUnit.CALENDAR_DAYS), 168),
        (Span(amount=5, unit=SpanUnit.BUSINESS_DAYS), 168),
        (Span(amount=6, unit=SpanUnit.BUSINESS_DAYS), 240),
        (Span(amount=1, unit=SpanUnit.MONTHS), 744),
    ],
)
def test_the_most_hours_a_period_can_last(span: Span, hours: float) -> None:
    assert longest_hours(span) == hours


def test_a_period_in_minutes() -> None:
    assert minutes(Span(amount=2, unit=SpanUnit.HOURS)) == 120


@pytest.mark.parametrize(("colour", "contrast"), [("#000000", 21.0), ("#ffffff", 1.0), ("#767676", 4.54)])
def test_contrast_with_white_is_that_of_wcag(colour: str, contrast: float) -> None:
    assert contrast_with_white(colour) == pytest.approx(contrast, abs=0.01)


def test_a_time_zone_is_suggested_as_it_is_written() -> None:
    assert did_you_mean_zone("america/new york") == "Did you mean 'America/New_York'?"


@pytest.mark.parametrize("zone", ["../UTC", "", "America"])
def test_a_zone_that_is_a_path_or_a_folder_is_unknown(write: Write, zone: str) -> None:
    contract = load_contract(write("lakeland")).contract
    parts = {name: getattr(contract, name) for name in contract.__slots__}
    parts["identity"] = type(contract.identity)(
        **{
            name: zone if name == "time_zone" else getattr(contract.identity, name)
            for name in contract.identity.__slots__
        }
    )
    assert [problem.code for problem in problems_of(parts)] == ["ZONE-UNKNOWN"]


def test_nothing_is_found_where_nothing_could_be_read() -> None:
    assert list(problems_of({})) == []


def test_a_contract_with_nothing_to_ask_for_is_still_checked(write: Write) -> None:
    text = (
        "intake:\n  categories: {inpatient: ~, outpatient: ~}\n  request_types: {prior_auth: ~, retrospective: ~}\n"
        "catalogue: {services: {dme: ~, home_health: ~, surgery: ~}}\nclocks: {standard: ~, urgent: ~}\n"
    )
    codes = _codes(write, text)
    assert {"CATEGORY-NONE", "REQUEST-NONE", "REF-VALUE", "QUESTION-UNREACHED"} <= codes


def test_a_contract_without_request_types_has_no_deadline_to_judge(write: Write) -> None:
    text = "client: {medicaid: true}\nintake: {request_types: {prior_auth: ~, retrospective: ~, concurrent: ~}}\n"
    assert {"REQUEST-NONE", "REF-REQUEST"} <= _codes(write, text)


def test_nobody_gives_care_and_a_condition_asks_who(write: Write) -> None:
    text = (
        "intake:\n  providers: [{role: requesting, label: Requesting}]\n  checks:\n    odd_place:\n"
        '      when: {fact: servicing.type, starts_with: "DME"}\n'
    )
    assert _codes(write, text) == {"PROVIDER-MISSING", "COND-UNASKED"}


def test_a_circle_of_rights_is_found_from_every_side(write: Write) -> None:
    text = "rights:\n  peer_to_peer: {exhaust_first: [appeal, nothing]}\n"
    assert _codes(write, text) == {"RIGHT-CYCLE", "REF-RIGHT"}


def test_a_contract_of_one_unlisted_admission_source(write: Write) -> None:
    text = (
        "intake:\n  fields:\n    admission_source: ~\n  checks:\n    odd_place:\n"
        "      when: {fact: case.admission_source, equals: elective}\n"
    )
    assert "REF-VALUE" in _codes(write, text)


WRONG = "{fact: case.service, equals: nothing}"
EVERYWHERE = f"""
intake:
  fields: {{urgency: {{shown_when: {WRONG}}}}}
  outpatient_line: {{rate: {{required_when: {WRONG}}}}}
  length_of_stay: {{fields: {{end_on: {{required_when: {WRONG}}}}}}}
clocks: {{urgent: {{when: {WRONG}}}}}
actions: {{kinds: {{extension: {{offered_when: {WRONG}}}}}}}
questionnaires:
  dme:
    sections:
      need:
        questions:
          items:
            questions:
              item: {{shown_when: {WRONG}}}
"""


def test_each_condition_in_a_contract_is_looked_at(write: Write) -> None:
    found = [fault.split(":")[1] for fault in _faults(write("lakeland", EVERYWHERE)) if "REF-VALUE" in fault]
    assert found == ["4", "5", "6", "7", "8", "16"]


SOUND = """
intake:
  disclaimers:
    v1: {until: 2025-12-31}
    v2: {style: dialog, title: T, text: T, accept_label: Agree, from: 2026-01-01}
calendar: {add: {2026-07-03: Bridge day}, remove: [2026-10-12]}
rights: {peer_to_peer: {window: ~}}
actions: {kinds: {additional_clinical: {note_kind: ""}}}
clocks: {retired: {from: 2020-01-01, until: 2020-12-31, when: {all: []}, starts: receipt, citation: Old,
    length: {amount: 90, unit: calendar_days}, pauses_for_information: false, on_expiry: escalate}}
questionnaires:
  dme:
    sections:
      need:
        questions:
          since: {shown_when: {answer: setting, one_of: [school, work]}}
          why:
            shown_when:
              any:
                - {answer: items, is_known: true}
                - {answer: weeks, in_range: [1, 4]}
                - {answer: since, on_or_after: 2026-01-01}
                - not: {fact: member.age, at_least: 21}
"""


def test_sound_variations_bring_no_fault(write: Write) -> None:
    assert _faults(write("lakeland", SOUND)) == []


@pytest.mark.parametrize(
    ("when", "code"),
    [
        ("{answer: [], equals: true}", "COND-ANSWER"),
        ("{answer: at_home, equals: 2026-02-30}", "TYPE-QUOTE"),
        ("{answer: at_home, equals: yes}", "TYPE-QUOTE"),
        ("{answer: at_home, equals: {}}", "COND-OPERAND"),
        ("{answer: at_home, equals: ''}", "COND-OPERAND"),
        ("{answer: weeks, in_range: [1, b]}", "COND-OPERAND"),
        ("{answer: weeks, in_range: 5}", "COND-OPERAND"),
        ("{answer: at_home, equals: *a}", "YAML-ALIAS"),
        ("{fact: [x], equals: a}", "COND-FACT"),
        ("{fact: member.is_temporary, equals: 'true'}", "COND-OPERAND"),
        ("{fact: request.start_on, before: soon}", "COND-OPERAND"),
        ("{fact: case.service, one_of: [yes]}", "TYPE-QUOTE"),
        ("{all: [{fact: nothing, equals: x}, {any: []}]}", "COND-FACT"),
        ("{any: [~]}", "COND-SHAPE"),
        ("{}", "COND-SHAPE"),
    ],
)
def test_a_wrong_condition_is_one_fault(write: Write, when: str, code: str) -> None:
    text = f"questionnaires:\n  dme: {{sections: {{need: {{questions: {{why: {{shown_when: {when}}}}}}}}}}}\n"
    assert [fault.split()[2] for fault in _faults(write("lakeland", text))] == [code]


@dataclass(frozen=True)
class Several:
    """Holds dated rules in a list, as no contract class does yet."""

    rules: tuple[Dated, ...]


def test_dated_rules_are_found_in_lists_too() -> None:
    rules = (Dated(), Dated())
    assert list(_below(Several(rules), Dated, ("x",))) == [
        (("x", "rules", "0"), rules[0]),
        (("x", "rules", "1"), rules[1]),
    ]


def _codes(write: Write, text: str) -> set[str]:
    return {fault.split()[2] for fault in _faults(write("lakeland", text))}


def _faults(path: Path) -> list[str]:
    return [str(fault) for fault in read_contract(path, Library(path.parent)).faults]


def test_every_fact_has_its_type() -> None:
    assert set(FACT_TYPES) == set(Fact)


def test_every_key_of_a_question_is_common_or_belongs_to_a_kind() -> None:
    common = {"kind", "label", "hint", "required", "shown_when", "criterion", "met_when"}
    assert set(hints_of(Question)) == common | set(KEYS)
    assert all(set(FOREIGN[kind]) <= set(KEYS) for kind in QuestionKind)


def clock_problems(starts: ClockStart, when: Condition, **parts: Any) -> list[str]:
    own = contract(clocks={"day": clock(1, SpanUnit.CALENDAR_DAYS, starts=starts, when=when)}, **parts)
    return [problem.reason for problem in startable(own)]


@pytest.mark.parametrize(
    ("starts", "when", "lacking"),
    [
        (ClockStart.ADMISSION, INPATIENT, []),
        (ClockStart.ADMISSION, OUTPATIENT, ["outpatient"]),
        (ClockStart.ADMISSION, is_(Fact.URGENCY, "expedited"), ["outpatient"]),
        (ClockStart.SERVICE, INPATIENT, []),
        (ClockStart.SERVICE, is_(Fact.SERVICE, "dme"), []),
        (ClockStart.SERVICE, OUTPATIENT, ["outpatient"]),  # one of its services needs no procedure line
        (ClockStart.RECEIPT, OUTPATIENT, []),
    ],
)
def test_a_clock_may_run_only_from_a_day_that_must_be_named(
    starts: ClockStart, when: Condition, lacking: list[str]
) -> None:
    found = clock_problems(starts, when)
    assert [word for word in lacking if not any(word in reason for reason in found)] == []
    assert bool(found) is bool(lacking)


def test_a_first_day_of_service_that_need_not_be_named_is_found() -> None:
    optional = {LineField.START_ON: rule("Start")}
    equipment = is_(Fact.SERVICE, "dme")
    assert clock_problems(ClockStart.SERVICE, equipment, outpatient_line=optional)
    assert clock_problems(ClockStart.SERVICE, equipment, outpatient_line={})
