"""Lists users choose from: what names one must find it, what needs one must name it. Pure."""

from collections.abc import Iterator, Mapping

from tenancy.checks.problem import Check, Path, Problem
from tenancy.contract import Contract
from tenancy.contract.intake import FieldRule
from tenancy.faults import did_you_mean
from tenancy.vocabulary import CaseField, Feature, LineField, MemberField, Severity

DOCUMENT_TYPES, DISPOSITIONS, TIME_ZONES = "document_types", "discharge_dispositions", "time_zones"
BY_NAME = frozenset({DOCUMENT_TYPES, DISPOSITIONS, TIME_ZONES})
NEED_LIST = frozenset(
    {
        CaseField.ADMISSION_SOURCE,
        CaseField.REVIEW_KIND,
        CaseField.OTHER_COVERAGE,
        LineField.UNIT_QUALIFIER,
        LineField.FREQUENCY,
        MemberField.SEX,
        MemberField.PREFIX,
        MemberField.SUFFIX,
        MemberField.LANGUAGE,
        MemberField.COUNTRY,
        MemberField.STATE,
    }
)
OWN_CHOICES = frozenset({CaseField.SERVICE_TYPE, CaseField.PLACE_OF_SERVICE, CaseField.REQUEST_TYPE, CaseField.URGENCY})
TYPED = frozenset(
    {
        CaseField.ADMIT_ON,
        CaseField.NOTIFICATION_ON,
        CaseField.NOTIFICATION_TIME,
        CaseField.CONTACT_NAME,
        CaseField.CONTACT_PHONE,
        CaseField.EARLIER_NUMBER,
        LineField.MODIFIERS,
        LineField.START_ON,
        LineField.END_ON,
        LineField.DURATION,
        LineField.QUANTITY,
        LineField.RATE,
        MemberField.BIRTH_DATE,
        MemberField.PHONE,
        MemberField.EMAIL,
    }
)


def request_fields(contract: Contract) -> Iterator[Problem]:
    """Every field of a request that offers a list names one that exists, and starts with a value of it."""
    for path, rules in field_rules(contract):
        for field, rule in rules.items():
            here = (*path, field)
            yield from _named(contract, field, rule.list, here)
            yield from _default(contract, field, rule, here)


def field_rules(
    contract: Contract,
) -> Iterator[tuple[Path, Mapping[CaseField, FieldRule] | Mapping[LineField, FieldRule]]]:
    """The four groups of request fields with their paths."""
    intake = contract.intake
    yield ("intake", "fields"), intake.fields
    yield ("intake", "outpatient_line"), intake.outpatient_line
    yield ("intake", "inpatient_line"), intake.inpatient_line
    yield ("intake", "length_of_stay", "fields"), intake.length_of_stay.fields


def member_fields(contract: Contract) -> Iterator[Problem]:
    """The temporary member form names lists that exist."""
    for field, rule in contract.members.temporary_fields.items():
        yield from _named(contract, field, rule.list, ("members", "temporary_fields", field))


def _named(contract: Contract, field: CaseField | LineField | MemberField, name: str, path: Path) -> Iterator[Problem]:
    lists = contract.catalogue.lists
    if not name:
        if field in NEED_LIST:
            reason = f"'{field}' is chosen from a list; none is named."
            yield Problem(path, "LIST-WANTED", reason, "Add list: and the name of one of catalogue.lists.", at_key=True)
        return
    if field in OWN_CHOICES:
        reason = f"'{field}' has choices of its own in this contract; a list would hide them."
        yield Problem((*path, "list"), "LIST-UNFIT", reason, "Remove it.")
    elif field in TYPED:
        yield Problem((*path, "list"), "LIST-UNFIT", f"'{field}' is typed, not chosen from a list.", "Remove it.")
    elif name not in lists:
        yield Problem((*path, "list"), "REF-LIST", f"there is no list '{name}'.", did_you_mean(name, lists))
    elif not lists[name]:
        yield Problem((*path, "list"), "LIST-EMPTY", f"the list '{name}' is empty: nothing could be chosen.")


def _default(contract: Contract, field: CaseField | LineField, rule: FieldRule, path: Path) -> Iterator[Problem]:
    if not rule.default:
        return
    if field in TYPED:
        yield Problem((*path, "default"), "DEFAULT-UNFIT", f"'{field}' cannot start with a value from the contract.")
        return
    known = _choices(contract, field, rule.list)
    if known is not None and rule.default not in known:
        reason = f"'{rule.default}' is not among the choices."
        yield Problem((*path, "default"), "DEFAULT-UNKNOWN", reason, did_you_mean(rule.default, known))


def _choices(contract: Contract, field: CaseField | LineField, name: str) -> list[str] | None:
    own: dict[CaseField, Mapping[str, object]] = {
        CaseField.SERVICE_TYPE: contract.catalogue.services,
        CaseField.PLACE_OF_SERVICE: contract.catalogue.places,
        CaseField.REQUEST_TYPE: contract.intake.request_types,
    }
    if field is CaseField.URGENCY:
        return [urgency.value for urgency in contract.intake.urgencies]
    found = own[field] if isinstance(field, CaseField) and field in own else contract.catalogue.lists.get(name)
    return None if found is None else list(found)


def known_lists(contract: Contract) -> Iterator[Problem]:
    """The lists the portal looks up by name are there when a function needs them."""
    lists = contract.catalogue.lists
    needs_types = contract.documents.type_required or contract.documents.rules
    for name, needed in ((DOCUMENT_TYPES, needs_types), (DISPOSITIONS, contract.features.get(Feature.DISCHARGE))):
        if needed and not lists.get(name):
            reason = f"the list '{name}' is needed and missing or empty."
            yield Problem(("catalogue", "lists"), "LIST-MISSING", reason, at_key=True)


def unused(contract: Contract) -> Iterator[Problem]:
    """Every list is used by something."""
    used = set(BY_NAME)
    for _, rules in field_rules(contract):
        used.update(rule.list for rule in rules.values())
    used.update(rule.list for rule in contract.members.temporary_fields.values())
    for name in contract.catalogue.lists:
        if name not in used:
            path = ("catalogue", "lists", name)
            yield Problem(
                path, "LIST-UNUSED", f"nothing uses the list '{name}'.", severity=Severity.WARNING, at_key=True
            )


CHECKS: tuple[Check, ...] = (request_fields, member_fields, known_lists, unused)
