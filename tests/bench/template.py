"""ARM's template language: the largest module at hand, 800 resources by copy, 50 templates imported."""

from __future__ import annotations

import json
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from provisioner.adopt import from_arm
from provisioner.template import (
    DeploymentScope,
    Evaluation,
    NothingDeployed,
    plan_deployment,
    read_document,
    read_parameter_file,
)
from tests.support.paths import ROOT, SHARED

TITLE = "ARM templates (target: largest module 150 ms, 800 by copy 1 s, import of 50 templates 3 s)"
CORPUS = SHARED / "corpus" / "templates"
OWN = ROOT / "tests" / "clients"
COLUMN = "createObject('name', format('C{0}', lambdaVariables('n')), 'type', 'string')"
WORKSPACE = "[resourceId('Microsoft.OperationalInsights/workspaces', parameters('workspace'))]"
SCOPE = DeploymentScope("00000000-0000-0000-0000-000000000001", "rg-bench")


def run() -> Iterator[tuple[str, ...]]:
    """What is evaluated, milliseconds (median of the runs), target."""
    yield "what", "ms", "target ms"
    module = max(_modules(), key=lambda path: path.stat().st_size)
    yield (
        f"largest module ({module.name}, {module.stat().st_size:,} bytes)",
        _milliseconds(lambda: _plan(module)),
        "150",
    )
    yield "800 resources by copy", _milliseconds(_plan_copies), "1,000"
    with tempfile.TemporaryDirectory() as folder:
        files = [_template(Path(folder), number) for number in range(50)]
        yield "import of 50 templates", _milliseconds(lambda: from_arm(files), runs=3), "3,000"


def _modules() -> list[Path]:
    folders = [folder for folder in (CORPUS, OWN) if folder.is_dir()]
    return [path for folder in folders for path in folder.glob("mod*.json") if ".parameters" not in path.name]


def _milliseconds(work: Callable[[], object], runs: int = 7) -> str:
    work()
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return f"{statistics.median(times) * 1000:.0f}"


def _plan(module: Path) -> object:
    values = module.with_suffix(".parameters.json")
    return plan_deployment(
        read_document(module.read_text(encoding="utf-8")),
        SCOPE,
        parameters=read_parameter_file(values.read_text(encoding="utf-8")) if values.exists() else {},
        evaluation=Evaluation(resolver=NothingDeployed("westeurope")),
    )


def _plan_copies() -> object:
    resource = {
        "copy": {"name": "tables", "count": 800},
        "type": "Microsoft.OperationalInsights/workspaces/tables",
        "apiVersion": "2022-10-01",
        "name": "[format('law/T{0}_CL', copyIndex())]",
        "properties": {
            "schema": {
                "name": "[format('T{0}_CL', copyIndex())]",
                "columns": f"[map(range(0, 10), lambda('n', {COLUMN}))]",
            }
        },
    }
    return plan_deployment({"$schema": "x", "contentVersion": "1.0.0.0", "resources": [resource]}, SCOPE)


def _template(folder: Path, number: int) -> Path:
    """A connector as they are published: a table, a rule, and their names from parameters and variables."""
    columns = [{"name": "TimeGenerated", "type": "datetime"}] + [{"name": f"C{n}", "type": "string"} for n in range(30)]
    table = "[concat(parameters('workspace'), '/', variables('table'))]"
    stream = f"Custom-T{number}_CL"
    content = {
        "$schema": "x",
        "contentVersion": "1.0.0.0",
        "parameters": {"workspace": {"type": "string"}, "location": {"type": "string"}},
        "variables": {"table": f"T{number}_CL", "columns": columns},
        "resources": [
            {
                "type": "Microsoft.OperationalInsights/workspaces/tables",
                "apiVersion": "2022-10-01",
                "name": table,
                "properties": {"schema": {"name": "[variables('table')]", "columns": "[variables('columns')]"}},
            },
            {
                "type": "Microsoft.Insights/dataCollectionRules",
                "apiVersion": "2023-03-11",
                "name": f"dcr-{number}",
                "location": "[parameters('location')]",
                "properties": {
                    "streamDeclarations": {stream: {"columns": "[variables('columns')]"}},
                    "destinations": {
                        "logAnalytics": [
                            {
                                "name": "law",
                                "workspaceResourceId": WORKSPACE,
                            }
                        ]
                    },
                    "dataFlows": [
                        {
                            "streams": [stream],
                            "destinations": ["law"],
                            "transformKql": "source | extend TimeGenerated = now()",
                            "outputStream": f"Custom-T{number}_CL",
                        }
                    ],
                },
            },
        ],
    }
    file = folder / f"connector-{number}.json"
    file.write_text(json.dumps(content), encoding="utf-8")
    return file
