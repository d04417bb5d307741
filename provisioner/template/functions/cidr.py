"""Functions of IP address ranges."""

from __future__ import annotations

import ipaddress
from typing import Any

from provisioner.template.functions.registry import CannotEvaluate, group

function = group("cidr")


def _network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    try:
        # Bits behind the prefix may be set: the range that holds the address is meant.
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        raise CannotEvaluate(f"'{text}' is no valid range of addresses") from None


@function("parseCidr(network: string) -> object")
def parse_cidr(text: str) -> dict[str, Any]:
    """The addresses of a range: network, mask, first and last usable one, and of IPv4 the broadcast address."""
    network = _network(text)
    first, last = network.network_address, network.broadcast_address
    # Of IPv6 and of ranges of one or two addresses nothing is set aside.
    plain = network.version == 6 or network.prefixlen >= 31
    usable = (first, last) if plain else (first + 1, last - 1)
    broadcast = {} if network.version == 6 else {"broadcast": str(last)}
    return {
        "network": str(first),
        "netmask": str(network.netmask),
        **broadcast,
        "firstUsable": str(usable[0]),
        "lastUsable": str(usable[1]),
        "cidr": network.prefixlen,
    }


@function("cidrSubnet(network: string, prefix: int, index: int) -> string")
def cidr_subnet(text: str, prefix: int, index: int) -> str:
    """The subnet of a prefix length at an index, from 0."""
    network = _network(text)
    if not network.prefixlen <= prefix <= network.max_prefixlen:
        raise CannotEvaluate(f"the new prefix must be from {network.prefixlen} to {network.max_prefixlen}")
    if not 0 <= index < 2 ** (prefix - network.prefixlen):
        raise CannotEvaluate(f"the range has no subnet {index} of that size")
    start = int(network.network_address) + (index << (network.max_prefixlen - prefix))
    return f"{type(network.network_address)(start)}/{prefix}"


@function("cidrHost(network: string, index: int) -> string")
def cidr_host(text: str, index: int) -> str:
    """The usable address at an index, from 0: behind the network's own, before the broadcast address."""
    network = _network(text)
    single = network.prefixlen >= network.max_prefixlen - 1
    first = int(network.network_address) + (0 if single else 1)
    last = int(network.broadcast_address) - (1 if network.version == 4 and not single else 0)
    if not 0 <= index <= last - first:
        raise CannotEvaluate(f"the range has no usable address {index}")
    return str(type(network.network_address)(first + index))
