"""The few errors a rule or a service raises. They speak to users; they know no page and no HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class FieldFault:
    """One thing wrong with one field; ``field`` is its form name, empty when the whole form is meant."""

    field: str
    message: str


class DomainError(Exception):
    """An act was refused. The message is for the user: what is wrong and what to do next, never PHI."""

    code: ClassVar[str] = "refused"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class NotFound(DomainError):
    """No such object, or one the actor must not know about: the two are told alike."""

    code = "not_found"

    def __init__(self, message: str = "We could not find what you asked for.") -> None:
        super().__init__(message)


class Invalid(DomainError):
    """What was typed cannot be taken; every fault at once."""

    code = "invalid"

    def __init__(self, faults: tuple[FieldFault, ...], message: str = "Please correct what is marked below.") -> None:
        super().__init__(message)
        self.faults = faults


class Conflict(DomainError):
    """Somebody changed the object meanwhile; ``current`` is what it says now, by field."""

    code = "conflict"

    def __init__(self, message: str, current: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.current = current


class Forbidden(DomainError):
    """The actor is known and may not do this."""

    code = "forbidden"

    def __init__(self, message: str = "Your role in this group does not allow this.") -> None:
        super().__init__(message)


class Closed(DomainError):
    """The window in which this may be done is over or has not opened."""

    code = "closed"


class Unavailable(DomainError):
    """Something the act needs is away; nothing was changed and trying again later is right."""

    code = "unavailable"

    def __init__(
        self,
        message: str = "The service is away for a moment. Nothing was changed. Please try again.",
        retry_after: int = 5,
    ) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class NotServed(Unavailable):
    """The tenant is not there: it was purged, or it was never opened. Trying again is of no use."""

    code = "not_served"

    def __init__(self) -> None:
        super().__init__("This portal is closed.", retry_after=3600)
