"""Which words a chunk of rows holds: a Bloom filter, so that a search for one row need not read a million."""

from __future__ import annotations

import re
from hashlib import blake2b
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_WORD = re.compile(rb"[a-z0-9]+")
_ESCAPE = re.compile(rb"\\(?:u....|.)", re.DOTALL)
_BITS_EACH = 10


def words(text: str) -> set[bytes]:
    """The runs of ASCII letters and digits in a text, in lower case: whatever `has` finds is made of them."""
    return set(_WORD.findall(text.encode("utf-8", "surrogatepass").lower()))


def mark(lines: str) -> bytes:
    """The filter of the words in rows printed as JSON."""
    raw = lines.encode().lower()
    found = set(_WORD.findall(raw))
    if b"\\" in raw:  # a word may begin after an escape, and in the text of a dynamic value it begins with it
        found |= set(_WORD.findall(_ESCAPE.sub(b" ", raw)))
    bits = bytearray(max(8, len(found) * _BITS_EACH // 8))
    size = len(bits) * 8
    for word in found:
        for place in _places(word, size):
            bits[place >> 3] |= 1 << (place & 7)
    return bytes(bits)


def may_hold(bits: bytes | None, wanted: Iterable[bytes]) -> bool:
    """Whether rows with that filter can hold all the words; True where nothing is known."""
    if bits is None:
        return True
    size = len(bits) * 8
    return all(all(bits[place >> 3] >> (place & 7) & 1 for place in _places(word, size)) for word in wanted)


def _places(word: bytes, size: int) -> Iterator[int]:
    number = int.from_bytes(blake2b(word, digest_size=8).digest(), "big")
    first, step = number >> 32, (number & 0xFFFFFFFF) | 1
    return ((first + turn * step) % size for turn in range(4))
