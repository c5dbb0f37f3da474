"""Conditions as data: a closed tree of tests over facts and answers. Evaluation lives in app.domain.conditions.

In YAML a condition is one of::

    {fact: case.service, one_of: [dme, home_health]}
    {answer: uses_oxygen, equals: true}
    all: [ ... ]     any: [ ... ]     not: { ... }
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tenancy.vocabulary import Fact, Operator

Operand = str | bool | int | Decimal | date


@dataclass(frozen=True, slots=True)
class FactTest:
    """A fact compared with operands; ``in_range`` has two, the others one or more as the operator says."""

    fact: Fact
    operator: Operator
    operands: tuple[Operand, ...]


@dataclass(frozen=True, slots=True)
class AnswerTest:
    """An answer to a question of the same questionnaire compared with operands."""

    question: str
    operator: Operator
    operands: tuple[Operand, ...]


@dataclass(frozen=True, slots=True)
class All:
    """Holds when every part holds; an empty list holds."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Holds when at least one part holds; an empty list does not."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Not:
    """Holds when its part does not."""

    part: "Condition"


Condition = FactTest | AnswerTest | All | AnyOf | Not
