"""An act of the staff that is refused comes back on its own page with what was typed. Knows no service."""

from __future__ import annotations

from app.domain.errors import Closed, Conflict, DomainError, FieldFault, Forbidden, Invalid
from app.web.errors import status_of

REFUSALS = (Invalid, Forbidden, Conflict, Closed)
"""What a page answers by itself; anything else is an error page."""


def told(error: DomainError) -> tuple[tuple[FieldFault, ...], int]:
    """What the page says about the refusal, and the status it is answered with."""
    faults = error.faults if isinstance(error, Invalid) else (FieldFault("", error.message),)
    return faults, status_of(error)
