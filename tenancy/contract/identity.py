"""Who a contract is for and how it speaks: names, brand, words, contacts, sample places."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time

from tenancy.contract.declare import EMPTY, Dated, key
from tenancy.vocabulary import HelpPage, Navigation, PortalUse

COLOUR = r"#[0-9a-f]{6}"
EMAIL = r"[^@\s]+@[^@\s]+\.[^@\s]+"
SLUG = r"[a-z][a-z0-9_]{1,40}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """The contract's own names and place in time."""

    subdomain: str = key("First label of the portal's address.", pattern=r"[a-z][a-z0-9-]{1,40}")
    state: str = key("Two-letter postal code of the state; also chooses its holidays.", pattern=r"[A-Z]{2}")
    code: str = key("Case contract code shown on every case.", minimum=2, maximum=40)
    display: str = key("Name of the contract in a member's record and the case banner.")
    title: str = key("Programme title shown to providers.")
    time_zone: str = key("IANA time zone of the contract's calendar, e.g. America/Chicago.")
    case_type: str = key("Case type shown on every case.")
    client_code: str = key("Five digits that mark this contract inside temporary member IDs.", pattern=r"\d{5}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Program(Dated):
    """A programme or plan a member can be eligible for."""

    label: str = key("Name of the programme as members know it.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """The payer on whose behalf requests are reviewed."""

    name: str = key("Name of the payer.")
    on_behalf_of: str = key("Whom the payer acts for; empty if itself.", default="")
    medicaid: bool = key("Whether this is Medicaid, so that federal decision times bind it.", default=False)
    programs: Mapping[str, Program] = key("Programmes by a short code.")
    scope: tuple[str, ...] = key("Kinds of review done under this contract, in words.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Brand:
    """What the portal looks like for this contract."""

    product: str = key("Product name shown to users.")
    operator: str = key("Organization that runs the reviews.")
    primary: str = key("Main colour; white text must be readable on it.", pattern=COLOUR)
    accent: str = key("Second colour for marks and borders.", pattern=COLOUR)
    seal: str = key("One to three letters drawn in the seal.", pattern=r"[A-Z]{1,3}")
    legal: tuple[str, ...] = key("Lines of the operator's legal block in the footer.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Portal:
    """What providers are told about using the portal."""

    use: PortalUse = key("mandatory, encouraged or optional.")
    use_text: str = key("The sentence that tells providers so.")
    welcome: str = key("One sentence on the sign-in page that says what the portal is for.")
    functions: tuple[str, ...] = key("Headline functions promised to providers.")
    availability: str = key("Promise of availability; empty if none.", default="")
    browser_advice: str = key("Advice on browsers; no browser is ever blocked.")
    bookmark_advice: str = key("Advice to bookmark the address; empty if none.", default="")
    submission_opens_on: date | None = key("First day requests may be submitted.", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """One way to reach help."""

    topic: str = key("What this contact is for.")
    email: str | None = key("E-mail address.", default=None, pattern=EMAIL)
    phone: str | None = key("Phone number as shown.", default=None)
    fax: str | None = key("Fax number as shown.", default=None)
    url: str | None = key("Web address.", default=None, pattern=r"https?://\S+")
    address: tuple[str, ...] = key("Lines of a postal address.", default=())
    hours: str = key("When somebody answers, in words.", default="")
    opens_on: date | None = key("First day this contact may be used.", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Training:
    """Something to learn the portal from."""

    text: str = key("What is offered, in one sentence.")
    url: str | None = key("Where it is; empty if the sentence says so.", default=None, pattern=r"https?://\S+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Faq:
    """A question providers ask, and its answer."""

    question: str = key("The question, as a provider would ask it.")
    answer: str = key("The answer.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Support:
    """Where providers find help."""

    contacts: Mapping[str, Contact] = key("Contacts by topic, in the order shown.")
    training: tuple[Training, ...] = key("Training offered.")
    help_items: Mapping[HelpPage, str] = key("Pages of the help that are shown, in order, and what users call them.")
    faq: Mapping[str, Faq] = key(
        "Questions of this contract's own, before those the portal answers from the contract by itself.",
        default=EMPTY,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class NavigationItem:
    """One entry of the main navigation."""

    place: Navigation = key("Where it leads.")
    label: str = key("What users see.")
    admins_only: bool = key("Whether only group administrators see it.", default=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Navigation, header and lists."""

    navigation: tuple[NavigationItem, ...] = key("Entries in order.")
    contract_indicator: bool = key("Whether the header names the contract beside the search box.")
    search_hint: str = key("Label of the search box in the header.")
    page_size: int = key("Rows of a list page unless the user chooses otherwise.", minimum=5, maximum=100)
    empty_list: str = key("What an empty list says.")


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleTown:
    """A made-up town for synthetic people; never a real address."""

    city: str = key("Name of the town.")
    county: str = key("Name of its county.")
    postal_code: str = key("Five digits.", pattern=r"\d{5}")


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleData:
    """Shapes of the synthetic people a demo or preview is filled with. # is a digit, @ a capital letter."""

    towns: tuple[SampleTown, ...] = key("Towns people live in.")
    area_codes: tuple[str, ...] = key("Telephone area codes.")
    member_number: str = key("Mask of a member ID.")
    provider_code: str = key("Mask of the provider's registration code.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Formats:
    """How dates and times are typed and shown."""

    date: str = key("Hint of a date field.")
    office_opens: time = key("Start of the payer's business day.")
    office_closes: time = key("End of the payer's business day; later arrivals count as next day's.")
