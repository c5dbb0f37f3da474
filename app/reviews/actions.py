"""What a provider may ask for on a submitted request now, and why not the rest. Knows no page.

The contract says what there is, in which order and on which requests; the rows say what has happened. The same list
stands behind the Actions menu and behind notes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from app.cases.approvals import draft_seen
from app.cases.models import Case, Request
from app.cases.snapshot import draft_of
from app.domain.calendars import business_calendar
from app.domain.conditions import facts_used, holds
from app.domain.draft import Draft
from app.domain.earlier import EARLIER_FACTS
from app.domain.errors import Closed, Conflict
from app.domain.facts import facts_of
from app.domain.lifecycle import LineStatus, Move, RequestStatus, allowed
from app.domain.typed import day_shown
from app.domain.wording import listed
from app.reviews.desk import Decidable
from app.reviews.history import history_of
from app.reviews.rights import RightNow, rights_of
from tenancy.contract import Contract
from tenancy.contract.aftercare import Action
from tenancy.vocabulary import ActionKind, Feature

GATED = {
    ActionKind.EXTENSION: Feature.EXTEND,
    ActionKind.DISCHARGE: Feature.DISCHARGE,
    ActionKind.COPY: Feature.COPY,
    ActionKind.CANCEL: Feature.CANCEL,
}
MOST_REQUESTS = 99
CERTIFIED = frozenset({LineStatus.APPROVED, LineStatus.MODIFIED})


@dataclass(frozen=True, slots=True)
class Offer:
    """An action of the contract on one request; ``hindrance`` says why it is not possible now, empty if it is."""

    kind: ActionKind
    action: Action
    hindrance: str = ""
    is_over: bool = False

    @property
    def is_open(self) -> bool:
        """Whether it is possible now."""
        return not self.hindrance


@dataclass(frozen=True, slots=True)
class _Seen:
    """What every hindrance is judged from."""

    contract: Contract
    case: Case
    request: Request
    rights: Sequence[RightNow]
    today: date


def offers_of(
    session: Session, contract: Contract, case: Case, request: Request, rights: Sequence[RightNow], *, now: datetime
) -> tuple[Offer, ...]:
    """Every action the contract has for this request, in its order; what is switched off or not meant is left out."""
    today = business_calendar(contract).local_day(now)
    seen = _Seen(contract, case, request, rights, today)
    draft = _draft_asked_about(session, contract, case, request)
    return tuple(
        _offer(kind, action, seen)
        for kind, action in contract.actions.kinds.items()
        if _is_meant(contract, kind, action, draft, today)
    )


def must_be_offered(
    session: Session, contract: Contract, case: Case, request: Request, kind: ActionKind, *, now: datetime
) -> Offer:
    """The action, if it is possible now. Raises Closed when it is over or not offered at all, else Conflict.

    Each names what is possible instead.
    """
    history = history_of(session, [request.id])[request.id]
    rights = rights_of(contract, request, history, now=now)
    offers = offers_of(session, contract, case, request, rights, now=now)
    found = next((one for one in offers if one.kind is kind), None)
    if found is None:
        raise Closed(f"Under this contract this cannot be asked for on this request.{_instead(offers, kind)}")
    if found.hindrance:
        raise refusal(offers, found)
    return found


def _draft_asked_about(session: Session, contract: Contract, case: Case, request: Request) -> Draft:
    """The request as the actions' conditions see it; what was approved before is looked up where one of them asks."""
    conditions = [one.offered_when for one in contract.actions.kinds.values() if one.offered_when is not None]
    if any(EARLIER_FACTS & facts_used(one) for one in conditions):
        return draft_seen(session, contract, case, request)
    return draft_of(contract, case, case.member, note_count=0, request=request)


def refusal(offers: Sequence[Offer], refused: Offer) -> Closed | Conflict:
    """Why an action is not possible now, since when it is over, and what is possible instead."""
    kind = Closed if refused.is_over else Conflict
    return kind(f"{refused.hindrance}{_instead(offers, refused.kind)}")


