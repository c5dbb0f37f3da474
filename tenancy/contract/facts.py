"""What each fact of the condition language is: text, number, day or truth value; one or several. Pure data."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from tenancy.vocabulary import Category, CodeSystem, Fact, Operator, Urgency


class ValueKind(StrEnum):
    """What a fact's or an answer's value is."""

    TEXT = "text"
    NUMBER = "number"
    DAY = "day"
    FLAG = "yes or no"


@dataclass(frozen=True, slots=True)
class FactType:
    """A fact's kind.

    ``words`` are its only values where the list is closed; ``catalogue`` says which part of the contract lists them
    otherwise.
    """

    kind: ValueKind
    plural: bool = False
    words: tuple[str, ...] = ()
    catalogue: str = ""


SEXES = ("female", "male", "unknown")

FACT_TYPES: Mapping[Fact, FactType] = MappingProxyType(
    {
        Fact.MEMBER_AGE: FactType(ValueKind.NUMBER),
        Fact.MEMBER_SEX: FactType(ValueKind.TEXT, words=SEXES),
        Fact.MEMBER_PROGRAM: FactType(ValueKind.TEXT, plural=True, catalogue="programs"),
        Fact.MEMBER_IS_TEMPORARY: FactType(ValueKind.FLAG),
        Fact.MEMBER_OTHER_COVERAGE: FactType(ValueKind.TEXT, catalogue="other_coverages"),
        Fact.REQUESTING_TYPE: FactType(ValueKind.TEXT),
        Fact.REQUESTING_TAXONOMY: FactType(ValueKind.TEXT),
        Fact.SERVICING_TYPE: FactType(ValueKind.TEXT),
        Fact.SERVICING_TAXONOMY: FactType(ValueKind.TEXT),
        Fact.CATEGORY: FactType(ValueKind.TEXT, words=tuple(Category)),
        Fact.SERVICE: FactType(ValueKind.TEXT, catalogue="services"),
        Fact.PLACE_OF_SERVICE: FactType(ValueKind.TEXT, catalogue="places"),
        Fact.ADMISSION_SOURCE: FactType(ValueKind.TEXT, catalogue="admission_sources"),
        Fact.REQUEST_TYPE: FactType(ValueKind.TEXT, catalogue="request_types"),
        Fact.URGENCY: FactType(ValueKind.TEXT, words=tuple(Urgency)),
        Fact.REVIEW_KIND: FactType(ValueKind.TEXT, catalogue="review_kinds"),
        Fact.EARLIER_NUMBER: FactType(ValueKind.TEXT),
        Fact.EARLIER_APPROVED: FactType(ValueKind.FLAG),
        Fact.REQUEST_DAYS: FactType(ValueKind.NUMBER),
        Fact.REQUEST_START_ON: FactType(ValueKind.DAY),
        Fact.SUBMITTED_ON: FactType(ValueKind.DAY),
        Fact.DIAGNOSES: FactType(ValueKind.TEXT, plural=True),
        Fact.EARLIER_SERVICES: FactType(ValueKind.TEXT, plural=True, catalogue="services"),
        Fact.PROCEDURES: FactType(ValueKind.TEXT, plural=True),
        Fact.PROCEDURE_SYSTEMS: FactType(ValueKind.TEXT, plural=True, words=tuple(CodeSystem)),
        Fact.LINE_CODE: FactType(ValueKind.TEXT),
        Fact.LINE_SYSTEM: FactType(ValueKind.TEXT, words=tuple(CodeSystem)),
        Fact.LINE_DAYS: FactType(ValueKind.NUMBER),
        Fact.LINE_QUANTITY: FactType(ValueKind.NUMBER),
        Fact.LINE_DAILY: FactType(ValueKind.NUMBER),
        Fact.LINE_WEEKLY: FactType(ValueKind.NUMBER),
        Fact.LINE_YEARLY: FactType(ValueKind.NUMBER),
        Fact.DOCUMENT_TYPES: FactType(ValueKind.TEXT, plural=True, catalogue="document_types"),
    }
)

LINE_FACTS = frozenset(
    {
        Fact.LINE_CODE,
        Fact.LINE_SYSTEM,
        Fact.LINE_DAYS,
        Fact.LINE_QUANTITY,
        Fact.LINE_DAILY,
        Fact.LINE_WEEKLY,
        Fact.LINE_YEARLY,
    }
)
"""Known only where one procedure line is looked at."""

OPERATORS: Mapping[ValueKind, frozenset[Operator]] = MappingProxyType(
    {
        ValueKind.TEXT: frozenset(
            {
                Operator.EQUALS,
                Operator.NOT_EQUALS,
                Operator.ONE_OF,
                Operator.NONE_OF,
                Operator.STARTS_WITH,
                Operator.IN_RANGE,
                Operator.IS_KNOWN,
            }
        ),
        ValueKind.NUMBER: frozenset(
            {
                Operator.EQUALS,
                Operator.NOT_EQUALS,
                Operator.ONE_OF,
                Operator.NONE_OF,
                Operator.AT_LEAST,
                Operator.AT_MOST,
                Operator.MORE_THAN,
                Operator.LESS_THAN,
                Operator.IN_RANGE,
                Operator.IS_KNOWN,
            }
        ),
        ValueKind.DAY: frozenset(
            {Operator.EQUALS, Operator.ON_OR_AFTER, Operator.BEFORE, Operator.IN_RANGE, Operator.IS_KNOWN}
        ),
        ValueKind.FLAG: frozenset({Operator.EQUALS, Operator.NOT_EQUALS, Operator.IS_KNOWN}),
    }
)
