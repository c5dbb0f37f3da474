"""Business days and office hours of a contract. Knows holidays and time zones; reads no clock.

A business day is Monday to Friday, no holiday of the state, with the days the contract adds and removes; it ends at the
office's closing hour, or earlier on the days for which the contract says so. Of a state the
holiday tables do not know, the federal holidays count: that can only make a deadline earlier.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from importlib.metadata import version
from types import MappingProxyType
from zoneinfo import ZoneInfo

import holidays
from holidays.utils import list_supported_countries

from tenancy.contract import Contract

SATURDAY = 5


@cache
def _tables() -> str:
    """The package's version is read from a file once, not for every deadline."""
    return f"holidays {version('holidays')}"


@dataclass(frozen=True, slots=True)
class BusinessCalendar:
    """A contract's business days, its office hours and its time zone."""

    zone: ZoneInfo
    state: str
    closes: time
    added: Mapping[date, str]
    removed: frozenset[date]
    half_days_count: bool
    closes_early: Mapping[date, time]

    @property
    def tables(self) -> str:
        """Which holiday tables answered, to be kept with a deadline."""
        return _tables()

    def holiday(self, on: date) -> str:
        """The name of the holiday on that day; empty if it is none."""
        if on in self.added:
            return self.added[on]
        return "" if on in self.removed else state_holidays(self.state, on.year, self.half_days_count).get(on, "")

    def is_business_day(self, on: date) -> bool:
        """Whether the payer works on that day."""
        return on.weekday() < SATURDAY and not self.holiday(on)

    def closes_on(self, on: date) -> time:
        """The hour at which that day ends for the payer."""
        return min(self.closes, self.closes_early.get(on, self.closes))

    def business_day_from(self, on: date) -> date:
        """That day if it is a business day, else the next one."""
        while not self.is_business_day(on):
            on += timedelta(days=1)
        return on

    def business_day_before(self, on: date) -> date:
        """The last business day before that day."""
        on -= timedelta(days=1)
        while not self.is_business_day(on):
            on -= timedelta(days=1)
        return on

    def business_days_after(self, on: date, number: int) -> date:
        """The day ``number`` business days after ``on``, which is not counted itself."""
        for _ in range(number):
            on = self.business_day_from(on + timedelta(days=1))
        return on

    def local(self, instant: datetime) -> datetime:
        """The instant in the contract's zone."""
        return instant.astimezone(self.zone)

    def local_day(self, instant: datetime) -> date:
        """The day in the contract's zone on which the instant falls."""
        return self.local(instant).date()

    def at(self, on: date, hour: time, *, fold: int = 0) -> datetime:
        """The instant, in UTC, of an hour of a day in the contract's zone."""
        return datetime.combine(on, hour, self.zone).replace(fold=fold).astimezone(UTC)

    def receipt_day(self, instant: datetime) -> date:
        """The business day as of which something counts as received.

        Its own day up to and including the closing hour of a business day; else the next business day.
        """
        local = self.local(instant)
        is_late = local.time() > self.closes_on(local.date())
        return self.business_day_from(local.date() + timedelta(days=1) if is_late else local.date())


def business_calendar(contract: Contract) -> BusinessCalendar:
    """The calendar of a contract, from its ``identity``, ``formats`` and ``calendar``."""
    return BusinessCalendar(
        zone=ZoneInfo(contract.identity.time_zone),
        state=contract.identity.state,
        closes=contract.formats.office_closes,
        added=contract.calendar.add,
        removed=frozenset(contract.calendar.remove),
        half_days_count=contract.calendar.half_days_count,
        closes_early=contract.calendar.closes_early,
    )


@lru_cache(maxsize=512)
def state_holidays(state: str, year: int, half_days_count: bool) -> Mapping[date, str]:
    """The holidays of a state in a year with their names, days on which they are observed included.

    A half-day holiday is among them unless half days count as business days.
    """
    known = list_supported_countries()["US"]
    found = holidays.country_holidays(
        "US",
        subdiv=state if state in known else None,
        years=year,
        categories=("public",) if half_days_count else ("public", "half_day"),
    )
    return MappingProxyType(dict(found.items()))
