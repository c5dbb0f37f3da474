"""Asking the provider for what is missing, and the answer. Meanwhile clocks stand still as the contract says.

Knows no page. Late answers and silence follow ``review.information`` of the contract.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.cases import deadlines, documents, queries
from app.cases.clock_models import InformationRequest
from app.cases.documents import Incoming, Shelf, Uploaded
from app.domain.access import Actor, Permission, may
from app.domain.calendars import business_calendar
from app.domain.clock import moment
from app.domain.errors import Closed, Conflict, FieldFault, Forbidden, Invalid, NotFound
from app.domain.lifecycle import Move, RequestStatus
from app.domain.windows import Window, window
from app.domain.wording import counted
from app.reviews.desk import Desk, Handled, held, sit_down
from tenancy.contract import Contract
from tenancy.vocabulary import Event, LateAnswer

OPEN, ANSWERED, LAPSED, WITHDRAWN = "open", "answered", "lapsed", "withdrawn"
LONGEST_TEXT = 4_000
ANSWERED_ALREADY = "This was answered already. Add further documents or notes to the case below."


@dataclass(frozen=True, slots=True)
class Asked:
    """A question to the provider: its id and until when the answer is awaited."""

    information_id: UUID
    window: Window
    handled: Handled


@dataclass(frozen=True, slots=True)
class Reply:
    """What a provider answers: to each thing asked for by its place, and in general, with files."""

    items: Mapping[int, str]
    text: str = ""
    files: Sequence[Incoming] = ()
    document_type: str = ""


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer that was taken: whether it came late, and what became of its files."""

    information_id: UUID
    case_number: str
    is_late: bool
    uploaded: tuple[Uploaded, ...]


def answer_window(contract: Contract, asked_at: datetime) -> Window:
    """Until when a question asked then is to be answered."""
    rule = contract.review.information
    calendar = business_calendar(contract)
    return window(asked_at, rule.window, calendar, starts="the question", citation=rule.citation)


def request_information(
    session: Session,
    contract: Contract,
    request_id: UUID,
    items: Sequence[str],
    message: str,
    *,
    version: int,
    actor: Actor,
    now: datetime,
) -> Asked:
    """Ask the provider for what is missing: things from the contract's checklist, a message, or both.

    Clocks that pause stand still from now on. Raises NotFound, Forbidden, Invalid, Closed when the contract lets a
    request be sent back no more often, Conflict when it changed or is not in review.
    """
    wanted = _wanted(contract, items, message)
    desk = sit_down(session, request_id, permission=Permission.REVIEW_WORK, actor=actor, now=now, version=version)
    _count(contract, desk)
    if desk.request.status == RequestStatus.SUBMITTED:
        desk.move(Move.REVIEW_REQUEST)
    desk.move(Move.ASK_INFORMATION)
    until = answer_window(contract, now)
    row = _row(desk, wanted, message, until)
    session.add(row)
    session.flush()
    deadlines.recompute(session, contract, desk.request)
    desk.tell(Event.INFORMATION_REQUESTED.value, row.id)
    return Asked(row.id, until, desk.finish("request:ask_information"))


def answer_information(
    session: Session,
    contract: Contract,
    shelf: Shelf,
    information_id: UUID,
    reply: Reply,
    *,
    actor: Actor,
    now: datetime,
) -> Answered:
    """Answer what was asked for, with words and files; the clocks run on and the reviewer sees it.

    The last moment is still in time. A late answer is taken and marked, or refused, as the contract says. Raises
    NotFound, Forbidden, Invalid for an empty answer, Conflict when it was answered, Closed when it is too late.
    """
    asked = session.get(InformationRequest, information_id)
    if asked is None:
        raise NotFound
    own = queries.get_case_of_request(session, asked.request_id, actor)
    if not may(actor, Permission.INFORMATION_ANSWER, group_id=own.group_id):
        raise Forbidden
    desk = held(session, asked.request_id, actor=actor, now=now)
    session.refresh(asked)
    is_late = _must_be_in_time(contract, asked, now)
    _must_say_something(asked, reply)
    uploaded = _uploaded(session, contract, shelf, asked, reply, actor=actor, now=now)
    _keep(asked, reply, actor=actor, now=now, is_late=is_late)
    if asked.state == OPEN:
        asked.resumed_at = now
        desk.move(Move.RECEIVE_INFORMATION)
    else:
        desk.happened("late_information_received")
    asked.state = ANSWERED
    session.flush()
    deadlines.recompute(session, contract, desk.request)
    desk.tell(Event.STATUS_CHANGED.value, f"answered:{asked.id}:{now.isoformat()}")
    handled = desk.finish("request:answer_information", detail={"late": str(is_late).lower()})
    return Answered(asked.id, handled.case_number, is_late, uploaded)


