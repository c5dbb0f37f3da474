"""What contract managers type at the console. Reads forms into what services take; knows no rule of a contract."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from werkzeug.datastructures import FileStorage, MultiDict

from app.console.moments import read_instant, read_start
from app.domain import typed
from app.domain.errors import FieldFault, Invalid
from tenancy.contract import Contract
from tenancy.toggles import Switch
from tenancy.vocabulary import Feature

LONGEST_REASON = 300
EVERYBODY, GROUPS, SHARE = "everybody", "groups", "share"


@dataclass(frozen=True, slots=True)
class SwitchForm:
    """A switch as asked for, and why."""

    wanted: Switch
    reason: str

    @classmethod
    def read(cls, form: MultiDict[str, str], slug: str, contract: Contract, now: datetime) -> SwitchForm:
        """Raises Invalid with every fault at once."""
        faults: list[FieldFault] = []
        feature = _feature(form.get("feature", ""), faults)
        if form.get("state") not in {"on", "off"}:
            faults.append(FieldFault("state", "Choose on or off."))
        groups, share = _whom(form, faults)
        starts = read_start(form, contract, now, faults)
        ends = read_instant(form, "ends", contract, faults)
        if ends is not None and ends <= (starts or now):
            faults.append(FieldFault("ends_on", "It would end before it starts. Choose a later day."))
        reason = read_reason(form, faults)
        if faults or feature is None:
            raise Invalid(tuple(faults))
        is_on = form.get("state") == "on"
        wanted = Switch(
            slug=slug, feature=feature, is_on=is_on, starts_at=starts, ends_at=ends, groups=groups, share=share
        )
        return cls(wanted, reason)


@dataclass(frozen=True, slots=True)
class ProposeForm:
    """Why a release is proposed, and from when it shall be in force."""

    reason: str
    effective_at: datetime | None

    @classmethod
    def read(cls, form: Mapping[str, str], contract: Contract, now: datetime) -> ProposeForm:
        """Raises Invalid with every fault at once."""
        faults: list[FieldFault] = []
        starts = read_start(form, contract, now, faults)
        reason = read_reason(form, faults)
        if faults:
            raise Invalid(tuple(faults))
        return cls(reason, starts)


def read_text(form: Mapping[str, str], files: Mapping[str, FileStorage]) -> str:
    """The contract's file: the one that was chosen, else what stands in the box. Raises Invalid for no UTF-8 text."""
    chosen = files.get("file")
    if chosen is None or not chosen.filename:
        return form.get("text", "")
    try:
        return chosen.stream.read().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Invalid((FieldFault("file", "This is no text file in UTF-8. Choose a contract’s YAML file."),)) from None


def read_reason(form: Mapping[str, str], faults: list[FieldFault]) -> str:
    """The reason on one line; a missing or overlong one is added to the faults."""
    try:
        reason = " ".join(typed.text(form.get("reason", ""), LONGEST_REASON).split())
    except typed.Unreadable as error:
        faults.append(FieldFault("reason", f"Say why {error.how}."))
        return ""
    if not reason:
        faults.append(FieldFault("reason", "Say why. The reason stays in the history."))
    return reason


def must_have_reason(form: Mapping[str, str]) -> str:
    """The reason of a form that asks for nothing else. Raises Invalid."""
    faults: list[FieldFault] = []
    reason = read_reason(form, faults)
    if faults:
        raise Invalid(tuple(faults))
    return reason


def _feature(raw: str, faults: list[FieldFault]) -> Feature | None:
    try:
        return Feature(raw)
    except ValueError:
        faults.append(FieldFault("feature", "Choose a function."))
        return None


def _whom(form: MultiDict[str, str], faults: list[FieldFault]) -> tuple[frozenset[UUID], int | None]:
    whom = form.get("whom", EVERYBODY)
    if whom == GROUPS:
        return _groups(form.getlist("groups"), faults), None
    return frozenset(), _share(form.get("share", ""), faults) if whom == SHARE else None


def _groups(raw: list[str], faults: list[FieldFault]) -> frozenset[UUID]:
    try:
        found = frozenset(UUID(one) for one in raw)
    except ValueError:
        found = frozenset()
    if not found:
        faults.append(FieldFault("groups", "Choose at least one group, or ‘Everybody’."))
    return found


def _share(raw: str, faults: list[FieldFault]) -> int | None:
    is_number = raw.strip().isascii() and raw.strip().isdigit() and len(raw.strip()) < 4
    if is_number and 1 <= int(raw) <= 99:
        return int(raw)
    faults.append(FieldFault("share", "Enter a whole number from 1 to 99."))
    return None
