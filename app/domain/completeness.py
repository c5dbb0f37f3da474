"""What is missing or wrong in a draft: the one rule behind the panel, the ``!`` marks, the pop-up and the submit door.

Knows the contract and the draft, no page. Every message is a sentence that says what to do, in the contract's own
labels, and names a section of the contract's draft and an anchor to jump to.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.domain import field_rules
from app.domain.channels import channel_advice
from app.domain.conditions import facts_used, holds
from app.domain.draft import Draft, Line, Stay
from app.domain.effective import as_day, deciding_date, those_in_force, window_day
from app.domain.facts import facts_of, line_facts
from app.domain.fields import HOME, asked_fields, asked_line_fields, list_choices, shown_in
from app.domain.missing import Missing
from app.domain.questionnaire import applicable, faults
from app.domain.requirement import (
    DOCUMENT_TYPES,
    WantedDocument,
    age_fault,
    age_limits,
    allowed_systems,
    are_diagnoses_required,
    are_procedures_required,
    disclaimer_in_force,
    wanted_documents,
    wanted_words,
)
from app.domain.wording import counted, in_sentence, listed, said_of
from tenancy.contract import Contract
from tenancy.contract.facts import LINE_FACTS
from tenancy.contract.intake import CheckRule, CodingRule, ProviderRule
from tenancy.vocabulary import (
    CaseField,
    Category,
    CodeSystem,
    DisclaimerStyle,
    Feature,
    LineField,
    ProviderRole,
    SectionName,
    Severity,
    Word,
)


class Standing(StrEnum):
    """How a section stands."""

    COMPLETE = "complete"
    NEEDS = "needs"
    OPTIONAL = "optional"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class SectionState:
    """A section's standing and how many things are needed (or warned of)."""

    standing: Standing
    count: int = 0


def missing(contract: Contract, draft: Draft, *, on: date) -> tuple[Missing, ...]:
    """Everything that is missing or wrong, in the order of the contract's sections.

    A draft may be submitted exactly when none has severity ``error``. ``on`` is the day of receipt in the contract's
    zone, today until then. Sources: SUB-01 to SUB-03, PX-03, PX-07, QST-01, CR2-05. Raises ``Unanswerable``.
    """
    found = [
        *_member(contract, draft),
        *_providers(contract, draft),
        *_fields(contract, draft, on),
        *_diagnoses(contract, draft),
        *_procedures(contract, draft, on),
        *_questionnaires(contract, draft, on),
        *_documents(contract, draft, on),
        *_checks(contract, draft, on),
        *_disclaimer(contract, draft, on),
    ]
    order = [rule.section for rule in contract.intake.sections]
    return tuple(sorted(found, key=lambda item: order.index(item.section)))


def is_complete(found: Sequence[Missing]) -> bool:
    """Whether nothing found stops submission; warnings do not."""
    return not any(item.severity is Severity.ERROR for item in found)


def section_states(contract: Contract, draft: Draft, found: Sequence[Missing]) -> Mapping[SectionName, SectionState]:
    """How each of the contract's sections stands, in order, given what :func:`missing` found.

    A section with errors needs them mended; else warnings show; else it is complete when it holds anything, and
    optional when it is empty.
    """
    return {
        rule.section: _state(contract, rule.section, draft, [item for item in found if item.section is rule.section])
        for rule in contract.intake.sections
    }


def _state(contract: Contract, section: SectionName, draft: Draft, found: list[Missing]) -> SectionState:
    errors = sum(item.severity is Severity.ERROR for item in found)
    if errors:
        return SectionState(Standing.NEEDS, errors)
    if found:
        return SectionState(Standing.WARNING, len(found))
    return SectionState(Standing.COMPLETE if _holds_anything(contract, section, draft) else Standing.OPTIONAL)


def _holds_anything(contract: Contract, section: SectionName, draft: Draft) -> bool:
    filled = [field for field, value in draft.fields.items() if value is not None]
    any_field = any(shown_in(contract, HOME[field]) is section for field in filled)
    stay = draft.stay is not None and any(value is not None for value in draft.stay.values.values())
    return {
        SectionName.MEMBER: draft.member is not None,
        SectionName.PROVIDERS: bool(draft.providers),
        SectionName.SERVICE_DETAILS: any_field,
        SectionName.REQUEST: any_field,
        SectionName.DIAGNOSES: bool(draft.diagnoses),
        SectionName.PROCEDURES: bool(draft.lines) or stay,
        SectionName.QUESTIONNAIRES: bool(draft.completed),
        SectionName.DOCUMENTS: bool(draft.documents),
        SectionName.NOTES: draft.note_count > 0,
        SectionName.SUBMIT: draft.disclaimer_accepted,
    }[section]


def _member(contract: Contract, draft: Draft) -> Iterator[Missing]:
    if draft.member is None:
        word = in_sentence(contract.words.get(Word.MEMBER, Word.MEMBER.value))
        yield Missing(shown_in(contract, SectionName.MEMBER), "member", f"Choose the {word}.")


