"""Small pieces to build tests from: a contract with few and known rules, and drafts that meet them.

The contract starts as one of the shipped files, read once, so that every part is there; what rules look at is replaced
by pieces written here, so that a change of a state's file never changes what a unit test means.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, time
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from app.domain.answers import Answer
from app.domain.draft import Coded, DocumentFacts, Draft, Line, LineValue, MemberFacts, ProviderFacts, Stay
from tenancy.contract import Contract
from tenancy.contract.aftercare import Calendar, ClockRule
from tenancy.contract.conditions import AnswerTest, FactTest
from tenancy.contract.declare import Span
from tenancy.contract.intake import (
    Catalogue,
    CodingRule,
    Disclaimer,
    DocumentRule,
    Documents,
    FieldRule,
    Intake,
    LengthOfStay,
    PlaceOfService,
    ProviderRule,
    RequestType,
    SectionRule,
    Service,
)
from tenancy.contract.questions import Question, Questionnaire, QuestionSection
from tenancy.loader import load_contract
from tenancy.vocabulary import (
    CaseField,
    Category,
    ClockStart,
    CodeSystem,
    DecidingDate,
    DisclaimerStyle,
    Expiry,
    Fact,
    Feature,
    LineField,
    Operator,
    ProviderRole,
    QuestionKind,
    SectionName,
    SpanUnit,
    Urgency,
    Word,
)
from tests.fourth import SLUG, folder_with_fourth

CONTRACTS = Path(__file__).parent.parent / "contracts"
ON = date(2026, 11, 23)  # a Monday

BOTH: Mapping[Category, bool] = {Category.INPATIENT: True, Category.OUTPATIENT: True}
OUTPATIENT_ONLY: Mapping[Category, bool] = {Category.INPATIENT: False, Category.OUTPATIENT: True}


@cache
def shipped(slug: str = "mississippi") -> Contract:
    """A contract as it is shipped, or the invented one."""
    if slug != SLUG:
        return load_contract(CONTRACTS / f"{slug}.yaml").contract
    with TemporaryDirectory() as home:
        return load_contract(folder_with_fourth(Path(home)) / f"{slug}.yaml").contract


def fact(subject: Fact, operator: Operator, *operands: Any) -> FactTest:
    """A test of a fact."""
    return FactTest(subject, operator, operands)


def is_(subject: Fact, value: Any) -> FactTest:
    """That a fact equals a value."""
    return fact(subject, Operator.EQUALS, value)


def said(question: str, value: Any) -> AnswerTest:
    """That an answer equals a value."""
    return AnswerTest(question, Operator.EQUALS, (value,))


INPATIENT = is_(Fact.CATEGORY, "inpatient")
OUTPATIENT = is_(Fact.CATEGORY, "outpatient")


def rule(label: str, **keys: Any) -> FieldRule:
    """The rule of a field."""
    return FieldRule(label=label, **keys)


def question(kind: QuestionKind, label: str = "What?", **keys: Any) -> Question:
    """A question."""
    return Question(kind=kind, label=label, **keys)


def questionnaire(*sections: Mapping[str, Question], **keys: Any) -> Questionnaire:
    """A questionnaire for outpatient requests unless told otherwise."""
    return Questionnaire(
        **{
            "title": "Equipment",
            "version": "2026-01",
            "when": OUTPATIENT,
            "sections": {
                f"part_{number}": QuestionSection(title=f"Part {number}", questions=questions)
                for number, questions in enumerate(sections, start=1)
            },
            **keys,
        }
    )


def clock(amount: int, unit: SpanUnit, **keys: Any) -> ClockRule:
    """A decision clock from receipt, for every outpatient request unless told otherwise."""
    return ClockRule(
        **{
            "when": OUTPATIENT,
            "starts": ClockStart.RECEIPT,
            "length": Span(amount=amount, unit=unit),
            "pauses_for_information": False,
            "on_expiry": Expiry.ESCALATE,
            "citation": "42 CFR 440.230(e)(1)",
            **keys,
        }
    )


def intake(**keys: Any) -> Intake:
    """How the small contract takes requests."""
    return replace(
        shipped().intake,
        **{
            "sections": tuple(SectionRule(section=name, title=name.value) for name in SectionName),
            "providers": (
                ProviderRule(role=ProviderRole.REQUESTING, label="Requesting Provider", required=True),
                servicing(),
                ProviderRule(role=ProviderRole.ATTENDING, label="Attending Physician", required=True),
            ),
            "fields": {
                CaseField.PLACE_OF_SERVICE: rule("Place of Service"),
                CaseField.SERVICE_TYPE: rule("Service Type", required=True),
                CaseField.ADMISSION_SOURCE: rule(
                    "Admission Source", list="admission_sources", categories=(Category.INPATIENT,), required=True
                ),
                CaseField.ADMIT_ON: rule("Admit Date", categories=(Category.INPATIENT,), required=True),
                CaseField.REQUEST_TYPE: rule("Request Type", required=True),
                CaseField.URGENCY: rule("Urgency", required=True),
                CaseField.NOTIFICATION_TIME: rule("Notification Time"),
                CaseField.CONTACT_NAME: rule("Contact", shown_when=is_(Fact.URGENCY, "expedited")),
                CaseField.CONTACT_PHONE: rule("Contact Phone", required_when=is_(Fact.URGENCY, "expedited")),
            },
            "request_types": {
                "prior_auth": RequestType(label="Prior Auth", earliest_start_days=14, latest_start_days=90),
                "concurrent": RequestType(label="Concurrent", new_case=False),
                "retrospective": RequestType(label="Retrospective", categories=(Category.OUTPATIENT,)),
            },
            "urgencies": {Urgency.STANDARD: "Standard", Urgency.EXPEDITED: "Expedited"},
            "diagnoses": CodingRule(
                systems=(CodeSystem.ICD10CM,), labels={CodeSystem.ICD10CM: "ICD-10"}, maximum=3, required=BOTH
            ),
            "procedures": CodingRule(
                systems=(CodeSystem.HCPCS, CodeSystem.CPT),
                labels={CodeSystem.HCPCS: "HCPCS"},
                maximum=2,
                required=OUTPATIENT_ONLY,
            ),
            "outpatient_line": {
                LineField.MODIFIERS: rule("Modifiers"),
                LineField.START_ON: rule("Requested Start Date", required=True),
                LineField.END_ON: rule("Requested End Date", required=True),
                LineField.QUANTITY: rule("Requested Quantity", required=True),
                LineField.FREQUENCY: rule(
                    "Requested Frequency",
                    list="frequencies",
                    required_when=fact(Fact.LINE_CODE, Operator.STARTS_WITH, "E"),
                ),
                LineField.RATE: rule("Requested Rate"),
            },
            "inpatient_line": {LineField.START_ON: rule("Requested Start Date", required=True)},
            "length_of_stay": LengthOfStay(
                title="Length of stay",
                fields={
                    LineField.START_ON: rule("Requested Start Date", required=True),
                    LineField.END_ON: rule("Requested End Date", required=True),
                    LineField.DURATION: rule("Requested Duration", required=True),
                },
            ),
            "checks": {},
            "rules_decided_by": DecidingDate.RECEIPT,
            "disclaimers": {
                "v1": Disclaimer(
                    style=DisclaimerStyle.CHECKBOX, title="Before you submit", text="…", accept_label="I understand."
                )
            },
            **keys,
        },
    )


def servicing() -> ProviderRule:
    """The servicing provider of an outpatient request, whose fax number must be known."""
    return ProviderRule(
        role=ProviderRole.SERVICING,
        label="Servicing Provider",
        categories=(Category.OUTPATIENT,),
        required=True,
        fax_required=True,
    )


def catalogue(**keys: Any) -> Catalogue:
    """Three services, three places and the lists fields choose from."""
    return replace(
        shipped().catalogue,
        **{
            "services": {
                "dme": Service(label="DME", code="12", categories=(Category.OUTPATIENT,), places=("home", "office")),
                "medical": Service(label="Medical / Surgical", categories=(Category.OUTPATIENT, Category.INPATIENT)),
                "old": Service(
                    label="Old",
                    categories=(Category.OUTPATIENT,),
                    until_on=date(2025, 12, 31),
                    procedures_required=False,
                ),
                "surgery": Service(
                    label="Surgery", code="06", categories=(Category.INPATIENT,), procedures_required=True
                ),
            },
            "places": {
                "home": PlaceOfService(label="Home", pos="12", categories=(Category.OUTPATIENT,)),
                "office": PlaceOfService(label="Office", pos="11"),
                "hospital": PlaceOfService(label="Hospital", pos="21", categories=(Category.INPATIENT,)),
                "clinic": PlaceOfService(label="Clinic", pos="49", from_on=date(2027, 1, 1)),
            },
            "lists": {
                "admission_sources": {"elective": "Elective", "emergency": "Emergency"},
                "frequencies": {"daily": "Daily", "weekly": "Weekly"},
                "document_types": {"order": "Physician Order", "plan": "Plan of Care", "other": "Other"},
            },
            **keys,
        },
    )


def documents(rules: Mapping[str, DocumentRule] | None = None, *, type_required: bool = False) -> Documents:
    """Uploads, with these rules."""
    return replace(shipped().documents, rules=rules or {}, type_required=type_required)


def document_rule(**keys: Any) -> DocumentRule:
    """A physician's order, required of outpatient requests unless told otherwise."""
    return DocumentRule(
        **{
            "document_type": "order",
            "when": OUTPATIENT,
            "required": True,
            "text": "Signed in the last 90 days.",
            **keys,
        }
    )


