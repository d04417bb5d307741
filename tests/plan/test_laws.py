"""Laws: an applied plan leaves no plan; nothing differs from itself; a write loses nothing; any two manifests meet."""

from __future__ import annotations

import copy

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from provisioner import azure, live
from provisioner import plan as planned
from provisioner.apply.dependency_waves import waves
from provisioner.apply.execution import apply
from provisioner.model import TYPES, Columns, Dcr, Endpoint, Flow, Grant, Manifest, Stream, Table, Target, Workspace
from provisioner.plan import merged
from provisioner.plan.compare import Comparison
from provisioner.resources import Graph, resource_type
from provisioner.resources.expand import expand

EMULATED = settings(
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # shrinking takes minutes against a server
)
TARGET = Target("local", "00000000-0000-0000-0000-000000000001", "rg-laws", "westeurope")
types = st.sampled_from([name for name in TYPES if name != "guid"])
names = st.from_regex(r"[A-Za-z][A-Za-z0-9_]{2,12}", fullmatch=True).filter(lambda each: each.lower() not in RESERVED)
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
    lambda found: Columns({"TimeGenerated": "datetime", **_distinct(found)})
)
words = st.text(st.characters(codec="ascii", exclude_categories=["C"]), max_size=20)


def _distinct(found):
    """Names that differ in case only are one column on some plans."""
    return dict({each.lower(): (each, kind) for each, kind in found.items()}.values())


@st.composite
def manifests(draw):
    """Any small manifest: tables, streams with one or two ways, shared or direct rules, grants."""
    count = draw(st.integers(1, 3))
    tables, streams = {}, {}
    for number in range(count):
        shape = draw(columns)
        plan_ = draw(st.sampled_from(["analytics", "analytics", "basic"]))
        retention = draw(st.sampled_from([None, -1, 30, 90])) if plan_ == "analytics" else None
        total, words_ = draw(st.sampled_from([None, 180, 365])), draw(st.sampled_from([None, "told"]))
        table = Table(f"T{number}_CL", shape, plan_, retention, total, words_)
        tables[table.name] = table
        query = draw(st.sampled_from(["source", "source | where true", "source // all"]))
        # Some streams feed an earlier table too, as long as its columns are theirs.
        others = [each for each in tables.values() if each is not table and each.columns == shape]
        ways = [Flow(each.name, query, written=True) for each in (table, *others[:1])]
        name = f"Custom-S{number}"
        streams[name] = Stream(name, name, shape, tuple(ways))
    shared = draw(st.booleans())
    keys = draw(st.permutations(list(streams)))
    cut = draw(st.integers(1, len(keys)))
    groups = [each for each in (keys[:cut], keys[cut:]) if each]
    kind = "shared" if shared else "direct"
    dcrs = {f"dcr-{number}": Dcr(f"dcr-{number}", tuple(group), kind) for number, group in enumerate(groups)}
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
        tags=draw(st.dictionaries(st.sampled_from(["team", "Cost"]), words.filter(bool), max_size=2)),
    )


def plan(cloud, manifest):
    desired = expand(manifest, cloud.identity.object_id)
    found = live.read(cloud, desired, owner=manifest.owner)
    return planned.plan(desired, found, principal=cloud.identity.object_id)


@settings(EMULATED, max_examples=12)
@given(manifests())
def test_an_applied_plan_leaves_no_plan(azure_monitor, manifest):
    """For any manifest, on the emulator."""
    azure_monitor.reset()
    with azure.connect_local(TARGET, azure_monitor.ready) as cloud:
        outcomes = apply(plan(cloud, manifest), cloud)
        assert [each.error for each in outcomes] == [None] * len(outcomes)
        again = plan(cloud, manifest)
        assert again.changes == ()
        desired = expand(manifest, cloud.identity.object_id)
        single = live.read(cloud, desired, by="get")
        assert {each.key: each.body for each in single.graph if each.type.short != "group"} == {
            each.key: each.body for each in again.live.graph if each.type.short != "group"
        }


@settings(EMULATED, max_examples=8)
@given(manifests(), manifests())
def test_any_manifest_is_reached_from_any_other_or_refused_with_reasons(azure_monitor, one, other):
    """Nothing that was there before is lost on the way, unless a yes named it."""
    azure_monitor.reset()
    with azure.connect_local(TARGET, azure_monitor.ready) as cloud:
        assert all(each.error is None for each in apply(plan(cloud, one), cloud))
        made = plan(cloud, other)
        reasons = [reason for change in made.changes for reason in change.reasons]
        allow = [reason.allow for reason in reasons if reason.allow]
        if any(reason.blocked for reason in reasons):
            assert list(made.refusals(allow))
            return
        before = {each.name: each for each in made.live.graph.of("table")}
        outcomes = apply(made, cloud, allow=allow)
        assert [each.error for each in outcomes] == [None] * len(outcomes)
        again = plan(cloud, other)
        assert again.changes == ()
        for name, table in before.items():
            now = {each["name"] for each in again.live.graph["table", name].body["properties"]["schema"]["columns"]}
            assert now >= {each["name"] for each in table.body["properties"]["schema"]["columns"]}


@settings(max_examples=60, deadline=None)
@given(manifests())
def test_nothing_differs_from_itself(manifest):
    """compare(g, g) = nothing, whatever Azure adds and however it orders."""
    desired = expand(manifest, "p")
    for resource in desired:
        body = desired.body(resource)
        assert Comparison(resource.type, body, body).deltas == ()
        assert Comparison(resource.type, body, _noisy(body)).deltas == ()
        assert Comparison(resource.type, body, merged(resource.type, body, _noisy(body))).deltas == ()


def _noisy(body):
    """The same body as a service tells it: reordered, respelt, with fields of its own."""
    found = copy.deepcopy(body)
    found |= {"id": "/x", "etag": '"1"', "systemData": {}, "provisionedBy": "service"}
    properties = found.setdefault("properties", {})
    properties |= {"provisioningState": "Succeeded", "futureField": [1]}
    if "location" in found:
        found["location"] = "West Europe"
    schema = properties.get("schema")
    if schema:
        schema["columns"] = [
            {**each, "type": each["type"].upper(), "isHidden": False} for each in reversed(schema["columns"])
        ]
    if "dataFlows" in properties:
        properties["dataFlows"].reverse()
    return found


@settings(max_examples=40, deadline=None)
@given(manifests())
def test_waves_hold_everything_once_and_needs_before_those_who_need_them(manifest):
    desired = expand(manifest, "p")
    made = planned.plan(desired, live.Live(Graph([])))
    order = waves(made.changes)
    flat = [change.key for wave in order for change in wave]
    assert sorted(flat) == sorted(change.key for change in made.changes)
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

    written = merged(type_, body(ours), body(theirs))["properties"]["schema"]["columns"]
    assert [each["name"] for each in written] == [*theirs, *(name for name in ours if name not in theirs)]
    assert {each["name"]: each["type"] for each in written} == {**theirs, **ours}


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
            made = plan(cloud, manifest(days, description, 30))
            outcomes = apply(made, cloud, allow=["destructive:T_CL"])
            assert [each.error for each in outcomes] == [None] * len(outcomes)
            assert plan(cloud, manifest(days, description, 30)).changes == ()
