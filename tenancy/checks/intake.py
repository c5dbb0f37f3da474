"""The making of a request: sections, providers, fields, codes, documents and notes fit together. Pure."""

from collections.abc import Iterator

from tenancy.checks.problem import Check, Path, Problem
from tenancy.contract import Contract
from tenancy.contract.intake import CodingRule
from tenancy.patterns import refusal_of
from tenancy.vocabulary import (
    CaseField,
    CodeSystem,
    Feature,
    LineField,
    NoteVisibility,
    Presentation,
    ProviderRole,
    SectionName,
    Severity,
    WindowStart,
)

NEEDED_SECTIONS = (
    SectionName.PROVIDERS,
    SectionName.DIAGNOSES,
    SectionName.PROCEDURES,
    SectionName.DOCUMENTS,
    SectionName.SUBMIT,
)
DIAGNOSIS_SYSTEMS = frozenset({CodeSystem.ICD10CM})
WINDOW_FIELDS = {WindowStart.ADMISSION: CaseField.ADMIT_ON, WindowStart.EARLIER_END: CaseField.EARLIER_NUMBER}
NEEDED_FIELDS = (CaseField.SERVICE_TYPE, CaseField.REQUEST_TYPE)


def sections(contract: Contract) -> Iterator[Problem]:
    """Each section once, all that are needed, submit last."""
    rules, path = contract.intake.sections, ("intake", "sections")
    listed = [rule.section for rule in rules]
    for index, section in enumerate(listed):
        if section in listed[:index]:
            yield Problem((*path, str(index), "section"), "SECTION-REPEAT", f"'{section}' is in the list already.")
    for section in _needed_sections(contract):
        if section not in listed:
            yield Problem(path, "SECTION-MISSING", f"the section '{section}' is missing.", at_key=True)
    if SectionName.SUBMIT in listed and listed[-1] is not SectionName.SUBMIT:
        where = str(listed.index(SectionName.SUBMIT))
        yield Problem((*path, where, "section"), "SECTION-ORDER", "'submit' must come last.")


def steps(contract: Contract) -> Iterator[Problem]:
    """Each step but the last says how to go on."""
    if contract.intake.presentation is not Presentation.STEPS:
        return
    for index, rule in enumerate(contract.intake.sections[:-1]):
        if not rule.next_label:
            reason = f"the step '{rule.section}' has no next_label; nobody could go on."
            yield Problem(("intake", "sections", str(index)), "SECTION-NEXT", reason)


def _needed_sections(contract: Contract) -> Iterator[SectionName]:
    yield from NEEDED_SECTIONS
    listed = {rule.section for rule in contract.intake.sections}
    if listed.isdisjoint({SectionName.SERVICE_DETAILS, SectionName.REQUEST}):
        yield SectionName.SERVICE_DETAILS
    if contract.features.get(Feature.QUESTIONNAIRES) and contract.questionnaires:
        yield SectionName.QUESTIONNAIRES


def providers(contract: Contract) -> Iterator[Problem]:
    """Each role once; somebody asks; somebody gives the care in each category."""
    rules, path = contract.intake.providers, ("intake", "providers")
    roles = [rule.role for rule in rules]
    for index, role in enumerate(roles):
        if role in roles[:index]:
            yield Problem((*path, str(index), "role"), "PROVIDER-REPEAT", f"'{role}' is in the list already.")
    if ProviderRole.REQUESTING not in roles:
        yield Problem(path, "PROVIDER-MISSING", "the role 'requesting' is missing.", at_key=True)
    for category in contract.intake.categories:
        giving = [
            rule
            for rule in rules
            if rule.role in (ProviderRole.SERVICING, ProviderRole.FACILITY)
            and (not rule.categories or category in rule.categories)
        ]
        if not giving:
            reason = f"nobody gives the care of {category} requests: add 'servicing' or 'facility'."
            yield Problem(path, "PROVIDER-MISSING", reason, at_key=True)


def categories(contract: Contract) -> Iterator[Problem]:
    """There is a category to choose, and a rule and something to ask for in each."""
    intake = contract.intake
    if not intake.categories:
        yield Problem(("intake", "categories"), "CATEGORY-NONE", "no category is offered.", at_key=True)
    for category in intake.categories:
        for name, rule in (("diagnoses", intake.diagnoses), ("procedures", intake.procedures)):
            if category not in rule.required:
                reason = f"whether {name} are needed in '{category}' is not said."
                yield Problem(("intake", name, "required"), "ENTRY-MISSING", reason, at_key=True)
        if not any(category in service.categories for service in contract.catalogue.services.values()):
            reason = f"no service can be asked for in the category '{category}'."
            yield Problem(("catalogue", "services"), "CATEGORY-EMPTY", reason, at_key=True)


