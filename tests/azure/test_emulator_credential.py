"""Signing in to the emulator: what is asked, what comes of the answer, and what a failure says."""

from __future__ import annotations

from types import SimpleNamespace
from urllib.parse import parse_qsl

import pytest
import requests
from azure.core.pipeline.transport import RequestsTransport

from provisioner import azure, errors
from provisioner.model import Target
from tests.azure.test_azure import SUBSCRIPTION, ScriptedAdapter

READY = SimpleNamespace(
    endpoint="https://127.0.0.1:1",
    authority="https://127.0.0.1:1/",
    query="https://127.0.0.1:1",
    tenant="tenant-1",
    client_id="application-1",
    client_secret="not-told",
    ca_file="ca.pem",
)
TOKEN = {"access_token": "opaque", "expires_in": 3599, "token_type": "Bearer"}


def connected(*answers):
    connection = azure.connect_local(Target("local", SUBSCRIPTION, "rg", "westeurope"), READY)
    adapter = ScriptedAdapter(*answers)
    connection.session.mount("https://", adapter)
    return connection, adapter


def test_a_token_is_asked_for_with_the_client_credentials_of_the_emulators_application():
    connection, adapter = connected((200, TOKEN, {}))
    token = connection.tokens.get_token("https://management.azure.com/.default")
    assert token.token == "opaque"
    [request] = adapter.sent
    assert (request.method, request.url) == ("POST", "https://127.0.0.1:1/tenant-1/oauth2/v2.0/token")
    assert dict(parse_qsl(request.body)) == {
        "grant_type": "client_credentials",
        "client_id": "application-1",
        "client_secret": "not-told",
        "scope": "https://management.azure.com/.default",
    }


def test_one_token_serves_until_shortly_before_its_end():
    connection, adapter = connected((200, TOKEN, {}))
    for _ in range(3):
        connection.tokens.get_token("one/.default")
    connection.tokens.get_token("other/.default")
    assert len(adapter.sent) == 2
    short, short_adapter = connected((200, {**TOKEN, "expires_in": 60}, {}))
    for _ in range(3):
        short.tokens.get_token("one/.default")
    assert len(short_adapter.sent) == 3


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (
            401,
            {"error": "invalid_client", "error_description": "AADSTS7000215: It is wrong."},
            "AADSTS7000215",
        ),
        (400, {"error": "invalid_scope"}, "answered 400"),
        (200, {}, "answered 200"),
        (502, None, "answered 502"),
    ],
)
def test_a_refusal_is_an_error_about_signing_in_that_does_not_tell_the_secret(status, body, said):
    connection, _ = connected((status, body, {}))
    with pytest.raises(errors.NotSignedIn) as raised:
        _ = connection.identity
    assert said in raised.value.message
    assert "not-told" not in f"{raised.value.message}{raised.value.hint}"


def test_an_emulator_that_does_not_answer_is_unreachable():
    connection, _ = connected(requests.exceptions.ConnectTimeout("timed out"))
    with pytest.raises(errors.Unreachable):
        _ = connection.identity


def test_an_endpoint_that_is_overloaded_is_asked_again(monkeypatch):
    monkeypatch.setattr(RequestsTransport, "sleep", lambda *_: None)
    connection, adapter = connected((503, None, {}), (200, TOKEN, {}))
    assert connection.tokens.get_token("one/.default").token == "opaque"
    assert len(adapter.sent) == 2
