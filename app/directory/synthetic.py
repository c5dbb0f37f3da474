"""Made-up members and providers, thousands a tenant, the same for the same seed.

What differs between tenants comes from the contract: towns, area codes, masks of identifiers, programmes. Telephone
numbers are of the 555-01xx range kept for fiction; NPIs pass the check digit and are otherwise drawn at random.
Must not know which tenant it fills.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.directory.demo_people import DEMO_MEMBERS, DEMO_PROVIDERS, DemoMember, DemoProvider
from app.directory.folding import folded, identifier_key, name_key, name_parts
from app.directory.models import Member, MemberEligibility, Provider
from app.directory.provider_kinds import INDIVIDUAL, KINDS, Kind, provider_search_text
from app.directory.synthetic_names import words
from app.domain.numbering import check_digit, npi_check_digit
from app.storage.db import copy_rows
from tenancy.contract import Contract
from tenancy.contract.identity import SampleTown
from tenancy.vocabulary import CheckDigit

MEMBERS = 3_200
PROVIDERS = 1_050
SEED = 20_261_122

_STREET_KINDS = ("St", "Ave", "Rd", "Ln", "Dr", "Ct", "Way", "Blvd")
_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"
_LANGUAGES = ("English",) * 34 + ("Spanish",) * 6 + ("Vietnamese", "Chinese", "Arabic", "French", "Somali", "German")


@dataclass(frozen=True, slots=True)
class Filled:
    """How many members and providers were made."""

    members: int
    providers: int


def fill_tenant(
    session: Session,
    contract: Contract,
    *,
    now: datetime,
    seed: int = SEED,
    members: int = MEMBERS,
    providers: int = PROVIDERS,
) -> Filled:
    """Fill an empty directory with made-up people, in the caller's transaction; a filled one is left as it is.

    The same contract, seed and day give the same people, ids included. The demo's own people come first.
    """
    if session.scalar(select(func.count()).select_from(Provider)):
        return Filled(0, 0)
    maker = _Maker(contract, Random(f"{seed} {contract.identity.subdomain}"), now)  # noqa: S311 - play data
    copy_rows(session, Provider, _PROVIDER_COLUMNS, maker.providers(providers))
    copy_rows(session, Member, _MEMBER_COLUMNS, maker.members(members))
    copy_rows(session, MemberEligibility, _SPAN_COLUMNS, maker.spans)
    return Filled(members, providers)


_PROVIDER_COLUMNS = (
    "id",
    "npi",
    "state_identifier",
    "state_identifier_key",
    "entity",
    "name",
    "taxonomy",
    "type",
    "specialty",
    "address_1",
    "address_2",
    "city",
    "state",
    "postal_code",
    "phone",
    "fax",
    "is_active",
    "search_text",
)
_MEMBER_COLUMNS = (
    "id",
    "member_number",
    "member_number_key",
    "is_temporary",
    "prefix",
    "first_name",
    "middle_name",
    "last_name",
    "suffix",
    "last_name_key",
    "last_name_parts",
    "sex",
    "birth_date",
    "language",
    "address_1",
    "address_2",
    "city",
    "county",
    "state",
    "postal_code",
    "country",
    "phone",
    "email",
    "subscriber_number",
    "created_at",
)
_SPAN_COLUMNS = ("id", "member_id", "program", "starts_on", "ends_on")


@dataclass(frozen=True, slots=True)
class _Home:
    street: str
    unit: str
    town: SampleTown
    phone: str


class _Maker:
    """Draws everything from one seeded source, in a fixed order."""

    def __init__(self, contract: Contract, random: Random, now: datetime) -> None:
        self._sample, self._check_digit = contract.sample_data, contract.registration.code.check_digit
        self._state = contract.identity.state
        self._programs = tuple(contract.client.programs)
        self._random = random
        self._now = now.astimezone(UTC)
        self._today = self._now.date()
        self._taken: set[str] = set()
        self.spans: list[tuple[Any, ...]] = []

    # ---------------------------------------------------------------- providers

    def providers(self, count: int) -> Iterator[tuple[Any, ...]]:
        """Rows of the demo's practices, then of others until there are ``count``."""
        for demo in DEMO_PROVIDERS[:count]:
            yield self._provider(demo)
        weighted = [key for key, kind in KINDS.items() for _ in range(kind.weight)]
        for _ in range(count - len(DEMO_PROVIDERS)):
            key = self._random.choice(weighted)
            has_fax = self._random.random() < 0.9
            yield self._provider(DemoProvider(self._provider_name(KINDS[key]), key, has_fax))

    def _provider(self, demo: DemoProvider) -> tuple[Any, ...]:
        kind, home = KINDS[demo.kind], self._home()
        code = self._drawn(self._sample.provider_code, self._check_digit)
        npi = self._npi() if demo.has_npi else None
        unit = self._random.choice(("", "", f"Suite {self._random.randrange(100, 480)}"))
        return (
            self._id(),
            npi,
            code,
            identifier_key(code),
            kind.entity,
            demo.name,
            kind.taxonomy,
            kind.type,
            kind.specialty,
            home.street,
            unit,
            home.town.city,
            self._state,
            home.town.postal_code,
            home.phone,
            self._phone() if demo.has_fax else "",
            True,
            provider_search_text(demo.name),
        )

    def _provider_name(self, kind: Kind) -> str:
        if kind.entity == INDIVIDUAL:
            return f"{self._given_name()} {self._word('family')}"
        first = self._random.choice((self._word("places"), self._random.choice(self._sample.towns).city))
        return f"{first} {self._random.choice(kind.words)}"

    def _npi(self) -> str:
        """Ten digits that pass the check and were not drawn before."""
        while True:
            first_nine = f"1{self._random.randrange(10**8):08d}"
            npi = first_nine + npi_check_digit(first_nine)
            if npi not in self._taken:
                self._taken.add(npi)
                return npi

    # ---------------------------------------------------------------- members

    def members(self, count: int) -> Iterator[tuple[Any, ...]]:
        """Rows of the demo's people, then of households until there are ``count``; their spans gather beside."""
        made = 0
        for demo in DEMO_MEMBERS[:count]:
            yield self._member(demo, self._home(), "")
            made += 1
        while made < count:
            for row in self._household(count - made):
                yield row
                made += 1

    def _household(self, at_most: int) -> Iterator[tuple[Any, ...]]:
        """People of one address; the first is grown up and the others' subscriber."""
        home, family = self._home(), self._family_name()
        size = min(at_most, self._random.choices((1, 2, 3, 4, 5), (40, 24, 16, 13, 7))[0])
        ages = [self._random.triangular(19, 96, 42)]
        ages += [
            self._random.choice((self._random.uniform(0, 18), self._random.uniform(19, 80))) for _ in range(size - 1)
        ]
        subscriber = ""
        for age in ages:
            own_name = self._family_name() if self._random.random() < 0.12 else family
            row = self._member(self._somebody(own_name, age), home, subscriber)
            subscriber = subscriber or str(row[1])
            yield row

    def _somebody(self, family: str, age: float) -> DemoMember:
        sex = self._random.choice(("female", "female", "male"))
        middle = self._word(sex) if self._random.random() < 0.4 else ""
        suffix = self._random.choice(("Jr.", "III")) if sex == "male" and self._random.random() < 0.03 else ""
        born = self._today - timedelta(days=int(age * 365.25))
        ended = self._today - timedelta(days=self._random.randrange(10, 700))
        has_ended = self._random.random() < 0.07 and ended > born
        return DemoMember(
            self._word(sex),
            family,
            sex,
            born,
            middle_name=middle,
            suffix=suffix,
            language=self._random.choice(_LANGUAGES),
            program=0 if self._random.random() < 0.7 else self._random.randrange(8),
            ended_on=ended if has_ended else None,
        )

    def _member(self, person: DemoMember, home: _Home, subscriber: str) -> tuple[Any, ...]:
        member_id, number = self._id(), self._drawn(self._sample.member_number)
        self._add_spans(member_id, person)
        mailbox = f"{folded(person.first_name)}.{name_key(person.last_name)}@example.com"
        return (
            member_id,
            number,
            identifier_key(number),
            False,
            "",
            person.first_name,
            person.middle_name,
            person.last_name,
            person.suffix,
            name_key(person.last_name),
            name_parts(person.last_name),
            person.sex,
            person.birth_date,
            person.language,
            home.street,
            home.unit,
            home.town.city,
            home.town.county,
            self._state,
            home.town.postal_code,
            "US",
            home.phone,
            mailbox if self._random.random() < 0.5 else "",
            subscriber or number,
            self._now,
        )

    def _add_spans(self, member_id: UUID, person: DemoMember) -> None:
        """The programme now or last, and for some an earlier period before a gap."""
        program = self._programs[person.program % len(self._programs)]
        ends = person.ended_on
        last = ends or self._today
        starts = max(person.birth_date, last - timedelta(days=self._random.randrange(90, 1900)))
        self.spans.append((self._id(), member_id, program, starts, ends))
        gap = starts - timedelta(days=self._random.randrange(31, 200))
        earlier = gap - timedelta(days=self._random.randrange(180, 900))
        if self._random.random() < 0.25 and earlier > person.birth_date:
            self.spans.append((self._id(), member_id, self._random.choice(self._programs), earlier, gap))

    # ---------------------------------------------------------------- small things

    def _word(self, section: str) -> str:
        return self._random.choice(words()[section])

    def _given_name(self) -> str:
        return self._word(self._random.choice(("female", "male")))

    def _family_name(self) -> str:
        name = self._word("family")
        return f"{name}-{self._word('family')}" if self._random.random() < 0.05 else name

    def _home(self) -> _Home:
        street = f"{self._random.randrange(1, 9800)} {self._word('streets')} {self._random.choice(_STREET_KINDS)}"
        unit = f"Apt {self._random.randrange(1, 60)}" if self._random.random() < 0.25 else ""
        return _Home(street, unit, self._random.choice(self._sample.towns), self._phone())

    def _phone(self) -> str:
        return f"{self._random.choice(self._sample.area_codes)}-555-{self._random.randrange(100, 200):04d}"

    def _drawn(self, mask: str, check: CheckDigit = CheckDigit.NONE) -> str:
        """The mask filled in (# a digit, @ a capital letter), its last sign the check digit, never the same twice."""
        while True:
            text = "".join(self._sign(sign) for sign in mask)
            text = text if check is CheckDigit.NONE else text[:-1] + check_digit(check, text[:-1])
            if text not in self._taken:
                self._taken.add(text)
                return text

    def _sign(self, sign: str) -> str:
        if sign == "#":
            return str(self._random.randrange(10))
        return self._random.choice(_LETTERS) if sign == "@" else sign

    def _id(self) -> UUID:
        return UUID(int=self._random.getrandbits(128), version=4)
