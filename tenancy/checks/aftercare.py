"""After submission: actions, rights, letters, e-mail, reports and sample people fit together. Pure."""

import re
from collections.abc import Iterator

from tenancy.checks.identity import known_zones
from tenancy.checks.lists import DISPOSITIONS, TIME_ZONES
from tenancy.checks.problem import Check, Path, Problem
from tenancy.contract import Contract
from tenancy.faults import did_you_mean
from tenancy.patterns import refusal_of
from tenancy.vocabulary import ActionKind, Feature, Severity

IN_NOTICES = ("case_number", "portal_url", "contract")
IN_LETTERS = (
    "case_number",
    "request",
    "contract",
    "member_name",
    "member_number",
    "provider_name",
    "service",
    "start_on",
    "end_on",
    "authorization_number",
    "reason",
    "respond_by",
    "wanted",
    "contact_phone",
)
NAMED = re.compile(r"\{([^{}]*)\}")
GATED = {
    ActionKind.EXTENSION: Feature.EXTEND,
    ActionKind.DISCHARGE: Feature.DISCHARGE,
    ActionKind.COPY: Feature.COPY,
    ActionKind.CANCEL: Feature.CANCEL,
}
QUARTER = 15
LADDER = frozenset({ActionKind.PEER_TO_PEER, ActionKind.RECONSIDERATION})


def actions(contract: Contract) -> Iterator[Problem]:
    """An action is switched on, is kept as a note providers may write, and has the right it stands for."""
    kinds = contract.notes.kinds
    for kind, action in contract.actions.kinds.items():
        path, feature = ("actions", "kinds", kind), GATED.get(kind)
        if feature and not contract.features.get(feature):
            reason = f"this action is never offered: the function '{feature}' is off."
            yield Problem(path, "ACTION-FEATURE", reason, severity=Severity.WARNING, at_key=True)
        if action.note_kind and action.note_kind not in kinds:
            reason = f"there is no kind of note '{action.note_kind}'."
            yield Problem((*path, "note_kind"), "REF-NOTE", reason, did_you_mean(action.note_kind, kinds))
        elif action.note_kind and not kinds[action.note_kind].by_provider:
            reason = f"providers may not write '{action.note_kind}' notes."
            yield Problem((*path, "note_kind"), "NOTE-PROVIDER", reason)
        if kind in LADDER and kind not in contract.rights:
            reason = f"there is no right '{kind}' that says until when and for whom."
            yield Problem(path, "ACTION-RIGHT", reason, severity=Severity.WARNING, at_key=True)


def lists_of_actions(contract: Contract) -> Iterator[Problem]:
    """Where a discharge or a talk can be asked for, there is a list to choose from."""
    wanted = {ActionKind.DISCHARGE: DISPOSITIONS, ActionKind.PEER_TO_PEER: TIME_ZONES}
    for kind, name in wanted.items():
        if kind in contract.actions.kinds and not contract.catalogue.lists.get(name):
            reason = f"it needs the list 'catalogue.lists.{name}', which is missing or empty."
            yield Problem(("actions", "kinds", kind), "LIST-WANTED", reason, at_key=True)
    for zone in contract.catalogue.lists.get(TIME_ZONES, {}):
        if zone not in known_zones():
            path = ("catalogue", "lists", TIME_ZONES, zone)
            yield Problem(
                path, "ZONE-UNKNOWN", f"'{zone}' is no time zone.", "Write it like America/Chicago.", at_key=True
            )


def extension(contract: Contract) -> Iterator[Problem]:
    """An extension is a request of a type that exists."""
    name, known = contract.actions.extension.request_type, contract.intake.request_types
    if name not in known:
        reason = f"there is no request type '{name}'."
        yield Problem(("actions", "extension", "request_type"), "REF-REQUEST", reason, did_you_mean(name, known))


def rights(contract: Contract) -> Iterator[Problem]:
    """A right opens after something, for somebody, for some time; what must be used first exists and comes first."""
    for name, right in contract.rights.items():
        path = ("rights", name)
        for key in ("after", "who"):
            if not getattr(right, key):
                yield Problem((*path, key), "RIGHT-EMPTY", "this list is empty: nobody could ever use the right.")
        for key, span in (("window", right.window), ("decided_within", right.decided_within)):
            if span and span.amount == 0:
                yield Problem((*path, key, "amount"), "SPAN-ZERO", "a period of 0 is over before it starts.")
        if right.minimum_slots < 0:
            reason = f"{right.minimum_slots} is less than the least allowed, 0."
            yield Problem((*path, "minimum_slots"), "NUMBER-LOW", reason)
        for index, first in enumerate(right.exhaust_first):
            yield from _first(contract, name, first, (*path, "exhaust_first", str(index)))


