"""Apply against the emulator, through the real clients: waves, merges, refusals, continuation."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from urllib.parse import urlsplit

import pytest
from requests.adapters import HTTPAdapter

from provisioner import apply as applied
from provisioner import azure, errors, live
from provisioner import plan as planned
from provisioner.apply import report as outcome_report
from provisioner.apply.execution import apply
from provisioner.apply.journal import entries
from provisioner.apply.state_lock import held
from provisioner.emulator import lifecycle
from provisioner.emulator.testing import AzureMonitor
from provisioner.model import Columns, Dcr, Endpoint, Flow, Grant, Manifest, Stream, Table, Target, Workspace
from provisioner.plan import plan_file, report
from provisioner.resources import resource_type
from provisioner.resources.expand import expand
from tests.support.paths import EXAMPLES

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
    with azure.connect_local(target, azure_monitor.ready) as made:
        yield made


def plan(cloud, wanted, **options):
    desired = expand(wanted, cloud.identity.object_id)
    found = live.read(cloud, desired, owner=wanted.owner)
    return planned.plan(desired, found, principal=cloud.identity.object_id, **options)


def up(cloud, wanted, **options):
    """Plan and apply; the outcomes must all be good."""
    made = plan(cloud, wanted, **{key: value for key, value in options.items() if key in {"prune", "allow", "only"}})
    outcomes = apply(made, cloud, allow=options.get("allow", ()))
    assert [outcome.error for outcome in outcomes] == [None] * len(outcomes)
    return made, outcomes


def body(cloud, wanted, short, name):
    """What Azure holds of a declared resource."""
    resource = expand(wanted, cloud.identity.object_id)[short, name]
    return cloud.management.get(resource.id, resource.type.api_version)


def test_the_first_run_makes_everything_and_the_second_nothing(cloud):
    wanted = manifest(cloud.target)
    made, outcomes = up(cloud, wanted)
    assert made.summary == {"create": 6, "update": 0, "replace": 0, "delete": 0}
    assert {each.state for each in outcomes} == {"applied"}
    before = cloud.requests.snapshot()
    again, nothing = up(cloud, wanted)
    after = cloud.requests.snapshot()
    assert again.empty
    assert nothing == ()
    assert after["writes"] == before["writes"]
    assert after["reads"] - before["reads"] == 5
    assert again.changes == ()


def test_the_outcomes_hold_what_azure_adds(cloud):
    wanted = manifest(cloud.target)
    made, outcomes = up(cloud, wanted)
    graph = applied.after(made, outcomes)
    assert graph["dcr", "dcr-shop"].body["properties"]["immutableId"].startswith("dcr-")
    assert graph["endpoint", "dce-shop"].body["properties"]["logsIngestion"]["endpoint"].startswith("https://")
    assert graph["dcr", "dcr-shop"].body == body(cloud, wanted, "dcr", "dcr-shop")


def test_a_new_column_goes_to_the_table_before_the_rule(cloud):
    up(cloud, manifest(cloud.target))
    wanted = manifest(cloud.target, columns={**ORDERS, "Note": "string"})
    seen = []
    made = plan(cloud, wanted)
    assert [(each.action, each.key, each.risk) for each in made.changes] == [
        ("update", ("table", "Orders_CL"), "additive"),
        ("update", ("dcr", "dcr-shop"), "additive"),
    ]
    assert "senders may send Note" in report.text(made)
    apply(made, cloud, progress=lambda event: seen.append((event.kind, event.subject)))
    assert seen == [
        ("start", "table Orders_CL"),
        ("done", "table Orders_CL"),
        ("start", "dcr dcr-shop"),
        ("done", "dcr dcr-shop"),
    ]
    assert plan(cloud, wanted).empty


def test_what_others_added_survives_every_write(cloud):
    """Columns of a table, tags of a policy, an identity and data sources of a rule."""
    wanted = manifest(cloud.target)
    up(cloud, wanted)
    table = body(cloud, wanted, "table", "Orders_CL")["properties"]
    columns = [{"name": each["name"], "type": each["type"]} for each in table["schema"]["columns"]]
    ids = {each.key: each for each in expand(wanted, cloud.identity.object_id)}
    foreign = {"properties": {"retentionInDays": 90, "schema": {"name": "Orders_CL", "columns": [*columns, {"name": "Foreign", "type": "int"}]}}}  # fmt: skip  # noqa: E501
    cloud.management.put(resource_type("table"), ids["table", "Orders_CL"].id, foreign)
    rule = body(cloud, wanted, "dcr", "dcr-shop")
    rule["tags"]["policy"] = "added"
    rule["identity"] = {"type": "SystemAssigned"}
    rule["properties"]["dataSources"] = {
        "syslog": [{"name": "s", "streams": ["Microsoft-Syslog"], "facilityNames": ["*"], "logLevels": ["*"]}]
    }
    destination = rule["properties"]["destinations"]["logAnalytics"][0]["name"]
    rule["properties"]["dataFlows"].append({"streams": ["Microsoft-Syslog"], "destinations": [destination]})
    cloud.management.put(resource_type("dcr"), ids["dcr", "dcr-shop"].id, _plain(rule))
    assert plan(cloud, wanted).empty
    before = body(cloud, wanted, "dcr", "dcr-shop")
    wider = manifest(cloud.target, columns={**ORDERS, "Note": "string"})
    up(cloud, wider)
    after = body(cloud, wanted, "dcr", "dcr-shop")
    assert after["tags"]["policy"] == "added"
    assert after["identity"]["type"] == "SystemAssigned"
    assert after["properties"]["dataSources"] == before["properties"]["dataSources"]
    assert after["properties"]["immutableId"] == before["properties"]["immutableId"]
    assert {"streams": ["Microsoft-Syslog"], "destinations": [destination]} in after["properties"]["dataFlows"]
    names = [each["name"] for each in body(cloud, wanted, "table", "Orders_CL")["properties"]["schema"]["columns"]]
    assert set(names) == {*ORDERS, "Foreign", "Note"}
    assert plan(cloud, wider).empty


def _plain(rule):
    read_only = ("id", "name", "type", "etag", "systemData")
    properties = {key: value for key, value in rule["properties"].items() if key not in {"immutableId", "provisioningState", "endpoints"}}  # fmt: skip  # noqa: E501
    return {**{key: value for key, value in rule.items() if key not in read_only}, "properties": properties}


def test_a_column_is_dropped_only_by_its_name(cloud):
    wanted = manifest(cloud.target)
    up(cloud, wanted)
    less = {name: type_ for name, type_ in ORDERS.items() if name != "Amount"}
    narrow = manifest(cloud.target, columns=less)
    up(cloud, narrow, allow=["breaking:dcr-shop"])
    assert plan(cloud, narrow).empty
    yes = "destructive:Orders_CL.Amount"
    made = plan(cloud, narrow, allow=[yes])
    assert [(each.action, each.key, each.risk) for each in made.changes] == [
        ("update", ("table", "Orders_CL"), "destructive")
    ]
    with pytest.raises(errors.UnsafePlan, match=r"destructive:Orders_CL\.Amount"):
        apply(made, cloud)
    up(cloud, narrow, allow=[yes])
    assert plan(cloud, narrow, allow=[yes]).empty
    names = [each["name"] for each in body(cloud, wanted, "table", "Orders_CL")["properties"]["schema"]["columns"]]
    assert "Amount" not in names


def test_a_narrowed_stream_is_breaking_and_names_its_yes(cloud):
    up(cloud, manifest(cloud.target))
    columns = Columns({"TimeGenerated": "datetime", "OrderId": "string"})
    stream = Stream("Custom-Orders", "Custom-Orders", columns, (Flow("Orders_CL"),))
    made = plan(cloud, manifest(cloud.target, streams={"Custom-Orders": stream}))
    assert [each.risk for each in made.changes] == ["breaking"]
    with pytest.raises(errors.UnsafePlan, match="--allow breaking:dcr-shop"):
        made.raise_if_unsafe()
    made.raise_if_unsafe(["breaking:dcr-shop"])


def test_a_changed_column_type_is_refused_whatever_is_allowed(cloud):
    up(cloud, manifest(cloud.target))
    made = plan(cloud, manifest(cloud.target, columns={**ORDERS, "Amount": "long"}))
    with pytest.raises(errors.UnsafePlan, match="declare a new column beside it"):
        made.raise_if_unsafe(["destructive:Orders_CL", "destructive:Orders_CL.Amount", "breaking:dcr-shop"])


def test_prune_removes_what_is_ours_and_leaves_strangers(cloud):
    wanted = manifest(cloud.target)
    two = manifest(
        cloud.target,
        dcrs={"dcr-shop": wanted.dcrs["dcr-shop"], "dcr-old": Dcr("dcr-old", ("Custom-Orders",), "shared")},
        grants={"me": Grant("me", "self", ("dcr-shop", "dcr-old"))},
    )
    up(cloud, two)
    group = f"/subscriptions/{cloud.target.subscription}/resourceGroups/rg-shop"
    stranger = f"{group}/providers/Microsoft.Insights/dataCollectionEndpoints/dce-stranger"
    cloud.management.put(resource_type("endpoint"), stranger, {"location": "westeurope", "properties": {}})
    kept = plan(cloud, wanted)
    assert kept.empty
    assert {(each.type, each.name, each.owned) for each in kept.undeclared if each.type != "grant"} == {
        ("dcr", "dcr-old", True),
        ("endpoint", "dce-stranger", False),
    }
    assert [each.owned for each in kept.undeclared if each.type == "grant"] == [True]
    pruned = plan(cloud, wanted, prune=True)
    assert [(each.action, each.type) for each in pruned.changes] == [("delete", "grant"), ("delete", "dcr")]
    allow = {reason.allow for each in pruned.changes for reason in each.reasons}
    assert allow == {"breaking:dcr-old"}, "the grant on it goes with it"
    assert ["goes with" in str(each.reasons[0]) for each in pruned.changes] == [True, False]
    up(cloud, wanted, prune=True, allow=allow)
    assert [each.name for each in plan(cloud, wanted).undeclared] == ["dce-stranger"]


def test_a_table_is_pruned_only_by_its_name(cloud):
    wanted = manifest(cloud.target)
    more = manifest(
        cloud.target, tables={**wanted.tables, "Old_CL": Table("Old_CL", Columns({"TimeGenerated": "datetime"}))}
    )
    up(cloud, more)
    assert plan(cloud, wanted, prune=True).empty
    yes = ["destructive:Old_CL"]
    assert plan(cloud, wanted, allow=yes).empty
    up(cloud, wanted, prune=True, allow=yes)
    assert body(cloud, more, "table", "Old_CL") is None


def test_more_removals_than_the_threshold_need_a_yes_of_their_own(cloud):
    names = [f"dcr-{number}" for number in range(12)]
    many = manifest(cloud.target, dcrs={name: Dcr(name, ("Custom-Orders",), "shared") for name in names}, grants={})
    up(cloud, many)
    few = manifest(cloud.target, dcrs={"dcr-0": many.dcrs["dcr-0"]}, grants={})
    made = plan(cloud, few, prune=True)
    allow = [f"breaking:{name}" for name in names]
    with pytest.raises(errors.UnsafePlan, match="more than 30 %"):
        made.raise_if_unsafe(allow)
    made.raise_if_unsafe([*allow, "breaking:many"])


def test_an_existing_workspace_is_read_and_never_written(cloud):
    up(cloud, manifest(cloud.target))
    id_ = expand(manifest(cloud.target))["workspace", "law-shop"].id
    elsewhere = Target("public", cloud.target.subscription, "rg-shop", "northeurope")
    wanted = manifest(elsewhere, workspace=Workspace("law-shop", "northeurope", None, id_), name="other")
    found = live.read(cloud, expand(wanted, "p"))
    settled = live.located(wanted, found)
    assert settled.workspace.location == "westeurope"
    desired = expand(settled, cloud.identity.object_id)
    made = planned.plan(desired, found)
    assert ("workspace", "law-shop") not in {each.key for each in made.changes}


def test_something_that_must_exist_and_does_not_is_named(cloud):
    up(cloud, manifest(cloud.target))
    elsewhere = Target("public", cloud.target.subscription, "rg-shop", "westeurope")
    id_ = expand(manifest(cloud.target))["workspace", "law-shop"].id.replace("law-shop", "law-none")
    wanted = manifest(elsewhere, workspace=Workspace("law-none", "westeurope", None, id_))
    with pytest.raises(errors.NotFound, match="law-none does not exist"):
        plan(cloud, wanted)


def test_another_owner_is_told_and_needs_a_yes(cloud):
    up(cloud, manifest(cloud.target))
    made = plan(cloud, manifest(cloud.target, environment="prod"))
    with pytest.raises(errors.UnsafePlan, match="belongs to 'shop'"):
        made.raise_if_unsafe()


def test_only_narrows_to_some_resources_and_what_they_lack(cloud):
    wanted = manifest(cloud.target)
    made = plan(cloud, wanted, only=["table/Orders_CL"])
    assert [each.type for each in made.changes] == ["group", "workspace", "table"]
    up(cloud, wanted, only=["table/Orders_CL"])
    assert [each.type for each in plan(cloud, wanted).changes] == ["endpoint", "dcr", "grant"]
    with pytest.raises(errors.NotFound, match="table/None_CL"):
        plan(cloud, wanted, only=["table/None_CL"])


def test_single_reads_and_lists_see_the_same(cloud):
    wanted = manifest(cloud.target)
    up(cloud, wanted)
    desired = expand(wanted, cloud.identity.object_id)
    lists, gets = live.read(cloud, desired, by="list"), live.read(cloud, desired, by="get")
    for key in [each.key for each in desired if each.type.short != "group"]:
        assert lists.graph[key].body == gets.graph[key].body
    assert {each.key for each in lists.graph} == {each.key for each in gets.graph}


def test_a_failure_stops_what_has_not_begun_and_the_next_run_continues(cloud, azure_monitor):
    wanted = manifest(cloud.target)
    azure_monitor.fault("error", match="PUT *dataCollectionRules*", status=400, code="InvalidPayload")
    outcomes = apply(plan(cloud, wanted), cloud)
    assert [(each.type, each.state) for each in outcomes][-2:] == [("dcr", "failed"), ("grant", "skipped")]
    assert "dcr-shop" in outcomes[-2].error.message
    azure_monitor.heal()
    _, rest = up(cloud, wanted)
    assert [each.type for each in rest] == ["dcr", "grant"]
    assert plan(cloud, wanted).empty


def test_a_table_that_is_not_ready_yet_is_waited_for(cloud, azure_monitor):
    azure_monitor.fault("table_not_ready", seconds=1.0)
    said = []
    outcomes = apply(plan(cloud, manifest(cloud.target)), cloud, progress=said.append)
    azure_monitor.heal()
    assert {each.state for each in outcomes} == {"applied"}
    assert any(event.kind == "wait" and "InvalidOutputTable" in event.message for event in said)


def test_a_plan_that_no_longer_holds_is_refused_before_its_wave(cloud):
    wanted = manifest(cloud.target)
    up(cloud, wanted)
    wider = manifest(cloud.target, columns={**ORDERS, "Note": "string"})
    made = plan(cloud, wider)
    up(cloud, wider)
    outcomes = apply(made, cloud)
    assert {each.state for each in outcomes} == {"skipped"}
    assert isinstance(outcomes[0].error, errors.StalePlan)


def test_a_saved_plan_is_read_back_as_it_was(cloud, tmp_path):
    wanted = manifest(cloud.target)
    made = plan(cloud, wanted)
    principal = cloud.identity.object_id
    text = plan_file.dump(made, wanted, principal=principal)
    assert principal not in text
    file = tmp_path / "plan.json"
    file.write_text(text)
    back = plan_file.load(file, principal)
    again = planned.plan(back.desired, live.read(cloud, back.desired, owner=back.owner), principal=principal)
    assert again.fingerprint == made.fingerprint == back.fingerprint
    plan_file.require(back.fingerprint, again)
    assert {each.id for each in back.desired} == {each.id for each in made.desired}
    up(cloud, wanted)
    later = planned.plan(back.desired, live.read(cloud, back.desired, owner=back.owner), principal=principal)
    assert later.empty
    with pytest.raises(errors.StalePlan):
        plan_file.require(back.fingerprint, later)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"version": 1, "desired": []}'])
def test_a_file_that_is_no_saved_plan_is_told(tmp_path, text):
    file = tmp_path / "plan.json"
    file.write_text(text)
    with pytest.raises(errors.BadRequestFile):
        plan_file.load(file)


def test_the_fingerprint_does_not_know_who_runs(cloud):
    wanted = manifest(cloud.target)
    first = planned.plan(expand(wanted, "p1"), live.Live(planned_empty()), principal="p1")
    second = planned.plan(expand(wanted, "p2"), live.Live(planned_empty()), principal="p2")
    other = planned.plan(expand(manifest(cloud.target, tags={}), "p2"), live.Live(planned_empty()), principal="p2")
    assert first.fingerprint == second.fingerprint != other.fingerprint


def planned_empty():
    from provisioner.resources import Graph

    return Graph([])


def test_every_change_leaves_its_lines_in_the_journal(cloud, tmp_path):
    made = plan(cloud, manifest(cloud.target))
    apply(made, cloud, state=tmp_path)
    lines = list(entries(tmp_path))
    assert [each["event"] for each in lines].count("begin") == [each["event"] for each in lines].count("end") == 6
    last = lines[-1]
    assert last["state"] == "applied"
    assert last["after"]["properties"]["principalId"] == cloud.identity.object_id
    assert cloud.identity.object_id in last["who"]
    assert last["fingerprint"] == made.fingerprint
    assert all(each["request_id"] for each in lines if each["event"] == "end")
    assert not (tmp_path / "apply.holder").exists()


def test_two_applies_of_one_directory_are_told_apart(tmp_path):
    with (
        held(tmp_path, "apply prod"),
        pytest.raises(errors.StateLocked, match="apply prod, process"),
        held(tmp_path, "x"),
    ):
        pass


def test_an_interrupt_finishes_what_is_under_way_and_is_passed_on(cloud, azure_monitor, tmp_path):
    """The next run finds what was done and goes on from there."""
    wanted = manifest(cloud.target)
    recorded = []

    def interrupt(event):
        if event.kind == "start" and event.subject.startswith("table"):
            os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        apply(plan(cloud, wanted), cloud, progress=interrupt, state=tmp_path, recorded=recorded.append)
    states = {each.type: each.state for each in recorded[0]}
    assert states["table"] == "applied"
    assert states["dcr"] == states["grant"] == "skipped"
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    up(cloud, wanted)
    assert plan(cloud, wanted).empty


def test_apply_works_outside_of_the_main_thread(cloud):
    """No signal can be handled there, and nothing needs to be."""
    found = []
    thread = threading.Thread(target=lambda: found.extend(apply(plan(cloud, manifest(cloud.target)), cloud)))
    thread.start()
    thread.join()
    assert {each.state for each in found} == {"applied"}


def test_the_reports_say_the_same(cloud):
    made = plan(cloud, manifest(cloud.target))
    data = json.loads(report.json(made))
    assert data["version"] == 1
    assert data["summary"]["create"] == 6
    assert {"action", "type", "name", "id", "risk", "reasons", "deltas", "file", "line"} <= set(data["changes"][0])
    text, page = report.text(made), report.markdown(made)
    for change in made.changes:
        assert change.name in text
        assert change.name in page
    assert made.fingerprint in text
    assert made.fingerprint in page


def test_a_refused_transform_is_blamed_with_its_place_in_the_manifest(cloud):
    """Azure counts flows of a body; people count lines of a file."""
    from provisioner.apply.flow_errors import Blame, locator
    from provisioner.diagnostics import Place, Span

    query = "source\n| where nosuch == 1"
    flow = Flow("Orders_CL", query, written=True)
    stream = Stream("Custom-Orders", "Custom-Orders", Columns(ORDERS), (flow,))
    wanted = manifest(cloud.target, streams={"Custom-Orders": stream})
    asked = []

    def place(path, span=None):
        asked.append((path, span))
        return Place("provisioner.yaml", 7, 3, 7, 9)

    outcomes = apply(plan(cloud, wanted), cloud, locate=locator(wanted, place))
    (failed,) = [each for each in outcomes if each.state == "failed"]
    (blame,) = failed.blames
    assert (blame.stream, blame.output) == ("Custom-Orders", "Custom-Orders_CL")
    start = query.index("nosuch")
    assert asked == [(("streams", "Custom-Orders", "transform"), Span(start, start + 6))]
    assert "provisioner.yaml:7:3" in outcome_report.text(outcomes)
    assert failed.json()["blames"][0]["line"] == 7
    assert Blame("c", "SemanticError:0x6 at 2:9 : Undefined symbol", "", "", query).span == Span(start, start + 1)


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
    """Somebody else's write in between is refused by Azure, and told."""
    up(cloud, manifest(cloud.target))
    seen = []

    class Listening(HTTPAdapter):
        def send(self, request, **options):
            if request.method == "PUT" and "dataCollectionRules" in request.url:
                seen.append(request.headers.get("If-Match"))
            return super().send(request, **options)

    cloud.session.mount("https://", Listening())
    wanted = manifest(cloud.target, tags={"team": "y"})
    etag = body(cloud, wanted, "dcr", "dcr-shop")["etag"]
    azure_monitor.fault("error", match="PUT *dataCollectionRules*", status=412, code="PreconditionFailed")
    outcomes = apply(plan(cloud, wanted), cloud)
    azure_monitor.heal()
    assert seen == [etag]
    (failed,) = [each for each in outcomes if each.state == "failed"]
    assert "somebody else" in failed.error.hint


