"""Functions that make names out of texts: always the same of the same."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

from provisioner.template.evaluation_context import Context
from provisioner.template.functions.registry import group
from provisioner.template.template_facts import template_facts

function = group("string")
_NAMESPACE = uuid.UUID("11fb06fb-712d-4ddd-98c7-e71bbd588830")
"""The namespace of ARM's guid(): its values are version 5 UUIDs in it, over the arguments joined with `-`."""

# The constants of MurmurHash3, x86, which is in the public domain: https://github.com/aappleby/smhasher
_WORD = 0xFFFFFFFF
_MULTIPLIERS = (0x239B961B, 0xAB0E9789)
_ROUNDS = ((19, 0x561CCD1B), (13, 0x0BCAA747))
_FINAL = ((0x85EBCA6B, 13), (0xC2B2AE35, 16))


@function("guid(first: string, more: string*) -> string")
def guid(*texts: str) -> str:
    """A GUID of the texts."""
    return str(uuid.uuid5(_NAMESPACE, "-".join(texts)))


@function("newGuid() -> string", style="context", places=frozenset(("parameter",)))
def new_guid(*, context: Context) -> str:
    """A new GUID each time; for the default value of a parameter only."""
    return context.evaluation.new_guid()


@function("uniqueString(first: string, more: string*) -> string")
def unique_string(*texts: str) -> str:
    """Thirteen letters and digits of the texts.

    Azure documents the length, the alphabet and that it is a hash; which hash is not documented. This is a 64-bit
    MurmurHash of the texts joined with `-`; it gives what Azure gives for the pairs in `schemas/template.yaml`.
    """
    facts = template_facts()["unique_string"]
    number = murmur_hash("-".join(texts).encode("utf-8", "surrogatepass"))
    letters: list[str] = []
    for _ in range(facts["characters"]):
        # Five bits a letter, the highest first.
        letters.append(facts["alphabet"][number >> 59])
        number = number << 5 & 0xFFFFFFFFFFFFFFFF
    return "".join(letters)


def murmur_hash(data: bytes) -> int:
    """The first 64 bits of a MurmurHash3 with two lanes of 32 bits each."""
    one = other = 0
    whole = len(data) // 8 * 8
    for low, high in _blocks(data[:whole]):
        one = _turned(one ^ low, other, *_ROUNDS[0])
        other = _turned(other ^ high, one, *_ROUNDS[1])
    for low, high in _blocks(data[whole:]):
        one, other = one ^ low, other ^ high
    one, other = _crossed(one ^ len(data), other ^ len(data))
    one, other = _crossed(_mixed(one), _mixed(other))
    return other << 32 | one


def _blocks(data: bytes) -> Iterator[tuple[int, int]]:
    """Eight bytes at a time as two scrambled words; what is missing at the end counts as zero."""
    first, second = _MULTIPLIERS
    for start in range(0, len(data), 8):
        low = int.from_bytes(data[start : start + 4], "little")
        high = int.from_bytes(data[start + 4 : start + 8], "little")
        yield _rotated(low * first & _WORD, 15) * second & _WORD, _rotated(high * second & _WORD, 17) * first & _WORD


def _turned(half: int, neighbour: int, bits: int, constant: int) -> int:
    return ((_rotated(half, bits) + neighbour) * 5 + constant) & _WORD


def _crossed(one: int, other: int) -> tuple[int, int]:
    one = (one + other) & _WORD
    return one, (one + other) & _WORD


def _mixed(half: int) -> int:
    half ^= half >> 16
    for multiplier, shift in _FINAL:
        half = half * multiplier & _WORD
        half ^= half >> shift
    return half


def _rotated(word: int, bits: int) -> int:
    return (word << bits | word >> (32 - bits)) & _WORD
