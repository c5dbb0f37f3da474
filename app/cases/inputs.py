"""The typed inputs of a draft's sections: which there are, what each holds, and where what is typed is kept.

One list serves the form that shows a section and the service that saves it. Knows rows and the contract's
questions for them; no page and no request.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from datetime import date, time
from decimal import Decimal
from typing import Any

from app.cases.models import Case, CaseProvider, Document, ProcedureLine, Request
from app.cases.snapshot import STAY_FIELDS, line_of
from app.domain import typed
from app.domain.completeness import asked_providers
from app.domain.draft import Draft, FieldValue, LineValue
from app.domain.errors import FieldFault, Invalid
from app.domain.fields import (
    HOME,
    AskedField,
    Choices,
    Entry,
    asked_fields,
    asked_line_fields,
    list_choices,
    parse_field,
    typed_value,
)
from app.domain.requirement import age_limits
from app.domain.wording import counted
from tenancy.contract import Contract
from tenancy.contract.intake import DocumentRule
from tenancy.vocabulary import CaseField, LineField, SectionName

Value = FieldValue | LineValue
Columns = Request | ProcedureLine | CaseProvider | Document
DOCUMENT_TYPES = "document_types"
FAX_LABEL = "Fax number"
FAX_HINT = "Ten digits. Letters about this request are sent to it."
DOCUMENT_TYPE_LABEL = "Document type"
DOCUMENT_DATE_LABEL = "Date on the document"


@dataclass(frozen=True, slots=True, repr=False)
class Input:
    """One input: its name in the form, its anchor in the page, what it asks, what it holds, and its column."""

    name: str
    anchor: str
    label: str
    hint: str
    is_required: bool
    entry: Entry
    choices: Choices
    value: Value
    row: Columns
    column: str
    parse: Callable[[str], Value]
    groups: Mapping[str, str] = dataclass_field(default_factory=dict)

    @property
    def text(self) -> str:
        """The stored value as the input shows it."""
        return typed_value(self.value)

    def take(self, raw: str) -> bool:
        """Keep what was typed and say whether it changed anything. Raises Invalid, named after the input."""
        try:
            value = self.parse(raw)
        except Invalid as error:
            raise Invalid(tuple(FieldFault(self.name, fault.message) for fault in error.faults)) from None
        if self.choices and value is not None and value not in dict(self.choices) and value != self.value:
            raise Invalid((FieldFault(self.name, f"Choose {self.label} from the list."),))
        kept = list(value) if isinstance(value, tuple) else value
        if self.column == LineField.MODIFIERS.value:
            kept = kept or []
        if getattr(self.row, self.column) == kept:
            return False
        setattr(self.row, self.column, kept)
        return True


def section_inputs(
    contract: Contract, case: Case, draft: Draft, section: SectionName, *, on: date
) -> tuple[Input, ...]:
    """The inputs of one section of a draft, in the order of its page; none for sections without typed fields."""
    match section:
        case SectionName.PROVIDERS:
            own = tuple(_fax_inputs(contract, case, draft))
        case SectionName.PROCEDURES:
            own = (*_stay_inputs(contract, case, draft, on), *_line_inputs(contract, case, draft, on))
        case SectionName.DOCUMENTS:
            own = tuple(_document_inputs(contract, case, draft, on))
        case _:
            own = ()
    return own + tuple(_field_inputs(contract, case, draft, section, on))


def all_inputs(contract: Contract, case: Case, draft: Draft, *, on: date) -> dict[SectionName, tuple[Input, ...]]:
    """The inputs of every section the contract lists."""
    return {
        rule.section: section_inputs(contract, case, draft, rule.section, on=on) for rule in contract.intake.sections
    }


def section_digest(case: Case, section: SectionName) -> str:
    """A short mark of everything typed into a section; equal marks mean nobody changed it in between."""
    text = "\x1f".join(f"{name}={value}" for name, value in sorted(section_values(case, section)))
    return hashlib.sha256(text.encode()).hexdigest()[:20]


def section_values(case: Case, section: SectionName) -> list[tuple[str, str]]:
    """Everything stored of a section's inputs, asked for at present or not, as typed text by input name."""
    request = case.requests[-1]
    match section:
        case SectionName.PROVIDERS:
            return [(f"fax.{row.role}", row.fax or "") for row in case.providers]
        case SectionName.PROCEDURES:
            stay = [(f"stay.{field.value}", _column_text(request, field.value)) for field in STAY_FIELDS]
            lines = [
                (f"line.{row.id}.{field.value}", _column_text(row, field.value))
                for row in request.lines
                for field in LineField
            ]
            return stay + lines
        case SectionName.DOCUMENTS:
            types = [(f"document.{row.id}.type", row.document_type or "") for row in case.documents]
            return types + [(f"document.{row.id}.date", typed_value(row.dated_on)) for row in case.documents]
        case SectionName.SERVICE_DETAILS | SectionName.REQUEST:
            homes = {SectionName.SERVICE_DETAILS, SectionName.REQUEST}
            return [(field.value, _column_text(request, field.value)) for field in CaseField if HOME[field] in homes]
        case _:
            return []


