"""How text is compared: without case, accents, punctuation, plural endings. Used alike to store and to search.

Pure text. Must not know which column or which form a text belongs to.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# Letters that carry no separable accent, in the spelling people type without the right keyboard.
_SPELT_OUT = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "ł": "l", "þ": "th", "ı": "i"}
)
_APOSTROPHES = re.compile(r"(?<=\w)['’ʼ`´](?=\w)")
_NOT_WORD = re.compile(r"[^a-z0-9]+")
_GENERATIONS = frozenset({"jr", "sr", "ii", "iii", "iv"})
_TO_WORDS = str.maketrans({chr(code): chr(code).lower() if chr(code).isalnum() else " " for code in range(128)})
_LONGEST_WORD = 40
_CONNECTING = frozenset({"a", "an", "and", "by", "due", "for", "in", "of", "or", "the", "to"})


def folded(text: str) -> str:
    """Lower-case Latin letters and digits in words parted by one space; accents and apostrophes are gone."""
    return " ".join(_words(text))


def _words(text: str) -> list[str]:
    """Every word of the text; the way of plain ASCII is the short one, a code set takes it two million times."""
    if not text.isascii():
        apart = unicodedata.normalize("NFKD", _APOSTROPHES.sub("", text)).casefold().translate(_SPELT_OUT)
        return _NOT_WORD.sub(" ", "".join(sign for sign in apart if not unicodedata.combining(sign))).split()
    plain = _APOSTROPHES.sub("", text) if "'" in text or "`" in text else text
    return plain.translate(_TO_WORDS).split()


def name_key(name: str) -> str:
    """One comparable word for a family name: ``O'Néill-Peña`` and ``oneill pena`` are the same.

    A generation such as Jr or III at the end does not count. A name in another script keeps its letters.
    """
    return "".join(name_parts(name)) or "".join(char for char in name.casefold() if char.isalnum())


def name_parts(name: str) -> list[str]:
    """The parts of a double-barrelled family name, each of which finds its owner."""
    words = folded(name).split()
    while len(words) > 1 and words[-1] in _GENERATIONS:
        words.pop()
    return words


def identifier_key(text: str) -> str:
    """An ID as it is compared: capitals and digits only, so that spaces, dashes and case do not matter."""
    return folded(text).replace(" ", "").upper()


def code_key(code: str) -> str:
    """A code as it is compared: capitals and digits, without its dot."""
    return identifier_key(code)


def stem(word: str) -> str:
    """A folded word without its plural ending; the same rule for stored and for searched words."""
    if len(word) < 4 or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies") and len(word) > 5:
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes")):
        return word[:-2]
    return word[:-1]


def search_words(text: str) -> list[str]:
    """The distinct searchable words of a text, in their order: no plural endings, no connecting words."""
    return [word for word in dict.fromkeys(map(_searched, _words(text))) if word]


@lru_cache(maxsize=65536)
def _searched(word: str) -> str:
    return "" if word in _CONNECTING else stem(word[:_LONGEST_WORD])
