"""The marshmallow field that reads a condition: a closed tree of tests, never an expression. Knows no file."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from marshmallow import ValidationError

from tenancy.contract.conditions import All, AnswerTest, AnyOf, Condition, FactTest, Not, Operand
from tenancy.contract.facts import FACT_TYPES, OPERATORS, ValueKind
from tenancy.faults import did_you_mean
from tenancy.schema_fields import NodeField, day_of, described, quote_wanted, refused
from tenancy.vocabulary import Fact, Operator
from tenancy.yaml_source import UNREADABLE, Node, Unclear

LISTED = frozenset({Operator.ONE_OF, Operator.NONE_OF})
BRANCHES = ("all", "any", "not")
SUBJECTS = ("fact", "answer")
SHAPE = "Write {fact: …, one_of: […]}, {answer: …, equals: …}, all: […], any: […] or not: {…}."
WANTED = {
    ValueKind.TEXT: "a text",
    ValueKind.NUMBER: "a number",
    ValueKind.DAY: "a day as YYYY-MM-DD",
    ValueKind.FLAG: "true or false",
}


class ConditionField(NodeField):
    """A condition. The operands must fit the fact's kind; those of an answer are judged by ``tenancy.checks``."""

    keeps = True

    def made(self, node: Node) -> Condition:
        if not isinstance(node.value, dict) or not node.value:
            raise self.wrong(node, "COND-SHAPE", "a condition", SHAPE)
        branch = [name for name in BRANCHES if name in node.value]
        subject = [name for name in SUBJECTS if name in node.value]
        if len(branch) + len(subject) != 1:
            raise refused(node.fault("COND-SHAPE", self._shape_reason(node, branch + subject), SHAPE))
        return self._branch(node, branch[0]) if branch else self._test(node, subject[0])

    def _nested(self, node: Node) -> Condition:
        """A part of a condition; unlike a whole one it is never left empty."""
        if node.value is None:
            raise self.wrong(node, "COND-SHAPE", "a condition", SHAPE)
        condition: Condition = self.read(node)
        return condition

    def _shape_reason(self, node: Node, named: list[str]) -> str:
        if named:
            return f"a condition cannot hold '{named[0]}' and '{named[1]}' side by side."
        return f"'{next(iter(node.value))}' does not start a condition."

    def _branch(self, node: Node, name: str) -> Condition:
        extra = [key for key in node.value if key != name]
        if extra:
            reason = f"'{extra[0]}' cannot stand beside '{name}'."
            raise refused(node.value[extra[0]].fault("COND-SHAPE", reason, at_key=True))
        part = node.value[name]
        if name == "not":
            return Not(_under(name, part, self._nested))
        parts = _under(name, part, self._parts)
        return All(parts) if name == "all" else AnyOf(parts)

    def _parts(self, node: Node) -> tuple[Condition, ...]:
        if not isinstance(node.value, list):
            raise self.wrong(node, "TYPE-LIST", "a list of conditions")
        made: list[Condition] = []
        errors: dict[Any, Any] = {}
        for index, part in enumerate(node.value):
            try:
                made.append(self._nested(part))
            except ValidationError as error:
                errors[index] = error.messages
        if errors:
            raise ValidationError(errors)
        return tuple(made)

    def _test(self, node: Node, subject: str) -> Condition:
        named = node.value[subject]
        fact = _under(subject, named, self._fact) if subject == "fact" else None
        question = "" if fact else _under(subject, named, self._question)
        operator = self._operator(node, subject, FACT_TYPES[fact].kind if fact else None)
        kind = FACT_TYPES[fact].kind if fact else None
        operands = _under(operator.value, node.value[operator.value], lambda child: _operands(child, operator, kind))
        return FactTest(fact, operator, operands) if fact else AnswerTest(question, operator, operands)

    def _fact(self, node: Node) -> Fact:
        if isinstance(node.value, str) and node.value in FACT_NAMES:
            return Fact(node.value)
        hint = did_you_mean(str(node.value), FACT_NAMES)
        raise refused(node.fault("COND-FACT", f"fact {described(node)} is unknown.", hint))

    def _question(self, node: Node) -> str:
        if type(node.value) is str and node.value:
            return node.value
        raise self.wrong(node, "COND-ANSWER", "the id of an earlier question")

    def _operator(self, node: Node, subject: str, kind: ValueKind | None) -> Operator:
        others = [name for name in node.value if name != subject]
        unknown = [name for name in others if name not in OPERATOR_NAMES]
        if unknown:
            child = node.value[unknown[0]]
            reason = f"operator '{unknown[0]}' is unknown."
            raise refused(child.fault("COND-OPERATOR", reason, did_you_mean(unknown[0], OPERATOR_NAMES), at_key=True))
        if len(others) != 1:
            reason = "one comparison is wanted here, " + (f"not {len(others)}." if others else "and there is none.")
            raise refused(node.fault("COND-OPERATOR", reason, f"Use one of: {', '.join(OPERATOR_NAMES)}."))
        operator = Operator(others[0])
        if kind is not None and operator not in OPERATORS[kind]:
            fit = ", ".join(item for item in OPERATOR_NAMES if item in OPERATORS[kind])
            reason = f"'{operator}' does not fit {node.value[subject].value}, which is {_article(kind)}."
            raise refused(node.value[others[0]].fault("COND-OPERATOR", reason, f"Use one of: {fit}.", at_key=True))
        return operator


