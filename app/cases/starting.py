"""What the pages that start a request show: the category chosen, members found, the member's earlier requests.

What is typed about a person travels in the body of a form, never in an address. Knows no page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy.orm import Session

from app.accounts.models import ProviderGroup
from app.cases import member_pages, reading
from app.cases.lookups import CaseFilter, Window
from app.cases.member_pages import MemberRow, MemberSearch
from app.cases.records import CaseRow, MemberCard
from app.directory.models import Provider
from app.directory.queries import get_provider
from app.domain.access import Actor
from app.domain.errors import FieldFault, Invalid, NotFound
from tenancy.contract import Contract
from tenancy.vocabulary import Category, Feature, Presentation

MEMBERS_SHOWN = 10
EARLIER_SHOWN = 10
CHOOSE_MEMBER = "Choose the person this request is for."


class Stage(StrEnum):
    """Where somebody is on the way to a draft."""

    PARAMETERS = "parameters"
    MEMBER = "member"
    REVIEW = "review"


@dataclass(frozen=True, slots=True, repr=False)
class StartForm:
    """What has been chosen and typed so far."""

    stage: Stage
    category: str
    member_id: UUID | None
    search: MemberSearch

    @classmethod
    def read(cls, form: Mapping[str, str]) -> StartForm:
        """Read the form; what makes no sense counts as not chosen."""
        known = {stage.value for stage in Stage}
        stage = Stage(form["stage"]) if form.get("stage") in known else Stage.PARAMETERS
        return cls(stage, form.get("category", ""), _id(form.get("member", "")), MemberSearch.read(form))

    def chosen_category(self, contract: Contract) -> Category:
        """The category. Raises Invalid until one of the contract's is chosen."""
        for category in contract.intake.categories:
            if category.value == self.category:
                return category
        raise Invalid((FieldFault("category", f"Choose the {contract.intake.wording.category_label}."),))


@dataclass(frozen=True, slots=True, repr=False)
class StartPage:
    """A page on the way to a draft."""

    form: StartForm
    is_stepwise: bool
    members: Sequence[MemberRow] | None = None
    total: int = 0
    chosen: MemberCard | None = None
    earlier: Sequence[CaseRow] = ()
    earlier_total: int = 0
    faults: Sequence[FieldFault] = ()
    wrong: Mapping[str, str] = field(default_factory=dict)

    def with_faults(self, faults: Sequence[FieldFault]) -> StartPage:
        """The page with what is wrong on it."""
        return replace(self, faults=faults, wrong={fault.field: fault.message for fault in faults})


def start_page(contract: Contract, form: StartForm) -> StartPage:
    """The page before anything was looked up."""
    return StartPage(form, contract.intake.presentation is Presentation.STEPS)


def with_members(session: Session, contract: Contract, page: StartPage, *, actor: Actor, now: datetime) -> StartPage:
    """The page with the members that were searched for; raises Invalid for an incomplete search."""
    window = Window(0, MEMBERS_SHOWN, "member", descending=False)
    rows, total = member_pages.search(session, contract, page.form.search, window, actor=actor, now=now)
    return replace(page, members=rows, total=total)


def with_chosen(session: Session, contract: Contract, page: StartPage, *, actor: Actor, now: datetime) -> StartPage:
    """The page with the member that was chosen and, where the contract asks for it, the earlier requests (CONS-08)."""
    if page.form.member_id is None:
        raise Invalid((FieldFault("member", CHOOSE_MEMBER),))
    card = member_pages.open_member(session, contract, page.form.member_id, actor=actor, now=now)
    page = replace(page, chosen=card)
    if not contract.features.get(Feature.DUPLICATE_REVIEW, False):
        return page
    window = Window(0, EARLIER_SHOWN, "submitted_at", descending=True)
    rows, total = reading.list_rows(
        session, contract, CaseFilter(member_id=page.form.member_id), window, actor=actor, now=now
    )
    return replace(page, earlier=rows, earlier_total=total)


def own_provider(session: Session, group_id: UUID) -> Provider:
    """The provider that a group is. Raises NotFound."""
    group = session.get(ProviderGroup, group_id)
    if group is None:
        raise NotFound
    return get_provider(session, group.provider_id)


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
