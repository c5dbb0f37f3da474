"""How long a letter takes once a process is warm: worded, printed as PDF/UA-1 and PDF/A-2a. Needs no database.

Prints the median against an empty page of the same compiler in the same run; ends with 1 over 100 ms.
"""

import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from app.notices.letter_content import compose
from app.notices.letter_printing import print_letter
from tenancy.loader import load_directory
from tenancy.vocabulary import LetterKind
from tests.rooms.notices.letters import DENIAL

CONTRACTS = Path(__file__).resolve().parent.parent / "contracts"
NOW = datetime(2026, 11, 23, tzinfo=UTC)
MOST_SECONDS, ROUNDS = 0.100, 40


def main() -> int:
    """Print the figure; 1 if it is over its bound."""
    contract = next(iter(load_directory(CONTRACTS).good.values())).contract
    numbers = iter(range(10**6))

    def letter() -> None:
        facts = replace(DENIAL, kind=LetterKind.DENIAL, case_number=f"26326{next(numbers):04}")
        print_letter(compose(contract, facts, now=NOW), written_at=NOW)

    def bare() -> None:
        lists = ("recipient", "about", "paragraphs", "lines", "rights", "contacts", "taglines")
        content = compose(contract, DENIAL, now=NOW) | {name: [] for name in lists} | {"footer": str(next(numbers))}
        print_letter(content, written_at=NOW)

    full, empty = _median(letter), _median(bare)
    print(f"letter: {full * 1000:.1f} ms, {full / empty:.1f} x an empty one (bound {MOST_SECONDS * 1000:.0f} ms)")
    return 1 if full > MOST_SECONDS else 0


def _median(act: Callable[[], None]) -> float:
    act()
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        act()
        times.append(time.perf_counter() - began)
    return statistics.median(times)


if __name__ == "__main__":
    raise SystemExit(main())
