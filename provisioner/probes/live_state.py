"""What Azure says now about everything that a row passes: read when it is asked for, and cached."""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from provisioner.errors import CloudError
from provisioner.live import Principals, look_up_principals
from provisioner.model import Manifest
from provisioner.package_data import load_facts
from provisioner.probes.expected_row import parse_time
from provisioner.probes.live_bodies import properties_of
from provisioner.resources import Body, Graph, resource_type
from provisioner.resources.resource_ids import group_id, resource_id
from provisioner.resources.table_resource import all_table_columns

if TYPE_CHECKING:
    from provisioner.azure import Azure
    from provisioner.transforms.bound_transforms import BoundTransforms

T = TypeVar("T")


class LiveState:
    """The live environment of one run. `identity` is who sends.

    What may not be read is None, and `unreadable` (what → why) says so. Threads may share it: what several ask for at
    the same time is read once.
    """

    def __init__(self, manifest: Manifest, live: Graph, azure: Azure, transforms: BoundTransforms) -> None:
        self.manifest = manifest
        self.live = live
        self.identity = azure.identity
        self.audience = azure.cloud.ingestion_audience
        self.transforms = transforms
        self.unreadable: dict[str, str] = {}
        self._azure = azure
        self._management = azure.management
        self._query = azure.query
        self._cache: dict[str, tuple[float, Future[Any]]] = {}
        self._lock = threading.Lock()

    def invalidate(self, older_than: float = 0.0) -> None:
        """Drop what was read more than so many seconds ago: it is read again when it is asked for next."""
        # Not the wall clock: it may be set during a run.
        limit = time.monotonic() - older_than
        with self._lock:
            self._cache = {path: entry for path, entry in self._cache.items() if entry[0] > limit}

    def seed_cache(self) -> None:
        """Take the live graph for what is there now: it was read a moment ago."""
        now = time.monotonic()
        with self._lock:
            for resource in self.live:
                if resource.id is not None:
                    body: Future[Any] = Future()
                    body.set_result(resource.body)
                    self._cache[resource.id] = (now, body)

    def now(self) -> dt.datetime:
        """The present."""
        return dt.datetime.now(dt.UTC)

    @cached_property
    def principals(self) -> Principals:
        """The principals that grants refer to, looked up once; what may not be read is left out."""
        return look_up_principals(self._azure, self.manifest, allow_gaps=True)

    # -- resources

    def dcr(self, name: str) -> Body | None:
        """The live DCR; None where there is none."""
        return self._get("dcr", self.id_of("dcr", name))

    def table(self, name: str) -> Body | None:
        """The live table; None where there is none."""
        return self._get("table", self.id_of("table", name))

    def workspace(self) -> Body | None:
        """The live workspace; None where there is none."""
        return self._get("workspace", self.id_of("workspace", self.manifest.workspace.name))

    def workspace_customer_id(self) -> str:
        """The id by which the query API knows the workspace; empty where Azure gives none."""
        planned = self.live.get(("workspace", self.manifest.workspace.name))
        id_ = properties_of(planned.body if planned else None).get("customerId")
        return str(id_ or properties_of(self.workspace()).get("customerId") or "")

    def endpoint(self, dcr: Body | None) -> Body | None:
        """The DCE that a live DCR is bound to; None for a DCR with an endpoint of its own."""
        id_ = properties_of(dcr).get("dataCollectionEndpointId")
        return self._get("endpoint", id_) if isinstance(id_, str) and id_ else None

    def id_of(self, short_name: Any, name: str) -> str:
        """The ARM id of a resource by its short type name and its name in the manifest, whether or not it exists."""
        # The live graph has the id as Azure spells it; what is missing gets the one that apply would give it.
        resource = self.live.get((short_name, name))
        if resource is not None and resource.id:
            return resource.id
        manifest = self.manifest
        group = group_id(manifest.target.subscription, manifest.target.resource_group)
        if short_name == "workspace" and manifest.workspace.id:
            return manifest.workspace.id
        if short_name == "endpoint" and manifest.endpoint and manifest.endpoint.id:
            return manifest.endpoint.id
        if short_name == "table":
            return f"{self.id_of('workspace', manifest.workspace.name)}/tables/{name}"
        return resource_id(group, resource_type(short_name).arm_type, name)

    def table_columns(self, table: str) -> dict[str, str] | None:
        """The live columns of a table in KQL's types, standard ones too; None where there is no such table."""
        body = self.table(table)
        return None if body is None else dict(all_table_columns(body).kql())

    def age(self, body: Body | None, *, since: str = "lastModifiedAt") -> dt.timedelta | None:
        """How long ago it was changed (with `since="createdAt"`: created); None where Azure does not say."""
        moment = parse_time((((body or {}).get("systemData")) or {}).get(since))
        return None if moment is None else self.now() - moment

    def changed_recently(self, body: Body | None) -> bool:
        """Whether it was changed so recently that endpoints may not know."""
        age = self.age(body)
        return age is not None and age < dcr_propagation()

    # -- rights and metrics

    def role_assignments(self, scope: str) -> Sequence[Body] | None:
        """Role assignments of all principals at a scope and above it; None where they may not be read."""
        version = resource_type("grant").api_version
        return self._list("role assignments", scope, "Microsoft.Authorization/roleAssignments", version)

    def deny_assignments(self, scope: str) -> Sequence[Body] | None:
        """Deny assignments at a scope and above it; None where they may not be read."""
        version = _facts()["deny_assignments"]["api_version"]
        return self._list("deny assignments", scope, "Microsoft.Authorization/denyAssignments", version)

    def dropped_rows(self, dcr: str, stream: str, since: dt.datetime) -> Mapping[str, float] | None:
        """The DCR's own metrics of a stream, by name: rows dropped, transform errors; None where Azure gives none."""
        path = f"{self.id_of('dcr', dcr)}/providers/Microsoft.Insights/metrics"
        # Metrics are counted by the minute, so the span begins and ends on one.
        start = since.replace(second=0, microsecond=0).strftime("%Y-%m-%dT%H:%M:%SZ")
        end = (self.now() + dt.timedelta(minutes=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
        query = (
            f"&metricnames=RowsDropped_Count,TransformationErrors_Count&timespan={start}/{end}&interval=PT1M"
            f"&aggregation=Total&$filter=InputStreamId eq '{stream}'"
        )
        version = _facts()["metrics"]["api_version"]
        body = self._read("metrics", f"{path}{query}", lambda: self._management.get(path, f"{version}{query}"))
        if body is None:
            return None
        metrics = body.get("value") or ()
        return {str((metric.get("name") or {}).get("value")): _total(metric) for metric in metrics}

    def logged_errors(self, dcr: str, stream: str, since: dt.datetime) -> Sequence[str]:
        """What the rule's log says of lost rows, newest first, as far as it is kept and may be read."""
        facts = load_facts("monitoring.yaml")["categories"]["errors"]
        # A name between quotes: stream names hold no quote (NAM009, NAM010), ids none either.
        text = (
            f"{facts['table']} | where TimeGenerated >= datetime({since.isoformat()}) "
            f"and _ResourceId =~ '{self.id_of('dcr', dcr)}' and InputStreamId == '{stream}' "
            "| order by TimeGenerated desc | take 5 | project TimeGenerated, OperationName, Message"
        )
        rows = self._read(facts["table"], text, lambda: self._query.run(self.workspace_customer_id(), text, "P1D"))
        return [f"{row.get('OperationName')} at {row.get('TimeGenerated')}: {row.get('Message')}" for row in rows or ()]

    # -- reading

    def _get(self, short_name: Any, id_: str) -> Body | None:
        version = resource_type(short_name).api_version
        return self._read(short_name, id_, lambda: self._management.get(id_, version))

    def _list(self, what: str, scope: str, type_name: str, version: str) -> Sequence[Body] | None:
        path = f"{scope}/providers/{type_name}"
        # atScope() includes what is inherited from above, and leaves out what stands below.
        return self._read(what, path, lambda: self._management.list(path, version, "&$filter=atScope()"))

    def _read(self, what: str, path: str, call: Callable[[], T]) -> T | None:
        """The result of `call`, once for all who ask at the same time; None where it may not be read."""
        with self._lock:
            # Only the entry is made under the lock: a request inside it would hold up all other reads.
            entry = self._cache.get(path)
            result: Future[T | None] = Future() if entry is None else entry[1]
            if entry is None:
                self._cache[path] = (time.monotonic(), result)
        if entry is None:
            try:
                result.set_result(call())
            except CloudError as error:
                self.unreadable[what] = error.message
                result.set_result(None)
            except BaseException as error:
                # Other threads wait for this future: without a result they would wait for good.
                result.set_exception(error)
                raise
        return result.result()


def dcr_propagation() -> dt.timedelta:
    """For how long after a change endpoints may use a DCR's old copy."""
    return dt.timedelta(minutes=_facts()["propagation"]["dcr"]["minutes"])


def grant_propagation() -> dt.timedelta:
    """For how long a new grant may not count yet."""
    return dt.timedelta(minutes=_facts()["propagation"]["grant"]["minutes"])


def _facts() -> Any:
    return load_facts("verification.yaml")


def _total(metric: Mapping[str, Any]) -> float:
    points = (point for series in metric.get("timeseries") or () for point in series.get("data") or ())
    return float(sum(point.get("total") or 0.0 for point in points))