def _instead(offers: Sequence[Offer], kind: ActionKind) -> str:
    possible = [one.action.label for one in offers if one.is_open and one.kind is not kind]
    return f" Possible now: {listed(possible, 'or')}." if possible else ""


def _is_meant(contract: Contract, kind: ActionKind, action: Action, draft: Draft, today: date) -> bool:
    feature = GATED.get(kind)
    if feature is not None and not contract.features.get(feature, False):
        return False
    return action.offered_when is None or holds(action.offered_when, facts_of(draft, received_on=today))


def _offer(kind: ActionKind, action: Action, seen: _Seen) -> Offer:
    right = next((one for one in seen.rights if one.name == kind), None)
    if kind in _RIGHTS:
        if right is None:
            label = seen.contract.rights[kind].label if kind in seen.contract.rights else action.label
            return Offer(kind, action, f"{label} opens with a decision that grants less than was asked.")
        return Offer(kind, action, right.hindrance, right.is_over)
    hindrance = _HINDRANCES[kind](seen)
    return Offer(kind, action, hindrance, is_over=hindrance == EXPIRED)


EXPIRED = "The authorization has expired, so it can no longer be changed. Ask for the care in a new request."
_RIGHTS = frozenset({ActionKind.PEER_TO_PEER, ActionKind.RECONSIDERATION})


def _never(_seen: _Seen) -> str:
    return ""


def _withdrawn(seen: _Seen) -> str:
    if seen.request.status == RequestStatus.CANCELLED:
        return "This request was withdrawn."
    return "It was not submitted yet." if seen.request.status == RequestStatus.UN_SUBMITTED else ""


def revision_hindrance(contract: Contract, case: Case, request: Request, *, now: datetime) -> str:
    """Why a request cannot be revised now, for whoever enters the change; empty if it can (REV-02)."""
    return _revision(_Seen(contract, case, request, (), business_calendar(contract).local_day(now)))


def _revision(seen: _Seen) -> str:
    parts: list[Decidable] = [*seen.request.lines, seen.request]
    ends = [
        part.certified_end_on
        for part in parts
        if part.certify_status in CERTIFIED and part.certified_end_on is not None
    ]
    if seen.contract.actions.revision.blocked_when_expired and ends and max(ends) < seen.today:
        return EXPIRED
    return _withdrawn(seen)


def _extension(seen: _Seen) -> str:
    case, last = seen.case, seen.case.requests[-1]
    if case.discharge_on is not None:
        return f"The member was discharged on {day_shown(case.discharge_on)}."
    if last.status == RequestStatus.UN_SUBMITTED:
        return f"An extension, {last.label}, was started already and is not submitted yet."
    if all(one.status == RequestStatus.CANCELLED for one in case.requests):
        return "This case was withdrawn."
    if last.sequence >= MOST_REQUESTS:
        return "This case has as many requests as it can hold."
    return ""


def _discharge(seen: _Seen) -> str:
    if seen.case.discharge_on is not None:
        return f"The discharge was recorded: {day_shown(seen.case.discharge_on)}. To correct it, write a note."
    return _withdrawn(seen)


def _cancel(seen: _Seen) -> str:
    if allowed(Move.WITHDRAW_REQUEST, seen.request.status):
        return ""
    return _withdrawn(seen) or "Only a request that waits for a decision can be withdrawn."


_HINDRANCES: Mapping[ActionKind, Callable[[_Seen], str]] = {
    ActionKind.ADDITIONAL_CLINICAL: _withdrawn,
    ActionKind.REVISION: _revision,
    ActionKind.EXTENSION: _extension,
    ActionKind.DISCHARGE: _discharge,
    ActionKind.COPY: _never,
    ActionKind.CANCEL: _cancel,
}
