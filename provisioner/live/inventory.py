"""Everything of one group and one workspace in five reads, all at once: no read per resource."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from provisioner.azure.thread_pool import each
from provisioner.errors import CloudError, Forbidden
from provisioner.resources import Body, Short, resource_type

if TYPE_CHECKING:
    from provisioner.azure import Azure


@dataclass(frozen=True, slots=True)
class Coverage:
    """Whether one scope could be read, and why not."""

    scope: str
    ok: bool
    why: str | None = None

    def json(self) -> dict[str, object]:
        """The public shape: contract, "coverage"."""
        return {"scope": self.scope, "ok": self.ok, "why": self.why}


@dataclass(frozen=True, slots=True)
class Inventory:
    """Bodies as Azure sent them. None: the parent is not there, or the scope could not be read (see `coverage`)."""

    workspace: Body | None
    tables: tuple[Body, ...] | None
    dcrs: tuple[Body, ...] | None
    endpoints: tuple[Body, ...] | None
    grants: tuple[Body, ...] | None
    coverage: tuple[Coverage, ...]

    @property
    def group(self) -> bool:
        """Whether the group is there: a list in a group that is not answers 404."""
        return self.dcrs is not None or self.endpoints is not None


def inventory(
    azure: Azure, workspace_id: str, group_id: str, *, tolerant: bool = False, only: Collection[str] | None = None
) -> Inventory:
    """Read a workspace with its tables, and a group's DCRs, endpoints and role assignments; or `only` some of these.

    A scope that the identity may not read is an error, or with `tolerant` a gap in `coverage`; grants are always
    allowed to be a gap. Raises CloudError.
    """
    scopes: Mapping[str, Callable[[], Body | tuple[Body, ...] | None]] = {
        "workspace": lambda: azure.management.get(workspace_id, resource_type("workspace").api_version),
        "tables": lambda: _list(azure, "table", f"{workspace_id}/tables"),
        "dcrs": lambda: _list(azure, "dcr", _collection(group_id, "dcr")),
        "endpoints": lambda: _list(azure, "endpoint", _collection(group_id, "endpoint")),
        "grants": lambda: _list(azure, "grant", _collection(group_id, "grant")),
    }
    found: dict[str, Body | tuple[Body, ...] | None] = {}
    gaps: dict[str, str] = {}

    def read(scope: str) -> None:
        try:
            found[scope] = scopes[scope]()
        except CloudError as error:
            if not (tolerant or (scope == "grants" and isinstance(error, Forbidden))):
                raise
            gaps[scope] = error.message

    asked = [scope for scope in scopes if only is None or scope in only]
    for _ in each(read, asked, azure.concurrency):
        pass
    coverage = tuple(Coverage(scope, scope not in gaps, gaps.get(scope)) for scope in asked)
    return Inventory(**{scope: found.get(scope) for scope in scopes}, coverage=coverage)  # type: ignore[arg-type]


def _collection(group_id: str, short: Short) -> str:
    return f"{group_id}/providers/{resource_type(short).name}"


def _list(azure: Azure, short: Short, path: str) -> tuple[Body, ...] | None:
    found = azure.management.list(path, resource_type(short).api_version)
    return None if found is None else tuple(found)
