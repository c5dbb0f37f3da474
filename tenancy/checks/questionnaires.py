"""Questionnaires: keys that fit each kind, conditions over earlier answers, forms somebody will meet. Pure."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from types import MappingProxyType

from tenancy.checks.problem import Check, Path, Problem
from tenancy.checks.verdict import may_hold
from tenancy.checks.walk import tests_in
from tenancy.contract import Contract
from tenancy.contract.conditions import AnswerTest
from tenancy.contract.facts import OPERATORS, ValueKind
from tenancy.contract.questions import Question, Questionnaire
from tenancy.faults import did_you_mean
from tenancy.patterns import refusal_of
from tenancy.vocabulary import Feature, Operator, QuestionKind, Severity

QUESTION_ID = re.compile(r"[a-z][a-z0-9_]{0,60}")
KEYS: Mapping[str, tuple[QuestionKind, ...]] = MappingProxyType(
    {
        "choices": (QuestionKind.CHOICE, QuestionKind.CHOICES),
        "minimum": (QuestionKind.NUMBER,),
        "maximum": (QuestionKind.NUMBER,),
        "unit": (QuestionKind.NUMBER,),
        "max_length": (QuestionKind.TEXT, QuestionKind.LONG_TEXT),
        "pattern": (QuestionKind.TEXT,),
        "must_be_yes": (QuestionKind.YES_NO,),
        "at_least": (QuestionKind.GROUP,),
        "at_most": (QuestionKind.GROUP,),
        "entry_label": (QuestionKind.GROUP,),
        "questions": (QuestionKind.GROUP,),
    }
)
"""Keys of a question that belong to certain kinds only."""
FOREIGN: Mapping[QuestionKind, tuple[str, ...]] = MappingProxyType(
    {kind: tuple(key for key, kinds in KEYS.items() if kind not in kinds) for kind in QuestionKind}
)
DEFAULTS = {item.name: item.default for item in fields(Question)}
EMPTY = frozenset({"choices", "questions"})
VALUE_KINDS: Mapping[QuestionKind, ValueKind] = MappingProxyType(
    {
        QuestionKind.YES_NO: ValueKind.FLAG,
        QuestionKind.CHOICE: ValueKind.TEXT,
        QuestionKind.CHOICES: ValueKind.TEXT,
        QuestionKind.TEXT: ValueKind.TEXT,
        QuestionKind.LONG_TEXT: ValueKind.TEXT,
        QuestionKind.PHONE: ValueKind.TEXT,
        QuestionKind.NUMBER: ValueKind.NUMBER,
        QuestionKind.DATE: ValueKind.DAY,
    }
)
FITS: Mapping[ValueKind, Callable[[object], bool]] = MappingProxyType(
    {
        ValueKind.FLAG: lambda value: isinstance(value, bool),
        ValueKind.TEXT: lambda value: isinstance(value, str),
        ValueKind.NUMBER: lambda value: isinstance(value, int | Decimal) and not isinstance(value, bool),
        ValueKind.DAY: lambda value: isinstance(value, date),
    }
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question met on the walk: its path and what was asked before it, as long as the walk stands there."""

    name: str
    question: Question
    path: Path
    earlier: Mapping[str, Question]
    is_inside: bool


def questions(contract: Contract) -> Iterator[Problem]:
    """Every question is well formed, and its condition looks back only."""
    for name, questionnaire in contract.questionnaires.items():
        path = ("questionnaires", name)
        ids = {asked.name for asked in _asked(questionnaire, path)}
        seen: set[str] = set()
        for asked in _asked(questionnaire, path):
            yield from _name(asked, seen)
            yield from _keys(asked)
            yield from _bounds(asked)
            yield from _conditions(asked, ids)
        if not ids:
            yield Problem((*path, "sections"), "QUESTION-NONE", "this questionnaire asks nothing.", at_key=True)


def _asked(questionnaire: Questionnaire, path: Path) -> Iterator[Asked]:
    earlier: dict[str, Question] = {}
    for section, part in questionnaire.sections.items():
        yield from _walk(part.questions, (*path, "sections", section, "questions"), earlier, is_inside=False)


def _walk(
    part: Mapping[str, Question], path: Path, earlier: dict[str, Question], *, is_inside: bool
) -> Iterator[Asked]:
    for name, question in part.items():
        here = (*path, name)
        yield Asked(name, question, here, earlier, is_inside)
        if question.questions:
            yield from _walk(question.questions, (*here, "questions"), dict(earlier), is_inside=True)
        earlier[name] = question


def _name(asked: Asked, seen: set[str]) -> Iterator[Problem]:
    if asked.name in seen:
        reason = f"a question '{asked.name}' exists already in this questionnaire."
        yield Problem(asked.path, "QUESTION-REPEAT", reason, at_key=True)
    seen.add(asked.name)
    if not QUESTION_ID.fullmatch(asked.name):
        reason = f"'{asked.name}' cannot name a question: small letters, digits and _ only, a letter first."
        yield Problem(asked.path, "QUESTION-ID", reason, at_key=True)


