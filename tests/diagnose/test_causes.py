"""Each cause made real in the emulator, by a fault or by a change of hand, and named; a clean run is never blamed."""

from __future__ import annotations

import dataclasses
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from provisioner import diagnose, probes, verify
from provisioner.diagnose.codes import CODES
from provisioner.resources import resource_type
from tests.support.verifying import Environment

CONTRIBUTOR = "b24988ac-6180-42a0-ab88-20f7382dd24c"
CAUSES = {}


def cause(code, **options):
    """Registers a harm with the code of the diagnosis that must name it."""

    def register(harm):
        CAUSES[harm.__name__] = (harm, code, options)
        return harm

    return register


def flow(body):
    return body["properties"]["dataFlows"][0]


def without(text, columns):
    """Removes one column."""
    columns["columns"] = [column for column in columns["columns"] if column["name"] != text]


@cause("column-not-in-transform")
def the_live_transform_lost_a_column(env):
    env.change("dcr", "dcr-shop", lambda body: flow(body).update(
        transformKql="source | project TimeGenerated = placed, OrderId = id, Express = express, Raw = raw"
    ))  # fmt: skip


@cause("column-not-in-stream")
def the_live_stream_lost_a_column(env):
    def change(body):
        without("amount", body["properties"]["streamDeclarations"]["Custom-Orders"])
        flow(body)["transformKql"] = (
            "source | extend amount = real(null) | project TimeGenerated = placed, OrderId = id, Amount = amount, "
            "Express = express, Raw = raw"
        )

    env.change("dcr", "dcr-shop", change)


@cause("column-not-in-table")
def the_live_table_lost_a_column(env):
    env.change("table", "Orders_CL", lambda body: without("Amount", body["properties"]["schema"]))


@cause("transform-other")
def the_live_transform_makes_other_values(env):
    def change(body):
        flow(body)["transformKql"] = flow(body)["transformKql"].replace("Amount = amount", "Amount = amount * 2")

    env.change("dcr", "dcr-shop", change)


@cause("filtered")
def the_live_transform_drops_the_row(env):
    def change(body):
        flow(body)["transformKql"] = flow(body)["transformKql"].replace("amount > 0", "amount > 100")

    env.change("dcr", "dcr-shop", change)


@cause("time-null")
def the_live_transform_gives_no_time(env):
    def change(body):
        flow(body)["transformKql"] = flow(body)["transformKql"].replace("= placed", "= datetime(null)")

    env.change("dcr", "dcr-shop", change)


@cause("transform-other")
def the_live_transform_gives_a_time_that_is_replaced(env):
    def change(body):
        flow(body)["transformKql"] = flow(body)["transformKql"].replace("= placed", "= datetime(2020-01-01)")

    env.change("dcr", "dcr-shop", change)


@cause("time-clamped")
def the_clocks_are_a_week_apart(env):
    env.monitor.fault("clock", now=(datetime.now(UTC) + timedelta(days=7)).isoformat())


@cause("flow-missing")
def the_stream_leads_to_another_table(env):
    def change(body):
        flow(body)["outputStream"] = "Custom-Other_CL"

    env.copy_table("Other_CL")
    env.change("dcr", "dcr-shop", change)


@cause("workspace-other")
def the_flow_leads_to_another_workspace(env):
    def change(body):
        body["properties"]["destinations"]["logAnalytics"][0]["workspaceResourceId"] = env.id(
            "workspace", "law-shop"
        ).replace("law-shop", "law-other")

    env.copy_workspace("law-other")
    env.change("dcr", "dcr-shop", change)


@cause("table-missing")
def the_table_was_deleted(env):
    env.delete("table", "Orders_CL")


@cause("stream-missing")
def the_live_rule_does_not_know_the_stream(env):
    def change(body):
        streams = body["properties"]["streamDeclarations"]
        streams["Custom-Renamed"] = streams.pop("Custom-Orders")
        flow(body)["streams"] = ["Custom-Renamed"]

    env.change("dcr", "dcr-shop", change)


@cause("rule-recreated", stale=True)
def the_rule_was_made_again(env):
    body = env.get("dcr", "dcr-shop")
    env.delete("dcr", "dcr-shop")
    env.put("dcr", "dcr-shop", body)


@cause("rule-missing", stale=True)
def the_rule_was_deleted(env):
    env.delete("dcr", "dcr-shop")


@cause("endpoint-missing", stale=True)
def the_endpoint_was_deleted(env):
    env.delete("endpoint", "dce-shop")


@cause("endpoint-binding", stale=True)
def the_rule_was_bound_to_another_endpoint(env):
    env.copy_endpoint("dce-other")
    env.change("dcr", "dcr-shop", lambda body: body["properties"].update(
        dataCollectionEndpointId=env.id("endpoint", "dce-shop").replace("dce-shop", "dce-other")
    ))  # fmt: skip


@cause("endpoint-closed")
def the_endpoint_takes_nothing_from_outside(env):
    env.change(
        "endpoint", "dce-shop", lambda body: body["properties"]["networkAcls"].update(publicNetworkAccess="Disabled")
    )


