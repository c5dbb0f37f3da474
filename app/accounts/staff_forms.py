"""What the staff type at the console. Reads forms, knows no rule but that a tenant is one of ours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.domain.errors import NotFound
from app.web.request import portal


@dataclass(frozen=True, slots=True)
class EntryForm:
    """Which tenant, why and for how many minutes, as typed."""

    slug: str
    reason: str
    minutes: int

    @classmethod
    def read(cls, form: Mapping[str, str]) -> EntryForm:
        """Raises NotFound for a tenant that does not exist."""
        slug, minutes = form.get("tenant", ""), form.get("minutes", "")
        if slug not in portal().tenants:
            raise NotFound
        is_number = minutes.isascii() and minutes.isdigit() and len(minutes) < 5
        return cls(slug, form.get("reason", ""), int(minutes) if is_number else 0)
