"""Small ARM templates for the tests of import: one table, one rule, and what is laid beside them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from provisioner import load
from provisioner.adopt import ImportedManifest, ImportOptions, from_arm

SUBSCRIPTION = "6f9619ff-8b86-4d01-b42d-00c04fc964ff"
GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-x"
WORKSPACE = f"{GROUP}/providers/Microsoft.OperationalInsights/workspaces/law-x"
PRINCIPAL = "11111111-2222-3333-4444-555555555555"
PUBLISHER = "3913510d-42f4-4e42-8a64-420c390055eb"
READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
OPTIONS = ImportOptions(subscription=SUBSCRIPTION, resource_group="rg-x", location="westeurope", workspace="law-x")
COLUMNS = [{"name": "TimeGenerated", "type": "datetime"}, {"name": "Tag", "type": "string"}]


def table(name: str = "Ops_CL", columns: list[dict[str, Any]] | None = None, **schema: Any) -> dict[str, Any]:
    """A custom table."""
    return {
        "type": "Microsoft.OperationalInsights/workspaces/tables",
        "apiVersion": "2022-10-01",
        "name": f"law-x/{name}",
        "properties": {"schema": {"name": name, "columns": columns or COLUMNS, **schema}},
    }


def rule(name: str = "dcr-ops", **properties: Any) -> dict[str, Any]:
    """A Direct rule from the stream Custom-Ops to the table Ops_CL."""
    return {
        "type": "Microsoft.Insights/dataCollectionRules",
        "apiVersion": "2023-03-11",
        "name": name,
        "location": "westeurope",
        "kind": "Direct",
        "properties": {
            "streamDeclarations": {"Custom-Ops": {"columns": COLUMNS}},
            "destinations": {"logAnalytics": [{"name": "la", "workspaceResourceId": WORKSPACE}]},
            "dataFlows": [flow("Custom-Ops", "Custom-Ops_CL")],
            **properties,
        },
    }


def flow(stream: str, output: str, transform: str = "source") -> dict[str, Any]:
    """A flow of one stream into the workspace."""
    return {"streams": [stream], "destinations": ["la"], "transformKql": transform, "outputStream": output}


def assignment(scope: str | None, role: str = PUBLISHER, principal: str = PRINCIPAL, **more: Any) -> dict[str, Any]:
    """A role assignment; without `scope` it is given on what the template is deployed to."""
    properties = {"principalId": principal, "roleDefinitionId": role, "principalType": "ServicePrincipal"}
    return {
        "type": "Microsoft.Authorization/roleAssignments",
        "apiVersion": "2022-04-01",
        "name": "[guid('a')]",
        **({"scope": scope} if scope is not None else {}),
        "properties": {**properties, **more.pop("properties", {})},
        **more,
    }


def template(*resources: dict[str, Any], **sections: Any) -> dict[str, Any]:
    """A template of these resources."""
    return {"$schema": "x", "contentVersion": "1.0.0.0", **sections, "resources": list(resources)}


def imported(folder: Path, source: Any, options: ImportOptions = OPTIONS) -> ImportedManifest:
    """The import of one file with this content; its manifest loads without an error."""
    file = folder / "source.json"
    file.write_text(json.dumps(source), encoding="utf-8")
    result = from_arm([file], options)
    document = loaded(folder, result)
    errors = [diagnostic.message for diagnostic in document.diagnostics if diagnostic.severity == "error"]
    assert errors == []
    return result


def loaded(folder: Path, result: ImportedManifest) -> load.Document:
    """The imported manifest as loading sees it."""
    file = folder / "provisioner.yaml"
    file.write_text(result.yaml_text(), encoding="utf-8")
    return load.load_document(file)


def findings(result: ImportedManifest, code: str) -> list[tuple[str, str]]:
    """Severity and message of the diagnostics of one code."""
    return [(remark.severity, remark.message) for remark in result.diagnostics if remark.code == code]