def talks(contract: Contract) -> Iterator[Problem]:
    """Talks fill whole quarters of an hour: that is how the portal keeps anybody from being booked twice."""
    for name, right in contract.rights.items():
        if right.slot_minutes % QUARTER:
            reason = f"talks are kept in quarters of an hour, and {right.slot_minutes} minutes are none."
            yield Problem(("rights", name, "slot_minutes"), "SLOT-LENGTH", reason, "Write 15, 30, 45 or 60.")


def _first(contract: Contract, name: str, first: str, path: Path) -> Iterator[Problem]:
    if first not in contract.rights:
        yield Problem(path, "REF-RIGHT", f"there is no right '{first}'.", did_you_mean(first, contract.rights))
    elif name in _before(contract, first, frozenset()):
        yield Problem(path, "RIGHT-CYCLE", f"'{name}' would have to be used before itself.")


def _before(contract: Contract, name: str, seen: frozenset[str]) -> frozenset[str]:
    if name in seen or name not in contract.rights:
        return seen
    seen |= {name}
    for first in contract.rights[name].exhaust_first:
        seen |= _before(contract, first, seen)
    return seen


def letters(contract: Contract) -> Iterator[Problem]:
    """A letter is sent somehow, says something, and has only values the portal can fill in."""
    for kind, letter in contract.letters.kinds.items():
        path = ("letters", "kinds", kind)
        if not letter.channels:
            yield Problem((*path, "channels"), "LETTER-CHANNEL", "this letter would never be sent.")
        if not letter.paragraphs:
            yield Problem((*path, "paragraphs"), "LETTER-EMPTY", "this letter says nothing.")
        for index, text in enumerate(letter.paragraphs):
            yield from _named_values(text, IN_LETTERS, (*path, "paragraphs", str(index)))


def notices(contract: Contract) -> Iterator[Problem]:
    """An e-mail says something and can never hold health data: three named values, no others."""
    for event, notice in contract.notices.events.items():
        path = ("notices", "events", event)
        yield from _named_values(notice.subject, IN_NOTICES, (*path, "subject"))
        if not notice.to:
            yield Problem((*path, "to"), "NOTICE-NOBODY", "this e-mail would go to nobody.", "Write to: [submitter].")
        if not notice.paragraphs:
            yield Problem((*path, "paragraphs"), "LETTER-EMPTY", "this e-mail says nothing.")
        for index, text in enumerate(notice.paragraphs):
            yield from _named_values(text, IN_NOTICES, (*path, "paragraphs", str(index)))


def _named_values(text: str, known: tuple[str, ...], path: Path) -> Iterator[Problem]:
    for name in NAMED.findall(text):
        if name not in known:
            reason = f"'{{{name}}}' is not filled in here."
            yield Problem(path, "VALUE-NAME", reason, did_you_mean(name, known) or f"Use one of: {', '.join(known)}.")
    if set(NAMED.sub("", text)) & {"{", "}"}:
        yield Problem(path, "VALUE-BRACES", "a curly bracket stands alone.", "Write named values as {case_number}.")


def reports(contract: Contract) -> Iterator[Problem]:
    """Reports are promised only where the function is on."""
    if contract.reports.provider_reports and not contract.features.get(Feature.REPORTS):
        reason = "reports are promised but the function 'reports' is off."
        yield Problem(("reports", "provider_reports"), "REPORTS-OFF", reason)


def sample_people(contract: Contract) -> Iterator[Problem]:
    """Synthetic people get identifiers of the contract's own form; there are enough towns and numbers."""
    sample = contract.sample_data
    for name in ("towns", "area_codes"):
        if not getattr(sample, name):
            yield Problem(("sample_data", name), "SAMPLE-EMPTY", "nothing could be drawn from an empty list.")
    for index, code in enumerate(sample.area_codes):
        if not re.fullmatch(r"[2-9]\d\d", code):
            path = ("sample_data", "area_codes", str(index))
            yield Problem(path, "SAMPLE-AREA", f"'{code}' is no telephone area code.")
    if sample.member_number.count("#") < 5:
        reason = "fewer than 5 digits: members would share numbers."
        yield Problem(("sample_data", "member_number"), "SAMPLE-MASK", reason)
    pattern = contract.registration.code.pattern
    drawn = sample.provider_code.replace("#", "7").replace("@", "Q")
    if not refusal_of(pattern) and not re.fullmatch(pattern, drawn):
        reason = f"'{drawn}' drawn from this mask does not have the form {pattern}."
        yield Problem(("sample_data", "provider_code"), "SAMPLE-MASK", reason)


CHECKS: tuple[Check, ...] = (
    actions,
    lists_of_actions,
    extension,
    rights,
    talks,
    letters,
    notices,
    reports,
    sample_people,
)
