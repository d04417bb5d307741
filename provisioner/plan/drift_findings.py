"""Where Azure and the manifest disagree, who changed it and when, and what could not be read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from provisioner.live import LiveResources, ScopeCoverage, UndeclaredResource
from provisioner.model import PUBLISHER
from provisioner.plan.change import Change, Delta
from provisioner.plan.delta_text import DRIFT_SIDES, text_diff
from provisioner.plan.effects.flow_effect import FlowEffect
from provisioner.plan.planning import Plan
from provisioner.resources import Body, TypeName
from provisioner.resources.grant_resource import role_id
from provisioner.resources.workspace_transform_resource import is_workspace_rule

if TYPE_CHECKING:
    from provisioner.model import Manifest

DriftKind = Literal["missing", "changed", "undeclared", "unwritten", "dangling", "unreachable"]
# The codes are public: pipelines and SARIF viewers keep them, so that a kind never changes its code.
DRIFT_KINDS: dict[DriftKind, tuple[str, str]] = {
    "missing": ("DRF001", "declared, and not there"),
    "changed": ("DRF002", "there, and not as declared"),
    "undeclared": ("DRF003", "there, and not declared"),
    "unwritten": ("DRF004", "a table that no rule of the group writes"),
    "dangling": ("DRF005", "a rule that points to a table that cannot take rows"),
    "unreachable": ("DRF006", "a stream that nobody can send to"),
}
"""Kind → code and meaning. The order is that of the reports."""


@dataclass(frozen=True, slots=True)
class DriftFinding:
    """One disagreement between Azure and the manifest.

    `difference` is True where it concerns what the manifest manages, which makes `drift` exit with 2; else the finding
    is information. `who` and `when` are those of the last change, where Azure tells them.
    """

    kind: DriftKind
    type: TypeName
    name: str
    id: str
    message: str
    difference: bool
    deltas: tuple[Delta, ...] = ()
    who: str | None = None
    when: str | None = None
    path: tuple[str | int, ...] = ()
    flow_effects: tuple[FlowEffect, ...] = ()
    """What the edit in Azure does to rows: from the declared transform to the live one."""

    @property
    def code(self) -> str:
        """The code under which reports show it."""
        return DRIFT_KINDS[self.kind][0]

    def json(self) -> dict[str, Any]:
        """The public shape: contract, "drift"."""
        return {
            "kind": self.kind,
            "code": self.code,
            "type": self.type,
            "name": self.name,
            "id": self.id,
            "message": self.message,
            "difference": self.difference,
            "deltas": [delta.json() for delta in self.deltas],
            "who": self.who,
            "when": self.when,
            "text_diff": text_diff(self.type, self.deltas, DRIFT_SIDES),
            "rows": [row for effect in self.flow_effects for row in effect.row_data()],
            "flows": [effect.json() for effect in self.flow_effects],
        }


@dataclass(frozen=True, slots=True)
class Drift:
    """The plan that would undo the drift, the findings, and which scopes could be read."""

    plan: Plan
    findings: tuple[DriftFinding, ...]
    coverage: tuple[ScopeCoverage, ...]

    @property
    def drifted(self) -> bool:
        """Whether there is a difference."""
        return any(finding.difference for finding in self.findings)

    @property
    def gaps(self) -> tuple[ScopeCoverage, ...]:
        """The scopes that could not be read, so that nothing is known about their resources."""
        return tuple(scope for scope in self.coverage if not scope.ok)


def find_drift(plan: Plan, manifest: Manifest, *, strict_undeclared: bool = False) -> Drift:
    """The drift that a plan shows; its live side must come from lists, so that undeclared resources are in it.

    Undeclared resources in a shared workspace, or with another manifest's owner tag, are information; with
    `strict_undeclared` they are differences too.
    """
    gaps = {coverage.scope for coverage in plan.live.coverage if not coverage.ok}
    findings = [
        *(_change_finding(change) for change in plan.changes if _differs(change) and _was_read(change, gaps)),
        *(_undeclared_finding(resource, manifest, strict_undeclared) for resource in plan.undeclared),
        *_unwritten_tables(plan, gaps),
        *_dangling_rules(plan, gaps),
        *_unreachable_rules(plan, gaps),
    ]
    return Drift(plan, tuple(findings), plan.live.coverage)


_SCOPE_OF_TYPE: dict[TypeName, str] = {
    "workspace": "workspace",
    "table": "tables",
    "dcr": "dcrs",
    "default_dcr": "workspace",
    "endpoint": "endpoints",
    "application": "principals",
    "grant": "grants",
    "sentinel": "sentinel",
    "diagnostic_setting": "diagnostic_setting",
    "metric_alert": "metric_alerts",
    "query_alert": "query_alerts",
}


def _differs(change: Change) -> bool:
    """Whether the change is a write, or an existing resource that is not as the manifest declares it."""
    return change.writes or change.risk != "none"


def _was_read(change: Change, gaps: set[str]) -> bool:
    """Whether the resource's scope could be read; a resource of an unread scope must not be reported as missing."""
    return change.live is not None or _SCOPE_OF_TYPE.get(change.type) not in gaps


