"""A contract's conditions in the words its users see: labels instead of keys. Knows no page and no request."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from app.domain.typed import day_shown
from app.domain.wording import listed
from app.web.messages import gettext as _
from tenancy.contract import Contract
from tenancy.contract.conditions import All, AnswerTest, AnyOf, Condition, FactTest, Not, Operand
from tenancy.vocabulary import Fact, Operator, Word

_COMPARED: Mapping[Operator, str] = {
    Operator.EQUALS: "%(subject)s is %(value)s",
    Operator.NOT_EQUALS: "%(subject)s is not %(value)s",
    Operator.ONE_OF: "%(subject)s is %(value)s",
    Operator.NONE_OF: "%(subject)s is none of %(value)s",
    Operator.AT_LEAST: "%(subject)s is at least %(value)s",
    Operator.AT_MOST: "%(subject)s is at most %(value)s",
    Operator.MORE_THAN: "%(subject)s is more than %(value)s",
    Operator.LESS_THAN: "%(subject)s is less than %(value)s",
    Operator.STARTS_WITH: "%(subject)s starts with %(value)s",
    Operator.IN_RANGE: "%(subject)s lies in %(value)s",
    Operator.ON_OR_AFTER: "%(subject)s is %(value)s or later",
    Operator.BEFORE: "%(subject)s is before %(value)s",
}


def said_when(contract: Contract, condition: Condition | None) -> str:
    """When something holds, as a clause: ``the service is Hospice or Home Health``; empty for always."""
    return _said(contract, condition) if condition is not None else ""


def _said(contract: Contract, condition: Condition) -> str:
    match condition:
        case All(parts):
            return listed([_inner(contract, part) for part in parts])
        case AnyOf(parts):
            return listed([_inner(contract, part) for part in _merged(parts)], "or")
        case Not(part):
            return _("it is not so that %(this)s", this=_said(contract, part))
        case AnswerTest(question, operator, operands):
            return _test(_("the answer to “%(question)s”", question=question.replace("_", " ")), operator, operands, {})
        case FactTest(fact, operator, operands):
            return _fact(contract, fact, operator, operands)


def _merged(parts: tuple[Condition, ...]) -> tuple[Condition, ...]:
    """Several values and ranges of one fact as one test, so that the fact is named once."""
    kept: list[Condition] = []
    values: dict[Fact, list[Operand]] = {}
    for part in parts:
        if not isinstance(part, FactTest) or part.operator not in _IS:
            kept.append(part)
            continue
        if part.fact not in values:
            kept.append(FactTest(part.fact, Operator.ONE_OF, ()))
        is_range = part.operator is Operator.IN_RANGE
        told = (" – ".join(str(one) for one in part.operands),) if is_range else part.operands
        values.setdefault(part.fact, []).extend(told)
    is_open = {FactTest(fact, Operator.ONE_OF, ()): fact for fact in values}
    return tuple(
        FactTest(is_open[one], Operator.ONE_OF, tuple(values[is_open[one]])) if one in is_open else one for one in kept
    )


def _inner(contract: Contract, part: Condition) -> str:
    words = _said(contract, part)
    return f"({words})" if isinstance(part, All | AnyOf) and len(part.parts) > 1 else words


def _fact(contract: Contract, fact: Fact, operator: Operator, operands: tuple[Operand, ...]) -> str:
    if fact is Fact.MEMBER_IS_TEMPORARY:
        is_so = (operands == (True,)) == (operator is Operator.EQUALS)
        member, temporary = contract.words[Word.MEMBER], contract.words[Word.TEMPORARY_MEMBER]
        told = _("the %(member)s is a %(kind)s") if is_so else _("the %(member)s is not a %(kind)s")
        return told % {"member": member, "kind": temporary}
    return _test(_subject(contract, fact), operator, operands, _labels(contract, fact))


def _test(subject: str, operator: Operator, operands: tuple[Operand, ...], labels: Mapping[str, str]) -> str:
    if operator is Operator.IS_KNOWN:
        told = _("%(subject)s is entered") if operands == (True,) else _("%(subject)s is not entered")
        return told % {"subject": subject}
    words = [_operand(operand, labels) for operand in operands]
    value = " – ".join(words) if operator is Operator.IN_RANGE else listed(words, "or")
    return _(_COMPARED[operator], subject=subject, value=value)


def _operand(operand: Operand, labels: Mapping[str, str]) -> str:
    if isinstance(operand, bool):
        return _("yes") if operand else _("no")
    if isinstance(operand, date):
        return day_shown(operand)
    return labels.get(operand, operand) if isinstance(operand, str) else f"{operand}"


def _subject(contract: Contract, fact: Fact) -> str:
    member = contract.words[Word.MEMBER]
    return {
        Fact.MEMBER_AGE: _("the %(member)s's age", member=member),
        Fact.MEMBER_SEX: _("the %(member)s's sex", member=member),
        Fact.MEMBER_PROGRAM: _("the %(member)s's program", member=member),
        Fact.REQUESTING_TYPE: _("the kind of requesting provider"),
        Fact.SERVICING_TYPE: _("the kind of servicing provider"),
        Fact.CATEGORY: _("the care"),
        Fact.SERVICE: _("the service"),
        Fact.PLACE_OF_SERVICE: _("the place of service"),
        Fact.ADMISSION_SOURCE: _("the admission source"),
        Fact.REQUEST_TYPE: _("the type"),
        Fact.URGENCY: _("the urgency"),
        Fact.REQUEST_DAYS: _("the number of days asked for"),
        Fact.REQUEST_START_ON: _("the first day of service"),
        Fact.SUBMITTED_ON: _("the day of receipt"),
        Fact.DIAGNOSES: _("a diagnosis code"),
        Fact.PROCEDURES: _("a procedure code"),
        Fact.PROCEDURE_SYSTEMS: _("the kind of procedure code"),
        Fact.LINE_CODE: _("the code of the line"),
        Fact.LINE_SYSTEM: _("the kind of code of the line"),
        Fact.LINE_DAYS: _("the number of days of the line"),
        Fact.LINE_QUANTITY: _("the quantity of the line"),
        Fact.DOCUMENT_TYPES: _("a document type"),
    }.get(fact, fact.value)


def _labels(contract: Contract, fact: Fact) -> Mapping[str, str]:
    """What users call the values of a fact."""
    intake, catalogue = contract.intake, contract.catalogue
    labelled: Mapping[Fact, Mapping[Any, object]] = {
        Fact.MEMBER_PROGRAM: contract.client.programs,
        Fact.SERVICE: catalogue.services,
        Fact.PLACE_OF_SERVICE: catalogue.places,
        Fact.REQUEST_TYPE: intake.request_types,
        Fact.CATEGORY: intake.categories,
        Fact.URGENCY: intake.urgencies,
        Fact.PROCEDURE_SYSTEMS: intake.procedures.labels,
        Fact.LINE_SYSTEM: intake.procedures.labels,
    }
    if fact not in labelled:
        return catalogue.lists.get(_LISTS.get(fact, ""), {})
    return {str(name): _label(one) for name, one in labelled[fact].items()}


def _label(one: object) -> str:
    """The label of a rule, or a label itself without what explains it."""
    return one.partition(" - ")[0] if isinstance(one, str) else str(getattr(one, "label", ""))


_IS = frozenset({Operator.EQUALS, Operator.ONE_OF, Operator.IN_RANGE})
_LISTS: Mapping[Fact, str] = {
    Fact.MEMBER_SEX: "sexes",
    Fact.ADMISSION_SOURCE: "admission_sources",
    Fact.DOCUMENT_TYPES: "document_types",
}
