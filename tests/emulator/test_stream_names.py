"""The streams that a rule's flows may name, and the recorded refusal of others."""

from __future__ import annotations

import pytest

from tests.support.azure_rest import Rest


@pytest.fixture
def rest(azure_monitor):
    client = Rest(azure_monitor)
    client.create_prerequisites()
    return client


def put_rule(rest, stream, output=None, sources=None, kind=None):
    body = rest.rule_body(None)
    flow = {"streams": [stream], "destinations": ["law"], **({"outputStream": output} if output else {})}
    body["properties"] |= {"dataFlows": [flow], **({"dataSources": sources} if sources else {})}
    return rest.arm("PUT", Rest.rule, {**body, **({"kind": kind} if kind else {})})


@pytest.mark.parametrize(
    "stream",
    ["Microsoft-WindowsEvents", "Microsoft-Syslogs", "Microsoft-Foo", "Microsoft-Heartbeat", "Foo", "custom-a", ""],
)
def test_an_unknown_stream_is_refused_as_recorded(rest, stream):
    """Reports: azurerm 18481, azure-rest-api-specs 21200, azure-cli-extensions 7399."""
    reply = put_rule(rest, stream, "Custom-T_CL")
    assert (reply.status, reply.code) == (400, "InvalidPayload")
    (detail,) = [one for one in reply.body["error"]["details"] if one["code"] == "InvalidStream"]
    words = f"'Streams' stream '{stream}' must be a custom stream or one of: Microsoft-AACAudit, "
    assert detail["message"].startswith(words)
    assert detail["target"] == "Properties.DataFlows[0].Streams[0]"


SYSLOG = {"name": "s", "streams": ["Microsoft-Syslog"], "facilityNames": ["*"], "logLevels": ["*"]}
EXTENSION = {"name": "e", "extensionName": "Ext", "streams": ["Microsoft-Ext"]}


@pytest.mark.parametrize(
    ("stream", "output", "sources"),
    [
        ("Microsoft-Syslog", None, {"syslog": [SYSLOG]}),
        ("Microsoft-CommonSecurityLog", None, None),
        ("Microsoft-Event", None, None),
        ("Microsoft-Ext", "Custom-T_CL", {"extensions": [EXTENSION]}),
    ],
)
def test_a_known_stream_is_taken(rest, stream, output, sources):
    reply = put_rule(rest, stream, output, sources)
    assert reply.status == 200, reply.body


def test_a_custom_stream_that_is_not_declared_is_another_finding(rest):
    (detail,) = put_rule(rest, "Custom-Missing", "Custom-T_CL").body["error"]["details"]
    assert (detail["code"], "not declared" in detail["message"]) == ("InvalidDataFlow", True)
