"""A Bloom filter over the words of a chunk of rows, so that a search for one row need not read a million."""

from __future__ import annotations

import re
from hashlib import blake2b
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_WORD = re.compile(rb"[a-z0-9]+")
_ESCAPE = re.compile(rb"\\(?:u....|.)", re.DOTALL)
_BITS_PER_WORD = 10  # with four positions a word: about one chunk in a hundred is read in vain


def words_in(text: str) -> set[bytes]:
    """The runs of ASCII letters and digits in a text, in lower case: what KQL's `has` compares is made of them."""
    return set(_WORD.findall(text.encode("utf-8", "surrogatepass").lower()))


def build_filter(lines: str) -> bytes:
    """The filter of the words in rows printed as JSON."""
    raw = lines.encode().lower()
    words = set(_WORD.findall(raw))
    if b"\\" in raw:
        # A word may begin after an escape, and in the text of a dynamic value it begins with the escape's letter.
        words |= set(_WORD.findall(_ESCAPE.sub(b" ", raw)))
    bits = bytearray(max(8, len(words) * _BITS_PER_WORD // 8))
    size = len(bits) * 8
    for word in words:
        for position in _bit_positions(word, size):
            bits[position >> 3] |= 1 << (position & 7)
    return bytes(bits)


def may_contain(bits: bytes | None, words: Iterable[bytes]) -> bool:
    """Whether rows with that filter can contain all the words; True for rows without a filter."""
    if bits is None:
        return True
    size = len(bits) * 8
    return all(
        all(bits[position >> 3] >> (position & 7) & 1 for position in _bit_positions(word, size)) for word in words
    )


def _bit_positions(word: bytes, size: int) -> Iterator[int]:
    # Two hashes make any number of positions (Kirsch and Mitzenmacher); an odd step meets every bit.
    number = int.from_bytes(blake2b(word, digest_size=8).digest(), "big")
    first, step = number >> 32, (number & 0xFFFFFFFF) | 1
    return ((first + turn * step) % size for turn in range(4))
