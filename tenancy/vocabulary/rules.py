"""Words of rules: facts, comparisons, kinds of questions, periods, severity."""

from enum import StrEnum


class Fact(StrEnum):
    """What a condition may look at. Plural facts hold every value on the request."""

    MEMBER_AGE = "member.age"
    MEMBER_SEX = "member.sex"
    MEMBER_PROGRAM = "member.program"
    MEMBER_IS_TEMPORARY = "member.is_temporary"
    MEMBER_OTHER_COVERAGE = "member.other_coverage"
    REQUESTING_TYPE = "requesting.type"
    REQUESTING_TAXONOMY = "requesting.taxonomy"
    SERVICING_TYPE = "servicing.type"
    SERVICING_TAXONOMY = "servicing.taxonomy"
    CATEGORY = "case.category"
    SERVICE = "case.service"
    PLACE_OF_SERVICE = "case.place_of_service"
    ADMISSION_SOURCE = "case.admission_source"
    REQUEST_TYPE = "request.type"
    URGENCY = "request.urgency"
    REVIEW_KIND = "request.review_kind"
    EARLIER_NUMBER = "request.earlier_number"
    EARLIER_APPROVED = "request.earlier_approved"
    REQUEST_DAYS = "request.days"
    REQUEST_START_ON = "request.start_on"
    SUBMITTED_ON = "request.submitted_on"
    DIAGNOSES = "diagnoses"
    EARLIER_SERVICES = "earlier.services"
    PROCEDURES = "procedures"
    PROCEDURE_SYSTEMS = "procedure_systems"
    LINE_CODE = "line.code"
    LINE_SYSTEM = "line.system"
    LINE_DAYS = "line.days"
    LINE_QUANTITY = "line.quantity"
    LINE_DAILY = "line.quantity_a_day"
    LINE_WEEKLY = "line.quantity_a_week"
    LINE_YEARLY = "line.quantity_in_a_year"
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


class Need(StrEnum):
    """Whether care needs an authorization; ask: the contract leaves it to the payer to say."""

    NEEDED = "needed"
    NOT_NEEDED = "not_needed"
    ASK = "ask"
