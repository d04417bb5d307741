"""What the acting identity may do at a scope, as Azure lists it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from provisioner.azure.thread_pool import map_unordered
from provisioner.errors import CloudError
from provisioner.package_data import load_facts

if TYPE_CHECKING:
    from provisioner.azure import Azure

Permission = Mapping[str, Any]
"""One entry of the list: `actions`, `notActions`, `dataActions`, `notDataActions`; there is one for each role."""


def read_permissions(azure: Azure, scopes: Iterable[str]) -> dict[str, tuple[Permission, ...] | str]:
    """The permissions at each scope by one read each, or the words why they could not be read."""
    version = str(load_facts("roles.yaml")["permissions"]["api_version"])

    def read(scope: str) -> tuple[Permission, ...] | str:
        try:
            listed = azure.management.list(f"{scope}/providers/Microsoft.Authorization/permissions", version)
        except CloudError as error:
            # Who may write need not be allowed to see it: what is not known must not stop a plan.
            return error.message
        # An empty list is an answer too: no role at all.
        return f"{scope} does not exist" if listed is None else tuple(listed)

    return dict(map_unordered(read, list(dict.fromkeys(scopes)), azure.concurrency))
