"""What the pages of a draft show, as plain values: sections with their fields, states and what is missing.

Knows rows, the contract and the rules; no request and no template. Addresses of pages are made in the templates,
anchors here, because the rules name what they find by anchors.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from app.cases.beside import anchor_of, told_beside
from app.cases.casefile import member_card
from app.cases.holding import held_because
from app.cases.inputs import DOCUMENT_TYPES, Input, section_digest, section_inputs
from app.cases.left import told_left
from app.cases.models import Case, Note
from app.cases.page_values import (
    CodeBox,
    DiagnosisView,
    DocumentView,
    DraftPage,
    FieldView,
    Finding,
    Hit,
    LineView,
    NoteView,
    Overlap,
    ProviderView,
    QuestionnaireView,
    SectionView,
    WantedView,
)
from app.cases.snapshot import draft_of
from app.directory.models import Member
from app.domain.authorization import Verdict, draft_verdicts, needs_nothing
from app.domain.completeness import (
    SectionState,
    Standing,
    asked_providers,
    is_complete,
    line_name,
    section_states,
)
from app.domain.draft import Approval, Draft
from app.domain.errors import FieldFault
from app.domain.facts import facts_of
from app.domain.fields import list_choices
from app.domain.missing import Missing
from app.domain.questionnaire import applicable, faults
from app.domain.requirement import disclaimer_in_force, wanted_documents, wanted_words
from tenancy.contract import Contract
from tenancy.contract.intake import CodingRule, SectionRule
from tenancy.vocabulary import Category, Presentation, SectionName

CODE_LABEL = "Code or description"
CODE_HINT = "Type a code or words. To add several codes at once, paste them and press Enter."
SAVES_ITSELF = frozenset(
    {SectionName.PROVIDERS, SectionName.SERVICE_DETAILS, SectionName.REQUEST, SectionName.PROCEDURES}
)


@dataclass(frozen=True, slots=True, repr=False)
class Retyped:
    """What somebody typed that could not be kept, so that the page shows it again, and why.

    ``beside`` tells what the rules find wrong, by anchor; what was never filled in only once sending ``is_refused``.
    """

    section: str = ""
    texts: Mapping[str, str] = field(default_factory=dict)
    faults: Sequence[FieldFault] = ()
    focus: str = ""
    find: str = ""
    system: str = ""
    hits: Sequence[Hit] | None = None
    is_refused: bool = False
    beside: Mapping[str, str] = field(default_factory=dict)

    def shown(self, one: Input) -> FieldView:
        """The input as it is drawn."""
        errors = {fault.field: fault.message for fault in self.faults}
        found = self.beside.get(anchor_of(one.name), "") if one.text or self.is_refused else ""
        text = self.texts.get(one.name, one.text) if one.name in errors else one.text
        return FieldView(
            name=one.name,
            label=one.label,
            hint=one.hint,
            entry=one.entry.value,
            text=text,
            choices=one.choices,
            groups=one.groups,
            is_required=one.is_required,
            error=errors.get(one.name, found),
            has_focus=bool(self.focus) and one.name == self.focus,
            is_unkept=one.name in errors,
        )


@dataclass(frozen=True, slots=True, repr=False)
class Desk:
    """Everything a draft's page is made from."""

    contract: Contract
    case: Case
    member: Member
    notes: Sequence[Note]
    on: date
    retyped: Retyped
    overlaps: Sequence[Overlap] = ()
    at_hand: Mapping[str, Sequence[Hit]] = field(default_factory=dict)
    kept: frozenset[tuple[str, str]] = frozenset()
    earlier: tuple[Approval, ...] = ()

    def draft(self) -> Draft:
        """The draft as its rules see it."""
        return draft_of(self.contract, self.case, self.member, note_count=len(self.notes), earlier=self.earlier)


def draft_page(desk: Desk, *, open_section: str = "") -> DraftPage:
    """The draft as its pages show it; ``open_section`` is the one a person is working at."""
    contract, case, draft = desk.contract, desk.case, desk.draft()
    told = told_left(contract, draft, on=desk.on)
    subjects = [*(line_name(draft, line) for line in draft.lines), contract.intake.length_of_stay.title]
    desk = replace(desk, retyped=replace(desk.retyped, beside=told_beside(told, subjects)))
    in_force = disclaimer_in_force(contract, on=desk.on)
    states = section_states(contract, draft, told)
    sections = [_section(desk, draft, rule, states[rule.section], open_section) for rule in contract.intake.sections]
    anchors = _anchors(sections)
    titles = {rule.section: rule.title for rule in contract.intake.sections}
    return DraftPage(
        id=case.id,
        version=case.version,
        release=case.release,
        service=case.requests[-1].service_type or "",
        category=case.category,
        category_label=contract.intake.categories[Category(case.category)],
        is_stepwise=contract.intake.presentation is Presentation.STEPS,
        member=member_card(contract, desk.member, today=desk.on),
        started_at=case.created_at,
        saved_at=case.modified_at,
        saved_by=case.modified_by_name,
        request_label=case.requests[-1].label,
        number=case.number or "",
        sections=sections,
        findings=[_finding(one, titles[one.section], anchors) for one in told],
        is_ready=is_complete(told),
        disclaimer=in_force[1] if in_force else None,
        is_accepted=case.disclaimer_accepted_at is not None,
        overlaps=desk.overlaps,
    )


