"""How quick Home and the case page are with 100,000 cases in the tenant and 20 people at once, beside an empty page.

The server is the demo's: granian with two workers of three threads, and PostgreSQL that flushes. Each person has a
connection of their own and asks the next page as soon as the last one has come; nobody pauses to read. The empty
page is the search for consumers with nothing typed: signed in, the whole layout, no row read but the session's.
Limits: p95 of Home and of the case page 200 ms; their medians 4 × the empty page's of the same run.
"""

from __future__ import annotations

import argparse
import asyncio
import secrets
import statistics
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from itertools import cycle
from pathlib import Path
from random import Random

from bench._clinic import PORT_HOST, Clinic, Person, open_clinic, serve
from launch import postgres
from launch.children import Children

P95_LIMIT_MS = 200.0
RATIO_LIMIT = 4.0
ROUNDS = 5
EMPTY, HOME, CASE = "empty page", "Home", "case page"
HOMES = ("/", "/", "/?list=work_in_progress", "/?list=submitted", "/?list=completed")


def main() -> None:
    """Measure on a server of its own and print p95, median and the ratio of medians."""
    asked = _arguments()
    with tempfile.TemporaryDirectory() as folder, Children() as children:
        home = Path(folder)
        database = postgres.start(children, home, password=secrets.token_urlsafe(24))
        try:
            clinic = open_clinic(database.dsn, home, cases=asked.cases, people=asked.people)
            port = serve(children, clinic, home)
            times = asyncio.run(_measure(clinic, port, seconds=asked.seconds))
        finally:
            postgres.remove_cluster(home)
    if not _report(times, asked):
        sys.exit(1)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--people", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=5.0, help="of each page in each round")
    return parser.parse_args()


async def _measure(clinic: Clinic, port: int, *, seconds: float) -> Mapping[str, list[float]]:
    """The pages in turn, several rounds, so that what else the machine does falls on all of them."""
    times: dict[str, list[float]] = {EMPTY: [], HOME: [], CASE: []}
    random = Random(20_261_122)
    plans = {
        EMPTY: {person: ["/consumers"] for person in clinic.people},
        HOME: {person: random.sample(HOMES, len(HOMES)) for person in clinic.people},
        CASE: {person: [f"/cases/{number}" for number in clinic.numbers[person.group]] for person in clinic.people},
    }
    for plan in plans.values():
        await _all_at_once(plan, port, seconds=min(2.0, seconds))
    for _ in range(ROUNDS):
        for name, plan in plans.items():
            times[name] += await _all_at_once(plan, port, seconds=seconds)
    return times


async def _all_at_once(plan: Mapping[Person, Sequence[str]], port: int, *, seconds: float) -> list[float]:
    until = time.perf_counter() + seconds
    tasks = [_one_person(person, paths, port, until) for person, paths in plan.items()]
    return [taken for found in await asyncio.gather(*tasks) for taken in found]


async def _one_person(person: Person, paths: Sequence[str], port: int, until: float) -> list[float]:
    """The times, in seconds, of one page after another over one connection."""
    reader, writer = await asyncio.open_connection(PORT_HOST, port)
    times = []
    for path in cycle(paths):
        began = time.perf_counter()
        if began >= until:
            break
        writer.write(f"GET {path} HTTP/1.1\r\n{person.headers}\r\n".encode())
        head = await reader.readuntil(b"\r\n\r\n")
        body = await reader.readexactly(_length(head, path))
        times.append(time.perf_counter() - began)
        if b"</html>" not in body[-16:]:
            raise SystemExit(f"{path} did not answer with a page")
    writer.close()
    return times


def _length(head: bytes, path: str) -> int:
    status, *lines = head.lower().split(b"\r\n")
    if status.split()[1] != b"200":
        raise SystemExit(f"{path} answered {status.decode()}")
    return next(int(line.partition(b":")[2]) for line in lines if line.startswith(b"content-length:"))


def _report(times: Mapping[str, list[float]], asked: argparse.Namespace) -> bool:
    """Print the figures; whether every limit is kept."""
    print(
        f"{asked.cases:,} cases, {asked.people} people at once, no pauses, {ROUNDS} rounds of {asked.seconds:g} s each"
    )
    medians = {name: statistics.median(found) * 1000 for name, found in times.items()}
    p95 = {name: statistics.quantiles(found, n=20)[-1] * 1000 for name, found in times.items()}
    for name, found in times.items():
        rate = len(found) / (ROUNDS * asked.seconds)
        print(f"{name:>10}: median {medians[name]:6.1f} ms, p95 {p95[name]:6.1f} ms, {rate:5.0f} pages a second")
    is_kept = True
    for name in (HOME, CASE):
        ratio = medians[name] / medians[EMPTY]
        is_kept &= p95[name] <= P95_LIMIT_MS and ratio <= RATIO_LIMIT
        print(
            f"{name}: p95 {p95[name]:.0f} ms (limit {P95_LIMIT_MS:.0f}), "
            f"median {ratio:.2f} × the empty page's (limit {RATIO_LIMIT:g})"
        )
    return is_kept


if __name__ == "__main__":
    main()
