"""IPv4 addresses and their ranges; what is no address gives null."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from provisioner.kql.functions.function_registry import scalar_function
from provisioner.kql.values import Value, dynamic_to_text, to_text

_PRIVATE_NETWORKS = ((0x0A000000, 8), (0xAC100000, 12), (0xC0A80000, 16))


# Remembered: the same addresses come in row after row, and a range is parsed for each of them.
@lru_cache(maxsize=4096)
def parse_ipv4_network(text: str) -> tuple[int, int] | None:
    """The number of an address and the length of its prefix (32 where it has none); None for anything else."""
    # Not Python's ipaddress, whose objects cost several times as much as the two numbers needed here.
    match = _network_pattern().fullmatch(text.strip())
    if match is None:
        return None
    *octets, prefix = match.groups()
    numbers = [int(octet) for octet in octets]
    length = 32 if prefix is None else int(prefix)
    if max(numbers) > 255 or length > 32:
        return None
    return int.from_bytes(bytes(numbers), "big"), length


def mask_ipv4(number: int, length: int) -> int:
    """The number of an address with all bits after the prefix cleared."""
    return number >> (32 - length) << (32 - length)


def ipv4_to_text(number: int) -> str:
    """The number of an address in dotted notation."""
    return ".".join(map(str, number.to_bytes(4, "big")))


@cache
def _network_pattern() -> re.Pattern[str]:
    # No leading zeros, which some readers take as octal and some as decimal.
    octet = r"(0|[1-9]\d{0,2})"
    return re.compile(rf"{octet}\.{octet}\.{octet}\.{octet}(?:/(\d{{1,2}}))?", re.ASCII)


@scalar_function("parse_ipv4(ip: string) -> long")
def parse_ipv4(ip: str) -> int | None:
    """The address as a number, with all bits after its prefix cleared."""
    network = parse_ipv4_network(ip)
    return None if network is None else mask_ipv4(*network)


@scalar_function("parse_ipv4_mask(ip: string, prefix: long) -> long")
def parse_ipv4_mask(ip: str, prefix: int) -> int | None:
    """As `parse_ipv4`, with the shorter of both prefixes."""
    network = parse_ipv4_network(ip)
    if network is None or not 0 <= prefix <= 32:
        return None
    number, length = network
    return mask_ipv4(number, min(length, prefix))


@scalar_function("format_ipv4(ip: scalar, prefix: long?) -> string", takes_types=True)
def format_ipv4(ip: Value, prefix: int = 32, *, types: tuple[str, ...]) -> str:
    """The network of the address, which is text or a number, in dotted notation; empty where it is no address."""
    return _format_network(_network_of(ip, types[0]), prefix, suffix=False)


@scalar_function("format_ipv4_mask(ip: scalar, prefix: long) -> string", takes_types=True)
def format_ipv4_mask(ip: Value, prefix: int, *, types: tuple[str, ...]) -> str:
    """The network of the address, which is text or a number, with its prefix; empty where it is no address."""
    return _format_network(_network_of(ip, types[0]), prefix, suffix=True)


def _network_of(ip: Value, type_name: str) -> tuple[int, int] | None:
    # A datetime and a timespan are ints too at run time; only numbers are addresses.
    if type(ip) is int and type_name in ("int", "long", "dynamic"):
        return ip, 32
    return parse_ipv4_network(to_text(ip, type_name))


def _format_network(network: tuple[int, int] | None, prefix: int, *, suffix: bool) -> str:
    if network is None or not 0 <= prefix <= 32 or not 0 <= network[0] < 2**32:
        return ""
    length = min(network[1], prefix)
    return ipv4_to_text(mask_ipv4(network[0], length)) + (f"/{length}" if suffix else "")


@scalar_function("ipv4_compare(left: string, right: string, prefix: long?) -> long")
def ipv4_compare(left: str, right: str, prefix: int = 32) -> int | None:
    """-1, 0 or 1 as the first network is below, equal to or above the second, under the shortest prefix."""
    left_network, right_network = parse_ipv4_network(left), parse_ipv4_network(right)
    if left_network is None or right_network is None or not 0 <= prefix <= 32:
        return None
    length = min(left_network[1], right_network[1], prefix)
    first, second = mask_ipv4(left_network[0], length), mask_ipv4(right_network[0], length)
    return (first > second) - (first < second)


@scalar_function("ipv4_is_match(left: string, right: string, prefix: long?) -> bool")
def ipv4_is_match(left: str, right: str, prefix: int = 32) -> bool | None:
    """Whether both are the same network under the shortest prefix."""
    order = ipv4_compare(left, right, prefix)
    return None if order is None else order == 0


@scalar_function("ipv4_is_in_range(ip: string, range: string) -> bool")
def ipv4_is_in_range(ip: str, range_text: str) -> bool | None:
    """Whether the address is in the range."""
    address, network = parse_ipv4_network(ip), parse_ipv4_network(range_text)
    return None if address is None or network is None else mask_ipv4(address[0], network[1]) == mask_ipv4(*network)


@scalar_function(
    "ipv4_is_in_any_range(ip: string, range: string+) -> bool",
    "ipv4_is_in_any_range(ip: dynamic, range: string+) -> bool",
)
def ipv4_is_in_any_range(ip: Value, *ranges: str) -> bool | None:
    """Whether the address is in one of the ranges."""
    answers = [ipv4_is_in_range(dynamic_to_text(ip), range_text) for range_text in ranges]
    return True if True in answers else None if None in answers else False


@scalar_function(
    "ipv4_is_in_any_range(ip: string, ranges: dynamic) -> bool",
    "ipv4_is_in_any_range(ip: dynamic, ranges: dynamic) -> bool",
)
def ipv4_is_in_any_range_of(ip: Value, ranges: Value) -> bool | None:
    """Whether the address is in one of the ranges of an array."""
    return ipv4_is_in_any_range(ip, *map(dynamic_to_text, ranges)) if isinstance(ranges, list) else None


@scalar_function("ipv4_is_private(ip: string) -> bool")
def ipv4_is_private(ip: str) -> bool | None:
    """Whether the address and its whole network are private ones of RFC 1918."""
    network = parse_ipv4_network(ip)
    if network is None:
        return None
    number, prefix = network
    return any(prefix >= length and mask_ipv4(number, length) == private for private, length in _PRIVATE_NETWORKS)


@scalar_function("ipv4_netmask_suffix(ip: string) -> long")
def ipv4_netmask_suffix(ip: str) -> int | None:
    """The length of the prefix, 32 where there is none."""
    network = parse_ipv4_network(ip)
    return None if network is None else network[1]


@scalar_function("ipv4_range_to_cidr_list(start: string, end: string) -> dynamic")
def ipv4_range_to_cidr_list(start: str, end: str) -> list[str] | None:
    """The fewest networks that make up the range."""
    first, last = parse_ipv4_network(start), parse_ipv4_network(end)
    if first is None or last is None or first[0] > last[0]:
        return None
    networks: list[str] = []
    position = first[0]
    while position <= last[0]:
        # The largest network that begins here (its lowest set bit) and does not reach beyond the end.
        size = min(position & -position or 2**32, 1 << (last[0] - position + 1).bit_length() - 1)
        networks.append(f"{ipv4_to_text(position)}/{32 - size.bit_length() + 1}")
        position += size
    return networks


@scalar_function("has_ipv4(text: string, ip: string) -> bool", "has_ipv4(text: dynamic, ip: string) -> bool")
def has_ipv4(text: Value, ip: str) -> bool:
    """Whether the text has the address, with no letter or digit beside it."""
    return parse_ipv4_network(ip) is not None and "/" not in ip and ip in _addresses_in(text)


@scalar_function("has_any_ipv4(text: string, ip: string+) -> bool", "has_any_ipv4(text: dynamic, ip: string+) -> bool")
def has_any_ipv4(text: Value, *ips: str) -> bool:
    """Whether the text has one of the addresses."""
    return any(has_ipv4(text, ip) for ip in ips)


@scalar_function(
    "has_any_ipv4(text: string, ips: dynamic) -> bool", "has_any_ipv4(text: dynamic, ips: dynamic) -> bool"
)
def has_any_ipv4_of(text: Value, ips: Value) -> bool:
    """Whether the text has one of the addresses of an array."""
    return isinstance(ips, list) and has_any_ipv4(text, *map(dynamic_to_text, ips))


@scalar_function(
    "has_ipv4_prefix(text: string, prefix: string) -> bool", "has_ipv4_prefix(text: dynamic, prefix: string) -> bool"
)
def has_ipv4_prefix(text: Value, prefix: str) -> bool:
    """Whether the text has an address that starts with the prefix, which is a whole address or ends with a dot."""
    if not prefix.endswith("."):
        return has_ipv4(text, prefix)
    return any(address.startswith(prefix) for address in _addresses_in(text))


@scalar_function(
    "has_any_ipv4_prefix(text: string, prefix: string+) -> bool",
    "has_any_ipv4_prefix(text: dynamic, prefix: string+) -> bool",
)
def has_any_ipv4_prefix(text: Value, *prefixes: str) -> bool:
    """Whether the text has an address that starts with one of the prefixes."""
    return any(has_ipv4_prefix(text, prefix) for prefix in prefixes)


@scalar_function(
    "has_any_ipv4_prefix(text: string, prefixes: dynamic) -> bool",
    "has_any_ipv4_prefix(text: dynamic, prefixes: dynamic) -> bool",
)
def has_any_ipv4_prefix_of(text: Value, prefixes: Value) -> bool:
    """Whether the text has an address that starts with one of the prefixes of an array."""
    return isinstance(prefixes, list) and has_any_ipv4_prefix(text, *map(dynamic_to_text, prefixes))


def _addresses_in(text: Value) -> list[str]:
    """The addresses in a text that have no letter or digit beside them."""
    candidates = _address_in_text_pattern().findall(dynamic_to_text(text))
    return [address for address in candidates if parse_ipv4_network(address) is not None]


@cache
def _address_in_text_pattern() -> re.Pattern[str]:
    return re.compile(r"(?<![^\W_])(?<![^\W_]\.)\d{1,3}(?:\.\d{1,3}){3}(?![^\W_]|\.[^\W_])")
