"""What follows submission: calendar, clocks, actions, rights, letters, notices, messages, reports."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from types import MappingProxyType

from tenancy.contract.conditions import Condition
from tenancy.contract.declare import EMPTY, Dated, Span, key
from tenancy.vocabulary import (
    ActionChannel,
    ActionKind,
    Asker,
    ClockStart,
    Decision,
    Event,
    Expiry,
    LateAnswer,
    LetterChannel,
    LetterKind,
    Outcome,
    ReviewerLevel,
    Silence,
    Told,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """Business days: Monday to Friday without the state's holidays, with the contract's own changes."""

    add: Mapping[date, str] = key("Further days off and their names.")
    remove: tuple[date, ...] = key("State holidays that are working days for the payer.")
    half_days_count: bool = key("Whether a half-day holiday is a business day.")
    closes_early: Mapping[date, time] = key(
        "Business days on which the office closes earlier than usual, and when: half holidays.",
        default=MappingProxyType({}),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockRule(Dated):
    """A decision deadline; of several that apply the earliest wins."""

    when: Condition = key("Requests it belongs to.")
    starts: ClockStart = key("Event it runs from.")
    length: Span = key("How long it runs.")
    rolls_forward: bool = key("Whether a last day that is no business day moves to the next one.", default=False)
    pauses_for_information: bool = key("Whether it stops while information is awaited.")
    extension: Span | None = key("Longest extension, with a notice.", default=None)
    on_expiry: Expiry = key("What happens when it runs out.")
    expiry_reason: str = key("Reason of review.reasons that is then recorded; empty if it is escalated.", default="")
    citation: str = key("Law or contract clause.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """Something a provider may ask for on a submitted case."""

    label: str = key("Label shown.")
    text: str = key("What to write or attach.")
    offered_when: Condition | None = key("Requests it is offered on; empty for all.", default=None)
    documents_required: bool = key("Whether a document must come with it.", default=False)
    note_kind: str = key("Kind of note it is stored as.", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class RevisionLimits:
    """What a revision may not do."""

    blocked_when_expired: bool = key("Whether an expired authorization can no longer be revised.")
    once_billed: tuple[str, ...] = key("What cannot change once billed, one sentence each.")


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtensionRule:
    """Continuing an inpatient stay as a further request on the case."""

    confirm_text: str = key("The question asked first.")
    request_type: str = key("Request type of the new request.")
    new_procedures: bool = key("Whether codes may be added.")
    start_follows_last_end: bool = key("Whether the start is filled from the last request's end.")
    diagnosis_warning: str = key("Warning that diagnoses change for the whole case.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Actions:
    """Requests after submission."""

    channel: ActionChannel = key("forms or notes.")
    kinds: Mapping[ActionKind, Action] = key("Actions offered, in order.")
    revision: RevisionLimits = key("Limits of revisions.")
    extension: ExtensionRule = key("Extensions.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Right(Dated):
    """A step of the ladder after a decision."""

    label: str = key("Name of the right.")
    after: tuple[Outcome, ...] = key("Outcomes that open it.")
    who: tuple[Asker, ...] = key("Who may use it.")
    window: Span | None = key("How long it stays open; empty if the contract sets none.", default=None)
    window_starts: ClockStart = key("Event the window runs from.")
    minimum_slots: int = key("Fewest dates and times to offer (peer-to-peer).", default=0)
    slot_minutes: int = key("Length of a talk in minutes, a multiple of 15 (peer-to-peer).", default=30, minimum=15)
    slot_days: int = key(
        "Latest day of a talk, counted from the day it is asked for (peer-to-peer).", default=30, minimum=1
    )
    grounds: Mapping[str, str] = key(
        "Why somebody may ask, one of which is chosen; empty for words alone.", default=EMPTY
    )
    most: int = key("How often it may be used on one request.", default=1, minimum=1)
    decided_within: Span | None = key(
        "How long the payer has to decide it; empty if the contract sets none.", default=None
    )
    supply: tuple[str, ...] = key("What must be supplied, one item each.")
    documents_required: bool = key("Whether documents must be uploaded.", default=False)
    exhaust_first: tuple[str, ...] = key("Rights of which at least one must be used first.", default=())
    form: str = key("Name of the paper form; empty if none.", default="")
    address: tuple[str, ...] = key("Where to send it by post.", default=())
    text: str = key("How it works, in words.")
    citation: str = key("Law or guide it rests on.")


@dataclass(frozen=True, slots=True, kw_only=True)
class CertifyReason:
    """Why a line is decided as it is."""

    label: str = key("The reason in plain words, as providers and letters read it.")
    decisions: tuple[Decision, ...] = key("Decisions it may stand for.")
    outcome: Outcome | None = key("Kind of an adverse decision; it opens the rights after it.", default=None)
    criterion: str = key("The clinical rule in words, filled in for the reviewer to narrow down.", default="")
    change: str = key("What would change the decision, filled in for the reviewer.", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class InformationRule:
    """Asking the provider for what is missing."""

    window: Span = key("How long the provider has to answer.")
    items: Mapping[str, str] = key("What one may ask for, as a checklist.")
    most: int = key("How often one request may be sent back for information.", minimum=1)
    late: LateAnswer = key("What happens to an answer that comes too late.")
    on_silence: Silence = key("What happens when no answer came in time.")
    silence_reason: str = key("Reason of review.reasons for closing a request then; empty if none is.", default="")
    citation: str = key("Law or contract clause.")


@dataclass(frozen=True, slots=True, kw_only=True)
class AutoApproval(Dated):
    """A rule that approves a request as asked, without a reviewer. There is none that denies."""

    when: Condition = key("Requests it approves.")
    reason: str = key("Reason of review.reasons that is recorded.")
    citation: str = key("Law or contract clause.")


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelDemand(Dated):
    """A kind of request that only some levels may decide."""

    when: Condition = key("Requests it belongs to, by service, code, age or whatever else is known.")
    level: ReviewerLevel = key("The lowest level that may take these decisions.")
    decisions: tuple[Decision, ...] = key("Decisions it takes that level for.")
    citation: str = key("Law or contract clause.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """The payer's reviewers."""

    may: Mapping[ReviewerLevel, tuple[Decision, ...]] = key("Decisions each level may take.")
    levels: Mapping[ReviewerLevel, str] = key("What users see for each level.")
    demands: Mapping[str, LevelDemand] = key(
        "Requests that take a higher level than review.may says; all that apply hold.", default=EMPTY
    )
    reasons: Mapping[str, CertifyReason] = key("Reasons a decision is given with.")
    information: InformationRule = key("Requests for information.")
    auto_approvals: Mapping[str, AutoApproval] = key("Rules that approve at once, in order; empty if none does.")
    due_soon: Span = key("How long before its deadline a request counts as due soon.")
    expiring_days: int = key("Days before its end in which an authorization counts as expiring.", minimum=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A letter kind and how it travels."""

    title: str = key("Title of the letter.")
    channels: tuple[LetterChannel, ...] = key("Ways it is sent.")
    paragraphs: tuple[str, ...] = key("Wording; {case_number} and other named values are filled in.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Letters:
    """Determination letters."""

    kinds: Mapping[LetterKind, Letter] = key("Letters by kind.")
    fax_text: str = key("What is said about letters sent by fax; empty if none.", default="")
    taglines: Mapping[str, str] = key("Language taglines by language code.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """An e-mail without health data. Only {case_number}, {portal_url} and {contract} are filled in."""

    subject: str = key("Subject line.")
    paragraphs: tuple[str, ...] = key("Body, one paragraph each.")
    to: tuple[Told, ...] = key(
        "Who of the provider's people it goes to: the submitter, the group's administrators.",
        default=(Told.SUBMITTER,),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Notices:
    """E-mail notifications and messages."""

    sender_name: str = key("Name of the sender.")
    sender: str = key("Address of the sender.", pattern=r"[^@\s]+@[^@\s]+\.[^@\s]+")
    events: Mapping[Event, Notification] = key("Notification per event.")
    message_warning: str = key("Warning shown before a message is written.")
    reply_prefix: str = key("What a reply's subject starts with.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reports:
    """Reports for providers."""

    provider_reports: bool = key("Whether this contract has reports for providers.")
    none_text: str = key("What the page says when there are none.")
