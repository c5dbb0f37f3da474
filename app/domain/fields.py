"""Which fields a request asks for, how each is typed, and what one may choose: the one source of forms and rules.

Knows the contract and the draft; no form library, no page. Everywhere in the ground floor ``on`` is the day of receipt
in the contract's zone, which is today until the request is submitted; the day that decides about dated rules is
derived from it (:func:`app.domain.effective.deciding_date`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from datetime import date, time
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Generic, TypeVar

from app.domain import typed
from app.domain.conditions import Facts, Unanswerable, holds
from app.domain.draft import Draft, FieldValue, Line, LineValue, Stay
from app.domain.effective import deciding_date, in_force, length_of, those_in_force
from app.domain.errors import FieldFault, Invalid
from app.domain.facts import facts_of, line_facts
from app.domain.typed import Unreadable
from app.domain.wording import in_sentence
from tenancy.contract import Contract
from tenancy.contract.intake import FieldRule, Service
from tenancy.vocabulary import CaseField, Category, Fact, Feature, LineField, SectionName

Choices = tuple[tuple[str, str], ...]
Field = TypeVar("Field", CaseField, LineField)
LONGEST_TEXT = 200
NO_GROUPS: Mapping[str, str] = MappingProxyType({})


class Entry(StrEnum):
    """How a field is entered."""

    TEXT = "text"
    DATE = "date"
    TIME = "time"
    PHONE = "phone"
    WHOLE = "whole"
    MONEY = "money"
    MODIFIERS = "modifiers"
    CHOICE = "choice"


ENTRY: Mapping[CaseField | LineField, Entry] = MappingProxyType(
    {
        CaseField.SERVICE_TYPE: Entry.CHOICE,
        CaseField.PLACE_OF_SERVICE: Entry.CHOICE,
        CaseField.REQUEST_TYPE: Entry.CHOICE,
        CaseField.URGENCY: Entry.CHOICE,
        CaseField.REVIEW_KIND: Entry.CHOICE,
        CaseField.OTHER_COVERAGE: Entry.CHOICE,
        CaseField.ADMIT_ON: Entry.DATE,
        CaseField.NOTIFICATION_ON: Entry.DATE,
        CaseField.NOTIFICATION_TIME: Entry.TIME,
        CaseField.CONTACT_PHONE: Entry.PHONE,
        LineField.MODIFIERS: Entry.MODIFIERS,
        LineField.START_ON: Entry.DATE,
        LineField.END_ON: Entry.DATE,
        LineField.DURATION: Entry.WHOLE,
        LineField.QUANTITY: Entry.WHOLE,
        LineField.RATE: Entry.MONEY,
    }
)

HOME: Mapping[CaseField, SectionName] = MappingProxyType(
    {
        CaseField.SERVICE_TYPE: SectionName.SERVICE_DETAILS,
        CaseField.PLACE_OF_SERVICE: SectionName.SERVICE_DETAILS,
        CaseField.ADMISSION_SOURCE: SectionName.SERVICE_DETAILS,
        CaseField.ADMIT_ON: SectionName.SERVICE_DETAILS,
        CaseField.REQUEST_TYPE: SectionName.REQUEST,
        CaseField.URGENCY: SectionName.REQUEST,
        CaseField.REVIEW_KIND: SectionName.REQUEST,
        CaseField.EARLIER_NUMBER: SectionName.REQUEST,
        CaseField.OTHER_COVERAGE: SectionName.REQUEST,
        CaseField.NOTIFICATION_ON: SectionName.REQUEST,
        CaseField.NOTIFICATION_TIME: SectionName.REQUEST,
        CaseField.CONTACT_NAME: SectionName.REQUEST,
        CaseField.CONTACT_PHONE: SectionName.REQUEST,
    }
)

NEIGHBOURS: Mapping[SectionName, SectionName] = MappingProxyType(
    {
        SectionName.REQUEST: SectionName.SERVICE_DETAILS,
        SectionName.SERVICE_DETAILS: SectionName.REQUEST,
    }
)


@dataclass(frozen=True, slots=True)
class AskedField(Generic[Field]):
    """A field that is asked for on this draft: what its form shows and what its rules read."""

    field: Field
    rule: FieldRule
    is_required: bool
    section: SectionName
    entry: Entry
    choices: Choices = ()
    groups: Mapping[str, str] = dataclass_field(default_factory=dict)
    """Headings that choices stand under, by their value."""

    @property
    def name(self) -> str:
        """The field's word, the name of its input."""
        return self.field.value

    @property
    def label(self) -> str:
        """The contract's label."""
        return self.rule.label

    @property
    def hint(self) -> str:
        """The contract's help under the label."""
        return self.rule.hint


