"""How long one deadline takes, pauses and extension included: the median is to stay under 50 microseconds.

``python -m bench.deadlines``
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from time import perf_counter

from app.domain.calendars import business_calendar
from app.domain.clock import Pause, Terms, ends_at
from launch.places import ROOT
from tenancy.contract.declare import Span
from tenancy.loader import load_contract
from tenancy.vocabulary import Expiry, SpanUnit

MOST_MICROSECONDS = 50.0
LENGTHS = ((72, SpanUnit.HOURS), (7, SpanUnit.CALENDAR_DAYS), (5, SpanUnit.BUSINESS_DAYS), (2, SpanUnit.MONTHS))


def main() -> int:
    contract = load_contract(Path(ROOT) / "contracts" / "west_virginia.yaml").contract
    calendar = business_calendar(contract)
    begun = datetime(2026, 1, 2, 15, 30, tzinfo=UTC)
    worst = 0.0
    for amount, unit in LENGTHS:
        terms = Terms(Span(amount=amount, unit=unit), False, True, None, Expiry.ESCALATE)
        took = []
        for turn in range(20_000):
            start = begun + timedelta(hours=turn % 9000)
            stops = (Pause(start + timedelta(hours=5), start + timedelta(hours=40)),) if turn % 3 == 0 else ()
            before = perf_counter()
            ends_at(start, terms, calendar, pauses=stops)
            took.append((perf_counter() - before) * 1e6)
        worst = max(worst, median(took))
        print(f"{amount} {unit}: median {median(took):.1f} µs")
    print(f"slowest median {worst:.1f} µs, at most {MOST_MICROSECONDS:.0f}")
    return int(worst > MOST_MICROSECONDS)


if __name__ == "__main__":
    sys.exit(main())
