"""Codes that a change of an authorization adds: sent as a further request of the case, decided line by line (REV-01).

The provider types them with the change, or the payer's staff does for a provider who only wrote them. Knows no page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from app.cases.added_answers import answer_forms, further_draft
from app.cases.adding import TypedCodes, add_codes, read_codes, said_line, start_clocks
from app.cases.answer_pages import AnswerForm
from app.cases.approvals import draft_seen
from app.cases.drafts import local_day
from app.cases.models import Case, Request
from app.cases.page_values import FieldView
from app.cases.snapshot import line_of
from app.cases.submission import RECEIVED
from app.domain.access import Actor, Permission
from app.domain.draft import Line
from app.domain.errors import Conflict, FieldFault, Invalid, NotFound
from app.domain.fields import asked_line_fields
from app.domain.lifecycle import CaseStatus, Move
from app.reviews.actions import revision_hindrance
from app.reviews.after_models import Revision
from app.reviews.desk import Desk, Handled, sit_down
from app.reviews.information import OPEN
from app.storage import outbox
from tenancy.contract import Contract

NOTHING = "Enter the code that is to be added."
ROWS = 3
"""How many codes can be typed at once."""


@dataclass(frozen=True, slots=True, repr=False)
class CodeRow:
    """A row to type a code into, with the fields that the contract asks for with it."""

    name: str
    code: str
    error: str
    fields: Sequence[FieldView]

    @property
    def is_used(self) -> bool:
        """Whether anything stands in it, or is wrong with it."""
        return bool(self.code or self.error or any(one.error for one in self.fields))


def send_codes(contract: Contract, desk: Desk, revision: Revision, typed: TypedCodes) -> Request:
    """The codes as a further request of the held case: its clocks run, the reviewers have it, its receipt is owed.

    Raises Invalid with every fault under the rows' names, and Conflict while an extension is being written.
    """
    case = desk.case
    request = add_codes(desk.session, contract, case, desk.request, typed, revision_id=revision.id, now=desk.now)
    start_clocks(desk.session, contract, case, request, now=desk.now)
    there = replace(desk, request=request)
    if case.status == CaseStatus.COMPLETED:
        there.move(Move.REOPEN_CASE)
    there.move(Move.SUBMIT_REQUEST, detail=request.label)
    for row in request.lines:
        there.happened("line_added", detail=said_line(row), line_id=row.id)
    payload = {"case_id": str(case.id)}
    outbox.enqueue(
        desk.session, kind=RECEIVED, payload=payload, key=f"received:{case.id}:{request.label}", now=desk.now
    )
    return request


def add_for_provider(
    session: Session, contract: Contract, revision_id: UUID, typed: TypedCodes, *, actor: Actor, now: datetime
) -> Handled:
    """Enter the codes that a provider asked for in words (staff).

    Raises NotFound, Forbidden, Invalid with every fault, Conflict once the change was answered or the authorization
    has expired (REV-02).
    """
    revision = get_revision(session, revision_id)
    desk = sit_down(session, revision.request_id, permission=Permission.REVIEW_WORK, actor=actor, now=now)
    session.refresh(revision)
    if revision.state != OPEN:
        raise Conflict(f"This change was answered already by {revision.answered_by_name}.")
    if hindrance := revision_hindrance(contract, desk.case, desk.request, now=now):
        raise Conflict(hindrance)
    if not typed.rows:
        raise Invalid((FieldFault("code.0.code", NOTHING),))
    request = send_codes(contract, desk, revision, typed)
    return desk.finish("request:add_codes", detail={"request": request.label})


def get_revision(session: Session, revision_id: UUID) -> Revision:
    """A change that was asked for. Raises NotFound."""
    revision = session.get(Revision, revision_id)
    if revision is None:
        raise NotFound
    return revision


def added_by(case: Case, revision_id: UUID) -> tuple[Request, ...]:
    """The requests that hold the codes a change added."""
    return tuple(one for one in case.requests if one.revision_id == revision_id)


def must_be_decided(desk: Desk, revision: Revision) -> None:
    """A change is not declined while codes it added wait for a decision: raises Conflict."""
    waiting = [one.label for one in added_by(desk.case, revision.id) if one.status not in ("completed", "cancelled")]
    if waiting:
        raise Conflict(f"{waiting[0]} holds codes that this change adds. Decide them first.")


def code_forms(
    session: Session,
    contract: Contract,
    case: Case,
    request: Request,
    codes: TypedCodes,
    wrong: Mapping[str, str],
    *,
    now: datetime,
) -> list[AnswerForm]:
    """The questionnaires that the typed codes bring, to be answered with them; none while a code cannot be read."""
    on = local_day(contract, now)
    draft = draft_seen(session, contract, case, request)
    try:
        lines = [line_of(row) for row in read_codes(contract, draft, codes, on=on)]
    except Invalid:
        return []
    further = further_draft(draft, lines)
    return answer_forms(contract, further, request, codes.form, wrong, on=on) if lines else []


def code_rows(
    session: Session,
    contract: Contract,
    case: Case,
    request: Request,
    typed: Mapping[str, str],
    wrong: Mapping[str, str],
    *,
    now: datetime,
) -> tuple[CodeRow, ...]:
    """The rows of the form, with what was typed; a row asks what the contract asks with its code."""
    on = local_day(contract, now)
    draft = draft_seen(session, contract, case, request)
    system = contract.intake.procedures.systems[0]
    rows = []
    for place in range(ROWS):
        name = f"code.{place}"
        code = typed.get(f"{name}.code", "").strip()
        asked = asked_line_fields(contract, draft, Line(str(uuid4()), system, code.upper(), "", {}), on=on)
        fields = [
            FieldView(
                name=f"{name}.{one.name}",
                label=one.label,
                hint=one.hint,
                entry=one.entry.value,
                text=typed.get(f"{name}.{one.name}", ""),
                choices=one.choices,
                is_required=one.is_required and bool(code),
                error=wrong.get(f"{name}.{one.name}", ""),
            )
            for one in asked
        ]
        rows.append(CodeRow(name, code, wrong.get(f"{name}.code", ""), fields))
    return tuple(rows)
