"""Kinds of questions, one class each. Ask :data:`KINDS`, never which kind a question is."""

from collections.abc import Mapping
from types import MappingProxyType

from app.domain.questions.base import Form, Json, Kind, Nested, Reading
from app.domain.questions.group import Group, entries_of
from app.domain.questions.single import SINGLE
from tenancy.vocabulary import QuestionKind

KINDS: Mapping[QuestionKind, Kind] = MappingProxyType({**SINGLE, QuestionKind.GROUP: Group()})

__all__ = ["KINDS", "Form", "Json", "Kind", "Nested", "Reading", "entries_of"]
