"""How quick a search over all packaged code sets is, beside reading one code by its key, interleaved in one run.

Every search opens its own transaction on control, as a request does. The words are of the kinds people type:
codes, words, begun words, words of tens of thousands of codes, misspellings. Limit: p95 of 20 ms.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime

from sqlalchemy import func, select

from app.directory.code_loading import load_packages
from app.directory.code_search import search_codes
from app.directory.models import Code
from launch import testing
from tenancy.scope import ControlDatabase
from tenancy.vocabulary import CodeSystem
from tests.databases import Clone

ROUNDS = 40
LIMIT_MS = 20.0
LEAST_CODES = 140_000
TODAY = date(2026, 11, 22)
CM, PCS, HCPCS = CodeSystem.ICD10CM, CodeSystem.ICD10PCS, CodeSystem.HCPCS

TYPED: dict[str, tuple[tuple[tuple[CodeSystem, ...], str], ...]] = {
    "a code": (((CM,), "s92.154B"), ((CM,), "E11"), ((HCPCS,), "e0141"), ((PCS,), "0SG0"), ((CM,), "M17.1")),
    "words": (
        ((CM,), "ataxic gait"),
        ((CM,), "talus fracture right"),
        ((CM,), "type 2 diabetes"),
        ((HCPCS,), "wheeled walker"),
        ((PCS, HCPCS), "replacement knee joint"),
        ((CM,), "Sjögren"),
    ),
    "begun words": (((CM,), "hyperten"), ((CM,), "frac fem le"), ((PCS,), "byp cor"), ((CM,), "un"), ((HCPCS,), "whe")),
    "very common words": (
        ((CM,), "fracture"),
        ((CM,), "left"),
        ((CM,), "encounter"),
        ((CM,), "initial encounter open fracture"),
        ((PCS,), "open approach"),
    ),
    "misspelt or short": (((CM,), "pnuemonia"), ((CM,), "diabtes type 2"), ((CM,), "atxic gait"), ((CM,), "copd")),
}


def main() -> None:
    """Measure on a database of its own and print figures by kind, then over all."""
    with testing.server() as address:
        clone = Clone.made(address, "bench_codes")
        control = ControlDatabase(clone.dsns.control)
        try:
            is_kept = _run(control)
        finally:
            control.close()
            clone.drop()
    if not is_kept:
        sys.exit(1)


def _run(control: ControlDatabase) -> bool:
    began = time.perf_counter()
    with control.session() as session:
        load_packages(session, now=datetime.now(UTC))
        session.commit()
        count = session.scalar(select(func.count()).select_from(Code)) or 0
    print(f"code search: {count:,} codes, loaded in {time.perf_counter() - began:.1f} s")
    key_times: list[float] = []
    times: dict[str, list[float]] = {kind: [] for kind in TYPED}
    for number in range(ROUNDS + 1):
        for kind, typed in TYPED.items():
            for systems, text in typed:
                taken = _timed(lambda: _search(control, systems, text))  # noqa: B023 - called at once
                by_key = _timed(lambda: _by_key(control))
                if number:
                    times[kind].append(taken)
                    key_times.append(by_key)
    everything = [one for kind in times.values() for one in kind]
    for kind, some in times.items():
        print(f"code search, {kind}: p50 {statistics.median(some):.1f} ms, p95 {_p95(some):.1f} ms")
    ratio = statistics.median(everything) / statistics.median(key_times)
    print(
        f"code search: p50 {statistics.median(everything):.1f} ms, p95 {_p95(everything):.1f} ms"
        f" (limit {LIMIT_MS:.0f}); "
        f"{ratio:.1f} × one code by its key ({statistics.median(key_times):.2f} ms) in the same run"
    )
    return count > LEAST_CODES and _p95(everything) <= LIMIT_MS


def _search(control: ControlDatabase, systems: tuple[CodeSystem, ...], text: str) -> None:
    with control.session() as session:
        if not search_codes(session, systems, text, on=TODAY, limit=25):
            raise SystemExit(f"nothing found for {text}")


def _by_key(control: ControlDatabase) -> None:
    with control.session() as session:
        session.execute(select(Code.long).where(Code.code_key == "S92154B", Code.system == CM.value)).one()


def _timed(act: Callable[[], None]) -> float:
    start = time.perf_counter()
    act()
    return (time.perf_counter() - start) * 1000


def _p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20)[-1]


if __name__ == "__main__":
    main()
