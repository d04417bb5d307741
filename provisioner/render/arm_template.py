"""The format `arm`: one ARM template for the whole environment, deployable at the scope of its resource group."""

from __future__ import annotations

import json
from typing import Any

from provisioner._version import __version__
from provisioner.model import Manifest
from provisioner.package_data import load_facts
from provisioner.render.deployment_layout import LOCATION_DESCRIPTION, DeploymentLayout
from provisioner.resources import Graph, Key, Param, Ref, Resource, parse_resource_id
from provisioner.resources.grant_resource import role_id
from provisioner.template_environment import template_environment

Json = dict[str, Any]


def render_arm(manifest: Manifest, graph: Graph) -> dict[str, str]:
    """`template.json`: parameters, resources with what they depend on, and outputs for senders.

    The group itself is the deployment's scope and so not in it; tables of a workspace in another group are
    deployed there by a nested deployment.
    """
    printer = _ArmPrinter(manifest, graph)
    text = (
        template_environment("arm")
        .get_template("template.json.j2")
        .render(
            generator={"name": "provisioner", "version": __version__},
            manifest=manifest.owner,
            resources=[*printer.resources()],
            parameters=printer.parameters(),
            outputs=printer.outputs(),
        )
    )
    # Parsed and printed again: the layout does not depend on the template's white space.
    return {"template.json": json.dumps(json.loads(text), indent=2, ensure_ascii=False) + "\n"}


