"""Faults on request: each happens when it was asked for, as often as asked, and the same again with the same seed."""

from __future__ import annotations

import http.client

import pytest
from azure.core.exceptions import HttpResponseError
from azure.core.pipeline.policies import RetryPolicy
from azure.mgmt.resource.resources import ResourceManagementClient

from provisioner.emulator.clock import Clock
from provisioner.emulator.faults import FAULT_FIELDS, Faults
from provisioner.emulator.http.response import ApiError
from provisioner.emulator.testing import AzureMonitor
from provisioner.errors import ProvisionerError
from tests.support.azure_rest import Rest


@pytest.fixture
def rest(azure_monitor):
    return Rest(azure_monitor)


def test_a_throttled_call_says_when_to_come_back(rest, azure_monitor):
    rest.token()
    azure_monitor.fault("throttle", retry_after=7, times=1)
    azure_monitor.fault("throttle", times=1)
    first, second, third = (rest.arm("GET", "/subscriptions") for _ in range(3))
    assert (first.status, first.code, first.headers["retry-after"]) == (429, "TooManyRequests", "7")
    assert (second.status, "retry-after" in second.headers) == (429, False)
    assert third.status == 200


def test_only_the_calls_that_match_are_struck(rest, azure_monitor):
    azure_monitor.fault("error", status=502, match="PUT */resourceGroups/rg")
    assert rest.arm("GET", "/subscriptions").status == 200
    refused = rest.arm("PUT", "", {"location": "westeurope"})
    assert (refused.status, refused.code) == (502, "ServiceUnavailable")
    assert rest.arm("GET", "").status == 404
    azure_monitor.clear_faults()
    assert rest.arm("PUT", "", {"location": "westeurope"}).status == 201


@pytest.mark.parametrize(("when", "status"), [("before", 404), ("after", 200)])
def test_the_connection_is_cut_before_or_after_the_write(rest, azure_monitor, when, status):
    azure_monitor.fault("reset", when=when, match="PUT *", times=1)
    with pytest.raises((OSError, http.client.HTTPException)):
        rest.arm("PUT", "", {"location": "westeurope"})
    assert rest.arm("GET", "").status == status


def test_the_official_client_gets_over_a_storm(azure_monitor):
    """Its own retries: 503 three times, then through; and a fourth is too many."""
    options = {
        "connection_verify": azure_monitor.ca_file,
        "credential_scopes": ["https://management.azure.com/.default"],
    }
    retries = RetryPolicy(retry_total=3, retry_backoff_factor=0.001)
    with azure_monitor.credential() as credential:
        client = ResourceManagementClient(
            credential, azure_monitor.subscription, base_url=azure_monitor.endpoint, retry_policy=retries, **options
        )
        with client:
            azure_monitor.fault("error", status=503, times=3, match="PUT *")
            assert client.resource_groups.create_or_update("rg", {"location": "westeurope"}).name == "rg"
            azure_monitor.fault("throttle", times=4, retry_after=0.001, match="GET *resourcegroups*")
            with pytest.raises(HttpResponseError) as caught:
                list(client.resource_groups.list())
            assert caught.value.status_code == 429


def test_the_same_seed_gives_the_same_faults():
    def run(seed):
        faults = Faults(Clock())
        faults.load({"seed": seed, "faults": [{"fault": "error", "probability": 0.5}]})
        return [faults.happens("error", "GET", "/") is not None for _ in range(64)]

    assert run(7) == run(7)
    assert run(7) != run(8)
    assert 10 < sum(run(7)) < 54


@pytest.mark.parametrize(
    "fault",
    [
        {},
        {"fault": "earthquake"},
        {"fault": "latency", "seconds": 1},
        {"fault": "latency", "milliseconds": -1},
        {"fault": "latency", "milliseconds": "long"},
        {"fault": "throttle", "retry_after": 0},
        {"fault": "error", "times": 0},
        {"fault": "error", "status": "bad"},
        {"fault": "error", "probability": 2},
        {"fault": "reset", "when": "never"},
        {"fault": "clock"},
        {"fault": "clock", "now": "2026-01-01T00:00:00"},
        {"seed": "x", "faults": []},
        "latency",
    ],
)
def test_a_fault_that_makes_no_sense_is_refused_in_words(fault):
    with pytest.raises(ApiError) as caught:
        Faults(Clock()).load(fault)
    assert caught.value.code == "InvalidFault"


def test_what_is_on_is_shown_with_how_often_it_happened(rest, azure_monitor):
    azure_monitor.fault("latency", milliseconds=1, match="GET *")
    rest.arm("GET", "/subscriptions")
    (shown,) = azure_monitor.control("GET", "/emulator/faults")["faults"]
    assert (shown["fault"], shown["milliseconds"], shown["hits"]) == ("latency", 1, 1)
    with pytest.raises(ProvisionerError, match="InvalidFault"):
        azure_monitor.fault("earthquake")


def test_requests_are_counted_by_kind_and_the_emulators_own_are_not(rest, azure_monitor):
    before = azure_monitor.requests()
    rest.arm("PUT", "", {"location": "westeurope"})
    rest.arm("GET", "")
    after = azure_monitor.requests()
    assert {kind: after[kind] - before[kind] for kind in after if after[kind] != before[kind]} == {
        "arm_writes": 1,
        "arm_reads": 1,
        "token": 1,
        "total": 3,
    }


def test_every_fault_can_be_turned_on_as_it_is():
    for name in FAULT_FIELDS.keys() - {"clock"}:
        Faults(Clock()).load({"fault": name})


def test_the_older_names_of_methods_stay():
    assert AzureMonitor.fault is AzureMonitor.inject_fault
    assert AzureMonitor.heal is AzureMonitor.clear_faults
    assert AzureMonitor.control is AzureMonitor.call_admin_api