def asked_fields(contract: Contract, draft: Draft, *, on: date) -> tuple[AskedField[CaseField], ...]:
    """The single-valued fields asked of this draft, in the contract's order.

    A field is asked when its rule is in force, belongs to the draft's category and its condition holds; it is
    required when the rule says so always or its condition for that holds. Raises ``Unanswerable``.
    """
    facts = facts_of(draft, received_on=on)
    return tuple(
        AskedField(
            field=field,
            rule=rule,
            is_required=_is_required(rule, facts),
            section=shown_in(contract, HOME[field]),
            entry=entry_of(field, rule),
            choices=choices(contract, draft, field, on=on),
            groups=service_groups(contract) if field is CaseField.SERVICE_TYPE else NO_GROUPS,
        )
        for field, rule in _asked(contract, draft, facts, on)
    )


def asked_names(contract: Contract, draft: Draft, *, on: date) -> frozenset[str]:
    """The names of the fields that :func:`asked_fields` gives, without their choices. Raises ``Unanswerable``."""
    facts = facts_of(draft, received_on=on)
    return frozenset(field.value for field, _ in _asked(contract, draft, facts, on))


def _asked(contract: Contract, draft: Draft, facts: Facts, on: date) -> list[tuple[CaseField, FieldRule]]:
    decided_on = deciding_date(contract, draft, on)
    fields = contract.intake.fields.items()
    return [(field, rule) for field, rule in fields if _is_asked(rule, draft.category, facts, decided_on)]


def asked_line_fields(
    contract: Contract, draft: Draft, part: Line | Stay, *, on: date
) -> tuple[AskedField[LineField], ...]:
    """The fields asked on a procedure line or on the length-of-stay block, in the contract's order.

    Conditions of a line see its own facts too, so that what is required may vary by code (PX-03). Those of the stay
    see ``line.days``, not a code. Modifiers are asked only where the contract has them. Raises ``Unanswerable``.
    """
    rules, facts = _line_rules(contract, draft, part), _part_facts(draft, part, on)
    decided_on = deciding_date(contract, draft, on)
    return tuple(
        AskedField(
            field=field,
            rule=rule,
            is_required=_is_required(rule, facts),
            section=shown_in(contract, SectionName.PROCEDURES),
            entry=entry_of(field, rule),
            choices=list_choices(contract, rule.list),
        )
        for field, rule in rules.items()
        if _is_asked(rule, draft.category, facts, decided_on)
        and not (field is LineField.MODIFIERS and not contract.features.get(Feature.MODIFIERS, False))
    )


def _line_rules(contract: Contract, draft: Draft, part: Line | Stay) -> Mapping[LineField, FieldRule]:
    if isinstance(part, Stay):
        return contract.intake.length_of_stay.fields
    return contract.intake.inpatient_line if draft.category is Category.INPATIENT else contract.intake.outpatient_line


def _part_facts(draft: Draft, part: Line | Stay, on: date) -> Facts:
    if isinstance(part, Line):
        return line_facts(draft, part, received_on=on)
    return {**facts_of(draft, received_on=on), Fact.LINE_DAYS: length_of(part)}


def _is_asked(rule: FieldRule, category: Category, facts: Facts, decided_on: date) -> bool:
    if not in_force(rule, decided_on) or not _belongs(rule.categories, category):
        return False
    return rule.shown_when is None or holds(rule.shown_when, facts)


def _is_required(rule: FieldRule, facts: Facts) -> bool:
    return rule.required or (rule.required_when is not None and holds(rule.required_when, facts))


def _belongs(categories: tuple[Category, ...], category: Category) -> bool:
    return not categories or category in categories


def entry_of(field: CaseField | LineField, rule: FieldRule) -> Entry:
    """How the field is entered; a field with a list is a choice whatever it is otherwise."""
    return Entry.CHOICE if rule.list else ENTRY.get(field, Entry.TEXT)


def shown_in(contract: Contract, section: SectionName) -> SectionName:
    """The section of this contract's draft that carries what belongs to ``section``.

    Itself if the contract lists it; else its neighbour (request and service details stand for each other); else the
    last section listed, so that nothing a user must do is ever without a place. Raises ``Unanswerable`` if the
    contract lists none.
    """
    listed = tuple(rule.section for rule in contract.intake.sections)
    if not listed:
        raise Unanswerable("intake.sections", "the contract lists no section")
    if section in listed:
        return section
    neighbour = NEIGHBOURS.get(section)
    return neighbour if neighbour in listed else listed[-1]


def choices(contract: Contract, draft: Draft, field: CaseField, *, on: date) -> Choices:
    """What may be chosen for a field, value and label, in the contract's order; nothing for a typed field.

    Services and places must be in force and belong to the category. Of the two, the one asked later is narrowed by
    the one asked first, never the other way round, so that a choice can always be changed.
    """
    rule = contract.intake.fields.get(field)
    if rule is not None and rule.list:
        return list_choices(contract, rule.list)
    own = OWN_CHOICES.get(field)
    return own(contract, draft, deciding_date(contract, draft, on)) if own else ()