def test_a_second_interrupt_ends_at_once(azure_monitor, tmp_path):
    """A table that takes minutes holds up the first; the second does not wait for it."""
    folder = shutil.copytree(
        EXAMPLES / "quickstart",
        tmp_path / "shop",
        dirs_exist_ok=True,
        ignore=shutil.ignore_patterns(".provisioner"),
    )
    ready = lifecycle.ensure(folder / ".provisioner")
    AzureMonitor(ready).fault("slow_operation", match="PUT *tables*", seconds=100.0)
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
    """Between our reading and our writing somebody else writes the same table."""
    up(cloud, manifest(cloud.target))
    id_ = expand(manifest(cloud.target))["table", "Orders_CL"].id
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
    names = {each["name"] for each in body(cloud, wider, "table", "Orders_CL")["properties"]["schema"]["columns"]}
    assert once
    assert names == {*ORDERS, "Ours", "Theirs"}


def test_a_table_that_somebody_else_is_changing_is_waited_for(cloud, azure_monitor):
    """Azure locks a table for the seconds of an operation, and answers 409 with a general code."""
    up(cloud, manifest(cloud.target))
    wider = manifest(cloud.target, columns={**ORDERS, "Note": "string"})
    made = plan(cloud, wider)
    id_ = expand(wider)["table", "Orders_CL"].id
    azure_monitor.fault("slow_operation", match="PATCH *tables*", times=1, seconds=1.5)
    rival = threading.Thread(
        target=lambda: cloud.management.patch(
            resource_type("table"), id_, {"properties": {"totalRetentionInDays": 180}}
        )
    )
    said = []
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
    outcomes = apply(made, cloud, progress=said.append)
    rival.join()
    azure_monitor.heal()
    assert {each.state for each in outcomes} == {"applied"}
    assert any(event.kind == "wait" and event.subject == "table Orders_CL" for event in said)
    assert plan(cloud, wider).empty
