"""The closed lists of words a contract may use. Knows nothing of files, databases or pages."""

from enum import StrEnum


class Category(StrEnum):
    """Whether care is given to an admitted patient; the guides call it the case's request type or category."""

    INPATIENT = "inpatient"
    OUTPATIENT = "outpatient"


class Presentation(StrEnum):
    """How a draft is laid out: expandable sections on one page, or one step a page."""

    SECTIONS = "sections"
    STEPS = "steps"


class SectionName(StrEnum):
    """The parts of a draft, each with its own form and completeness."""

    MEMBER = "member"
    PROVIDERS = "providers"
    SERVICE_DETAILS = "service_details"
    DIAGNOSES = "diagnoses"
    REQUEST = "request"
    PROCEDURES = "procedures"
    QUESTIONNAIRES = "questionnaires"
    DOCUMENTS = "documents"
    NOTES = "notes"
    SUBMIT = "submit"


class CaseField(StrEnum):
    """Single-valued fields of a request that a contract may ask for."""

    SERVICE_TYPE = "service_type"
    PLACE_OF_SERVICE = "place_of_service"
    ADMISSION_SOURCE = "admission_source"
    ADMIT_ON = "admit_on"
    REQUEST_TYPE = "request_type"
    URGENCY = "urgency"
    NOTIFICATION_ON = "notification_on"
    NOTIFICATION_TIME = "notification_time"
    CONTACT_NAME = "contact_name"
    CONTACT_PHONE = "contact_phone"


class LineField(StrEnum):
    """Fields of a procedure line or of the length-of-stay block."""

    MODIFIERS = "modifiers"
    UNIT_QUALIFIER = "unit_qualifier"
    START_ON = "start_on"
    END_ON = "end_on"
    DURATION = "duration"
    QUANTITY = "quantity"
    FREQUENCY = "frequency"
    RATE = "rate"


class MemberField(StrEnum):
    """Fields of the temporary member form."""

    PREFIX = "prefix"
    FIRST_NAME = "first_name"
    MIDDLE_NAME = "middle_name"
    LAST_NAME = "last_name"
    SUFFIX = "suffix"
    SEX = "sex"
    BIRTH_DATE = "birth_date"
    LANGUAGE = "language"
    ADDRESS_1 = "address_1"
    ADDRESS_2 = "address_2"
    CITY = "city"
    COUNTRY = "country"
    STATE = "state"
    COUNTY = "county"
    POSTAL_CODE = "postal_code"
    PHONE = "phone"
    EMAIL = "email"


class AccountField(StrEnum):
    """Fields asked of a person who registers or is added to a group."""

    USERNAME = "username"
    PASSWORD = "password"
    SECRET_QUESTION = "secret_question"
    FIRST_NAME = "first_name"
    LAST_NAME = "last_name"
    ADDRESS_1 = "address_1"
    ADDRESS_2 = "address_2"
    CITY = "city"
    STATE = "state"
    POSTAL_CODE = "postal_code"
    EMAIL = "email"
    PHONE = "phone"
    PHONE_EXTENSION = "phone_extension"
    FAX = "fax"


class ProviderRole(StrEnum):
    """The part a provider plays on a case."""

    REQUESTING = "requesting"
    SERVICING = "servicing"
    FACILITY = "facility"
    ATTENDING = "attending"


class CodeSystem(StrEnum):
    """Coding systems a request may use. CPT is typed by users; its text is licensed and never shipped."""

    ICD10CM = "icd10cm"
    ICD10PCS = "icd10pcs"
    HCPCS = "hcpcs"
    CPT = "cpt"


class Urgency(StrEnum):
    """How soon the member's condition needs a decision (42 CFR 440.230(e))."""

    STANDARD = "standard"
    EXPEDITED = "expedited"


