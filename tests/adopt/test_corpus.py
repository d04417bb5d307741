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
from provisioner.resources.expand import expand_manifest
from tests.support.paths import CASES, SHARED

CORPUS = SHARED / "corpus" / "arm"
REPORT = CASES / "arm" / "report.yaml"
PUT_IN = "IMP001"  # every published file leaves place and workspace to its deployer

pytestmark = pytest.mark.skipif(not CORPUS.exists(), reason="the published connectors are not here")


def pairs():
    pairs_by_name = {}
    for file in sorted(CORPUS.glob("*.json")) if CORPUS.exists() else ():
        pairs_by_name.setdefault(file.name.split("_")[0].split(".")[0], []).append(file)
    return pairs_by_name


@pytest.fixture(scope="module")
def imported(tmp_path_factory):
    """Each pair with its imported manifest and the codes of the checks."""
    folder, manifests = tmp_path_factory.mktemp("corpus"), {}
    for name, files in pairs().items():
        adopted = from_arm(files)
        file = folder / f"{name}.yaml"
        file.write_text(adopted.yaml_text(), encoding="utf-8")
        document = load.load_document(file, environment="local")
        errors = sorted({diagnostic.code for diagnostic in validate.check(document) if diagnostic.severity == "error"})
        manifests[name] = (adopted, document, errors)
    return manifests


def test_what_is_lossy_and_what_is_wrong_is_on_record(imported):
    record = {
        name: {
            "told": [
                f"{diagnostic.code} {diagnostic.message}"
                for diagnostic in adopted.diagnostics
                if diagnostic.code != PUT_IN
            ],
            "errors": errors,
        }
        for name, (adopted, _, errors) in imported.items()
    }
    report = yaml.safe_dump(record, sort_keys=False, width=1000)
    if os.environ.get("UPDATE_CASES"):
        REPORT.write_text(report, encoding="utf-8")
    assert report == REPORT.read_text(encoding="utf-8")


def test_every_transform_arrives_as_the_same_query(imported):
    """From the published file through the manifest into the body that Azure is sent."""
    seen = 0
    for name, files in pairs().items():
        graph = expand_manifest(imported[name][1].manifest)
        sent = {
            flow["outputStream"]: flow["transformKql"]
            for rule in graph.of_type("dcr")
            for flow in rule.body["properties"]["dataFlows"]
        }
        for file in files:
            bodies = json.loads(file.read_text(encoding="utf-8"))
            if not isinstance(bodies, list):  # the one hand-written pair is an agent's rule
                continue
            for flow in (flow for body in bodies for flow in body["properties"].get("dataFlows", ())):
                seen += 1
                output = flow["outputStream"]
                text = sent.get(output) or sent[output.replace("Custom-", "Microsoft-")]
                assert text == flow["transformKql"] or kql.same(text, flow["transformKql"])
    assert seen > 60


def applied(name, manifest, azure_monitor, deadline):
    """From an empty Azure: what failed, else what a second plan would still change."""
    assert render.render(manifest, expand_manifest(manifest), "arm")
    with wire.connect_local(manifest.target, azure_monitor.ready) as azure:
        principal = azure.identity.object_id
        desired = expand_manifest(manifest, principal)

        def plan():
            live = reading.read_live(azure, desired, owner=manifest.owner)
            return planning.build_plan(desired, live, environment="local", principal=principal)

        outcomes = applying.apply(plan(), azure, applying.ApplyOptions(retry_deadline=deadline))
        failed = [(name, outcome.name, outcome.error) for outcome in outcomes if outcome.error]
        return failed or [(name, change.name, change.deltas) for change in plan().changes if change.writes]


def test_what_validates_applies_and_plans_empty_after(imported, azure_monitor):
    right = [(name, document.manifest) for name, (_, document, errors) in imported.items() if not errors]
    with ThreadPoolExecutor(6) as pool:  # an apply waits most of its time
        failures_by_case = pool.map(lambda case: applied(*case, azure_monitor, 60.0), right)
        assert [wrong for failures in failures_by_case for wrong in failures] == []


def test_what_the_checks_call_wrong_is_refused(imported, azure_monitor):
    wrong = [(name, document.manifest) for name, (_, document, errors) in imported.items() if errors]
    with ThreadPoolExecutor(6) as pool:
        failures_by_case = pool.map(lambda case: applied(*case, azure_monitor, 0.5), wrong)
        assert [name for (name, _), failed in zip(wrong, failures_by_case, strict=True) if not failed] == []
