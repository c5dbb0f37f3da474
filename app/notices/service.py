"""Composing e-mail notifications from the contract's wording. Must not know a page, a request's host or PHI."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.storage.mailbox import Mail, post_mail
from tenancy.contract import Contract
from tenancy.vocabulary import Event


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who is told, at the address of the account."""

    user_id: UUID
    address: str


@dataclass(frozen=True, slots=True)
class About:
    """The case a notification is about. ``occasion`` tells later notifications of one event apart (R02, …)."""

    case_id: UUID
    case_number: str
    occasion: str = ""


def notify_case_received(
    session: Session,
    contract: Contract,
    case_id: UUID,
    *,
    case_number: str,
    recipient: Recipient,
    portal_url: str,
    now: datetime,
    occasion: str = "",
) -> UUID | None:
    """Tell the submitter that the case was received, once per occasion, with its Case ID and no PHI (NTF-01).

    ``portal_url`` comes from ``settings.url(contract.identity.subdomain)``, never from a request. The outbox
    row's id, or None when the contract words no such notification.
    """
    about = About(case_id, case_number, occasion)
    return notify(session, contract, Event.CASE_RECEIVED, about, recipient=recipient, portal_url=portal_url, now=now)


def notify(
    session: Session,
    contract: Contract,
    event: Event,
    about: About,
    *,
    recipient: Recipient,
    portal_url: str,
    now: datetime,
) -> UUID | None:
    """Owe the e-mail the contract words for this event; the outbox row's id, or None when it words none."""
    wording = contract.notices.events.get(event)
    if wording is None:
        return None
    values = {"{case_number}": about.case_number, "{portal_url}": portal_url, "{contract}": contract.identity.code}
    mail = Mail(
        kind=event.value,
        to_address=recipient.address,
        subject=_filled(wording.subject, values),
        paragraphs=[_filled(paragraph, values) for paragraph in wording.paragraphs],
        about_id=about.case_id,
    )
    key = f"{event.value}:{about.case_id}:{recipient.user_id}:{about.occasion}"
    return post_mail(session, contract, mail, now=now, key=key)


def _filled(text: str, values: dict[str, str]) -> str:
    for name, value in values.items():
        text = text.replace(name, value)
    return text
