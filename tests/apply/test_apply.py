"""Apply against the emulator, through the real clients: waves, merges, refusals, continuation."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest
from requests.adapters import HTTPAdapter

from provisioner import azure, errors, live
from provisioner import plan as planned
from provisioner.apply import ApplyOptions, apply
from provisioner.apply import report as outcome_report
from provisioner.apply.state_lock import state_lock
from provisioner.emulator import lifecycle
from provisioner.emulator.testing import AzureMonitor
from provisioner.model import Columns, Dcr, Endpoint, Flow, Grant, Manifest, Stream, Table, Target, Workspace
from provisioner.plan import PlanOptions, plan_file, report
from provisioner.reports.format_registry import FORMATS
from provisioner.resources import resource_type
from provisioner.resources.expand import expand_manifest
from tests.support.paths import EXAMPLES
from tests.support.signals import signal_self

ORDERS = {"TimeGenerated": "datetime", "OrderId": "string", "Amount": "real"}


def manifest(target, *, columns=None, **changes):
    """A shop with one table, one stream, one DCR and a grant; `changes` replace fields of the manifest."""
    shape = Columns(columns or ORDERS)
    values = {
        "name": "shop",
        "target": target,
        "workspace": Workspace("law-shop", "westeurope", 30),
        "endpoint": Endpoint("dce-shop", "westeurope"),
        "tables": {"Orders_CL": Table("Orders_CL", shape, retention=90)},
        "streams": {"Custom-Orders": Stream("Custom-Orders", "Custom-Orders", shape, (Flow("Orders_CL"),))},
        "dcrs": {"dcr-shop": Dcr("dcr-shop", ("Custom-Orders",), "shared")},
        "grants": {"me": Grant("me", "self", ("dcr-shop",))},
        "tags": {"team": "x"},
    }
    return Manifest(**(values | changes))


@pytest.fixture
def cloud(azure_monitor):
    """A signed-in connection to an empty emulator."""
    target = Target("local", azure_monitor.subscription, "rg-shop", "westeurope")
    with azure.connect_local(target, azure_monitor.ready) as connection:
        yield connection


def plan(cloud, desired_manifest, **options):
    desired = expand_manifest(desired_manifest, cloud.identity.object_id)
    live_state = live.read_live(cloud, desired, owner=desired_manifest.owner)
    return planned.build_plan(desired, live_state, PlanOptions(**options), principal=cloud.identity.object_id)


def up(cloud, desired_manifest, **options):
    """Plan and apply; the outcomes must all be good."""
    new_plan = plan(
        cloud, desired_manifest, **{key: value for key, value in options.items() if key in {"prune", "allow", "only"}}
    )
    outcomes = apply(new_plan, cloud, ApplyOptions(allow=options.get("allow", ())))
    assert [outcome.error for outcome in outcomes] == [None] * len(outcomes)
    return new_plan, outcomes


def body(cloud, desired_manifest, short, name):
    """What Azure holds of a declared resource."""
    resource = expand_manifest(desired_manifest, cloud.identity.object_id)[short, name]
    return cloud.management.get(resource.id, resource.type.api_version)


def test_the_first_run_makes_everything_and_the_second_nothing(cloud):
    desired_manifest = manifest(cloud.target)
    new_plan, outcomes = up(cloud, desired_manifest)
    assert new_plan.summary == {"create": 6, "update": 0, "replace": 0, "delete": 0}
    assert {outcome.state for outcome in outcomes} == {"applied"}
    before = cloud.requests.snapshot()
    again, nothing = up(cloud, desired_manifest)
    after = cloud.requests.snapshot()
    assert again.empty
    assert nothing == ()
    assert after["writes"] == before["writes"]
    assert after["reads"] - before["reads"] == 5
    assert again.changes == ()


def test_the_outcomes_hold_what_azure_adds(cloud):
    desired_manifest = manifest(cloud.target)
    _, outcomes = up(cloud, desired_manifest)
    graph = outcomes.live
    assert graph["dcr", "dcr-shop"].body["properties"]["immutableId"].startswith("dcr-")
    assert graph["endpoint", "dce-shop"].body["properties"]["logsIngestion"]["endpoint"].startswith("https://")
    assert graph["dcr", "dcr-shop"].body == body(cloud, desired_manifest, "dcr", "dcr-shop")


def test_a_new_column_goes_to_the_table_before_the_rule(cloud):
    up(cloud, manifest(cloud.target))
    desired_manifest = manifest(cloud.target, columns={**ORDERS, "Note": "string"})
    seen = []
    new_plan = plan(cloud, desired_manifest)
    assert [(change.action, change.key, change.risk) for change in new_plan.changes] == [
        ("update", ("table", "Orders_CL"), "additive"),
        ("update", ("dcr", "dcr-shop"), "additive"),
    ]
    assert "senders may send Note" in report.format_text(new_plan)
    apply(new_plan, cloud, ApplyOptions(progress=lambda event: seen.append((event.kind, event.subject))))
    assert seen == [
        ("start", "table Orders_CL"),
        ("done", "table Orders_CL"),
        ("start", "dcr dcr-shop"),
        ("done", "dcr dcr-shop"),
    ]
    assert plan(cloud, desired_manifest).empty


def test_what_others_added_survives_every_write(cloud):
    """Columns of a table, tags of a policy, an identity and data sources of a rule."""
    desired_manifest = manifest(cloud.target)
    up(cloud, desired_manifest)
    table = body(cloud, desired_manifest, "table", "Orders_CL")["properties"]
    columns = [{"name": column["name"], "type": column["type"]} for column in table["schema"]["columns"]]
    ids = {resource.key: resource for resource in expand_manifest(desired_manifest, cloud.identity.object_id)}
    foreign = {"properties": {"retentionInDays": 90, "schema": {"name": "Orders_CL", "columns": [*columns, {"name": "Foreign", "type": "int"}]}}}  # fmt: skip  # noqa: E501
    cloud.management.put(resource_type("table"), ids["table", "Orders_CL"].id, foreign)
    rule = body(cloud, desired_manifest, "dcr", "dcr-shop")
    rule["tags"]["policy"] = "added"
    rule["identity"] = {"type": "SystemAssigned"}
    rule["properties"]["dataSources"] = {
        "syslog": [{"name": "s", "streams": ["Microsoft-Syslog"], "facilityNames": ["*"], "logLevels": ["*"]}]
    }
    destination = rule["properties"]["destinations"]["logAnalytics"][0]["name"]
    rule["properties"]["dataFlows"].append({"streams": ["Microsoft-Syslog"], "destinations": [destination]})
    cloud.management.put(resource_type("dcr"), ids["dcr", "dcr-shop"].id, _plain(rule))
    assert plan(cloud, desired_manifest).empty
    before = body(cloud, desired_manifest, "dcr", "dcr-shop")
    wider = manifest(cloud.target, columns={**ORDERS, "Note": "string"})
    up(cloud, wider)
    after = body(cloud, desired_manifest, "dcr", "dcr-shop")
    assert after["tags"]["policy"] == "added"
    assert after["identity"]["type"] == "SystemAssigned"
    assert after["properties"]["dataSources"] == before["properties"]["dataSources"]
    assert after["properties"]["immutableId"] == before["properties"]["immutableId"]
    assert {"streams": ["Microsoft-Syslog"], "destinations": [destination]} in after["properties"]["dataFlows"]
    names = [
        column["name"]
        for column in body(cloud, desired_manifest, "table", "Orders_CL")["properties"]["schema"]["columns"]
    ]
    assert set(names) == {*ORDERS, "Foreign", "Note"}
    assert plan(cloud, wider).empty


def _plain(rule):
    read_only = ("id", "name", "type", "etag", "systemData")
    properties = {key: value for key, value in rule["properties"].items() if key not in {"immutableId", "provisioningState", "endpoints"}}  # fmt: skip  # noqa: E501
    return {**{key: value for key, value in rule.items() if key not in read_only}, "properties": properties}


def test_a_column_is_dropped_only_by_its_name(cloud):
    desired_manifest = manifest(cloud.target)
    up(cloud, desired_manifest)
    less = {name: type_ for name, type_ in ORDERS.items() if name != "Amount"}
    narrow = manifest(cloud.target, columns=less)
    up(cloud, narrow, allow=["breaking:dcr-shop"])
    assert plan(cloud, narrow).empty
    yes = "destructive:Orders_CL.Amount"
    new_plan = plan(cloud, narrow, allow=[yes])
    assert [(change.action, change.key, change.risk) for change in new_plan.changes] == [
        ("update", ("table", "Orders_CL"), "destructive")
    ]
    with pytest.raises(errors.UnsafePlan, match=r"destructive:Orders_CL\.Amount"):
        apply(new_plan, cloud)
    up(cloud, narrow, allow=[yes])
    assert plan(cloud, narrow, allow=[yes]).empty
    names = [
        column["name"]
        for column in body(cloud, desired_manifest, "table", "Orders_CL")["properties"]["schema"]["columns"]
    ]
    assert "Amount" not in names


def test_a_narrowed_stream_is_breaking_and_names_its_yes(cloud):
    up(cloud, manifest(cloud.target))
    columns = Columns({"TimeGenerated": "datetime", "OrderId": "string"})
    stream = Stream("Custom-Orders", "Custom-Orders", columns, (Flow("Orders_CL"),))
    new_plan = plan(cloud, manifest(cloud.target, streams={"Custom-Orders": stream}))
    assert [change.risk for change in new_plan.changes] == ["breaking"]
    with pytest.raises(errors.UnsafePlan, match="--allow breaking:dcr-shop"):
        new_plan.raise_if_unsafe()
    new_plan.raise_if_unsafe(["breaking:dcr-shop"])


def test_a_changed_column_type_is_refused_whatever_is_allowed(cloud):
    up(cloud, manifest(cloud.target))
    new_plan = plan(cloud, manifest(cloud.target, columns={**ORDERS, "Amount": "long"}))
    with pytest.raises(errors.UnsafePlan, match="declare a new column beside it"):
        new_plan.raise_if_unsafe(["destructive:Orders_CL", "destructive:Orders_CL.Amount", "breaking:dcr-shop"])


def test_prune_removes_what_is_ours_and_leaves_strangers(cloud):
    desired_manifest = manifest(cloud.target)
    two = manifest(
        cloud.target,
        dcrs={"dcr-shop": desired_manifest.dcrs["dcr-shop"], "dcr-old": Dcr("dcr-old", ("Custom-Orders",), "shared")},
        grants={"me": Grant("me", "self", ("dcr-shop", "dcr-old"))},
    )
    up(cloud, two)
    group = f"/subscriptions/{cloud.target.subscription}/resourceGroups/rg-shop"
    stranger = f"{group}/providers/Microsoft.Insights/dataCollectionEndpoints/dce-stranger"
    cloud.management.put(resource_type("endpoint"), stranger, {"location": "westeurope", "properties": {}})
    kept = plan(cloud, desired_manifest)
    assert kept.empty
    assert {
        (resource.type, resource.name, resource.owned) for resource in kept.undeclared if resource.type != "grant"
    } == {
        ("dcr", "dcr-old", True),
        ("endpoint", "dce-stranger", False),
    }
    assert [resource.owned for resource in kept.undeclared if resource.type == "grant"] == [True]
    pruned = plan(cloud, desired_manifest, prune=True)
    assert [(change.action, change.type) for change in pruned.changes] == [("delete", "grant"), ("delete", "dcr")]
    allow = {reason.allow for change in pruned.changes for reason in change.reasons}
    assert allow == {"breaking:dcr-old"}, "the grant on it goes with it"
    assert ["goes with" in str(change.reasons[0]) for change in pruned.changes] == [True, False]
    up(cloud, desired_manifest, prune=True, allow=allow)
    assert [resource.name for resource in plan(cloud, desired_manifest).undeclared] == ["dce-stranger"]


def test_a_table_is_pruned_only_by_its_name(cloud):
    desired_manifest = manifest(cloud.target)
    more = manifest(
        cloud.target,
        tables={**desired_manifest.tables, "Old_CL": Table("Old_CL", Columns({"TimeGenerated": "datetime"}))},
    )
    up(cloud, more)
    assert plan(cloud, desired_manifest, prune=True).empty
    yes = ["destructive:Old_CL"]
    assert plan(cloud, desired_manifest, allow=yes).empty
    up(cloud, desired_manifest, prune=True, allow=yes)
    assert body(cloud, more, "table", "Old_CL") is None


def test_more_removals_than_the_threshold_need_a_yes_of_their_own(cloud):
    names = [f"dcr-{number}" for number in range(12)]
    many = manifest(cloud.target, dcrs={name: Dcr(name, ("Custom-Orders",), "shared") for name in names}, grants={})
    up(cloud, many)
    few = manifest(cloud.target, dcrs={"dcr-0": many.dcrs["dcr-0"]}, grants={})
    new_plan = plan(cloud, few, prune=True)
    allow = [f"breaking:{name}" for name in names]
    with pytest.raises(errors.UnsafePlan, match="more than 30 %"):
        new_plan.raise_if_unsafe(allow)
    new_plan.raise_if_unsafe([*allow, "breaking:many"])


def test_an_existing_workspace_is_read_and_never_written(cloud):
    up(cloud, manifest(cloud.target))
    id_ = expand_manifest(manifest(cloud.target))["workspace", "law-shop"].id
    elsewhere = Target("public", cloud.target.subscription, "rg-shop", "northeurope")
    desired_manifest = manifest(elsewhere, workspace=Workspace("law-shop", "northeurope", None, id_), name="other")
    live_state = live.read_live(cloud, expand_manifest(desired_manifest, "p"))
    settled = live.with_live_regions(desired_manifest, live_state)
    assert settled.workspace.location == "westeurope"
    desired = expand_manifest(settled, cloud.identity.object_id)
    new_plan = planned.build_plan(desired, live_state)
    assert ("workspace", "law-shop") not in {change.key for change in new_plan.changes}


def test_something_that_must_exist_and_does_not_is_named(cloud):
    up(cloud, manifest(cloud.target))
    elsewhere = Target("public", cloud.target.subscription, "rg-shop", "westeurope")
    id_ = expand_manifest(manifest(cloud.target))["workspace", "law-shop"].id.replace("law-shop", "law-none")
    desired_manifest = manifest(elsewhere, workspace=Workspace("law-none", "westeurope", None, id_))
    with pytest.raises(errors.NotFound, match="law-none does not exist"):
        plan(cloud, desired_manifest)


def test_another_owner_is_told_and_needs_a_yes(cloud):
    up(cloud, manifest(cloud.target))
    new_plan = plan(cloud, manifest(cloud.target, environment="prod"))
    with pytest.raises(errors.UnsafePlan, match="belongs to 'shop'"):
        new_plan.raise_if_unsafe()


def test_only_narrows_to_some_resources_and_what_they_lack(cloud):
    desired_manifest = manifest(cloud.target)
    new_plan = plan(cloud, desired_manifest, only=["table/Orders_CL"])
    assert [change.type for change in new_plan.changes] == ["group", "workspace", "table"]
    up(cloud, desired_manifest, only=["table/Orders_CL"])
    assert [change.type for change in plan(cloud, desired_manifest).changes] == ["endpoint", "dcr", "grant"]
    with pytest.raises(errors.NotFound, match="table/None_CL"):
        plan(cloud, desired_manifest, only=["table/None_CL"])


def test_single_reads_and_lists_see_the_same(cloud):
    desired_manifest = manifest(cloud.target)
    up(cloud, desired_manifest)
    desired = expand_manifest(desired_manifest, cloud.identity.object_id)
    lists, gets = live.read_live(cloud, desired, strategy="list"), live.read_live(cloud, desired, strategy="get")
    for key in [resource.key for resource in desired if resource.type.short_name != "group"]:
        assert lists.graph[key].body == gets.graph[key].body
    assert {resource.key for resource in lists.graph} == {resource.key for resource in gets.graph}


def test_a_failure_stops_what_has_not_begun_and_the_next_run_continues(cloud, azure_monitor):
    desired_manifest = manifest(cloud.target)
    azure_monitor.fault("error", match="PUT *dataCollectionRules*", status=400, code="InvalidPayload")
    outcomes = apply(plan(cloud, desired_manifest), cloud)
    assert [(outcome.type, outcome.state) for outcome in outcomes][-2:] == [("dcr", "failed"), ("grant", "skipped")]
    assert "dcr-shop" in outcomes[-2].error.message
    azure_monitor.clear_faults()
    _, rest = up(cloud, desired_manifest)
    assert [outcome.type for outcome in rest] == ["dcr", "grant"]
    assert plan(cloud, desired_manifest).empty


def test_a_table_that_is_not_ready_yet_is_waited_for(cloud, azure_monitor):
    azure_monitor.fault("table_not_ready", seconds=1.0)
    messages = []
    outcomes = apply(plan(cloud, manifest(cloud.target)), cloud, ApplyOptions(progress=messages.append))
    azure_monitor.clear_faults()
    assert {outcome.state for outcome in outcomes} == {"applied"}
    assert any(event.kind == "wait" and "InvalidOutputTable" in event.message for event in messages)


def test_a_plan_that_no_longer_holds_is_refused_before_its_wave(cloud):
    desired_manifest = manifest(cloud.target)
    up(cloud, desired_manifest)
    wider = manifest(cloud.target, columns={**ORDERS, "Note": "string"})
    new_plan = plan(cloud, wider)
    up(cloud, wider)
    outcomes = apply(new_plan, cloud)
    assert {outcome.state for outcome in outcomes} == {"skipped"}
    assert isinstance(outcomes[0].error, errors.StalePlan)


def test_a_saved_plan_is_read_back_as_it_was(cloud, tmp_path):
    desired_manifest = manifest(cloud.target)
    new_plan = plan(cloud, desired_manifest)
    principal = cloud.identity.object_id
    text = plan_file.dump_plan(new_plan, desired_manifest, principal=principal)
    assert principal not in text
    file = tmp_path / "plan.json"
    file.write_text(text)
    back = plan_file.load_plan(file, principal)
    again = planned.build_plan(back.desired, live.read_live(cloud, back.desired, owner=back.owner), principal=principal)
    assert again.fingerprint == new_plan.fingerprint == back.fingerprint
    plan_file.require_fingerprint(back.fingerprint, again)
    assert {resource.id for resource in back.desired} == {resource.id for resource in new_plan.desired}
    up(cloud, desired_manifest)
    later = planned.build_plan(back.desired, live.read_live(cloud, back.desired, owner=back.owner), principal=principal)
    assert later.empty
    with pytest.raises(errors.StalePlan):
        plan_file.require_fingerprint(back.fingerprint, later)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"version": 1, "desired": []}'])
def test_a_file_that_is_no_saved_plan_is_told(tmp_path, text):
    file = tmp_path / "plan.json"
    file.write_text(text)
    with pytest.raises(errors.BadRequestFile):
        plan_file.load_plan(file)


def test_the_fingerprint_does_not_know_who_runs(cloud):
    desired_manifest = manifest(cloud.target)
    first = planned.build_plan(
        expand_manifest(desired_manifest, "p1"), live.LiveResources(planned_empty()), principal="p1"
    )
    second = planned.build_plan(
        expand_manifest(desired_manifest, "p2"), live.LiveResources(planned_empty()), principal="p2"
    )
    other = planned.build_plan(
        expand_manifest(manifest(cloud.target, tags={}), "p2"), live.LiveResources(planned_empty()), principal="p2"
    )
    assert first.fingerprint == second.fingerprint != other.fingerprint


def planned_empty():
    from provisioner.resources import Graph

    return Graph([])


def test_every_change_leaves_its_lines_in_the_journal(cloud, tmp_path):
    new_plan = plan(cloud, manifest(cloud.target))
    apply(new_plan, cloud, state_directory=tmp_path)
    lines = [json.loads(line) for line in (tmp_path / "journal.jsonl").read_text().splitlines()]
    assert [line["event"] for line in lines].count("begin") == [line["event"] for line in lines].count("end") == 6
    last = lines[-1]
    assert last["state"] == "applied"
    assert last["after"]["properties"]["principalId"] == cloud.identity.object_id
    assert cloud.identity.object_id in last["who"]
    assert last["fingerprint"] == new_plan.fingerprint
    assert all(line["request_id"] for line in lines if line["event"] == "end")
    assert not (tmp_path / "apply.holder").exists()


def test_two_applies_of_one_directory_are_told_apart(tmp_path):
    def enter():
        with state_lock(tmp_path, "x"):
            raise AssertionError("two runs hold the lock")

    with (
        state_lock(tmp_path, "apply prod"),
        ThreadPoolExecutor() as pool,
        pytest.raises(errors.StateLocked, match="apply prod, process"),
    ):
        pool.submit(enter).result()


def test_an_apply_inside_of_the_lock_holds_it_until_the_outermost_block_ends(tmp_path):
    """A plan and its apply are one step: the lock is taken over both, and apply takes it by itself too."""
    with state_lock(tmp_path, "apply prod"):
        with state_lock(tmp_path / "." / "", "apply"):
            pass
        assert (tmp_path / "apply.holder").exists()
        with ThreadPoolExecutor() as pool, pytest.raises(errors.StateLocked):
            pool.submit(lambda: state_lock(tmp_path, "x").__enter__()).result()
    with state_lock(tmp_path, "apply test"):
        pass
    assert not (tmp_path / "apply.holder").exists()


def test_an_interrupt_finishes_what_is_under_way_and_is_passed_on(cloud, azure_monitor, tmp_path):
    """The next run finds what was done and goes on from there."""
    desired_manifest = manifest(cloud.target)
    recorded = []

    def interrupt(event):
        if event.kind == "start" and event.subject.startswith("table"):
            signal_self(signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        apply(
            plan(cloud, desired_manifest),
            cloud,
            ApplyOptions(progress=interrupt, on_interrupt=recorded.append),
            state_directory=tmp_path,
        )
    states = {outcome.type: outcome.state for outcome in recorded[0]}
    assert states["table"] == "applied"
    assert states["dcr"] == states["grant"] == "skipped"
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    up(cloud, desired_manifest)
    assert plan(cloud, desired_manifest).empty


def test_apply_works_outside_of_the_main_thread(cloud):
    """No signal can be handled there, and nothing needs to be."""
    outcomes = []
    thread = threading.Thread(target=lambda: outcomes.extend(apply(plan(cloud, manifest(cloud.target)), cloud)))
    thread.start()
    thread.join()
    assert {outcome.state for outcome in outcomes} == {"applied"}


def test_the_reports_say_the_same(cloud):
    new_plan = plan(cloud, manifest(cloud.target))
    data = json.loads(FORMATS["plan"]["json"](new_plan))
    assert data["version"] == 1
    assert data["summary"]["create"] == 6
    assert {"action", "type", "name", "id", "risk", "reasons", "deltas", "file", "line"} <= set(data["changes"][0])
    text, page = report.format_text(new_plan), report.format_markdown(new_plan)
    for change in new_plan.changes:
        assert change.name in text
        assert change.name in page
    assert new_plan.fingerprint in text
    assert new_plan.fingerprint in page


def test_a_refused_transform_is_blamed_with_its_place_in_the_manifest(cloud):
    """Azure counts flows of a body; people count lines of a file."""
    from provisioner.apply.flow_errors import FlowError, error_locator
    from provisioner.diagnostics import Place, Span

    query = "source\n| where nosuch == 1"
    flow = Flow("Orders_CL", query, written=True, path=("streams", "Custom-Orders"))
    stream = Stream("Custom-Orders", "Custom-Orders", Columns(ORDERS), (flow,))
    desired_manifest = manifest(cloud.target, streams={"Custom-Orders": stream})
    asked = []

    def position_of(path, span=None):
        asked.append((path, span))
        return Place("provisioner.yaml", 7, 3, 7, 9)

    outcomes = apply(plan(cloud, desired_manifest), cloud, locate_error=error_locator(desired_manifest, position_of))
    (failed,) = [outcome for outcome in outcomes if outcome.state == "failed"]
    (blame,) = failed.flow_errors
    assert (blame.stream, blame.output) == ("Custom-Orders", "Custom-Orders_CL")
    start = query.index("nosuch")
    assert asked == [(("streams", "Custom-Orders", "transform"), Span(start, start + 6))]
    assert "provisioner.yaml:7:3" in outcome_report.outcomes_text(outcomes)
    assert failed.json()["blames"][0]["line"] == 7
    assert FlowError("c", "SemanticError:0x6 at 2:9 : Undefined symbol", "", "", query).span == Span(start, start + 6)


def test_nothing_is_asked_of_the_subscription_but_how_an_operation_goes(cloud):
    """Contributor and RBAC Administrator on one group are all the rights there may be."""
    sent = []

    class Listening(HTTPAdapter):
        def send(self, request, **options):
            sent.append((request.method, urlsplit(request.url).path.lower()))
            return super().send(request, **options)

    cloud.session.mount("https://", Listening())
    up(cloud, manifest(cloud.target))
    up(cloud, manifest(cloud.target, columns={**ORDERS, "Note": "string"}))
    group = f"/subscriptions/{cloud.target.subscription}/resourcegroups/rg-shop"
    outside = {(method, path.split("/operationstatuses/")[0]) for method, path in sent if not path.startswith(group)}
    assert {method for method, _ in outside} <= {"GET", "POST"}
    assert all("/locations/" in path for method, path in outside if method == "GET" and "/subscriptions/" in path)
    assert all("/oauth2/" in path for method, path in outside if method == "POST")


def test_a_write_carries_the_etag_that_it_was_planned_against(cloud, azure_monitor):
    """Azure refuses the write where another one came in between, and the outcome says so."""
    up(cloud, manifest(cloud.target))
    seen = []

    class Listening(HTTPAdapter):
        def send(self, request, **options):
            if request.method == "PUT" and "dataCollectionRules" in request.url:
                seen.append(request.headers.get("If-Match"))
            return super().send(request, **options)

    cloud.session.mount("https://", Listening())
    desired_manifest = manifest(cloud.target, tags={"team": "y"})
    etag = body(cloud, desired_manifest, "dcr", "dcr-shop")["etag"]
    azure_monitor.fault("error", match="PUT *dataCollectionRules*", status=412, code="PreconditionFailed")
    outcomes = apply(plan(cloud, desired_manifest), cloud)
    azure_monitor.clear_faults()
    assert seen == [etag]
    (failed,) = [outcome for outcome in outcomes if outcome.state == "failed"]
    assert "somebody else" in failed.error.hint


@pytest.mark.skipif(sys.platform == "win32", reason="only a console can send Ctrl-C there")
def test_a_second_interrupt_ends_at_once(azure_monitor, tmp_path):
    """A table that takes minutes holds up the first; the second does not wait for it."""
    folder = shutil.copytree(
        EXAMPLES / "quickstart",
        tmp_path / "shop",
        dirs_exist_ok=True,
        ignore=shutil.ignore_patterns(".provisioner"),
    )
    ready = lifecycle.ensure_running(folder / ".provisioner")
    AzureMonitor(ready).inject_fault("slow_operation", match="PUT *tables*", seconds=100.0)
    command = [sys.executable, "-m", "provisioner", "apply", str(folder), "-e", "local", "-v"]
    victim = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    try:
        for line in victim.stderr:
            if "table Orders_CL" in line:
                break
        victim.send_signal(signal.SIGINT)
        with pytest.raises(subprocess.TimeoutExpired):
            victim.wait(1)
        victim.send_signal(signal.SIGINT)
        assert victim.wait(30) == 130
    finally:
        victim.kill()
        victim.stderr.close()
        lifecycle.stop(folder / ".provisioner")


def test_a_column_that_another_run_adds_in_the_same_second_stays(cloud):
    """Another client writes the same table between our read and our write."""
    up(cloud, manifest(cloud.target))
    id_ = expand_manifest(manifest(cloud.target))["table", "Orders_CL"].id
    columns = [{"name": name, "type": type_} for name, type_ in {**ORDERS, "Theirs": "int"}.items()]
    rival = {"properties": {"retentionInDays": 90, "schema": {"name": "Orders_CL", "columns": columns}}}
    once = []

    class Racing(HTTPAdapter):
        def send(self, request, **options):
            if request.method in {"PUT", "PATCH"} and "/tables/" in request.url and not once:
                once.append(request.method)
                cloud.management.put(resource_type("table"), id_, rival)
            return super().send(request, **options)

    cloud.session.mount("https://", Racing())
    wider = manifest(cloud.target, columns={**ORDERS, "Ours": "string"})
    up(cloud, wider)
    names = {column["name"] for column in body(cloud, wider, "table", "Orders_CL")["properties"]["schema"]["columns"]}
    assert once
    assert names == {*ORDERS, "Ours", "Theirs"}


def test_a_table_that_somebody_else_is_changing_is_waited_for(cloud, azure_monitor):
    """Azure locks a table for the seconds of an operation, and answers 409 with a general code."""
    up(cloud, manifest(cloud.target))
    wider = manifest(cloud.target, columns={**ORDERS, "Note": "string"})
    new_plan = plan(cloud, wider)
    id_ = expand_manifest(wider)["table", "Orders_CL"].id
    azure_monitor.fault("slow_operation", match="PATCH *tables*", times=1, seconds=1.5)
    rival = threading.Thread(
        target=lambda: cloud.management.patch(
            resource_type("table"), id_, {"properties": {"totalRetentionInDays": 180}}
        )
    )
    messages = []
    started = threading.Event()

    class Late(HTTPAdapter):
        def send(self, request, **options):
            if request.method == "PATCH" and not started.is_set():
                response = super().send(request, **options)
                started.set()
                return response
            return super().send(request, **options)

    cloud.session.mount("https://", Late())
    rival.start()
    assert started.wait(10)
    outcomes = apply(new_plan, cloud, ApplyOptions(progress=messages.append))
    rival.join()
    azure_monitor.clear_faults()
    assert {outcome.state for outcome in outcomes} == {"applied"}
    assert any(event.kind == "wait" and event.subject == "table Orders_CL" for event in messages)
    assert plan(cloud, wider).empty
