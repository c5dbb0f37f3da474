"""A plan with the cases it touches: what a release changes, how many open cases keep what they have, which deadlines
would differ. Reads one tenant's cases as that tenant's role and brings home figures only, never a case.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from app.cases.approvals import list_approvals
from app.cases.models import Case, Request
from app.cases.snapshot import draft_of
from app.directory.models import Member
from app.domain.calendars import business_calendar
from app.domain.clock import due_dates
from app.domain.conditions import Unanswerable
from app.domain.draft import Approval
from tenancy.contract import Contract
from tenancy.faults import Fault
from tenancy.loader import LoadedContract
from tenancy.plan import Area, Change, Reach, differences, new_warnings, with_sources

MOST_COMPUTED = 400
OPEN, DRAFT = "submitted", "un_submitted"


@dataclass(frozen=True, slots=True)
class CaseEffects:
    """Figures of one tenant: no case is named.

    ``open_cases`` were submitted and not decided; all of them keep the release they were submitted under. Of the
    newest ``computed`` of them, ``earlier`` and ``later`` would be due at another instant under the new rules.
    """

    open_cases: int
    drafts: int
    computed: int
    earlier: int
    later: int


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that publishing would change; ``effects`` is None where no tenant was asked."""

    slug: str
    is_new: bool
    changes: tuple[Change, ...]
    warnings: tuple[Fault, ...]
    effects: CaseEffects | None

    def of(self, reach: Reach) -> tuple[Change, ...]:
        """The changes that reach the same people."""
        return tuple(change for change in self.changes if change.reach is reach)


def plan_of(
    old: Contract | None,
    new: LoadedContract,
    *,
    before: LoadedContract | None = None,
    effects: CaseEffects | None = None,
) -> Plan:
    """The plan of putting ``new`` in ``old``'s place; ``before`` gives the old one's sources and warnings if known."""
    changes = differences(old, new.contract) if old else ()
    provenance = before.provenance if before else {}
    warned = before.warnings if before else ()
    return Plan(
        slug=new.slug,
        is_new=old is None,
        changes=with_sources(changes, provenance, new.provenance),
        warnings=new_warnings(warned, new.warnings),
        effects=effects,
    )


def effects_on_cases(session: Session, old: Contract, new: Contract, *, now: datetime) -> CaseEffects:
    """How many open cases and drafts a change meets, and whose deadlines would differ under the new rules.

    ``session`` is the tenant's. Deadlines are computed for the newest 400 open cases, and only where a clock, a
    calendar or the office hours differ: every other change leaves them alone.
    """
    rows = session.execute(
        select(Case.status, func.count().label("cases")).where(Case.status.in_((OPEN, DRAFT))).group_by(Case.status)
    )
    counted: Mapping[str, int] = {row.status: row.cases for row in rows}
    earlier = later = computed = 0
    if _touches_clocks(differences(old, new)):
        cases = _newest(session)
        computed = len(cases)
        moved = [_moved(session, old, new, case, now) for case in cases]
        earlier, later = sum(one < 0 for one in moved), sum(one > 0 for one in moved)
    return CaseEffects(counted.get(OPEN, 0), counted.get(DRAFT, 0), computed, earlier, later)


def lines_of(plan: Plan) -> tuple[str, ...]:
    """The plan as lines of text, for the command."""
    if plan.is_new:
        return (f"{plan.slug} is new: this would be its first release.",)
    if not plan.changes:
        return ("Nothing changes: the effective content is the same.",)
    lines = [f"{len(plan.changes)} changes for {plan.slug}."]
    for reach in Reach:
        if plan.of(reach):
            lines += ["", f"For {reach.value}:", *(f"  - {_line(change)}" for change in plan.of(reach))]
    if plan.warnings:
        lines += ["", "Warnings:", *(f"  - {warning}" for warning in plan.warnings)]
    return (*lines, *(_effect_lines(plan.effects) if plan.effects else ()))


def _line(change: Change) -> str:
    return f"{change.sentence} [{change.rests_on}]" if change.rests_on else change.sentence


def _effect_lines(effects: CaseEffects) -> Sequence[str]:
    kept = "Open cases that keep the rules, windows and wording they were submitted under"
    lines = ["", f"{kept}: {effects.open_cases}."]
    lines.append(f"Drafts that move to the new release and show their author what changed: {effects.drafts}.")
    if effects.computed:
        lines.append(
            f"Under the new rules {effects.earlier} of the newest {effects.computed} open cases would be due earlier"
            f" and {effects.later} later; their deadlines stay."
        )
    return lines


def _touches_clocks(changes: Sequence[Change]) -> bool:
    return any(change.area is Area.CLOCKS or change.path[:2] == ("identity", "time_zone") for change in changes)


def _newest(session: Session) -> Sequence[Case]:
    requests = selectinload(Case.requests)
    return session.scalars(
        select(Case)
        .where(Case.status == OPEN)
        .order_by(Case.submitted_at.desc())
        .limit(MOST_COMPUTED)
        .options(
            requests.selectinload(Request.lines),
            requests.selectinload(Request.responses),
            selectinload(Case.member).selectinload(Member.eligibility),
            selectinload(Case.providers),
            selectinload(Case.diagnoses),
            selectinload(Case.documents),
        )
    ).all()


def _moved(session: Session, old: Contract, new: Contract, case: Case, now: datetime) -> int:
    """-1 when the case would be due earlier, 1 when later, 0 when it would not move or has no deadline."""
    received = case.submitted_at or now
    earlier = list_approvals(session, case)
    before, after = (_due(contract, case, received, earlier) for contract in (old, new))
    if before is None or after is None or before == after:
        return 0
    return -1 if after < before else 1


def _due(contract: Contract, case: Case, received: datetime, earlier: tuple[Approval, ...] | None) -> datetime | None:
    draft = draft_of(contract, case, case.member, note_count=0, earlier=earlier)
    try:
        found = due_dates(contract, draft, received, business_calendar(contract))
    except Unanswerable:
        return None
    return found[0].due_at if found else None
