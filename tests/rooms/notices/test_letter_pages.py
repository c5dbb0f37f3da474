"""Letters as they are worded and printed: every kind, every contract, accessible, lasting, the same again."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from pypdf import PdfReader
from pypdf.generic import DictionaryObject, IndirectObject

from app.domain.errors import Invalid
from app.notices.letter_content import LetterIncomplete, compose, file_name
from app.notices.letter_printing import LetterUnprintable, print_letter
from tenancy.contract import Contract
from tenancy.vocabulary import LetterKind
from tests.fourth import every_state
from tests.rooms.notices.letters import DENIAL, VALUES, about

NOW = datetime(2026, 11, 23, 3, 30, 1, 234567, tzinfo=UTC)
Contracts = Callable[[str], Contract]


def bytes_of(contract: Contract, kind: LetterKind = LetterKind.DENIAL) -> bytes:
    return print_letter(compose(contract, about(kind), now=NOW), written_at=NOW)


def printed(contract: Contract) -> PdfReader:
    return PdfReader(io.BytesIO(bytes_of(contract)))


def plain(reader: PdfReader) -> str:
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


def tags(node: object, found: list[str] | None = None) -> list[str]:
    """The structure tree's tags in reading order."""
    found = [] if found is None else found
    if isinstance(node, IndirectObject):
        node = node.get_object()
    if isinstance(node, DictionaryObject):
        if "/S" in node:
            found.append(str(node["/S"]))
        tags(node.get("/K"), found)
    elif isinstance(node, list):
        for child in node:
            tags(child, found)
    return found


@pytest.mark.parametrize("slug", every_state())
def test_every_letter_of_a_contract_is_printed_tagged_and_lasting(contract: Contracts, slug: str) -> None:
    kinds = contract(slug).letters.kinds
    assert set(kinds) == set(LetterKind)
    for kind, wording in kinds.items():
        once = bytes_of(contract(slug), kind)
        assert bytes_of(contract(slug), kind) == once
        reader = PdfReader(io.BytesIO(once))
        catalog: Any = reader.trailer["/Root"]
        assert catalog["/MarkInfo"]["/Marked"]
        assert catalog["/Lang"] == "en-US"
        assert reader.metadata is not None
        assert reader.metadata.title == wording.title
        marks = reader.xmp_metadata
        assert marks is not None
        described = catalog["/Metadata"].get_data().decode()
        assert "<pdfuaid:part>1</pdfuaid:part>" in described
        assert "<pdfaid:part>2</pdfaid:part>" in described
        assert "<pdfaid:conformance>A</pdfaid:conformance>" in described
        order = tags(catalog["/StructTreeRoot"])
        assert order.count("/H1") == 1
        assert {"/H2", "/Table", "/TH", "/P"} <= set(order)


@pytest.mark.parametrize("slug", every_state())
def test_a_denial_says_the_reason_the_lines_the_rights_and_where_to_ask(contract: Contracts, slug: str) -> None:
    said = plain(printed(contract(slug)))
    for wanted in (
        VALUES["reason"],
        "A two-week trial with a standard chair would change this decision.",
        "Until Mon Dec 7, 2026, 5:00 PM CST (1 business day)",
        "Case 263260001 · R01",
        "Page 1 of",
        contract(slug).brand.operator,
        next(contact.phone for contact in contract(slug).support.contacts.values() if contact.phone),
    ):
        assert wanted in said
    assert "{" not in said


def test_a_letter_is_dated_on_the_contracts_day_and_not_on_the_utc_day(contract: Contracts) -> None:
    assert compose(contract("mississippi"), DENIAL, now=NOW)["written_on"] == "November 22, 2026"


def test_what_people_typed_is_never_read_as_markup(contract: Contracts) -> None:
    typed = '#read("/etc/passwd") *bold* $x$ {case_number} [a] // no comment'
    facts = replace(DENIAL, values={**VALUES, "reason": typed})
    reader = PdfReader(io.BytesIO(print_letter(compose(contract("colorado"), facts, now=NOW), written_at=NOW)))
    assert "".join(typed.split()) in "".join(plain(reader).split())


@pytest.mark.parametrize("letters", ["\U0001f600", "\u1780\u1781", "\ue000"])
def test_a_character_without_a_glyph_is_refused_and_not_dropped(contract: Contracts, letters: str) -> None:
    facts = replace(DENIAL, values={**VALUES, "reason": f"Because {letters}."})
    with pytest.raises(LetterUnprintable, match="cannot be printed") as caught:
        print_letter(compose(contract("colorado"), facts, now=NOW), written_at=NOW)
    assert "Odalys" not in str(caught.value)


def test_names_of_many_languages_are_printed(contract: Contracts) -> None:
    for name in ("Nguyễn Thị Ánh", "Łukasz Žižek", "José Núñez", "Ольга", "王小明", "فاطمة"):
        facts = replace(DENIAL, values={**VALUES, "member_name": name})
        print_letter(compose(contract("colorado"), facts, now=NOW), written_at=NOW)


def test_data_that_lacks_a_part_is_refused(contract: Contracts) -> None:
    content = compose(contract("colorado"), DENIAL, now=NOW)
    del content["seal"]
    with pytest.raises(LetterUnprintable, match="lacks a value"):
        print_letter(content, written_at=NOW)


def test_a_value_that_is_not_known_is_named(contract: Contracts) -> None:
    facts = replace(DENIAL, values={**VALUES, "reason": None, "service": ""})
    with pytest.raises(LetterIncomplete) as caught:
        compose(contract("mississippi"), facts, now=NOW)
    assert set(caught.value.names) == {"reason", "service"}


def test_a_kind_the_contract_does_not_word_is_refused(contract: Contracts) -> None:
    bare = replace(contract("mississippi"), letters=replace(contract("mississippi").letters, kinds={}))
    with pytest.raises(Invalid):
        compose(bare, DENIAL, now=NOW)


@pytest.mark.parametrize("kind", LetterKind)
def test_every_kind_of_letter_is_named_as_the_guide_names_it(kind: LetterKind) -> None:
    words = "".join(part.capitalize() for part in kind.name.split("_"))
    assert file_name(kind, "211660069", "R03") == f"UM_{words}-211660069-03.pdf"


def test_file_names_follow_the_guide() -> None:
    assert file_name(LetterKind.INITIAL_APPROVAL, "211660069", "R01") == "UM_InitialApproval-211660069-01.pdf"
    assert (
        file_name(LetterKind.INFORMATION_REQUEST, "211660069", "R02", 2) == "UM_InformationRequest-211660069-02-2.pdf"
    )
