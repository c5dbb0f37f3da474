"""Links that finish an enrolment: sent to the registered e-mail, short-lived, the newest only, used once.

Must not know what an enrolment asks, nor any page: the address of the page comes in.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.accounts.enrolment_models import EnrolmentLink
from app.accounts.models import UserAccount
from app.accounts.passwords import is_match
from app.accounts.secrets import CLOCK_PLAY, TenantSecrets, new_token, token_hash
from app.storage.mailbox import Mail, post_mail
from app.storage.outbox import enqueue
from tenancy.contract import Contract
from tenancy.contract.credentials import Effective

PAGE = "enrol/link/"
KIND = "enrolment-links"
_MOST_AT_ONCE = 3
_TO_PERSON = (timedelta(minutes=15), 3)
_TO_ADDRESS = (timedelta(hours=1), 10)


@dataclass(frozen=True, slots=True)
class Unfinished:
    """How somebody who has not finished is known: by user name or e-mail address, and the password made so far."""

    name: str
    password: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Sending:
    """What sending a link or a code needs to know of the tenant beside its contract.

    ``portal_url`` comes from ``settings.url(contract.identity.subdomain)``, never from a request.
    """

    policy: Effective
    secrets: TenantSecrets
    portal_url: str


def send_link(session: Session, contract: Contract, user: UserAccount, *, sending: Sending, now: datetime) -> bool:
    """E-mail a fresh link and close the earlier ones; False when too many were sent.

    At most 3 in 15 minutes to one person, and 10 in an hour to one address whoever asked (S1).
    """
    address_hash = address_mark(sending.secrets, user.email)
    return mail_link(session, contract, user, Way(sending.policy, sending.portal_url, address_hash), now=now)


def ask_for_links(session: Session, secrets: TenantSecrets, who: Unfinished, *, now: datetime) -> None:
    """Owe a fresh link to everybody who has not finished under this name or address (MFA-02, MFA-11).

    Whoever has made a password already must give it; where none was made, none is asked. For a wrong password and for
    an unknown person the same is owed, in vain, after the same work (S4).
    """
    typed = who.name.strip().lower()
    column = UserAccount.email if "@" in typed else UserAccount.username
    waiting = select(UserAccount).where(
        func.lower(column) == typed, UserAccount.enrolled_at.is_(None), UserAccount.is_active
    )
    found = session.scalars(waiting.order_by(UserAccount.created_at.desc()).limit(_MOST_AT_ONCE)).all()
    owed = {
        str(user.id): address_mark(secrets, user.email).hex()
        for user, is_right in zip(found, _are_right(found, who.password), strict=False)
        if user.password_hash is None or is_right
    }
    enqueue(session, kind=KIND, payload={"owed": owed}, now=now)


def _are_right(found: Sequence[UserAccount], password: str) -> list[bool]:
    """Whether the password is each person's; a typed one is compared as often whoever and however many they are."""
    hashes = [user.password_hash for user in found] + [None] * (_MOST_AT_ONCE - len(found))
    return [bool(password) and is_match(one, password) for one in hashes]


@dataclass(frozen=True, slots=True)
class Way:
    """The way of one link: the policy, the portal's address, and the keyed hash of where it goes."""

    policy: Effective
    portal_url: str
    address_hash: bytes


def mail_link(session: Session, contract: Contract, user: UserAccount, way: Way, *, now: datetime) -> bool:
    """Mail a fresh link and close the earlier ones; False when too many were sent."""
    if not _may_send(session, user.id, way.address_hash, now):
        return False
    close_links(session, user.id, now=now)
    token = new_token()
    row = EnrolmentLink(
        id=uuid.uuid4(),
        token_hash=token_hash(token),
        user_id=user.id,
        address_hash=way.address_hash,
        created_at=now,
        expires_at=now + way.policy.link_life,
    )
    session.add(row)
    mail = _mail(contract, user, way.policy, f"{way.portal_url}{PAGE}{token}")
    post_mail(session, contract, mail, now=now, key=f"enrolment-link:{row.id}")
    return True


def address_mark(secrets: TenantSecrets, email: str) -> bytes:
    """By what sends to one address are counted."""
    return secrets.keyed_hash("address", email.casefold())


def find_link(session: Session, token: str, *, now: datetime, is_taken: bool = False) -> EnrolmentLink | None:
    """The link of a token while it works: not used, not replaced by a newer one, not too old. Taken: locked.

    A clock set back makes none live longer.
    """
    statement = select(EnrolmentLink).where(
        EnrolmentLink.token_hash == token_hash(token),
        EnrolmentLink.closed_at.is_(None),
        EnrolmentLink.expires_at > now,
        EnrolmentLink.created_at <= now + CLOCK_PLAY,
    )
    return session.scalar(statement.with_for_update() if is_taken else statement)


def close_links(session: Session, user_id: UUID, *, now: datetime) -> None:
    """No earlier link of this person works any more."""
    is_open = (EnrolmentLink.user_id == user_id) & EnrolmentLink.closed_at.is_(None)
    session.execute(update(EnrolmentLink).where(is_open).values(closed_at=now))


def _may_send(session: Session, user_id: UUID, address_hash: bytes, now: datetime) -> bool:
    period, limit = _TO_PERSON
    to_person = select(func.count()).where(EnrolmentLink.user_id == user_id, EnrolmentLink.created_at > now - period)
    hour, limit_of_address = _TO_ADDRESS
    to_address = select(func.count()).where(
        EnrolmentLink.address_hash == address_hash, EnrolmentLink.created_at > now - hour
    )
    return (session.scalar(to_person) or 0) < limit and (session.scalar(to_address) or 0) < limit_of_address


def _mail(contract: Contract, user: UserAccount, policy: Effective, address: str) -> Mail:
    product, life = contract.brand.product, int(policy.link_life.total_seconds() // 60)
    return Mail(
        kind="enrolment_link",
        to_address=user.email,
        subject=f"Finish setting up your account for {product}",
        paragraphs=(
            f"An account for {product} ({contract.identity.title}) was asked for with this e-mail address.",
            f"The user name is {user.username}.",
            f"Finish setting it up here: {address}",
            f"The link works once, for {life} minutes. When it no longer works, its page sends you a new one.",
            "If you did not expect this, do nothing: without the link nothing comes of it.",
        ),
        about_id=user.id,
        is_secret=True,
    )
