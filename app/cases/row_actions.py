"""What a row of a list offers for its case besides opening it: extend, copy, discharge (SRCH-06, CONS-06).

A row is read fast and from little: what it offers may still be refused, in words, by the page it leads to. Knows no
query and no page.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

from app.cases.models import Case
from app.domain.conditions import holds
from app.domain.draft import Draft
from app.domain.facts import facts_of
from tenancy.contract import Contract
from tenancy.vocabulary import ActionKind, CaseField, Category, Feature

OF_ROWS: Mapping[ActionKind, Feature] = MappingProxyType(
    {
        ActionKind.EXTENSION: Feature.EXTEND,
        ActionKind.COPY: Feature.COPY,
        ActionKind.DISCHARGE: Feature.DISCHARGE,
    }
)
"""The actions of a row in their order, and the function of the contract that each belongs to."""


def actions_of(contract: Contract, case: Case, *, is_own: bool, on: date) -> tuple[ActionKind, ...]:
    """The actions of a submitted case that its own group is shown in a list, on a day of the contract."""
    if not is_own or case.number is None or case.status == "un_submitted":
        return ()
    return tuple(
        kind
        for kind, feature in OF_ROWS.items()
        if contract.features.get(feature, False) and _is_meant(contract, kind, case, on)
    )


def _is_meant(contract: Contract, kind: ActionKind, case: Case, on: date) -> bool:
    action = contract.actions.kinds.get(kind)
    if action is None:
        return False
    if kind is ActionKind.DISCHARGE and case.discharge_on is not None:
        return False
    if action.offered_when is None:
        return True
    first = case.requests[0]
    draft = Draft(Category(case.category), fields={CaseField.SERVICE_TYPE: first.service_type})
    return holds(action.offered_when, facts_of(draft, received_on=on))