def contract(**parts: Any) -> Contract:
    """The small contract; every part can be replaced, those of ``intake`` and ``catalogue`` one by one."""
    names = set(Intake.__dataclass_fields__)
    own = {name: parts.pop(name) for name in list(parts) if name in names}
    return replace(
        shipped(),
        **{
            "intake": intake(**own),
            "catalogue": catalogue(),
            "questionnaires": {},
            "documents": documents(),
            "features": dict.fromkeys(Feature, True),
            "words": {Word.MEMBER: "Member"},
            "clocks": {},
            "calendar": Calendar(add={}, remove=(), half_days_count=True),
            **parts,
        },
    )


def member(**keys: Any) -> MemberFacts:
    """A woman of 46 in one programme."""
    return MemberFacts(
        **{"birth_date": date(1980, 5, 17), "sex": "female", "programs": ("plan_a",), "is_temporary": False, **keys}
    )


def provider(name: str = "Pine Clinic", **keys: Any) -> ProviderFacts:
    """A clinic with a fax number."""
    return ProviderFacts(**{"name": name, "npi": "1234567893", "kind": "organization", "fax": "601-555-0100", **keys})


def line(code: str = "E0141", *, id: str = "1", system: CodeSystem = CodeSystem.HCPCS, **values: LineValue) -> Line:  # noqa: A002
    """A procedure line with everything an outpatient request needs; ``start_on=None`` leaves a value out."""
    filled: dict[str, LineValue] = {
        "start_on": date(2026, 12, 1),
        "end_on": date(2026, 12, 31),
        "quantity": 1,
        "frequency": "daily",
        **values,
    }
    return Line(id, system, code, "", {LineField(name): value for name, value in filled.items()})


