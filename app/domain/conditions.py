"""Whether a condition holds. Knows the closed operator list; knows no contract, draft or page.

Truth has three values. A test is *true*, *false* or *unknown*:

- a fact (or answer) that is present as ``None``, or an answer not given, makes every test on it unknown, the negative
  ones too: nobody has said yet, so nothing follows. Only ``is_known`` looks at it and is always true or false;
- ``not`` of unknown is unknown; ``all`` is false if a part is false, else unknown if a part is unknown, else true;
  ``any`` is true if a part is true, else unknown if a part is unknown, else false (Kleene's strong logic);
- :func:`holds` is true only for true. So **something unknown never makes a rule apply**, and no ``not`` can turn that
  round.

A plural fact (diagnoses, procedures, programmes, document types, the values ticked in a question) is a tuple. A
positive test holds if any value meets it, a negative one (``not_equals``, ``none_of``) if every value does. An empty
tuple is known to be empty: positive tests are false, negative ones true, and ``is_known: true`` asks for a value.

A test that cannot be answered at all (a fact nobody supplied, a number compared with a text) **raises**
:class:`Unanswerable`: it is never taken for false. Every part of a condition is looked at, so it raises whatever the
order of the parts.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import assert_never

from app.domain.answers import Answer
from tenancy.contract.conditions import All, AnswerTest, AnyOf, Condition, FactTest, Not, Operand
from tenancy.vocabulary import Fact, Operator

Plural = tuple[str, ...]
FactValue = str | bool | int | Decimal | date | Plural | None
Facts = Mapping[Fact, FactValue]
Scalar = str | bool | int | Decimal | date
Operands = tuple[Operand, ...]

CODE_FACTS = frozenset({Fact.DIAGNOSES, Fact.PROCEDURES, Fact.LINE_CODE})
NEGATIVE = frozenset({Operator.NOT_EQUALS, Operator.NONE_OF})


class Unanswerable(Exception):
    """A rule asks for something that cannot be told here: a fault of the contract or of the caller, never of the user.

    Names the subject and the reason, no value of it.
    """

    def __init__(self, subject: str, reason: str) -> None:
        super().__init__(f"{subject}: {reason}")
        self.subject = subject


def plain_code(code: str) -> str:
    """A code as rules compare it: upper case, without dots and blanks, so that ``m17.11`` is ``M1711``."""
    return code.replace(".", "").replace(" ", "").upper()


def holds(condition: Condition, facts: Facts, answers: Mapping[str, Answer] | None = None) -> bool:
    """Whether the condition is true; unknown counts as not holding.

    ``answers`` are those that count (of visible questions). Raises :class:`Unanswerable`.
    """
    return truth(condition, facts, answers) is True


def truth(condition: Condition, facts: Facts, answers: Mapping[str, Answer] | None = None) -> bool | None:
    """True, false or ``None`` for unknown, as the module's rules say. Raises :class:`Unanswerable`."""
    match condition:
        case FactTest():
            return _fact(condition, facts)
        case AnswerTest():
            return _answer(condition, answers)
        case All(parts):
            return _all([truth(part, facts, answers) for part in parts])
        case AnyOf(parts):
            return _negated(_all([_negated(truth(part, facts, answers)) for part in parts]))
        case Not(part):
            return _negated(truth(part, facts, answers))
        case _ as never:
            assert_never(never)


def facts_used(condition: Condition) -> frozenset[Fact]:
    """Every fact the condition looks at."""
    return frozenset(test.fact for test in _tests(condition) if isinstance(test, FactTest))


def _tests(condition: Condition) -> Iterator[FactTest | AnswerTest]:
    match condition:
        case FactTest() | AnswerTest():
            yield condition
        case All(parts) | AnyOf(parts):
            for part in parts:
                yield from _tests(part)
        case Not(part):
            yield from _tests(part)
        case _ as never:
            assert_never(never)


def _all(parts: list[bool | None]) -> bool | None:
    if False in parts:
        return False
    return None if None in parts else True


def _negated(value: bool | None) -> bool | None:
    return None if value is None else not value


def _fact(test: FactTest, facts: Facts) -> bool | None:
    if test.fact not in facts:
        raise Unanswerable(test.fact.value, "this fact is not supplied here")
    value = facts[test.fact]
    if test.fact in CODE_FACTS:
        operands = tuple(plain_code(item) if isinstance(item, str) else item for item in test.operands)
        return _compared(test.fact.value, test.operator, operands, _plain(value))
    return _compared(test.fact.value, test.operator, test.operands, value)


def _plain(value: FactValue) -> FactValue:
    if isinstance(value, tuple):
        return tuple(plain_code(item) for item in value)
    return plain_code(value) if isinstance(value, str) else value


def _answer(test: AnswerTest, answers: Mapping[str, Answer] | None) -> bool | None:
    if answers is None:
        raise Unanswerable(test.question, "answers are not supplied here")
    value = answers.get(test.question)
    if isinstance(value, tuple) and any(isinstance(item, Mapping) for item in value):
        if test.operator is not Operator.IS_KNOWN:
            raise Unanswerable(test.question, "of repeated entries one can only ask whether there are any")
        value = ("entries",)
    return _compared(test.question, test.operator, test.operands, value)  # type: ignore[arg-type]


