"""The second factors of somebody who is signed in: added, replaced, renamed, removed; never the last one.

Changing them asks for the password again unless it was typed within the last ten minutes; each change is told by
e-mail and stands in the audit trail. Must not know pages.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.accounts import enrolment, paper_codes, profile, queries
from app.accounts.enrolment import Enrolling
from app.accounts.enrolment_models import Passkey, PhoneFactor, RecoveryCode
from app.accounts.models import TotpSecret, UserAccount, UserSession
from app.accounts.profile import Mine
from app.domain.errors import Conflict, FieldFault, Invalid, NotFound
from app.storage.audit import record
from tenancy.contract import Contract
from tenancy.contract.credentials import Effective
from tenancy.vocabulary import Factor

CONFIRMED_FOR = timedelta(minutes=10)
LONGEST_NAME = 60
_PHONES = (Factor.SMS, Factor.VOICE)


@dataclass(frozen=True, slots=True)
class HeldFactors:
    """What a person can prove to be themselves with, beside the password."""

    passkeys: tuple[Passkey, ...]
    app_since: datetime | None
    phone: PhoneFactor | None
    email: str
    email_is_factor: bool
    papers: int
    uses: Mapping[str, datetime]
    """When somebody last came in by each kind; recovery codes under ``paper``."""

    @property
    def app_used_at(self) -> datetime | None:
        """Last use of the authenticator app there is, None for one that was not used yet."""
        return self._used_at(self.app_since, Factor.TOTP)

    @property
    def phone_used_at(self) -> datetime | None:
        """Last use of the telephone there is, by text message or call."""
        return self._used_at(self.phone.created_at if self.phone else None, *_PHONES)

    @property
    def email_used_at(self) -> datetime | None:
        """Last time a code by e-mail let somebody in."""
        return self.uses.get(Factor.EMAIL)

    def _used_at(self, since: datetime | None, *kinds: Factor) -> datetime | None:
        """The last of such uses, if it was not another one's that this one replaced."""
        last = max((self.uses[kind] for kind in kinds if kind in self.uses), default=None)
        return last if last and since and last >= since else None

    @property
    def count(self) -> int:
        """How many were set up; recovery codes are no factor, they stand in for one."""
        return len(self.passkeys) + sum((self.app_since is not None, self.phone is not None, self.email_is_factor))

    @property
    def may_remove(self) -> bool:
        """The last one stays."""
        return self.count > 1

    def has(self, factor: Factor) -> bool:
        """Whether a factor of this kind was set up; text messages and calls are one telephone."""
        held = {
            Factor.PASSKEY: bool(self.passkeys),
            Factor.TOTP: self.app_since is not None,
            Factor.EMAIL: self.email_is_factor,
        }
        return held.get(factor, self.phone is not None)


def held_factors(session: Session, user_id: UUID) -> HeldFactors:
    """What the person set up, passkeys in the order they were made."""
    user = queries.get_user(session, user_id)
    keys = select(Passkey).where(Passkey.user_id == user_id).order_by(Passkey.created_at, Passkey.id)
    return HeldFactors(
        passkeys=tuple(session.scalars(keys)),
        app_since=session.scalar(select(TotpSecret.created_at).where(TotpSecret.user_id == user_id)),
        phone=queries.find_phone(session, user_id),
        email=user.email,
        email_is_factor=user.email_is_factor,
        papers=paper_codes.count_codes(session, user),
        uses=_uses(session, user_id),
    )


def _uses(session: Session, user_id: UUID) -> dict[str, datetime]:
    """Read from the sessions each kind opened: a session begins when its second step was right."""
    opened = UserSession.stage.in_(("full", "reset"))
    rows = (
        select(UserSession.factor, func.max(UserSession.created_at))
        .where(UserSession.user_id == user_id, opened, UserSession.factor.is_not(None))
        .group_by(UserSession.factor)
    )
    paper = session.scalar(select(func.max(RecoveryCode.used_at)).where(RecoveryCode.user_id == user_id))
    return {kind: at for kind, at in session.execute(rows) if kind} | ({"paper": paper} if paper else {})


def addable(held: HeldFactors, policy: Effective) -> tuple[Factor, ...]:
    """The kinds that may be added here: any number of passkeys; of the others the one there is would be replaced."""
    return tuple(factor for factor in policy.factors if factor is Factor.PASSKEY or not held.has(factor))


def is_confirmed(session: Session, mine: Mine, confirmed_at: datetime | None, *, now: datetime) -> bool:
    """Whether the password was typed within the last ten minutes: at sign-in, or when it was asked for again."""
    began = session.scalar(select(UserSession.created_at).where(UserSession.id == mine.session_id))
    return any(at is not None and timedelta() <= now - at < CONFIRMED_FOR for at in (began, confirmed_at))


