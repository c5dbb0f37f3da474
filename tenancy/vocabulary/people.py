"""Words of people and pages: registration, sign-in, roles, navigation, functions."""

from enum import StrEnum


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


class PortalUse(StrEnum):
    """Whether requests must come through the portal."""

    MANDATORY = "mandatory"
    ENCOURAGED = "encouraged"
    OPTIONAL = "optional"


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


class IdentifierSet(StrEnum):
    """Whether all identifiers are needed to prove an organization, or any one."""

    ALL_OF = "all_of"
    ANY_OF = "any_of"
