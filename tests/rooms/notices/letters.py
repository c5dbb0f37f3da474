"""Facts of decisions to write letters about; synthetic people only."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from app.notices.letter_content import LetterFacts, LetterLine, LetterRight
from tenancy.vocabulary import LetterKind

CASE, REQUEST = UUID(int=7), UUID(int=8)
VALUES = {
    "service": "durable medical equipment",
    "member_name": "Odalys Fernwood",
    "member_number": "ZX10020030",
    "provider_name": "Ridge Clinic",
    "start_on": "12/01/2026",
    "end_on": "12/31/2026",
    "authorization_number": "A26326001",
    "reason": "The notes do not show that a standard chair was tried.",
    "wanted": "the trial note",
    "respond_by": "Mon Dec 7, 2026, 5:00 PM",
}
DENIAL = LetterFacts(
    kind=LetterKind.DENIAL,
    case_id=CASE,
    request_id=REQUEST,
    case_number="263260001",
    request_label="R01",
    recipient=("Ridge Clinic", "114 Main Street", "Someplace, ZZ 39201"),
    about=(("Member", "Odalys Fernwood"), ("Case ID", "263260001")),
    values=VALUES,
    lines=(
        LetterLine(
            service="K0005 Ultralightweight wheelchair",
            asked="1 unit",
            decision="Denied",
            approved="0",
            reason="A two-week trial with a standard chair would change this decision.",
        ),
        LetterLine(service="E0981 Accessory", asked="2 units", decision="Approved", approved="2 units"),
    ),
    rights=(
        LetterRight(
            label="Peer-to-peer",
            text="Talk to our physician.",
            until="Mon Dec 7, 2026, 5:00 PM CST (1 business day)",
            supply=("Three times",),
            address=("PO Box 1", "Someplace"),
            citation="Guide",
        ),
    ),
    fax="(601) 555-0142",
)


def about(kind: LetterKind, **changes: object) -> LetterFacts:
    """The denial's facts for a letter of another kind."""
    return replace(DENIAL, kind=kind, **changes)  # type: ignore[arg-type]