def _keys(asked: Asked) -> Iterator[Problem]:
    question = asked.question
    for key in FOREIGN[question.kind]:
        value = getattr(question, key)
        if bool(value) if key in EMPTY else value != DEFAULTS[key]:
            kinds = KEYS[key]
            reason = f"'{key}' does not belong to a question of kind '{question.kind}'."
            hint = f"It belongs to: {', '.join(kinds)}."
            yield Problem((*asked.path, key), "QUESTION-KEY", reason, hint, at_key=True)
    if question.kind in KEYS["choices"] and not question.choices:
        yield Problem(asked.path, "QUESTION-CHOICES", "choices are missing.", at_key=True)
    if question.kind is QuestionKind.GROUP and not question.questions:
        yield Problem(asked.path, "QUESTION-GROUP", "the questions of an entry are missing.", at_key=True)
    if question.kind is QuestionKind.GROUP and asked.is_inside:
        yield Problem((*asked.path, "kind"), "QUESTION-GROUP", "a group cannot stand inside a group.")


def _bounds(asked: Asked) -> Iterator[Problem]:
    question, path = asked.question, asked.path
    if question.minimum is not None and question.maximum is not None and question.maximum < question.minimum:
        reason = f"the greatest number, {question.maximum}, is less than the least, {question.minimum}."
        yield Problem((*path, "maximum"), "QUESTION-BOUNDS", reason)
    if question.at_most < question.at_least:
        reason = f"at most {question.at_most} entries, but at least {question.at_least}."
        yield Problem((*path, "at_most"), "QUESTION-BOUNDS", reason)
    if question.max_length is not None and question.max_length < 1:
        yield Problem((*path, "max_length"), "NUMBER-LOW", f"{question.max_length} is less than the least allowed, 1.")
    refusal = refusal_of(question.pattern)
    if refusal:
        yield Problem((*path, "pattern"), "PATTERN-REFUSED", refusal)


def _conditions(asked: Asked, ids: set[str]) -> Iterator[Problem]:
    """Whether it is shown looks back; whether its criterion is met looks at its own answer too."""
    own = {**asked.earlier, asked.name: asked.question}
    yield from _condition(asked, "shown_when", asked.earlier, ids)
    yield from _condition(asked, "met_when", own, ids)


def _condition(asked: Asked, key: str, known: Mapping[str, Question], ids: set[str]) -> Iterator[Problem]:
    condition = getattr(asked.question, key)
    if condition is None:
        return
    for path, test in tests_in(condition, (*asked.path, key)):
        if not isinstance(test, AnswerTest):
            continue
        earlier = known.get(test.question)
        if earlier is not None:
            yield from _fits(test, earlier, path)
        elif test.question in ids:
            reason = f"'{test.question}' is not asked before '{asked.name}'."
            yield Problem((*path, "answer"), "QUESTION-LATER", reason, "Conditions look back only.")
        else:
            hint = did_you_mean(test.question, known)
            reason = f"there is no earlier question '{test.question}'."
            yield Problem((*path, "answer"), "REF-QUESTION", reason, hint)


def _fits(test: AnswerTest, earlier: Question, path: Path) -> Iterator[Problem]:
    if earlier.kind is QuestionKind.STATEMENT:
        reason = f"'{test.question}' is a statement; nobody answers it."
        yield Problem((*path, "answer"), "REF-QUESTION", reason)
        return
    kind = VALUE_KINDS.get(earlier.kind)
    allowed = OPERATORS[kind] if kind else frozenset({Operator.IS_KNOWN})
    if test.operator not in allowed:
        reason = f"'{test.operator}' does not fit '{test.question}', a question of kind '{earlier.kind}'."
        hint = f"Use one of: {', '.join(sorted(allowed))}."
        yield Problem((*path, test.operator), "COND-OPERATOR", reason, hint, at_key=True)
    elif kind and test.operator is not Operator.IS_KNOWN:
        yield from _operands(test, earlier, kind, path)


def _operands(test: AnswerTest, earlier: Question, kind: ValueKind, path: Path) -> Iterator[Problem]:
    several = test.operator in (Operator.ONE_OF, Operator.NONE_OF, Operator.IN_RANGE)
    for index, operand in enumerate(test.operands):
        here = (*path, test.operator, *((str(index),) if several else ()))
        if not FITS[kind](operand):
            reason = f"'{_written(operand)}' does not fit '{test.question}', a question of kind '{earlier.kind}'."
            yield Problem(here, "COND-OPERAND", reason)
        elif earlier.kind in KEYS["choices"] and test.operator in CHOSEN and operand not in earlier.choices:
            reason = f"'{operand}' is no choice of '{test.question}'."
            yield Problem(here, "REF-CHOICE", reason, did_you_mean(str(operand), earlier.choices))


CHOSEN = frozenset({Operator.EQUALS, Operator.NOT_EQUALS, Operator.ONE_OF, Operator.NONE_OF})


def _written(operand: object) -> str:
    return str(operand).lower() if isinstance(operand, bool) else str(operand)


def reachable(contract: Contract) -> Iterator[Problem]:
    """Every questionnaire belongs to some request that can be made, and questionnaires are shown at all."""
    if contract.questionnaires and not contract.features.get(Feature.QUESTIONNAIRES):
        reason = "nobody will see them: the function 'questionnaires' is off."
        yield Problem(("questionnaires",), "QUESTION-OFF", reason, severity=Severity.WARNING, at_key=True)
    for name, questionnaire in contract.questionnaires.items():
        if not may_hold(questionnaire.when, contract):
            path, reason = ("questionnaires", name, "when"), f"no request can ever meet this: '{name}' is never asked."
            yield Problem(path, "QUESTION-UNREACHED", reason, severity=Severity.WARNING, at_key=True)


CHECKS: tuple[Check, ...] = (questions, reachable)
