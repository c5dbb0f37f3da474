"""Providers are found by number or by what is remembered of the name, and come from the registry's own file."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.directory.models import Provider
from app.directory.nppes import NEEDED, ImportReport, NotNppes, import_nppes
from app.directory.queries import find_provider, get_provider, search_providers
from app.domain.access import SYSTEM
from app.domain.errors import NotFound
from app.storage.db import Databases
from app.storage.models import AuditEvent
from tests.rooms.directory.conftest import NOW, SLUG, STAFF, provider

CLINIC, SURGEON, CLOSED = "1234567893", "1245319599", "1993999998"
COLUMNS = [
    *NEEDED,
    "NPI Reactivation Date",
    "Provider Other Organization Name",
    "Healthcare Provider Taxonomy Code_2",
    "Healthcare Provider Primary Taxonomy Switch_2",
    "Other Provider Identifier_2",
    "Other Provider Identifier Type Code_2",
    "Other Provider Identifier State_2",
]


@pytest.fixture
def session(databases: Databases) -> Iterator[Session]:
    """A Session in one tenant with a few providers."""
    with databases.app.session(SLUG) as session:
        session.add_all(
            [
                provider("Cedar Ridge Family Clinic", CLINIC, state_identifier="B00-123456"),
                provider("Helena Peña-Marsh", SURGEON, entity="individual"),
                provider("Closed Clinic", CLOSED, is_active=False),
                provider("Respite House", None, state_identifier="B99"),
            ]
        )
        session.flush()
        yield session


def names(session: Session, text: str, entity: str | None = None) -> list[str]:
    """Names of the providers found."""
    return [row.name for row in search_providers(session, text, entity=entity)[0]]


@pytest.mark.parametrize(
    "typed",
    [
        CLINIC,
        " 1234567893 ",
        "B00123456",
        "b00-123456",
        "cedar ridge",
        "RIDGE cedar",
        "clin fam",
        "Cedr Rige Family Clnic",
    ],
)
def test_a_provider_is_found_by_number_or_by_what_is_remembered_of_the_name(session: Session, typed: str) -> None:
    assert names(session, typed) == ["Cedar Ridge Family Clinic"]


def test_accents_do_not_matter_and_the_kind_can_be_narrowed(session: Session) -> None:
    assert names(session, "pena") == ["Helena Peña-Marsh"]
    assert names(session, "MARSH helena", "individual") == ["Helena Peña-Marsh"]
    assert names(session, "marsh", "organization") == []


@pytest.mark.parametrize("typed", ["", "  ", "%", "_", "zzqq", CLOSED, "'; --"])
def test_nothing_typed_and_nothing_known_find_nobody(session: Session, typed: str) -> None:
    assert search_providers(session, typed) == ((), 0)


def test_a_long_list_comes_in_pages(session: Session) -> None:
    session.add_all([provider(f"Valley Clinic {letter}", None, state_identifier=letter) for letter in "ABCDE"])
    session.flush()
    page, total = search_providers(session, "valley", offset=2, limit=2)
    assert ([row.name[-1] for row in page], total) == (["C", "D"], 5)


def test_registration_needs_every_identifier_it_gives(session: Session) -> None:
    found = find_provider(session, npi=CLINIC, state_identifier="b00 123456")
    assert found is not None
    assert found.name == "Cedar Ridge Family Clinic"
    assert find_provider(session, npi=CLINIC, state_identifier="B99") is None
    assert find_provider(session, npi=CLOSED) is None
    assert find_provider(session) is None
    without_npi = find_provider(session, state_identifier="b99")
    assert without_npi is not None
    assert without_npi.npi is None


def test_a_provider_that_is_not_there_is_not_found(session: Session) -> None:
    with pytest.raises(NotFound):
        get_provider(session, STAFF.group_ids[0])


# ------------------------------------------------------------------ the registry's file


def row(npi: str, **cells: str) -> dict[str, str]:
    """One row; cells by a short word for their column."""
    words = {
        "kind": "Entity Type Code",
        "name": "Provider Organization Name (Legal Business Name)",
        "first": "Provider First Name",
        "last": "Provider Last Name (Legal Name)",
        "state": "Provider Business Practice Location Address State Name",
        "postal": "Provider Business Practice Location Address Postal Code",
        "phone": "Provider Business Practice Location Address Telephone Number",
        "fax": "Provider Business Practice Location Address Fax Number",
        "gone": "NPI Deactivation Date",
        "back": "NPI Reactivation Date",
        "taxonomy": "Healthcare Provider Taxonomy Code_1",
        "taxonomy2": "Healthcare Provider Taxonomy Code_2",
        "primary2": "Healthcare Provider Primary Taxonomy Switch_2",
        "id": "Other Provider Identifier_1",
        "id_type": "Other Provider Identifier Type Code_1",
        "id_state": "Other Provider Identifier State_1",
        "id2": "Other Provider Identifier_2",
        "id_type2": "Other Provider Identifier Type Code_2",
        "id_state2": "Other Provider Identifier State_2",
        "also": "Provider Other Organization Name",
    }
    return {"NPI": npi, **{words[word]: text for word, text in cells.items()}}


def taken_over(session: Session, *rows: Mapping[str, str], extra: str = "", only_state: bool = False) -> ImportReport:
    """Import rows as the registry writes them, every cell quoted."""
    file = io.StringIO()
    writer = csv.DictWriter(file, COLUMNS, restval="", quoting=csv.QUOTE_ALL)
    writer.writeheader()
    writer.writerows(rows)
    file.write(extra)
    file.seek(0)
    return import_nppes(session, file, state="MS", only_state=only_state, actor=SYSTEM, now=NOW)


def by_npi(session: Session, npi: str) -> Provider:
    """The provider of an NPI."""
    session.expire_all()
    return session.scalars(select(Provider).where(Provider.npi == npi)).one()


def test_an_organization_comes_with_address_primary_taxonomy_and_state_identifier(session: Session) -> None:
    report = taken_over(
        session,
        row(
            "1003000126",
            kind="2",
            name="SUMMIT SUPPLY LLC",
            also="SUMMIT MOBILITY",
            state="MS",
            postal="392991234",
            phone="6015550100",
            fax="6015550101",
            taxonomy="261QP2300X",
            taxonomy2="332B00000X",
            primary2="Y",
            id="OTHER",
            id_type="01",
            id_state="MS",
            id2="B55",
            id_type2="05",
            id_state2="MS",
        ),
    )
    assert (report.read, report.added, report.changed, report.rejected) == (1, 1, 0, [])
    made = by_npi(session, "1003000126")
    assert (made.entity, made.type, made.specialty) == ("organization", "Suppliers", "Durable Medical Equipment")
    assert (made.postal_code, made.phone, made.fax) == ("39299-1234", "601-555-0100", "601-555-0101")
    assert made.state_identifier == "B55"
    assert names(session, "mobility summit") == ["SUMMIT SUPPLY LLC"]


def test_a_person_comes_with_the_names_in_order_and_the_first_taxonomy(session: Session) -> None:
    taken_over(session, row("1003000126", kind="1", first="ANA", last="ORTIZ", taxonomy="207ZP0102X"))
    made = by_npi(session, "1003000126")
    assert (made.name, made.entity, made.type, made.taxonomy) == ("ANA ORTIZ", "individual", "Physicians", "207ZP0102X")


def test_a_known_provider_is_renewed_and_what_the_file_lacks_stays(session: Session) -> None:
    by_npi(session, CLINIC).fax = "601-555-0199"
    session.flush()
    report = taken_over(session, row(CLINIC, kind="2", name="CEDAR RIDGE CLINIC INC", phone="6015550111"))
    renewed = by_npi(session, CLINIC)
    assert (report.added, report.changed) == (0, 1)
    assert (renewed.name, renewed.phone) == ("CEDAR RIDGE CLINIC INC", "601-555-0111")
    assert (renewed.fax, renewed.state_identifier) == ("601-555-0199", "B00-123456")


def test_a_deactivated_provider_is_kept_as_inactive_and_may_come_back(session: Session) -> None:
    report = taken_over(session, row(CLINIC, gone="01/02/2025"), row("1003000126", gone="01/02/2025"))
    assert (report.deactivated, report.added) == (1, 0)
    assert names(session, CLINIC) == []
    taken_over(session, row(CLINIC, kind="2", name="CEDAR RIDGE", gone="01/02/2025", back="03/02/2025"))
    assert names(session, CLINIC) == ["CEDAR RIDGE"]


def test_rows_that_cannot_be_read_are_reported_with_line_and_reason_and_the_rest_goes_on(session: Session) -> None:
    report = taken_over(
        session,
        row("1234567890", kind="2", name="WRONG DIGIT"),
        row("1003000126", kind="3", name="WRONG KIND"),
        row("1003000126", kind="2"),
        row("1003000134", kind="2", name="GOOD"),
        extra='"1003000126","2"\r\n',
    )
    assert [(one.line, one.reason) for one in report.rejected] == [
        (2, "the NPI's check digit or form is wrong"),
        (3, "the entity type code is neither 1 nor 2"),
        (4, "no name"),
        (6, f"2 columns instead of {len(COLUMNS)}"),
    ]
    assert (report.read, report.added) == (5, 1)


def test_a_line_csv_itself_cannot_read_is_reported_too(session: Session) -> None:
    report = taken_over(session, row("1003000134", kind="2", name="GOOD"), extra=f'"{"x" * 140_000}"\r\n')
    assert report.added == 1
    assert report.rejected[0].reason.startswith("unreadable")


def test_the_last_row_of_an_npi_counts(session: Session) -> None:
    taken_over(session, row(CLINIC, kind="2", name="FIRST"), row(CLINIC, kind="2", name="SECOND"))
    assert by_npi(session, CLINIC).name == "SECOND"


def test_providers_of_other_states_may_be_left_out(session: Session) -> None:
    report = taken_over(
        session,
        row("1003000126", kind="2", name="ELSEWHERE", state="TX"),
        row("1003000134", kind="2", name="NEAR THE BORDER", state="TX", id="B7", id_type="5", id_state="MS"),
        row("1003000142", kind="2", name="HERE", state="MS"),
        only_state=True,
    )
    assert (report.added, report.elsewhere) == (2, 1)


def test_many_rows_are_written_in_batches(session: Session) -> None:
    from app.domain.numbering import npi_check_digit

    firsts = [f"1{number:08d}" for number in range(50_000, 52_100)]
    rows = [row(first + npi_check_digit(first), kind="2", name=f"CLINIC {first}") for first in firsts]
    assert taken_over(session, *rows).added == 2_100


def test_a_file_that_is_not_the_registrys_is_refused(session: Session) -> None:
    with pytest.raises(NotNppes, match="no column NPI, Entity Type Code"):
        import_nppes(session, io.StringIO("a,b\n1,2\n"), state="MS", actor=SYSTEM, now=NOW)
    with pytest.raises(NotNppes):
        import_nppes(session, io.StringIO(""), state="MS", actor=SYSTEM, now=NOW)


def test_an_import_leaves_one_trace(session: Session) -> None:
    taken_over(session, row("1003000126", kind="2", name="HERE"))
    session.commit()
    (event,) = session.scalars(select(AuditEvent)).all()
    assert (event.action, event.actor_kind, event.detail["added"]) == ("provider:import", "system", "1")
