"""Where a word stands in a code set: one bit for each code, packed for the database, a number in memory.

With bits, "all of these words" is one AND over whole code sets, and the lowest bits are the best codes. Pure.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator


def packed(positions: Iterable[int], size: int) -> bytes:
    """The positions, each below ``size``, as compressed bits."""
    bits = bytearray(size // 8 + 1)
    for position in positions:
        bits[position >> 3] |= 1 << (position & 7)
    return zlib.compress(bits, 1)


def unpacked(data: bytes) -> int:
    """The packed positions as one number whose set bits they are."""
    return int.from_bytes(zlib.decompress(data), "little")


def lowest(places: int) -> Iterator[int]:
    """The positions, from the lowest."""
    while places:
        bit = places & -places
        yield bit.bit_length() - 1
        places ^= bit
