"""Words of what follows submission: actions, rights, reviews, letters, events."""

from enum import StrEnum


class ActionChannel(StrEnum):
    """How requests after submission are made: forms in a menu, or notes with rules."""

    FORMS = "forms"
    NOTES = "notes"


class ActionKind(StrEnum):
    """What a provider may ask for on a submitted case."""

    ADDITIONAL_CLINICAL = "additional_clinical"
    REVISION = "revision"
    RECONSIDERATION = "reconsideration"
    PEER_TO_PEER = "peer_to_peer"
    EXTENSION = "extension"
    DISCHARGE = "discharge"
    COPY = "copy"
    CANCEL = "cancel"


class Outcome(StrEnum):
    """Outcomes after which a right may open."""

    ADVERSE_MEDICAL = "adverse_medical"
    ADVERSE_TECHNICAL = "adverse_technical"
    PARTIAL = "partial"
    ANY = "any"


class Asker(StrEnum):
    """Who may use a right."""

    MEMBER = "member"
    MEMBER_REPRESENTATIVE = "member_representative"
    ORDERING_PROVIDER = "ordering_provider"
    ATTENDING_PHYSICIAN = "attending_physician"
    PROVIDER = "provider"
    FACILITY_REPRESENTATIVE = "facility_representative"


class LetterKind(StrEnum):
    """Letters a contract sends; the word is part of the file name (LTR-04)."""

    INITIAL_APPROVAL = "InitialApproval"
    PARTIAL_APPROVAL = "PartialApproval"
    DENIAL = "Denial"
    INFORMATION_REQUEST = "InformationRequest"
    RECONSIDERATION_UPHELD = "ReconsiderationUpheld"
    RECONSIDERATION_OVERTURNED = "ReconsiderationOverturned"
    EXTENSION_APPROVAL = "ExtensionApproval"
    VOID = "Void"


class LetterChannel(StrEnum):
    """Ways a letter reaches a provider or member."""

    PORTAL = "portal"
    FAX = "fax"
    MAIL = "mail"


class Event(StrEnum):
    """Events a notification may answer."""

    CASE_RECEIVED = "case_received"
    STATUS_CHANGED = "status_changed"
    INFORMATION_REQUESTED = "information_requested"
    MESSAGE_SENT = "message_sent"


class Told(StrEnum):
    """Who of the provider's people a notification goes to."""

    SUBMITTER = "submitter"
    ADMINISTRATORS = "administrators"


class ReviewerLevel(StrEnum):
    """Qualifications of the payer's reviewers."""

    NURSE = "nurse"
    PHYSICIAN = "physician"


class LateAnswer(StrEnum):
    """What happens to an answer that comes after its last moment."""

    ACCEPT = "accept"
    REFUSE = "refuse"


class Silence(StrEnum):
    """What happens when asked information has not come in time; never a denial."""

    RESUME = "resume"
    VOID = "void"
    WAIT = "wait"


class Decision(StrEnum):
    """What a reviewer may decide about a line."""

    APPROVE = "approve"
    MODIFY = "modify"
    DENY = "deny"
    VOID = "void"
    PEND = "pend"
