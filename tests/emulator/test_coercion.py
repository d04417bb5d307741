"""Every kind of JSON value into every column type under every plan: what `schemas/coercion.yaml` says, as stored."""

from __future__ import annotations

import itertools
import json
from datetime import UTC, datetime

import pytest

from provisioner.kql.values.json_coercion import JSON_KINDS, coercion
from provisioner.model import TYPES
from tests.emulator.test_table_plans import rule_into, search
from tests.support.azure_rest import Rest

ABSENT = object()
VALUES = {
    "object": {"a": [1, "é"]},
    "array": [1, {"b": None}],
    "string": "words",
    "integer": 7,
    "fraction": 3.5,
    "boolean": True,
    "null": None,
    "absent": ABSENT,
}
STREAM_TYPES = [name for name, type_ in TYPES.items() if type_.stream]


@pytest.fixture
def rest(azure_monitor):
    client = Rest(azure_monitor)
    client.create_prerequisites()
    return client


def stored(type_, kind):
    """What a query shows of a value that the table of coercions says arrives; None where it is null."""
    value, arrives = VALUES[kind], coercion(kind, type_).arrives
    if arrives == "json_text":
        return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    if arrives == "text":
        return json.dumps(value)
    if arrives != "value":
        return "" if type_ == "string" else None
    # The query API sends a dynamic value as JSON text.
    is_text = type_ != "dynamic" or isinstance(value, str)
    return value if is_text else json.dumps(value, separators=(",", ":"), ensure_ascii=False)


@pytest.mark.parametrize("plan", ["analytics", "basic", "auxiliary"])
def test_every_kind_of_value_arrives_as_the_table_of_coercions_says(rest, azure_monitor, plan):
    columns = {"TimeGenerated": "datetime", "Name": "string", **{f"V_{type_}": type_ for type_ in STREAM_TYPES}}
    rest.table("P_CL", {name: TYPES[type_].table for name, type_ in columns.items()}, plan=plan.capitalize())
    rule = rule_into(rest, "P_CL", columns=columns)
    now = datetime.now(UTC).isoformat(timespec="microseconds")
    expected, lost = {}, set()
    for type_, kind in itertools.product(STREAM_TYPES, JSON_KINDS):
        value = {} if VALUES[kind] is ABSENT else {f"V_{type_}": VALUES[kind]}
        record = {"TimeGenerated": now, "Name": f"{type_}-{kind}", **value}
        outcome = coercion(kind, type_, plan)
        status = rest.ingest(rule, [record]).status
        assert status == (400 if outcome.arrives == "refused" else 204), record
        if outcome.arrives != "refused":
            expected[f"{type_}-{kind}"] = stored(type_, kind)
        # A text that is not of the type's form is lost as well.
        if outcome.arrives == "lost" or (kind, outcome.arrives) == ("string", "parsed"):
            lost.add(f"V_{type_}: {kind} into {'bool' if type_ == 'boolean' else type_}")
    for type_ in STREAM_TYPES:
        rows = search(rest, f'P_CL | where Name startswith "{type_}-" | project Name, V_{type_}')
        assert dict(rows) == {name: value for name, value in expected.items() if name.startswith(f"{type_}-")}
    assert {drop["detail"] for drop in azure_monitor.drops() if drop["reason"] == "ValueOfOtherType"} == lost


def test_the_vendors_tutorial_works(rest):
    """AdditionalContext is declared as string, senders post an object there, the transform parses it."""
    columns = {"TimeGenerated": "datetime", "AdditionalContext": "string"}
    rest.table("P_CL", {"TimeGenerated": "dateTime", "Counter": "int", "Context": "dynamic"})
    transform = (
        "source | extend Context = parse_json(AdditionalContext) | extend Counter = toint(Context.CounterValue)"
        " | project TimeGenerated, Counter, Context"
    )
    rule = rule_into(rest, "P_CL", transform, columns)
    rest.ingest(rule, [{"AdditionalContext": {"InstanceName": "user1", "CounterValue": 4}}])
    assert search(rest, "P_CL | project Counter, tostring(Context.InstanceName)") == [[4, "user1"]]


@pytest.mark.parametrize(
    ("type_", "value"), [("int", 2**31), ("long", 2**63), ("datetime", "yesterday"), ("real", "1.5")]
)
def test_a_value_outside_of_its_type_is_lost_with_a_reason(rest, azure_monitor, type_, value):
    columns = {"TimeGenerated": "datetime", "V": type_}
    rest.table("P_CL", {"TimeGenerated": "dateTime", "V": TYPES[type_].table})
    rule = rule_into(rest, "P_CL", columns=columns)
    rest.ingest(rule, [{"V": value}])
    assert search(rest, "P_CL | project V") == [[None]]
    kind = "integer" if isinstance(value, int) else "string"
    assert [drop["detail"] for drop in azure_monitor.drops()] == [f"V: {kind} into {type_}"]


def test_a_value_that_no_flow_reads_is_no_loss_of_its_type(rest, azure_monitor):
    columns = {"TimeGenerated": "datetime", "Text": "string", "Count": "long"}
    rest.table("P_CL", {"TimeGenerated": "dateTime", "Text": "string"})
    rule = rule_into(rest, "P_CL", "source | project TimeGenerated, Text", columns)
    rest.ingest(rule, [{"Text": "a", "Count": "7"}])
    assert azure_monitor.drops() == []