def asked_providers(contract: Contract, draft: Draft) -> tuple[ProviderRule, ...]:
    """The provider roles asked of this draft, in order; the attending physician only where the contract has one."""
    return tuple(
        rule
        for rule in contract.intake.providers
        if (not rule.categories or draft.category in rule.categories)
        and (rule.role is not ProviderRole.ATTENDING or contract.features.get(Feature.ATTENDING_PHYSICIAN, False))
    )


def _providers(contract: Contract, draft: Draft) -> Iterator[Missing]:
    section = shown_in(contract, SectionName.PROVIDERS)
    for rule in asked_providers(contract, draft):
        label, provider = in_sentence(rule.label), draft.providers.get(rule.role)
        if provider is None and rule.required:
            yield Missing(section, f"provider-{rule.role}", f"Choose the {label}.")
        if provider is not None and rule.fax_required and not provider.fax.strip():
            yield Missing(section, f"provider-{rule.role}-fax", f"Enter the fax number of the {label}.")


def _fields(contract: Contract, draft: Draft, on: date) -> Iterator[Missing]:
    for asked in asked_fields(contract, draft, on=on):
        message = field_rules.fault(asked, draft.fields.get(asked.field))
        if message:
            yield Missing(asked.section, asked.name, message, anchor=f"field-{asked.name}")
    advice = channel_advice(contract, draft)
    if advice:
        name = CaseField.SERVICE_TYPE
        yield Missing(shown_in(contract, HOME[name]), name, *advice, anchor=f"field-{name}")


def _diagnoses(contract: Contract, draft: Draft) -> Iterator[Missing]:
    section, rule = shown_in(contract, SectionName.DIAGNOSES), contract.intake.diagnoses
    if not draft.diagnoses and are_diagnoses_required(contract, draft):
        yield Missing(section, "diagnoses", "Add at least one diagnosis.")
    if len(draft.diagnoses) > rule.maximum:
        yield Missing(section, "diagnoses", f"Keep at most {counted(rule.maximum, 'diagnosis', 'diagnoses')}.")
    for item in draft.diagnoses:
        message = _system_fault(rule, rule.systems, item.system, item.code)
        if message:
            yield Missing(section, "diagnoses", message)


def _procedures(contract: Contract, draft: Draft, on: date) -> Iterator[Missing]:
    section, rule = shown_in(contract, SectionName.PROCEDURES), contract.intake.procedures
    if draft.category is Category.INPATIENT:
        yield from _part(contract, draft, draft.stay or Stay(), on)
    if not draft.lines and are_procedures_required(contract, draft):
        yield Missing(section, "procedures", "Add at least one procedure.")
    if len(draft.lines) > rule.maximum:
        yield Missing(section, "procedures", f"Keep at most {counted(rule.maximum, 'procedure')}.")
    for line in draft.lines:
        yield from line_missing(contract, draft, line, on=on)


def line_missing(contract: Contract, draft: Draft, line: Line, *, on: date) -> Iterator[Missing]:
    """What is missing or wrong in one procedure line, whether it is a draft's own or asked for later (PX-03, REV-01).

    Anchors are ``line-<id>`` and ``line-<id>-<field>``. Raises ``Unanswerable``.
    """
    message = _system_fault(contract.intake.procedures, allowed_systems(contract, draft), line.system, line.code)
    if message:
        yield Missing(shown_in(contract, SectionName.PROCEDURES), f"line-{line.id}", message)
    yield from _part(contract, draft, line, on)


def line_name(draft: Draft, line: Line) -> str:
    """What sentences call a line: its code; where the code stands there more than once also which of them it is."""
    same = [other.id for other in draft.lines if other.code == line.code]
    return f"{line.code} ({same.index(line.id) + 1} of {len(same)})" if len(same) > 1 and line.id in same else line.code


def _system_fault(rule: CodingRule, allowed: Sequence[CodeSystem], system: CodeSystem, code: str) -> str:
    if system in allowed:
        return ""
    systems = [rule.labels.get(one, one.value.upper()) for one in allowed]
    return f"{code}: choose a code from {listed(systems, 'or')} instead."


def _part(contract: Contract, draft: Draft, part: Line | Stay, on: date) -> Iterator[Missing]:
    """What is wrong with one line or with the stay; messages name the code, or the block's title."""
    asked = asked_line_fields(contract, draft, part, on=on)
    faults_of_fields = [(item.field, field_rules.fault(item, part.values.get(item.field))) for item in asked]
    labels = {item.field: item.label for item in asked}
    faults_of_dates = [
        (LineField.END_ON, field_rules.order_fault(part, labels)),
        (LineField.START_ON, _window_fault(contract, draft, part, labels, on)),
    ]
    name = line_name(draft, part) if isinstance(part, Line) else contract.intake.length_of_stay.title
    prefix = f"line-{part.id}" if isinstance(part, Line) else "stay"
    section = shown_in(contract, SectionName.PROCEDURES)
    for field, message in (*faults_of_fields, *faults_of_dates):
        if message:
            yield Missing(section, f"{prefix}-{field}", said_of(name, message))


