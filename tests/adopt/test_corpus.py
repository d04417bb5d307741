"""Published connectors: each pair of files imports, validates, renders and applies, or is wrong and refused twice.

`cases/arm/report.yaml` says for each what was lossy and which checks it fails. `UPDATE_CASES=1` writes it anew.
"""

from __future__ import annotations

import json
import os
from concurrent.futures import ThreadPoolExecutor

import pytest
import yaml

from provisioner import apply as applying
from provisioner import azure as wire
from provisioner import kql, load, render, validate
from provisioner import live as reading
from provisioner import plan as planning
from provisioner.adopt import from_arm
from provisioner.resources.expand import expand
from tests.support.paths import CASES, SHARED

CORPUS = SHARED / "corpus" / "arm"
REPORT = CASES / "arm" / "report.yaml"
PUT_IN = "IMP001"  # every published file leaves place and workspace to its deployer

pytestmark = pytest.mark.skipif(not CORPUS.exists(), reason="the published connectors are not here")


def pairs():
    found = {}
    for file in sorted(CORPUS.glob("*.json")) if CORPUS.exists() else ():
        found.setdefault(file.name.split("_")[0].split(".")[0], []).append(file)
    return found


@pytest.fixture(scope="module")
def imported(tmp_path_factory):
    """Each pair with what import made of it and what the checks say."""
    folder, made = tmp_path_factory.mktemp("corpus"), {}
    for name, files in pairs().items():
        adopted = from_arm(files)
        file = folder / f"{name}.yaml"
        file.write_text(adopted.text(), encoding="utf-8")
        document = load.document(file, environment="local")
        errors = sorted({each.code for each in validate.check(document) if each.severity == "error"})
        made[name] = (adopted, document, errors)
    return made


def test_what_is_lossy_and_what_is_wrong_is_on_record(imported):
    told = {
        name: {
            "told": [f"{each.code} {each.message}" for each in adopted.diagnostics if each.code != PUT_IN],
            "errors": errors,
        }
        for name, (adopted, _, errors) in imported.items()
    }
    report = yaml.safe_dump(told, sort_keys=False, width=1000)
    if os.environ.get("UPDATE_CASES"):
        REPORT.write_text(report, encoding="utf-8")
    assert report == REPORT.read_text(encoding="utf-8")


def test_every_transform_arrives_as_the_same_query(imported):
    """From the published file through the manifest into the body that Azure is sent."""
    seen = 0
    for name, files in pairs().items():
        graph = expand(imported[name][1].manifest)
        sent = {
            flow["outputStream"]: flow["transformKql"]
            for rule in graph.of("dcr")
            for flow in rule.body["properties"]["dataFlows"]
        }
        for file in files:
            bodies = json.loads(file.read_text(encoding="utf-8"))
            if not isinstance(bodies, list):  # the one hand-written pair is an agent's rule
                continue
            for flow in (flow for each in bodies for flow in each["properties"].get("dataFlows", ())):
                seen += 1
                output = flow["outputStream"]
                text = sent.get(output) or sent[output.replace("Custom-", "Microsoft-")]
                assert text == flow["transformKql"] or kql.same(text, flow["transformKql"])
    assert seen > 60


def applied(name, manifest, azure_monitor, deadline):
    """From an empty Azure: what failed, else what a second plan would still change."""
    assert render.render(manifest, expand(manifest), "arm")
    with wire.connect_local(manifest.target, azure_monitor.ready) as azure:
        principal = azure.identity.object_id
        desired = expand(manifest, principal)

        def plan():
            live = reading.read(azure, desired, owner=manifest.owner)
            return planning.plan(desired, live, environment="local", principal=principal)

        outcomes = applying.apply(plan(), azure, deadline=deadline)
        failed = [(name, each.name, each.error) for each in outcomes if each.error]
        return failed or [(name, each.name, each.deltas) for each in plan().changes if each.writes]


def test_what_validates_applies_and_plans_empty_after(imported, azure_monitor):
    right = [(name, document.manifest) for name, (_, document, errors) in imported.items() if not errors]
    with ThreadPoolExecutor(6) as pool:  # an apply waits most of its time
        found = pool.map(lambda each: applied(*each, azure_monitor, 60.0), right)
        assert [wrong for each in found for wrong in each] == []


def test_what_the_checks_call_wrong_is_refused(imported, azure_monitor):
    wrong = [(name, document.manifest) for name, (_, document, errors) in imported.items() if errors]
    with ThreadPoolExecutor(6) as pool:
        found = pool.map(lambda each: applied(*each, azure_monitor, 0.5), wrong)
        assert [name for (name, _), failed in zip(wrong, found, strict=True) if not failed] == []
