"""Digests of a value: cryptographic ones of its text, xxHash64 of its bytes."""

from __future__ import annotations

import struct
from functools import partial
from typing import Any
from uuid import UUID

from provisioner.kql.functions.function_registry import function
from provisioner.kql.values import texter


def _digest(algorithm: str, value: Any, *, types: tuple[str, ...]) -> str:
    """Hex digits of the digest of the value's text; the empty string has an empty digest, as measured on Kusto."""
    import hashlib

    text = texter(types[0])(value)
    return hashlib.new(algorithm, text.encode("utf-8", "replace"), usedforsecurity=False).hexdigest() if text else ""


for _name in ("sha256", "sha1", "md5"):
    function(f"hash_{_name}(value: plain) -> string", types=True)(partial(_digest, _name))


def _bytes(kind: str, value: Any) -> bytes:
    """What of a value is hashed: text in UTF-8, numbers and times as 64 bits, little end first."""
    if kind == "real":
        return struct.pack("<d", value)
    if kind == "int":
        return struct.pack("<i", value)
    if kind == "bool":
        return b"\1" if value else b"\0"
    if isinstance(value, int):
        return struct.pack("<q", value)
    return value.bytes_le if isinstance(value, UUID) else str(value).encode("utf-8", "replace")


@function(
    "hash(value: plain, modulus: long?) -> long", "hash_xxhash64(value: plain, modulus: long?) -> long", types=True
)
def hash_(value: Any, modulus: int | None = None, *, types: tuple[str, ...]) -> int | None:
    """The xxHash64 of the value, as a signed number, or its remainder by the modulus."""
    number = xxhash64(_bytes(types[0], value))
    number = number - 2**64 if number >= 2**63 else number
    if modulus is None:
        return number
    return number % modulus if modulus > 0 else None


_P1, _P2, _P3 = 0x9E3779B185EBCA87, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9
_P4, _P5 = 0x85EBCA77C2B2AE63, 0x27D4EB2F165667C5
_MASK = 2**64 - 1


def xxhash64(data: bytes) -> int:
    """The 64 bits of xxHash64 with seed 0."""
    position, value = _stripes(data) if len(data) >= 32 else (0, _P5)
    value = (value + len(data)) & _MASK
    for (word,) in struct.iter_unpack("<Q", data[position : position + (len(data) - position) // 8 * 8]):
        value = (_turn(value ^ _round(0, word), 27) * _P1 + _P4) & _MASK
        position += 8
    if len(data) - position >= 4:
        word = int.from_bytes(data[position : position + 4], "little")
        value = (_turn(value ^ word * _P1 & _MASK, 23) * _P2 + _P3) & _MASK
        position += 4
    for byte in data[position:]:
        value = _turn(value ^ byte * _P5 & _MASK, 11) * _P1 & _MASK
    return _finish(value)


def _stripes(data: bytes) -> tuple[int, int]:
    """The state after all whole stripes of 32 bytes, and where they end."""
    lanes = [(_P1 + _P2) & _MASK, _P2, 0, -_P1 & _MASK]
    end = len(data) // 32 * 32
    for words in struct.iter_unpack("<4Q", data[:end]):
        lanes = [_round(lane, word) for lane, word in zip(lanes, words, strict=True)]
    value = sum(_turn(lane, count) for lane, count in zip(lanes, (1, 7, 12, 18), strict=True)) & _MASK
    for lane in lanes:
        value = ((value ^ _round(0, lane)) * _P1 + _P4) & _MASK
    return end, value


def _round(lane: int, word: int) -> int:
    return _turn((lane + word * _P2) & _MASK, 31) * _P1 & _MASK


def _turn(value: int, count: int) -> int:
    return (value << count | value >> (64 - count)) & _MASK


def _finish(value: int) -> int:
    value = (value ^ value >> 33) * _P2 & _MASK
    value = (value ^ value >> 29) * _P3 & _MASK
    return value ^ value >> 32