def confirm_password(session: Session, password: str, mine: Mine, *, now: datetime) -> None:
    """The password again. Raises profile.Refused; what was counted must be committed."""
    profile.with_password(session, password, mine, now)


def adding(session: Session, contract: Contract, mine: Mine, salt: str) -> Enrolling:
    """The person at the steps that set up a factor, the person's row locked. ``salt`` is fresh for each setting up."""
    held = session.execute(select(UserSession).where(UserSession.id == mine.session_id)).scalar_one()
    return Enrolling(contract, mine.sending, held, _locked(session, mine.user_id), salt)


def add(
    session: Session, setting_up: Enrolling, factor: Factor, keep: Callable[[Enrolling], None], *, now: datetime
) -> None:
    """Set up a factor by an enrolment's step and tell of it. Raises what the step raises."""
    keep(setting_up)
    sentence = f"A way to sign in was added to your account for {setting_up.contract.brand.product}: {_NAMES[factor]}."
    profile.mail_change(session, setting_up.contract, setting_up.user, sentence, now=now)


def remove(session: Session, contract: Contract, factor: Factor, mine: Mine, *, now: datetime) -> None:
    """Take the authenticator app or the telephone away. Raises NotFound, Conflict for the last factor."""
    user = _locked(session, mine.user_id)
    held = held_factors(session, user.id)
    if factor in (Factor.PASSKEY, Factor.EMAIL) or not held.has(factor):
        raise NotFound
    _require_another(held)
    table = PhoneFactor if factor in _PHONES else TotpSecret
    session.execute(delete(table).where(table.user_id == user.id))
    _removed(session, contract, user, factor, mine, now)


def get_passkey(session: Session, passkey_id: UUID, mine: Mine) -> Passkey:
    """One's own passkey. Raises NotFound."""
    row = session.get(Passkey, passkey_id)
    if row is None or row.user_id != mine.user_id:
        raise NotFound
    return row


def rename_passkey(session: Session, passkey_id: UUID, name: str, mine: Mine, *, now: datetime) -> None:
    """Another name for a passkey. Raises NotFound, Invalid."""
    row, row_name = get_passkey(session, passkey_id, mine), read_name(name)
    row.name = row_name
    _record(session, "factor:rename", Factor.PASSKEY, mine, now)


def remove_passkey(session: Session, contract: Contract, passkey_id: UUID, mine: Mine, *, now: datetime) -> None:
    """Take a passkey away. Raises NotFound, Conflict for the last factor."""
    user = _locked(session, mine.user_id)
    row = get_passkey(session, passkey_id, mine)
    _require_another(held_factors(session, user.id))
    session.delete(row)
    session.flush()
    _removed(session, contract, user, Factor.PASSKEY, mine, now)


def renew_paper(session: Session, setting_up: Enrolling, mine: Mine, *, now: datetime) -> None:
    """The recovery codes just shown count from here on; the ones on the old sheet are worth nothing."""
    enrolment.keep_paper(session, setting_up, now=now)
    sentence = f"New recovery codes were made for your account for {setting_up.contract.brand.product}."
    profile.mail_change(session, setting_up.contract, setting_up.user, sentence, now=now)
    user_id = mine.user_id
    record(session, actor=mine.actor, action="paper:renew", object_type="user", object_id=user_id, now=now)


def read_name(typed: str) -> str:
    """A passkey's name as typed, without what cannot be seen. Raises Invalid when nothing is left or it is too long."""
    name = "".join(filter(str.isprintable, typed)).strip()
    if not 0 < len(name) <= LONGEST_NAME:
        raise Invalid((FieldFault("name", f"Enter a name of at most {LONGEST_NAME} characters."),))
    return name


def _require_another(held: HeldFactors) -> None:
    if not held.may_remove:
        raise Conflict("This is your only second step. Add another one first.")


def _removed(
    session: Session, contract: Contract, user: UserAccount, factor: Factor, mine: Mine, now: datetime
) -> None:
    sentence = f"A way to sign in was removed from your account for {contract.brand.product}: {_NAMES[factor]}."
    profile.mail_change(session, contract, user, sentence, now=now)
    _record(session, "factor:remove", factor, mine, now)


def _record(session: Session, action: str, factor: Factor, mine: Mine, now: datetime) -> None:
    detail, user_id = {"factor": factor.value}, mine.user_id
    record(session, actor=mine.actor, action=action, object_type="user", object_id=user_id, detail=detail, now=now)


def _locked(session: Session, user_id: UUID) -> UserAccount:
    statement = select(UserAccount).where(UserAccount.id == user_id).with_for_update()
    return session.scalars(statement.execution_options(populate_existing=True)).one()


_NAMES = {
    Factor.PASSKEY: "a passkey",
    Factor.TOTP: "an authenticator app",
    Factor.SMS: "a telephone, by text message or call",
    Factor.VOICE: "a telephone, by call",
    Factor.EMAIL: "a code by e-mail",
}
