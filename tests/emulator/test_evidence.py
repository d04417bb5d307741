"""What the emulator accepts, and how it words a refusal: as the evidence says, in the service's words and places."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from provisioner import kql
from provisioner.apply.flow_errors import FlowError
from provisioner.emulator.arm.dcr_transform_checks import type_mismatches
from provisioner.emulator.arm.table_checks import check_columns
from provisioner.emulator.arm.transform_errors import compile_error
from provisioner.emulator.http.response import ApiError
from provisioner.fact_evidence import EVIDENCE_POLICIES, judge
from provisioner.model.reserved_columns import reserved_columns
from tests.support.azure_rest import Rest, table_body
from tests.support.kql_cases import read

NOW = datetime.now(UTC)
COLUMNS = {"TimeGenerated": "datetime", "Text": "string", "Count": "long", "client-ip": "string"}
PREFIX = "Error occurred while compiling query in query: "
UNDEFINED = "SemanticError:0x00000006 at {} : Undefined symbol: {}"
NO_FUNCTION = "SemanticError:0x00000009 at {} : Runtime scalar function provider not found for function: {}"
EXTRANEOUS = "SyntaxError:0x00000001 at {} : extraneous input '{}' expecting <EOF>"


@pytest.fixture
def rest(azure_monitor):
    client = Rest(azure_monitor)
    client.create_prerequisites()
    return client


def refusal(transform, columns=COLUMNS, **options):
    query, diagnostics = kql.bind(transform, columns, **options)
    assert query is None
    return compile_error(transform, diagnostics).removeprefix(PREFIX)


@pytest.mark.parametrize(
    ("transform", "message"),
    [
        # Azure/Azure-Sentinel 10789: the column as it was quoted, counted from 1
        (
            "source| extend TimeGenerated = todatetime(['date-time'])| extend clientHostname = ['client-hostname']",
            UNDEFINED.format("1:43", "date-time"),
        ),
        ("source | extend X = nosuch", UNDEFINED.format("1:21", "nosuch")),
        ("source\n| where true\n| extend X = nosuch", UNDEFINED.format("3:14", "nosuch")),
        ("Syslog | where true", UNDEFINED.format("1:1", "Syslog")),
        # Azure/Azure-Sentinel PR 14286
        ("source | extend X = coalesce(Text, 'x')", NO_FUNCTION.format("1:21", "coalesce")),
        ("source | extend X = column_ifexists('Text', '')", NO_FUNCTION.format("1:21", "column_ifexists")),
        ("source | extend X = tolowr(Text)", NO_FUNCTION.format("1:21", "tolowr")),
        # hashicorp/terraform-provider-azurerm 27820
        ("source | project TimeGenerated, Text,", EXTRANEOUS.format("1:37", ",")),
        ("source | project TimeGenerated,\n  Text,\n  | where true", EXTRANEOUS.format("2:7", ",")),
        # a name without brackets is two symbols to the service, or none
        ("source | extend X = client-ip", UNDEFINED.format("1:21", "client")),
        ("source | extend X = @timestamp", EXTRANEOUS.format("1:21", "@")),
        # a text that cannot be read is never looked into
        ("source | extend X = nosuch, Y = strlen(Text", "SyntaxError:0x00000001"),
    ],
)
def test_a_transform_is_refused_in_the_words_of_the_service(transform, message):
    assert refusal(transform, {**COLUMNS, "@timestamp": "string"}).startswith(message)


@pytest.mark.parametrize("case", [case for case in read("binding.txt") if case.dialect == "transform"], ids=str)
def test_the_place_in_the_words_is_the_place_of_the_mistake(case):
    """Apply reads the place out of the message again: it must be where validate points."""
    query, diagnostics = kql.bind(case.text, case.columns)
    if query is not None:
        return
    message = compile_error(case.text, diagnostics)
    places = {diagnostic.span.start for diagnostic in diagnostics if diagnostic.severity == "error"}
    blamed = FlowError("InvalidTransformQuery", message, "", "", case.text).span
    if blamed is None:  # at the very end there is no character to point at
        assert len(case.text) in places
    else:
        assert blamed.start in places


def test_a_rule_is_refused_over_http_with_the_place(rest):
    reply = rest.arm("PUT", Rest.rule, rest.rule_body("source\n| extend X = coalesce(Text, 'a')"))
    (detail,) = reply.body["error"]["details"]
    assert (reply.status, detail["code"]) == (400, "InvalidTransformQuery")
    assert detail["message"] == PREFIX + NO_FUNCTION.format("2:14", "coalesce")
    assert detail["target"].lower().startswith("properties.dataflows[0]")


@pytest.mark.parametrize("policy", EVIDENCE_POLICIES)
@pytest.mark.parametrize("name", sorted(reserved_columns()))
def test_a_reserved_column_is_refused_where_its_evidence_says_so(name, policy):
    columns = [{"name": "TimeGenerated", "type": "dateTime"}, {"name": name, "type": "string"}]
    if judge(reserved_columns()[name], policy).accepted:
        check_columns("T_CL", columns, None, policy)
        return
    with pytest.raises(ApiError) as error:
        check_columns("T_CL", columns, None, policy)
    assert (error.value.status, name in str(error.value.message)) == (400, True)


def test_names_that_tenants_have_are_taken_and_the_one_that_was_refused_is_not(rest):
    path = f"{Rest.workspace}/tables/Names_CL"
    columns = {"TimeGenerated": "dateTime", "id": "string", "Title": "string", "_ResourceId": "string"}
    assert rest.done("PUT", path, table_body("Names_CL", columns))
    refused = rest.arm("PUT", path, table_body("Names_CL", {**columns, "TenantId": "string"}))
    assert (refused.status, refused.message) == (400, "Column name 'TenantId' is reserved.")


def test_a_string_is_let_into_a_dynamic_column_unless_disputes_are_refused():
    produced, expected = {"d": "string", "g": "string"}, {"d": "dynamic", "g": "guid"}
    assert type_mismatches(produced, expected) == ["g [produced:'String', output:'Guid']"]
    assert len(type_mismatches(produced, expected, "undisputed")) == 2


def test_a_strict_emulator_is_one_that_refuses_what_is_disputed():
    text = "source | extend X = replace_string(Text, 'a', 'b')"
    assert kql.bind(text, COLUMNS)[0] is not None
    assert refusal(text, policy="undisputed") == NO_FUNCTION.format("1:21", "replace_string")


def test_a_guid_column_is_a_string_in_queries(rest):
    rest.table("Uid_CL", {"TimeGenerated": "dateTime", "Uid": "guid"})
    flow = {
        "streams": ["Custom-T"],
        "destinations": ["law"],
        "transformKql": "source | project TimeGenerated, Uid = toguid(Text)",
        "outputStream": "Custom-Uid_CL",
    }
    rule = rest.make_rule(None, {"TimeGenerated": "datetime", "Text": "string"}, dataFlows=[flow])
    rest.grant(rule["id"])
    guid = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"
    rest.ingest(rule, [{"TimeGenerated": NOW.isoformat(), "Text": text} for text in (guid, None)])
    assert rest.rows("Uid_CL | where Uid has '4f89' and Uid startswith '3f25' | project strlen(Uid)") == [[36]]
    assert rest.rows(f"Uid_CL | where Uid == guid({guid}) | count") == [[1]]
    assert rest.rows(f"Uid_CL | where Uid == '{guid}' | count") == [[1]]
    assert rest.rows("Uid_CL | where isnull(Uid) | count") == [[0]]
    assert rest.rows("Uid_CL | where isempty(Uid) | count") == [[1]]
    types = dict(rest.rows("Uid_CL | getschema | project ColumnName, ColumnType"))
    assert (types["Uid"], types["TenantId"]) == ("string", "string")
    assert rest.rows("Uid_CL | where _IsBillable == true and $table == 'Uid_CL' | count") == [[2]]
    assert rest.rows("Uid_CL | summarize n = count() by $table") == [["Uid_CL", 2]]
