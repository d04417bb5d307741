"""The format `terraform`: every resource as an `azapi_resource`, so that its body is the definition's."""

from __future__ import annotations

from typing import Any

from provisioner._version import __version__
from provisioner.model import Manifest
from provisioner.package_data import load_facts
from provisioner.render.deployment_layout import LOCATION_DESCRIPTION, DeploymentLayout
from provisioner.render.leaving_guide import terraform_guide
from provisioner.render.source_expression import SourceExpression
from provisioner.render.symbol_names import snake_case, symbol_names
from provisioner.render.terraform_syntax import attributes, terraform_string
from provisioner.resources import Graph, Key, Param, Ref, Resource, substitute
from provisioner.resources.grant_resource import role_id
from provisioner.resources.resource_ids import ARM_GUID_NAMESPACE

_TOP_LEVEL = ("location", "tags", "identity")
"""What the provider takes beside `body`; Azure/azapi, azapi_resource."""
_RULE_EXPORTS = ["properties.immutableId", "properties.endpoints.logsIngestion"]
_ENDPOINT_EXPORTS = ["properties.logsIngestion.endpoint"]


def render_terraform(manifest: Manifest, graph: Graph) -> dict[str, str]:
    """`main.tf`, `variables.tf`, `outputs.tf` and `README.md` on going on without us.

    The target's group is among the resources: Terraform has no scope that it would have to exist in.
    """
    writer = _TerraformWriter(manifest, graph)
    files = {
        "main.tf": writer.main_file(),
        "variables.tf": writer.variables_file(),
        "outputs.tf": writer.outputs_file(),
    }
    names = [terraform_variable(param) for param in writer.parameters]
    return files | {"README.md": terraform_guide(manifest, list(files), names)}


def terraform_imports(manifest: Manifest, graph: Graph) -> str:
    """`imports.tf`: blocks that take what exists in Azure into the state, by its id.

    A grant whose principal is a variable has no id before it is deployed, and so no block.
    """
    return _TerraformWriter(manifest, graph).imports_file()


def terraform_variable(param: Param) -> str:
    """A parameter's name as Terraform's variables are written: `principalId` as `principal_id`."""
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in param.name).lstrip("_")


