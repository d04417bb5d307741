"""Everything in one resource group and one workspace, in concurrent lists: no read per resource."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from provisioner.azure.thread_pool import map_unordered
from provisioner.errors import CloudError, Forbidden
from provisioner.resources import Body, TypeName, resource_type

if TYPE_CHECKING:
    from provisioner.azure import Azure


@dataclass(frozen=True, slots=True)
class ScopeCoverage:
    """Whether one scope (workspace, tables, dcrs, endpoints, grants) could be read, and why not."""

    scope: str
    ok: bool
    why: str | None = None

    def json(self) -> dict[str, object]:
        """The public shape: contract, "coverage"."""
        return {"scope": self.scope, "ok": self.ok, "why": self.why}


@dataclass(frozen=True, slots=True)
class Inventory:
    """Bodies as Azure sent them. None: the parent does not exist, or the scope could not be read (see `coverage`)."""

    workspace: Body | None
    tables: tuple[Body, ...] | None
    dcrs: tuple[Body, ...] | None
    endpoints: tuple[Body, ...] | None
    grants: tuple[Body, ...] | None
    coverage: tuple[ScopeCoverage, ...]
    metric_alerts: tuple[Body, ...] | None = None
    query_alerts: tuple[Body, ...] | None = None

    @property
    def group_exists(self) -> bool:
        """Whether the resource group exists: a list in one that does not answers 404, which is None here."""
        return self.dcrs is not None or self.endpoints is not None


MAIN_SCOPES = ("workspace", "tables", "dcrs", "endpoints", "grants")
"""What is read of every environment."""
ALERT_SCOPES = ("metric_alerts", "query_alerts")
"""What is read where a manifest has alerts."""


def read_inventory(
    azure: Azure,
    workspace_id: str,
    group_id: str,
    *,
    allow_gaps: bool = False,
    only: Collection[str] = MAIN_SCOPES,
) -> Inventory:
    """Read a workspace with its tables, and a group's DCRs, endpoints and role assignments; or `only` some scopes.

    A scope that cannot be read raises CloudError, or is with `allow_gaps` a gap in `coverage`. Grants that the identity
    may not read are always a gap.
    """
    scopes: Mapping[str, Callable[[], Body | tuple[Body, ...] | None]] = {
        "workspace": lambda: azure.management.get(workspace_id, resource_type("workspace").api_version),
        "tables": lambda: _list_bodies(azure, "table", f"{workspace_id}/tables"),
        "dcrs": lambda: _list_bodies(azure, "dcr", _collection_path(group_id, "dcr")),
        "endpoints": lambda: _list_bodies(azure, "endpoint", _collection_path(group_id, "endpoint")),
        "grants": lambda: _list_bodies(azure, "grant", _collection_path(group_id, "grant")),
        "metric_alerts": lambda: _list_bodies(azure, "metric_alert", _collection_path(group_id, "metric_alert")),
        "query_alerts": lambda: _list_bodies(azure, "query_alert", _collection_path(group_id, "query_alert")),
    }
    bodies: dict[str, Body | tuple[Body, ...] | None] = {}
    gaps: dict[str, str] = {}

    def read(scope: str) -> None:
        try:
            bodies[scope] = scopes[scope]()
        except CloudError as error:
            # Who may write DCRs need not be allowed to read role assignments; a plan is useful without them.
            if not (allow_gaps or (scope == "grants" and isinstance(error, Forbidden))):
                raise
            gaps[scope] = error.message

    requested = [scope for scope in scopes if scope in only]
    # At once, since none depends on another: a plan then takes as long as the slowest read.
    for _ in map_unordered(read, requested, azure.concurrency):
        pass
    coverage = tuple(ScopeCoverage(scope, scope not in gaps, gaps.get(scope)) for scope in requested)
    return Inventory(**{scope: bodies.get(scope) for scope in scopes}, coverage=coverage)  # type: ignore[arg-type]


def _collection_path(group_id: str, type_name: TypeName) -> str:
    return f"{group_id}/providers/{resource_type(type_name).arm_type}"


def _list_bodies(azure: Azure, type_name: TypeName, path: str) -> tuple[Body, ...] | None:
    bodies = azure.management.list(path, resource_type(type_name).api_version)
    return None if bodies is None else tuple(bodies)