def stay(**values: LineValue) -> Stay:
    """Ten days, both ends counted."""
    filled: dict[str, LineValue] = {
        "start_on": date(2026, 12, 1),
        "end_on": date(2026, 12, 10),
        "duration": 10,
        **values,
    }
    return Stay({LineField(name): value for name, value in filled.items()})


def diagnosis(code: str = "M17.11", system: CodeSystem = CodeSystem.ICD10CM) -> Coded:
    """A diagnosis."""
    return Coded(system, code)


def document(
    document_type: str = "order",
    *,
    id: str = "d1",  # noqa: A002
    name: str = "order.pdf",
    dated_on: date | None = None,
) -> DocumentFacts:
    """An upload."""
    return DocumentFacts(id, document_type, name, dated_on)


def draft(category: Category = Category.OUTPATIENT, **parts: Any) -> Draft:
    """A draft the small contract finds complete; every part can be replaced, case fields by ``fields=changed(…)``."""
    inpatient = category is Category.INPATIENT
    return Draft(
        **{
            "category": category,
            "member": member(),
            "providers": {
                ProviderRole.REQUESTING: provider(),
                ProviderRole.ATTENDING: provider("Dr. Rowan", kind="individual"),
                (ProviderRole.FACILITY if inpatient else ProviderRole.SERVICING): provider("Pine Hospital"),
            },
            "fields": fields(category),
            "diagnoses": (diagnosis(),),
            "stay": stay() if inpatient else None,
            "lines": () if inpatient else (line(),),
            "disclaimer_accepted": True,
            **parts,
        }
    )


def fields(category: Category = Category.OUTPATIENT, **values: str | date | time | None) -> dict[CaseField, Any]:
    """The case fields of a complete draft with some of them changed."""
    own: dict[str, Any] = (
        {"service_type": "medical", "admission_source": "elective", "admit_on": date(2026, 12, 1)}
        if category is Category.INPATIENT
        else {"service_type": "dme"}
    )
    filled = {"request_type": "prior_auth", "urgency": "standard", **own, **values}
    return {CaseField(name): value for name, value in filled.items()}


def answered(name: str = "equipment", **answers: Answer) -> dict[str, dict[str, Answer]]:
    """Answers to one questionnaire, as a draft keeps them."""
    return {name: answers}