def withdraw_information(
    session: Session, contract: Contract, information_id: UUID, *, version: int, actor: Actor, now: datetime
) -> Handled:
    """Take a question back: the review goes on and the clocks run again. Raises NotFound, Forbidden, Conflict."""
    asked = session.get(InformationRequest, information_id)
    if asked is None:
        raise NotFound
    desk = sit_down(session, asked.request_id, permission=Permission.REVIEW_WORK, actor=actor, now=now, version=version)
    stop_waiting(contract, desk, asked, WITHDRAWN, Move.RECALL_QUESTION)
    desk.tell(Event.STATUS_CHANGED.value, f"withdrawn:{asked.id}")
    return desk.finish("request:withdraw_information")


def stop_waiting(contract: Contract, desk: Desk, asked: InformationRequest, state: str, move: Move) -> None:
    """No answer is awaited any more: the request is in review again. Raises Conflict if it was not waiting."""
    desk.session.refresh(asked)
    if asked.state != OPEN:
        raise Conflict("No answer is awaited any more.", {"state": asked.state})
    desk.move(move)
    asked.state, asked.resumed_at = state, desk.now
    desk.session.flush()
    deadlines.recompute(desk.session, contract, desk.request)


def _wanted(contract: Contract, items: Sequence[str], message: str) -> list[str]:
    known = contract.review.information.items
    if unknown := [item for item in items if item not in known]:
        raise Invalid((FieldFault("items", f"'{unknown[0]}' is not on the list."),))
    if not items and not message.strip():
        raise Invalid((FieldFault("items", "Tick what is missing, or write it below."),))
    if len(message) > LONGEST_TEXT:
        raise Invalid((FieldFault("message", f"Use at most {LONGEST_TEXT:,} characters."),))
    return [known[item] for item in known if item in items]


def _count(contract: Contract, desk: Desk) -> None:
    asked = select(func.count()).where(InformationRequest.request_id == desk.request.id)
    most = contract.review.information.most
    if (desk.session.scalar(asked) or 0) >= most:
        raise Closed(f"This contract lets a request be sent back for information at most {counted(most, 'time')}.")


def _row(desk: Desk, wanted: Sequence[str], message: str, until: Window) -> InformationRequest:
    if desk.actor.user_id is None or until.closes_at is None:
        raise Forbidden
    return InformationRequest(
        id=uuid4(),
        request_id=desk.request.id,
        items=[[words, ""] for words in wanted],
        message=message.strip(),
        asked_by=desk.actor.user_id,
        asked_by_name=desk.actor.name,
        asked_at=desk.now,
        due_at=until.closes_at,
        due_reason=until.reason,
    )


def _must_be_in_time(contract: Contract, asked: InformationRequest, now: datetime) -> bool:
    """Whether the answer is late; raises Conflict or Closed where none is taken."""
    if asked.state in (ANSWERED, WITHDRAWN):
        raise Conflict(ANSWERED_ALREADY if asked.state == ANSWERED else "The question was taken back.")
    is_late = now > asked.due_at
    if is_late and contract.review.information.late is LateAnswer.REFUSE:
        ended = moment(asked.due_at, business_calendar(contract))
        raise Closed(
            f"The time to answer ended {ended}. You can still add documents and notes to the case; "
            "if it is decided against you, they go with a request for reconsideration."
        )
    return is_late


def _must_say_something(asked: InformationRequest, reply: Reply) -> None:
    texts = [reply.text, *reply.items.values()]
    if any(len(text) > LONGEST_TEXT for text in texts):
        raise Invalid((FieldFault("answer", f"Use at most {LONGEST_TEXT:,} characters."),))
    if not reply.files and not any(text.strip() for text in texts):
        raise Invalid((FieldFault("answer", "Write an answer or add a document before you send it."),))
    if any(not 0 <= place < len(asked.items) for place in reply.items):
        raise Invalid((FieldFault("answer", "Something was answered that was not asked. Open the case again."),))


def _uploaded(
    session: Session,
    contract: Contract,
    shelf: Shelf,
    asked: InformationRequest,
    reply: Reply,
    *,
    actor: Actor,
    now: datetime,
) -> tuple[Uploaded, ...]:
    """Keep the files; an answer that is nothing but files none of which could be kept is no answer."""
    if not reply.files:
        return ()
    kept = documents.upload_to_case(
        session,
        contract,
        shelf,
        asked.request_id,
        reply.files,
        document_type=reply.document_type,
        actor=actor,
        now=now,
    )
    faults = [one for one in kept if one.fault]
    if len(faults) == len(kept) and not any(text.strip() for text in (reply.text, *reply.items.values())):
        raise Invalid(tuple(FieldFault("files", f"{one.file_name}: {one.fault}") for one in faults))
    return kept


def _keep(asked: InformationRequest, reply: Reply, *, actor: Actor, now: datetime, is_late: bool) -> None:
    asked.items = [[words, reply.items.get(place, "").strip()] for place, (words, _) in enumerate(asked.items)]
    asked.answer = reply.text.strip()
    asked.answered_by, asked.answered_by_name, asked.answered_at = actor.user_id, actor.name, now
    asked.is_late = is_late
