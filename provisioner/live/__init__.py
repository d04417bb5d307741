"""Azure as a graph, in the fewest calls."""

from __future__ import annotations

from provisioner.live.inventory import Coverage, Inventory, inventory
from provisioner.live.live_resources import Live, Undeclared, located, read

__all__ = ["Coverage", "Inventory", "Live", "Undeclared", "inventory", "located", "read"]
