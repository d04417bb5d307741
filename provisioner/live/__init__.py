"""Azure as a graph, in the fewest calls."""

from __future__ import annotations

from provisioner.live.inventory import Inventory, ScopeCoverage, read_inventory
from provisioner.live.live_resources import (
    LiveResources,
    read_live,
    read_types,
    with_live_regions,
)
from provisioner.live.principal_lookup import Principals, look_up_principals
from provisioner.live.undeclared_resources import UndeclaredResource

__all__ = [
    "Inventory",
    "LiveResources",
    "Principals",
    "ScopeCoverage",
    "UndeclaredResource",
    "look_up_principals",
    "read_inventory",
    "read_live",
    "read_types",
    "with_live_regions",
]
