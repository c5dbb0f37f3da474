"""What a draft says, in the words conditions use. Knows no rule; reads no clock."""

from datetime import date

from app.domain.conditions import Facts, FactValue
from app.domain.draft import Draft, FieldValue, Line, LineValue, ProviderFacts
from app.domain.earlier import (
    earlier_services,
    is_earlier_approved,
    quantity_a_day,
    quantity_a_week,
    quantity_in_a_year,
)
from app.domain.effective import days_between, first_day, last_day, length_of
from tenancy.vocabulary import CaseField, Fact, LineField, ProviderRole


def facts_of(draft: Draft, *, received_on: date) -> Facts:
    """The facts of the whole request; facts of a line are not among them (see :func:`line_facts`).

    ``received_on`` is the day of receipt in the contract's zone, today until it is submitted. The member's age is in
    completed years on the first day of service, or on the day of receipt while that is not entered. ``None`` means
    not known yet. ``servicing.type`` is the facility's where a facility takes the servicing provider's place.
    """
    known = draft.facts_by_day.get(received_on)
    if known is None:
        known = draft.facts_by_day[received_on] = _derived(draft, received_on)
    return known


def _derived(draft: Draft, received_on: date) -> Facts:
    member = draft.member
    requesting = draft.providers.get(ProviderRole.REQUESTING)
    servicing = draft.providers.get(ProviderRole.SERVICING) or draft.providers.get(ProviderRole.FACILITY)
    start = first_day(draft)
    return {
        Fact.MEMBER_AGE: age_on(member.birth_date, start or received_on) if member else None,
        Fact.MEMBER_SEX: (member.sex or None) if member else None,
        Fact.MEMBER_PROGRAM: member.programs if member else None,
        Fact.MEMBER_IS_TEMPORARY: member.is_temporary if member else None,
        Fact.MEMBER_OTHER_COVERAGE: _word(draft.fields.get(CaseField.OTHER_COVERAGE)),
        Fact.REQUESTING_TYPE: _kind(requesting),
        Fact.REQUESTING_TAXONOMY: _taxonomy(requesting),
        Fact.SERVICING_TYPE: _kind(servicing),
        Fact.SERVICING_TAXONOMY: _taxonomy(servicing),
        Fact.CATEGORY: draft.category.value,
        Fact.SERVICE: _word(draft.fields.get(CaseField.SERVICE_TYPE)),
        Fact.PLACE_OF_SERVICE: _word(draft.fields.get(CaseField.PLACE_OF_SERVICE)),
        Fact.ADMISSION_SOURCE: _word(draft.fields.get(CaseField.ADMISSION_SOURCE)),
        Fact.REQUEST_TYPE: _word(draft.fields.get(CaseField.REQUEST_TYPE)),
        Fact.URGENCY: _word(draft.fields.get(CaseField.URGENCY)),
        Fact.REVIEW_KIND: _word(draft.fields.get(CaseField.REVIEW_KIND)),
        Fact.EARLIER_NUMBER: _word(draft.fields.get(CaseField.EARLIER_NUMBER)),
        Fact.EARLIER_APPROVED: is_earlier_approved(draft),
        Fact.EARLIER_SERVICES: earlier_services(draft),
        Fact.REQUEST_DAYS: days_between(start, last_day(draft)),
        Fact.REQUEST_START_ON: start,
        Fact.SUBMITTED_ON: received_on,
        Fact.DIAGNOSES: tuple(item.code for item in draft.diagnoses),
        Fact.PROCEDURES: tuple(line.code for line in draft.lines),
        Fact.PROCEDURE_SYSTEMS: tuple(dict.fromkeys(line.system.value for line in draft.lines)),
        Fact.DOCUMENT_TYPES: tuple(item.document_type for item in draft.documents if item.document_type),
    }


def line_facts(draft: Draft, line: Line, *, received_on: date) -> Facts:
    """The facts of the request and of one of its lines; ``line.days`` counts both ends."""
    days = length_of(line)
    return {
        **facts_of(draft, received_on=received_on),
        Fact.LINE_CODE: line.code,
        Fact.LINE_SYSTEM: line.system.value,
        Fact.LINE_DAYS: days,
        Fact.LINE_QUANTITY: _quantity(line.values.get(LineField.QUANTITY)),
        Fact.LINE_DAILY: quantity_a_day(line, days),
        Fact.LINE_WEEKLY: quantity_a_week(line, days),
        Fact.LINE_YEARLY: quantity_in_a_year(draft, line),
    }


def age_on(birth_date: date, on: date) -> int:
    """Completed years on that day; somebody born on 29 February completes one on 1 March of a common year."""
    had_birthday = (on.month, on.day) >= (birth_date.month, birth_date.day)
    return on.year - birth_date.year - (0 if had_birthday else 1)


def _kind(provider: ProviderFacts | None) -> str | None:
    return (provider.kind or None) if provider else None


def _taxonomy(provider: ProviderFacts | None) -> str | None:
    return (provider.taxonomy or None) if provider else None


def _word(value: FieldValue) -> str | None:
    return (value or None) if isinstance(value, str) else None


def _quantity(value: LineValue) -> FactValue:
    return value if isinstance(value, int) else None
