"""What verifying a password costs while more people sign in at once than the machine hashes at once.

Prints the 95th percentile of one verification, waiting for a turn included. Limit: 250 ms.
"""

from __future__ import annotations

import statistics
import sys
import threading
import time

from app.accounts import passwords

PEOPLE = 4
ROUNDS = 60
LIMIT_MS = 250.0


def main() -> None:
    """Measure and print."""
    kept = passwords.hashed("quiet mill rode on")
    took: list[float] = []

    def one_person(number: int) -> None:
        for turn in range(ROUNDS):
            typed = "quiet mill rode on" if (turn + number) % 2 else "quiet mill rode of"
            began = time.perf_counter()
            passwords.is_match(kept, typed)
            took.append((time.perf_counter() - began) * 1000)

    people = [threading.Thread(target=one_person, args=(number,)) for number in range(PEOPLE)]
    for person in people:
        person.start()
    for person in people:
        person.join()
    p95 = statistics.quantiles(took, n=20)[-1]
    print(
        f"passwords: {PEOPLE} at once, median {statistics.median(took):.0f} ms, p95 {p95:.0f} ms (limit {LIMIT_MS:.0f})"
    )
    if p95 > LIMIT_MS:
        sys.exit(1)


if __name__ == "__main__":
    main()