def field_anchor(name: str) -> str:
    """The id of the input of this name, as the form components make it."""
    return "f-" + re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-").lower()


def _anchors(sections: Sequence[SectionView]) -> dict[str, str]:
    """From the anchors of the rules to ids on the page."""
    anchors = {"diagnoses": "diagnosis-code", "procedures": "procedure-code", "disclaimer": "f-accepted"}
    for section in sections:
        for one in section.providers:
            target = field_anchor(one.fax.name) if one.fax else f"provider-{one.role}"
            anchors[f"provider-{one.role}"] = anchors[f"provider-{one.role}-fax"] = target
        anchors.update({f"field-{each.name}": field_anchor(each.name) for each in section.fields})
        anchors.update({each.name.replace(".", "-"): field_anchor(each.name) for each in section.stay})
        for line in section.lines:
            anchors[f"line-{line.id}"] = f"line-{line.id}"
            for each in line.fields:
                anchors[f"line-{line.id}-{each.name.rsplit('.', 1)[1]}"] = field_anchor(each.name)
        for document in section.documents:
            anchors[f"document-{document.id}-type"] = field_anchor(document.type.name)
            if document.date:
                anchors[f"document-{document.id}-date"] = field_anchor(document.date.name)
        for wanted in section.wanted:
            anchors[wanted.anchor] = "upload"
    return anchors


def _finding(one: Missing, title: str, anchors: Mapping[str, str]) -> Finding:
    questionnaire = one.anchor.removeprefix("questionnaire-") if one.anchor.startswith("questionnaire-") else ""
    return Finding(
        text=one.message,
        section=title,
        section_name=one.section.value,
        anchor=anchors.get(one.anchor, f"section-{one.section.value}"),
        questionnaire=questionnaire,
        severity=one.severity.value,
    )


def _section(desk: Desk, draft: Draft, rule: SectionRule, state: SectionState, open_section: str) -> SectionView:
    name = rule.section
    inputs = section_inputs(desk.contract, desk.case, draft, name, on=desk.on)
    verdicts = draft_verdicts(desk.contract, draft, received_on=desk.on) if name is SectionName.PROCEDURES else ()
    needs = state.standing is Standing.NEEDS
    return SectionView(
        name=name.value,
        title=rule.title,
        group=rule.group,
        intro=_intro(desk, rule),
        next_label=rule.next_label,
        state=state.standing.value,
        count=state.count,
        say=_say(desk, draft, name, inputs),
        seen=section_digest(desk.case, name),
        saves_itself=bool(inputs) and name in SAVES_ITSELF,
        is_open=needs or name.value == open_section,
        fields=[desk.retyped.shown(one) for one in inputs if "." not in one.name],
        stay=[desk.retyped.shown(one) for one in inputs if one.name.startswith("stay.")],
        box=_box(desk, name),
        lines=_lines(desk, inputs, verdicts) if name is SectionName.PROCEDURES else (),
        needs_nothing=needs_nothing(verdicts),
        providers=_providers(desk, draft, inputs) if name is SectionName.PROVIDERS else (),
        diagnoses=_diagnoses(desk) if name is SectionName.DIAGNOSES else (),
        questionnaires=_questionnaires(desk, draft) if name is SectionName.QUESTIONNAIRES else (),
        documents=_documents(desk, inputs) if name is SectionName.DOCUMENTS else (),
        document_types=list_choices(desk.contract, DOCUMENT_TYPES) if name is SectionName.DOCUMENTS else (),
        wanted=_wanted(desk, draft) if name is SectionName.DOCUMENTS else (),
        notes=_notes(desk) if name is SectionName.NOTES else (),
        unsaved_note=desk.case.requests[-1].unsaved_note or "",
        faults=desk.retyped.faults if desk.retyped.section == name.value else (),
    )


def _intro(desk: Desk, rule: SectionRule) -> str:
    """What stands above a section; on an extension the diagnoses warn that they are the whole case's (EXT-05)."""
    if rule.section is SectionName.DIAGNOSES and desk.case.requests[-1].sequence > 1:
        return f"{desk.contract.actions.extension.diagnosis_warning} {rule.intro}".strip()
    return rule.intro


def _say(desk: Desk, draft: Draft, name: SectionName, inputs: Sequence[Input]) -> str:
    """A closed section in a few words."""
    counted = {
        SectionName.DIAGNOSES: [row.code for row in draft.diagnoses],
        SectionName.PROCEDURES: [line.code for line in draft.lines],
        SectionName.DOCUMENTS: [document.name for document in draft.documents],
        SectionName.PROVIDERS: list(dict.fromkeys(one.name for one in draft.providers.values())),
        SectionName.MEMBER: [desk.member.full_name],
    }.get(name)
    if counted is None:
        return ", ".join(dict(one.choices).get(one.text, one.text) for one in inputs if one.text)
    more = f" and {len(counted) - 3} more" if len(counted) > 3 else ""
    return ", ".join(counted[:3]) + more


