"""Every fact of every guide, held against what the portal does: figures are read out of the guide's own words.

A fact whose key no prover knows fails the test, so nothing can be said that is not proven.
"""

from __future__ import annotations

import ast
import io
import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from fnmatch import fnmatch
from types import SimpleNamespace
from typing import Any, cast

import pytest

from app.accounts.attempts import count_failure, locked_until
from app.accounts.devices import remembered_until
from app.accounts.models import PasswordAttempts
from app.accounts.service import lock_rule
from app.cases import sniff
from app.cases.drafts import must_be_open
from app.console.scenarios import draft_of
from app.domain import typed
from app.domain.access import ROLE_PERMISSIONS, Permission
from app.domain.authorization import draft_verdicts
from app.domain.calendars import BusinessCalendar, business_calendar
from app.domain.channels import channel_advice
from app.domain.claims import ClaimFault, claim_faults, is_open
from app.domain.clock import Pause, Terms, due_at, ends_at
from app.domain.completeness import missing
from app.domain.conditions import holds
from app.domain.credentials import PasswordFault, check_password
from app.domain.draft import DocumentFacts, Draft
from app.domain.errors import Closed, DomainError, Invalid
from app.domain.facts import facts_of
from app.domain.field_rules import window_fault
from app.domain.fields import asked_fields, asked_line_fields
from app.domain.questionnaire import applicable
from app.domain.requirement import age_fault, wanted_documents
from app.domain.windows import Window, right_window, rights_after
from app.guides.blocks import Fact
from app.guides.deciding import OUTCOMES
from app.guides.writing import write_guide
from app.reviews import appeal_forms, rights
from app.reviews.asking import Enclosed, must_enclose
from app.reviews.talk_slots import SlotRules, TypedSlot, read_slots
from app.web.paging import list_request
from launch.places import ROOT
from tenancy.contract import Contract
from tenancy.contract.aftercare import Right
from tenancy.contract.declare import Span
from tenancy.loader import LoadedContract, read_directory
from tenancy.scenarios import Scenario, read_scenarios
from tenancy.scope import TenantSession
from tenancy.vocabulary import (
    ActionKind,
    Category,
    ClockStart,
    LateAnswer,
    Need,
    Outcome,
    Role,
    Severity,
    Silence,
    SpanUnit,
)
from tests.builders import diagnosis, draft, line
from tests.fourth import FILES, SLUG, folder_with_fourth
from tests.rooms.cases.people import NOW
from tests.rooms.guides import acting
from tests.rooms.guides.acting import Bench

ON = date(2026, 11, 23)
NEEDS = {Need.NEEDED: "needed", Need.NOT_NEEDED: "not needed", Need.ASK: "ask us"}
INSTANTS = tuple(datetime(2026, 11, day, hour, 5, tzinfo=UTC) for day, hour in ((23, 18), (25, 23), (28, 3)))
SAYING = ("_", "ngettext")
UNTIMED = Window(None, None, "", "", "")
STRONG = "Rk7#vQ2!mZ9$tW4&pL6%"
UNITS = {unit.value.replace("_", " ").removesuffix("s"): unit for unit in SpanUnit}
_SPAN = re.compile(r"(\d+) (minute|hour|calendar day|business day|month)s?\b")


@dataclass(frozen=True)
class Told:
    """A fact as the guide tells it, and the contract it is told of."""

    fact: Fact
    loaded: LoadedContract
    scenarios: Mapping[str, Scenario] = field(default_factory=dict)
    at: Bench | None = None

    @property
    def bench(self) -> Bench:
        """Where the portal's own acts are tried."""
        assert self.at is not None
        return self.at

    @property
    def right(self) -> Right:
        """The right that a fact of the rights is about."""
        return self.contract.rights[self.fact.key.split(".")[1]]

    @property
    def contract(self) -> Contract:
        return self.loaded.contract

    @property
    def words(self) -> str:
        return self.fact.words

    @property
    def name(self) -> str:
        """The last word of the key."""
        return self.fact.key.rpartition(".")[2]

    @property
    def number(self) -> int:
        """The first figure in the words."""
        return int(re.search(r"[\d,]+", self.words)[0].replace(",", ""))  # type: ignore[index]

    @property
    def calendar(self) -> BusinessCalendar:
        return business_calendar(self.contract)


