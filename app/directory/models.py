"""Tables of the directory: members and providers of a tenant, code sets of the whole portal.

Knows columns and the laws between them; no rule of a contract and no wording.
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, Index, Integer, LargeBinary, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.storage.db import ControlBase, TenantBase, uuid_pk


class Member(TenantBase):
    """A person whose care is requested. ``member_number`` is the ID users type; keys are folded for search.

    ``sex``, ``state`` and ``country`` hold the contract's values, the other chosen ones their words.
    """

    __tablename__ = "member"
    __table_args__ = (
        Index("ix_member_birth_date_last_name_key", "birth_date", "last_name_key"),
        Index("ix_member_last_name_key", "last_name_key"),
    )

    id: Mapped[UUID] = uuid_pk()
    member_number: Mapped[str] = mapped_column(Text)
    member_number_key: Mapped[str] = mapped_column(Text, unique=True)
    is_temporary: Mapped[bool] = mapped_column(default=False)
    prefix: Mapped[str] = mapped_column(default="")
    first_name: Mapped[str]
    middle_name: Mapped[str] = mapped_column(default="")
    last_name: Mapped[str]
    suffix: Mapped[str] = mapped_column(default="")
    last_name_key: Mapped[str]
    last_name_parts: Mapped[list[str]] = mapped_column(ARRAY(Text))
    sex: Mapped[str]
    birth_date: Mapped[date]
    language: Mapped[str] = mapped_column(default="")
    address_1: Mapped[str] = mapped_column(default="")
    address_2: Mapped[str] = mapped_column(default="")
    city: Mapped[str] = mapped_column(default="")
    county: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(default="")
    postal_code: Mapped[str] = mapped_column(default="")
    country: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    email: Mapped[str] = mapped_column(default="")
    subscriber_number: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]

    eligibility: Mapped[list[MemberEligibility]] = relationship(
        order_by="MemberEligibility.starts_on.desc()", lazy="selectin", viewonly=True
    )

    @property
    def full_name(self) -> str:
        """Given names, family name and suffix as one line, e.g. ``Ana María Ortiz Jr``."""
        return " ".join(part for part in (self.first_name, self.middle_name, self.last_name, self.suffix) if part)

    @property
    def address_lines(self) -> tuple[str, ...]:
        """The postal address, one line each, without empty ones."""
        place = " ".join(part for part in (self.state, self.postal_code) if part)
        town = ", ".join(part for part in (self.city, place) if part)
        return tuple(line for line in (self.address_1, self.address_2, town) if line)

    def __repr__(self) -> str:
        return f"<Member {self.id}>"


class MemberEligibility(TenantBase):
    """A period in which a member belongs to one of the contract's programmes; no last day means still open."""

    __tablename__ = "member_eligibility"
    __table_args__ = (CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="ends_after_start"),)

    id: Mapped[UUID] = uuid_pk()
    member_id: Mapped[UUID] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), index=True)
    program: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]


class TemporaryMemberDay(TenantBase):
    """The last sequence given to a temporary member on a local day, -1 before the first; its row is the lock."""

    __tablename__ = "temporary_member_day"
    __table_args__ = (CheckConstraint("last >= -1", name="starts_before_zero"),)

    day: Mapped[date] = mapped_column(primary_key=True)
    last: Mapped[int]


class Provider(TenantBase):
    """A person or organization that asks for or gives care, as the contract's directory knows it.

    ``type`` is the taxonomy's grouping (e.g. Physicians), ``specialty`` its classification.
    """

    __tablename__ = "provider"
    __table_args__ = (
        CheckConstraint("entity IN ('individual', 'organization')", name="entity"),
        CheckConstraint("npi IS NOT NULL OR state_identifier <> ''", name="has_identifier"),
        Index(
            "ix_provider_search_text",
            "search_text",
            postgresql_using="gin",
            postgresql_ops={"search_text": "gin_trgm_ops"},
        ),
    )

    id: Mapped[UUID] = uuid_pk()
    npi: Mapped[str | None] = mapped_column(Text, unique=True)
    state_identifier: Mapped[str] = mapped_column(default="")
    state_identifier_key: Mapped[str] = mapped_column(default="", index=True)
    entity: Mapped[str]
    name: Mapped[str]
    taxonomy: Mapped[str] = mapped_column(default="")
    type: Mapped[str] = mapped_column(default="")
    specialty: Mapped[str] = mapped_column(default="")
    address_1: Mapped[str] = mapped_column(default="")
    address_2: Mapped[str] = mapped_column(default="")
    city: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(default="")
    postal_code: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    fax: Mapped[str] = mapped_column(default="")
    is_active: Mapped[bool] = mapped_column(default=True)
    search_text: Mapped[str]

    @property
    def address_lines(self) -> tuple[str, ...]:
        """The practice address, one line each, without empty ones."""
        place = " ".join(part for part in (self.state, self.postal_code) if part)
        town = ", ".join(part for part in (self.city, place) if part)
        return tuple(line for line in (self.address_1, self.address_2, town) if line)


class CodeRelease(ControlBase):
    """One loaded edition of a code set; ``period`` is the edition's own, as its publisher dates it.

    ``scope`` is the prefix of the codes the edition's file covers, empty for all of the system.
    """

    __tablename__ = "code_release"
    __table_args__ = (
        CheckConstraint("effective_until IS NULL OR effective_until >= effective_from", name="ends_after_start"),
    )

    system: Mapped[str] = mapped_column(primary_key=True)
    release: Mapped[str] = mapped_column(primary_key=True)
    source: Mapped[str]
    scope: Mapped[str] = mapped_column(default="")
    effective_from: Mapped[date]
    effective_until: Mapped[date | None]
    codes: Mapped[int] = mapped_column(Integer)
    loaded_at: Mapped[datetime]


class Code(ControlBase):
    """A code in the words of one release, valid from that release until a later one drops or rewords it.

    ``code_key`` is the code without dots in capitals. ``position`` counts the rows of a system from 0 in the
    order of ``weight``: billable codes before headings, short and general ones before long ones. The two keys
    begin with different columns, so that a search takes the right one before the table was ever analysed.
    """

    __tablename__ = "code"
    __table_args__ = (
        CheckConstraint("effective_until IS NULL OR effective_until >= effective_from", name="ends_after_start"),
        UniqueConstraint("position", "system"),
    )

    code_key: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    system: Mapped[str] = mapped_column(primary_key=True)
    effective_from: Mapped[date] = mapped_column(primary_key=True)
    effective_until: Mapped[date | None]
    position: Mapped[int] = mapped_column(Integer)
    weight: Mapped[int] = mapped_column(Integer)
    is_billable: Mapped[bool]
    code: Mapped[str]
    release: Mapped[str]
    short: Mapped[str] = mapped_column(default="")
    long: Mapped[str]


class CodeWord(ControlBase):
    """A word of a system's descriptions and where it stands: a compressed bit per ``Code.position``.

    Words are folded and without plural endings; the trigram index finds what a misspelt word was meant to be.
    """

    __tablename__ = "code_word"
    __table_args__ = (
        Index(
            "ix_code_word_word",
            "word",
            postgresql_using="gin",
            postgresql_ops={"word": "gin_trgm_ops"},
            postgresql_with={"fastupdate": "off"},
        ),
    )

    system: Mapped[str] = mapped_column(primary_key=True)
    word: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    uses: Mapped[int] = mapped_column(Integer)
    places: Mapped[bytes] = mapped_column(LargeBinary)
