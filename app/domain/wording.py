"""Labels of a contract inside sentences. Knows nothing of what the sentences are about."""

from collections.abc import Sequence
from functools import lru_cache

NAMES = frozenset({"Medicaid", "Medicare"})


@lru_cache(maxsize=4096)
def in_sentence(label: str) -> str:
    """A label as it reads in the middle of a sentence: ``Requested Start Date`` → ``requested start date``.

    Abbreviations (PAR, NPI, ICD-10) and names of programmes keep their capitals, unless the whole label is in capitals.
    """
    words = label.rstrip(" :*?.").split()
    shouted = len(words) > 1 and all(word.isupper() or not word.isalpha() for word in words)
    return " ".join(_calm(word, shouted=shouted) for word in words)


def _calm(word: str, *, shouted: bool) -> str:
    if shouted:
        return word.lower()
    is_ordinary = word == "A" or (word[1:].islower() and word not in NAMES)
    return word.lower() if is_ordinary else word


def with_article(words: str) -> str:
    """``a service type``, ``an admission source``, ``a unit qualifier``."""
    lower = words.lower()
    sounds_open = lower[:1] in set("aeio") or (lower[:1] == "u" and not lower.startswith(("uni", "us", "ut")))
    return f"{'an' if sounds_open else 'a'} {words}"


def listed(items: Sequence[str], last: str = "and") -> str:
    """``A``, ``A and B``, ``A, B and C``."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {last} {items[-1]}"


def counted(number: int, singular: str, plural: str = "") -> str:
    """``1 day``, ``2 days``."""
    return f"{number} {singular if number == 1 else plural or singular + 's'}"


def said_of(subject: str, message: str) -> str:
    """``E0141: enter the requested end date.``: a sentence about one of several things, which it names first."""
    is_abbreviation = message[1:2].isupper()
    return f"{subject}: {message if is_abbreviation else message[:1].lower() + message[1:]}"
