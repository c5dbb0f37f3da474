"""A request as its rules see it: a frozen snapshot. Knows no row, form or contract; it holds PHI, so it has no repr."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from decimal import Decimal

from app.domain.answers import Answers
from app.domain.conditions import Facts
from tenancy.vocabulary import CaseField, Category, CodeSystem, LineField, ProviderRole

FieldValue = str | date | time | None
LineValue = str | int | Decimal | date | tuple[str, ...] | None


@dataclass(frozen=True, slots=True, repr=False)
class MemberFacts:
    """What rules may know of the member."""

    birth_date: date
    sex: str
    programs: tuple[str, ...]
    is_temporary: bool


@dataclass(frozen=True, slots=True, repr=False)
class ProviderFacts:
    """What rules may know of a provider on the request; an empty text is not known."""

    name: str
    npi: str = ""
    taxonomy: str = ""
    kind: str = ""
    fax: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class Coded:
    """A diagnosis: coding system, code, description."""

    system: CodeSystem
    code: str
    description: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class Line:
    """A procedure or item asked for; ``id`` names it in messages' anchors."""

    id: str
    system: CodeSystem
    code: str
    description: str = ""
    values: Mapping[LineField, LineValue] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, repr=False)
class Stay:
    """The length-of-stay block of an inpatient request."""

    values: Mapping[LineField, LineValue] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, repr=False)
class DocumentFacts:
    """An active upload; an empty document type was not chosen, without ``dated_on`` its date is not known."""

    id: str
    document_type: str
    name: str
    dated_on: date | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Approval:
    """Something approved for the member before; ``numbers`` are those it can be named by, a stay has no code."""

    numbers: tuple[str, ...]
    service: str
    code: str = ""
    units: int = 0
    starts_on: date | None = None
    ends_on: date | None = None
    is_of_this_case: bool = False


@dataclass(frozen=True, slots=True, repr=False)
class Draft:
    """One request with everything its rules look at.

    ``answers`` are kept per questionnaire, those off the path too; ``completed`` names the questionnaires
    somebody marked as complete. ``earlier`` is ``None`` where nobody looked up what was approved before.
    """

    category: Category
    member: MemberFacts | None = None
    providers: Mapping[ProviderRole, ProviderFacts] = field(default_factory=dict)
    fields: Mapping[CaseField, FieldValue] = field(default_factory=dict)
    diagnoses: tuple[Coded, ...] = ()
    stay: Stay | None = None
    lines: tuple[Line, ...] = ()
    answers: Mapping[str, Answers] = field(default_factory=dict)
    completed: frozenset[str] = frozenset()
    documents: tuple[DocumentFacts, ...] = ()
    note_count: int = 0
    disclaimer_accepted: bool = False
    earlier: tuple[Approval, ...] | None = None
    is_extension: bool = False
    """Whether it continues a case that was submitted before (EXT-02)."""
    facts_by_day: dict[date, Facts] = field(default_factory=dict, init=False, compare=False)
    """What :mod:`app.domain.facts` has derived from it, once for every day it was asked for."""