def _box(desk: Desk, name: SectionName) -> CodeBox | None:
    rules = {
        SectionName.DIAGNOSES: desk.contract.intake.diagnoses,
        SectionName.PROCEDURES: desk.contract.intake.procedures,
    }
    closed = desk.case.requests[-1].sequence > 1 and not desk.contract.actions.extension.new_procedures
    if name not in rules or (name is SectionName.PROCEDURES and closed):
        return None
    rule, retyped, is_here = rules[name], desk.retyped, desk.retyped.section == name.value
    errors = [fault.message for fault in retyped.faults if fault.field == name.value] if is_here else []
    box_id = "diagnosis-code" if name is SectionName.DIAGNOSES else "procedure-code"
    return CodeBox(
        id=box_id,
        kind=name.value,
        label=CODE_LABEL,
        hint=CODE_HINT,
        systems=_systems(rule),
        system=retyped.system if is_here and retyped.system else rule.systems[0].value,
        text=retyped.find if is_here else "",
        error=" ".join(errors),
        has_focus=retyped.focus == box_id,
        hits=retyped.hits if is_here else None,
        at_hand=desk.at_hand.get(name.value, ()),
    )


def _systems(rule: CodingRule) -> list[tuple[str, str]]:
    return [(system.value, rule.labels.get(system, system.value)) for system in rule.systems]


def _lines(desk: Desk, inputs: Sequence[Input], verdicts: Sequence[Verdict]) -> list[LineView]:
    """The lines with the verdict on each; one on the stay, if there is one, comes before them."""
    rows = desk.case.requests[-1].lines
    told = verdicts[len(verdicts) - len(rows) :]
    labels = {system.value: label for system, label in desk.contract.intake.procedures.labels.items()}
    return [
        LineView(
            id=row.id,
            code=row.code,
            system=row.system,
            system_label=labels.get(row.system, row.system),
            description=row.description,
            is_kept=(row.system, row.code) in desk.kept,
            fields=[desk.retyped.shown(one) for one in inputs if one.name.startswith(f"line.{row.id}.")],
            need=verdict.need.value,
            need_text=verdict.text,
        )
        for row, verdict in zip(rows, told, strict=True)
    ]


def _providers(desk: Desk, draft: Draft, inputs: Sequence[Input]) -> list[ProviderView]:
    rows = {row.role: row for row in desk.case.providers}
    faxes = {one.name: one for one in inputs}
    views: list[ProviderView] = []
    for rule in asked_providers(desk.contract, draft):
        row = rows.get(rule.role.value)
        head = (rule.role.value, rule.label, rule.required, rule.change_label)
        if row is None:
            views.append(ProviderView(*head, needs=rule.required))
            continue
        fax = desk.retyped.shown(faxes[f"fax.{row.role}"])
        views.append(
            ProviderView(
                *head,
                name=row.name,
                npi=row.npi or "",
                specialty=row.specialty or "",
                address=row.address.replace("\n", ", "),
                phone=row.phone or "",
                fax=fax,
                needs=fax.is_required and not fax.text,
            )
        )
    return views


def _diagnoses(desk: Desk) -> list[DiagnosisView]:
    return [
        DiagnosisView(row.id, row.code, row.description, row.system, (row.system, row.code) in desk.kept)
        for row in desk.case.diagnoses
    ]


def _questionnaires(desk: Desk, draft: Draft) -> list[QuestionnaireView]:
    facts = facts_of(draft, received_on=desk.on)
    return [
        QuestionnaireView(
            id=name,
            title=form.title,
            intro=form.intro,
            is_required=form.required,
            is_complete=name in draft.completed,
            is_started=bool(draft.answers.get(name)),
            left=len(faults(form, draft.answers.get(name, {}), facts)),
        )
        for name, form in applicable(desk.contract, draft, on=desk.on)
    ]


def _documents(desk: Desk, inputs: Sequence[Input]) -> list[DocumentView]:
    types = {one.name: one for one in inputs}
    return [
        DocumentView(
            id=row.id,
            name=row.file_name,
            size=row.size,
            at=row.uploaded_at,
            by=row.uploaded_by_name,
            type=desk.retyped.shown(types[f"document.{row.id}.type"]),
            date=desk.retyped.shown(types[f"document.{row.id}.date"]) if f"document.{row.id}.date" in types else None,
            held=held_because(row),
        )
        for row in desk.case.documents
        if row.deactivated_at is None
    ]


def _wanted(desk: Desk, draft: Draft) -> list[WantedView]:
    return [
        WantedView(f"document-{one.rule_id}", one.labels, wanted_words(one.rule), one.rule.required, one.is_there)
        for one in wanted_documents(desk.contract, draft, on=desk.on)
    ]


def _notes(desk: Desk) -> list[NoteView]:
    kinds = desk.contract.notes.kinds
    return [
        NoteView(row.body, row.author_name, row.written_at, kinds[row.kind].label if row.kind in kinds else row.kind)
        for row in desk.notes
    ]