def _compared(subject: str, operator: Operator, operands: Operands, value: FactValue) -> bool | None:
    if operator is Operator.IS_KNOWN:
        return (value is not None and value != ()) is _flag(subject, operands)
    if value is None:
        return None
    compare = COMPARISONS[operator]
    if not isinstance(value, tuple):
        return compare(subject, value, operands)
    results = [compare(subject, item, operands) for item in value]
    return all(results) if operator in NEGATIVE else any(results)


def _flag(subject: str, operands: Operands) -> bool:
    flag = _only(subject, operands)
    if not isinstance(flag, bool):
        raise Unanswerable(subject, "is_known is asked with true or false")
    return flag


def _only(subject: str, operands: Operands) -> Operand:
    if len(operands) != 1:
        raise Unanswerable(subject, f"one value to compare with is needed, not {len(operands)}")
    return operands[0]


def _family(value: Scalar) -> str:
    """The family of a value; only values of one family compare."""
    if isinstance(value, bool):
        return "yes or no"
    if isinstance(value, int | Decimal):
        return "number"
    return "date" if isinstance(value, date) else "text"


def _alike(subject: str, value: Scalar, operand: Operand) -> bool:
    if type(value) is not type(operand) and _family(value) != _family(operand):
        raise Unanswerable(subject, f"a {_family(value)} cannot be compared with a {_family(operand)}")
    return value == operand


def _one_of(subject: str, value: Scalar, operands: Operands) -> bool:
    alike = [_alike(subject, value, operand) for operand in operands]  # every operand is looked at: a wrong one raises
    return any(alike)


def _number(subject: str, value: Scalar) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise Unanswerable(subject, f"a {_family(value)} is no number")
    return Decimal(value)


def _day(subject: str, value: Scalar) -> date:
    if not isinstance(value, date):
        raise Unanswerable(subject, f"a {_family(value)} is no date")
    return value


def _text(subject: str, value: Scalar) -> str:
    if not isinstance(value, str):
        raise Unanswerable(subject, f"a {_family(value)} is no text")
    return value


def _difference(subject: str, value: Scalar, operands: Operands) -> Decimal:
    return _number(subject, value) - _number(subject, _only(subject, operands))


def _starts_with(subject: str, value: Scalar, operands: Operands) -> bool:
    return _text(subject, value).startswith(tuple(_text(subject, operand) for operand in operands))


def _in_range(subject: str, value: Scalar, operands: Operands) -> bool:
    """Both ends included; a text range includes everything that starts with its upper end (C00-C97 has C97.1)."""
    if len(operands) != 2:
        raise Unanswerable(subject, "a range has a lower and an upper end")
    low, high = operands
    _alike(subject, value, low)
    _alike(subject, value, high)
    if isinstance(value, date):
        return _day(subject, low) <= value <= _day(subject, high)
    if isinstance(value, str):
        upper = _text(subject, high)
        return _text(subject, low) <= value and value[: len(upper)] <= upper
    return _number(subject, low) <= _number(subject, value) <= _number(subject, high)


def _is_before(subject: str, value: Scalar, operands: Operands) -> bool:
    return _day(subject, value) < _day(subject, _only(subject, operands))


COMPARISONS: Mapping[Operator, Callable[[str, Scalar, Operands], bool]] = MappingProxyType(
    {
        Operator.EQUALS: lambda subject, value, operands: _alike(subject, value, _only(subject, operands)),
        Operator.NOT_EQUALS: lambda subject, value, operands: not _alike(subject, value, _only(subject, operands)),
        Operator.ONE_OF: _one_of,
        Operator.NONE_OF: lambda subject, value, operands: not _one_of(subject, value, operands),
        Operator.AT_LEAST: lambda subject, value, operands: _difference(subject, value, operands) >= 0,
        Operator.AT_MOST: lambda subject, value, operands: _difference(subject, value, operands) <= 0,
        Operator.MORE_THAN: lambda subject, value, operands: _difference(subject, value, operands) > 0,
        Operator.LESS_THAN: lambda subject, value, operands: _difference(subject, value, operands) < 0,
        Operator.STARTS_WITH: _starts_with,
        Operator.IN_RANGE: _in_range,
        Operator.ON_OR_AFTER: lambda subject, value, operands: not _is_before(subject, value, operands),
        Operator.BEFORE: _is_before,
    }
)


def told(condition: Condition, facts: Facts) -> tuple[tuple[str, str, str], ...]:
    """What each test of a condition looked at, for the trail: fact, what was asked of it, and how it came out.

    Raises :class:`Unanswerable`. Values of facts are not told: they stand on the case.
    """
    found = []
    for test in _tests(condition):
        subject = test.fact.value if isinstance(test, FactTest) else test.question
        asked = f"{test.operator} {', '.join(str(item) for item in test.operands)}"
        found.append((subject, asked, {True: "yes", False: "no", None: "unknown"}[truth(test, facts)]))
    return tuple(found)
