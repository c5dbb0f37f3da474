"""What the staff type at the console. Reads forms, knows no rule but that a tenant is one of ours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.accounts.staff import entry_faults
from app.domain.errors import FieldFault, Invalid, NotFound
from app.web.messages import gettext as _
from app.web.request import portal


@dataclass(frozen=True, slots=True)
class EntryForm:
    """Which tenant, why and for how many minutes, as typed."""

    slug: str
    reason: str
    minutes: int

    @classmethod
    def read(cls, form: Mapping[str, str]) -> EntryForm:
        """Raises Invalid with every fault when no tenant was chosen, NotFound for one that does not exist."""
        slug, reason, text = form.get("tenant", ""), form.get("reason", ""), form.get("minutes", "")
        minutes = int(text) if text.isascii() and text.isdigit() and len(text) < 5 else 0
        if not slug:
            raise Invalid((FieldFault("tenant", _("Choose the contract.")), *entry_faults(reason, minutes)))
        if slug not in portal().tenants:
            raise NotFound
        return cls(slug, reason, minutes)
