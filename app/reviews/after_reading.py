"""What providers and staff see of the time after a decision, as plain values. Knows no page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.cases.models import Case, Request
from app.cases.reading import open_case
from app.cases.records import CaseFile
from app.domain.access import Actor
from app.domain.errors import NotFound
from app.reviews.actions import Offer, offers_of
from app.reviews.added_codes import added_by
from app.reviews.after_models import PeerToPeer, Reopening, Revision
from app.reviews.history import History, history_of_case
from app.reviews.peer_to_peer import OUTCOMES
from app.reviews.rights import RightNow, rights_of
from app.reviews.talk_slots import spoken_slot
from tenancy.contract import Contract
from tenancy.vocabulary import ActionKind

TALK_WORDS = {
    "requested": "Asked for, not booked yet",
    "booked": "Booked",
    "held": "Held",
    "cancelled": "Cancelled",
    "missed": "Did not take place",
}


@dataclass(frozen=True, slots=True, repr=False)
class TalkView:
    """A talk as both sides see it; times are in the clinician's zone."""

    id: UUID
    state: str
    state_text: str
    clinician: str
    phone: str
    zone: str
    slots: Sequence[tuple[str, str]]
    """Each offered time: the instant as a form carries it, and in words."""
    booked: str
    physician: str
    outcome: str
    because: str
    ended_by: str
    version: int
    has_begun: bool
    starts_at: datetime | None = None
    ends_at: datetime | None = None

    @property
    def is_active(self) -> bool:
        """Whether it is still ahead."""
        return self.state in ("requested", "booked")


@dataclass(frozen=True, slots=True, repr=False)
class AfterView:
    """One request: what may be asked for, its rights, and what was asked for."""

    id: UUID
    label: str
    offers: Sequence[Offer]
    rights: Sequence[RightNow]
    talks: Sequence[TalkView]
    reopenings: Sequence[Reopening]
    revisions: Sequence[Revision]
    added: Mapping[UUID, Sequence[str]]
    """The requests that hold the codes a change added, by the change."""

    def offer(self, kind: str) -> Offer | None:
        """The action of this kind, None where the contract has none."""
        return next((one for one in self.offers if one.kind == kind), None)

    @property
    def open_offers(self) -> Sequence[Offer]:
        """What is possible now."""
        return [one for one in self.offers if one.is_open]


def case_after(
    session: Session, contract: Contract, shown: CaseFile, history: Mapping[UUID, History], *, now: datetime
) -> tuple[AfterView, ...]:
    """Every submitted request of a case as shown, whose reading was audited."""
    case = shown.rows
    sent = [one for one in case.requests if one.id in history]
    return tuple(_view(session, contract, case, request, history[request.id], now) for request in sent)


def open_after(
    session: Session, contract: Contract, number: str, *, actor: Actor, now: datetime
) -> tuple[CaseFile, tuple[AfterView, ...]]:
    """A case of one's own group with what follows its decisions. Raises NotFound, alike for foreign ones."""
    case = open_case(session, contract, number, actor=actor, now=now)
    if not case.is_own:
        raise NotFound
    return case, case_after(session, contract, case, history_of_case(session, case.rows), now=now)


def open_kind(views: Sequence[AfterView], kind: ActionKind) -> list[AfterView]:
    """The requests on which an action is possible now."""
    return [view for view in views if (offer := view.offer(kind)) is not None and offer.is_open]


def talk_view(talk: PeerToPeer, *, now: datetime) -> TalkView:
    """A talk in words."""
    return TalkView(
        id=talk.id,
        state=talk.state,
        state_text=TALK_WORDS[talk.state],
        clinician=talk.clinician,
        phone=talk.phone,
        zone=talk.zone,
        slots=[(one, spoken_slot(datetime.fromisoformat(one), talk.zone)) for one in talk.slots],
        booked=spoken_slot(talk.starts_at, talk.zone) if talk.starts_at else "",
        physician=talk.physician_name or "",
        outcome=OUTCOMES.get(talk.outcome or "", ""),
        because=talk.ended_because,
        ended_by=talk.ended_by_name or "",
        version=talk.version,
        has_begun=talk.starts_at is not None and talk.starts_at <= now,
        starts_at=talk.starts_at,
        ends_at=talk.ends_at,
    )


def _view(
    session: Session, contract: Contract, case: Case, request: Request, history: History, now: datetime
) -> AfterView:
    rights = rights_of(contract, request, history, now=now)
    return AfterView(
        id=request.id,
        label=request.label,
        offers=offers_of(session, contract, case, request, rights, now=now),
        rights=rights,
        talks=[talk_view(one, now=now) for one in history.talks],
        reopenings=history.reopenings,
        revisions=history.revisions,
        added={one.id: [other.label for other in added_by(case, one.id)] for one in history.revisions},
    )