@cause("endpoint-unreachable", wrong_host=True)
def the_endpoint_cannot_be_reached(env):
    """Nothing listens on the port that is called."""


@cause("ingestion-closed")
def the_workspace_takes_nothing_from_outside(env):
    env.change(
        "workspace", "law-shop", lambda body: body["properties"].update(publicNetworkAccessForIngestion="Disabled")
    )


@cause("query-closed")
def the_workspace_answers_no_query_from_outside(env):
    env.change("workspace", "law-shop", lambda body: body["properties"].update(publicNetworkAccessForQuery="Disabled"))


@cause("daily-cap")
def the_cap_of_the_day_is_reached(env):
    env.monitor.fault("over_quota")


@cause("token-refused")
def the_token_is_refused(env):
    env.monitor.fault("error", match="POST /d*", status=401, code="InvalidToken")


@cause("throttled")
def the_quota_of_the_minute_is_used_up(env):
    env.monitor.fault("throttle", match="POST /d*", retry_after=300)


@cause("refused")
def the_body_is_refused_for_a_reason_of_its_own(env):
    env.monitor.fault("error", match="POST /d*", status=400, code="SomethingNew")


@cause("grant-missing", grant_self=False)
def there_are_no_grants(env):
    """The manifest has no grants and the run makes none."""


@cause("grant-wrong-scope", grant_self=False)
def the_grant_stands_on_the_endpoint(env):
    env.grant(env.id("endpoint", "dce-shop"))


@cause("grant-wrong-scope", grant_self=False)
def the_grant_stands_on_the_workspace(env):
    env.grant(env.id("workspace", "law-shop"))


@cause("grant-wrong-role", grant_self=False)
def the_grant_gives_another_role(env):
    env.grant(env.id("dcr", "dcr-shop"), role=CONTRIBUTOR)


@cause("grant-wrong-principal", grant_self=False)
def the_grant_names_the_application(env):
    env.grant(env.id("dcr", "dcr-shop"), principal=env.azure.identity.app_id)


@cause("grant-missing", grant_self=False)
def the_grant_is_for_another_principal(env):
    env.grant(env.id("dcr", "dcr-shop"), principal="99999999-0000-4000-8000-000000000000")


@cause("grant-spreading", grant_self=False)
def the_grant_is_young(env):
    env.monitor.fault("rbac_delay", seconds=600)
    env.grant(env.id("dcr", "dcr-shop"))


@cause("grant-denied", grant_self=True)
def the_right_is_denied_from_above(env):
    env.monitor.fault("deny", scope=env.id("group", "rg-shop"))


@cause("grant-ineffective", grant_self=False)
def the_grant_is_old_and_does_not_count(env):
    env.monitor.fault("clock", now=(datetime.now(UTC) - timedelta(minutes=50)).isoformat())
    env.grant(env.id("dcr", "dcr-shop"))
    env.monitor.clear_faults()
    env.monitor.fault("rbac_delay", seconds=7200)


@cause("grant-unreadable", grant_self=False)
def grants_may_not_be_read(env):
    env.monitor.fault("error", match="GET *roleAssignments*", status=403, code="AuthorizationFailed")


@cause("service-trouble")
def the_service_fails(env):
    env.monitor.fault("error", match="POST /d*", status=500, code="InternalServerError", retry_after=300)


@cause("query-forbidden")
def the_workspace_may_not_be_queried(env):
    env.monitor.fault("error", match="POST */query", status=403, code="InsufficientAccessError")


@cause("query-refused")
def the_query_is_refused(env):
    env.monitor.fault("error", match="POST */query", status=400, code="BadArgumentError")


@cause("type-other")
def a_live_stream_column_has_another_type(env):
    def change(body):
        for column in body["properties"]["streamDeclarations"]["Custom-Orders"]["columns"]:
            column["type"] = "long" if column["name"] == "express" else column["type"]
        flow(body)["transformKql"] = flow(body)["transformKql"].replace("= express", "= tobool(express)")

    env.change("dcr", "dcr-shop", change)


@cause("values-differ")
def something_on_the_way_changes_values(env):
    class Tampering:
        def __init__(self, honest):
            self.honest = honest

        def send(self, endpoint, immutable_id, stream, records):
            self.honest.send(endpoint, immutable_id, stream, [{**record, "amount": 17.0} for record in records])

    env.azure.ingestion = Tampering(env.azure.ingestion)


@cause("rule-spreading")
def the_endpoint_uses_the_old_copy_of_the_rule(env):
    def lose(body):
        flow(body)["transformKql"] = flow(body)["transformKql"].replace("Amount = amount, ", "")

    whole = env.get("dcr", "dcr-shop")
    env.change("dcr", "dcr-shop", lose)
    env.monitor.fault("stale_rules", seconds=600)
    env.put("dcr", "dcr-shop", whole)


