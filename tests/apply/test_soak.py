"""Troubles at every request of an apply: it ends applied or says why, loses nothing, and the next run converges.

`PROVISIONER_SOAK=500 pytest tests/test_apply_soak.py` runs so many seeds, every kind of trouble at every request, and
a hundred kills; without it thirty seeds, a sample of the rest.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import random
import shutil
import subprocess
import sys
import threading

import pytest
import requests
from requests.adapters import HTTPAdapter

from provisioner import azure, live
from provisioner import plan as planned
from provisioner.apply import ApplyOptions, apply
from provisioner.azure import http_pipeline
from provisioner.emulator.lifecycle import ensure_running, stop
from provisioner.errors import CloudError, Conflict, ProvisionerError, StalePlan
from provisioner.model import Columns, Dcr, Endpoint, Flow, Grant, Manifest, Stream, Table, Target, Workspace
from provisioner.resources import resource_type
from provisioner.resources.expand import expand_manifest
from tests.support.paths import EXAMPLES
from tests.support.raw_response import RawResponse

SOAK = int(os.environ.get("PROVISIONER_SOAK", "0"))
SEEDS = SOAK or 30
BASE = {"TimeGenerated": "datetime", "Id": "string"}


def answer(status, code, headers=None):
    def send_answer(request, _):
        response = requests.Response()
        response.status_code = status
        response.request, response.url = request, request.url
        response.headers.update({"Content-Type": "application/json", "x-ms-request-id": "soak", **(headers or {})})
        body = json.dumps({"error": {"code": code, "message": f"made up: {code}"}}).encode()
        response.raw = RawResponse(body)
        return response

    return send_answer


def reset_before(request, _):
    raise requests.exceptions.ConnectionError("reset before it was sent", request=request)


def reset_after(request, send):
    """The write was done, and its answer was lost."""
    send()
    raise requests.exceptions.ConnectionError("reset after it was done", request=request)


FAULTS = {
    "throttled": answer(429, "TooManyRequests", {"retry-after-ms": "1"}),
    "timeout": answer(408, "RequestTimeout"),
    "internal": answer(500, "InternalServerError"),
    "unavailable": answer(503, "ServiceUnavailable", {"Retry-After": "1"}),
    "busy": answer(409, "AnotherOperationInProgress"),
    "forbidden": answer(403, "AuthorizationFailed"),
    "conflict": answer(409, "Conflict"),
    "rejected": answer(400, "InvalidPayload"),
    "locked": answer(409, "ScopeLocked"),
    "policy": answer(403, "RequestDisallowedByPolicy"),
    "changed": answer(412, "PreconditionFailed"),
    "reset before": reset_before,
    "reset after": reset_after,
}


class FaultyAdapter(HTTPAdapter):
    """The real connection with faults at some requests: `at` maps a request's number to the name of its fault."""

    def __init__(self, at, chance=0.0, seed=0):
        super().__init__(pool_maxsize=20)
        self.at, self.chance = dict(at), chance
        self.random = random.Random(seed)
        self.count = itertools.count()
        self.lock = threading.Lock()
        self.struck = []
        self.deleted = []

    def send(self, request, **options):
        if "/subscriptions/" not in request.url:
            return super().send(request, **options)
        with self.lock:
            number = next(self.count)
            name = self.at.get(number)
            if name is None and self.random.random() < self.chance:
                name = self.random.choice(list(FAULTS))
            if name:
                self.struck.append((number, name, request.method, request.url.split("?")[0].rsplit("/", 2)[-2:]))
            if request.method == "DELETE":
                self.deleted.append(request.url)
        if name is None:
            return super().send(request, **options)
        return FAULTS[name](request, lambda: super(FaultyAdapter, self).send(request, **options))


def manifest(target, columns):
    shape = Columns(columns)
    tables = {name: Table(name, shape) for name in ("One_CL", "Two_CL")}
    streams = {
        f"Custom-{name}": Stream(f"Custom-{name}", f"Custom-{name}", shape, (Flow(f"{name}_CL"),))
        for name in ("One", "Two")
    }
    return Manifest(
        "soak",
        target,
        Workspace("law-soak", "westeurope", 30),
        endpoint=Endpoint("dce-soak", "westeurope"),
        tables=tables,
        streams=streams,
        dcrs={f"dcr-{name}": Dcr(f"dcr-{name}", (f"Custom-{name}",), "shared") for name in ("One", "Two")},
        grants={"me": Grant("me", "self", ("dcr-One", "dcr-Two"))},
    )


@pytest.fixture
def short_delays(monkeypatch):
    """Waits between attempts take no time: the test is about what is retried."""
    monkeypatch.setattr(http_pipeline.time, "sleep", lambda _: None)


@pytest.fixture
def cloud(azure_monitor, short_delays):
    target = Target("local", azure_monitor.subscription, "rg-soak", "westeurope")
    with azure.connect_local(target, azure_monitor.ready) as connection:
        assert connection.identity.object_id
        yield connection


def run(cloud, desired_manifest):
    """One plan and apply; the errors it ended with, all of them ours and all of them telling."""
    try:
        desired = expand_manifest(desired_manifest, cloud.identity.object_id)
        new_plan = planned.build_plan(
            desired, live.read_live(cloud, desired, owner=desired_manifest.owner), principal=cloud.identity.object_id
        )
        outcomes = apply(new_plan, cloud, ApplyOptions(parallelism=4))
    except ProvisionerError as error:
        return [error]
    return [outcome.error for outcome in outcomes if outcome.error is not None]


