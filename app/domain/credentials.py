"""Passwords against the policy in force, and that policy itself. Pure: lists of known passwords come as arguments.

``clamp`` is the contract's policy held to the platform's floor; it is shared with the contract check.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import StrEnum
from types import MappingProxyType

from tenancy.contract.credentials import Change, Effective, PasswordPolicy, clamp

__all__ = [
    "Change",
    "Effective",
    "PasswordFault",
    "PasswordPolicy",
    "check_password",
    "clamp",
    "folded_password",
    "is_guessable",
    "spelled_out",
]

_LONGEST_TYPED = 4096
_LEAST_WORD = 4
_MOST_ADDED = 6
_RUNS = ("abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertzuiop", "azertyuiop")
_LEAST_RUN = 4
_LOOKS_LIKE: Mapping[int, int] = MappingProxyType(str.maketrans("@4301!|$57", "aaeoiilsst"))
_SPLIT = re.compile(r"[^0-9a-z]+")

Known = Callable[[str], bool]
"""Whether a case-folded text is a password that many people use."""


class PasswordFault(StrEnum):
    """One reason why a password cannot be chosen."""

    SHORT = "short"
    LONG = "long"
    CONTROL = "control"
    UPPER = "upper"
    LOWER = "lower"
    DIGIT = "digit"
    SPECIAL = "special"
    COMMON = "common"
    PERSONAL = "personal"


def folded_password(password: str) -> str:
    """The password in the one Unicode form in which it is counted, compared and hashed (NFKC, NIST 63B-4 3.1.1.2)."""
    return unicodedata.normalize("NFKC", password)


def check_password(
    policy: PasswordPolicy, password: str, *, about: Iterable[str] = (), is_known: Known
) -> tuple[PasswordFault, ...]:
    """Why this password cannot be chosen; nothing when it can. Lengths in code points after NFKC.

    The kinds of characters are asked below ``policy.classes_below`` only; whatever the length, a password that is
    well known, a mere run or repetition, or made of the words in ``about`` (user name, e-mail, organization,
    product) is refused. Nothing is ever cut off.
    Sources: the guides (AUTH-06, AUTH-07), NIST SP 800-63B-4 3.1.1.2, OWASP ASVS 5.0 6.2.
    """
    if len(password) > _LONGEST_TYPED:
        return (PasswordFault.LONG,)
    folded = folded_password(password)
    if len(folded) > policy.maximum:
        return (PasswordFault.LONG,)
    found = [PasswordFault.SHORT] if len(folded) < policy.minimum else []
    if any(unicodedata.category(character) == "Cc" for character in folded):
        found.append(PasswordFault.CONTROL)
    if len(folded) < policy.classes_below:
        found += _missing_kinds(policy, folded)
    if is_guessable(folded, is_known):
        found.append(PasswordFault.COMMON)
    if _is_personal(folded, about):
        found.append(PasswordFault.PERSONAL)
    return tuple(found)


def is_guessable(password: str, is_known: Known) -> bool:
    """Whether everybody would guess it: a known one, one with a few marks added or swapped in, a run, a repetition.

    Asked when a password is chosen and again when one is used to sign in.
    """
    text = folded_password(password).casefold()
    return is_known(text) or any(is_known(core) for core in _cores(text)) or _is_repeated(text, is_known)


def spelled_out(policy: PasswordPolicy) -> tuple[tuple[str, int | str], ...]:
    """What a page tells about the policy, in order: the rule's word and its figure or characters."""
    kinds = [name for name in ("upper", "lower", "digit", "special") if getattr(policy, name)]
    rules: list[tuple[str, int | str]] = [("minimum", policy.minimum), ("maximum", policy.maximum)]
    if kinds and policy.minimum < policy.classes_below:
        rules.append(("classes_below", policy.classes_below))
        rules += [(kind, policy.special_characters if kind == "special" else 1) for kind in kinds]
    return tuple(rules)


def _missing_kinds(policy: PasswordPolicy, text: str) -> Iterator[PasswordFault]:
    kinds: tuple[tuple[bool, Callable[[str], bool], PasswordFault], ...] = (
        (policy.upper, str.isupper, PasswordFault.UPPER),
        (policy.lower, str.islower, PasswordFault.LOWER),
        (policy.digit, str.isdigit, PasswordFault.DIGIT),
        (policy.special, _is_special, PasswordFault.SPECIAL),
    )
    for is_asked, has, fault in kinds:
        if is_asked and not any(has(character) for character in text):
            yield fault


def _is_special(character: str) -> bool:
    """Anything that is neither letter nor digit: the guide's list ends with "and similar" (AUTH-07)."""
    return not character.isalnum() and unicodedata.category(character) != "Cc"


def _cores(text: str) -> Iterator[str]:
    """The words a password is dressed up from: marks and digits at its ends taken off, look-alikes turned back."""
    for plain in (text, text.translate(_LOOKS_LIKE)):
        bare = plain.strip("0123456789!@#$%^&*()-_=+[]{};:'\",.<>/?\\|`~ ")
        if len(bare) >= _LEAST_WORD and len(plain) - len(bare) <= _MOST_ADDED:
            yield bare
        if plain is not text:
            yield plain


def _is_repeated(text: str, is_known: Known) -> bool:
    """One short piece over and over, or nothing but runs of the alphabet, the digits or the keyboard."""
    for size in range(1, len(text) // 2 + 1):
        if len(text) % size == 0 and text == text[:size] * (len(text) // size):
            return size <= _LEAST_WORD or is_known(text[:size])
    return _is_all_runs(text)


def _is_all_runs(text: str) -> bool:
    rest = text
    while len(rest) >= _LEAST_RUN:
        length = max(_run_at_start(rest, keys) for row in _RUNS for keys in (row, row[::-1]))
        if length < _LEAST_RUN:
            return False
        rest = rest[length:]
    return rest == "" and text != ""


def _run_at_start(text: str, keys: str) -> int:
    longest = 0
    for length in range(_LEAST_RUN, len(text) + 1):
        if text[:length] not in keys:
            break
        longest = length
    return longest


def _is_personal(text: str, about: Iterable[str]) -> bool:
    """Whether fewer than four characters are left once the person's own words and plain marks are taken away."""
    rest = text.casefold()
    words = {word for line in about for word in _words_of(line)}
    for word in sorted(words, key=len, reverse=True):
        rest = rest.replace(word, "")
    if rest == text.casefold():
        return False
    return len(_SPLIT.sub("", re.sub(r"[0-9]+", "", rest))) < _LEAST_WORD


def _words_of(line: str) -> set[str]:
    whole = unicodedata.normalize("NFKC", line).casefold()
    return {word for word in (whole, *_SPLIT.split(whole)) if len(word) >= _LEAST_WORD}
