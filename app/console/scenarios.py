"""Runs a contract's scenarios against the very rules the portal works by, and says which rules they show at work."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.domain.authorization import draft_verdicts
from app.domain.calendars import BusinessCalendar, business_calendar
from app.domain.clock import Deadline, due_dates
from app.domain.completeness import missing
from app.domain.conditions import Unanswerable, holds
from app.domain.draft import Approval, Coded, DocumentFacts, Draft, Line, MemberFacts, ProviderFacts, Stay
from app.domain.effective import deciding_date, in_force
from app.domain.facts import facts_of
from app.domain.questionnaire import applicable
from app.domain.requirement import wanted_documents
from app.domain.windows import rights_after
from tenancy.contract import Contract
from tenancy.contract.declare import Dated
from tenancy.saying import condition_said
from tenancy.scenarios import Given, Scenario, rules_of
from tenancy.vocabulary import CaseField, Category, CodeSystem, LineField, ProviderRole

CHECK = "check-"
OTHERWISE = "otherwise"
LOOKED_AT = (
    "requirement", "clocks", "questionnaires", "documents", "missing_documents", "checks", "rights", "actions"
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Answers:
    """What the rules answer to one scenario; ``rules`` are those that applied, by their dotted paths."""

    requirement: tuple[str, ...]
    clocks: tuple[str, ...]
    due: str
    questionnaires: tuple[str, ...]
    documents: tuple[str, ...]
    missing_documents: tuple[str, ...]
    checks: tuple[str, ...]
    rights: tuple[str, ...]
    actions: tuple[str, ...]

    @property
    def rules(self) -> frozenset[str]:
        """The rules that applied."""
        named = {
            "requirement.rules": self.requirement,
            "clocks": self.clocks,
            "questionnaires": self.questionnaires,
            "documents.rules": self.documents,
            "intake.checks": self.checks,
            "rights": self.rights,
            "actions.kinds": self.actions,
        }
        return frozenset(f"{part}.{name}" for part, names in named.items() for name in names)


@dataclass(frozen=True, slots=True)
class Failure:
    """One answer that is not the expected one, and the trace: each rule in question and why it applied or not."""

    scenario: str
    what: str
    expected: str
    found: str
    trace: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What running all scenarios of a contract gave; ``uncovered`` rules were expected by none."""

    ran: int
    failures: tuple[Failure, ...]
    covered: tuple[str, ...]
    uncovered: tuple[str, ...]


def run_scenarios(contract: Contract, scenarios: Mapping[str, Scenario]) -> Outcomes:
    """Run every scenario. A rule is covered when it applied in one that expects it by name."""
    failures: list[Failure] = []
    shown: set[str] = set()
    for name, scenario in scenarios.items():
        found = answers_of(contract, scenario)
        failures += _failures(contract, name, scenario, found)
        shown |= found.rules & _expected_rules(scenario)
    rules = rules_of(contract)
    covered = tuple(rule for rule in rules if rule in shown)
    return Outcomes(len(scenarios), tuple(failures), covered, tuple(rule for rule in rules if rule not in shown))


def answers_of(contract: Contract, scenario: Scenario) -> Answers:
    """What the contract's rules answer to a scenario. Raises Unanswerable where they cannot."""
    calendar, draft = business_calendar(contract), draft_of(scenario.given)
    received = calendar.at(scenario.received_on, scenario.received_at)
    on = scenario.received_on
    deadlines = due_dates(contract, draft, received, calendar)
    wanted = wanted_documents(contract, draft, on=on)
    found = missing(contract, draft, on=on)
    return Answers(
        requirement=tuple(one.rule or OTHERWISE for one in draft_verdicts(contract, draft, received_on=on)),
        clocks=tuple(one.rule_id for one in deadlines),
        due=_local(deadlines, calendar),
        questionnaires=tuple(name for name, _ in applicable(contract, draft, on=on)),
        documents=tuple(one.rule_id for one in wanted),
        missing_documents=tuple(one.rule_id for one in wanted if not one.is_there),
        checks=tuple(dict.fromkeys(one.field.removeprefix(CHECK) for one in found if one.field.startswith(CHECK))),
        rights=_rights(contract, scenario, received, calendar),
        actions=_actions(contract, draft, scenario),
    )


