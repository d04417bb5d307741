"""IPv6 addresses, with IPv4 ones taken as their mapped form; what is no address gives null."""

from __future__ import annotations

from functools import lru_cache

from provisioner.kql.functions.function_registry import scalar_function
from provisioner.kql.functions.ipv4 import parse_ipv4_network
from provisioner.kql.values import Value, dynamic_to_text

_IPV4_MAPPED_PREFIX = 0xFFFF << 32


@lru_cache(maxsize=4096)
def parse_ipv6_network(text: str) -> tuple[int, int] | None:
    """The number of an address and the length of its prefix (128 where it has none); None for anything else.

    The prefix of an address in dotted notation is one of IPv4; a zone (`%eth0`) is dropped.
    """
    # Loaded here: the module costs milliseconds, and few queries compare addresses of IPv6.
    import ipaddress

    address, slash, prefix = text.strip().partition("/")
    if slash and not (prefix.isdigit() and prefix.isascii() and len(prefix) <= 3):
        return None
    address = address.partition("%")[0]
    has_dots = "." in address
    length = (int(prefix) if slash else 32 if has_dots else 128) + (96 if has_dots else 0)
    dotted = address[2:] if address.startswith("::") and has_dots and ":" not in address[2:] else address
    ipv4_network = parse_ipv4_network(dotted)
    try:
        number = int(ipaddress.IPv6Address(address)) if ipv4_network is None else _IPV4_MAPPED_PREFIX | ipv4_network[0]
    except ValueError:
        return None
    return (number, length) if length <= 128 else None


def _mask_ipv6(number: int, length: int) -> int:
    return number >> (128 - length) << (128 - length)


def _ipv6_to_text(number: int) -> str:
    digits = f"{number:032x}"
    return ":".join(digits[start : start + 4] for start in range(0, 32, 4))


@scalar_function("parse_ipv6(ip: string) -> string")
def parse_ipv6(ip: str) -> str:
    """The network of the address in its full form; empty where it is no address."""
    # Measured at the engine: of all these functions, this one alone does not take `::1.2.3.4` as the mapped form.
    network = parse_ipv6_mask(ip, 128)
    return network.replace(":ffff:", ":0000:") if ip.strip().startswith("::") and _is_ipv4_compatible(ip) else network


def _is_ipv4_compatible(ip: str) -> bool:
    return "." in ip and ":" not in ip.strip()[2:]


@scalar_function("parse_ipv6_mask(ip: string, prefix: long) -> string")
def parse_ipv6_mask(ip: str, prefix: int) -> str:
    """As `parse_ipv6`, with the shorter of both prefixes."""
    network = parse_ipv6_network(ip)
    if network is None or not 0 <= prefix <= 128:
        return ""
    number, length = network
    return _ipv6_to_text(_mask_ipv6(number, min(length, prefix)))


@scalar_function("ipv6_compare(left: string, right: string, prefix: long?) -> long")
def ipv6_compare(left: str, right: str, prefix: int = 128) -> int | None:
    """-1, 0 or 1 as the first network is below, equal to or above the second, under the shortest prefix."""
    left_network, right_network = parse_ipv6_network(left), parse_ipv6_network(right)
    if left_network is None or right_network is None or not 0 <= prefix <= 128:
        return None
    # Between two IPv4 addresses the prefix counts the bits of IPv4, which are the last 32 of the mapped form.
    both_ipv4 = left_network[0] >> 32 == right_network[0] >> 32 == 0xFFFF
    length = min(left_network[1], right_network[1], prefix + 96 if both_ipv4 and prefix <= 32 else prefix)
    first, second = _mask_ipv6(left_network[0], length), _mask_ipv6(right_network[0], length)
    return (first > second) - (first < second)


@scalar_function("ipv6_is_match(left: string, right: string, prefix: long?) -> bool")
def ipv6_is_match(left: str, right: str, prefix: int = 128) -> bool | None:
    """Whether both are the same network under the shortest prefix."""
    order = ipv6_compare(left, right, prefix)
    return None if order is None else order == 0


@scalar_function("ipv6_is_in_range(ip: string, range: string) -> bool")
def ipv6_is_in_range(ip: str, range_text: str) -> bool | None:
    """Whether the address is in the range."""
    address, network = parse_ipv6_network(ip), parse_ipv6_network(range_text)
    return None if address is None or network is None else _mask_ipv6(address[0], network[1]) == _mask_ipv6(*network)


@scalar_function(
    "ipv6_is_in_any_range(ip: string, range: string+) -> bool",
    "ipv6_is_in_any_range(ip: dynamic, range: string+) -> bool",
)
def ipv6_is_in_any_range(ip: Value, *ranges: str) -> bool | None:
    """Whether the address is in one of the ranges."""
    answers = [ipv6_is_in_range(dynamic_to_text(ip), range_text) for range_text in ranges]
    return True if True in answers else None if None in answers else False


@scalar_function(
    "ipv6_is_in_any_range(ip: string, ranges: dynamic) -> bool",
    "ipv6_is_in_any_range(ip: dynamic, ranges: dynamic) -> bool",
)
def ipv6_is_in_any_range_of(ip: Value, ranges: Value) -> bool | None:
    """Whether the address is in one of the ranges of an array."""
    return ipv6_is_in_any_range(ip, *map(dynamic_to_text, ranges)) if isinstance(ranges, list) else None