def spans(words: str) -> list[Span]:
    """Every period named, as the contract would write it."""
    return [Span(amount=int(amount), unit=UNITS[unit]) for amount, unit in _SPAN.findall(words)]


def day_of(words: str) -> date:
    return datetime.strptime(words, "%m/%d/%Y").replace(tzinfo=UTC).date()


def length_of(words: str) -> timedelta:
    (span,) = spans(words)
    return timedelta(**{span.unit.value: span.amount})


# ------------------------------------------------------------------------------------------------ getting in


def opens_for_registering(told: Told) -> None:
    day = day_of(told.words)
    assert is_open(told.contract.registration, day)
    assert not is_open(told.contract.registration, day - timedelta(days=1))


def opens_for_requests(told: Told) -> None:
    day, calendar = day_of(told.words), told.calendar
    must_be_open(told.contract, calendar.at(day, time(0, 1)))
    with pytest.raises(Closed):
        must_be_open(told.contract, calendar.at(day, time(0, 1)) - timedelta(hours=1))


def identifiers_needed(told: Told) -> None:
    faults = claim_faults(told.contract.registration, "1234567893", "")
    assert (ClaimFault.CODE_MISSING in faults) == (told.words == "both are needed")


def without_an_npi(told: Told) -> None:
    rules, code = told.contract.registration, "123456789"
    twice, alone = (set(claim_faults(rules, npi, code)) for npi in (code, ""))
    if "in both fields" in told.words:
        assert ClaimFault.NPI_WRONG not in twice
    else:
        assert ClaimFault.NPI_WRONG in twice
        assert (ClaimFault.NPI_MISSING not in alone) == ("alone is enough" in told.words)


def user_name_stays(told: Told) -> None:
    assert "username" not in {field.value for field in told.contract.users.profile_fields}


def policy(attribute: str) -> Callable[[Told], None]:
    """What the credential policy in force holds; every sign-in reads nothing else."""

    def prove(told: Told) -> None:
        held = getattr(told.loaded.policy, attribute)
        said = length_of(told.words) if isinstance(held, timedelta) else told.number
        assert said == held

    return prove


def factors_offered(told: Told) -> None:
    said = len(re.split(r", | or ", told.words))
    assert said == len(told.loaded.policy.factors)


def locks_after(told: Told) -> None:
    counter = cast("PasswordAttempts", SimpleNamespace(failures=0, locks=0, locked_until=None, last_at=INSTANTS[0]))
    for tried in range(1, told.number + 1):
        count_failure(counter, lock_rule(told.contract), now=INSTANTS[0])
        assert (locked_until(counter, now=INSTANTS[0]) is not None) == (tried == told.number)


def stays_locked(told: Told) -> None:
    first, longest = spans(told.words)
    rule = lock_rule(told.contract)
    assert rule.length(0) == length_of(f"{first.amount} {first.unit.value[:-1]}")
    assert rule.length(1) == min(2 * rule.length(0), rule.length(9))
    assert rule.length(9) == length_of(f"{longest.amount} {longest.unit.value[:-1]}")


def remembers(told: Told) -> None:
    assert told.loaded.policy.remembers == ("rest of the day" in told.words)
    if told.loaded.policy.remembers:
        until = remembered_until(told.contract, INSTANTS[0])
        assert until <= INSTANTS[0] + length_of(told.words)


def faults_of(told: Told, password: str, *, is_known: bool = False) -> tuple[PasswordFault, ...]:
    return check_password(told.loaded.policy.password, password, is_known=lambda _: is_known)


def shortest_password(told: Told) -> None:
    assert faults_of(told, STRONG[: told.number]) == ()
    assert PasswordFault.SHORT in faults_of(told, STRONG[: told.number - 1])


def longest_password(told: Told) -> None:
    long = (STRONG + "aXc9").join("qwzkm")[:10] + "".join(chr(97 + n * 7 % 26) for n in range(told.number))
    assert faults_of(told, long[: told.number]) == ()
    assert faults_of(told, long[: told.number + 1]) == (PasswordFault.LONG,)


