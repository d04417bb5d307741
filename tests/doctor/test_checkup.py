"""Each trouble that would stop an apply, made real in the emulator, is told with its next step."""

from __future__ import annotations

import json
import socket
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from provisioner import azure
from provisioner.azure.emulator_credential import EmulatorCredential
from provisioner.azure.http_pipeline import create_session
from provisioner.cli.main import run
from provisioner.doctor import report
from provisioner.doctor.checkup import CHECK_NAMES, check_up
from provisioner.model import Workspace
from provisioner.plan import plan_against_azure
from tests.apply.test_applications import expand, up
from tests.apply.test_apply import cloud, manifest
from tests.plan.test_missing_rights import helper

__all__ = ["cloud", "helper"]


@contextmanager
def connected(azure_monitor, target, secret=None, **changes):
    """A connection whose address, certificate authority, proxies or secret may be wrong."""
    ready = azure_monitor.ready
    honest = azure.local_cloud(ready.endpoint, ready.authority, ready.query, ready.ca_file)
    where = replace(honest, **changes)
    session = create_session(where, 4)
    credential = EmulatorCredential(honest, ready.tenant, ready.client_id, secret or ready.client_secret, session)
    with azure.connect(target, where, credential) as connection:
        yield connection


def checked(connection, declared=None):
    declared = declared or manifest(connection.target)
    return check_up(declared, connection, lambda: plan_against_azure(declared, expand, connection))


def failures(health):
    return {check.name: check for check in health.checks if not check.ok}


def only_failure(health, name):
    failed_checks = failures(health)
    assert list(failed_checks) == [name], report.format_text(health)
    assert failed_checks[name].next
    return failed_checks[name]


def test_nothing_is_wrong_before_and_after_an_apply(cloud):
    before = checked(cloud)
    assert before.ok, report.format_text(before)
    assert tuple(dict.fromkeys(check.name for check in before.checks)) == CHECK_NAMES
    up(cloud, manifest(cloud.target))
    after = checked(cloud)
    assert after.ok, report.format_text(after)
    assert any("answers" in check.message for check in after.checks if check.name == "endpoint")


def test_a_dead_proxy_is_told(azure_monitor, cloud, monkeypatch):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    monkeypatch.setenv("HTTPS_PROXY", f"http://user:hidden@127.0.0.1:{port}")
    monkeypatch.setenv("NO_PROXY", "")
    with connected(azure_monitor, cloud.target, trust_environment=True) as connection:
        check = only_failure(checked(connection), "proxy")
    assert f"127.0.0.1:{port}" in check.message
    assert "hidden" not in check.message
    assert "HTTPS_PROXY" in check.next


def test_an_untrusted_certificate_is_told(azure_monitor, cloud, tmp_path):
    other = tmp_path / "other-authority.pem"
    import trustme

    trustme.CA().cert_pem.write_to_path(other)
    with connected(azure_monitor, cloud.target, ca_file=other) as connection:
        health = checked(connection)
    assert "REQUESTS_CA_BUNDLE" in only_failure(health, "certificate").next
    assert "sign_in" in health.skipped


def test_a_host_that_does_not_answer_is_told(azure_monitor, cloud):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    with connected(azure_monitor, cloud.target, arm_endpoint=f"https://127.0.0.1:{port}") as connection:
        assert "cannot be reached" in only_failure(checked(connection), "network").message


@pytest.mark.parametrize(("minutes", "word"), [(20, "behind"), (-20, "ahead of")])
def test_a_wrong_clock_is_told(azure_monitor, cloud, minutes, word):
    azure_monitor.fault("clock", now=(datetime.now(UTC) + timedelta(minutes=minutes)).isoformat())
    check = only_failure(checked(cloud), "clock")
    assert word in check.message
    assert "clock" in check.next


def test_a_wrong_secret_is_told(azure_monitor, cloud):
    with connected(azure_monitor, cloud.target, secret="wrong") as connection:
        health = checked(connection)
    assert "AADSTS7000215" in only_failure(health, "sign_in").message
    assert "subscription" in health.skipped


def test_another_tenant_is_told(cloud):
    cloud.target = replace(cloud.target, tenant="11111111-1111-1111-1111-111111111111")
    assert "az login --tenant" in only_failure(checked(cloud), "sign_in").next


def test_a_subscription_that_is_not_seen_is_told(azure_monitor, cloud):
    azure_monitor.fault("error", match="GET /subscriptions/*1", status=404, code="SubscriptionNotFound")
    assert "target.subscription" in only_failure(checked(cloud), "subscription").next


def test_an_unregistered_provider_is_told(azure_monitor, cloud):
    azure_monitor.fault("unregistered_provider", namespace="Microsoft.Insights")
    assert "az provider register --namespace Microsoft.Insights" in only_failure(checked(cloud), "providers").next


def test_a_region_that_is_not_offered_is_told(cloud):
    elsewhere = manifest(cloud.target, workspace=Workspace("law-shop", "indianorthcentral", 30))
    assert "indianorthcentral" in only_failure(checked(cloud, elsewhere), "region").message


def test_a_workspace_over_its_cap_is_told(azure_monitor, cloud):
    up(cloud, manifest(cloud.target))
    azure_monitor.fault("over_quota")
    assert "OverQuota" in only_failure(checked(cloud), "quotas").message


def test_a_missing_right_is_told(helper):
    with helper.connect(without=["Microsoft.Insights/dataCollectionRules/write"]) as limited:
        check = only_failure(checked(limited), "rights")
    assert "Microsoft.Insights/dataCollectionRules/write" in check.message
    assert "Monitoring Contributor" in check.next


def test_what_may_not_be_read_is_told(helper, cloud):
    up(cloud, manifest(cloud.target))
    with helper.connect(without=["Microsoft.Insights/*/read"]) as limited:
        health = checked(limited)
    assert "dataCollection" in only_failure(health, "rights").message
    assert "endpoint" in health.skipped


def test_an_endpoint_out_of_reach_is_told(azure_monitor, cloud):
    up(cloud, manifest(cloud.target))
    azure_monitor.fault("reset", match="GET /dce/*")
    check = only_failure(checked(cloud), "endpoint")
    assert "dce-shop" in check.message


def test_the_command_prints_the_public_shape_and_its_exit_code(tmp_path, monkeypatch, capsys, azure_monitor):
    del azure_monitor
    monkeypatch.chdir(tmp_path)
    (tmp_path / "provisioner.yaml").write_text(
        "version: 1\nname: shop\ntarget: {cloud: local}\nworkspace: {name: law-shop}\n"
    )
    from provisioner.emulator.lifecycle import stop

    try:
        assert run(["doctor", "--format", "json"]) == 0
        shown = json.loads(capsys.readouterr().out)
        assert {"name", "ok", "message", "next"} == set(shown["checks"][0])
        assert [check["ok"] for check in shown["checks"]] == [True] * len(shown["checks"])
    finally:
        stop(tmp_path / ".provisioner")
