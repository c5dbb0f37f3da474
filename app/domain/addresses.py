"""E-mail addresses as people mistype them: is it one, and which domain was probably meant. Pure."""

from __future__ import annotations

import re
from difflib import get_close_matches

_ADDRESS = re.compile(r"[^@\s,;<>\"()]+@(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,24}", re.IGNORECASE)
_LONGEST = 254
_USUAL = (
    *("gmail.com", "yahoo.com", "outlook.com", "hotmail.com", "icloud.com", "aol.com", "comcast.net", "live.com"),
    *("msn.com", "att.net", "verizon.net", "protonmail.com", "sbcglobal.net", "bellsouth.net"),
)
_ENDINGS = {
    **dict.fromkeys(("con", "cmo", "ocm", "comm", "vom", "xom", "cim", "cpm", "coom"), "com"),
    **dict.fromkeys(("ogr", "prg", "orgg", "rog"), "org"),
    **dict.fromkeys(("nte", "bet", "ent", "nett"), "net"),
    **dict.fromkeys(("ed", "eud", "edi"), "edu"),
    **dict.fromkeys(("gvo", "goc", "gob"), "gov"),
}


def is_address(text: str) -> bool:
    """Whether a message could be sent there: one name, one @, a domain with an ending, at most 254 characters."""
    return len(text) <= _LONGEST and _ADDRESS.fullmatch(text) is not None


def probably_meant(address: str) -> str | None:
    """The address with its domain as it was probably meant, ``jo@gmial.com`` → ``jo@gmail.com``; None if it may stand.

    Only slips of the finger are spoken of; a domain that merely is not known may well be an office's own.
    """
    name, _, domain = address.rpartition("@")
    domain = domain.casefold()
    if domain in _USUAL:
        return None
    base, _, ending = domain.rpartition(".")
    better = f"{base}.{_ENDINGS.get(ending, ending)}"
    close = get_close_matches(better, _USUAL, n=1, cutoff=0.88)
    better = close[0] if close else better
    return f"{name}@{better}" if better != domain else None