def kinds_of_characters(told: Told) -> None:
    below = int(re.search(r"\d+", told.fact.label)[0])  # type: ignore[index]
    named = {
        PasswordFault.UPPER: "capital",
        PasswordFault.LOWER: "small",
        PasswordFault.DIGIT: "digit",
        PasswordFault.SPECIAL: "mark",
    }
    wanted = {fault for fault, word in named.items() if word in told.words}
    refused: set[PasswordFault] = set()
    for text in ("correcthorsebattery"[: below - 1], "CORRECTHORSEBATTERY"[: below - 1]):
        refused |= set(faults_of(told, text))
    assert refused == wanted
    assert faults_of(told, "correcthorsebattery"[:below]) == ()


def known_passwords(told: Told) -> None:
    assert PasswordFault.COMMON in faults_of(told, STRONG, is_known=True)


def roles(told: Told) -> None:
    may = ROLE_PERMISSIONS[Role(told.name)]
    assert ("manages people" in told.words) == (Permission.GROUP_MANAGE in may)
    assert ("reads reports" in told.words) == (Permission.REPORT_READ in may)


# ------------------------------------------------------------------------------------------------ making a request


def start_window(told: Told) -> None:
    kind, days = told.contract.intake.request_types[told.name], timedelta(days=1)
    if back := re.search(r"begun at most (\d+) days?", told.words):
        first = ON - timedelta(days=int(back[1]))
        assert window_fault(kind, "start", first, on=ON) == ""
        assert window_fault(kind, "start", first - days, on=ON) != ""
    ahead = re.search(r"begin at most (\d+) days?", told.words)
    if ahead or "may not begin after" in told.words:
        last = ON + timedelta(days=int(ahead[1]) if ahead else 0)
        assert window_fault(kind, "start", last, on=ON) == ""
        assert window_fault(kind, "start", last + days, on=ON) != ""


def drafts_of(told: Told) -> Any:
    """A draft of each category with every line field empty."""
    services = told.contract.catalogue.services
    for category in Category:
        name = next((name for name, one in services.items() if category in one.categories), None)
        fields: dict[Any, Any] = {"service_type": name, "urgency": "standard"}
        yield category, draft(category, fields=fields, lines=(line("ZZZ99", start_on=None, end_on=None),))


def asked_of_a_case(told: Told) -> None:
    for category, made in drafts_of(told):
        asked = {one.name: one for one in asked_fields(told.contract, made, on=ON)}
        _is_asked_as_told(told, category, asked)


def asked_of_a_line(told: Told) -> None:
    care = told.fact.key.split(".")[1].partition("_")[0]
    for category, made in drafts_of(told):
        if category == care:
            asked = {one.name: one for one in asked_line_fields(told.contract, made, made.lines[0], on=ON)}
            _is_asked_as_told(told, category, asked)


def _is_asked_as_told(told: Told, category: Category, asked: Mapping[str, Any]) -> None:
    labels = told.contract.intake.categories
    only = [one for one in Category if f"{labels[one]} only" in told.words]
    if only and category not in only:
        assert told.name not in asked
    elif "shown if" not in told.words:
        assert told.name in asked
        if "filled in if" not in told.words:
            assert asked[told.name].is_required == ("must be filled in" in told.words)


def providers_asked(told: Told) -> None:
    rule = next(one for one in told.contract.intake.providers if one.role == told.name)
    for category, made in drafts_of(told):
        found = {one.field for one in missing(told.contract, replace(made, providers={}), on=ON)}
        belongs = f"{told.contract.intake.categories[category]} only" in told.words or " only" not in told.words
        assert (f"provider-{rule.role}" in found) == (belongs and "must be chosen" in told.words)


def most_diagnoses(told: Told) -> None:
    for count, is_fine in ((told.number, True), (told.number + 1, False)):
        made = draft(diagnoses=tuple(diagnosis() for _ in range(count)))
        messages = [one.message for one in missing(told.contract, made, on=ON) if one.field == "diagnoses"]
        assert (messages == []) == is_fine


