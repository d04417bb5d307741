"""Nonsense of any kind is answered, in Azure's envelope, and never with 500."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from provisioner.emulator import app
from provisioner.emulator.answer import Refusal
from provisioner.emulator.call import Call, Principal
from provisioner.emulator.routes import ROUTES
from provisioner.emulator.server import Options, build

NAMES = [
    "subscriptions",
    "resourceGroups",
    "providers",
    "Microsoft.Insights",
    "tables",
    "{x}",
    "law1",
    "rg",
    "é",
    "a" * 300,
    "..",
    "%",
    " ",
    "0",
]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["properties", "location", "tags", "schema", "columns", "name", "query", "x"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)
BODIES = st.binary(max_size=40) | JSON.map(lambda value: json.dumps(value).encode())
SUBSCRIPTION = "00000000-0000-0000-0000-000000000001"


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    made = build(Options(tmp_path_factory.mktemp("fuzz")))
    yield made
    made.store.close()


def answer(world, method, path, query, body):
    principal = Principal(world.identity.object_id, world.identity.client_id)
    token = world.tokens.issue("https://x:1", principal, "https://management.azure.com", 600)
    call = Call(
        world,
        method,
        path,
        query,
        {"Authorization": f"Bearer {token}"},
        body,
        "https://x:1",
        api_version=query.get("api-version", ""),
    )
    try:
        return app.answer(call, app.prepare(call))
    except Refusal as refusal:
        return refusal.answer()


def check(reply):
    assert (
        reply.status < 500 or reply.status == 501 or reply.body == {"error": {"message": "The request body is empty."}}
    ), reply.body
    content = reply.encode()
    if reply.status >= 400 and content:
        error = json.loads(content)["error"]
        assert isinstance(error, str) or error["message"]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    method=st.sampled_from(["GET", "PUT", "POST", "PATCH", "DELETE", "HEAD", "OPTIONS", "BREW"]),
    words=st.lists(st.sampled_from(NAMES) | st.text(max_size=5), max_size=10),
    body=BODIES,
    version=st.sampled_from(["", "2024-03-11", "2025-07-01", "x"]),
)
def test_any_path_is_answered(world, method, words, body, version):
    check(answer(world, method, "/" + "/".join(words), {"api-version": version}, body))


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    route=st.sampled_from([route for route in ROUTES if "stop" not in route.pattern]),
    name=st.sampled_from(["law1", "T_CL", "Syslog", "x", "é" * 70, "8a1a5f0e-3a52-4e28-8a8b-1f0f4f8e6f11"]),
    body=BODIES,
    query=st.dictionaries(
        st.sampled_from(["timespan", "$filter", "metricnames", "force", "query"]), st.text(max_size=12), max_size=2
    ),
)
def test_any_body_at_any_door_is_answered(world, route, name, body, query):
    path = (
        route.pattern.replace("{subscription}", SUBSCRIPTION)
        .replace("{group}", "rg")
        .replace("{tenant}", world.identity.tenant)
    )
    for word in (
        "workspace",
        "table",
        "name",
        "deployment",
        "operation",
        "rule",
        "stream",
        "host",
        "workspace_id",
        "namespace",
        "region",
        "client_id",
    ):
        path = path.replace(f"{{{word}}}", name)
    path = path.replace("{scope}", f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg")
    answer(
        world,
        "PUT",
        f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg",
        {"api-version": "2022-09-01"},
        b'{"location": "westeurope"}',
    )
    known = {"Microsoft.Insights": "2024-03-11", "Microsoft.OperationalInsights": "2025-07-01", "/query": "2017-10-01"}
    version = next((each for word, each in known.items() if word in path), "2022-04-01")
    check(answer(world, route.method, path, {"api-version": version, **query}, body))
