"""What a letter says: the contract's wording filled with a decision's facts. Must not know files, faxes or tables."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from app.domain.errors import FieldFault, Invalid
from tenancy.contract import Contract
from tenancy.contract.identity import Contact
from tenancy.vocabulary import LetterKind

_NAMED = re.compile(r"\{([a-z_]+)\}")


class LetterIncomplete(Invalid):
    """A value that the contract's wording names is not known; ``names`` says which."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = tuple(names)
        super().__init__(tuple(FieldFault(name, f"The letter needs a value for {name}.") for name in names))


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterLine:
    """One service of the request as the letter's table shows it; ``reason`` is empty where all was approved."""

    service: str
    asked: str
    decision: str
    approved: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterRight:
    """A step open to the reader; ``until`` is its last moment in words, with zone, empty if it has none."""

    label: str
    text: str
    until: str = ""
    supply: tuple[str, ...] = ()
    address: tuple[str, ...] = ()
    citation: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterFacts:
    """What a decision hands over to be written about.

    ``values`` fills the names of the contract's wording; None or an empty text counts as not known.
    ``about`` and ``recipient`` are shown as they are, ``fax`` is the number a faxed copy goes to.
    """

    kind: LetterKind
    case_id: UUID
    request_id: UUID
    case_number: str
    request_label: str
    recipient: tuple[str, ...]
    about: tuple[tuple[str, str], ...]
    values: Mapping[str, str | None] = field(default_factory=dict)
    lines: tuple[LetterLine, ...] = ()
    rights: tuple[LetterRight, ...] = ()
    fax: str | None = None


def file_name(kind: LetterKind, case_number: str, request_label: str, copy: int = 1) -> str:
    """``UM_<Kind>-<CaseID>-<RR>.pdf``; a second letter of one kind about one request adds its number (LTR-04)."""
    again = f"-{copy}" if copy > 1 else ""
    return f"UM_{kind.value}-{case_number}-{request_label.removeprefix('R')}{again}.pdf"


def compose(contract: Contract, facts: LetterFacts, *, now: datetime) -> dict[str, object]:
    """The letter as plain data, dated on the contract's day, ready to be printed and to be kept.

    Raises LetterIncomplete naming every value that is missing, Invalid when the contract has no such letter.
    """
    wording = contract.letters.kinds.get(facts.kind)
    if wording is None:
        raise Invalid((FieldFault("kind", f"This contract has no letter {facts.kind.value}."),))
    known = {
        "case_number": facts.case_number,
        "request": facts.request_label,
        "contract": contract.identity.code,
        **facts.values,
    }
    missing = [name for name in _named(wording.paragraphs) if not known.get(name)]
    if missing:
        raise LetterIncomplete(missing)
    return {
        "kind": facts.kind.value,
        "title": wording.title,
        "language": "en",
        "colour": contract.brand.primary,
        "seal": contract.brand.seal,
        "sender": contract.brand.operator,
        "behalf": f"for {contract.client.name}",
        "written_on": _day(now, contract.identity.time_zone),
        "recipient": list(facts.recipient),
        "about": [list(pair) for pair in facts.about],
        "paragraphs": [_filled(paragraph, known) for paragraph in wording.paragraphs],
        "lines": [_line(line) for line in facts.lines],
        "rights": [_right(right) for right in facts.rights],
        "contacts": [list(pair) for pair in _contacts(contract.support.contacts.values())],
        "taglines": [[language, sentence] for language, sentence in contract.letters.taglines.items()],
        "footer": f"Case {facts.case_number} · {facts.request_label}",
    }


def _named(paragraphs: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(name for paragraph in paragraphs for name in _NAMED.findall(paragraph)))


def _filled(paragraph: str, known: Mapping[str, str | None]) -> str:
    """Filled once, so that a value with braces of its own stays as it was typed."""
    return _NAMED.sub(lambda found: str(known[found[1]]), paragraph)


def _line(line: LetterLine) -> dict[str, str]:
    return {name: getattr(line, name) for name in ("service", "asked", "decision", "approved", "reason")}


def _right(right: LetterRight) -> dict[str, object]:
    texts = {name: getattr(right, name) for name in ("label", "text", "until", "citation")}
    return {**texts, "supply": list(right.supply), "address": list(right.address)}


def _contacts(contacts: Iterable[Contact]) -> Iterator[tuple[str, str]]:
    for contact in contacts:
        ways = ", ".join(way for way in (contact.phone, contact.email, contact.url) if way)
        if ways:
            yield contact.topic, ways


def _day(now: datetime, zone: str) -> str:
    local = now.astimezone(ZoneInfo(zone))
    return f"{local:%B} {local.day}, {local.year}"
