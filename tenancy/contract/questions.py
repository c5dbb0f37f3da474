"""Questionnaires: typed, conditional and repeated questions that choose themselves for a request."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from tenancy.contract.conditions import Condition
from tenancy.contract.declare import EMPTY, Dated, key
from tenancy.vocabulary import QuestionKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question. Keys that do not belong to its kind are refused by the check."""

    kind: QuestionKind = key("Kind of answer.")
    label: str = key("The question.")
    hint: str = key("Help under it.", default="")
    required: bool = key("Whether it must be answered when shown.", default=True)
    shown_when: Condition | None = key("Condition over earlier answers and facts.", default=None)
    choices: Mapping[str, str] = key("Choices: value → label (kinds choice and choices).", default=EMPTY)
    minimum: Decimal | None = key("Least number (kind number).", default=None)
    maximum: Decimal | None = key("Greatest number (kind number).", default=None)
    unit: str = key("Unit shown after a number.", default="")
    max_length: int | None = key("Longest text (kinds text and long_text).", default=None)
    pattern: str = key("Pattern a text must match (kind text).", default="")
    must_be_yes: str = key("Said when the answer is not yes; submission waits for yes (kind yes_no).", default="")
    criterion: str = key("The clinical rule the answer is held against, for the reviewer.", default="")
    met_when: Condition | None = key(
        "When it is met: a condition over this answer, earlier ones and facts. Left out: the reviewer judges.",
        default=None,
    )
    at_least: int = key("Fewest entries (kind group).", default=1, minimum=0)
    at_most: int = key("Most entries (kind group).", default=10, minimum=1, maximum=50)
    entry_label: str = key("Name of one entry (kind group).", default="")
    questions: Mapping[str, "Question"] = key("Questions of one entry (kind group).", default=EMPTY)


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionSection:
    """Questions under one heading."""

    title: str = key("Heading.")
    questions: Mapping[str, Question] = key("Questions by id, in order. Ids are unique in the questionnaire.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Questionnaire(Dated):
    """A form that attaches itself to the requests its condition names."""

    title: str = key("Title.")
    version: str = key("Version, e.g. 2026-01.")
    intro: str = key("What it is for, one or two sentences.", default="")
    when: Condition = key("Requests it belongs to: service, codes, category, age, …")
    required: bool = key("Whether submission waits for it.", default=True)
    sections: Mapping[str, QuestionSection] = key("Sections in order.")