def fields(contract: Contract) -> Iterator[Problem]:
    """What decides which rules apply is asked; modifiers are asked where they are switched on."""
    intake = contract.intake
    for field in NEEDED_FIELDS:
        if field not in intake.fields:
            yield Problem(("intake", "fields"), "FIELD-MISSING", f"the field '{field}' is missing.", at_key=True)
    if CaseField.URGENCY not in intake.fields:
        reason = "the field 'urgency' is missing: nobody could ask for a quicker decision."
        yield Problem(("intake", "fields"), "FIELD-MISSING", reason, severity=Severity.WARNING, at_key=True)
    on = contract.features.get(Feature.MODIFIERS, False)
    if on != (LineField.MODIFIERS in intake.outpatient_line):
        reason = "modifiers are switched on but no outpatient line asks for them."
        path: Path = ("features", Feature.MODIFIERS)
        if not on:
            reason = "this field is never shown: the function 'modifiers' is off."
            path = ("intake", "outpatient_line", LineField.MODIFIERS)
        yield Problem(path, "FIELD-FEATURE", reason, severity=Severity.WARNING, at_key=True)


def request_types(contract: Contract) -> Iterator[Problem]:
    """A new case can start with one; windows are counted in days from 0 on."""
    types, path = contract.intake.request_types, ("intake", "request_types")
    if not any(kind.new_case for kind in types.values()):
        yield Problem(path, "REQUEST-NONE", "no request type may start a new case.", at_key=True)
    for name, kind in types.items():
        asked = WINDOW_FIELDS.get(kind.window_starts)
        if asked is not None and asked not in contract.intake.fields:
            reason = f"intake.fields does not ask for '{asked}', so nothing would ever be counted from it."
            yield Problem((*path, name, "window_starts"), "WINDOW-DAY", reason)
        for key, days in (
            ("earliest_start_days", kind.earliest_start_days),
            ("latest_start_days", kind.latest_start_days),
        ):
            if days is not None and days < 0:
                yield Problem((*path, name, key), "NUMBER-LOW", f"{days} is less than the least allowed, 0.")


def codes(contract: Contract) -> Iterator[Problem]:
    """Each coding system has a name and codes what it can; a typed code has a safe pattern."""
    intake = contract.intake
    yield from _coding("diagnoses", intake.diagnoses)
    yield from _coding("procedures", intake.procedures)
    for index, system in enumerate(intake.diagnoses.systems):
        if system not in DIAGNOSIS_SYSTEMS:
            path = ("intake", "diagnoses", "systems", str(index))
            yield Problem(path, "CODING-UNFIT", f"'{system}' does not code diagnoses.")
    for index, system in enumerate(intake.procedures.systems):
        if system in DIAGNOSIS_SYSTEMS:
            path = ("intake", "procedures", "systems", str(index))
            yield Problem(path, "CODING-UNFIT", f"'{system}' does not code procedures.")


def _coding(name: str, rule: CodingRule) -> Iterator[Problem]:
    path = ("intake", name)
    if not rule.systems:
        yield Problem((*path, "systems"), "CODING-NONE", "no coding system is named.")
    for system in rule.systems:
        if system not in rule.labels:
            yield Problem((*path, "labels"), "ENTRY-MISSING", f"the label of '{system}' is missing.", at_key=True)
    refusal = refusal_of(rule.typed_pattern)
    if refusal:
        yield Problem((*path, "typed_pattern"), "PATTERN-REFUSED", refusal)


def checks(contract: Contract) -> Iterator[Problem]:
    """A contract's own check speaks in a section that is shown."""
    listed = {rule.section for rule in contract.intake.sections}
    for name, rule in contract.intake.checks.items():
        if rule.section not in listed:
            reason = f"the section '{rule.section}' is not among intake.sections."
            yield Problem(("intake", "checks", name, "section"), "REF-SECTION", reason)


def notes(contract: Contract) -> Iterator[Problem]:
    """Providers can write the default kind of note, and read what they wrote."""
    notes, path = contract.notes, ("notes", "default_kind")
    kind = notes.kinds.get(notes.default_kind)
    if kind is None:
        yield Problem(path, "REF-NOTE", f"there is no kind of note '{notes.default_kind}'.")
    elif not kind.by_provider:
        yield Problem(path, "NOTE-PROVIDER", f"providers may not write '{notes.default_kind}' notes.")
    for name, kind in notes.kinds.items():
        if kind.by_provider and kind.visibility is NoteVisibility.INTERNAL:
            reason = "providers write these notes but could not read them."
            yield Problem(("notes", "kinds", name, "visibility"), "NOTE-HIDDEN", reason)


CHECKS: tuple[Check, ...] = (
    sections,
    steps,
    providers,
    categories,
    fields,
    request_types,
    codes,
    checks,
    notes,
)
