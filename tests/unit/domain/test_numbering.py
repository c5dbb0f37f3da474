"""The forms of Case IDs, temporary member IDs and authorization numbers, and the NPI's check digit."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.numbering import (
    CaseIdParts,
    NumberRefused,
    authorization_number,
    case_id,
    case_id_parts,
    check_digit,
    has_right_check_digit,
    is_authorization_number,
    is_npi,
    is_temporary_member_number,
    luhn_digit,
    npi_check_digit,
    temporary_member_number,
)
from tenancy.vocabulary import CheckDigit

DAYS = st.dates(min_value=date(2000, 1, 1), max_value=date(2099, 12, 31))


@pytest.mark.parametrize(
    ("day", "sequence", "expected"),
    [
        (date(2021, 6, 15), 69, "211660069"),
        (date(2020, 12, 21), 17, "203560017"),
        (date(2021, 1, 6), 6, "210060006"),
        (date(2024, 8, 30), 1, "242430001"),
        (date(2028, 12, 31), 9999, "283669999"),
        (date(2026, 1, 1), 10000, "2600110000"),
        (date(2026, 1, 1), 123456, "26001123456"),
    ],
)
def test_a_case_id_is_year_day_of_year_and_sequence(day: date, sequence: int, expected: str) -> None:
    assert case_id(day, sequence) == expected


@pytest.mark.parametrize("sequence", [0, -1])
def test_it_refuses_a_case_sequence_below_one(sequence: int) -> None:
    with pytest.raises(NumberRefused):
        case_id(date(2026, 1, 1), sequence)


@given(DAYS, st.integers(1, 5_000_000))
def test_a_case_id_reads_back_as_what_it_was_made_of(day: date, sequence: int) -> None:
    parts = case_id_parts(case_id(day, sequence))
    assert parts == CaseIdParts(day.year % 100, day.timetuple().tm_yday, sequence)


@given(DAYS, DAYS, st.integers(1, 200_000), st.integers(1, 200_000))
def test_two_cases_of_one_century_never_share_an_id(one: date, other: date, first: int, second: int) -> None:
    assert (case_id(one, first) == case_id(other, second)) == ((one, first) == (other, second))


@pytest.mark.parametrize(
    "text",
    ["", "21166006", "211660000", "210000001", "213670001", "2116600069a", "21166 0069", "2116600069", "²11660069"],
)
def test_it_does_not_read_other_text_as_a_case_id(text: str) -> None:
    assert case_id_parts(text) is None


@pytest.mark.parametrize(
    ("code", "day", "sequence", "expected"),
    [
        ("00194", date(2020, 12, 21), 0, "TEMP001942020122100000"),
        ("00198", date(2021, 1, 12), 0, "TEMP001982021011200000"),
        ("00198", date(2021, 1, 12), 99_999, "TEMP001982021011299999"),
        ("00198", date(2021, 1, 12), 100_000, "TEMP0019820210112100000"),
    ],
)
def test_a_temporary_member_number_has_the_guides_form(code: str, day: date, sequence: int, expected: str) -> None:
    assert temporary_member_number(code, day, sequence) == expected


@given(st.from_regex(r"[0-9]{5}", fullmatch=True), DAYS, st.integers(0, 2_000_000))
def test_every_temporary_member_number_is_known_as_one(code: str, day: date, sequence: int) -> None:
    assert is_temporary_member_number(temporary_member_number(code, day, sequence))


@pytest.mark.parametrize(
    "text",
    [
        "TEMP00194202012210000",
        "TEMP001942020133100000",
        "TEMP001942021022900000",
        "temp001942020122100000",
        "A1",
        "",
        "TEMP0019420201221000000",
    ],
)
def test_other_text_is_no_temporary_member_number(text: str) -> None:
    assert not is_temporary_member_number(text)


@pytest.mark.parametrize("code", ["194", "001940", "0019A", "", "٠٠١٩٤"])
def test_it_refuses_a_client_code_that_is_not_five_digits(code: str) -> None:
    with pytest.raises(NumberRefused):
        temporary_member_number(code, date(2026, 1, 1), 0)


def test_it_refuses_a_negative_temporary_sequence() -> None:
    with pytest.raises(NumberRefused):
        temporary_member_number("00194", date(2026, 1, 1), -1)


@pytest.mark.parametrize(
    ("sequence", "expected"), [(1, "900000019"), (2, "900000027"), (9_999_999, "999999998"), (10_000_000, "9100000000")]
)
def test_an_authorization_number_ends_with_its_check_digit(sequence: int, expected: str) -> None:
    assert authorization_number(sequence) == expected


def test_it_refuses_an_authorization_sequence_below_one() -> None:
    with pytest.raises(NumberRefused):
        authorization_number(0)


@given(st.integers(1, 50_000_000), st.data())
def test_one_mistyped_digit_of_an_authorization_number_is_caught(sequence: int, data: st.DataObject) -> None:
    number = authorization_number(sequence)
    assert is_authorization_number(number)
    place = data.draw(st.integers(1, len(number) - 1))
    digit = data.draw(st.sampled_from([d for d in "0123456789" if d != number[place]]))
    assert not is_authorization_number(number[:place] + digit + number[place + 1 :])


@given(DAYS.filter(lambda day: day.year < 2090), st.integers(1, 9999), st.integers(1, 9_999_999))
def test_no_authorization_number_looks_like_a_case_id_before_2090(day: date, case: int, authorization: int) -> None:
    assert authorization_number(authorization) != case_id(day, case)


@pytest.mark.parametrize("npi", ["1234567893", "1033167416", "1245319599", "2000000002"])
def test_it_accepts_an_npi_whose_check_digit_holds(npi: str) -> None:
    assert is_npi(npi)


@pytest.mark.parametrize(
    "npi",
    [
        "9999999999",
        "9999999990",
        "9999999965",
        "1234567890",
        "123456789",
        "12345678933",
        "",
        "123456789x",
        "3234567891",
    ],
)
def test_it_refuses_an_npi_whose_check_digit_or_form_is_wrong(npi: str) -> None:
    assert not is_npi(npi)


@given(st.from_regex(r"[12][0-9]{8}", fullmatch=True))
def test_exactly_one_tenth_digit_completes_an_npi(first_nine: str) -> None:
    completing = [digit for digit in "0123456789" if is_npi(first_nine + digit)]
    assert completing == [npi_check_digit(first_nine)]


@given(st.from_regex(r"[12][0-9]{8}", fullmatch=True), st.integers(1, 7))
def test_two_swapped_neighbours_in_an_npi_are_caught(first_nine: str, place: int) -> None:
    npi = first_nine + npi_check_digit(first_nine)
    left, right = npi[place], npi[place + 1]
    swapped = npi[:place] + right + left + npi[place + 2 :]
    known_blind_spot = {left, right} == {"0", "9"}
    assert is_npi(swapped) == (left == right or known_blind_spot)


@pytest.mark.parametrize("text", ["", "12345678", "1234567890", "12345678x"])
def test_it_refuses_to_complete_what_is_not_nine_digits(text: str) -> None:
    with pytest.raises(NumberRefused):
        npi_check_digit(text)


def test_the_luhn_digit_agrees_with_the_published_example() -> None:
    assert luhn_digit("7992739871") == "3"


@pytest.mark.parametrize(("text", "is_one"), [("283660001", True), ("283670001", False), ("280010001", True)])
def test_the_day_of_a_case_id_is_one_of_a_year(text: str, is_one: bool) -> None:
    assert (case_id_parts(text) is not None) is is_one


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        (CheckDigit.NONE, "1", True),
        (CheckDigit.LUHN, "79927398713", True),
        (CheckDigit.LUHN, "79927398710", False),
        (CheckDigit.LUHN, "A16", True),  # A counts as 10: 101 and its digit 6
        (CheckDigit.LUHN, "3", False),
        (CheckDigit.MOD_11, "0306406152", True),  # an ISBN of ten
        (CheckDigit.MOD_11, "080442957X", True),
        (CheckDigit.MOD_11, "0000000000", True),
        (CheckDigit.MOD_11, "0306406153", False),
    ],
)
def test_the_last_sign_of_a_code_checks_those_before_it(kind: CheckDigit, text: str, expected: bool) -> None:
    assert has_right_check_digit(kind, text) is expected
    assert (text[:-1] + check_digit(kind, text[:-1]) == text) is (expected and kind is not CheckDigit.NONE)


@pytest.mark.parametrize("kind", [CheckDigit.LUHN, CheckDigit.MOD_11])
@pytest.mark.parametrize("text", ["79-3", "-793", "79 3", "7_93", "7é3", "٧٩٣٣", "++", "", "3", "-"])
def test_no_check_digit_is_right_behind_a_sign_without_a_value(kind: CheckDigit, text: str) -> None:
    assert not has_right_check_digit(kind, text)
    assert has_right_check_digit(CheckDigit.NONE, text)


@pytest.mark.parametrize("text", ["A16", "a16"])
def test_letters_of_either_case_count_alike(text: str) -> None:
    assert has_right_check_digit(CheckDigit.LUHN, text)
