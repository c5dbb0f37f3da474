"""Passkeys: one RP ID per tenant host, challenges used once, the counter never going back. Must not know pages."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from app.accounts.enrolment_models import Passkey, PasskeyChallenge
from app.accounts.models import UserAccount, UserSession
from app.domain.errors import DomainError

CREATE, USE = "create", "use"
_LIFE = timedelta(minutes=5)
_LONGEST = 32 * 1024


class PasskeyRefused(DomainError):
    """What the browser sent is not a good answer to the newest challenge of its session."""

    code = "passkey_refused"


@dataclass(frozen=True, slots=True)
class RelyingParty:
    """Who asks for the passkey: the tenant's own host and origin, from the settings, never from the request."""

    host: str
    origin: str
    name: str


def options_to_create(
    session: Session, party: RelyingParty, held: UserSession, user: UserAccount, *, now: datetime
) -> str:
    """What the browser is told to make a passkey of, as JSON, with a fresh challenge for this session."""
    options = generate_registration_options(
        rp_id=party.host,
        rp_name=party.name,
        user_id=user.id.bytes,
        user_name=user.username,
        user_display_name=user.full_name,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
        exclude_credentials=_known(session, user),
    )
    _keep(session, held, CREATE, options.challenge, now)
    return options_to_json(options)


def keep(
    session: Session,
    party: RelyingParty,
    held: UserSession,
    user: UserAccount,
    credential: str,
    *,
    now: datetime,
    name: str = "",
) -> None:
    """Keep the passkey the browser made, under a name its person recognises. Raises PasskeyRefused."""
    challenge = _take(session, held, CREATE, now)
    try:
        made = verify_registration_response(
            credential=_parsed(credential),
            expected_challenge=challenge,
            expected_rp_id=party.host,
            expected_origin=party.origin,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError) as error:
        raise PasskeyRefused("The passkey could not be made. Please try again.") from error
    session.add(
        Passkey(
            id=uuid.uuid4(),
            user_id=user.id,
            credential_id=made.credential_id,
            public_key=made.credential_public_key,
            sign_count=made.sign_count,
            name=name or "Passkey",
            is_backed_up=made.credential_backed_up,
            created_at=now,
        )
    )
    session.flush()


def options_to_use(
    session: Session, party: RelyingParty, held: UserSession, user: UserAccount, *, now: datetime
) -> str:
    """What the browser is told to sign with one of the person's passkeys, as JSON."""
    options = generate_authentication_options(
        rp_id=party.host,
        allow_credentials=_known(session, user),
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    _keep(session, held, USE, options.challenge, now)
    return options_to_json(options)


def is_right(
    session: Session, party: RelyingParty, held: UserSession, user: UserAccount, credential: str, *, now: datetime
) -> bool:
    """Whether one of the person's passkeys signed the newest challenge of the session; used up either way."""
    try:
        challenge, parsed = _take(session, held, USE, now), _parsed(credential)
        is_own = (Passkey.user_id == user.id) & (Passkey.credential_id == _raw_id(parsed))
        row = session.scalar(select(Passkey).where(is_own).with_for_update())
        if row is None:
            return False
        used = verify_authentication_response(
            credential=parsed,
            expected_challenge=challenge,
            expected_rp_id=party.host,
            expected_origin=party.origin,
            credential_public_key=row.public_key,
            credential_current_sign_count=row.sign_count,
            require_user_verification=True,
        )
    except (PasskeyRefused, WebAuthnException, ValueError, KeyError, TypeError):
        return False
    row.sign_count, row.last_used_at = used.new_sign_count, now
    return True


def _known(session: Session, user: UserAccount) -> list[PublicKeyCredentialDescriptor]:
    ids = session.scalars(select(Passkey.credential_id).where(Passkey.user_id == user.id)).all()
    return [PublicKeyCredentialDescriptor(id=one) for one in ids]


def _keep(session: Session, held: UserSession, purpose: str, challenge: bytes, now: datetime) -> None:
    row = PasskeyChallenge(id=uuid.uuid4(), session_id=held.id, purpose=purpose, challenge=challenge, created_at=now)
    session.add(row)
    session.flush()


def _take(session: Session, held: UserSession, purpose: str, now: datetime) -> bytes:
    row = session.scalar(
        select(PasskeyChallenge)
        .where(PasskeyChallenge.session_id == held.id, PasskeyChallenge.purpose == purpose)
        .order_by(PasskeyChallenge.created_at.desc())
        .limit(1)
        .with_for_update()
    )
    if row is None or row.closed_at is not None or now - row.created_at > _LIFE:
        raise PasskeyRefused("That took too long. Please try again.")
    row.closed_at = now
    return row.challenge


def _parsed(credential: str) -> dict[str, object]:
    if len(credential) > _LONGEST:
        raise ValueError("longer than any passkey's answer")
    parsed = json.loads(credential)
    if not isinstance(parsed, dict):
        raise TypeError("a passkey's answer is an object")
    return parsed


def _raw_id(parsed: dict[str, object]) -> bytes:
    return base64url_to_bytes(str(parsed["rawId"]))
