"""Which moves a case, a request and a line may make, and what each is called once it has happened. One table.

Knows no row and no permission: who may make a move is :mod:`app.domain.access`'s business.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from uuid import UUID

from app.domain.errors import Conflict
from app.domain.wording import listed


class CaseStatus(StrEnum):
    """Where a case stands (CASE-06); a cancelled draft stays as a trace."""

    UN_SUBMITTED = "un_submitted"
    SUBMITTED = "submitted"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class RequestStatus(StrEnum):
    """Where one request of a case stands."""

    UN_SUBMITTED = "un_submitted"
    SUBMITTED = "submitted"
    IN_REVIEW = "in_review"
    INFORMATION_REQUESTED = "information_requested"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class LineStatus(StrEnum):
    """What was certified of a line (PX-04, CASE-09)."""

    UN_SUBMITTED = "un_submitted"
    PENDING = "pending"
    APPROVED = "approved"
    MODIFIED = "modified"
    DENIED = "denied"
    VOID = "void"
    APPEALED = "appealed"


Status = CaseStatus | RequestStatus | LineStatus


class Move(StrEnum):
    """A step from one status to another; the first word says of what."""

    SUBMIT_CASE = "case:submit"
    CANCEL_CASE = "case:cancel"
    COMPLETE_CASE = "case:complete"
    REOPEN_CASE = "case:reopen"
    EXTEND_CASE = "case:extend"
    DROP_EXTENSION = "case:drop_extension"
    SUBMIT_REQUEST = "request:submit"
    CANCEL_REQUEST = "request:cancel"
    WITHDRAW_REQUEST = "request:withdraw"
    REVIEW_REQUEST = "request:review"
    ASK_INFORMATION = "request:ask_information"
    RECEIVE_INFORMATION = "request:receive_information"
    STOP_WAITING = "request:stop_waiting"
    RECALL_QUESTION = "request:recall_question"
    COMPLETE_REQUEST = "request:complete"
    REOPEN_REQUEST = "request:reopen"
    SUBMIT_LINE = "line:submit"
    APPROVE_LINE = "line:approve"
    MODIFY_LINE = "line:modify"
    DENY_LINE = "line:deny"
    VOID_LINE = "line:void"
    APPEAL_LINE = "line:appeal"


@dataclass(frozen=True, slots=True)
class Step:
    """One row of the table: from which statuses a move starts, where it leads, its name in the past tense."""

    before: frozenset[Status]
    after: Status
    event: str
    done: str


_LINE_DECIDED_FROM = frozenset[Status]({LineStatus.PENDING, LineStatus.APPEALED})

STEPS: Mapping[Move, Step] = MappingProxyType(
    {
        Move.SUBMIT_CASE: Step(
            frozenset({CaseStatus.UN_SUBMITTED}), CaseStatus.SUBMITTED, "case_submitted", "submitted"
        ),
        Move.CANCEL_CASE: Step(
            frozenset({CaseStatus.UN_SUBMITTED}), CaseStatus.CANCELLED, "case_cancelled", "cancelled"
        ),
        Move.COMPLETE_CASE: Step(
            frozenset({CaseStatus.SUBMITTED}), CaseStatus.COMPLETED, "case_completed", "completed"
        ),
        Move.REOPEN_CASE: Step(frozenset({CaseStatus.COMPLETED}), CaseStatus.SUBMITTED, "case_reopened", "reopened"),
        Move.EXTEND_CASE: Step(
            frozenset({CaseStatus.SUBMITTED, CaseStatus.COMPLETED}),
            CaseStatus.UN_SUBMITTED,
            "case_extended",
            "extended",
        ),
        Move.DROP_EXTENSION: Step(
            frozenset({CaseStatus.UN_SUBMITTED}),
            CaseStatus.SUBMITTED,
            "extension_dropped",
            "left without its extension",
        ),
        Move.SUBMIT_REQUEST: Step(
            frozenset({RequestStatus.UN_SUBMITTED}), RequestStatus.SUBMITTED, "request_submitted", "submitted"
        ),
        Move.CANCEL_REQUEST: Step(
            frozenset({RequestStatus.UN_SUBMITTED}), RequestStatus.CANCELLED, "request_cancelled", "cancelled"
        ),
        Move.WITHDRAW_REQUEST: Step(
            frozenset({RequestStatus.SUBMITTED, RequestStatus.IN_REVIEW, RequestStatus.INFORMATION_REQUESTED}),
            RequestStatus.CANCELLED,
            "request_withdrawn",
            "withdrawn",
        ),
        Move.REVIEW_REQUEST: Step(
            frozenset({RequestStatus.SUBMITTED}), RequestStatus.IN_REVIEW, "review_started", "taken into review"
        ),
        Move.ASK_INFORMATION: Step(
            frozenset({RequestStatus.IN_REVIEW}),
            RequestStatus.INFORMATION_REQUESTED,
            "information_requested",
            "sent back for information",
        ),
        Move.RECEIVE_INFORMATION: Step(
            frozenset({RequestStatus.INFORMATION_REQUESTED}),
            RequestStatus.IN_REVIEW,
            "information_received",
            "answered with information",
        ),
        Move.STOP_WAITING: Step(
            frozenset({RequestStatus.INFORMATION_REQUESTED}),
            RequestStatus.IN_REVIEW,
            "information_lapsed",
            "reviewed without the answer",
        ),
        Move.RECALL_QUESTION: Step(
            frozenset({RequestStatus.INFORMATION_REQUESTED}),
            RequestStatus.IN_REVIEW,
            "information_request_withdrawn",
            "reviewed without asking",
        ),
        Move.COMPLETE_REQUEST: Step(
            frozenset({RequestStatus.IN_REVIEW}), RequestStatus.COMPLETED, "request_completed", "completed"
        ),
        Move.REOPEN_REQUEST: Step(
            frozenset({RequestStatus.COMPLETED}), RequestStatus.IN_REVIEW, "request_reopened", "reopened"
        ),
        Move.SUBMIT_LINE: Step(frozenset({LineStatus.UN_SUBMITTED}), LineStatus.PENDING, "line_submitted", "submitted"),
        Move.APPROVE_LINE: Step(_LINE_DECIDED_FROM, LineStatus.APPROVED, "line_approved", "approved"),
        Move.MODIFY_LINE: Step(_LINE_DECIDED_FROM, LineStatus.MODIFIED, "line_modified", "modified"),
        Move.DENY_LINE: Step(_LINE_DECIDED_FROM, LineStatus.DENIED, "line_denied", "denied"),
        Move.VOID_LINE: Step(
            frozenset({LineStatus.PENDING, LineStatus.APPROVED, LineStatus.MODIFIED}),
            LineStatus.VOID,
            "line_voided",
            "voided",
        ),
        Move.APPEAL_LINE: Step(
            frozenset({LineStatus.DENIED, LineStatus.MODIFIED}), LineStatus.APPEALED, "line_appealed", "appealed"
        ),
    }
)


def allowed(move: Move, status: str) -> bool:
    """Whether the move may be made from that status."""
    return status in STEPS[move].before


def after(move: Move, status: str) -> Status:
    """The status the move leads to. Raises :class:`Conflict` if it may not be made from ``status``."""
    step = STEPS[move]
    if not allowed(move, status):
        subject, shown = move.partition(":")[0], status.replace("_", "-" if status.startswith("un_") else " ")
        message = f"The {subject} is {shown} now, so it cannot be {step.done}. {_possible(subject, status)}"
        raise Conflict(message, {"status": status})
    return step.after


def _possible(subject: str, status: str) -> str:
    """What a refusal names instead: everything that may be done from where the thing stands."""
    done = [STEPS[move].done for move in moves_from(subject, status)]
    return f"It can be {listed(done, 'or')}." if done else "Nothing more can be done with it."


def event(move: Move) -> str:
    """What the timeline calls the move once it has happened."""
    return STEPS[move].event


def moves_from(subject: str, status: str) -> tuple[Move, ...]:
    """The moves a ``case``, ``request`` or ``line`` may make from that status."""
    return tuple(move for move in Move if move.startswith(f"{subject}:") and allowed(move, status))


# ---------------------------------------------------------------- what the timeline says a thing is now


@dataclass(frozen=True, slots=True)
class Happened:
    """An event of a case's timeline, as far as statuses go."""

    kind: str
    request_id: UUID | None = None
    line_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a case, its requests and what is decided in them stand.

    A stay is kept among the lines under its request's id.
    """

    case: CaseStatus
    requests: Mapping[UUID, RequestStatus]
    lines: Mapping[UUID, LineStatus]


_BY_EVENT: Mapping[str, Move] = MappingProxyType({step.event: move for move, step in STEPS.items()})


def replay(happened: Iterable[Happened], parts: Mapping[UUID, Iterable[UUID]]) -> Standing:
    """The statuses that the events lead to, from un-submitted on; events that are no move change nothing.

    ``parts`` names the requests with what is decided in each. What is submitted is submitted with all its parts, and
    cancelling a draft cancels its requests. Raises Conflict for a move the table does not allow: the events
    themselves are then wrong.
    """
    case: Status = CaseStatus.UN_SUBMITTED
    requests: dict[UUID, Status] = dict.fromkeys(parts, RequestStatus.UN_SUBMITTED)
    lines: dict[UUID, Status] = {line: LineStatus.UN_SUBMITTED for those in parts.values() for line in those}
    for one in happened:
        move = _BY_EVENT.get(one.kind)
        if move is None:
            continue
        if move.startswith("case:"):
            case = after(move, case)
        elif move.startswith("line:"):
            _moved(lines, one.line_id or one.request_id, move)
        else:
            _moved(requests, one.request_id, move)
        _with_parts(move, one, parts, requests, lines)
    return Standing(
        CaseStatus(case),
        {key: RequestStatus(status) for key, status in requests.items()},
        {key: LineStatus(status) for key, status in lines.items()},
    )


def _moved(standing: dict[UUID, Status], key: UUID | None, move: Move) -> None:
    if key in standing:
        standing[key] = after(move, standing[key])


def _with_parts(
    move: Move,
    one: Happened,
    parts: Mapping[UUID, Iterable[UUID]],
    requests: dict[UUID, Status],
    lines: dict[UUID, Status],
) -> None:
    """A case is submitted with a request and cancelled with all of them; a request is submitted with its lines."""
    if move is Move.CANCEL_CASE:
        requests.update(dict.fromkeys(requests, RequestStatus.CANCELLED))
    if move is Move.SUBMIT_CASE:
        _moved(requests, one.request_id, Move.SUBMIT_REQUEST)
    if move in {Move.SUBMIT_CASE, Move.SUBMIT_REQUEST} and one.request_id is not None:
        for line in parts.get(one.request_id, ()):
            _moved(lines, line, Move.SUBMIT_LINE)
