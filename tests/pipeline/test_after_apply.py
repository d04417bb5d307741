"""What apply has learned is used: verify and outputs start from the bodies that the writes returned."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace

import pytest

from provisioner import Project, live
from provisioner.apply import ApplyOptions, apply
from provisioner.cli.main import run
from provisioner.model import Columns, Stream
from provisioner.resources import expand as expansion
from provisioner.resources import sender_outputs
from provisioner.verify import verification
from tests.apply.test_apply import ORDERS, cloud, manifest, plan

__all__ = ["cloud"]
VOLATILE = {"systemData", "etag"}


def reading(graph):
    """A graph as plain values, without what moves by itself."""
    return {
        resource.key: (resource.id, {key: value for key, value in resource.body.items() if key not in VOLATILE})
        for resource in graph
    }


def fresh_reading(cloud, desired, types):
    return reading(one for one in live.read_live(cloud, desired, strategy="get").graph if one.type.short_name in types)


@pytest.mark.parametrize("deployment", [False, True], ids=["single writes", "deployment"])
def test_what_apply_knows_is_what_azure_shows(cloud, deployment):
    """After a creation, after an update of a part, and after nothing; a deployment's bodies are read where needed."""
    wider = Columns({**ORDERS, "Note": "string"})
    first = manifest(cloud.target)
    stream = first.streams["Custom-Orders"]
    table = replace(first.tables["Orders_CL"], columns=wider)
    second = replace(
        first, tables={"Orders_CL": table}, streams={stream.key: Stream(stream.key, stream.name, wider, stream.flows)}
    )
    project_apply = _deploy if deployment else apply
    for desired_manifest in (first, second, second):
        new_plan = plan(cloud, desired_manifest)
        applied = project_apply(new_plan, cloud, desired_manifest) if deployment else project_apply(new_plan, cloud)
        assert applied.ok
        # Not the group: a plan knows of it by the lists in it alone.
        types = {resource.type.short_name for resource in new_plan.desired} - {"group"}
        assert reading(applied.live_graph(cloud, types)) == fresh_reading(cloud, new_plan.desired, types)
        assert bool(applied.unread) is (deployment and not new_plan.empty)


def _deploy(new_plan, cloud, desired_manifest):
    from provisioner.apply.template_deployment import deploy_plan

    return deploy_plan(new_plan, desired_manifest, cloud)


def test_a_write_without_an_answer_is_read_again_and_a_deletion_is_not(cloud):
    from provisioner.apply import Applied

    new_plan = plan(cloud, manifest(cloud.target))
    applied = apply(new_plan, cloud)
    lost = [replace(one, body=None) if one.type == "dcr" else one for one in applied]
    assert Applied(new_plan, lost).unread == {("dcr", "dcr-shop")}
    graph = Applied(new_plan, lost).live_graph(cloud, ("dcr", "endpoint"))
    assert reading(graph) == reading(applied.live_graph(cloud, ("dcr", "endpoint")))


@pytest.fixture
def connected(shop):
    project = Project.load(shop, environment="local")
    with project.connect() as azure:
        yield project, azure


def reads_of(azure, call):
    before = azure.requests.snapshot()["reads"]
    call()
    return azure.requests.snapshot()["reads"] - before


def test_six_reads_fewer_after_an_apply(connected):
    """Outputs need the rule and its endpoint, verify these and the table and the workspace: all are known."""
    project, azure = connected
    for _ in ("everything is created", "nothing changes"):
        applied = project.apply(project.plan(azure), azure)
        outputs = project.outputs(azure, after=applied)
        assert reads_of(azure, lambda applied=applied: project.outputs(azure, after=applied)) == 0
        assert outputs == project.outputs(azure)
        assert reads_of(azure, lambda: project.outputs(azure)) == 2
        alone = reads_of(azure, lambda: project.verify(azure))
        after = reads_of(
            azure, lambda applied=applied, outputs=outputs: project.verify(azure, after=applied, outputs=outputs)
        )
        assert alone - after == 4


def test_one_up_expands_once_reads_once_and_computes_outputs_once(shop, monkeypatch, capsys):
    calls = Counter()

    def counted(module, name):
        call = getattr(module, name)

        def wrapped(*arguments, **options):
            calls[name] += 1
            return call(*arguments, **options)

        monkeypatch.setattr(module, name, wrapped)

    counted(expansion, "expand_manifest")
    counted(live, "read_types")
    counted(sender_outputs, "read_outputs")
    monkeypatch.setattr(verification, "read_outputs", sender_outputs.read_outputs)
    for _ in ("everything is created", "nothing changes"):
        calls.clear()
        assert run(["up", str(shop), "-e", "local", "--format", "json"]) == 0
        result = json.loads(capsys.readouterr().out)
        assert result["verify"]["streams"][0]["ok"]
        assert result["apply"]["outputs"]["dcrs"]
        assert calls == {"expand_manifest": 1, "read_outputs": 1}


def test_the_result_of_apply_is_still_the_tuple_of_outcomes(connected):
    """As the library's page shows it."""
    project, azure = connected
    outcomes = project.apply(project.plan(azure), azure, ApplyOptions(parallelism=4))
    assert isinstance(outcomes, tuple)
    assert {outcome.state for outcome in outcomes} == {"applied"}
    assert outcomes == tuple(outcomes)
    assert project.apply(project.plan(azure), azure) == ()
    assert project.verify(azure).ok
