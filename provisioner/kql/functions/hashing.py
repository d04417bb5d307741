"""Digests of a value: cryptographic ones of its text, xxHash64 of its bytes."""

from __future__ import annotations

import struct
from functools import partial
from uuid import UUID

from provisioner.kql.functions.function_registry import scalar_function
from provisioner.kql.values import Value, text_formatter_for


def _hex_digest(algorithm: str, value: Value, *, types: tuple[str, ...]) -> str:
    """Hex digits of the digest of the value's text."""
    # Loaded here: hashlib loads OpenSSL, which most queries do not need.
    import hashlib

    # Measured at the engine: the digest of an empty string is empty, where the algorithms have one for no bytes.
    text = text_formatter_for(types[0])(value)
    return hashlib.new(algorithm, text.encode("utf-8", "replace"), usedforsecurity=False).hexdigest() if text else ""


for _name in ("sha256", "sha1", "md5"):
    scalar_function(f"hash_{_name}(value: plain) -> string", takes_types=True)(partial(_hex_digest, _name))


def _bytes_to_hash(type_name: str, value: Value) -> bytes:
    """The bytes of a value that are hashed: text in UTF-8, numbers and times as 64 bits, little end first."""
    if type_name == "real":
        return struct.pack("<d", value)
    if type_name == "int":
        return struct.pack("<i", value)
    if type_name == "bool":
        return b"\1" if value else b"\0"
    if isinstance(value, int):
        return struct.pack("<q", value)
    return value.bytes_le if isinstance(value, UUID) else str(value).encode("utf-8", "replace")


@scalar_function(
    "hash(value: plain, modulus: long?) -> long",
    "hash_xxhash64(value: plain, modulus: long?) -> long",
    takes_types=True,
)
def hash_(value: Value, modulus: int | None = None, *, types: tuple[str, ...]) -> int | None:
    """The xxHash64 of the value as a signed number, or its remainder by the modulus."""
    number = xxhash64(_bytes_to_hash(types[0], value))
    number = number - 2**64 if number >= 2**63 else number
    if modulus is None:
        return number
    return number % modulus if modulus > 0 else None


# xxHash64 with seed 0, after its published specification (github.com/Cyan4973/xxHash, doc/xxhash_spec.md), whose names
# these are. In Python, since a compiled package would be a dependency for one function.
_PRIME_1, _PRIME_2, _PRIME_3 = 0x9E3779B185EBCA87, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9
_PRIME_4, _PRIME_5 = 0x85EBCA77C2B2AE63, 0x27D4EB2F165667C5
_MASK_64 = 2**64 - 1


def xxhash64(data: bytes) -> int:
    """The xxHash64 of the bytes with seed 0, as an unsigned number of 64 bits."""
    position, value = _consume_stripes(data) if len(data) >= 32 else (0, _PRIME_5)
    value = (value + len(data)) & _MASK_64
    for (chunk,) in struct.iter_unpack("<Q", data[position : position + (len(data) - position) // 8 * 8]):
        value = (_rotate_left(value ^ _mix_accumulator(0, chunk), 27) * _PRIME_1 + _PRIME_4) & _MASK_64
        position += 8
    if len(data) - position >= 4:
        chunk = int.from_bytes(data[position : position + 4], "little")
        value = (_rotate_left(value ^ chunk * _PRIME_1 & _MASK_64, 23) * _PRIME_2 + _PRIME_3) & _MASK_64
        position += 4
    for byte in data[position:]:
        value = _rotate_left(value ^ byte * _PRIME_5 & _MASK_64, 11) * _PRIME_1 & _MASK_64
    return _avalanche(value)


def _consume_stripes(data: bytes) -> tuple[int, int]:
    """The position after all whole stripes of 32 bytes, and the value that their accumulators converge to."""
    accumulators = [(_PRIME_1 + _PRIME_2) & _MASK_64, _PRIME_2, 0, -_PRIME_1 & _MASK_64]
    end = len(data) // 32 * 32
    for stripe in struct.iter_unpack("<4Q", data[:end]):
        accumulators = [
            _mix_accumulator(accumulator, chunk) for accumulator, chunk in zip(accumulators, stripe, strict=True)
        ]
    rotated = [_rotate_left(value, count) for value, count in zip(accumulators, (1, 7, 12, 18), strict=True)]
    converged = sum(rotated) & _MASK_64
    for accumulator in accumulators:
        converged = ((converged ^ _mix_accumulator(0, accumulator)) * _PRIME_1 + _PRIME_4) & _MASK_64
    return end, converged


def _mix_accumulator(accumulator: int, chunk: int) -> int:
    return _rotate_left((accumulator + chunk * _PRIME_2) & _MASK_64, 31) * _PRIME_1 & _MASK_64


def _rotate_left(value: int, count: int) -> int:
    return (value << count | value >> (64 - count)) & _MASK_64


def _avalanche(value: int) -> int:
    value = (value ^ value >> 33) * _PRIME_2 & _MASK_64
    value = (value ^ value >> 29) * _PRIME_3 & _MASK_64
    return value ^ value >> 32
