"""Faults are tried against the same small world that the rooms' tests use."""

from tests.rooms.cases.conftest import complete_draft, signed_in, world

__all__ = ["complete_draft", "signed_in", "world"]
