"""The search by case: what was typed becomes a filter, or every fault at once. Knows no query."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from app.cases.lookups import CaseFilter
from app.domain import typed
from app.domain.errors import FieldFault, Invalid
from tenancy.contract import Contract
from tenancy.vocabulary import Category, Feature, Word

STATUSES = {
    "un_submitted": Word.UN_SUBMITTED,
    "submitted": Word.SUBMITTED,
    "completed": Word.COMPLETED,
}
DATE_CHOICES = (("submitted", "Submitted dates"), ("service", "Service dates"))
Choices = tuple[tuple[str, str], ...]
OWN_CONTEXT = "all"
SERVICING_CONTEXT = "servicing"
_NAMES = ("status", "type", "service", "date_type", "from", "to", "context")


@dataclass(frozen=True, slots=True)
class CaseSearch:
    """What a search by case asks, as typed (SRCH-02)."""

    status: str
    category: str
    service_type: str
    date_type: str
    from_date: str
    to_date: str
    context: str
    is_asked: bool

    @property
    def arguments(self) -> dict[str, str]:
        """The search as the query string that asks it again; it names no person."""
        return {
            "status": self.status,
            "type": self.category,
            "service": self.service_type,
            "date_type": self.date_type,
            "from": self.from_date,
            "to": self.to_date,
            "context": self.context,
        }

    @classmethod
    def read(cls, arguments: Mapping[str, str]) -> CaseSearch:
        """Read the search from a query string; an empty one asks nothing yet."""
        return cls(
            status=arguments.get("status", ""),
            category=arguments.get("type", ""),
            service_type=arguments.get("service", ""),
            date_type=arguments.get("date_type", "submitted"),
            from_date=arguments.get("from", "").strip(),
            to_date=arguments.get("to", "").strip(),
            context=arguments.get("context", OWN_CONTEXT),
            is_asked=not arguments.keys().isdisjoint(_NAMES),
        )

    @classmethod
    def usual(cls, today: date) -> CaseSearch:
        """What the empty form proposes: everything submitted in the last thirty days."""
        first = today - timedelta(days=30)
        return replace(cls.read({}), from_date=f"{first:%m/%d/%Y}", to_date=f"{today:%m/%d/%Y}")


def search_choices(contract: Contract, groups: tuple[tuple[UUID, str], ...]) -> Mapping[str, Choices]:
    """The choices of each list on the search form, in the contract's words."""
    services = sorted(contract.catalogue.services.items(), key=lambda item: item[1].label)
    contexts: list[tuple[str, str]] = [(OWN_CONTEXT, "All Related Submitting Providers")]
    contexts += [(str(group_id), name) for group_id, name in groups] if len(groups) > 1 else []
    if contract.features.get(Feature.SERVICING_REQUESTS):
        contexts.append((SERVICING_CONTEXT, "Requests my providers serve"))
    return {
        "status": tuple(
            (value, contract.words.get(word) or value.replace("_", "-")) for value, word in STATUSES.items()
        ),
        "category": tuple((category.value, label) for category, label in contract.intake.categories.items()),
        "service": tuple((value, service.label) for value, service in services),
        "dates": DATE_CHOICES,
        "context": tuple(contexts),
    }


def case_filter(contract: Contract, asked: CaseSearch, group_ids: tuple[UUID, ...]) -> CaseFilter:
    """The filter behind a search; a span of submitted or service dates is mandatory (SRCH-03).

    Raises Invalid with every fault.
    """
    faults = list(_word_faults(contract, asked, group_ids))
    first, last = _span(asked, faults)
    if faults or first is None or last is None:
        raise Invalid(tuple(faults))
    zone = ZoneInfo(contract.identity.time_zone)
    by_service = asked.date_type == "service"
    return CaseFilter(
        statuses=(asked.status,) if asked.status else (),
        category=asked.category,
        service_type=asked.service_type,
        group_id=UUID(asked.context) if asked.context not in (OWN_CONTEXT, SERVICING_CONTEXT) else None,
        is_servicing=asked.context == SERVICING_CONTEXT,
        service_from=first if by_service else None,
        service_until=last if by_service else None,
        submitted_from=None if by_service else datetime.combine(first, time(), zone),
        submitted_before=None if by_service else datetime.combine(last + timedelta(days=1), time(), zone),
    )


def _word_faults(contract: Contract, asked: CaseSearch, group_ids: tuple[UUID, ...]) -> list[FieldFault]:
    contexts = {OWN_CONTEXT, SERVICING_CONTEXT, *map(str, group_ids)}
    known = (
        ("status", asked.status, {"", *STATUSES}),
        ("type", asked.category, {"", *Category}),
        ("service", asked.service_type, {"", *contract.catalogue.services}),
        ("date_type", asked.date_type, {value for value, _ in DATE_CHOICES}),
        ("context", asked.context, contexts),
    )
    return [FieldFault(field, "Choose one of the list.") for field, value, words in known if value not in words]


def _span(asked: CaseSearch, faults: list[FieldFault]) -> tuple[date | None, date | None]:
    first = _day("from", asked.from_date, "first", faults)
    last = _day("to", asked.to_date, "last", faults)
    if first and last and last < first:
        faults.append(FieldFault("to", "The last day must not be before the first day."))
    return first, last


def _day(field: str, text: str, which: str, faults: list[FieldFault]) -> date | None:
    if not text:
        faults.append(FieldFault(field, f"Enter the {which} day of the dates to search."))
        return None
    try:
        return typed.day(text)
    except typed.Unreadable as reason:
        faults.append(FieldFault(field, f"Enter the {which} day {reason.how}."))
        return None
