"""IPv6 addresses, with IPv4 ones taken as their mapped form; what is no address gives null."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from provisioner.kql.functions.function_registry import function
from provisioner.kql.functions.ipv4 import read_ipv4
from provisioner.kql.values import text_of_dynamic

_MAPPED = 0xFFFF << 32


@lru_cache(maxsize=4096)
def read_ipv6(text: str) -> tuple[int, int] | None:
    """The number of an address and the length of its prefix (128 where it has none); None for anything else.

    A prefix behind dots is one of IPv4; a zone is left out.
    """
    import ipaddress

    address, slash, prefix = text.strip().partition("/")
    if slash and not (prefix.isdigit() and prefix.isascii() and len(prefix) <= 3):
        return None
    address = address.partition("%")[0]
    short = "." in address
    length = (int(prefix) if slash else 32 if short else 128) + (96 if short else 0)
    dotted = address[2:] if address.startswith("::") and short and ":" not in address[2:] else address
    four = read_ipv4(dotted)
    try:
        number = int(ipaddress.IPv6Address(address)) if four is None else _MAPPED | four[0]
    except ValueError:
        return None
    return (number, length) if length <= 128 else None


def _masked(number: int, length: int) -> int:
    return number >> (128 - length) << (128 - length)


def _written(number: int) -> str:
    digits = f"{number:032x}"
    return ":".join(digits[start : start + 4] for start in range(0, 32, 4))


@function("parse_ipv6(ip: string) -> string")
def parse_ipv6(ip: str) -> str:
    """The network of the address in its full form; empty where it is none.

    Measured at the engine: here alone `::1.2.3.4` is not taken as the mapped form of an IPv4 address.
    """
    written = parse_ipv6_mask(ip, 128)
    return written.replace(":ffff:", ":0000:") if ip.strip().startswith("::") and _plain_dots(ip) else written


def _plain_dots(ip: str) -> bool:
    return "." in ip and ":" not in ip.strip()[2:]


@function("parse_ipv6_mask(ip: string, prefix: long) -> string")
def parse_ipv6_mask(ip: str, prefix: int) -> str:
    """The same with the shorter of both prefixes."""
    read = read_ipv6(ip)
    if read is None or not 0 <= prefix <= 128:
        return ""
    return _written(_masked(read[0], min(read[1], prefix)))


@function("ipv6_compare(left: string, right: string, prefix: long?) -> long")
def ipv6_compare(left: str, right: str, prefix: int = 128) -> int | None:
    """-1, 0 or 1 as the first network lies below, is or lies above the second, under the shortest prefix."""
    one, other = read_ipv6(left), read_ipv6(right)
    if one is None or other is None or not 0 <= prefix <= 128:
        return None
    both_four = one[0] >> 32 == other[0] >> 32 == 0xFFFF
    length = min(one[1], other[1], prefix + 96 if both_four and prefix <= 32 else prefix)
    first, second = _masked(one[0], length), _masked(other[0], length)
    return (first > second) - (first < second)


@function("ipv6_is_match(left: string, right: string, prefix: long?) -> bool")
def ipv6_is_match(left: str, right: str, prefix: int = 128) -> bool | None:
    """Whether both are the same network under the shortest prefix."""
    order = ipv6_compare(left, right, prefix)
    return None if order is None else order == 0


@function("ipv6_is_in_range(ip: string, range: string) -> bool")
def ipv6_is_in_range(ip: str, whole: str) -> bool | None:
    """Whether the address lies in the range."""
    one, other = read_ipv6(ip), read_ipv6(whole)
    return None if one is None or other is None else _masked(one[0], other[1]) == _masked(*other)


@function(
    "ipv6_is_in_any_range(ip: string, range: string+) -> bool",
    "ipv6_is_in_any_range(ip: dynamic, range: string+) -> bool",
)
def ipv6_is_in_any_range(ip: Any, *ranges: str) -> bool | None:
    """Whether the address lies in one of the ranges."""
    answers = [ipv6_is_in_range(text_of_dynamic(ip), whole) for whole in ranges]
    return True if True in answers else None if None in answers else False


@function(
    "ipv6_is_in_any_range(ip: string, ranges: dynamic) -> bool",
    "ipv6_is_in_any_range(ip: dynamic, ranges: dynamic) -> bool",
)
def ipv6_is_in_any_range_of(ip: Any, ranges: Any) -> bool | None:
    """Whether the address lies in one of the ranges of an array."""
    return ipv6_is_in_any_range(ip, *map(text_of_dynamic, ranges)) if isinstance(ranges, list) else None