@cause("not-arrived")
def rows_are_late(env):
    env.monitor.fault("late_rows", seconds=600)


@cause("rows-dropped")
def rows_are_lost_and_only_counted(env):
    env.monitor.fault("lost_rows")


@cause("table-plan", stale=True)
def the_table_went_basic_under_the_query(env):
    env.change("table", "Orders_CL", lambda body: body["properties"].update(plan="Basic"))


@pytest.fixture
def env(tmp_path, azure_monitor):
    with Environment.applied(tmp_path, azure_monitor) as environment:
        yield environment


@pytest.mark.parametrize("name", CAUSES)
def test_each_cause_is_named(env, name):
    harm, code, options = CAUSES[name]
    options = dict(options)
    assert env.cause(grant_self=options.get("grant_self")) in {None, "grant-missing"}, "nothing was wrong yet"
    if options.pop("wrong_host", False):
        options["outputs"] = with_unreachable_endpoints(env)
    if options.pop("stale", False):
        options |= {"live": env.live(), "outputs": env.outputs()}
    harm(env)
    result = env.verify(**options)
    (diagnosis,) = {arrival.diagnosis for arrival in result.streams}
    assert diagnosis is not None
    assert diagnosis.code == code, (diagnosis, env.monitor.drops())
    assert all(diagnosis.evidence), diagnosis
    assert diagnosis.next
    assert not result.ok


def test_what_the_rule_logs_of_lost_rows_is_quoted(env):
    workspace = env.get("workspace", "law-shop")["id"]
    setting = f"{env.id('dcr', 'dcr-shop')}/providers/Microsoft.Insights/diagnosticSettings/errors"
    body = {"properties": {"workspaceId": workspace, "logs": [{"category": "LogErrors", "enabled": True}]}}
    env.azure.management.put(resource_type("diagnostic_setting"), setting, body)
    env.monitor.fault("lost_rows")
    (diagnosis,) = {arrival.diagnosis for arrival in env.verify().streams}
    assert diagnosis.code == "rows-dropped"
    assert any(line.startswith("the rule's log says: Ingestion at ") for line in diagnosis.evidence), diagnosis.evidence


def with_unreachable_endpoints(env):
    """Outputs whose endpoint is a port where nothing listens."""
    outputs = env.outputs()
    dcrs = {name: dataclasses.replace(dcr, endpoint="https://127.0.0.1:9") for name, dcr in outputs.dcrs.items()}
    return dataclasses.replace(outputs, dcrs=dcrs)


def test_a_clean_run_is_never_blamed(env):
    assert env.cause() is None
    assert env.cause(edge_cases=True) is None


@pytest.mark.parametrize(
    "fault",
    [
        {"fault": "duplicate_rows"},
        {"fault": "throttle", "match": "POST /d*", "times": 2},
        {"fault": "error", "match": "POST */query", "times": 2},
        {"fault": "reset", "match": "POST /d*", "times": 1, "when": "after"},
        {"fault": "latency", "milliseconds": 20},
        {"fault": "late_rows", "seconds": 0.1},
        {"fault": "rbac_delay", "seconds": 0.1},
    ],
    ids=lambda fault: fault["fault"],
)
def test_a_transient_fault_is_waited_out(env, fault):
    options = dict(fault)
    env.monitor.fault(options.pop("fault"), **options)
    assert env.cause(timing=env.patient) is None


def test_every_diagnosis_has_a_page_and_every_page_a_diagnosis():
    codes = set()
    for room in (probes, diagnose, verify):
        for file in Path(room.__file__).parent.rglob("*.py"):
            if file.name != "codes.py":
                codes |= set(re.findall(r'(?:Diagnosis|_departure)\(\s*"([a-z-]+)"', file.read_text()))
    assert codes == set(CODES)


def test_every_diagnosis_is_made_real():
    in_verification = {"no-record", "transform-errors", "column-never-written"}  # tests/verify/test_verification.py
    assert {code for _, code, _ in CAUSES.values()} | in_verification == set(CODES)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (rows_are_lost_and_only_counted, the_live_stream_lost_a_column),
        (rows_are_late, the_live_transform_lost_a_column),
        (rows_are_late, the_live_transform_drops_the_row),
        (the_grant_stands_on_the_workspace, the_grant_gives_another_role),
        (the_cap_of_the_day_is_reached, the_live_table_lost_a_column),
        (the_clocks_are_a_week_apart, the_live_transform_makes_other_values),
    ],
    ids=lambda harm: harm.__name__,
)
def test_of_two_causes_at_once_one_is_named(env, first, second):
    codes = {CAUSES[harm.__name__][1] for harm in (first, second)}
    grant_self = CAUSES[first.__name__][2].get("grant_self")
    first(env)
    second(env) if second is not the_grant_gives_another_role else grant_another_role_too(env)
    assert env.cause(grant_self=grant_self) in codes


def grant_another_role_too(env):
    env.grant(env.id("dcr", "dcr-shop"), role=CONTRIBUTOR, name="00000000-0000-4000-8000-000000000002")
