"""IPv4 addresses and their ranges; what is no address gives null."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Any

from provisioner.kql.functions.function_registry import function
from provisioner.kql.values import text_of, text_of_dynamic

_PRIVATE = ((0x0A000000, 8), (0xAC100000, 12), (0xC0A80000, 16))


@lru_cache(maxsize=4096)
def read_ipv4(text: str) -> tuple[int, int] | None:
    """The number of an address and the length of its prefix (32 where it has none); None for anything else."""
    match = _address().fullmatch(text.strip())
    if match is None:
        return None
    *octets, prefix = match.groups()
    numbers = [int(octet) for octet in octets]
    length = 32 if prefix is None else int(prefix)
    if max(numbers) > 255 or length > 32:
        return None
    return int.from_bytes(bytes(numbers), "big"), length


def masked(number: int, length: int) -> int:
    """The address with all bits behind the prefix cleared."""
    return number >> (32 - length) << (32 - length)


def written(number: int) -> str:
    """The address in dots."""
    return ".".join(map(str, number.to_bytes(4, "big")))


@cache
def _address() -> re.Pattern[str]:
    octet = r"(0|[1-9]\d{0,2})"
    return re.compile(rf"{octet}\.{octet}\.{octet}\.{octet}(?:/(\d{{1,2}}))?", re.ASCII)


@function("parse_ipv4(ip: string) -> long")
def parse_ipv4(ip: str) -> int | None:
    """The address as a number, what lies behind its prefix being zero."""
    read = read_ipv4(ip)
    return None if read is None else masked(*read)


@function("parse_ipv4_mask(ip: string, prefix: long) -> long")
def parse_ipv4_mask(ip: str, prefix: int) -> int | None:
    """The same with the shorter of both prefixes."""
    read = read_ipv4(ip)
    if read is None or not 0 <= prefix <= 32:
        return None
    return masked(read[0], min(read[1], prefix))


@function("format_ipv4(ip: scalar, prefix: long?) -> string", types=True)
def format_ipv4(ip: Any, prefix: int = 32, *, types: tuple[str, ...]) -> str:
    """The network of the address, given as text or number, in dots; empty where it is none."""
    return _formatted(_given(ip, types[0]), prefix, suffix=False)


@function("format_ipv4_mask(ip: scalar, prefix: long) -> string", types=True)
def format_ipv4_mask(ip: Any, prefix: int, *, types: tuple[str, ...]) -> str:
    """The network of the address, given as text or number, in dots with its prefix; empty where it is none."""
    return _formatted(_given(ip, types[0]), prefix, suffix=True)


def _given(ip: Any, kind: str) -> tuple[int, int] | None:
    return (ip, 32) if type(ip) is int and kind in ("int", "long", "dynamic") else read_ipv4(text_of(ip, kind))


def _formatted(read: tuple[int, int] | None, prefix: int, *, suffix: bool) -> str:
    if read is None or not 0 <= prefix <= 32 or not 0 <= read[0] < 2**32:
        return ""
    length = min(read[1], prefix)
    return written(masked(read[0], length)) + (f"/{length}" if suffix else "")


@function("ipv4_compare(left: string, right: string, prefix: long?) -> long")
def ipv4_compare(left: str, right: str, prefix: int = 32) -> int | None:
    """-1, 0 or 1 as the first network lies below, is or lies above the second, under the shortest prefix."""
    one, other = read_ipv4(left), read_ipv4(right)
    if one is None or other is None or not 0 <= prefix <= 32:
        return None
    length = min(one[1], other[1], prefix)
    first, second = masked(one[0], length), masked(other[0], length)
    return (first > second) - (first < second)


@function("ipv4_is_match(left: string, right: string, prefix: long?) -> bool")
def ipv4_is_match(left: str, right: str, prefix: int = 32) -> bool | None:
    """Whether both are the same network under the shortest prefix."""
    order = ipv4_compare(left, right, prefix)
    return None if order is None else order == 0


@function("ipv4_is_in_range(ip: string, range: string) -> bool")
def ipv4_is_in_range(ip: str, whole: str) -> bool | None:
    """Whether the address lies in the range."""
    one, other = read_ipv4(ip), read_ipv4(whole)
    return None if one is None or other is None else masked(one[0], other[1]) == masked(*other)


@function(
    "ipv4_is_in_any_range(ip: string, range: string+) -> bool",
    "ipv4_is_in_any_range(ip: dynamic, range: string+) -> bool",
)
def ipv4_is_in_any_range(ip: Any, *ranges: str) -> bool | None:
    """Whether the address lies in one of the ranges."""
    answers = [ipv4_is_in_range(text_of_dynamic(ip), whole) for whole in ranges]
    return True if True in answers else None if None in answers else False


@function(
    "ipv4_is_in_any_range(ip: string, ranges: dynamic) -> bool",
    "ipv4_is_in_any_range(ip: dynamic, ranges: dynamic) -> bool",
)
def ipv4_is_in_any_range_of(ip: Any, ranges: Any) -> bool | None:
    """Whether the address lies in one of the ranges of an array."""
    return ipv4_is_in_any_range(ip, *map(text_of_dynamic, ranges)) if isinstance(ranges, list) else None


@function("ipv4_is_private(ip: string) -> bool")
def ipv4_is_private(ip: str) -> bool | None:
    """Whether the address and its whole network are private ones of RFC 1918."""
    read = read_ipv4(ip)
    if read is None:
        return None
    return any(read[1] >= length and masked(read[0], length) == network for network, length in _PRIVATE)


@function("ipv4_netmask_suffix(ip: string) -> long")
def ipv4_netmask_suffix(ip: str) -> int | None:
    """The length of the prefix, 32 where there is none."""
    read = read_ipv4(ip)
    return None if read is None else read[1]


@function("ipv4_range_to_cidr_list(start: string, end: string) -> dynamic")
def ipv4_range_to_cidr_list(start: str, end: str) -> list[str] | None:
    """The fewest networks that make up the range."""
    first, last = read_ipv4(start), read_ipv4(end)
    if first is None or last is None or first[0] > last[0]:
        return None
    networks: list[str] = []
    position = first[0]
    while position <= last[0]:
        size = min(position & -position or 2**32, 1 << (last[0] - position + 1).bit_length() - 1)
        networks.append(f"{written(position)}/{32 - size.bit_length() + 1}")
        position += size
    return networks


@function("has_ipv4(text: string, ip: string) -> bool", "has_ipv4(text: dynamic, ip: string) -> bool")
def has_ipv4(text: Any, ip: str) -> bool:
    """Whether the text holds the address, with no letter or digit beside it."""
    read = read_ipv4(ip)
    return read is not None and "/" not in ip and ip in _addresses(text)


@function("has_any_ipv4(text: string, ip: string+) -> bool", "has_any_ipv4(text: dynamic, ip: string+) -> bool")
def has_any_ipv4(text: Any, *ips: str) -> bool:
    """Whether the text holds one of the addresses."""
    return any(has_ipv4(text, ip) for ip in ips)


@function("has_any_ipv4(text: string, ips: dynamic) -> bool", "has_any_ipv4(text: dynamic, ips: dynamic) -> bool")
def has_any_ipv4_of(text: Any, ips: Any) -> bool:
    """Whether the text holds one of the addresses of an array."""
    return isinstance(ips, list) and has_any_ipv4(text, *map(text_of_dynamic, ips))


@function(
    "has_ipv4_prefix(text: string, prefix: string) -> bool", "has_ipv4_prefix(text: dynamic, prefix: string) -> bool"
)
def has_ipv4_prefix(text: Any, prefix: str) -> bool:
    """Whether the text holds an address that starts with the prefix, which is whole or ends with a dot."""
    if not prefix.endswith("."):
        return has_ipv4(text, prefix)
    return any(address.startswith(prefix) for address in _addresses(text))


@function(
    "has_any_ipv4_prefix(text: string, prefix: string+) -> bool",
    "has_any_ipv4_prefix(text: dynamic, prefix: string+) -> bool",
)
def has_any_ipv4_prefix(text: Any, *prefixes: str) -> bool:
    """Whether the text holds an address that starts with one of the prefixes."""
    return any(has_ipv4_prefix(text, prefix) for prefix in prefixes)


@function(
    "has_any_ipv4_prefix(text: string, prefixes: dynamic) -> bool",
    "has_any_ipv4_prefix(text: dynamic, prefixes: dynamic) -> bool",
)
def has_any_ipv4_prefix_of(text: Any, prefixes: Any) -> bool:
    """Whether the text holds an address that starts with one of the prefixes of an array."""
    return isinstance(prefixes, list) and has_any_ipv4_prefix(text, *map(text_of_dynamic, prefixes))


def _addresses(text: Any) -> list[str]:
    """The addresses in a text that stand apart from letters and digits."""
    found = _inside().findall(text_of_dynamic(text))
    return [address for address in found if read_ipv4(address) is not None]


@cache
def _inside() -> re.Pattern[str]:
    return re.compile(r"(?<![^\W_])(?<![^\W_]\.)\d{1,3}(?:\.\d{1,3}){3}(?![^\W_]|\.[^\W_])")
