"""The nine public figures about prior authorization, from the log of determinations, for any period.

Source: CMS-0057-F (89 FR 8758), 42 CFR 440.230(e)(3). The rule does not fix the definitions, so each figure
carries its own, with numerator and denominator; partial approvals stand apart. Knows no page.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.domain.access import Actor, Permission, may
from app.domain.authorization import version_in_force
from app.domain.effective import those_in_force
from app.domain.errors import FieldFault, Forbidden, Invalid
from app.storage import audit
from tenancy.contract import Contract
from tenancy.vocabulary import Need, Urgency

DECIDED = "Requests whose first complete decision fell into the period; closed without a decision are left out."
APPROVED = "Every line, and the stay if there is one, was approved as asked in the first decision."
DENIED = "Everything decided was denied in the first decision. Partial approvals are not among them."
PARTIAL = "Something was granted, but less than was asked, in the first decision. Shown apart."
APPEALED = "Standard requests decided anew in the period after a reconsideration or an appeal."
OVERTURNED = "The new decision granted more than the first one."
EXTENDED = "Requests decided in the period, standard and expedited."
EXTENDED_APPROVED = "The time for review was extended, and the first decision approved everything."
TIMED = "From submission to the first complete decision, in days, hours, minutes and seconds."
LONGEST_DAYS = 3660

_FIRST = text(
    """
    WITH first AS (
      SELECT r.id, coalesce(r.urgency, 'standard') AS urgency,
             CAST(extract(epoch FROM max(d.decided_at) - r.submitted_at) AS float8) AS took,
             max(d.decided_at) AS decided_at,
             count(*) FILTER (WHERE d.decision = 'approve') AS approved,
             count(*) FILTER (WHERE d.decision = 'modify') AS modified,
             count(*) FILTER (WHERE d.decision = 'deny') AS denied
        FROM request r JOIN determination d ON d.request_id = r.id AND d.round = 'initial' AND d.decision <> 'pend'
       WHERE r.decided_at >= :since AND r.submitted_at < :until
         AND (CAST(:groups AS uuid[]) IS NULL
              OR r.case_id IN (SELECT c.id FROM "case" c WHERE c.group_id = ANY(CAST(:groups AS uuid[]))))
       GROUP BY r.id),
    told AS (
      SELECT f.*, modified = 0 AND denied = 0 AS is_approved, modified = 0 AND approved = 0 AS is_denied
        FROM first f
       WHERE decided_at >= :since AND decided_at < :until AND approved + modified + denied > 0)
    SELECT urgency, count(*) AS decided, count(*) FILTER (WHERE is_approved) AS approved,
           count(*) FILTER (WHERE is_denied) AS denied,
           avg(took) AS average, percentile_cont(0.5) WITHIN GROUP (ORDER BY took) AS median,
           count(*) FILTER (WHERE is_approved AND longer.request_id IS NOT NULL) AS extended
      FROM told
      LEFT JOIN (SELECT DISTINCT e.request_id FROM request_deadline e WHERE e.extended_at IS NOT NULL) AS longer
        ON longer.request_id = told.id
     GROUP BY urgency
    """
)
_APPEALED = text(
    """
    WITH anew AS (
      SELECT d.request_id, max(d.decided_at) AS decided_at
        FROM determination d JOIN request r ON r.id = d.request_id
       WHERE d.round NOT IN ('initial', 'peer_to_peer') AND d.decision IN ('approve', 'modify', 'deny')
         AND coalesce(r.urgency, 'standard') = 'standard'
         AND (CAST(:groups AS uuid[]) IS NULL
              OR r.case_id IN (SELECT c.id FROM "case" c WHERE c.group_id = ANY(CAST(:groups AS uuid[]))))
       GROUP BY d.request_id HAVING max(d.decided_at) >= :since AND max(d.decided_at) < :until)
    SELECT count(*) AS decided, count(*) FILTER (WHERE EXISTS (
      SELECT 1 FROM determination later
        JOIN determination before ON before.request_id = later.request_id AND before.round = 'initial'
         AND before.line_id IS NOT DISTINCT FROM later.line_id AND before.decision IN ('modify', 'deny')
       WHERE later.request_id = anew.request_id AND later.round NOT IN ('initial', 'peer_to_peer')
         AND (later.decision = 'approve'
              OR (later.decision = 'modify' AND coalesce(later.units, 0) > coalesce(before.units, 0))))) AS overturned
      FROM anew
    """
)


@dataclass(frozen=True, slots=True)
class Period:
    """Days from the first to the last, both counted, in the contract's zone."""

    first: date
    last: date

    def instants(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """Its first instant and the first one after it."""
        after = self.last + timedelta(days=1)
        return datetime.combine(self.first, time(), zone), datetime.combine(after, time(), zone)


@dataclass(frozen=True, slots=True)
class Share:
    """A figure that is a share: what is counted, of what, and both definitions."""

    number: str
    label: str
    count: int
    of: int
    counted: str
    among: str

    @property
    def percent(self) -> str:
        """With one decimal; a dash where nothing could be counted."""
        return f"{100 * self.count / self.of:.1f} %" if self.of else "–"


@dataclass(frozen=True, slots=True)
class Duration:
    """A figure that is a time: average and median over so many requests; None without any."""

    number: str
    label: str
    of: int
    average: timedelta | None
    median: timedelta | None
    counted: str


@dataclass(frozen=True, slots=True)
class Item:
    """Care that needs an authorization, in the contract's words; its list with version and codes, if it has one."""

    words: str
    listing: str = ""
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Figures:
    """All figures of a period, and the items that need an authorization on its last day."""

    period: Period
    items: tuple[Item, ...]
    shares: tuple[Share, ...]
    durations: tuple[Duration, ...]


def public_figures(session: Session, contract: Contract, period: Period, *, actor: Actor, now: datetime) -> Figures:
    """The figures of the whole contract, for supervisors. Raises Forbidden, and Invalid for an impossible period."""
    if not may(actor, Permission.METRICS_READ):
        raise Forbidden
    return _figures(session, contract, period, None, actor=actor, now=now)


def group_figures(session: Session, contract: Contract, period: Period, *, actor: Actor, now: datetime) -> Figures:
    """The same figures over the requests of the groups whose reports the actor may read (RPT-01, RPT-02).

    Raises Forbidden where there are none or the contract has no reports for providers.
    """
    groups = [one for one in actor.group_ids if may(actor, Permission.REPORT_READ, group_id=one)]
    if not groups or not contract.reports.provider_reports:
        raise Forbidden(contract.reports.none_text)
    return _figures(session, contract, period, groups, actor=actor, now=now)


def shown_time(span: timedelta | None) -> str:
    """A time as plans publish it: ``3d 9:40:22``; a dash for none."""
    if span is None:
        return "–"
    minutes, seconds = divmod(round(span.total_seconds()) % 86_400, 60)
    days = round(span.total_seconds()) // 86_400
    return f"{days}d {minutes // 60}:{minutes % 60:02d}:{seconds:02d}"


def rows_of(figures: Figures) -> Iterator[tuple[str, ...]]:
    """The figures as lines of a table: number, figure, count, of, value, median, definitions."""
    yield ("Number", "Figure", "Numerator", "Denominator", "Value", "Median", "Numerator is", "Denominator is")
    for item in figures.items:
        yield ("1", item.words, "", "", " ".join(item.codes), "", item.listing, "")
    for one in figures.shares:
        yield (one.number, one.label, str(one.count), str(one.of), one.percent, "", one.counted, one.among)
    for lasting in figures.durations:
        shown = shown_time(lasting.average), shown_time(lasting.median)
        yield (lasting.number, lasting.label, "", str(lasting.of), *shown, lasting.counted, DECIDED)


def _figures(
    session: Session, contract: Contract, period: Period, groups: list[UUID] | None, *, actor: Actor, now: datetime
) -> Figures:
    if not 0 <= (period.last - period.first).days <= LONGEST_DAYS:
        raise Invalid((FieldFault("last", "Enter a last day on or after the first one, at most ten years later."),))
    since, until = period.instants(ZoneInfo(contract.identity.time_zone))
    asked: dict[str, Any] = {"since": since, "until": until, "groups": groups}
    told = {str(row["urgency"]): dict(row) for row in session.execute(_FIRST, asked).mappings()}
    anew = dict(session.execute(_APPEALED, asked).mappings().one())
    detail = {"from": period.first.isoformat(), "to": period.last.isoformat()}
    audit.record(
        session, actor=actor, action="metrics:read", object_type="report", object_id=None, detail=detail, now=now
    )
    durations = (_duration("8", Urgency.STANDARD, told), _duration("9", Urgency.EXPEDITED, told))
    return Figures(period, tuple(_items(contract, period.last)), tuple(_shares(told, anew)), durations)


def _items(contract: Contract, on: date) -> Iterator[Item]:
    """What needs an authorization on the day, rule by rule, with the lists of codes that the rule names."""
    requirement = contract.requirement
    for _name, rule in those_in_force(requirement.rules, on):
        if rule.need is Need.NEEDED:
            if not rule.lists:
                yield Item(rule.text)
            for one in (requirement.lists[name] for name in rule.lists):
                if kept := version_in_force(one, on):
                    yield Item(rule.text, f"{one.title}, {kept[0]}", kept[1].codes)


def _shares(told: Mapping[str, Mapping[str, Any]], anew: Mapping[str, Any]) -> Iterator[Share]:
    def count(urgency: Urgency, name: str) -> int:
        return int(told[urgency][name]) if urgency in told else 0

    def share(number: str, label: str, urgency: Urgency, name: str, counted: str) -> Share:
        return Share(number, label, count(urgency, name), count(urgency, "decided"), counted, DECIDED)

    def partial(label: str, urgency: Urgency) -> Share:
        of = count(urgency, "decided")
        return Share("", label, of - count(urgency, "approved") - count(urgency, "denied"), of, PARTIAL, DECIDED)

    standard, expedited = Urgency.STANDARD, Urgency.EXPEDITED
    yield share("2", "Standard requests approved", standard, "approved", APPROVED)
    yield share("3", "Standard requests denied", standard, "denied", DENIED)
    yield partial("Standard requests approved in part", standard)
    overturned, appealed = int(anew["overturned"]), int(anew["decided"])
    yield Share("4", "Standard requests approved after appeal", overturned, appealed, OVERTURNED, APPEALED)
    every = count(standard, "decided") + count(expedited, "decided")
    extended = count(standard, "extended") + count(expedited, "extended")
    yield Share("5", "Review extended and approved", extended, every, EXTENDED_APPROVED, EXTENDED)
    yield share("6", "Expedited requests approved", expedited, "approved", APPROVED)
    yield share("7", "Expedited requests denied", expedited, "denied", DENIED)
    yield partial("Expedited requests approved in part", expedited)


def _duration(number: str, urgency: Urgency, told: Mapping[str, Mapping[str, Any]]) -> Duration:
    row = told.get(urgency)
    label = f"Time to a decision, {urgency.value} requests"
    if row is None:
        return Duration(number, label, 0, None, None, TIMED)
    average, median = (timedelta(seconds=float(row[name])) for name in ("average", "median"))
    return Duration(number, label, int(row["decided"]), average, median, TIMED)
