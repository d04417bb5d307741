"""What Azure says now about everything that a row passes: read when a cause asks for it, and remembered."""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from provisioner.errors import CloudError
from provisioner.model import Columns, Manifest, column_type
from provisioner.probes.expected_row import instant
from provisioner.resources import Body, Graph, resource_type
from provisioner.resources.resource_ids import group_id, resource_id

if TYPE_CHECKING:
    from provisioner.azure import Azure
    from provisioner.transforms.transform_rows import Transforms

T = TypeVar("T")
FRESH = dt.timedelta(minutes=15)
"""For so long after a change endpoints may use a rule's old copy. Source: create-custom-table."""
SPREAD = dt.timedelta(minutes=30)
"""For so long a new grant may not count yet. Source: tutorial-logs-ingestion-code, "403"."""
_DENIALS = "2022-04-01"
_METRICS = "2023-10-01"


@dataclass(frozen=True, slots=True)
class Flow:
    """A live flow that carries a stream: where to and by which transform."""

    table: str
    transform: str
    destinations: tuple[str, ...]


class Scene:
    """The live environment of one run. `identity` is who sends; what may not be read is None, and told as such."""

    def __init__(self, manifest: Manifest, live: Graph, azure: Azure, transforms: Transforms) -> None:
        self.manifest = manifest
        self.live = live
        self.identity = azure.identity
        self.audience = azure.cloud.ingestion_audience
        self.transforms = transforms
        self.unreadable: dict[str, str] = {}
        self._management = azure.management
        self._known: dict[str, tuple[float, Future[Any]]] = {}
        self._lock = threading.Lock()

    def forget(self, seconds: float = 0.0) -> None:
        """Read anew, when it is asked for next, what was read longer ago than that."""
        before = time.monotonic() - seconds
        with self._lock:
            self._known = {path: known for path, known in self._known.items() if known[0] > before}

    def trust(self) -> None:
        """Take the live graph for what is there now: it was read a moment ago."""
        now = time.monotonic()
        with self._lock:
            for each in self.live:
                if each.id is not None:
                    known: Future[Any] = Future()
                    known.set_result(each.body)
                    self._known[each.id] = (now, known)

    def now(self) -> dt.datetime:
        """The present."""
        return dt.datetime.now(dt.UTC)

    # -- resources

    def rule(self, name: str) -> Body | None:
        """The live DCR; None where there is none."""
        return self._get("dcr", self.id("dcr", name))

    def table(self, name: str) -> Body | None:
        """The live table; None where there is none."""
        return self._get("table", self.id("table", name))

    def workspace(self) -> Body | None:
        """The live workspace."""
        return self._get("workspace", self.id("workspace", self.manifest.workspace.name))

    def endpoint(self, rule: Body | None) -> Body | None:
        """The DCE that a rule is bound to; None for a rule with an endpoint of its own."""
        id_ = _properties(rule).get("dataCollectionEndpointId")
        return self._get("endpoint", id_) if isinstance(id_, str) and id_ else None

    def id(self, short: Any, name: str) -> str:
        """The id of a resource by the manifest's word for it, whether or not it is there."""
        resource = self.live.get((short, name))
        if resource is not None and resource.id:
            return resource.id
        manifest = self.manifest
        group = group_id(manifest.target.subscription, manifest.target.resource_group)
        if short == "workspace" and manifest.workspace.id:
            return manifest.workspace.id
        if short == "endpoint" and manifest.endpoint and manifest.endpoint.id:
            return manifest.endpoint.id
        if short == "table":
            return f"{self.id('workspace', manifest.workspace.name)}/tables/{name}"
        return resource_id(group, resource_type(short).name, name)

    # -- what bodies say

    def columns(self, table: str) -> dict[str, str] | None:
        """The live columns of a table in KQL's types, standard ones too; None where there is no such table."""
        body = self.table(table)
        return None if body is None else dict(table_columns(body).kql())

    def stream_columns(self, rule: Body | None, stream: str) -> dict[str, str] | None:
        """The columns that a live rule declares for a stream; None where it declares none."""
        declared = (_properties(rule).get("streamDeclarations") or {}).get(stream)
        if not isinstance(declared, dict):
            return None
        return {each["name"]: each.get("type", "string") for each in declared.get("columns") or ()}

    def flows(self, rule: Body | None, stream: str) -> tuple[Flow, ...]:
        """The live flows that carry a stream."""
        return tuple(
            Flow(
                str(flow.get("outputStream") or stream).partition("-")[2],
                flow.get("transformKql") or "source",
                tuple(flow.get("destinations") or ()),
            )
            for flow in _properties(rule).get("dataFlows") or ()
            if stream in (flow.get("streams") or ())
        )

    def destination(self, rule: Body | None, flow: Flow) -> str | None:
        """The id of the workspace that a flow leads to."""
        named = (_properties(rule).get("destinations") or {}).get("logAnalytics") or ()
        found = {each.get("name"): each.get("workspaceResourceId") for each in named}
        return next((found[name] for name in flow.destinations if name in found), None)

    def age(self, body: Body | None, *, of: str = "lastModifiedAt") -> dt.timedelta | None:
        """How long ago a resource was changed (or with `of="createdAt"` made); None where Azure does not say."""
        moment = instant((((body or {}).get("systemData")) or {}).get(of))
        return None if moment is None else self.now() - moment

    def fresh(self, body: Body | None) -> bool:
        """Whether it was changed so recently that endpoints may not know."""
        age = self.age(body)
        return age is not None and age < FRESH

    # -- rights

    def assignments(self, scope: str) -> Sequence[Body] | None:
        """Role assignments at a scope and above it, for whomever; None where they may not be read."""
        return self._list(
            "role assignments", scope, "Microsoft.Authorization/roleAssignments", resource_type("grant").api_version
        )

    def denials(self, scope: str) -> Sequence[Body] | None:
        """Deny assignments at a scope and above it."""
        return self._list("deny assignments", scope, "Microsoft.Authorization/denyAssignments", _DENIALS)

    def drops(self, dcr: str, stream: str, since: dt.datetime) -> Mapping[str, float] | None:
        """The rule's own counts for a stream: rows dropped, transform errors; None where they are not told."""
        path = f"{self.id('dcr', dcr)}/providers/Microsoft.Insights/metrics"
        start = since.replace(second=0, microsecond=0).strftime("%Y-%m-%dT%H:%M:%SZ")
        end = (self.now() + dt.timedelta(minutes=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
        query = (
            f"&metricnames=RowsDropped_Count,TransformationErrors_Count&timespan={start}/{end}&interval=PT1M"
            f"&aggregation=Total&$filter=InputStreamId eq '{stream}'"
        )
        body = self._read("metrics", f"{path}{query}", lambda: self._management.get(path, f"{_METRICS}{query}"))
        if body is None:
            return None
        return {str((each.get("name") or {}).get("value")): _total(each) for each in body.get("value") or ()}

    # -- reading

    def _get(self, short: Any, id_: str) -> Body | None:
        type_ = resource_type(short)
        return self._read(short, id_, lambda: self._management.get(id_, type_.api_version))

    def _list(self, what: str, scope: str, type_: str, version: str) -> Sequence[Body] | None:
        path = f"{scope}/providers/{type_}"
        return self._read(what, path, lambda: self._management.list(path, version, "&$filter=atScope()"))

    def _read(self, what: str, path: str, call: Callable[[], T]) -> T | None:
        """What `call` gives, once for all who ask at the same time; None where it may not be read."""
        with self._lock:
            known = self._known.get(path)
            mine = known is None
            made: Future[T | None] = Future() if known is None else known[1]
            if mine:
                self._known[path] = (time.monotonic(), made)
        if mine:
            try:
                made.set_result(call())
            except CloudError as error:
                self.unreadable[what] = error.message
                made.set_result(None)
            except BaseException as error:
                made.set_exception(error)
                raise
        return made.result()


def table_columns(body: Body) -> Columns:
    """All columns of a live table, standard ones too, in the manifest's types."""
    schema = _properties(body).get("schema") or {}
    listed = [*(schema.get("standardColumns") or ()), *(schema.get("columns") or ())]
    found = {}
    for each in listed:
        known = column_type(str(each.get("type", "")))
        found[each["name"]] = known.name if known else "string"
    return Columns(found)


def plan_of(body: Body | None) -> str:
    """The plan of a live table in the manifest's word; analytics where Azure does not say."""
    return str(_properties(body).get("plan") or "analytics").lower()


def _properties(body: Body | None) -> Mapping[str, Any]:
    return (body or {}).get("properties") or {}


def _total(metric: Mapping[str, Any]) -> float:
    points = (point for series in metric.get("timeseries") or () for point in series.get("data") or ())
    return float(sum(point.get("total") or 0.0 for point in points))
