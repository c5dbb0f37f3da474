"""The plain values that the pages of a draft show. Knows no row, no rule and no template."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from app.cases.records import MemberCard
from app.domain.errors import FieldFault
from tenancy.contract.intake import Disclaimer
from tenancy.vocabulary import DisclaimerStyle


@dataclass(frozen=True, slots=True, repr=False)
class FieldView:
    """One input as it is drawn: what it asks, what stands in it, what is wrong with that."""

    name: str
    label: str
    hint: str
    entry: str
    text: str
    choices: Sequence[tuple[str, str]]
    is_required: bool
    error: str = ""
    has_focus: bool = False
    is_unkept: bool = False
    """Whether what stands in it could not be read, so that it is on the page only."""
    groups: Mapping[str, str] = field(default_factory=dict)
    """The heading a choice stands under, by its value."""

    @property
    def grouped(self) -> Mapping[str, Sequence[tuple[str, str]]]:
        """The choices by their heading, both in the order of the choices; nothing where none has a heading."""
        headings = dict.fromkeys(self.groups.get(value, "") for value, _ in self.choices)
        if not any(headings):
            return {}
        return {one: [pair for pair in self.choices if self.groups.get(pair[0], "") == one] for one in headings}


@dataclass(frozen=True, slots=True, repr=False)
class LineView:
    """A procedure line with its inputs."""

    id: UUID
    code: str
    system: str
    system_label: str
    description: str
    is_kept: bool
    fields: Sequence[FieldView]
    need: str = ""
    need_text: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class ProviderView:
    """A part on the request and who plays it; without a name nobody does yet."""

    role: str
    label: str
    is_required: bool
    change_label: str
    name: str = ""
    npi: str = ""
    specialty: str = ""
    address: str = ""
    phone: str = ""
    fax: FieldView | None = None
    needs: bool = False


@dataclass(frozen=True, slots=True, repr=False)
class DiagnosisView:
    """A diagnosis as the ordered list shows it."""

    id: UUID
    title: str
    text: str
    system: str
    is_kept: bool
    first_mark: str = "Primary"


@dataclass(frozen=True, slots=True)
class Hit:
    """A code that can be picked; ``value`` names its system too."""

    value: str
    code: str
    text: str
    more: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class CodeBox:
    """The box that finds and adds codes, with what was typed into it and what was found."""

    id: str
    kind: str
    label: str
    hint: str
    systems: Sequence[tuple[str, str]]
    system: str
    text: str = ""
    error: str = ""
    has_focus: bool = False
    hits: Sequence[Hit] | None = None
    at_hand: Sequence[Hit] = ()


@dataclass(frozen=True, slots=True)
class Overlap:
    """An earlier request for the same member that looks alike."""

    number: str
    service: str
    service_from: date | None
    service_until: date | None
    codes: Sequence[str]


@dataclass(frozen=True, slots=True)
class QuestionnaireView:
    """A questionnaire that belongs to the request."""

    id: str
    title: str
    intro: str
    is_required: bool
    is_complete: bool
    is_started: bool
    left: int


@dataclass(frozen=True, slots=True, repr=False)
class DocumentView:
    """An uploaded file with the choice of its type."""

    id: UUID
    name: str
    size: int
    at: datetime
    by: str
    type: FieldView
    date: FieldView | None = None
    held: str = ""
    """Why it is not handed out; empty if it is."""


@dataclass(frozen=True, slots=True)
class WantedView:
    """A document the contract wants with this request."""

    anchor: str
    labels: Sequence[str]
    text: str
    is_required: bool
    is_there: bool


@dataclass(frozen=True, slots=True, repr=False)
class NoteView:
    """A note, as written."""

    body: str
    author: str
    at: datetime
    kind: str


@dataclass(frozen=True, slots=True, repr=False)
class SectionView:
    """One section or step of a draft with everything in it."""

    name: str
    title: str
    group: str
    intro: str
    next_label: str
    state: str
    count: int
    say: str
    seen: str
    saves_itself: bool
    is_open: bool = False
    fields: Sequence[FieldView] = ()
    stay: Sequence[FieldView] = ()
    box: CodeBox | None = None
    lines: Sequence[LineView] = ()
    providers: Sequence[ProviderView] = ()
    diagnoses: Sequence[DiagnosisView] = ()
    questionnaires: Sequence[QuestionnaireView] = ()
    documents: Sequence[DocumentView] = ()
    document_types: Sequence[tuple[str, str]] = ()
    wanted: Sequence[WantedView] = ()
    notes: Sequence[NoteView] = ()
    unsaved_note: str = ""
    faults: Sequence[FieldFault] = ()
    needs_nothing: bool = False
    """Whether nothing in the request needs an authorization, so that it need not be sent."""

    @property
    def has_errors(self) -> bool:
        """Whether something wrong is told beside an input."""
        return any(one.error for one in self.every_field())

    @property
    def shape(self) -> object:
        """What is asked and told, without what was answered: when it changes, the section has to be drawn again."""
        asked = [(one.name, one.is_required, tuple(one.choices), one.error) for one in self.every_field()]
        parts = [(one.role, one.name) for one in self.providers], [(one.id, one.need_text) for one in self.lines]
        lists = self.diagnoses, self.questionnaires, self.wanted, [one.id for one in self.documents], len(self.notes)
        return asked, parts, lists

    def every_field(self) -> list[FieldView]:
        """Every input of the section, in order."""
        faxes = [one.fax for one in self.providers if one.fax]
        files = [each for one in self.documents for each in (one.type, one.date) if each]
        return [*faxes, *self.fields, *self.stay, *(each for line in self.lines for each in line.fields), *files]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing missing, with the link that leads to it; shaped for the panel."""

    text: str
    section: str
    section_name: str
    anchor: str
    questionnaire: str
    severity: str


@dataclass(frozen=True, slots=True, repr=False)
class DraftPage:
    """A draft as its pages show it."""

    id: UUID
    version: int
    release: str
    service: str
    category: str
    category_label: str
    is_stepwise: bool
    member: MemberCard
    started_at: datetime
    saved_at: datetime
    saved_by: str
    request_label: str
    number: str
    """The Case ID of a case that goes on; empty until the first submission."""
    sections: Sequence[SectionView]
    findings: Sequence[Finding]
    is_ready: bool
    disclaimer: Disclaimer | None
    is_accepted: bool
    overlaps: Sequence[Overlap] = ()

    def section(self, name: str) -> SectionView:
        """The section of this name. Raises KeyError where the contract has none."""
        for section in self.sections:
            if section.name == name:
                return section
        raise KeyError(name)

    @property
    def has_box(self) -> bool:
        """Whether the disclaimer is accepted by a box on the page rather than in a dialog."""
        return self.disclaimer is not None and self.disclaimer.style is DisclaimerStyle.CHECKBOX

    def following(self, name: str) -> SectionView | None:
        """The section after this one."""
        names = [section.name for section in self.sections]
        at = names.index(name) + 1
        return self.sections[at] if at < len(names) else None

    def preceding(self, name: str) -> SectionView | None:
        """The section before this one."""
        at = [section.name for section in self.sections].index(name)
        return self.sections[at - 1] if at else None
