"""Until when somebody may do something after a decision, and why until then. Reads no clock, knows no request.

One function for every window a user may use: peer-to-peer, reconsideration, appeal, hearing, answering a question.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from app.domain.calendars import BusinessCalendar
from app.domain.clock import STARTS, due_at, moment, spoken
from app.domain.effective import those_in_force
from app.domain.typed import day_shown, time_shown
from tenancy.contract import Contract
from tenancy.contract.aftercare import Right
from tenancy.contract.declare import Span
from tenancy.vocabulary import ClockStart, Outcome


@dataclass(frozen=True, slots=True)
class Window:
    """From when until when something may be done, both in UTC, why, and what the rule rests on.

    ``opens_at`` is empty while what opens it has not happened; ``closes_at`` is empty then too, and where the
    contract sets no end. ``words`` is the rule's length: ``1 business day``, empty where there is none.
    """

    opens_at: datetime | None
    closes_at: datetime | None
    reason: str
    words: str
    citation: str

    def is_open(self, at: datetime) -> bool:
        """Whether it may be done at that instant; the last moment is still in time."""
        return self.opens_at is not None and self.opens_at <= at and (self.closes_at is None or at <= self.closes_at)

    def is_over(self, at: datetime) -> bool:
        """Whether it was possible and is no longer."""
        return self.closes_at is not None and at > self.closes_at


def window(
    opens_at: datetime | None,
    length: Span | None,
    calendar: BusinessCalendar,
    *,
    starts: str,
    citation: str,
) -> Window:
    """The window of this length that opens then; ``starts`` says in words what opens it (``the decision``).

    A period runs as every clock does (see :mod:`app.domain.clock`).
    """
    words = spoken(length) if length else ""
    if opens_at is None:
        return Window(None, None, f"{words} from {starts}" if words else f"from {starts} on", words, citation)
    shown = calendar.local(opens_at)
    since = f"{starts} on {day_shown(shown)} at {time_shown(shown.time())} {shown:%Z}"
    if length is None:
        return Window(opens_at, None, f"from {since}, without an end", "", citation)
    closes_at = due_at(opens_at, length, calendar)
    return Window(opens_at, closes_at, f"{words} from {since}", words, citation)


def until(shown: Window, calendar: BusinessCalendar) -> str:
    """When a window closes, for people: ``until Mon 7 Dec 2026, 5:00 PM CST (1 business day)``."""
    if shown.closes_at is None:
        return shown.reason
    return f"until {moment(shown.closes_at, calendar)} ({shown.words})"


def rights_after(
    contract: Contract,
    outcomes: Collection[Outcome],
    *,
    decided_at: datetime,
    letter_at: datetime | None,
    calendar: BusinessCalendar,
) -> Mapping[str, Window]:
    """The rights that a decision with these outcomes opens, by name in the contract's order, each with its window.

    A right belongs if it is in force on the day of the decision and opens after one of the outcomes, or after any.
    ``letter_at`` is when the letter was sent, empty until then. Source: 42 CFR 431.221(d) and the contract's clauses.
    """
    decided_on = calendar.local_day(decided_at)
    return {
        name: right_window(right, decided_at, letter_at, calendar)
        for name, right in those_in_force(contract.rights, decided_on)
        if Outcome.ANY in right.after or set(right.after) & set(outcomes)
    }


def right_window(right: Right, decided_at: datetime, letter_at: datetime | None, calendar: BusinessCalendar) -> Window:
    """The window of one right after a decision; it runs from the decision or from the letter, as the contract says."""
    opens_at = letter_at if right.window_starts is ClockStart.LETTER else decided_at
    starts = STARTS[right.window_starts]
    return window(opens_at, right.window, calendar, starts=starts, citation=right.citation)
