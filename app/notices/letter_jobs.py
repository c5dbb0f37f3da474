"""Takes letters to fax and post when the outbox says so. Must not know what a letter says.

A fax is handed over once and then asked after until the carrier knows how it ended.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast
from uuid import UUID

from sqlalchemy.orm import Session

from app.notices.fax import Carrier, CarrierRefused, Progress
from app.notices.letters import FAX, FAX_STATUS, POST, StillUnderWay
from app.notices.models import LetterDelivery
from app.storage.files import FileStore
from app.storage.outbox import DueRow, Handler, Undeliverable, enqueue
from tenancy.contract import Contract
from tenancy.scope import TenantSession

ASK_AFTER = timedelta(seconds=30)


class NoCarrier(Exception):
    """The settings name no carrier for this way yet; it is tried again later."""


@dataclass(frozen=True, slots=True)
class LetterCarriers:
    """Where letters lie, and who takes them away, by channel: ``fax``, ``mail``."""

    files: FileStore
    by_channel: Mapping[str, Carrier]

    def handlers(self) -> dict[str, Handler]:
        """The handlers by kind of outbox row."""
        return {FAX: self.hand_over, POST: self.hand_over, FAX_STATUS: self.ask_after}

    def hand_over(self, session: Session, _contract: Contract, row: DueRow, now: datetime) -> None:
        """Give the letter to the carrier of its way, once."""
        delivery = _delivery(session, row)
        if delivery.carrier_id or delivery.delivered_at:
            return
        pdf = self.files.read(cast("TenantSession", session).slug, delivery.letter.case_id, delivery.letter_id)
        carrier, is_retry = self._carrier_of(delivery), row.attempts > 1
        try:
            taken = carrier.send(pdf, to=delivery.address, delivery_id=delivery.id, is_retry=is_retry)
        except CarrierRefused as error:
            raise Undeliverable(str(error)) from None
        delivery.carrier_id = taken
        if delivery.channel == "fax":
            delivery.state = "sending"
            payload = {"delivery_id": str(delivery.id)}
            delivery.outbox_id = enqueue(session, kind=FAX_STATUS, payload=payload, now=now, due_at=now + ASK_AFTER)
        else:
            delivery.state, delivery.delivered_at = "delivered", now

    def ask_after(self, session: Session, _contract: Contract, row: DueRow, now: datetime) -> None:
        """Ask the carrier how the fax ended; dead, and so visible to staff, when it did not go through."""
        delivery = _delivery(session, row)
        progress = self._carrier_of(delivery).progress(delivery.carrier_id)
        if progress is Progress.FAILED:
            raise Undeliverable("the fax did not go through")
        if progress is Progress.UNDER_WAY:
            raise StillUnderWay
        delivery.state, delivery.delivered_at = "delivered", now

    def _carrier_of(self, delivery: LetterDelivery) -> Carrier:
        if delivery.channel not in self.by_channel:
            raise NoCarrier
        return self.by_channel[delivery.channel]


def _delivery(session: Session, row: DueRow) -> LetterDelivery:
    delivery = session.get(LetterDelivery, UUID(str(row.payload["delivery_id"])))
    if delivery is None:
        raise Undeliverable("the delivery is gone")
    return delivery
