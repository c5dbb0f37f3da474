"""The three contracts carry what the guides say: every fact is the source of a value.

The facts' IDs are those of the guides' inventory, here with the states whose guide states them:
C Colorado, M Mississippi, W West Virginia.
"""

import re

import pytest

from tenancy.loader import ContractShelf, LoadedContract
from tests.fourth import every_state

SLUGS = {"C": "colorado", "M": "mississippi", "W": "west_virginia"}
FACT = re.compile(r"\b([A-Z][A-Z0-9]{1,4}-\d{2})\b")

STATED = """
GEN 01CMW 02CMW 03CMW 04CMW 05CMW 06CM 07CMW 08CM 09CM 10CM 11CM 12C 13C 14CMW 15CM
REG 01CMW 02CMW 03CMW 04CMW 05CMW 06CMW 07CMW 08C 09CMW 10CMW 11CMW 12CM 13M 14C 15CMW 16CM 17M 18M 19M 20CMW 21CMW
REG 30CM 31CM 32CM 33CM 34C
MFA 01CM 02CM 03M 04M 05CM 06CM 07M 08M 09CM 10CM 11CM 12M
AUTH 01CM 02CM 03CMW 04CMW 05CM 06CMW 07C 08CMW 09CMW 10CMW 11M
USR 01M 02CMW 03CMW 04CMW 05CMW 06CM 07M 08CMW 09CMW 10CMW 11CMW 12M 13CMW 14M 15M
NAV 01CM 02M 03CM 04CM 05C 06M
HOME 01CM 02CM 03CM 04M 05M 06M 07M
SRCH 01M 02M 03M 04CM 05M 06M 07M 08M 09M
CONS 01CM 02CMW 03CM 04M 05CM 06M 07C 08C 09M 10M
TMP 01CM 02C 03C 04CM
CASE 01CM 02CM 03CM 04CM 05CM 06CM 07CM 08CM 09M 10M 11M 12CM 13M 14M 15CM 16C
CR1 01M 02M 03M 04M 05M 06M
CR2 01C 02C 03C 04C 05C 06C 07C 08C 09C 10C 11C 12C 13C 14C
SVC 01M 02M 03M 04M 05M 06M 07CM 08M 09CM
DX 01M 02M 03M 04C 05M
PX 01M 02M 03M 04M 05M 06M 07M 08C 09M
QST 01CM 02C
DOC 01CM 02M 03M 04M 05CM 06CM 07CM 08M
NOTE 01M 02CM 03CM 04C
SUB 01CM 02M 03M 04CM 05M
ACT 01CM 02C 03C 04CM 05M
EXT 01M 02M 03M 04M 05M 06M 07M
REV 01CM 02C 03C
P2P 01CM 02CM 03CM 04CM 05CM 06C
RCN 01M 02CM 03CM
APL 01M 02M 03M
LTR 01M 02M 03M 04M 05M 06M
NTF 01M 02M
MSG 01M 02M 03M 04M 05CM
RPT 01CM 02M
PREF 01M 02M 03M 04M
HELP 01M
PROF 01M 02M
SESS 01M 02M
LIST 01CM
FMT 01CM
SUP 01CMW 02CMW 03CMW 04CMW 05C 06C
"""

# Facts that no contract can carry, and why: they are the same for every state and live in the portal itself.
PORTAL_ITSELF = {
    "GEN-01": "each contract has its own subdomain instead of one shared address",
    "MFA-08": "order of sign-in steps: terms follow the second factor",
    "MFA-09": "order of sign-in steps: Home follows",
    "USR-03": "layout of the groups page",
    "USR-04": "layout of the groups page",
    "NAV-04": "the person's menu in the header",
    "NAV-06": "mark for unread messages",
    "HOME-01": "landing page",
    "HOME-02": "tiles of Home",
    "HOME-03": "columns of Home",
    "HOME-05": "a draft is opened from its row",
    "HOME-06": "a submitted case leaves the list of drafts",
    "HOME-07": "who may see a draft is a permission",
    "SRCH-01": "tabs of the search page",
    "SRCH-02": "fields of the search page",
    "SRCH-03": "search rule for cases",
    "SRCH-05": "columns of the search page",
    "SRCH-07": "counts of line statuses",
    "SRCH-08": "submitted cases are read-only",
    "SRCH-09": "drafts are found with parameters too",
    "CONS-03": "columns of the member search",
    "CONS-04": "search ignores letter case",
    "CONS-09": "the name links to the member's page",
    "CONS-10": "rows of the printed summary",
    "CASE-02": "the case's contract is the tenant's",
    "CASE-04": "numbering of requests inside a case",
    "CASE-08": "form of a Case ID",
    "CASE-09": "line statuses are the portal's words",
    "CASE-10": "layout of the case banner",
    "CR1-03": "a new case is a draft without a number",
    "CR1-06": "every field is saved as it is left",
    "DX-03": "descriptions come from the code set",
    "PX-02": "layout of procedure lines",
    "PX-04": "read-only results of a line",
    "DOC-06": "columns of the document lists",
    "NOTE-02": "layout of the notes list",
    "NOTE-03": "a note belongs to a request",
    "ACT-03": "heading of the action forms",
}
# Stated by one state's guide about another contract's screens.
OTHER_SCREENS = {("SVC-07", "M"): "screens of 2020 that show another contract's services (GAP-02)"}


def stated() -> dict[str, str]:
    table: dict[str, str] = {}
    for line in STATED.strip().splitlines():
        prefix, *entries = line.split()
        table.update({f"{prefix}-{entry[:2]}": entry[2:] for entry in entries})
    return table


def wanted() -> list[tuple[str, str]]:
    facts = [(fact, state) for fact, states in stated().items() for state in states]
    return [entry for entry in facts if entry[0] not in PORTAL_ITSELF and entry not in OTHER_SCREENS]


def cited(loaded: LoadedContract) -> set[str]:
    return set(FACT.findall(" ".join(origin.source for origin in loaded.provenance.values())))


# ---------------------------------------------------------------- the facts of sections 1 to 13


def test_all_three_contracts_load_without_a_fault_or_a_warning(shelf: ContractShelf) -> None:
    assert not shelf.bad
    assert set(shelf.good) == {*SLUGS.values(), *every_state()}
    assert [str(fault) for loaded in shelf.good.values() for fault in loaded.warnings] == []


@pytest.mark.parametrize("state", SLUGS)
def test_every_stated_fact_is_the_source_of_a_value(shelf: ContractShelf, state: str) -> None:
    found = cited(shelf.good[SLUGS[state]])
    assert [fact for fact, where in wanted() if where == state and fact not in found] == []


@pytest.mark.parametrize("state", SLUGS)
def test_no_contract_cites_a_fact_that_does_not_exist(shelf: ContractShelf, state: str) -> None:
    assert sorted(cited(shelf.good[SLUGS[state]]) - set(stated())) == []


@pytest.mark.parametrize("state", SLUGS)
def test_facts_of_the_portal_itself_are_not_cited(shelf: ContractShelf, state: str) -> None:
    assert sorted(cited(shelf.good[SLUGS[state]]) & set(PORTAL_ITSELF)) == []


@pytest.mark.parametrize("state", SLUGS)
def test_every_value_names_its_source(shelf: ContractShelf, state: str) -> None:
    origins = shelf.good[SLUGS[state]].provenance
    parents = {path.rpartition(".")[0] for path in origins}
    assert [path for path, origin in origins.items() if path not in parents and not origin.source] == []
