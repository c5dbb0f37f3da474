"""Conditions over facts: their values exist, and the fact can be known where the condition stands. Pure."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType

from tenancy.checks.lists import DOCUMENT_TYPES
from tenancy.checks.problem import Check, Path, Problem
from tenancy.checks.walk import conditions_in, tests_in
from tenancy.contract import Contract
from tenancy.contract.conditions import FactTest
from tenancy.contract.facts import FACT_TYPES, LINE_FACTS
from tenancy.faults import did_you_mean
from tenancy.vocabulary import CaseField, Fact, Feature, Operator, ProviderRole, Severity

VALUED = frozenset({Operator.EQUALS, Operator.NOT_EQUALS, Operator.ONE_OF, Operator.NONE_OF})
STAY_FACTS = frozenset({Fact.LINE_DAYS})
CODE_OF_LINE = frozenset({Fact.LINE_CODE, Fact.LINE_SYSTEM})
LINE_PLACES: Mapping[tuple[str, str], frozenset[Fact]] = MappingProxyType(
    {
        ("intake", "outpatient_line"): LINE_FACTS,
        ("intake", "inpatient_line"): LINE_FACTS,
        ("intake", "checks"): LINE_FACTS,
        ("intake", "length_of_stay"): STAY_FACTS,
        ("requirement", "rules"): CODE_OF_LINE,
    }
)
ASKED_AS: Mapping[Fact, CaseField] = MappingProxyType(
    {
        Fact.SERVICE: CaseField.SERVICE_TYPE,
        Fact.PLACE_OF_SERVICE: CaseField.PLACE_OF_SERVICE,
        Fact.ADMISSION_SOURCE: CaseField.ADMISSION_SOURCE,
        Fact.REQUEST_TYPE: CaseField.REQUEST_TYPE,
        Fact.URGENCY: CaseField.URGENCY,
        Fact.REVIEW_KIND: CaseField.REVIEW_KIND,
        Fact.EARLIER_NUMBER: CaseField.EARLIER_NUMBER,
        Fact.EARLIER_APPROVED: CaseField.EARLIER_NUMBER,
        Fact.MEMBER_OTHER_COVERAGE: CaseField.OTHER_COVERAGE,
    }
)


def _listed(field: CaseField) -> Callable[[Contract], Iterable[str]]:
    """The values of the list that a field's choices come from."""

    def values(contract: Contract) -> Iterable[str]:
        rule = contract.intake.fields.get(field)
        return contract.catalogue.lists.get(rule.list, {}) if rule else ()

    return values


CATALOGUES: Mapping[str, Callable[[Contract], Iterable[str]]] = MappingProxyType(
    {
        "services": lambda contract: contract.catalogue.services,
        "places": lambda contract: contract.catalogue.places,
        "programs": lambda contract: contract.client.programs,
        "request_types": lambda contract: contract.intake.request_types,
        "admission_sources": _listed(CaseField.ADMISSION_SOURCE),
        "review_kinds": _listed(CaseField.REVIEW_KIND),
        "other_coverages": _listed(CaseField.OTHER_COVERAGE),
        "document_types": lambda contract: contract.catalogue.lists.get(DOCUMENT_TYPES, {}),
    }
)


def facts(contract: Contract) -> Iterator[Problem]:
    """Every value a condition names exists in this contract, and every fact can be known where it is asked."""
    known = {name: tuple(read(contract)) for name, read in CATALOGUES.items()}
    for path, condition in conditions_in(contract):
        for here, test in tests_in(condition, path):
            if isinstance(test, FactTest):
                yield from _values(test, here, known)
                yield from _known_here(test, here)
                yield from _ever_known(contract, test, here)
            elif path[-1] not in ("shown_when", "met_when") or path[0] != "questionnaires":
                reason = "answers can be asked for only where a question is shown or its criterion is met."
                yield Problem((*here, "answer"), "COND-ANSWER", reason)


def _values(test: FactTest, path: Path, known: Mapping[str, tuple[str, ...]]) -> Iterator[Problem]:
    about = FACT_TYPES[test.fact]
    if test.operator not in VALUED or not (about.words or about.catalogue):
        return
    words = about.words or known[about.catalogue]
    for index, operand in enumerate(test.operands):
        if operand not in words:
            where = (str(index),) if test.operator in (Operator.ONE_OF, Operator.NONE_OF) else ()
            reason = f"'{operand}' is no value of {test.fact}."
            yield Problem((*path, test.operator, *where), "REF-VALUE", reason, did_you_mean(str(operand), words))


def _known_here(test: FactTest, path: Path) -> Iterator[Problem]:
    if test.fact in LINE_FACTS and test.fact not in LINE_PLACES.get((path[0], path[1]), frozenset()):
        reason = f"{test.fact} is known only on a procedure line, not here."
        yield Problem((*path, "fact"), "COND-PLACE", reason, "Use procedures, procedure_systems or request.days.")


def _ever_known(contract: Contract, test: FactTest, path: Path) -> Iterator[Problem]:
    field = ASKED_AS.get(test.fact)
    reason = ""
    if field and field not in contract.intake.fields:
        reason = f"{test.fact} is never known: intake.fields does not ask for '{field}'."
    elif test.fact is Fact.MEMBER_IS_TEMPORARY and not contract.features.get(Feature.TEMPORARY_MEMBER):
        reason = "no member is ever temporary: the function 'temporary_member' is off."
    elif test.fact in (Fact.SERVICING_TYPE, Fact.SERVICING_TAXONOMY) and not _has_servicing(contract):
        reason = "no servicing provider or facility is asked for in intake.providers."
    if reason:
        yield Problem((*path, "fact"), "COND-UNASKED", reason, severity=Severity.WARNING)


def _has_servicing(contract: Contract) -> bool:
    return any(rule.role in (ProviderRole.SERVICING, ProviderRole.FACILITY) for rule in contract.intake.providers)


CHECKS: tuple[Check, ...] = (facts,)
