"""Passwords: every sentence of the guides is a case here, and so is what the platform adds to them."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.credentials import (
    Effective,
    PasswordFault,
    PasswordPolicy,
    check_password,
    clamp,
    folded_password,
    is_guessable,
    spelled_out,
)
from tenancy.contract.floor import Floor
from tests.builders import shipped

COMMON = frozenset({"password", "sunshine", "1234567890", "iloveyou", "letmein"})
S = PasswordFault


def known(text: str) -> bool:
    return text in COMMON


def effective(slug: str = "mississippi") -> Effective:
    return clamp(shipped(slug), Floor())


def faults(password: str, policy: PasswordPolicy | None = None, about: tuple[str, ...] = ()) -> set[PasswordFault]:
    return set(check_password(policy or effective().password, password, about=about, is_known=known))


@pytest.mark.parametrize("slug", ["colorado", "mississippi", "west_virginia"])
@pytest.mark.parametrize(
    ("sentence", "password", "expected"),
    [
        ("the password has at least 8 characters", "Tr4in#x", {S.SHORT}),
        ("8 characters are enough", "Tr4in#xy", set()),
        ("16 characters are taken", "Tr4in#xyTr4in#xz", set()),
        ("one upper case letter is asked", "tr4in#xy", {S.UPPER}),
        ("one lower case letter is asked", "TR4IN#XY", {S.LOWER}),
        ("one number is asked", "Train#xy", {S.DIGIT}),
        ("one special character is asked", "Tr4inxyz", {S.SPECIAL}),
        ("all that is missing is said at once", "~~~~~~~~~", {S.UPPER, S.LOWER, S.DIGIT, S.COMMON}),
        ("17 characters are taken although the guide says 16 at most", "Tr4in#xyTr4in#xzq", set()),
        ("64 characters are taken", "Mill river road " * 4, set()),
        ("a passphrase of 15 needs no kinds of characters", "quiet mill rode", set()),
        ("14 characters still need them", "quiet mill rod", {S.UPPER, S.DIGIT}),
    ],
)
def test_a_sentence_of_the_guides_holds(slug: str, sentence: str, password: str, expected: set[PasswordFault]) -> None:
    assert faults(password, effective(slug).password) == expected, sentence


@pytest.mark.parametrize("mark", [*"@%+\\/*#$^?~.,(){}[]", "!", "-", "_", " ", "€"])
def test_every_mark_the_guide_lists_and_similar_ones_count_as_special(mark: str) -> None:
    assert faults(f"Tr4inxy{mark}") == set()


@pytest.mark.parametrize(
    "password",
    [
        "password",
        "Password1!",
        "P@ssw0rd",
        "Sunshine2024!",
        "iloveyouiloveyou",
        "aaaaaaaaaaaaaaaaaa",
        "abababababababab",
        "milxmilxmilx",
        "aaaaaaaaaaaaa",
        "abcdqwer",
        "letmein######",
        "qwertyuiopasdfghjkl",
        "123456789012345",
        "zyxwvutsrqponmlk",
    ],
)
def test_what_everybody_would_guess_is_refused_at_any_length(password: str) -> None:
    assert S.COMMON in faults(password)
    assert is_guessable(password, known)


@pytest.mark.parametrize(
    "password",
    ["", "quiet mill rode", "Tr4in#xy", "abcd rode the mill", "hmhmhmhmhmhmhmhma", "rodezrodezrodez", "letmein#######"],
)
def test_what_nobody_would_guess_is_not_called_common(password: str) -> None:
    assert not is_guessable(password, known)


def test_a_password_made_of_ones_own_words_is_refused() -> None:
    about = ("j.whitlock", "jane.whitlock@mill.example", "Mill River Clinic")
    assert faults("Whitlock-2024!", about=about) == {S.PERSONAL}
    assert faults("Mill River Clinic 1", about=about) == {S.PERSONAL}
    assert faults("Whitlock rides a grey horse", about=about) == set()


@pytest.mark.parametrize(
    ("text", "word", "expected"),
    [("love#1", "love", True), ("cat#12", "cat", False), ("tru$tno2", "trustno2", True), ("tru$tno2", "trustno", True)],
)
def test_a_known_word_of_four_letters_is_seen_under_marks_and_look_alikes(text: str, word: str, expected: bool) -> None:
    assert is_guessable(text, word.__eq__) is expected


@pytest.mark.parametrize(
    ("password", "about", "expected"),
    [
        ("Millriver#12", ("mill", "millriver"), {S.PERSONAL}),
        ("Whitlock1#rode", ("whitlock",), set()),
        ("Whitlock1#rod", ("whitlock",), {S.PERSONAL}),
        ("Mill#2024!!", ("mill",), {S.PERSONAL}),
    ],
)
def test_what_is_left_beside_ones_own_words_has_four_letters(
    password: str, about: tuple[str, ...], expected: set[PasswordFault]
) -> None:
    assert faults(password, about=about) == expected


def test_short_words_of_ones_own_do_not_count() -> None:
    assert faults("Tr4in#xy", about=("x", "li", "Tr4", "")) == set()


def test_length_is_counted_in_one_unicode_form() -> None:
    ligature = "\N{LATIN SMALL LIGATURE FFI}"
    assert folded_password(ligature) == "ffi"
    assert S.SHORT not in faults(f"A1#{ligature}xy")
    assert faults("A1#ffixy") == faults(f"A1#{ligature}xy") == set()


def test_256_code_points_are_taken_and_257_are_not() -> None:
    longest = ("quiet mill rode " * 16)[:256]
    assert faults(longest) == set()
    assert faults(longest + "q") == {S.LONG}
    assert faults("\N{ARABIC LIGATURE SALLALLAHOU ALAYHE WASALLAM}" * 20) == {S.LONG}


def test_a_megabyte_is_refused_without_being_looked_at() -> None:
    assert faults("a" * 1_000_000) == {S.LONG}


def test_control_characters_are_refused() -> None:
    assert faults("quiet mill\x00 rode on") == {S.CONTROL}


def test_a_contract_that_asks_no_kinds_gets_none() -> None:
    plain = replace(effective().password, upper=False, lower=False, digit=False, special=False)
    assert faults("quietmil", plain) == set()
    assert spelled_out(plain) == (("minimum", 8), ("maximum", 256))


def test_the_rules_are_told_in_order() -> None:
    assert spelled_out(effective().password) == (
        ("minimum", 8),
        ("maximum", 256),
        ("classes_below", 15),
        ("upper", 1),
        ("lower", 1),
        ("digit", 1),
        ("special", "@%+\\/*#$^?~.,(){}[]"),
    )


def test_kinds_are_not_told_where_no_password_is_so_short() -> None:
    assert spelled_out(replace(effective().password, minimum=15)) == (("minimum", 15), ("maximum", 256))


@given(st.text(max_size=300))
def test_any_text_has_an_answer_and_nothing_is_cut_off(text: str) -> None:
    found = check_password(effective().password, text, about=(text[:20],), is_known=known)
    assert (PasswordFault.LONG in found) == (len(folded_password(text)) > 256)
