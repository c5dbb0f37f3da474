"""The life-cycle table: every move from every status."""

from uuid import UUID

import pytest

from app.domain.errors import Conflict
from app.domain.lifecycle import (
    STEPS,
    CaseStatus,
    Happened,
    LineStatus,
    Move,
    RequestStatus,
    Status,
    after,
    allowed,
    event,
    moves_from,
    replay,
)

SUBJECTS: dict[str, type[CaseStatus] | type[RequestStatus] | type[LineStatus]] = {
    "case": CaseStatus,
    "request": RequestStatus,
    "line": LineStatus,
}

# written out once more by hand: who changes the table changes it twice
ALLOWED: dict[str, dict[str, dict[Move, str]]] = {
    "case": {
        "un_submitted": {
            Move.SUBMIT_CASE: "submitted",
            Move.CANCEL_CASE: "cancelled",
            Move.DROP_EXTENSION: "submitted",
        },
        "submitted": {Move.COMPLETE_CASE: "completed", Move.EXTEND_CASE: "un_submitted"},
        "completed": {Move.REOPEN_CASE: "submitted", Move.EXTEND_CASE: "un_submitted"},
        "cancelled": {},
    },
    "request": {
        "un_submitted": {Move.SUBMIT_REQUEST: "submitted", Move.CANCEL_REQUEST: "cancelled"},
        "submitted": {Move.WITHDRAW_REQUEST: "cancelled", Move.REVIEW_REQUEST: "in_review"},
        "in_review": {
            Move.WITHDRAW_REQUEST: "cancelled",
            Move.ASK_INFORMATION: "information_requested",
            Move.COMPLETE_REQUEST: "completed",
        },
        "information_requested": {
            Move.WITHDRAW_REQUEST: "cancelled",
            Move.RECEIVE_INFORMATION: "in_review",
            Move.STOP_WAITING: "in_review",
            Move.RECALL_QUESTION: "in_review",
        },
        "completed": {Move.REOPEN_REQUEST: "in_review"},
        "cancelled": {},
    },
    "line": {
        "un_submitted": {Move.SUBMIT_LINE: "pending"},
        "pending": {
            Move.APPROVE_LINE: "approved",
            Move.MODIFY_LINE: "modified",
            Move.DENY_LINE: "denied",
            Move.VOID_LINE: "void",
        },
        "approved": {Move.VOID_LINE: "void"},
        "modified": {Move.VOID_LINE: "void", Move.APPEAL_LINE: "appealed"},
        "denied": {Move.APPEAL_LINE: "appealed"},
        "void": {},
        "appealed": {Move.APPROVE_LINE: "approved", Move.MODIFY_LINE: "modified", Move.DENY_LINE: "denied"},
    },
}
ROWS = [
    (subject, move, status)
    for subject, statuses in SUBJECTS.items()
    for status in statuses
    for move in Move
    if move.startswith(f"{subject}:")
]


def test_the_table_speaks_of_every_status_and_move() -> None:
    assert {subject: set(rows) for subject, rows in ALLOWED.items()} == {
        subject: {status.value for status in statuses} for subject, statuses in SUBJECTS.items()
    }
    assert set(STEPS) == set(Move)


@pytest.mark.parametrize(("subject", "move", "status"), ROWS)
def test_a_move_is_made_only_from_the_statuses_of_the_table(subject: str, move: Move, status: Status) -> None:
    leads_to = ALLOWED[subject][status].get(move)
    assert allowed(move, status) is (leads_to is not None)
    assert (move in moves_from(subject, status)) is (leads_to is not None)
    if leads_to is None:
        with pytest.raises(Conflict) as raised:
            after(move, status)
        assert raised.value.current == {"status": status}
        assert raised.value.message.startswith(f"The {subject} is ")
    else:
        reached = after(move, status)
        assert reached == leads_to
        assert type(reached) is SUBJECTS[subject]


def test_moves_of_one_subject_are_not_those_of_another() -> None:
    assert moves_from("case", "un_submitted") == (Move.SUBMIT_CASE, Move.CANCEL_CASE, Move.DROP_EXTENSION)
    assert moves_from("line", "un_submitted") == (Move.SUBMIT_LINE,)


@pytest.mark.parametrize(
    ("move", "status", "message"),
    [
        (
            Move.SUBMIT_CASE,
            "submitted",
            "The case is submitted now, so it cannot be submitted. It can be completed or extended.",
        ),
        (
            Move.COMPLETE_CASE,
            "un_submitted",
            (
                "The case is un-submitted now, so it cannot be completed. "
                "It can be submitted, cancelled or left without its extension."
            ),
        ),
        (
            Move.REVIEW_REQUEST,
            "in_review",
            (
                "The request is in review now, so it cannot be taken into review. "
                "It can be withdrawn, sent back for information or completed."
            ),
        ),
        (
            Move.APPROVE_LINE,
            "void",
            "The line is void now, so it cannot be approved. Nothing more can be done with it.",
        ),
    ],
)
def test_a_refused_move_says_where_the_thing_stands(move: Move, status: str, message: str) -> None:
    with pytest.raises(Conflict) as raised:
        after(move, status)
    assert raised.value.message == message


def test_every_event_is_told_in_the_past_tense_and_only_once() -> None:
    events = [event(move) for move in Move]
    assert len(set(events)) == len(events)
    assert all(word.endswith(("ed", "withdrawn")) for word in events)
    assert (event(Move.SUBMIT_CASE), event(Move.CANCEL_CASE)) == ("case_submitted", "case_cancelled")


def test_the_words_for_people_are_there() -> None:
    assert all(step.done and step.event.isidentifier() for step in STEPS.values())


CASE_FILE = {UUID(int=1): (UUID(int=1), UUID(int=11)), UUID(int=2): (UUID(int=22),)}


def happened(*told: tuple[str, int | None, int | None]) -> list[Happened]:
    return [
        Happened(kind, UUID(int=request) if request else None, UUID(int=line) if line else None)
        for kind, request, line in told
    ]


def test_events_lead_to_the_statuses_of_case_requests_and_lines() -> None:
    standing = replay(
        happened(
            ("draft_opened", 1, None),
            ("case_submitted", 1, None),
            ("review_started", 1, None),
            ("information_requested", 1, None),
            ("late_information_received", 1, None),
            ("information_received", 1, None),
            ("line_denied", 1, 11),
            ("line_approved", 1, None),  # the stay
            ("request_completed", 1, None),
            ("case_completed", 1, None),
            ("case_reopened", 2, None),
            ("request_submitted", 2, None),
            ("request_submitted", None, None),
        ),
        CASE_FILE,
    )
    assert standing.case == "submitted"
    assert standing.requests == {UUID(int=1): "completed", UUID(int=2): "submitted"}
    assert standing.lines == {UUID(int=1): "approved", UUID(int=11): "denied", UUID(int=22): "pending"}


def test_a_cancelled_draft_has_cancelled_requests() -> None:
    standing = replay(happened(("case_cancelled", 1, None)), CASE_FILE)
    assert (standing.case, set(standing.requests.values())) == ("cancelled", {"cancelled"})


def test_events_that_cannot_follow_each_other_are_refused() -> None:
    with pytest.raises(Conflict):
        replay(happened(("case_submitted", 1, None), ("line_approved", 1, 11), ("line_denied", 1, 11)), CASE_FILE)
