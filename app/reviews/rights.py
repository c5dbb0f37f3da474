"""Which rights a request has now: open until when, used, or over and what remains. Knows no page.

Every window comes from app.domain.windows; what was used before is read from the rows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.cases.models import Request
from app.domain.calendars import BusinessCalendar, business_calendar
from app.domain.clock import moment
from app.domain.effective import those_in_force
from app.domain.errors import Closed, Conflict
from app.domain.lifecycle import RequestStatus
from app.domain.windows import Window, rights_after, until
from app.domain.wording import listed
from app.reviews.determinations import outcomes_of
from app.reviews.history import History, history_of
from tenancy.contract import Contract
from tenancy.contract.aftercare import Right
from tenancy.vocabulary import ActionKind, Outcome

PEER_TO_PEER, RECONSIDERATION = ActionKind.PEER_TO_PEER.value, ActionKind.RECONSIDERATION.value
UNTIMED = "as long as the request is open"
NOTHING_LEFT = " No other right is open on this request; a new request can be sent."
BEFORE = Window(None, None, UNTIMED, "", "")


@dataclass(frozen=True, slots=True)
class RightNow:
    """A right of a request as it stands: its window, how often it was used, what must be used first.

    ``until`` is its last moment in words; ``hindrance`` says why it cannot be used now, empty if it can.
    """

    name: str
    right: Right
    window: Window
    until: str
    hindrance: str
    is_over: bool

    @property
    def is_open(self) -> bool:
        """Whether it may be used now."""
        return not self.hindrance

    @property
    def is_by_post(self) -> bool:
        """Whether it is asked for outside the portal, on paper."""
        return self.name not in (PEER_TO_PEER, RECONSIDERATION)


def rights_of(contract: Contract, request: Request, history: History, *, now: datetime) -> tuple[RightNow, ...]:
    """Every right of a request in the contract's order, those that are over or used up too.

    A right after any outcome is there before a decision as well (P2P-01); the others open with a decision that
    granted less than was asked. Source: the contract's ``rights``; 42 CFR 431.221(d).
    """
    calendar = business_calendar(contract)
    past, found = _past(history), []
    for name, window in _windows(contract, request, history, calendar, now).items():
        hindrance = _hindrance(contract, name, window, past, calendar, now)
        words = until(window, calendar) if window is not BEFORE else UNTIMED
        found.append(RightNow(name, contract.rights[name], window, words, hindrance, window.is_over(now)))
    return tuple(found)


def must_be_open(session: Session, contract: Contract, request: Request, name: str, *, now: datetime) -> RightNow:
    """The right, if it may be used now.

    Raises Closed when its time is over: the message says since when and what remains; and Conflict when the request
    does not have it, it was used before, or something else must come first: the message says what is possible.
    """
    history = history_of(session, [request.id])[request.id]
    rights = rights_of(contract, request, history, now=now)
    found = next((one for one in rights if one.name == name), None)
    remains = [one.right.label for one in rights if one.is_open and one.name != name]
    left = f" What remains: {listed(remains, 'or')}." if remains else NOTHING_LEFT
    if found is None:
        label = contract.rights[name].label if name in contract.rights else name.replace("_", " ").capitalize()
        raise Conflict(f"{label} is not possible for this request as it stands.{left}", {"status": request.status})
    if found.is_over:
        raise Closed(f"{found.hindrance}{left}")
    if found.hindrance:
        raise Conflict(f"{found.hindrance}{left}", {"status": request.status})
    return found


def _windows(
    contract: Contract, request: Request, history: History, calendar: BusinessCalendar, now: datetime
) -> Mapping[str, Window]:
    if request.status == RequestStatus.COMPLETED and request.decided_at is not None:
        outcomes, letter_at = outcomes_of(history.determinations), history.letter_at
        opened = rights_after(contract, outcomes, decided_at=request.decided_at, letter_at=letter_at, calendar=calendar)
        return {name: window for name, window in opened.items() if outcomes or _is_after_any(contract, name)}
    if request.status in (RequestStatus.UN_SUBMITTED, RequestStatus.CANCELLED):
        return {}
    today = calendar.local_day(now)
    return {name: BEFORE for name, right in those_in_force(contract.rights, today) if Outcome.ANY in right.after}


def _is_after_any(contract: Contract, name: str) -> bool:
    return Outcome.ANY in contract.rights[name].after


@dataclass(frozen=True, slots=True)
class _Past:
    """How often each right was used, and the one that is being used at this moment; empty if none is."""

    used: Counter[str]
    under_way: str


def _past(history: History) -> _Past:
    """What was used of the rights; a talk that did not come about does not count."""
    used = Counter(row.right for row in history.reopenings)
    talks = Counter(row.state for row in history.talks)
    used[PEER_TO_PEER] = talks["held"]
    return _Past(used, PEER_TO_PEER if talks["requested"] or talks["booked"] else "")


def _hindrance(
    contract: Contract,
    name: str,
    window: Window,
    past: _Past,
    calendar: BusinessCalendar,
    now: datetime,
) -> str:
    right = contract.rights[name]
    if window.is_over(now) and window.closes_at is not None:
        return f"The time for {right.label} ended {moment(window.closes_at, calendar)}: {window.reason}."
    if past.used[name] >= right.most:
        return f"{right.label} was used already."
    if past.under_way == name:
        return f"{right.label} is under way."
    first = [contract.rights[one].label for one in right.exhaust_first if one in contract.rights]
    if first and not any(past.used[one] for one in right.exhaust_first):
        return f"Before {right.label}, use {listed(first, 'or')}."
    return ""