def _change_finding(change: Change) -> DriftFinding:
    if change.live is None:
        text = f"{change.type} {change.name} is declared and not there"
        return DriftFinding("missing", change.type, change.name, change.id, text, True, path=change.path)
    who, when = _last_changed(change.live.body if change.live else {})
    by = f", last changed by {who}" if who else ""
    at = f" at {when}" if when else ""
    text = f"{change.type} {change.name} differs in {', '.join(delta.path for delta in change.deltas)}{by}{at}"
    # A plan undoes the drift: what the edit did is the opposite.
    effects = tuple(effect.reversed() for effect in change.flow_effects)
    return DriftFinding(
        "changed", change.type, change.name, change.id, text, True, change.deltas, who, when, change.path, effects
    )


def _undeclared_finding(resource: UndeclaredResource, manifest: Manifest, strict: bool) -> DriftFinding:
    who, when = _last_changed(resource.body)
    # In a workspace that many share, foreign resources are normal; in one of our own, somebody added them by hand.
    mark = (resource.body.get("tags") or {}).get("provisioner")
    anothers = mark is not None and not resource.owned
    difference = strict or resource.owned or not (manifest.workspace.existing or anothers)
    owner = "ours" if resource.owned else (f"of {mark}" if anothers else "of somebody else")
    text = f"{resource.type} {resource.name} ({owner}) is there and not declared"
    return DriftFinding("undeclared", resource.type, resource.name, resource.id, text, difference, (), who, when)


def _unwritten_tables(plan: Plan, gaps: set[str]) -> Iterator[DriftFinding]:
    """Declared tables into which no DCR of the resource group writes."""
    # Without both lists any table would look unwritten.
    if {"tables", "dcrs"} & gaps:
        return
    written = {table for rule in _live_rules(plan.live) for table, _ in _flow_destinations(rule)}
    for table in plan.live.graph.of_type("table"):
        if table.name.lower() not in written:
            text = f"table {table.name} is written by no rule of the group"
            yield DriftFinding("unwritten", "table", table.name, str(table.id), text, False, path=table.path)


