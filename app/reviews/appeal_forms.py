"""The paper form of a right that is used outside the portal, filled with what is known. Knows no page."""

from __future__ import annotations

from datetime import datetime

from app.cases.records import CaseFile
from app.domain.errors import NotFound
from app.domain.typed import day_shown
from app.notices.letter_printing import print_form
from app.reviews.rights import RightNow
from tenancy.contract import Contract
from tenancy.vocabulary import Asker

ASKERS = {
    Asker.MEMBER: "The member",
    Asker.MEMBER_REPRESENTATIVE: "A representative of the member",
    Asker.ORDERING_PROVIDER: "The ordering provider",
    Asker.ATTENDING_PHYSICIAN: "The attending physician",
    Asker.PROVIDER: "The provider",
    Asker.FACILITY_REPRESENTATIVE: "A representative of the facility",
}
BLANKS = ("Name", "Address", "Phone", "E-mail")


def appeal_form(contract: Contract, case: CaseFile, label: str, found: RightNow, *, now: datetime) -> bytes:
    """The form as an accessible PDF (APL-03, 42 CFR 431.221): who asks, about what, until when, where to.

    The same case and instant give the same bytes. Raises NotFound where the right is used in the portal.
    """
    if not found.is_by_post:
        raise NotFound
    right = found.right
    contacts = [contact for contact in contract.support.contacts.values() if contact.phone or contact.email]
    nowhere = [f"Ask us where to send it: {contact.phone or contact.email}" for contact in contacts[:1]]
    content = {
        "title": right.form or f"Request for {right.label}",
        "sender": contract.brand.operator,
        "language": "en",
        "colour": contract.brand.primary,
        "footer": f"Case {case.number} · {label}",
        "until": found.until.removeprefix("until ") if found.window.closes_at else "",
        "text": right.text,
        "address": list(right.address) or nowhere,
        "about": [list(pair) for pair in _about(case, label)],
        "who": [ASKERS[one] for one in right.who],
        "blanks": list(BLANKS),
        "supply": list(right.supply),
        "citation": right.citation,
    }
    return print_form(content, written_at=now)


def _about(case: CaseFile, label: str) -> list[tuple[str, str]]:
    return [
        ("Member", case.member.name),
        ("Member ID", case.member.number),
        ("Birth date", day_shown(case.member.birth_date)),
        ("Case ID", case.number),
        ("Request", label),
    ]