def most_procedures(told: Told) -> None:
    for count, is_fine in ((told.number, True), (told.number + 1, False)):
        made = draft(lines=tuple(line(id=str(n)) for n in range(count)))
        messages = [one.message for one in missing(told.contract, made, on=ON) if one.field == "procedures"]
        assert (messages == []) == is_fine


def procedure_needed(told: Told) -> None:
    services = told.contract.catalogue.services
    usual = (name for name, one in services.items() if told.name in one.categories and one.procedures_required is None)
    name = next(usual, None)
    if name is not None:
        made = draft(Category(told.name), lines=(), fields=cast("Any", {"service_type": name}))
        found = {one.field for one in missing(told.contract, made, on=ON)}
        assert ("procedures" in found) == (told.words == "must be given")


def ways_to_ask(told: Told) -> None:
    name = told.fact.key.split(".")[2]
    advice = channel_advice(told.contract, draft(fields=cast("Any", {"service_type": name})))
    is_open = re.search(r"this portal: (the only|the best|possible)", told.words) is not None
    others_only = re.search(r"(?<!portal): the only way", told.words) is not None
    assert (advice is not None and advice[1] is Severity.ERROR) == (not is_open or others_only)


def urgencies(told: Told) -> None:
    made = draft()
    (asked,) = [one for one in asked_fields(told.contract, made, on=ON) if one.name == "urgency"]
    assert all(label in told.words for _value, label in asked.choices)


def kinds_of_files(told: Told) -> None:
    said = [one.lower() for one in told.words.split(", ")]
    assert said == list(told.contract.documents.extensions)
    with pytest.raises(sniff.Refused):
        sniff.judge("program.exe", io.BytesIO(b"x"), allowed=said, max_megabytes=1)


def largest_file(told: Told) -> None:
    most, rules = told.number * 1024 * 1024, told.contract.documents
    assert sniff.measured(io.BytesIO(b"x" * most), rules.max_megabytes) == most
    with pytest.raises(sniff.Refused):
        sniff.measured(io.BytesIO(b"x" * (most + 1)), rules.max_megabytes)


def type_of_each_file(told: Told) -> None:
    made = draft(documents=(DocumentFacts("1", "", "a.pdf"),))
    found = [one for one in missing(told.contract, made, on=ON) if one.field.startswith("document")]
    assert bool([one for one in found if "type" in one.message]) == (told.words == "Yes")


def document_wanted(told: Told) -> None:
    rule = told.contract.documents.rules[told.name]
    assert rule.required == told.words.startswith("Needed")
    if old := re.search(r"Not older than (\d+) days", told.words):
        for days, is_fine in ((int(old[1]), True), (int(old[1]) + 1, False)):
            paper = DocumentFacts("1", rule.document_type, "a.pdf", ON - timedelta(days=days))
            assert (age_fault(rule, paper, on=ON) == "") == is_fine
    assert isinstance(wanted_documents(told.contract, draft(), on=ON), tuple)


def longest_note(told: Told) -> None:
    assert len(typed.text("x" * told.number, told.contract.notes.max_length)) == told.number
    with pytest.raises(typed.Unreadable):
        typed.text("x" * (told.number + 1), told.contract.notes.max_length)


# ------------------------------------------------------------------------------------------------ after sending


def clock(told: Told) -> None:
    rule, calendar = told.contract.clocks[told.name], told.calendar
    length, *further = spans(told.words.partition(", if ")[0]) + spans(told.words.partition("longer by ")[2])
    terms = Terms(
        rule.length, rule.rolls_forward, rule.pauses_for_information, rule.extension, rule.on_expiry, rule.expiry_reason
    )
    for at in INSTANTS:
        end = due_at(at, length, calendar, rolls_forward="the next one counts" in told.words)
        assert ends_at(at, terms, calendar) == end
        waiting = Pause(at, None)
        assert (ends_at(at, terms, calendar, pauses=(waiting,)) is None) == ("clock stops" in told.words)
        if further:
            assert ends_at(at, terms, calendar, is_extended=True) == due_at(
                end, further[0], calendar, rolls_forward="the next one counts" in told.words
            )
    assert ("supervisor" in told.words) == (rule.on_expiry.value == "escalate")
    assert ("counts as approved" in told.words) == (rule.on_expiry.value == "deemed_approved")


