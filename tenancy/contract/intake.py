"""How a request is made: members, the draft's sections and fields, documents, notes, submission."""

from collections.abc import Mapping
from dataclasses import dataclass

from tenancy.contract.conditions import Condition
from tenancy.contract.declare import EMPTY, Dated, key
from tenancy.vocabulary import (
    CaseColumn,
    CaseField,
    Category,
    Channel,
    ChannelUse,
    CodeSystem,
    DecidingDate,
    DisclaimerStyle,
    LineField,
    MemberField,
    NoteVisibility,
    Presentation,
    ProviderRole,
    SectionName,
    Severity,
    Urgency,
    WindowStart,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberInput:
    """One field of the temporary member form."""

    label: str = key("Label shown.")
    required: bool = key("Whether it must be filled.")
    list: str = key("Name of the list its choices come from; empty for typed text.", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Members:
    """Finding members and adding temporary ones."""

    number_label: str = key("What the member ID is called.")
    number_hint: str = key("Where to find it.", default="")
    search_rule: str = key("The sentence that says which combination is required.")
    not_found: str = key("What the list says when nobody is found.")
    add_temporary_label: str = key("Button that adds a temporary member.")
    temporary_advice: str = key("When to use a temporary member.")
    temporary_save_text: str = key("What the form says before it is saved.")
    facility_address_label: str = key("Check box that copies the facility's address.")
    temporary_fields: Mapping[MemberField, MemberInput] = key("Fields of the form, in order.")
    history_title: str = key("Title of a member's earlier requests.")
    history_columns: tuple[CaseColumn, ...] = key(
        "Columns of a member's earlier requests, in order.",
        default=(
            CaseColumn.CASE,
            CaseColumn.STATUS,
            CaseColumn.REQUEST_INFO,
            CaseColumn.SERVICE_TYPE,
            CaseColumn.SERVICE_DATES,
            CaseColumn.PROCEDURES,
        ),
    )
    history_page_size: int = key("Rows of that table on one page.", default=10, minimum=5, maximum=100)
    duplicate_text: str = key("What users are asked to check before a new request.")


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldRule(Dated):
    """A field of a request: when it is shown and when it must be filled."""

    label: str = key("Label shown.")
    hint: str = key("Help under the label.", default="")
    list: str = key("Name of the list its choices come from; empty where the field has its own.", default="")
    categories: tuple[Category, ...] = key("Categories it is asked in; empty for both.", default=())
    shown_when: Condition | None = key("Condition for showing it.", default=None)
    required: bool = key("Whether it must be filled whenever shown.", default=False)
    required_when: Condition | None = key("Condition under which it must be filled.", default=None)
    default: str = key("Value it starts with.", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionRule:
    """One section or step of a draft."""

    section: SectionName = key("Which part of the draft.")
    title: str = key("Title shown.")
    group: str = key("Heading that neighbouring sections share; empty for none.", default="")
    intro: str = key("A sentence at the top.", default="")
    next_label: str = key("Button that leads on to the following step.", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderRule:
    """One provider role on a request."""

    role: ProviderRole = key("The part played.")
    label: str = key("Label shown.")
    categories: tuple[Category, ...] = key("Categories it belongs to; empty for both.", default=())
    required: bool = key("Whether it must be chosen.", default=False)
    prefilled: bool = key("Whether it starts as the user's own provider.", default=False)
    fax_required: bool = key("Whether a fax number must be known.", default=False)
    change_label: str = key("Button that changes it.", default="Change")


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestType(Dated):
    """A clinical request type such as Prior Auth."""

    label: str = key("Label shown.")
    hint: str = key("When to choose it.", default="")
    categories: tuple[Category, ...] = key("Categories it may be used in; empty for both.", default=())
    new_case: bool = key("Whether a new case may start with it (else only an action on a case).", default=True)
    window_starts: WindowStart = key(
        "Day the window is counted from: receipt, admission, or earlier_end, the last day of the earlier approval.",
        default=WindowStart.RECEIPT,
    )
    earliest_start_days: int | None = key("Start may be at most this many days before that day.", default=None)
    latest_start_days: int | None = key("Start may be at most this many days after that day.", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class CodingRule:
    """How diagnoses or procedures are coded."""

    systems: tuple[CodeSystem, ...] = key("Coding systems users may search, the default first.")
    labels: Mapping[CodeSystem, str] = key("What users call each system.")
    typed_pattern: str = key("Pattern of a code that may be typed without being found; empty for none.", default="")
    maximum: int = key("Most entries.", minimum=1, maximum=100)
    required: Mapping[Category, bool] = key("Whether at least one is needed, per category.")


@dataclass(frozen=True, slots=True, kw_only=True)
class LengthOfStay:
    """The length-of-stay block of an inpatient request."""

    title: str = key("Title of the block.")
    fields: Mapping[LineField, FieldRule] = key("Its fields, in order.")


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckRule(Dated):
    """A rule that must not hold; when it does, the message is shown beside the field."""

    when: Condition = key("The condition that makes the request wrong.")
    severity: Severity = key("error stops submission, warning does not.")
    section: SectionName = key("Section the message is shown in.")
    message: str = key("What is wrong and what to do.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Disclaimer(Dated):
    """The text accepted before submission."""

    style: DisclaimerStyle = key("checkbox or dialog.")
    title: str = key("Title of the dialog or heading of the check box.")
    text: str = key("The disclaimer.")
    accept_label: str = key("Text of the check box or of the button that agrees.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """Sentences of the draft page."""

    start_title: str = key("Title of the page that starts a request.")
    category_label: str = key("Label of the inpatient/outpatient choice.")
    to_member_label: str = key("Button from the case parameters to the member search.", default="Next")
    create_label: str = key("Button that opens the draft.")
    submit_label: str = key("Button that submits.")
    cancel_label: str = key("Button that abandons a draft.")
    jump_to_submit: str = key("Link that skips optional steps; empty for none.", default="")
    missing_title: str = key("Heading of the list of what is missing.")
    submitted_text: str = key("What the page says after submission.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """The making of a request."""

    presentation: Presentation = key("sections or steps.")
    categories: Mapping[Category, str] = key("Label of each category.")
    sections: tuple[SectionRule, ...] = key("Sections in order.")
    wording: Wording = key("Sentences of the draft page.")
    providers: tuple[ProviderRule, ...] = key("Provider roles in order.")
    fields: Mapping[CaseField, FieldRule] = key("Fields of service details and request, in order.")
    request_types: Mapping[str, RequestType] = key("Clinical request types.")
    urgencies: Mapping[Urgency, str] = key("Label of each urgency.")
    diagnoses: CodingRule = key("Coding of diagnoses.")
    procedures: CodingRule = key("Coding of procedures.")
    outpatient_line: Mapping[LineField, FieldRule] = key("Fields of an outpatient procedure line, in order.")
    inpatient_line: Mapping[LineField, FieldRule] = key("Fields of an inpatient procedure line, in order.")
    length_of_stay: LengthOfStay = key("The length-of-stay block.")
    checks: Mapping[str, CheckRule] = key("Rules across fields.")
    rules_decided_by: DecidingDate = key("Which date decides whether a dated rule is in force.")
    disclaimers: Mapping[str, Disclaimer] = key("Versions of the disclaimer.")
    draft_days: int = key("Days an untouched draft is kept.", minimum=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Service(Dated):
    """One service type of the catalogue."""

    label: str = key("Label shown after the code.")
    group: str = key("Heading it stands under in the list of services; empty for none.", default="")
    code: str = key("The contract's own code; may be blank.", default="", pattern=r"[A-Z0-9]{0,4}")
    categories: tuple[Category, ...] = key("Categories it may be asked in.")
    places: tuple[str, ...] = key("Places of service allowed; empty for all.", default=())
    x12_service_type: str = key(
        "X12 service type in exported lists; empty if unknown.", default="", pattern=r"[A-Z0-9]{0,2}"
    )
    systems: tuple[CodeSystem, ...] = key(
        "Coding systems its procedures may be of; empty for all of intake.procedures.", default=()
    )
    procedures_required: bool | None = key("Whether a procedure is needed; empty to follow the category.", default=None)
    channels: Mapping[Channel, ChannelUse] = key(
        "Ways to ask for it, and whether each must, should, may or may not be taken; a way left out may not."
        " Empty: the portal, and whatever the contract says elsewhere.",
        default=EMPTY,
    )
    channel_text: str = key(
        "Where to send it instead, in words: said when the portal is not the way, or another way is preferred.",
        default="",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceOfService(Dated):
    """A place of service and its public two-digit code, as exported lists name it."""

    label: str = key("Label shown.")
    pos: str = key("CMS place-of-service code.", pattern=r"\d{2}")
    categories: tuple[Category, ...] = key("Categories it may be used in; empty for both.", default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """Services, places and every other list users choose from."""

    services: Mapping[str, Service] = key("Service types.")
    places: Mapping[str, PlaceOfService] = key("Places of service.")
    lists: Mapping[str, Mapping[str, str]] = key("Further lists: value → label, in order.")


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentRule(Dated):
    """A document wanted or required with certain requests."""

    document_type: str = key("Value of the list document_types.")
    when: Condition = key("Requests it belongs to.")
    required: bool = key("Whether submission waits for it.")
    alternatives: tuple[str, ...] = key("Other document types that do as well.", default=())
    text: str = key("What is wanted, in words.")
    form: str = key("Name and version of the form it must be on; empty for any.", default="")
    signed_by: str = key("Who must have signed it, in words; empty for nobody in particular.", default="")
    max_age_days: int | None = key(
        "Oldest it may be on the day of receipt, in calendar days; its date is then asked beside the file.",
        default=None,
        minimum=1,
        maximum=3660,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Documents:
    """Uploads."""

    extensions: tuple[str, ...] = key("Allowed file name endings, lower case without dot.")
    max_megabytes: int = key("Largest file in megabytes (1 MB = 1,048,576 bytes).", minimum=1, maximum=100)
    type_required: bool = key("Whether a document type must be chosen.")
    advice: tuple[str, ...] = key("Advice shown beside the upload, one sentence each.")
    success_text: str = key("What is said after an upload.")
    rules: Mapping[str, DocumentRule] = key("Documents wanted or required.")


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteKind:
    """A kind of note."""

    label: str = key("Label shown.")
    visibility: NoteVisibility = key("external: provider and payer; internal: payer only.")
    by_provider: bool = key("Whether providers may write it.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Notes:
    """Notes on a request; never changed or deleted once saved."""

    kinds: Mapping[str, NoteKind] = key("Kinds of notes.")
    default_kind: str = key("Kind of a provider's plain note.")
    immutable_text: str = key("The sentence that says a note cannot be changed.")
    max_length: int = key("Longest note in characters.", minimum=500, maximum=20000)
