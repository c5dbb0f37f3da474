r"""The patterns a contract may contain: regular expressions too simple to be slow. Knows no contract.

Allowed: letters and digits, ``\d \w \s`` and escaped signs, ``.``, classes ``[A-Z0-9]``, groups ``(…)`` with
``|``, and bounded repeats ``{n}``, ``{m,n}`` and ``?``. The whole text is always matched. A pattern that could match
one text in more than ``MOST_WAYS`` ways is refused: that number bounds the work of any matching.
"""

import re
from functools import lru_cache

LONGEST = 200
MOST_REPEATS = 64
MOST_WAYS = 50_000
ESCAPED = frozenset("dDwWsS.-+*?()[]{}|^$/\\ #&@,:;_'\"")
REPEAT = re.compile(r"\{(\d{1,4})(?:,(\d{0,4}))?\}")


class PatternRefused(ValueError):
    """A pattern outside the dialect; the message says why."""


@lru_cache(maxsize=1024)
def refusal_of(pattern: str) -> str:
    """Why a pattern is refused, as a sentence; empty if it may be used."""
    try:
        _Reader(pattern).read()
        re.compile(pattern)
    except PatternRefused as refused:
        return str(refused)
    except (re.error, OverflowError, RecursionError):
        return "this is not a regular expression."
    return ""


class _Reader:
    """Reads a pattern once, left to right, and counts in how many ways its pieces may match."""

    def __init__(self, pattern: str) -> None:
        self.text = pattern
        self.at = 0

    def read(self) -> None:
        if len(self.text) > LONGEST:
            raise PatternRefused(f"a pattern has at most {LONGEST} characters.")
        self._alternatives(depth=0)
        if self.at < len(self.text):
            raise PatternRefused("a bracket is closed that was not opened.")

    def _alternatives(self, depth: int) -> int:
        if depth > 5:
            raise PatternRefused("groups are nested more than 5 deep.")
        ways = self._sequence(depth)
        while self._next() == "|":
            self.at += 1
            ways += self._sequence(depth)
        return self._bounded(ways)

    def _sequence(self, depth: int) -> int:
        ways = 1
        while self._next() not in ("", "|", ")"):
            piece = self._piece(depth)
            ways = self._bounded(ways * self._repeated(piece))
        return ways

    def _piece(self, depth: int) -> int:
        sign = self._next()
        if sign == "(":
            return self._group(depth)
        if sign == "[":
            self._class()
        elif sign == "\\":
            self._escape()
        elif sign in "^$":
            raise PatternRefused("the whole text is matched anyway: leave out '^' and '$'.")
        elif sign in "*+?{":
            raise PatternRefused(f"nothing stands before '{sign}' that it could repeat.")
        else:
            self.at += 1
        return 1

    def _group(self, depth: int) -> int:
        self.at += 1
        if self.text.startswith("?:", self.at):
            self.at += 2
        elif self._next() == "?":
            raise PatternRefused("'(?…' is not allowed; write a plain group '(…)'.")
        ways = self._alternatives(depth + 1)
        if self._next() != ")":
            raise PatternRefused("a group is not closed.")
        self.at += 1
        return ways

    def _class(self) -> None:
        self.at += 1
        first = True
        while self._next() != "]" or first:
            if self._next() == "":
                raise PatternRefused("a class '[…]' is not closed.")
            self.at += 2 if self._next() == "\\" else 1
            first = False
        self.at += 1

    def _escape(self) -> None:
        sign = self.text[self.at + 1 : self.at + 2]
        if sign not in ESCAPED or not sign:
            raise PatternRefused(f"'\\{sign}' is not allowed.")
        self.at += 2

    def _repeated(self, ways: int) -> int:
        sign = self._next()
        if sign and sign in "*+":
            raise PatternRefused(f"'{sign}' has no end: write a bound such as {{1,20}}.")
        if sign == "?":
            self.at += 1
            return self._once(ways + 1)
        if sign != "{":
            return ways
        return self._once(self._counted(ways))

    def _counted(self, ways: int) -> int:
        found = REPEAT.match(self.text, self.at)
        if not found:
            raise PatternRefused("'{' must be followed by a count such as {3} or {1,20}.")
        low = int(found[1])
        if found[2] == "":
            raise PatternRefused(f"'{found[0]}' has no end: write a bound such as {{{low},20}}.")
        high = int(found[2] or low)
        if not low <= high <= MOST_REPEATS:
            raise PatternRefused(f"a repeat may go up to {MOST_REPEATS}, the lower count first.")
        self.at = found.end()
        return self._bounded(sum(min(ways, MOST_WAYS) ** count for count in range(low, high + 1)))

    def _once(self, ways: int) -> int:
        if self._next() and self._next() in "*+?{":
            raise PatternRefused("a repeat may not be repeated.")
        return ways

    def _bounded(self, ways: int) -> int:
        if ways > MOST_WAYS:
            raise PatternRefused("it can match one text in too many ways; make it simpler.")
        return ways

    def _next(self) -> str:
        return self.text[self.at : self.at + 1]