class Fact(StrEnum):
    """What a condition may look at. Plural facts hold every value on the request."""

    MEMBER_AGE = "member.age"
    MEMBER_SEX = "member.sex"
    MEMBER_PROGRAM = "member.program"
    MEMBER_IS_TEMPORARY = "member.is_temporary"
    REQUESTING_TYPE = "requesting.type"
    SERVICING_TYPE = "servicing.type"
    CATEGORY = "case.category"
    SERVICE = "case.service"
    PLACE_OF_SERVICE = "case.place_of_service"
    ADMISSION_SOURCE = "case.admission_source"
    REQUEST_TYPE = "request.type"
    URGENCY = "request.urgency"
    REQUEST_DAYS = "request.days"
    REQUEST_START_ON = "request.start_on"
    SUBMITTED_ON = "request.submitted_on"
    DIAGNOSES = "diagnoses"
    PROCEDURES = "procedures"
    PROCEDURE_SYSTEMS = "procedure_systems"
    LINE_CODE = "line.code"
    LINE_SYSTEM = "line.system"
    LINE_DAYS = "line.days"
    LINE_QUANTITY = "line.quantity"
    DOCUMENT_TYPES = "document_types"


class Operator(StrEnum):
    """The closed list of comparisons. On a plural fact, a positive one holds if any value meets it."""

    EQUALS = "equals"
    NOT_EQUALS = "not_equals"
    ONE_OF = "one_of"
    NONE_OF = "none_of"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    MORE_THAN = "more_than"
    LESS_THAN = "less_than"
    STARTS_WITH = "starts_with"
    IN_RANGE = "in_range"
    ON_OR_AFTER = "on_or_after"
    BEFORE = "before"
    IS_KNOWN = "is_known"


class QuestionKind(StrEnum):
    """What a question's answer is."""

    YES_NO = "yes_no"
    CHOICE = "choice"
    CHOICES = "choices"
    TEXT = "text"
    LONG_TEXT = "long_text"
    NUMBER = "number"
    DATE = "date"
    PHONE = "phone"
    STATEMENT = "statement"
    GROUP = "group"


class Severity(StrEnum):
    """Whether a finding stops submission or only warns."""

    ERROR = "error"
    WARNING = "warning"


class DecidingDate(StrEnum):
    """Which date of a request decides whether a dated rule is in force."""

    RECEIPT = "receipt"
    SERVICE_START = "service_start"
    ADMISSION = "admission"


class SpanUnit(StrEnum):
    """Units of a period of time."""

    MINUTES = "minutes"
    HOURS = "hours"
    CALENDAR_DAYS = "calendar_days"
    BUSINESS_DAYS = "business_days"
    MONTHS = "months"


class ClockStart(StrEnum):
    """The event from which a period runs."""

    RECEIPT = "receipt"
    COMPLETENESS = "completeness"
    ADMISSION = "admission"
    SERVICE = "service"
    DETERMINATION = "determination"
    LETTER = "letter"


class Expiry(StrEnum):
    """What happens when a decision clock runs out; never an automatic denial."""

    ESCALATE = "escalate"
    DEEMED_APPROVED = "deemed_approved"
    VOID = "void"


class PortalUse(StrEnum):
    """Whether requests must come through the portal."""

    MANDATORY = "mandatory"
    ENCOURAGED = "encouraged"
    OPTIONAL = "optional"


class DisclaimerStyle(StrEnum):
    """How the disclaimer is accepted."""

    CHECKBOX = "checkbox"
    DIALOG = "dialog"


class ActionChannel(StrEnum):
    """How requests after submission are made: forms in a menu, or notes with rules."""

    FORMS = "forms"
    NOTES = "notes"


class CodeKind(StrEnum):
    """Which identifier proves a claim to a provider organization."""

    MEDICAID_ID = "medicaid_id"
    BCBS_ID = "bcbs_id"
    LICENCE = "licence"
    TAX_ID = "tax_id"
    OTHER = "other"


class SignInStyle(StrEnum):
    """How the provider box of the sign-in page looks."""

    ONE_LOGIN = "one_login"
    PHONE_EMAIL = "phone_email"
    USERNAME_PASSWORD = "username_password"