def check_converged(cloud, desired_manifest, columns, adapter):
    """A run without faults converges; nothing was lost, doubled or deleted by the runs before it."""
    calm = HTTPAdapter(pool_maxsize=20)
    cloud.session.mount("https://", calm)
    assert run(cloud, desired_manifest) == []
    desired = expand_manifest(desired_manifest, cloud.identity.object_id)
    live_state = live.read_live(cloud, desired, owner=desired_manifest.owner)
    new_plan = planned.build_plan(desired, live_state, principal=cloud.identity.object_id)
    assert new_plan.changes == ()
    assert live_state.undeclared == ()
    everything = live_state.inventory
    assert sorted(dcr["name"] for dcr in everything.dcrs) == ["dcr-One", "dcr-Two"]
    assert [endpoint["name"] for endpoint in everything.endpoints] == ["dce-soak"]
    scopes = sorted(grant["properties"]["scope"] for grant in everything.grants if "/dataCollectionRules/" in grant["properties"]["scope"])  # fmt: skip  # noqa: E501
    assert [scope.rsplit("/", 1)[1] for scope in scopes] == ["dcr-One", "dcr-Two"]
    for name in ("One_CL", "Two_CL"):
        names = {column["name"] for column in live_state.graph["table", name].body["properties"]["schema"]["columns"]}
        assert names == set(columns)
    assert adapter.deleted == []


def run_with_faults(cloud, at, chance=0.0, seed=0):
    """From nothing to a shop, then a wider shop beside a stranger's column, both under faults."""
    adapter = FaultyAdapter(at, chance, seed)
    cloud.session.mount("https://", adapter)
    first = manifest(cloud.target, BASE)
    for error in run(cloud, first):
        check_error(error, adapter)
    check_converged(cloud, first, BASE, adapter)
    foreign = {"name": "Foreign", "type": "int"}
    for name in ("One_CL", "Two_CL"):
        id_ = expand_manifest(first)["table", name].id
        body = {"properties": {"schema": {"name": name, "columns": [*_columns(BASE), foreign]}}}
        cloud.management.put(resource_type("table"), id_, body)
    wider = {**BASE, "Note": "string"}
    second = FaultyAdapter(at, chance, seed + 1)
    cloud.session.mount("https://", second)
    for error in run(cloud, manifest(cloud.target, wider)):
        check_error(error, second)
    check_converged(cloud, manifest(cloud.target, wider), {*wider, "Foreign"}, second)
    return adapter, second


def _columns(columns):
    return [{"name": name, "type": type_} for name, type_ in columns.items()]


def check_error(error, adapter):
    """The error says a cause that was really there."""
    assert isinstance(error, ProvisionerError), error
    struck = {name for _, name, _, _ in adapter.struck}
    assert struck, error
    if isinstance(error, CloudError):
        assert error.target
        text = f"{error.code} {error.message}"
        # A write that was done though nobody was told can meet itself on the next try.
        causes = {"TooManyRequests", "RequestTimeout", "InternalServerError", "ServiceUnavailable", "Conflict", "reset"}
        causes |= {"AnotherOperationInProgress", "AuthorizationFailed", "InvalidPayload", "ScopeLocked", "412"}
        causes |= {"RequestDisallowedByPolicy", "PreconditionFailed"}
        assert any(cause in text for cause in causes), text


@pytest.mark.parametrize("seed", range(SEEDS))
def test_random_troubles_lose_nothing(cloud, seed):
    dice = random.Random(seed)
    run_with_faults(cloud, {}, chance=dice.choice([0.02, 0.05, 0.15, 0.4]), seed=seed)


PAIRS = [(kind, number) for kind in FAULTS for number in range(26)]


@pytest.mark.parametrize(("kind", "number"), PAIRS if SOAK else random.Random(7).sample(PAIRS, 8), ids=str)
def test_one_trouble_at_one_request_loses_nothing(cloud, kind, number):
    adapter, second = run_with_faults(cloud, {number: kind})
    assert len(adapter.struck) <= 1
    assert len(second.struck) <= 1


@pytest.mark.parametrize("seed", range(100 if SOAK else 2))
def test_a_killed_apply_is_finished_by_the_next(tmp_path_factory, seed):
    """kill -9 at a random instant: what was written stays, the lock is free, the next run converges."""
    folder = tmp_path_factory.mktemp("killed")
    quiet = shutil.ignore_patterns(".provisioner")
    shutil.copytree(EXAMPLES / "quickstart", folder, ignore=quiet, dirs_exist_ok=True)
    state = folder / ".provisioner"
    ensure_running(state)
    apply_ = [sys.executable, "-m", "provisioner", "apply", str(folder), "-e", "local"]
    plan_ = [*apply_[:3], "plan", *apply_[4:], "--detailed-exitcode"]
    try:
        victim = subprocess.Popen(apply_, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        with contextlib.suppress(subprocess.TimeoutExpired):
            victim.wait(random.Random(seed).uniform(0.3, 1.5))
        victim.kill()
        victim.wait()
        for command in (apply_, plan_):
            done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
            assert done.returncode == 0, done.stdout + done.stderr
    finally:
        stop(state)


@pytest.mark.parametrize("seed", range(20 if SOAK else 2))
def test_two_machines_at_the_same_time_converge(cloud, azure_monitor, seed):
    """No lock holds both: each ends applied, or refuses because the other was faster; nothing is lost or doubled."""
    wide = {**BASE, "Note": "string"}
    desired_manifest = manifest(cloud.target, wide)
    ends = []

    def machine(delay):
        with azure.connect_local(cloud.target, azure_monitor.ready) as own:
            threading.Event().wait(delay)
            ends.append(run(own, desired_manifest))

    dice = random.Random(seed)
    threads = [threading.Thread(target=machine, args=(dice.random() / 4,)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(ends) == 2
    for error in itertools.chain.from_iterable(ends):
        assert isinstance(error, (StalePlan, Conflict)), error
    check_converged(cloud, desired_manifest, wide, FaultyAdapter({}))
