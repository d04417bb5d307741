"""Laws: an applied plan leaves no plan; nothing differs from itself; a write loses nothing; any two manifests meet."""

from __future__ import annotations

import copy

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from provisioner import azure, live
from provisioner import plan as planned
from provisioner.apply import ApplyOptions, apply
from provisioner.apply.dependency_waves import dependency_waves
from provisioner.model import TYPES, Columns, Dcr, Endpoint, Flow, Grant, Manifest, Stream, Table, Target, Workspace
from provisioner.plan import merge_body
from provisioner.plan.compare import Comparison
from provisioner.resources import Graph, resource_type
from provisioner.resources.expand import expand_manifest

EMULATED = settings(
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # shrinking takes minutes against a server
)
TARGET = Target("local", "00000000-0000-0000-0000-000000000001", "rg-laws", "westeurope")
types = st.sampled_from([name for name in TYPES if name != "guid"])
names = st.from_regex(r"[A-Za-z][A-Za-z0-9_]{2,12}", fullmatch=True).filter(lambda name: name.lower() not in RESERVED)
RESERVED = {
    "timegenerated",
    "tenantid",
    "type",
    "title",
    "uniqueid",
    "billedsize",
    "isbillable",
    "invalidtimegenerated",
}
columns = st.dictionaries(names, types, max_size=6).map(
    lambda drawn: Columns({"TimeGenerated": "datetime", **_distinct(drawn)})
)
texts = st.text(st.characters(codec="ascii", exclude_categories=["C"]), max_size=20)


def _distinct(drawn):
    """Names that differ in case only are one column on some plans."""
    return dict({name.lower(): (name, kind) for name, kind in drawn.items()}.values())


@st.composite
def manifests(draw):
    """Any small manifest: tables, streams with one or two ways, shared or direct rules, grants."""
    count = draw(st.integers(1, 3))
    tables, streams = {}, {}
    for number in range(count):
        shape = draw(columns)
        plan_ = draw(st.sampled_from(["analytics", "analytics", "basic"]))
        retention = draw(st.sampled_from([None, -1, 30, 90])) if plan_ == "analytics" else None
        total, description = draw(st.sampled_from([None, 180, 365])), draw(st.sampled_from([None, "told"]))
        table = Table(f"T{number}_CL", shape, plan_, retention, total, description)
        tables[table.name] = table
        query = draw(st.sampled_from(["source", "source | where true", "source // all"]))
        # Some streams feed an earlier table too, as long as its columns are theirs.
        others = [earlier for earlier in tables.values() if earlier is not table and earlier.columns == shape]
        flows = [Flow(target.name, query, written=True) for target in (table, *others[:1])]
        name = f"Custom-S{number}"
        streams[name] = Stream(name, name, shape, tuple(flows))
    shared = draw(st.booleans())
    keys = draw(st.permutations(list(streams)))
    cut = draw(st.integers(1, len(keys)))
    groups = [group for group in (keys[:cut], keys[cut:]) if group]
    endpoint = "shared" if shared else "direct"
    dcrs = {f"dcr-{number}": Dcr(f"dcr-{number}", tuple(group), endpoint) for number, group in enumerate(groups)}
    grants = {"me": Grant("me", "self", tuple(dcrs))} if draw(st.booleans()) else {}
    return Manifest(
        "laws",
        TARGET,
        Workspace("law-laws", "westeurope", draw(st.sampled_from([None, 30, 60]))),
        environment=draw(st.sampled_from([None, "prod"])),
        endpoint=Endpoint("dce-laws", "westeurope") if shared else None,
        tables=tables,
        streams=streams,
        dcrs=dcrs,
        grants=grants,
        tags=draw(st.dictionaries(st.sampled_from(["team", "Cost"]), texts.filter(bool), max_size=2)),
    )


def plan(cloud, manifest):
    desired = expand_manifest(manifest, cloud.identity.object_id)
    live_state = live.read_live(cloud, desired, owner=manifest.owner)
    return planned.build_plan(desired, live_state, principal=cloud.identity.object_id)


@settings(EMULATED, max_examples=12)
@given(manifests())
def test_an_applied_plan_leaves_no_plan(azure_monitor, manifest):
    """For any manifest, on the emulator."""
    azure_monitor.reset()
    with azure.connect_local(TARGET, azure_monitor.ready) as cloud:
        outcomes = apply(plan(cloud, manifest), cloud)
        assert [outcome.error for outcome in outcomes] == [None] * len(outcomes)
        again = plan(cloud, manifest)
        assert again.changes == ()
        desired = expand_manifest(manifest, cloud.identity.object_id)
        single = live.read_live(cloud, desired, strategy="get")
        assert {resource.key: resource.body for resource in single.graph if resource.type.short_name != "group"} == {
            resource.key: resource.body for resource in again.live.graph if resource.type.short_name != "group"
        }