FACT_NAMES = tuple(fact.value for fact in Fact)
OPERATOR_NAMES = tuple(operator.value for operator in Operator)


def _article(kind: ValueKind) -> str:
    return kind.value if kind is ValueKind.FLAG else f"a {kind.value}"


def _under(name: str, node: Node, read: Callable[[Node], Any]) -> Any:
    try:
        return read(node)
    except ValidationError as error:
        raise ValidationError({name: error.messages}) from None


def _operands(node: Node, operator: Operator, kind: ValueKind | None) -> tuple[Operand, ...]:
    if operator is Operator.IS_KNOWN:
        return (_operand(node, ValueKind.FLAG),)
    if operator in LISTED or operator is Operator.IN_RANGE or isinstance(node.value, list):
        return _operand_list(node, operator, kind)
    return (_operand(node, kind),)


def _operand_list(node: Node, operator: Operator, kind: ValueKind | None) -> tuple[Operand, ...]:
    if not isinstance(node.value, list) or operator not in (*LISTED, Operator.IN_RANGE, Operator.STARTS_WITH):
        wanted = "a list" if operator in LISTED else "a list of two" if operator is Operator.IN_RANGE else "one value"
        raise refused(node.fault("COND-OPERAND", f"'{operator}' takes {wanted}, not {described(node)}."))
    count = len(node.value)
    if operator is Operator.IN_RANGE and count != 2:
        raise refused(node.fault("COND-OPERAND", f"'in_range' takes two values, first and last, not {count}."))
    if count == 0:
        raise refused(node.fault("COND-OPERAND", f"'{operator}' needs at least one value."))
    errors: dict[Any, Any] = {}
    values: list[Operand] = []
    for index, item in enumerate(node.value):
        try:
            values.append(_operand(item, kind))
        except ValidationError as error:
            errors[index] = error.messages
    if errors:
        raise ValidationError(errors)
    if operator is Operator.IN_RANGE and not _in_order(*values):
        raise refused(node.fault("COND-OPERAND", "'in_range' wants two values of one kind, the lower one first."))
    return tuple(values)


def _in_order(low: Operand, high: Operand) -> bool:
    try:
        return low <= high  # type: ignore[operator]
    except TypeError:
        return False


def _operand(node: Node, kind: ValueKind | None) -> Operand:
    value = node.value
    if value is UNREADABLE:
        raise ValidationError([])
    if kind is None:
        return _any_operand(node)
    made = READERS[kind](value)
    if made is not None:
        return made
    if kind is ValueKind.TEXT and isinstance(value, bool | int | Decimal | Unclear):
        raise refused(quote_wanted(node))
    raise refused(node.fault("COND-OPERAND", f"{WANTED[kind]} is wanted here, not {described(node)}."))


def _any_operand(node: Node) -> Operand:
    value = node.value
    day = day_of(value) if isinstance(value, Unclear) else None
    if day is not None:
        return day
    if isinstance(value, bool | int | Decimal) or (type(value) is str and value):
        operand: Operand = value
        return operand
    if isinstance(value, Unclear):
        raise refused(quote_wanted(node))
    raise refused(node.fault("COND-OPERAND", f"one value is wanted here, not {described(node)}."))


def _as_text(value: object) -> str | None:
    return value if type(value) is str and value else None


def _as_number(value: object) -> Operand | None:
    return value if type(value) is int or isinstance(value, Decimal) else None


def _as_flag(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


READERS: Mapping[ValueKind, Callable[[object], Operand | None]] = {
    ValueKind.TEXT: _as_text,
    ValueKind.NUMBER: _as_number,
    ValueKind.DAY: day_of,
    ValueKind.FLAG: _as_flag,
}