def office_hours(told: Told) -> None:
    closes = datetime.strptime(told.words.partition(" to ")[2], "%I:%M %p").time()  # noqa: DTZ007 - an hour only
    calendar = told.calendar
    before = calendar.at(ON, closes)
    assert calendar.receipt_day(before) == ON
    assert calendar.receipt_day(before + timedelta(minutes=1)) > ON


def time_zone(told: Told) -> None:
    zones = told.contract.catalogue.lists["time_zones"]
    assert zones[told.calendar.zone.key] == told.words


def information_window(told: Told) -> None:
    rule = told.contract.review.information
    (said,) = spans(told.words)
    assert all(due_at(at, said, told.calendar) == due_at(at, rule.window, told.calendar) for at in INSTANTS)


def late_answer(told: Told) -> None:
    assert (told.contract.review.information.late is LateAnswer.REFUSE) == ("not taken" in told.words)


def right_window_told(told: Told) -> None:
    right, calendar = told.contract.rights[told.fact.key.split(".")[1]], told.calendar
    decided, letter = INSTANTS[0], INSTANTS[1]
    found = right_window(right, decided, letter, calendar).closes_at
    if "no last day" in told.words:
        assert found is None
        return
    (said,) = spans(told.words)
    assert found == due_at(letter if "from the letter" in told.words else decided, said, calendar)
    assert ("from the letter" in told.words) == (right.window_starts is ClockStart.LETTER)


def right_opens_after(told: Told) -> None:
    name = told.fact.key.split(".")[1]
    for outcome in (one for one in Outcome if one is not Outcome.ANY):
        opened = rights_after(
            told.contract, (outcome,), decided_at=INSTANTS[0], letter_at=INSTANTS[0], calendar=told.calendar
        )
        assert (name in opened) == (OUTCOMES[outcome] in told.words or OUTCOMES[Outcome.ANY] in told.words)


def slots_wanted(told: Told) -> None:
    right, calendar = told.contract.rights[told.fact.key.split(".")[1]], told.calendar
    rules = SlotRules(right, calendar, told.contract.formats.office_opens, calendar.zone, INSTANTS[0])
    day = told.calendar.business_days_after(ON, 2)
    for count, is_fine in ((told.number, True), (told.number - 1, False)):
        slots = [TypedSlot(f"{told.calendar.business_days_after(day, n):%m/%d/%Y}", "10:00 AM") for n in range(count)]
        assert (read_slots(slots, rules)[1] == ()) == is_fine


def requests_that_show(told: Told, part: str) -> list[tuple[Draft, date]]:
    """The requests among the contract's scenarios that expect this rule, and their day of receipt."""
    found = [one for one in told.scenarios.values() if told.name in (getattr(one.expect, part) or ())]
    assert found, "no scenario shows it"
    return [(draft_of(one.given), one.received_on) for one in found]


def need_answered(told: Told) -> None:
    for made, on in requests_that_show(told, "requirement"):
        verdicts = {one.rule: one for one in draft_verdicts(told.contract, made, received_on=on)}
        assert NEEDS[verdicts[told.name].need] == told.words
        assert verdicts[told.name].text == told.fact.label


def otherwise_answered(told: Told) -> None:
    silent = replace(told.contract, requirement=replace(told.contract.requirement, rules={}))
    (verdict,) = draft_verdicts(silent, draft(lines=(line("Z9999"),)), received_on=ON)
    assert (NEEDS[verdict.need], verdict.text) == (told.words, told.fact.label)


def questionnaire_asked(told: Told) -> None:
    for made, on in requests_that_show(told, "questionnaires"):
        assert told.name in dict(applicable(told.contract, made, on=on))
        stops = [one for one in missing(told.contract, made, on=on) if one.field == f"questionnaire-{told.name}"]
        assert told.words.startswith("Needed") == any(one.severity is Severity.ERROR for one in stops)