class _TerraformWriter:
    def __init__(self, manifest: Manifest, graph: Graph) -> None:
        self.manifest, self.graph = manifest, graph
        self.layout = DeploymentLayout(manifest, graph)
        self.parameters = self.layout.parameters()
        self.names = symbol_names(graph, snake_case, ())

    def main_file(self) -> str:
        blocks = [self._head(), self._provider()]
        blocks += [self._existing(resource) for resource in self.graph if self._is_read(resource)]
        blocks += [self._resource(resource) for resource in self._written()]
        return "\n\n".join(blocks) + "\n"

    def variables_file(self) -> str:
        location = terraform_string(self.manifest.target.location)
        blocks = [_variable("location", LOCATION_DESCRIPTION, f"  default     = {location}\n")]
        blocks += [_variable(terraform_variable(param), param.description) for param in self.parameters]
        return "\n\n".join(blocks) + "\n"

    def outputs_file(self) -> str:
        endpoint = self.manifest.endpoint
        values: dict[str, Any] = {}
        for dcr in self.manifest.dcrs.values():
            rule = self._address(("dcr", dcr.name))
            url = f"{rule}.output.properties.endpoints.logsIngestion"
            if endpoint is not None and dcr.endpoint == "shared":
                url = f"{self._address(('endpoint', endpoint.name))}.output.properties.logsIngestion.endpoint"
            values[dcr.name] = {
                "immutable_id": SourceExpression(f"{rule}.output.properties.immutableId"),
                "endpoint": SourceExpression(url),
            }
        description = "For each rule the immutable id and the endpoint that its senders post to."
        members = {"description": description, "value": values}
        return _block('output "dcrs"', members) + "\n"

    def imports_file(self) -> str:
        blocks = [
            _block("import", {"to": SourceExpression(self._address(resource.key)), "id": _import_id(resource)})
            for resource in self._written()
            if resource.id and not self._is_update(resource)
        ]
        return "\n\n".join(blocks) + "\n"

    def _written(self) -> list[Resource]:
        """What these files make: the provider writes through Azure Resource Manager, which has no applications."""
        return [resource for resource in self.graph if not resource.existing and resource.type.api == "arm"]

    def _head(self) -> str:
        facts = load_facts("terraform.yaml")
        providers = f"required_providers {{\n{attributes({'azapi': facts['azapi']}, 2)}\n  }}"
        return (
            f"# Written by provisioner {__version__} from the manifest {self.manifest.name}; see README.md.\n"
            f"terraform {{\n  required_version = {terraform_string(facts['required_version'])}\n  {providers}\n}}"
        )

    def _provider(self) -> str:
        return _block('provider "azapi"', {"subscription_id": self.manifest.target.subscription})

    def _is_read(self, resource: Resource) -> bool:
        return resource.existing and resource.type.short_name != "table"

    def _is_update(self, resource: Resource) -> bool:
        """Whether it is there without being created: one of Azure's own tables, or a property of another resource."""
        if resource.type.property_of_scope:
            return True
        return resource.type.short_name == "table" and not resource.name.endswith("_CL")

    def _existing(self, resource: Resource) -> str:
        exports = {"response_export_values": _ENDPOINT_EXPORTS} if resource.type.short_name == "endpoint" else {}
        members = {"type": _versioned_type(resource), "resource_id": resource.id, **exports}
        return _block(f'data "azapi_resource" "{self.names[resource.key]}"', members)

    def _property_update(self, resource: Resource) -> str:
        assert resource.scope is not None
        members = {
            "type": _versioned_type(resource),
            "resource_id": SourceExpression(f"{self._address(resource.scope)}.id"),
            "body": substitute(resource.body, self._reference),
        }
        return _block(f'resource "azapi_update_resource" "{self.names[resource.key]}"', members)

    def _resource(self, resource: Resource) -> str:
        if resource.type.property_of_scope:
            return self._property_update(resource)
        body = substitute(resource.body, self._reference)
        if self.layout.has_own_location(resource):
            body["location"] = SourceExpression("var.location")
        top_level = {name: body.pop(name) for name in _TOP_LEVEL if name in body}
        exports = {"dcr": _RULE_EXPORTS, "endpoint": _ENDPOINT_EXPORTS}.get(resource.type.short_name)
        members = {
            "type": _versioned_type(resource),
            "parent_id": self._parent(resource),
            "name": self._name(resource),
            **top_level,
            **({"body": body} if body else {}),
            **({"response_export_values": exports} if exports else {}),
        }
        if needs := self._explicit_needs(resource):
            members["depends_on"] = [SourceExpression(address) for address in needs]
        kind = "azapi_update_resource" if self._is_update(resource) else "azapi_resource"
        return _block(f'resource "{kind}" "{self.names[resource.key]}"', members)

    def _parent(self, resource: Resource) -> str:
        if resource.scope is not None:
            return SourceExpression(f"{self._address(resource.scope)}.id")
        assert resource.id is not None
        return resource.id.partition("/resourceGroups/")[0]

    def _name(self, resource: Resource) -> str:
        if resource.type.short_name != "grant" or resource.azure_name or resource.scope is None:
            return resource.azure_name or resource.name
        # The same derivation as ours and as ARM's guid(): all of them meet in one assignment.
        principal = terraform_variable(resource.body["properties"]["principalId"])
        role = role_id(self.manifest.grants[resource.name.rsplit("/", 1)[0]].role)
        parts = f"${{{self._address(resource.scope)}.id}}-${{var.{principal}}}-{role}"
        return SourceExpression(f'uuidv5({terraform_string(str(ARM_GUID_NAMESPACE))}, "{parts}")')

    def _explicit_needs(self, resource: Resource) -> list[str]:
        implicit: set[Key | None] = {resource.scope}
        substitute(resource.body, lambda value: implicit.add(value.key) if isinstance(value, Ref) else None)
        keys = [key for key in resource.dependencies() if key not in implicit and key in self.graph]
        return [self._address(key) for key in keys if not self.graph[key].existing]

    def _address(self, key: Key) -> str:
        resource = self.graph[key]
        if resource.existing:
            return f"data.azapi_resource.{self.names[key]}"
        return f"{'azapi_update_resource' if self._is_update(resource) else 'azapi_resource'}.{self.names[key]}"

    def _reference(self, value: Ref | Param) -> SourceExpression:
        if isinstance(value, Param):
            return SourceExpression(f"var.{terraform_variable(value)}")
        return SourceExpression(f"{self._address(value.key)}.id")


def _versioned_type(resource: Resource) -> str:
    return f"{resource.type.arm_type}@{resource.type.api_version}"


def _import_id(resource: Resource) -> str:
    return f"{resource.id}?api-version={resource.type.api_version}"


def _variable(name: str, description: str, default: str = "") -> str:
    shown = terraform_string(description, one_line=True)
    return f'variable "{name}" {{\n  description = {shown}\n  type        = string\n{default}  nullable    = false\n}}'


def _block(head: str, members: dict[str, Any]) -> str:
    return f"{head} {{\n{attributes(members, 1)}\n}}"
