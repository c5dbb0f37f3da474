"""The tenants' figures as Prometheus reads them: gauges of the last roll-ups, labelled by contract. No PHI.

Every process answers the same, because nothing here is counted in a process. Must not know requests.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from app.console.bench import Bench
from app.console.rollups import Rollup, list_rollups
from app.console.saying import short
from tenancy.releases import list_proposals

WHEN = ("overdue", "in_24_hours", "in_72_hours", "later", "paused")


def exposition(bench: Bench, *, now: datetime) -> bytes:
    """The text format of Prometheus."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Collected(tuple(_families(bench, now))))
    return generate_latest(registry)


class _Collected(Collector):
    """Families that were made beforehand."""

    def __init__(self, families: tuple[Metric, ...]) -> None:
        self._families = families

    def collect(self) -> Iterator[Metric]:
        """Every family once."""
        yield from self._families


def _families(bench: Bench, now: datetime) -> Iterator[Metric]:
    rollups = [one for slug, one in list_rollups(bench.control).items() if slug in bench.slugs()]
    yield from _of_work(rollups, now)
    yield from _of_contracts(bench)


def _of_work(rollups: list[Rollup], now: datetime) -> Iterator[Metric]:
    age = GaugeMetricFamily("charter_figures_age_seconds", "Since the worker counted this tenant", labels=["contract"])
    opened = GaugeMetricFamily("charter_open_requests", "Requests that wait for a decision", labels=["contract"])
    clocks = GaugeMetricFamily("charter_deadlines", "Running clocks by rule and time left",
                               labels=["contract", "rule", "when"])  # fmt: skip
    jobs = GaugeMetricFamily("charter_outbox_jobs", "Effects owed, done and given up", labels=["contract", "state"])
    oldest = GaugeMetricFamily("charter_outbox_oldest_seconds", "How long the oldest effect is owed",
                               labels=["contract"])  # fmt: skip
    stuck = GaugeMetricFamily("charter_letters_stuck", "Letters that wait for somebody", labels=["contract"])
    failed = GaugeMetricFamily("charter_uploads_failed", "Uploads of 24 hours whose content failed a check",
                               labels=["contract", "check"])  # fmt: skip
    scans = GaugeMetricFamily("charter_uploads_scanned", "Uploads of 24 hours and all that are held, by virus check",
                              labels=["contract", "state"])  # fmt: skip
    for one in rollups:
        figures = one.figures
        for state, count in figures.scans.items():
            scans.add_metric([one.slug, state], count)
        for check, count in figures.failed_checks.items():
            failed.add_metric([one.slug, check], count)
        age.add_metric([one.slug], (now - one.taken_at).total_seconds())
        opened.add_metric([one.slug], figures.open_requests)
        stuck.add_metric([one.slug], len(figures.stuck))
        for state in ("due", "done", "dead"):
            jobs.add_metric([one.slug, state], getattr(figures, state))
        for rule in figures.deadlines:
            for when in WHEN:
                clocks.add_metric([one.slug, rule.rule, when], getattr(rule, when))
        since = datetime.fromisoformat(figures.oldest_due_at) if figures.oldest_due_at else one.taken_at
        oldest.add_metric([one.slug], max(0.0, (one.taken_at - since).total_seconds()))
    yield from (age, opened, clocks, jobs, oldest, stuck, failed, scans)


def _of_contracts(bench: Bench) -> Iterator[Metric]:
    release = GaugeMetricFamily(
        "charter_contract_release", "The release this process serves", labels=["contract", "release"]
    )
    fault = GaugeMetricFamily("charter_contract_fault", "1 where a newer release cannot be read", labels=["contract"])
    for slug in bench.slugs():
        release.add_metric([slug, short(bench.contracts[slug].release)], 1)
        fault.add_metric([slug], int(slug in bench.contracts.faults))
    waiting = GaugeMetricFamily("charter_proposals_open", "Releases that wait for a second person")
    waiting.add_metric([], len(list_proposals(bench.control)))
    yield from (release, fault, waiting)