def action_offered(told: Told) -> None:
    action = told.contract.actions.kinds[ActionKind(told.name)]
    assert told.fact.label == action.label
    for made, on in requests_that_show(told, "actions"):
        assert action.offered_when is None or holds(action.offered_when, facts_of(made, received_on=on))


def hindered(told: Told, *used: str) -> str:
    """What stands in the way of a right after these were used, each as often as it is named."""
    name = told.fact.key.split(".")[1]
    past = rights._Past(Counter(used), "")
    return rights._hindrance(told.contract, name, UNTIMED, past, told.calendar, INSTANTS[0])


def right_used_so_often(told: Told) -> None:
    name, first = told.fact.key.split(".")[1], told.right.exhaust_first[:1]
    assert hindered(told, *first, *[name] * (told.number - 1)) == ""
    assert "was used already" in hindered(told, *first, *[name] * told.number)


def used_first(told: Told) -> None:
    labels = [told.contract.rights[one].label for one in told.right.exhaust_first]
    assert all(label in told.words for label in labels)
    assert told.words in hindered(told)
    assert all(hindered(told, one) == "" for one in told.right.exhaust_first)


def document_with_it(told: Told) -> None:
    kinds = [one for one in told.contract.actions.kinds.values() if not one.documents_required]
    try:
        must_enclose(kinds[0], Enclosed(""), is_wanted=told.right.documents_required)
    except Invalid:
        assert told.words == "Yes"
    else:
        assert told.words == "No"


def who_may_ask(told: Told) -> None:
    """Whoever asks on paper finds a box on the form; what is asked in the portal, a provider may ask."""
    said = re.split(r", | or ", told.words)
    assert len(said) == len(told.right.who)
    found = rights.RightNow(
        told.fact.key.split(".")[1], told.right, Window(None, None, "", "", ""), "", "", is_over=False
    )
    if found.is_by_post:
        assert set(told.right.who) <= set(appeal_forms.ASKERS)
    else:
        assert any("provider" in one or "physician" in one or "facility" in one for one in said)


def answered_within(told: Told) -> None:
    (said,) = spans(told.words)
    name = told.fact.key.split(".")[1]
    assert acting.answers_by(told.bench, told.contract, name, told.right) == due_at(NOW, said, told.calendar)


def silence(told: Told) -> None:
    what = {"decide with what we have": Silence.RESUME, "without a decision": Silence.VOID, "wait for": Silence.WAIT}
    assert [one for words, one in what.items() if words in told.words] == [told.contract.review.information.on_silence]


def rows_of_a_page(told: Told) -> None:
    asked = list_request({}, sorts=("name",), default_sort="name", default_size=told.contract.layout.page_size)
    assert asked.size == told.number


def by_acting(prove: Callable[[Bench, Contract, int], None]) -> Callable[[Told], None]:
    """A figure that the portal's own act keeps."""
    return lambda told: prove(told.bench, told.contract, told.number)


