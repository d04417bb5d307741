"""What Azure and the manifest disagree about, who did it and when, and what could not be seen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from provisioner.live import Coverage, Live, Undeclared
from provisioner.model import PUBLISHER
from provisioner.plan.change import Change, Delta
from provisioner.plan.planning import Plan
from provisioner.resources import Body, Short
from provisioner.resources.grant_resource import role_id

if TYPE_CHECKING:
    from provisioner.model import Manifest

Kind = Literal["missing", "changed", "undeclared", "unwritten", "dangling", "unreachable"]
KINDS: dict[Kind, tuple[str, str]] = {
    "missing": ("DRF001", "declared, and not there"),
    "changed": ("DRF002", "there, and not as declared"),
    "undeclared": ("DRF003", "there, and not declared"),
    "unwritten": ("DRF004", "a table that no rule of the group writes"),
    "dangling": ("DRF005", "a rule that points to a table that cannot take rows"),
    "unreachable": ("DRF006", "a stream that nobody can send to"),
}
"""Kind → code and what it means."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One disagreement. `difference`: it is the manifest's business and fails a pipeline; else it is information."""

    kind: Kind
    type: Short
    name: str
    id: str
    message: str
    difference: bool
    deltas: tuple[Delta, ...] = ()
    who: str | None = None
    when: str | None = None
    path: tuple[str | int, ...] = ()

    @property
    def code(self) -> str:
        """The code under which reports show it."""
        return KINDS[self.kind][0]

    def json(self) -> dict[str, Any]:
        """As data."""
        return {
            "kind": self.kind,
            "code": self.code,
            "type": self.type,
            "name": self.name,
            "id": self.id,
            "message": self.message,
            "difference": self.difference,
            "deltas": [each.json() for each in self.deltas],
            "who": self.who,
            "when": self.when,
        }


@dataclass(frozen=True, slots=True)
class Drift:
    """The plan that would undo it, the findings, and how much could be read."""

    plan: Plan
    findings: tuple[Finding, ...]
    coverage: tuple[Coverage, ...]

    @property
    def drifted(self) -> bool:
        """Whether there is a difference."""
        return any(each.difference for each in self.findings)

    @property
    def gaps(self) -> tuple[Coverage, ...]:
        """What could not be read, and so is not known to be in sync."""
        return tuple(each for each in self.coverage if not each.ok)


def drift(plan: Plan, manifest: Manifest, *, strict_undeclared: bool = False) -> Drift:
    """Read the differences out of a plan whose live side was listed, not read one by one.

    What strangers own in a shared workspace, or under another manifest's mark, is information; with
    `strict_undeclared` it is a difference too.
    """
    gaps = {each.scope for each in plan.live.coverage if not each.ok}
    findings = [
        *(_of_change(each) for each in plan.changes if _differs(each) and _seen(each, gaps)),
        *(_of_stranger(each, manifest, strict_undeclared) for each in plan.undeclared),
        *_of_tables(plan, gaps),
        *_of_rules(plan, gaps),
        *_of_senders(plan, gaps),
    ]
    return Drift(plan, tuple(findings), plan.live.coverage)


_SCOPES: dict[Short, str] = {
    "workspace": "workspace",
    "table": "tables",
    "dcr": "dcrs",
    "endpoint": "endpoints",
    "grant": "grants",
}


def _differs(change: Change) -> bool:
    """A write, or something of somebody else that is not as the manifest takes it to be."""
    return change.writes or change.risk != "none"


def _seen(change: Change, gaps: set[str]) -> bool:
    """What could not be read is not missing: it is not known."""
    return change.live is not None or _SCOPES.get(change.type) not in gaps


def _of_change(change: Change) -> Finding:
    if change.live is None:
        text = f"{change.type} {change.name} is declared and not there"
        return Finding("missing", change.type, change.name, change.id, text, True, path=change.path)
    who, when = _author(change.live.body if change.live else {})
    by = f", last changed by {who}" if who else ""
    at = f" at {when}" if when else ""
    text = f"{change.type} {change.name} differs in {', '.join(each.path for each in change.deltas)}{by}{at}"
    return Finding("changed", change.type, change.name, change.id, text, True, change.deltas, who, when, change.path)


def _of_stranger(each: Undeclared, manifest: Manifest, strict: bool) -> Finding:
    who, when = _author(each.body)
    mark = (each.body.get("tags") or {}).get("provisioner")
    anothers = mark is not None and not each.owned
    difference = strict or each.owned or not (manifest.workspace.existing or anothers)
    owner = "ours" if each.owned else (f"of {mark}" if anothers else "of somebody else")
    text = f"{each.type} {each.name} ({owner}) is there and not declared"
    return Finding("undeclared", each.type, each.name, each.id, text, difference, (), who, when)