def list_choices(contract: Contract, name: str) -> Choices:
    """Values and labels of one of the contract's lists; nothing for no name. Raises ``Unanswerable`` if unknown."""
    if not name:
        return ()
    if name not in contract.catalogue.lists:
        raise Unanswerable(f"catalogue.lists.{name}", "the contract has no such list")
    return tuple(contract.catalogue.lists[name].items())


def service_label(service: Service) -> str:
    """``06 - Inpatient Hospital``; the label alone where the code is blank (SVC-08)."""
    return f"{service.code} - {service.label}" if service.code else service.label


def service_groups(contract: Contract) -> Mapping[str, str]:
    """The heading each service stands under, for those that have one."""
    return {name: service.group for name, service in contract.catalogue.services.items() if service.group}


def _services(contract: Contract, draft: Draft, on: date) -> Choices:
    place = _first_chosen(contract, draft, CaseField.PLACE_OF_SERVICE, before=CaseField.SERVICE_TYPE)
    return tuple(
        (name, service_label(service))
        for name, service in those_in_force(contract.catalogue.services, on)
        if draft.category in service.categories and (not place or not service.places or place in service.places)
    )


def _places(contract: Contract, draft: Draft, on: date) -> Choices:
    chosen = _first_chosen(contract, draft, CaseField.SERVICE_TYPE, before=CaseField.PLACE_OF_SERVICE)
    service = contract.catalogue.services.get(chosen)
    allowed = service.places if service else ()
    return tuple(
        (name, place.label)
        for name, place in those_in_force(contract.catalogue.places, on)
        if _belongs(place.categories, draft.category) and (not allowed or name in allowed)
    )


def _first_chosen(contract: Contract, draft: Draft, field: CaseField, *, before: CaseField) -> str:
    """The value of ``field`` if the contract asks it before the other one."""
    order = list(contract.intake.fields)
    if field not in order or before not in order or order.index(field) > order.index(before):
        return ""
    value = draft.fields.get(field)
    return value if isinstance(value, str) else ""


def _request_types(contract: Contract, draft: Draft, on: date) -> Choices:
    if draft.is_extension:
        name = contract.actions.extension.request_type
        return ((name, contract.intake.request_types[name].label),)
    return tuple(
        (name, kind.label)
        for name, kind in those_in_force(contract.intake.request_types, on)
        if kind.new_case and _belongs(kind.categories, draft.category)
    )


def _urgencies(contract: Contract, draft: Draft, on: date) -> Choices:  # noqa: ARG001
    return tuple((urgency.value, label) for urgency, label in contract.intake.urgencies.items())


OWN_CHOICES: Mapping[CaseField, Callable[[Contract, Draft, date], Choices]] = MappingProxyType(
    {
        CaseField.SERVICE_TYPE: _services,
        CaseField.PLACE_OF_SERVICE: _places,
        CaseField.REQUEST_TYPE: _request_types,
        CaseField.URGENCY: _urgencies,
    }
)

READERS: Mapping[Entry, Callable[[str], FieldValue | LineValue]] = MappingProxyType(
    {
        Entry.TEXT: lambda raw: typed.text(raw, LONGEST_TEXT),
        Entry.CHOICE: lambda raw: typed.text(raw, LONGEST_TEXT),
        Entry.DATE: typed.day,
        Entry.TIME: typed.clock_time,
        Entry.PHONE: typed.phone,
        Entry.WHOLE: typed.whole,
        Entry.MONEY: typed.money,
        Entry.MODIFIERS: typed.modifiers,
    }
)


def parse_field(field: CaseField | LineField, rule: FieldRule, raw: str) -> FieldValue | LineValue:
    """What was typed as the field's value; ``None`` for nothing.

    Whether a choice is on offer, or a date sensible, is completeness's business: a draft keeps what can be read.
    Raises :class:`Invalid` with a fault named after the field.
    """
    if not raw.strip():
        return None
    try:
        value = READERS[entry_of(field, rule)](raw)
    except Unreadable as reason:
        message = f"Enter the {in_sentence(rule.label)} {reason.how}."
        raise Invalid((FieldFault(field.value, message),)) from None
    return None if value in ("", ()) else value


def typed_value(value: FieldValue | LineValue) -> str:
    """A value as its input shows it: the inverse of :func:`parse_field`."""
    match value:
        case None:
            return ""
        case date():
            return typed.day_shown(value)
        case time():
            return typed.time_shown(value)
        case Decimal():
            return f"{value:f}"
        case tuple():
            return " ".join(value)
        case _:
            return str(value)