PROVERS: Mapping[str, Callable[[Told], None]] = {
    "portal.submission_opens_on": opens_for_requests,
    "registration.opens_on": opens_for_registering,
    "registration.identifiers": identifiers_needed,
    "registration.npi_fallback_to_code": without_an_npi,
    "registration.username_immutable": user_name_stays,
    "factors.link_life": policy("link_life"),
    "factors.code_life": policy("code_life"),
    "factors.code_digits": policy("code_digits"),
    "factors.code_tries": policy("code_tries"),
    "factors.offered": factors_offered,
    "session.idle_minutes": policy("idle"),
    "session.countdown_minutes": policy("countdown"),
    "sign_in.lockout_attempts": locks_after,
    "sign_in.lockout": stays_locked,
    "sign_in.remember_workday": remembers,
    "sign_in.password.minimum": shortest_password,
    "sign_in.password.documented_maximum": longest_password,
    "sign_in.password.kinds": kinds_of_characters,
    "sign_in.password.known": known_passwords,
    "users.roles.*": roles,
    "users.default_role": lambda told: acting.gives_the_role(told.bench, told.contract, told.words),
    "layout.page_size": rows_of_a_page,
    "preferences.limit": by_acting(acting.keeps_so_many),
    "requirement.rules.*": need_answered,
    "requirement.otherwise": otherwise_answered,
    "intake.draft_days": by_acting(acting.lapses_after),
    "catalogue.services.*.channels": ways_to_ask,
    "intake.request_types.*": start_window,
    "intake.urgencies": urgencies,
    "intake.fields.*": asked_of_a_case,
    "intake.*_line.*": asked_of_a_line,
    "intake.providers.*": providers_asked,
    "intake.diagnoses.maximum": most_diagnoses,
    "intake.procedures.maximum": most_procedures,
    "intake.procedures.required.*": procedure_needed,
    "questionnaires.*": questionnaire_asked,
    "documents.extensions": kinds_of_files,
    "documents.max_megabytes": largest_file,
    "documents.type_required": type_of_each_file,
    "documents.rules.*": document_wanted,
    "notes.max_length": longest_note,
    "clocks.*": clock,
    "formats.office_closes": office_hours,
    "identity.time_zone": time_zone,
    "review.information.window": information_window,
    "review.information.late": late_answer,
    "review.information.most": by_acting(acting.asks_so_often),
    "review.information.on_silence": silence,
    "actions.kinds.*": action_offered,
    "rights.*.after": right_opens_after,
    "rights.*.window": right_window_told,
    "rights.*.minimum_slots": slots_wanted,
    "rights.*.most": right_used_so_often,
    "rights.*.exhaust_first": used_first,
    "rights.*.documents_required": document_with_it,
    "rights.*.who": who_may_ask,
    "rights.*.decided_within": answered_within,
}


@pytest.fixture(scope="module")
def guides(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, LoadedContract]:
    """The shipped contracts and the fourth state."""
    readings = read_directory(folder_with_fourth(tmp_path_factory.mktemp("facts")))
    return {one.slug: one.loaded for one in readings if one.loaded is not None}


@pytest.mark.parametrize("slug", ["colorado", "franklin", "mississippi", "west_virginia"])
def test_every_fact_of_a_guide_is_what_the_portal_does(
    guides: Mapping[str, LoadedContract], tenant_session: Callable[[str], TenantSession], slug: str
) -> None:
    loaded, wrong = guides[slug], []
    at = acting.bench(tenant_session("colorado"), loaded)
    own = FILES if slug == SLUG else ROOT / "contracts"
    scenarios = read_scenarios(own, slug)
    facts = list(write_guide(loaded, on=ON).facts())
    assert len(facts) > 60
    for fact in facts:
        prove = next((found for pattern, found in PROVERS.items() if fnmatch(fact.key, pattern)), None)
        try:
            assert prove is not None, "nobody proves it"
            prove(Told(fact, loaded, scenarios, at))
        except (AssertionError, DomainError, pytest.fail.Exception, sniff.Refused, typed.Unreadable) as error:
            wrong.append(f"{fact.key}: “{fact.words}”: {str(error)[:200]}")
    assert "\n".join(wrong) == ""


def test_a_wrong_word_would_be_noticed(guides: Mapping[str, LoadedContract]) -> None:
    loaded = guides["mississippi"]
    for key, words in (
        ("documents.max_megabytes", "5 MB"),
        ("sign_in.password.minimum", "9 characters"),
        ("rights.reconsideration.window", "31 calendar days from the decision"),
        ("clocks.standard", "8 calendar days from receipt, if so. The clock stops while we wait for you."),
        ("sign_in.lockout_attempts", "after 4 wrong passwords"),
        ("requirement.otherwise", "not needed"),
        ("layout.page_size", "11"),
    ):
        prove = next(found for pattern, found in PROVERS.items() if fnmatch(key, pattern))
        with pytest.raises((AssertionError, sniff.Refused)):
            prove(Told(Fact(key, "", words), loaded))


def test_no_figure_stands_in_the_portals_own_sentences() -> None:
    """Whatever has a figure is a fact of the contract, and so is proven above."""
    for path in (ROOT / "app" / "guides").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in SAYING:
                said = [ast.unparse(one) for one in node.args if isinstance(one, ast.Constant)]
                assert [text for text in said if re.search(r"\d", text)] == [], path.name