def _window_fault(
    contract: Contract, draft: Draft, part: Line | Stay, labels: Mapping[LineField, str], on: date
) -> str:
    chosen = draft.fields.get(CaseField.REQUEST_TYPE)
    kind = contract.intake.request_types.get(chosen) if isinstance(chosen, str) else None
    start = as_day(part.values.get(LineField.START_ON))
    if kind is None or start is None or LineField.START_ON not in labels:
        return ""
    counted_from = window_day(kind.window_starts, draft, on=on)
    return field_rules.window_fault(kind, labels[LineField.START_ON], start, on=counted_from) if counted_from else ""


def _questionnaires(contract: Contract, draft: Draft, on: date) -> Iterator[Missing]:
    section, facts = shown_in(contract, SectionName.QUESTIONNAIRES), facts_of(draft, received_on=on)
    for name, questionnaire in applicable(contract, draft, on=on):
        severity = Severity.ERROR if questionnaire.required else Severity.WARNING
        if name in draft.completed:
            left = len(faults(questionnaire, draft.answers.get(name, {}), facts))
            needs = f"{counted(left, 'answer needs', 'answers need')} your attention"
            message = f"{needs}: questionnaire “{questionnaire.title}”." if left else ""
        else:
            message = f"Complete the questionnaire “{questionnaire.title}”." if questionnaire.required else ""
        if message:
            yield Missing(section, f"questionnaire-{name}", message, severity)


def _documents(contract: Contract, draft: Draft, on: date) -> Iterator[Missing]:
    section = shown_in(contract, SectionName.DOCUMENTS)
    types = {name for name, _ in list_choices(contract, DOCUMENT_TYPES)} if contract.documents.type_required else set()
    for document in draft.documents:
        if contract.documents.type_required and document.document_type not in types:
            yield Missing(section, f"document-{document.id}-type", f"{document.name}: choose a document type.")
    yield from _document_ages(contract, draft, on)
    for wanted in wanted_documents(contract, draft, on=on):
        if not wanted.is_there:
            severity = Severity.ERROR if wanted.rule.required else Severity.WARNING
            yield Missing(section, f"document-{wanted.rule_id}", _document_message(wanted), severity)


def _document_ages(contract: Contract, draft: Draft, on: date) -> Iterator[Missing]:
    """Documents that are too old for the rule that wants them, or whose date nobody has entered."""
    limits = age_limits(contract, draft, on=on)
    for document in draft.documents:
        rule = limits.get(document.document_type)
        fault = age_fault(rule, document, on=on) if rule else ""
        if rule and fault:
            severity = Severity.ERROR if rule.required else Severity.WARNING
            section = shown_in(contract, SectionName.DOCUMENTS)
            yield Missing(section, f"document-{document.id}-date", fault, severity)


def _document_message(wanted: WantedDocument) -> str:
    lead = "Add the document" if wanted.rule.required else "Wanted, if you have it:"
    return f"{lead} {listed([f'“{label}”' for label in wanted.labels], 'or')}. {wanted_words(wanted.rule)}"


def _checks(contract: Contract, draft: Draft, on: date) -> Iterator[Missing]:
    """The contract's own rules; one that looks at a line is asked of every line."""
    facts = facts_of(draft, received_on=on)
    for name, rule in those_in_force(contract.intake.checks, deciding_date(contract, draft, on)):
        if facts_used(rule.when).isdisjoint(LINE_FACTS):
            if holds(rule.when, facts):
                yield _check_finding(contract, name, rule)
            continue
        for line in draft.lines:
            if holds(rule.when, line_facts(draft, line, received_on=on)):
                yield _check_finding(contract, name, rule, line, line_name(draft, line))


def _check_finding(
    contract: Contract, name: str, rule: CheckRule, line: Line | None = None, called: str = ""
) -> Missing:
    section = shown_in(contract, rule.section)
    if line is None:
        return Missing(section, f"check-{name}", rule.message, rule.severity, section.value)
    return Missing(section, f"check-{name}", said_of(called, rule.message), rule.severity, f"line-{line.id}")


def _disclaimer(contract: Contract, draft: Draft, on: date) -> Iterator[Missing]:
    version = disclaimer_in_force(contract, on=on)
    if version is None or draft.disclaimer_accepted:
        return
    label = version[1].accept_label.rstrip(".")
    is_box = version[1].style is DisclaimerStyle.CHECKBOX
    message = f"Tick the box “{label}”." if is_box else f"Read the disclaimer and choose “{label}”."
    yield Missing(shown_in(contract, SectionName.SUBMIT), "disclaimer", message)
