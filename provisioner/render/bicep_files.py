"""The format `bicep`: one Bicep file for the whole environment, a module where tables lie in another group."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from provisioner._version import __version__
from provisioner.model import Manifest
from provisioner.package_data import load_facts
from provisioner.render.bicep_syntax import bicep_string, bicep_value
from provisioner.render.deployment_layout import LOCATION_DESCRIPTION, DeploymentLayout
from provisioner.render.leaving_guide import bicep_guide
from provisioner.render.source_expression import SourceExpression
from provisioner.render.symbol_names import camel_case, symbol_names
from provisioner.resources import Graph, Key, Param, Ref, Resource, parse_resource_id, substitute
from provisioner.resources.grant_resource import role_id

_TABLES_FILE = "workspace-tables.bicep"
_TABLES_MODULE = "workspaceTables"
# Functions and words of the language that a symbol of ours could hide.
_TAKEN = ("location", "resourceGroup", "subscription", "guid", "resource", "module", "param", "var", "output", "dcrs")


def render_bicep(manifest: Manifest, graph: Graph) -> dict[str, str]:
    """`main.bicep`, `README.md` on going on without us, and `workspace-tables.bicep` where the workspace is elsewhere.

    The group is the deployment's scope, as in the format `arm`.
    """
    writer = _BicepWriter(manifest, graph)
    files = {"main.bicep": writer.main_file()}
    if writer.tables_elsewhere:
        files[_TABLES_FILE] = writer.tables_file()
    return files | {"README.md": bicep_guide(manifest, list(files), [param.name for param in writer.parameters])}


class _BicepWriter:
    def __init__(self, manifest: Manifest, graph: Graph) -> None:
        self.manifest, self.graph = manifest, graph
        self.layout = DeploymentLayout(manifest, graph)
        self.parameters = self.layout.parameters()
        taken = (*_TAKEN, _TABLES_MODULE, *(param.name for param in self.parameters))
        self.symbols = symbol_names(graph, camel_case, taken)
        deployed = [resource for resource in graph if self.layout.is_deployed(resource.key)]
        self.tables_elsewhere = [resource for resource in deployed if self.layout.in_other_group(resource)]
        self.own = [resource for resource in deployed if resource not in self.tables_elsewhere]

    def main_file(self) -> str:
        blocks = [self._head("targetScope = 'resourceGroup'"), *self._parameter_blocks()]
        blocks += [self._existing(resource, elsewhere=True) for resource in self._existing_resources()]
        blocks += [self._tables_module()] if self.tables_elsewhere else []
        blocks += [self._resource(resource) for resource in self.own]
        return "\n\n".join([*blocks, self._outputs()]) + "\n"

    def tables_file(self) -> str:
        """The tables of a workspace in another group; a Bicep file deploys to one group alone."""
        workspace = self.graph.of_type("workspace")[0]
        blocks = [self._head("targetScope = 'resourceGroup'"), self._existing(workspace, elsewhere=False)]
        return "\n\n".join([*blocks, *map(self._resource, self.tables_elsewhere)]) + "\n"

    def _head(self, first: str) -> str:
        return (
            f"// Written by provisioner {__version__} from the manifest '{self.manifest.name}'; see README.md.\n{first}"
        )

    def _parameter_blocks(self) -> Iterator[str]:
        location = bicep_string(self.manifest.target.location)
        yield f"@description({bicep_string(LOCATION_DESCRIPTION)})\nparam location string = {location}"
        for param in self.parameters:
            description = bicep_string(param.description, one_line=True)
            yield f"@description({description})\n@minLength(1)\nparam {param.name} string"

    def _existing_resources(self) -> list[Resource]:
        """Existing workspace and endpoint; an existing table is named by flows alone."""
        return [resource for resource in self.graph if resource.existing and resource.type.short_name != "table"]

    def _existing(self, resource: Resource, *, elsewhere: bool) -> str:
        parts = parse_resource_id(resource.id or "")
        scope = ""
        if elsewhere and parts is not None and self.layout.in_other_group(resource):
            group = f"resourceGroup({bicep_string(parts.subscription)}, {bicep_string(parts.group)})"
            scope = f"  scope: {group}\n"
        name = bicep_string(parts.names[-1] if parts else resource.name)
        return f"resource {self._declaration(resource)} existing = {{\n{scope}  name: {name}\n}}"

    def _declaration(self, resource: Resource) -> str:
        type_ = f"{resource.type.arm_type}@{resource.type.api_version}"
        return f"{self.symbols[resource.key]} {bicep_string(type_)}"

    def _tables_module(self) -> str:
        parts = parse_resource_id(self.tables_elsewhere[0].id or "")
        assert parts is not None
        members = {
            "name": f"{self.manifest.name}-tables",
            "scope": SourceExpression(
                f"resourceGroup({bicep_string(parts.subscription)}, {bicep_string(parts.group)})"
            ),
        }
        return f"module {_TABLES_MODULE} {bicep_string(_TABLES_FILE)} = {bicep_value(members)}"

    def _property_deployment(self, resource: Resource) -> str:
        """The nested deployment that gives a resource a property which names another: a file has each once."""
        facts, scope = load_facts("deployments.yaml"), self.layout.completed_scope(resource)
        body = substitute(scope.body, self._reference)
        if self.layout.has_own_location(scope):
            body["location"] = SourceExpression("location")
        entry = {"type": scope.type.arm_type, "apiVersion": scope.type.api_version, "name": scope.azure_name, **body}
        needs = [self.symbols[key] for key in resource.dependencies() if self.layout.is_deployed(key)]
        members = {
            "name": f"{self.manifest.name}-default-rule",
            "properties": {
                "mode": "Incremental",
                "template": {
                    "$schema": facts["template_schema"],
                    "contentVersion": "1.0.0.0",
                    "resources": [entry],
                },
            },
            "dependsOn": [SourceExpression(symbol) for symbol in needs],
        }
        type_ = bicep_string(f"Microsoft.Resources/deployments@{facts['api_version']}")
        return f"resource {self.symbols[resource.key]} {type_} = {bicep_value(members)}"

    def _resource(self, resource: Resource) -> str:
        if resource.type.property_of_scope:
            return self._property_deployment(resource)
        body = substitute(resource.body, self._reference)
        if self.layout.has_own_location(resource):
            body["location"] = SourceExpression("location")
        members = {**self._place(resource), **body}
        if needs := self._explicit_needs(resource):
            members["dependsOn"] = [SourceExpression(symbol) for symbol in needs]
        return f"resource {self._declaration(resource)} = {bicep_value(members)}"

    def _place(self, resource: Resource) -> dict[str, Any]:
        """Parent or scope, and name."""
        short_name, scope = resource.type.short_name, resource.scope
        if short_name == "table" and scope is not None:
            return {"parent": SourceExpression(self.symbols[scope]), "name": resource.name}
        if resource.type.extension and scope is not None:
            return {"scope": SourceExpression(self.symbols[scope]), "name": self._extension_name(resource, scope)}
        return {"name": resource.azure_name or resource.name}

    def _extension_name(self, resource: Resource, scope: Key) -> str:
        if resource.azure_name:
            return resource.azure_name
        # guid() has the same result as our own names: a deployment and apply meet in one assignment.
        principal = resource.body["properties"]["principalId"]
        role = role_id(self.manifest.grants[resource.name.rsplit("/", 1)[0]].role)
        return SourceExpression(f"guid({self.symbols[scope]}.id, {principal.name}, {bicep_string(role)})")

    def _explicit_needs(self, resource: Resource) -> list[str]:
        """What must come first and is named nowhere else in the resource."""
        implicit = {resource.scope, *self._referred(resource)}
        needs: dict[str, None] = {}
        for key in resource.dependencies():
            if key not in implicit and self.layout.is_deployed(key):
                elsewhere = self.layout.in_other_group(self.graph[key])
                needs[_TABLES_MODULE if elsewhere else self.symbols[key]] = None
        return [*needs]

    def _referred(self, resource: Resource) -> Iterator[Key]:
        references: list[Key] = []
        substitute(resource.body, lambda value: references.append(value.key) if isinstance(value, Ref) else None)
        yield from references

    def _reference(self, value: Ref | Param) -> SourceExpression:
        return SourceExpression(value.name if isinstance(value, Param) else f"{self.symbols[value.key]}.id")

    def _outputs(self) -> str:
        endpoint = self.manifest.endpoint
        values: dict[str, Any] = {}
        for dcr in self.manifest.dcrs.values():
            rule = self.symbols[("dcr", dcr.name)]
            url = f"{rule}.properties.endpoints.logsIngestion"
            if endpoint is not None and dcr.endpoint == "shared":
                url = f"{self.symbols[('endpoint', endpoint.name)]}.properties.logsIngestion.endpoint"
            values[dcr.name] = {
                "immutableId": SourceExpression(f"{rule}.properties.immutableId"),
                "endpoint": SourceExpression(url),
            }
        description = "For each rule the immutable id and the endpoint that its senders post to."
        return f"@description({bicep_string(description)})\noutput dcrs object = {bicep_value(values)}"