def _column_text(row: object, column: str) -> str:
    value: Any = getattr(row, column)
    return typed_value(tuple(value) if isinstance(value, list) else value)


def _field_inputs(contract: Contract, case: Case, draft: Draft, section: SectionName, on: date) -> Iterable[Input]:
    request = case.requests[-1]
    for asked in asked_fields(contract, draft, on=on):
        if asked.section is section:
            yield _asked_input(asked, asked.name, f"field-{asked.name}", getattr(request, asked.name), request)


def _stay_inputs(contract: Contract, case: Case, draft: Draft, on: date) -> Iterable[Input]:
    if draft.stay is None:
        return
    request = case.requests[-1]
    for asked in asked_line_fields(contract, draft, draft.stay, on=on):
        yield _asked_input(asked, f"stay.{asked.name}", f"stay-{asked.name}", getattr(request, asked.name), request)


def _line_inputs(contract: Contract, case: Case, draft: Draft, on: date) -> Iterable[Input]:
    for row in case.requests[-1].lines:
        line = line_of(row)
        for asked in asked_line_fields(contract, draft, line, on=on):
            name, anchor = f"line.{row.id}.{asked.name}", f"line-{row.id}-{asked.name}"
            yield _asked_input(asked, name, anchor, line.values.get(LineField(asked.name)), row)


def _asked_input(
    asked: AskedField[CaseField] | AskedField[LineField],
    name: str,
    anchor: str,
    value: Value,
    row: Request | ProcedureLine,
) -> Input:
    return Input(
        name=name,
        anchor=anchor,
        label=asked.label,
        hint=asked.hint,
        is_required=asked.is_required,
        entry=asked.entry,
        choices=asked.choices,
        value=value,
        row=row,
        column=asked.name,
        parse=lambda raw: parse_field(asked.field, asked.rule, raw),
        groups=asked.groups,
    )


def _fax_inputs(contract: Contract, case: Case, draft: Draft) -> Iterable[Input]:
    rows = {row.role: row for row in case.providers}
    for rule in asked_providers(contract, draft):
        row = rows.get(rule.role.value)
        if row is None:
            continue
        yield Input(
            name=f"fax.{row.role}",
            anchor=f"provider-{row.role}-fax",
            label=FAX_LABEL,
            hint=FAX_HINT if rule.fax_required else "",
            is_required=rule.fax_required,
            entry=Entry.PHONE,
            choices=(),
            value=row.fax or None,
            row=row,
            column="fax",
            parse=_fax,
        )


def _fax(raw: str) -> Value:
    if not raw.strip():
        return None
    try:
        return typed.phone(raw)
    except typed.Unreadable as reason:
        raise Invalid((FieldFault("fax", f"Enter the fax number {reason.how}."),)) from None


def _document_inputs(contract: Contract, case: Case, draft: Draft, on: date) -> Iterable[Input]:
    options = list_choices(contract, DOCUMENT_TYPES)
    limits = age_limits(contract, draft, on=on)
    for row in case.documents:
        if row.deactivated_at is None:
            yield Input(
                name=f"document.{row.id}.type",
                anchor=f"document-{row.id}-type",
                label=DOCUMENT_TYPE_LABEL,
                hint="",
                is_required=contract.documents.type_required,
                entry=Entry.CHOICE,
                choices=options,
                value=row.document_type,
                row=row,
                column="document_type",
                parse=lambda raw: raw.strip() or None,
            )
            if rule := limits.get(row.document_type or ""):
                yield _document_date(row, rule)


def _document_date(row: Document, rule: DocumentRule) -> Input:
    """The date on a document whose age the contract limits, with the age it may have."""
    return Input(
        name=f"document.{row.id}.date",
        anchor=f"document-{row.id}-date",
        label=DOCUMENT_DATE_LABEL,
        hint=f"At most {counted(rule.max_age_days or 0, 'day')} old",
        is_required=rule.required,
        entry=Entry.DATE,
        choices=(),
        value=row.dated_on,
        row=row,
        column="dated_on",
        parse=_document_day,
    )


def _document_day(raw: str) -> Value:
    if not raw.strip():
        return None
    try:
        return typed.day(raw)
    except typed.Unreadable as reason:
        raise Invalid((FieldFault("date", f"Enter the date on the document {reason.how}."),)) from None


def shown(value: Value) -> str:
    """A stored value as a reader sees it."""
    if isinstance(value, Decimal):
        return f"${value:,.2f}"
    if isinstance(value, date | time):
        return typed_value(value)
    return typed_value(value)


def take_all(inputs: Iterable[Input], raw: Mapping[str, str]) -> tuple[tuple[str, ...], tuple[FieldFault, ...]]:
    """Keep everything typed that can be read; the names that changed, and a fault for each that cannot.

    An input that was not sent keeps its value.
    """
    changed: list[str] = []
    faults: list[FieldFault] = []
    for each in inputs:
        if each.name not in raw:
            continue
        try:
            if each.take(raw[each.name]):
                changed.append(each.name)
        except Invalid as error:
            faults.extend(error.faults)
    return tuple(changed), tuple(faults)