def _of_tables(plan: Plan, gaps: set[str]) -> Iterator[Finding]:
    """Declared tables that no flow of the group's rules ends in."""
    if {"tables", "dcrs"} & gaps:
        return
    written = {table for rule in _rules(plan.live) for table, _ in _flows(rule)}
    for table in plan.live.graph.of("table"):
        if table.name.lower() not in written:
            text = f"table {table.name} is written by no rule of the group"
            yield Finding("unwritten", "table", table.name, str(table.id), text, False, path=table.path)


def _of_rules(plan: Plan, gaps: set[str]) -> Iterator[Finding]:
    """Flows into this workspace whose table is missing or is a classic one."""
    everything = plan.live.everything
    if {"tables", "dcrs"} & gaps or everything is None or everything.tables is None or everything.workspace is None:
        return
    tables = {str(body.get("name", "")).lower(): body for body in everything.tables}
    workspace = str(everything.workspace.get("id", "")).lower()
    declared = {str(each.id).lower(): each for each in plan.live.graph.of("dcr")}
    for rule in _rules(plan.live):
        ours = declared.get(str(rule.get("id", "")).lower())
        for table, destinations in _flows(rule):
            if workspace not in destinations or not table.endswith("_cl"):
                continue
            found = tables.get(table)
            problem = "does not exist" if found is None else "is a classic table" if _classic(found) else None
            if problem:
                name = str(rule.get("name"))
                text = f"dcr {name} writes {table}, which {problem}"
                path = ours.path if ours else ()
                yield Finding("dangling", "dcr", name, str(rule.get("id")), text, ours is not None, path=path)


def _of_senders(plan: Plan, gaps: set[str]) -> Iterator[Finding]:
    """Declared rules that nobody was given the right to send to, or that have no endpoint."""
    grants = plan.live.everything.grants if plan.live.everything and "grants" not in gaps else None
    for rule in plan.live.graph.of("dcr"):
        problem = None
        if not _endpoint(rule.body):
            problem = "it has no endpoint, so nobody can send to it"
        elif grants is not None and not any(_reaches(grant, str(rule.id)) for grant in grants):
            problem = f"nobody has the role {PUBLISHER} on it or above it"
        if problem:
            text = f"dcr {rule.name}: {problem}"
            yield Finding("unreachable", "dcr", rule.name, str(rule.id), text, False, path=rule.path)


def _endpoint(rule: Body) -> bool:
    properties = rule.get("properties") or {}
    own = properties.get("endpoints") or {}
    return bool(properties.get("dataCollectionEndpointId") or own.get("logsIngestion"))


def _reaches(grant: Body, rule: str) -> bool:
    properties = grant.get("properties") or {}
    role = str(properties.get("roleDefinitionId", "")).rsplit("/", 1)[-1].lower()
    scope = str(properties.get("scope", "")).lower().rstrip("/")
    return role == role_id(PUBLISHER) and f"{rule.lower()}/".startswith(f"{scope}/")


def _rules(live: Live) -> tuple[Body, ...]:
    return (live.everything.dcrs if live.everything else None) or ()


def _flows(rule: Body) -> Iterator[tuple[str, set[str]]]:
    """Each flow's table, in lower case, and the ids of the workspaces that it goes to."""
    properties = rule.get("properties") or {}
    workspaces = (properties.get("destinations") or {}).get("logAnalytics") or []
    ids = {each.get("name"): str(each.get("workspaceResourceId", "")).lower() for each in workspaces}
    for flow in properties.get("dataFlows") or ():
        for stream in [flow["outputStream"]] if flow.get("outputStream") else flow.get("streams") or ():
            table = stream.partition("-")[2].lower()
            yield table, {ids[name] for name in flow.get("destinations") or () if name in ids}


def _classic(table: Body) -> bool:
    schema = (table.get("properties") or {}).get("schema") or {}
    return schema.get("tableSubType") == "Classic"


def _author(body: Body) -> tuple[str | None, str | None]:
    """Who changed it last and when, where Azure tells."""
    data = body.get("systemData") or {}
    properties = body.get("properties") or {}
    who = data.get("lastModifiedBy") or data.get("createdBy") or properties.get("updatedBy")
    return who, data.get("lastModifiedAt") or data.get("createdAt") or properties.get("updatedOn")
