"""What Setup's pages send: which rows of a list, which person. Reads forms and addresses, knows no rule."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from app.accounts.setup_reading import STATES, Listing
from app.domain.errors import FieldFault, Invalid
from app.web.messages import gettext as _
from app.web.paging import ListRequest

_LONGEST = 100


def listing(asked: ListRequest, arguments: Mapping[str, str]) -> Listing:
    """The list an address asks for; whatever makes no sense is left out."""
    text = "".join(sign for sign in arguments.get("find", "") if sign.isprintable()).strip()[:_LONGEST]
    state = arguments.get("state", "")
    return Listing(
        text=text,
        state=state if state in STATES else "",
        sort=asked.sort,
        descending=asked.descending,
        offset=asked.offset,
        limit=asked.size,
    )


def person_id(form: Mapping[str, str]) -> UUID:
    """The person chosen from the list of available users. Raises Invalid when nobody was."""
    try:
        return UUID(form.get("user", ""))
    except ValueError:
        raise Invalid((FieldFault("user", _("Choose a user from the list.")),)) from None