class Factor(StrEnum):
    """Second factors a person may register."""

    EMAIL = "email"
    SMS = "sms"
    VOICE = "voice"
    TOTP = "totp"
    PASSKEY = "passkey"


class ResetStep(StrEnum):
    """Steps of recovering a forgotten password, in the contract's order."""

    EMAIL_LINK = "email_link"
    FACTOR = "factor"
    SECRET_QUESTION = "secret_question"


class Role(StrEnum):
    """Roles inside a provider group (USR-07)."""

    GROUP_ADMIN = "group_admin"
    ADMIN = "admin"
    STAFF = "staff"
    GROUP_ADMIN_REPORTS = "group_admin_reports"
    ADMIN_REPORTS = "admin_reports"


class Navigation(StrEnum):
    """Places of the main navigation."""

    HOME = "home"
    CASES = "cases"
    CREATE_CASE = "create_case"
    CONSUMERS = "consumers"
    SETUP = "setup"
    MESSAGE_CENTER = "message_center"
    REPORTS = "reports"
    PREFERENCES = "preferences"
    HELP = "help"


class Feature(StrEnum):
    """Functions a contract switches on or off."""

    TEMPORARY_MEMBER = "temporary_member"
    DUPLICATE_REVIEW = "duplicate_review"
    ATTENDING_PHYSICIAN = "attending_physician"
    MODIFIERS = "modifiers"
    QUESTIONNAIRES = "questionnaires"
    COPY = "copy"
    EXTEND = "extend"
    DISCHARGE = "discharge"
    CANCEL = "cancel"
    MESSAGES = "messages"
    REPORTS = "reports"
    PREFERENCES = "preferences"
    SERVICING_REQUESTS = "servicing_requests"
    CASE_SUMMARY = "case_summary"


class Word(StrEnum):
    """Words users see that a contract may rename."""

    REQUEST = "request"
    CASE = "case"
    MEMBER = "member"
    MEMBER_NUMBER = "member_number"
    PROVIDER = "provider"
    AUTHORIZATION = "authorization"
    TEMPORARY_MEMBER = "temporary_member"
    UN_SUBMITTED = "un_submitted"
    SUBMITTED = "submitted"
    COMPLETED = "completed"


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


class ReviewerLevel(StrEnum):
    """Qualifications of the payer's reviewers."""

    NURSE = "nurse"
    PHYSICIAN = "physician"


class Decision(StrEnum):
    """What a reviewer may decide about a line."""

    APPROVE = "approve"
    MODIFY = "modify"
    DENY = "deny"
    VOID = "void"
    PEND = "pend"


class NoteVisibility(StrEnum):
    """Who can read a note."""

    EXTERNAL = "external"
    INTERNAL = "internal"


class CaseColumn(StrEnum):
    """Columns of a table of cases."""

    CASE = "case"
    STATUS = "status"
    SUBMITTED = "submitted"
    REQUEST_INFO = "request_info"
    CATEGORY = "category"
    DISCHARGE_DATE = "discharge_date"
    SERVICE_TYPE = "service_type"
    SERVICE_DATES = "service_dates"
    PROCEDURES = "procedures"
    LETTERS = "letters"
    ACTIONS = "actions"


class IdentifierSet(StrEnum):
    """Whether all identifiers are needed to prove an organization, or any one."""

    ALL_OF = "all_of"
    ANY_OF = "any_of"


class FileKind(StrEnum):
    """Endings of files whose content the portal can judge (DOC-01). A new one needs its rule in the file sniffer."""

    DOC = "doc"
    DOCX = "docx"
    JPG = "jpg"
    JPEG = "jpeg"
    MDI = "mdi"
    PDF = "pdf"
    TIF = "tif"
    TIFF = "tiff"
    XLS = "xls"
    XLSX = "xlsx"
    XPS = "xps"
