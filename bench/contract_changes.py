"""How soon a change of a contract is in force on every process, and how long planning one takes.

Several processes follow the control plane as each server and worker process does; the last of them counts. Seconds on
the wall, from the commit. Prints figures and, for plans, the ratio to checking the same file; ends with 1 over a bound.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Event
from types import MappingProxyType

from app.console.planning import lines_of, plan_of
from app.storage.following import follow
from launch import testing
from tenancy.contract.declare import Span
from tenancy.extends import Library
from tenancy.in_force import ContractsInForce
from tenancy.loader import LoadedContract, load_directory, read_contract
from tenancy.release import release_of
from tenancy.releases import approve, propose, record_releases, roll_back
from tenancy.scope import ControlDatabase, ControlSession
from tenancy.toggles import Switch, switch, undo
from tenancy.vocabulary import Feature, SpanUnit
from tests.databases import Clone, contract_slugs

ROOT = Path(__file__).resolve().parent.parent / "contracts"
PROCESSES = 4
BOUNDS = {"publish": 5.0, "switch": 5.0, "undo": 5.0, "roll back": 10.0}
PLAN_SECONDS = 3.0
SLUG = contract_slugs()[0]

Act = Callable[[ControlSession, datetime], object]


def main() -> int:
    """Print every figure; 1 if one is over its bound."""
    if len(sys.argv) > 1 and sys.argv[1].startswith("postgresql"):
        return _report(sys.argv[1])
    slow = [slug for slug, seconds in _plans() if seconds > PLAN_SECONDS]
    with testing.server() as address:
        clone = Clone.made(address, "bench_changes")
        try:
            late = [what for what, seconds in _changes(clone.dsns.control) if seconds > BOUNDS[what]]
        finally:
            clone.drop()
    return 1 if slow or late else 0


def _plans() -> list[tuple[str, float]]:
    """Seconds to read each contract and say what it changes against another state's, the longest plan there is."""
    good, figures = load_directory(ROOT).good, []
    for slug, loaded in good.items():
        other = next(one for name, one in good.items() if name != slug)
        began = time.perf_counter()
        reading = read_contract(ROOT / f"{slug}.yaml", Library(ROOT))
        checked = time.perf_counter() - began
        assert reading.loaded is not None
        lines = lines_of(plan_of(other.contract, replace(reading.loaded, slug=other.slug), before=other))
        seconds = time.perf_counter() - began
        print(f"plan {slug}: {seconds * 1000:.0f} ms, {len(lines)} lines (bound {PLAN_SECONDS:.0f} s), "
              f"{seconds / checked:.2f} × a check alone")  # fmt: skip
        figures.append((loaded.slug, seconds))
    return figures


def _changes(dsn: str) -> list[tuple[str, float]]:
    with closing(ControlDatabase(dsn)) as control:
        good = load_directory(ROOT).good
        with control.session() as session:
            record_releases(session, good, now=datetime.now(UTC))
            session.commit()
        watchers = [_watcher(dsn) for _ in range(PROCESSES)]
        try:
            for one in watchers:
                _next(one)
            return [(what, _timed(what, act, control, watchers)) for what, act in _acts(good[SLUG]).items()]
        finally:
            for one in watchers:
                one.terminate()
                one.communicate()


def _acts(loaded: LoadedContract) -> dict[str, Act]:
    right = replace(loaded.contract.rights["peer_to_peer"], window=Span(amount=9, unit=SpanUnit.BUSINESS_DAYS))
    contract = replace(loaded.contract, rights=MappingProxyType({**loaded.contract.rights, "peer_to_peer": right}))
    new = replace(loaded, contract=contract, release=release_of(contract))
    is_on = not loaded.contract.features[Feature.COPY]
    wanted = Switch(slug=SLUG, feature=Feature.COPY, is_on=is_on)

    def publish(session: ControlSession, now: datetime) -> None:
        approve(session, propose(session, new, author="Ann", reason="x", now=now).id, approver="Ben", now=now)

    return {
        "publish": publish,
        "switch": lambda session, now: switch(session, contract, wanted, by="Ann", reason="x", now=now),
        "undo": lambda session, now: undo(session, SLUG, 1, by="Ann", reason="x", now=now),
        "roll back": lambda session, now: roll_back(session, SLUG, by="Ann", reason="x", now=now),
    }


def _timed(what: str, act: Act, control: ControlDatabase, watchers: list[subprocess.Popen[str]]) -> float:
    with control.session() as session:
        act(session, datetime.now(UTC))
        session.commit()
    began = time.time()
    seconds = max(_next(one) for one in watchers) - began
    print(f"{what}: in force on {PROCESSES} processes after {seconds:.2f} s (bound {BOUNDS[what]:.0f} s)")
    return seconds


def _watcher(dsn: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "bench.contract_changes", dsn]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT.parent)


def _next(watcher: subprocess.Popen[str]) -> float:
    """The instant of the process's next report of what it serves."""
    assert watcher.stdout is not None
    line = watcher.stdout.readline()
    while line and not line.startswith("{"):
        line = watcher.stdout.readline()
    return float(json.loads(line)["at"])


def _report(dsn: str) -> int:
    """Follow the control plane and say when what is served changes, until ended."""
    contracts, seen = ContractsInForce(load_directory(ROOT), base_domain="localhost"), None
    follow(contracts, ControlDatabase(dsn), Event())
    while True:
        serving = contracts[SLUG]
        now = (serving.release, serving.contract.features[Feature.COPY])
        if now != seen:
            seen = now
            print(json.dumps({"at": time.time()}), flush=True)
        time.sleep(0.01)


if __name__ == "__main__":
    raise SystemExit(main())