def draft_of(given: Given) -> Draft:
    """A scenario's facts as the request that rules look at."""
    dates = {LineField.START_ON: given.starts_on, LineField.END_ON: given.ends_on}
    fields = {**dict.fromkeys(CaseField), **given.fields, CaseField.ADMIT_ON: given.admitted_on}
    return Draft(
        category=given.category,
        member=MemberFacts(given.born, given.sex, given.programs, given.temporary),
        providers={
            ProviderRole.REQUESTING: ProviderFacts(
                "Requesting", taxonomy=given.requesting_taxonomy, kind=given.requesting_type
            ),
            ProviderRole.SERVICING: ProviderFacts(
                "Servicing", taxonomy=given.servicing_taxonomy, kind=given.servicing_type
            ),
        },
        fields=fields,
        diagnoses=tuple(Coded(CodeSystem.ICD10CM, code) for code in given.diagnoses),
        stay=Stay(dates) if given.category is Category.INPATIENT else None,
        lines=tuple(
            Line(str(n), given.system, code, values={**dates, LineField.QUANTITY: given.quantity})
            for n, code in enumerate(given.procedures, 1)
        ),
        documents=tuple(DocumentFacts(str(n), kind, kind) for n, kind in enumerate(given.documents, 1)),
        earlier=tuple(
            Approval((one.number,), one.service, one.code, one.units, one.starts_on, one.ends_on)
            for one in given.earlier
        ),
    )


def _local(deadlines: Sequence[Deadline], calendar: BusinessCalendar) -> str:
    return f"{calendar.local(deadlines[0].due_at):%Y-%m-%d %H:%M}" if deadlines else ""


def _rights(contract: Contract, scenario: Scenario, received: datetime, calendar: BusinessCalendar) -> tuple[str, ...]:
    """The rights that open when the request is decided, with the letter sent, the moment it came."""
    outcome = scenario.given.outcome
    if outcome is None:
        return ()
    return tuple(rights_after(contract, (outcome,), decided_at=received, letter_at=received, calendar=calendar))


def _actions(contract: Contract, draft: Draft, scenario: Scenario) -> tuple[str, ...]:
    facts = facts_of(draft, received_on=scenario.received_on)
    return tuple(
        kind.value
        for kind, action in contract.actions.kinds.items()
        if action.offered_when is None or holds(action.offered_when, facts)
    )


def _expected_rules(scenario: Scenario) -> frozenset[str]:
    expect = scenario.expect
    named = (
        ("requirement.rules", expect.requirement),
        ("clocks", expect.clocks),
        ("questionnaires", expect.questionnaires),
        ("documents.rules", (*(expect.documents or ()), *(expect.missing_documents or ()))),
        ("intake.checks", expect.checks),
        ("rights", expect.rights),
        ("actions.kinds", expect.actions),
    )
    return frozenset(f"{part}.{name}" for part, names in named for name in names or ())


def _failures(contract: Contract, name: str, scenario: Scenario, found: Answers) -> Iterator[Failure]:
    expect = scenario.expect
    if expect.due and expect.due != found.due:
        yield Failure(name, "due", expect.due, found.due or "none", _trace(contract, scenario, "clocks", found.clocks))
    for what in LOOKED_AT:
        wanted, got = getattr(expect, what), getattr(found, what)
        if wanted is not None and wanted != got:
            differing = tuple(dict.fromkeys((*(set(wanted) ^ set(got)), *got)))
            trace = _trace(contract, scenario, what, differing)
            yield Failure(name, what, ", ".join(wanted) or "none", ", ".join(got) or "none", trace)


def _trace(contract: Contract, scenario: Scenario, what: str, names: Sequence[str]) -> tuple[str, ...]:
    """For each rule in question: whether it applied, in force or not, and its condition in words."""
    rules: Mapping[str, object] = {
        "requirement": contract.requirement.rules,
        "clocks": contract.clocks,
        "questionnaires": contract.questionnaires,
        "documents": contract.documents.rules,
        "missing_documents": contract.documents.rules,
        "checks": contract.intake.checks,
        "rights": contract.rights,
        "actions": {kind.value: action for kind, action in contract.actions.kinds.items()},
    }[what]
    return tuple(_traced(contract, scenario, name, rules.get(name)) for name in names)


def _traced(contract: Contract, scenario: Scenario, name: str, rule: object) -> str:
    if name == OTHERWISE and rule is None:
        return f"{name}: no rule fits"
    if rule is None:
        return f"{name}: the contract has no such rule"
    draft = draft_of(scenario.given)
    day = deciding_date(contract, draft, scenario.received_on)
    if isinstance(rule, Dated) and not in_force(rule, day):
        return f"{name}: not in force on {day:%m/%d/%Y}, the day that decides"
    condition = getattr(rule, "when", None) or getattr(rule, "offered_when", None)
    if condition is None:
        return f"{name}: has no condition"
    try:
        verdict = "holds" if holds(condition, facts_of(draft, received_on=scenario.received_on)) else "does not hold"
    except Unanswerable as error:
        verdict = f"cannot be answered ({error})"
    return f"{name}: {verdict}: {condition_said(condition)}"
