"""A newer edition brings codes in, ends codes and rewords codes; what was true before stays true for its days."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy.orm import Session

from app.directory.code_loading import load_edition
from app.directory.code_search import Match, find_code, list_releases, list_releases_in_force, search_codes
from app.domain.errors import Conflict
from tenancy.vocabulary import CodeSystem
from tests.rooms.directory.conftest import NOW, code, edition

CM = CodeSystem.ICD10CM
FIRST, SECOND = date(2025, 10, 1), date(2026, 10, 1)
BEFORE, DURING, AFTER = date(2024, 1, 1), date(2026, 3, 1), date(2026, 11, 22)
OLD = [
    code("E11", "Type 2 diabetes mellitus", is_billable=False),
    code("E119", "Type 2 diabetes mellitus without complications", "Type 2 diabetes mellitus w/o comp"),
    code("I10", "Essential (primary) hypertension"),
    code("M3500", "Sjögren syndrome, unspecified"),
    code("S92154B", "Nondisplaced avulsion fracture of right talus, open", "Nondisp avuls fx of r talus"),
    code("G35", "Multiple sclerosis"),
]
NEW = [*OLD[:3], code("M3500", "Sjogren disease, unspecified"), OLD[4], code("G35D", "Multiple sclerosis, unspecified")]


@pytest.fixture
def codes(control_session: Session) -> Session:
    """Both editions loaded, the newer one in force since October."""
    load_edition(control_session, edition("FY2026", FIRST, effective_until=date(2026, 9, 30)), OLD, now=NOW)
    load_edition(control_session, edition("FY2027", SECOND), NEW, now=NOW)
    return control_session


def found(session: Session, text: str, *, on: date = AFTER) -> list[str]:
    """The codes a search finds, in order."""
    return [hit.code for hit in search_codes(session, [CM], text, on=on)]


def test_a_load_tells_what_it_changed(control_session: Session) -> None:
    first = load_edition(control_session, edition("FY2026", FIRST), OLD, now=NOW)
    second = load_edition(control_session, edition("FY2027", SECOND), NEW, now=NOW)
    assert (first.codes, first.added, first.reworded, first.ended) == (6, 6, 0, 0)
    assert (second.codes, second.added, second.reworded, second.ended) == (6, 1, 1, 1)


def test_a_dropped_code_ends_the_day_before_the_newer_release(codes: Session) -> None:
    assert find_code(codes, CM, "G35", on=date(2026, 9, 30)) is not None
    assert find_code(codes, CM, "G35", on=SECOND) is None
    assert found(codes, "multiple sclerosis") == ["G35.D"]
    assert found(codes, "multiple sclerosis", on=DURING) == ["G35"]


def test_a_reworded_code_keeps_its_earlier_words_for_earlier_days(codes: Session) -> None:
    then, now = find_code(codes, CM, "M35.00", on=DURING), find_code(codes, CM, "M35.00", on=AFTER)
    assert then is not None
    assert now is not None
    assert (then.long, then.release) == ("Sjögren syndrome, unspecified", "FY2026")
    assert (now.long, now.release) == ("Sjogren disease, unspecified", "FY2027")
    assert found(codes, "sjogren syndrome", on=DURING) == ["M35.00"]
    assert found(codes, "SJÖGREN disease") == ["M35.00"]


def test_an_unchanged_code_still_says_which_release_brought_it(codes: Session) -> None:
    hit = find_code(codes, CM, "i10", on=AFTER)
    assert hit is not None
    assert hit.release == "FY2026"


def test_a_day_before_the_first_release_is_answered_from_it(codes: Session) -> None:
    assert found(codes, "I10", on=BEFORE) == ["I10"]


@pytest.mark.parametrize("text", ["s92.154b", "S92154B", " s92 154 b ", "S92.15"])
def test_a_code_is_found_with_or_without_dot_in_any_case_or_begun(codes: Session, text: str) -> None:
    assert found(codes, text) == ["S92.154B"]


def test_words_are_found_in_any_order_begun_and_in_the_plural(codes: Session) -> None:
    assert found(codes, "talus fractures right") == ["S92.154B"]
    assert found(codes, "fract tal") == ["S92.154B"]
    assert found(codes, "fx talus") == ["S92.154B"]
    assert found(codes, "talus diabetes") == []


def test_the_exact_code_comes_first_and_billable_words_before_headings(codes: Session) -> None:
    assert found(codes, "E11") == ["E11", "E11.9"]
    assert found(codes, "type 2 diabetes") == ["E11.9", "E11"]


@pytest.mark.parametrize(("typed", "meant"), [("hypertensoin", "I10"), ("diabtes", "E11.9"), ("htn", "I10")])
def test_a_misspelt_or_short_word_is_taken_for_the_one_that_was_meant(codes: Session, typed: str, meant: str) -> None:
    hits = search_codes(codes, [CM], typed, on=AFTER)
    assert hits[0].code == meant
    assert hits[0].match is Match.GUESS


def test_a_word_that_resembles_nothing_is_left_out_when_another_means_something(codes: Session) -> None:
    hits = search_codes(codes, [CM], "qqqzzz hypertension", on=AFTER)
    assert [(hit.code, hit.match) for hit in hits] == [("I10", Match.GUESS)]


@pytest.mark.parametrize("text", ["", "   ", "zzzzqqqq", "99213", "'; --", "%", "_", ":* & |", "\\", "\x00" * 3, "𓀀"])
def test_text_that_means_nothing_finds_nothing(codes: Session, text: str) -> None:
    assert found(codes, text) == []


def test_a_system_that_has_no_codes_finds_nothing(codes: Session) -> None:
    assert search_codes(codes, [CodeSystem.CPT], "walker", on=AFTER) == ()
    assert find_code(codes, CodeSystem.CPT, "99213", on=AFTER) is None
    assert search_codes(codes, [], "walker", on=AFTER) == ()
    assert search_codes(codes, [CM], "diabetes", on=AFTER, limit=0) == ()


def test_a_limit_is_kept_and_the_best_are_within_it(codes: Session) -> None:
    assert [hit.code for hit in search_codes(codes, [CM], "diabetes", on=AFTER, limit=1)] == ["E11.9"]


def test_an_older_release_and_the_same_again_are_refused(codes: Session) -> None:
    with pytest.raises(Conflict, match="loaded already"):
        load_edition(codes, edition("FY2027", SECOND), NEW, now=NOW)
    with pytest.raises(Conflict, match="in the order of their days"):
        load_edition(codes, edition("FY2025", date(2024, 10, 1)), OLD, now=NOW)


def test_a_file_that_would_end_many_codes_is_refused_unless_it_is_meant(codes: Session) -> None:
    cut_off, later = NEW[:3], edition("FY2028", date(2027, 10, 1))
    with pytest.raises(Conflict, match="would end 3 of 6 codes"):
        load_edition(codes, later, cut_off, now=NOW)
    assert load_edition(codes, later, cut_off, now=NOW, may_end_many=True).ended == 3


def test_an_edition_of_a_part_leaves_the_other_part_alone(codes: Session) -> None:
    part = [code("E119", "Type 2 diabetes without complications"), code("E11", "Type 2 diabetes", is_billable=False)]
    done = load_edition(codes, edition("E part", date(2026, 11, 1), scope="E"), part, now=NOW)
    assert (done.reworded, done.ended) == (2, 0)
    assert found(codes, "hypertension") == ["I10"]


def test_releases_tell_their_own_period_and_whether_it_has_run_out(codes: Session) -> None:
    assert [row.release for row in list_releases(codes)] == ["FY2027", "FY2026"]
    (then,) = list_releases_in_force(codes, [CM], on=DURING)
    (now,) = list_releases_in_force(codes, [CM], on=AFTER)
    assert (then.release, then.is_outdated) == ("FY2026", False)
    assert (now.release, now.is_outdated) == ("FY2027", False)


def test_a_release_that_has_run_out_still_answers_and_says_so(control_session: Session) -> None:
    load_edition(control_session, edition("FY2026", FIRST, effective_until=date(2026, 9, 30)), OLD, now=NOW)
    (note,) = list_releases_in_force(control_session, [CM], on=AFTER)
    assert note.is_outdated
    assert found(control_session, "I10") == ["I10"]


def test_a_code_may_bring_its_own_days(control_session: Session) -> None:
    rows = [
        code("E0141", "Walker, wheeled")._replace(starts_on=date(1986, 1, 1)),
        code("K0001", "Standard wheelchair")._replace(ends_on=date(2026, 6, 30)),
    ]
    hcpcs = edition("2026", date(2026, 1, 1), system=CodeSystem.HCPCS)
    load_edition(control_session, hcpcs, rows, now=NOW)
    assert find_code(control_session, CodeSystem.HCPCS, "e0141", on=AFTER) is not None
    assert find_code(control_session, CodeSystem.HCPCS, "K0001", on=date(2026, 6, 30)) is not None
    assert find_code(control_session, CodeSystem.HCPCS, "K0001", on=AFTER) is None
    assert search_codes(control_session, [CodeSystem.HCPCS], "wheelchair", on=AFTER) == ()
