"""NPI and registration code as a form holds them, matched against the directory: for every page that asks them.

Answered alike whether or not the organization is registered (S5). Must not know what comes of it.
"""

from __future__ import annotations

from flask import request

from app.accounts import claims
from app.accounts.claims import NotMatched, TooManyTries
from app.accounts.here import secrets
from app.accounts.registration_forms import read_identifiers
from app.directory.models import Provider
from app.domain.errors import FieldFault, Invalid
from app.web.request import commit_anyway, contract, now, session


class NotIdentified(Exception):
    """The form names no organization: what to tell, and the status to tell it with."""

    def __init__(self, faults: tuple[FieldFault, ...], status: int) -> None:
        super().__init__()
        self.faults, self.status = faults, status


def identify_typed() -> Provider:
    """The organization of NPI and code. Raises NotIdentified; what was counted is kept."""
    try:
        wanted = read_identifiers(request.form, contract())
        address = request.remote_addr or ""
        return claims.identify(session(), wanted, address=address, secrets=secrets(), now=now())
    except Invalid as refused:
        raise NotIdentified(refused.faults, 422) from None
    except (NotMatched, TooManyTries) as refused:
        commit_anyway()
        status = 429 if isinstance(refused, TooManyTries) else 422
        raise NotIdentified((FieldFault("", refused.message),), status) from None