class _ArmPrinter:
    def __init__(self, manifest: Manifest, graph: Graph) -> None:
        self.manifest, self.graph = manifest, graph
        self.layout = DeploymentLayout(manifest, graph)
        self.location = manifest.target.location

    def parameters(self) -> Json:
        """The region, and a parameter for each Param in the bodies."""
        parameters: Json = {
            "location": {
                "type": "string",
                "defaultValue": self.location,
                "metadata": {"description": LOCATION_DESCRIPTION},
            }
        }
        for param in self.layout.parameters():
            parameters.update(_parameter(param))
        return parameters

    def resources(self) -> list[Json]:
        """The entries of `resources`; what is in another group comes first, as one nested deployment."""
        managed = [resource for resource in self.graph if self.layout.is_deployed(resource.key)]
        local = [self.resource(resource) for resource in managed if not self.layout.in_other_group(resource)]
        remote = [resource for resource in managed if self.layout.in_other_group(resource)]
        return [*([self.nested_deployment(remote)] if remote else []), *local]

    def resource(self, resource: Resource) -> Json:
        """One entry of `resources`, in the order in which people read them."""
        if resource.type.property_of_scope:
            return self.property_deployment(resource)
        head: Json = {"type": resource.type.arm_type, "apiVersion": resource.type.api_version}
        parts = parse_resource_id(resource.id) if resource.id else None
        if resource.type.extension and resource.scope:
            head["scope"] = f"[{self.expression(resource.scope)}]"
            head["name"] = self.extension_name(resource)
        else:
            head["name"] = "/".join(parts.names) if parts else resource.name
        body = self.printed(resource.body)
        # Other regions stay literal: the parameter is the region of workspace, endpoint and rules alone.
        if body.get("location") == self.location:
            body["location"] = "[parameters('location')]"
        needs = [f"[{self.dependency(key)}]" for key in resource.dependencies() if self.layout.is_deployed(key)]
        entry: Json = head | body | ({"dependsOn": list(dict.fromkeys(needs))} if needs else {})
        return entry

    def nested_deployment(self, resources: list[Resource]) -> Json:
        """The deployment of resources of another group: a template deploys to one group alone."""
        parts = parse_resource_id(resources[0].id or "")
        assert parts is not None
        return {
            "type": "Microsoft.Resources/deployments",
            "apiVersion": load_facts("deployments.yaml")["api_version"],
            "name": f"{self.manifest.name}-tables",
            "subscriptionId": parts.subscription,
            "resourceGroup": parts.group,
            "properties": {
                # Complete mode would delete what else the other group holds.
                "mode": "Incremental",
                "template": {
                    "$schema": load_facts("deployments.yaml")["template_schema"],
                    "contentVersion": "1.0.0.0",
                    "resources": [self.resource(resource) for resource in resources],
                },
            },
        }

    def property_deployment(self, resource: Resource) -> Json:
        """The nested deployment that gives a resource a property which names another: a template has each once."""
        scope = self.layout.completed_scope(resource)
        entry = {key: value for key, value in self.resource(scope).items() if key != "dependsOn"}
        needs = [f"[{self.dependency(key)}]" for key in self.needed_keys(resource)]
        return {
            "type": "Microsoft.Resources/deployments",
            "apiVersion": load_facts("deployments.yaml")["api_version"],
            "name": f"{self.manifest.name}-default-rule",
            "properties": {
                "mode": "Incremental",
                "template": {
                    "$schema": load_facts("deployments.yaml")["template_schema"],
                    "contentVersion": "1.0.0.0",
                    "resources": [entry],
                },
            },
            "dependsOn": needs,
        }

    def needed_keys(self, resource: Resource) -> list[Key]:
        """What the template creates and the resource needs first."""
        return [key for key in resource.dependencies() if self.layout.is_deployed(key)]

    def dependency(self, key: Key) -> str:
        """What `dependsOn` names: the resource, or the nested deployment that creates it."""
        if self.layout.in_other_group(self.graph[key]):
            parts = parse_resource_id(self.graph[key].id or "")
            assert parts is not None
            # The deployment lies in the group that it deploys to: its id does not begin with ours.
            names = (parts.subscription, parts.group, "Microsoft.Resources/deployments", f"{self.manifest.name}-tables")
            return f"resourceId({', '.join(map(_quoted, names))})"
        return self.expression(key)

    def expression(self, key: Key) -> str:
        """The template expression for a resource's id: `resourceId(...)` for our group, a literal elsewhere."""
        resource = self.graph[key]
        parts = parse_resource_id(resource.id) if resource.id else None
        if parts is None or resource.existing or self.layout.in_other_group(resource):
            return _quoted(resource.id or resource.name)
        return f"resourceId({', '.join(_quoted(argument) for argument in (parts.type, *parts.names))})"

    def extension_name(self, resource: Resource) -> str:
        """The name at the scope; of a grant whose principal is not known, an expression for it."""
        # guid() has the same result as our own names: template and apply meet in one assignment.
        if resource.azure_name or resource.scope is None:
            return resource.azure_name or resource.name
        principal = resource.body["properties"]["principalId"]
        role = role_id(self.manifest.grants[resource.name.rsplit("/", 1)[0]].role)
        return f"[guid({self.expression(resource.scope)}, parameters({_quoted(principal.name)}), {_quoted(role)})]"

    def printed(self, value: Any) -> Any:
        """A body with references as expressions; other texts that look like an expression are escaped."""
        if isinstance(value, Param):
            return f"[parameters({_quoted(value.name)})]"
        if isinstance(value, dict):
            return {key: self.printed(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [self.printed(inner) for inner in value]
        if isinstance(value, str):
            # ARM evaluates a text in brackets; a doubled opening bracket makes it plain text.
            return "[" + value if value.startswith("[") and value.endswith("]") else value
        return self.reference(value) if isinstance(value, Ref) else value

    def reference(self, ref: Ref) -> str:
        """The id of a resource: an expression where the template creates it, else a literal."""
        resource = self.graph[ref.key]
        return (resource.id or "") if resource.existing else f"[{self.expression(ref.key)}]"

    def outputs(self) -> Json:
        """For each DCR its immutable id and the endpoint that senders post to."""
        endpoint = self.manifest.endpoint
        values: Json = {}
        for dcr in self.manifest.dcrs.values():
            rule = f"reference({self.versioned_arguments(('dcr', dcr.name))})"
            url = (
                f"reference({self.versioned_arguments(('endpoint', endpoint.name))}).logsIngestion.endpoint"
                if endpoint is not None and dcr.endpoint != "direct"
                else f"{rule}.endpoints.logsIngestion"
            )
            values[dcr.name] = {"immutableId": f"[{rule}.immutableId]", "endpoint": f"[{url}]"}
            if dcr.endpoint == "both":
                values[dcr.name]["directEndpoint"] = f"[{rule}.endpoints.logsIngestion]"
        return {"dcrs": {"type": "object", "value": values}}

    def versioned_arguments(self, key: Key) -> str:
        """The arguments of `reference(...)`: id and api-version, which ARM needs for what it does not deploy itself."""
        return f"{self.expression(key)}, {_quoted(self.graph[key].type.api_version)}"


def _parameter(param: Param) -> Json:
    return {param.name: {"type": "string", "metadata": {"description": param.description}}}


def _quoted(text: str) -> str:
    """A string literal of the template language: a quote is doubled."""
    return "'" + text.replace("'", "''") + "'"
