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


class Waivable(StrEnum):
    """Rules of the platform's floor a contract may go under on paper, for a time and with an owner; nothing else."""

    PASSWORD_MINIMUM = "password_minimum"
    LOCKOUT_ATTEMPTS = "lockout_attempts"
    LOCKOUT = "lockout"
    IDLE_MINUTES = "idle_minutes"
    COUNTDOWN_MINUTES = "countdown_minutes"
    LINK_LIFE = "link_life"
    CODE_LIFE = "code_life"
    CODE_DIGITS = "code_digits"
    CODE_TRIES = "code_tries"
    EMAIL_FACTOR = "email_factor"
    RESTRICTED_FACTORS = "restricted_factors"


class ClaimProof(StrEnum):
    """What the first person who claims an organization must show beside its identifiers."""

    EMAIL = "email"
    PHONE_ON_FILE = "phone_on_file"
    STAFF = "staff"


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


class HelpPage(StrEnum):
    """Pages of the portal's help (HELP-01)."""

    GUIDE = "guide"
    FAQ = "faq"
    RELEASE_NOTES = "release_notes"
    PASSWORDS = "passwords"


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


class CheckDigit(StrEnum):
    """How the last digit of a code checks the ones before it."""

    NONE = "none"
    LUHN = "luhn"
    MOD_11 = "mod_11"


class IdentifierSet(StrEnum):
    """Whether all identifiers are needed to prove an organization, or any one."""

    ALL_OF = "all_of"
    ANY_OF = "any_of"