def _dangling_rules(plan: Plan, gaps: set[str]) -> Iterator[DriftFinding]:
    """DCRs with a flow into this workspace whose table is missing or classic; rows sent there are lost after a 204."""
    everything = plan.live.inventory
    if {"tables", "dcrs"} & gaps or everything is None or everything.tables is None or everything.workspace is None:
        return
    tables = {str(body.get("name", "")).lower(): body for body in everything.tables}
    workspace = str(everything.workspace.get("id", "")).lower()
    declared = {str(rule.id).lower(): rule for rule in plan.live.graph.of_type("dcr")}
    for rule in _live_rules(plan.live):
        declared_rule = declared.get(str(rule.get("id", "")).lower())
        for table, destinations in _flow_destinations(rule):
            # Only custom tables: some of Azure's own appear once their solution is installed (TAB010 says so).
            if workspace not in destinations or not table.endswith("_cl"):
                continue
            body = tables.get(table)
            problem = "does not exist" if body is None else "is a classic table" if _is_classic(body) else None
            if problem:
                name = str(rule.get("name"))
                text = f"dcr {name} writes {table}, which {problem}"
                path = declared_rule.path if declared_rule else ()
                yield DriftFinding(
                    "dangling", "dcr", name, str(rule.get("id")), text, declared_rule is not None, path=path
                )


def _unreachable_rules(plan: Plan, gaps: set[str]) -> Iterator[DriftFinding]:
    """Declared DCRs to which no principal may send, or which have no endpoint."""
    grants = plan.live.inventory.grants if plan.live.inventory and "grants" not in gaps else None
    for rule in plan.live.graph.of_type("dcr"):
        # Nobody sends to a workspace's own rule.
        if is_workspace_rule(rule.body):
            continue
        problem = None
        if not _has_endpoint(rule.body):
            problem = "it has no endpoint, so nobody can send to it"
        elif grants is not None and not any(_lets_send(grant, str(rule.id)) for grant in grants):
            problem = f"nobody has the role {PUBLISHER} on it or above it"
        if problem:
            text = f"dcr {rule.name}: {problem}"
            yield DriftFinding("unreachable", "dcr", rule.name, str(rule.id), text, False, path=rule.path)


def _has_endpoint(rule: Body) -> bool:
    properties = rule.get("properties") or {}
    # A rule of kind Direct has endpoints of its own and no dataCollectionEndpointId.
    own = properties.get("endpoints") or {}
    return bool(properties.get("dataCollectionEndpointId") or own.get("logsIngestion"))


def _lets_send(grant: Body, rule: str) -> bool:
    properties = grant.get("properties") or {}
    # Assignments are inherited: one on the group or the subscription lets its principal send as well.
    role = str(properties.get("roleDefinitionId", "")).rsplit("/", 1)[-1].lower()
    scope = str(properties.get("scope", "")).lower().rstrip("/")
    return role == role_id(PUBLISHER) and f"{rule.lower()}/".startswith(f"{scope}/")


def _live_rules(live: LiveResources) -> tuple[Body, ...]:
    return (live.inventory.dcrs if live.inventory else None) or ()


def _flow_destinations(rule: Body) -> Iterator[tuple[str, set[str]]]:
    """Each flow's table and the ids of its destination workspaces, both in lower case."""
    properties = rule.get("properties") or {}
    workspaces = (properties.get("destinations") or {}).get("logAnalytics") or []
    ids = {
        destination.get("name"): str(destination.get("workspaceResourceId", "")).lower() for destination in workspaces
    }
    for flow in properties.get("dataFlows") or ():
        # Without outputStream a flow goes to the table named like its stream, after `Custom-` or `Microsoft-`.
        for stream in [flow["outputStream"]] if flow.get("outputStream") else flow.get("streams") or ():
            table = stream.partition("-")[2].lower()
            yield table, {ids[name] for name in flow.get("destinations") or () if name in ids}


def _is_classic(table: Body) -> bool:
    schema = (table.get("properties") or {}).get("schema") or {}
    return schema.get("tableSubType") == "Classic"


def _last_changed(body: Body) -> tuple[str | None, str | None]:
    """Who changed a resource last and when (ISO 8601); None where Azure does not tell."""
    # Role assignments have updatedBy and updatedOn in place of systemData.
    system_data = body.get("systemData") or {}
    properties = body.get("properties") or {}
    who = system_data.get("lastModifiedBy") or system_data.get("createdBy") or properties.get("updatedBy")
    return who, system_data.get("lastModifiedAt") or system_data.get("createdAt") or properties.get("updatedOn")
