"""Words of the making of a request: sections, fields, codes, documents, notes."""

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
    REVIEW_KIND = "review_kind"
    EARLIER_NUMBER = "earlier_number"
    OTHER_COVERAGE = "other_coverage"
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


class DecidingDate(StrEnum):
    """Which date of a request decides whether a dated rule is in force."""

    RECEIPT = "receipt"
    SERVICE_START = "service_start"
    ADMISSION = "admission"
    EARLIER_END = "earlier_end"


class WindowStart(StrEnum):
    """The day that a window for the first day of service is counted from."""

    RECEIPT = "receipt"
    ADMISSION = "admission"
    EARLIER_END = "earlier_end"


class DisclaimerStyle(StrEnum):
    """How the disclaimer is accepted."""

    CHECKBOX = "checkbox"
    DIALOG = "dialog"


class NoteVisibility(StrEnum):
    """Who can read a note."""

    EXTERNAL = "external"
    INTERNAL = "internal"


class Channel(StrEnum):
    """Ways a request may come in."""

    PORTAL = "portal"
    PHONE = "phone"
    FAX = "fax"
    MAIL = "mail"
    FHIR = "fhir"
    X12 = "x12"


class ChannelUse(StrEnum):
    """Whether a way must, should, may or may not be taken."""

    REQUIRED = "required"
    PREFERRED = "preferred"
    ALLOWED = "allowed"
    NOT_ALLOWED = "not_allowed"


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
