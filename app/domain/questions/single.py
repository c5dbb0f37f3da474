"""The kinds that have one answer: all but the repeated one, which is made of them."""

from collections.abc import Mapping
from types import MappingProxyType

from app.domain.questions.base import Kind
from app.domain.questions.choice import Choice
from app.domain.questions.choices import Choices
from app.domain.questions.date import Date
from app.domain.questions.long_text import LongText
from app.domain.questions.number import Number
from app.domain.questions.phone import Phone
from app.domain.questions.statement import Statement
from app.domain.questions.text import Text
from app.domain.questions.yes_no import YesNo
from tenancy.vocabulary import QuestionKind

SINGLE: Mapping[QuestionKind, Kind] = MappingProxyType(
    {
        kind.kind: kind
        for kind in (YesNo(), Choice(), Choices(), Text(), LongText(), Number(), Date(), Phone(), Statement())
    }
)