@settings(EMULATED, max_examples=8)
@given(manifests(), manifests())
def test_any_manifest_is_reached_from_any_other_or_refused_with_reasons(azure_monitor, one, other):
    """Nothing that was there before is lost on the way, unless a yes named it."""
    azure_monitor.reset()
    with azure.connect_local(TARGET, azure_monitor.ready) as cloud:
        assert all(outcome.error is None for outcome in apply(plan(cloud, one), cloud))
        change_plan = plan(cloud, other)
        reasons = [reason for change in change_plan.changes for reason in change.reasons]
        allow = [reason.allow for reason in reasons if reason.allow]
        if any(reason.blocked for reason in reasons):
            assert list(change_plan.refusals(allow))
            return
        before = {table.name: table for table in change_plan.live.graph.of_type("table")}
        outcomes = apply(change_plan, cloud, ApplyOptions(allow=tuple(allow)))
        assert [outcome.error for outcome in outcomes] == [None] * len(outcomes)
        again = plan(cloud, other)
        assert again.changes == ()
        for name, table in before.items():
            now = {column["name"] for column in again.live.graph["table", name].body["properties"]["schema"]["columns"]}
            assert now >= {column["name"] for column in table.body["properties"]["schema"]["columns"]}


@settings(max_examples=60, deadline=None)
@given(manifests())
def test_nothing_differs_from_itself(manifest):
    """compare(g, g) = nothing, whatever Azure adds and however it orders."""
    desired = expand_manifest(manifest, "p")
    for resource in desired:
        body = desired.resolved_body(resource)
        assert Comparison(resource.type, body, body).deltas == ()
        assert Comparison(resource.type, body, _noisy(body)).deltas == ()
        assert Comparison(resource.type, body, merge_body(resource.type, body, _noisy(body))).deltas == ()


def _noisy(body):
    """The same body as a service tells it: reordered, respelt, with fields of its own."""
    noisy_body = copy.deepcopy(body)
    noisy_body |= {"id": "/x", "etag": '"1"', "systemData": {}, "provisionedBy": "service"}
    properties = noisy_body.setdefault("properties", {})
    properties |= {"provisioningState": "Succeeded", "futureField": [1]}
    if "location" in noisy_body:
        noisy_body["location"] = "West Europe"
    schema = properties.get("schema")
    if schema:
        schema["columns"] = [
            {**column, "type": column["type"].upper(), "isHidden": False} for column in reversed(schema["columns"])
        ]
    if "dataFlows" in properties:
        properties["dataFlows"].reverse()
    return noisy_body


@settings(max_examples=40, deadline=None)
@given(manifests())
def test_waves_hold_everything_once_and_needs_before_those_who_need_them(manifest):
    desired = expand_manifest(manifest, "p")
    change_plan = planned.build_plan(desired, live.LiveResources(Graph([])))
    order = dependency_waves(change_plan.changes)
    flat = [change.key for wave in order for change in wave]
    assert sorted(flat) == sorted(change.key for change in change_plan.changes)
    seen = set()
    for wave in order:
        for change in wave:
            assert {need for need in change.needs if need in flat} <= seen
        seen |= {change.key for change in wave}


@settings(max_examples=40, deadline=None)
@given(columns, columns)
def test_a_merged_table_has_the_columns_of_both(ours, theirs):
    """Whatever the manifest says, a live column stays."""
    type_ = resource_type("table")

    def body(shape):
        return {
            "properties": {"schema": {"name": "T_CL", "columns": [{"name": n, "type": t} for n, t in shape.items()]}}
        }

    written = merge_body(type_, body(ours), body(theirs))["properties"]["schema"]["columns"]
    assert [column["name"] for column in written] == [*theirs, *(name for name in ours if name not in theirs)]
    assert {column["name"]: column["type"] for column in written} == {**theirs, **ours}


def test_a_retention_that_equals_a_moving_default_is_pinned(azure_monitor):
    """Found by the law above: with another change of the same table, and without one."""
    azure_monitor.reset()
    shape = Columns({"TimeGenerated": "datetime"})

    def manifest(days, description, retention):
        table = Table("T_CL", shape, retention=retention, description=description)
        return Manifest("laws", TARGET, Workspace("law-laws", "westeurope", days), tables={"T_CL": table})

    with azure.connect_local(TARGET, azure_monitor.ready) as cloud:
        apply(plan(cloud, manifest(30, None, None)), cloud)
        for days, description in ((60, None), (90, "told")):
            change_plan = plan(cloud, manifest(days, description, 30))
            outcomes = apply(change_plan, cloud, ApplyOptions(allow=("destructive:T_CL",)))
            assert [outcome.error for outcome in outcomes] == [None] * len(outcomes)
            assert plan(cloud, manifest(days, description, 30)).changes == ()
