"""One ARM template for the whole environment, deployable at the scope of its resource group."""

from __future__ import annotations

import json
from typing import Any

from provisioner._version import __version__
from provisioner.model import Manifest
from provisioner.package_data import load_facts
from provisioner.render.template_environment import environment
from provisioner.resources import Graph, Key, Param, Ref, Resource, parse_id, substitute
from provisioner.resources.grant_resource import role_id

Json = dict[str, Any]


def arm(manifest: Manifest, graph: Graph) -> dict[str, str]:
    """`template.json`: parameters, resources with what they depend on, and outputs for senders.

    The group itself is the deployment's scope and so not in it; tables of a workspace in another group are
    deployed there by a nested deployment.
    """
    printer = _Printer(manifest, graph)
    text = (
        environment("arm")
        .get_template("template.json.j2")
        .render(
            generator={"name": "provisioner", "version": __version__},
            manifest=manifest.owner,
            resources=[*printer.resources()],
            parameters=printer.parameters(),
            outputs=printer.outputs(),
        )
    )
    return {"template.json": json.dumps(json.loads(text), indent=2, ensure_ascii=False) + "\n"}


class _Printer:
    def __init__(self, manifest: Manifest, graph: Graph) -> None:
        self.manifest, self.graph = manifest, graph
        self.location = manifest.target.location

    def parameters(self) -> Json:
        found: Json = {
            "location": {
                "type": "string",
                "defaultValue": self.location,
                "metadata": {"description": "Region of the workspace, the endpoint and the rules: the same for all."},
            }
        }
        for resource in self.graph:
            substitute(
                resource.body, lambda value: found.update(_parameter(value)) if isinstance(value, Param) else None
            )
        return found

    def resources(self) -> list[Json]:
        written = [each for each in self.graph if not each.existing and each.type.short != "group"]
        here = [self.resource(each) for each in written if not self.elsewhere(each)]
        away = [each for each in written if self.elsewhere(each)]
        return [*([self.nested(away)] if away else []), *here]

    def elsewhere(self, resource: Resource) -> bool:
        """Whether it stands in another group than the deployment: a table of an existing workspace."""
        parts = parse_id(resource.id) if resource.id else None
        target = self.manifest.target
        own = (target.subscription.lower(), target.resource_group.lower())
        return parts is not None and (parts.subscription.lower(), parts.group.lower()) != own

    def resource(self, resource: Resource) -> Json:
        """One entry of `resources`, in the order in which people read them."""
        head: Json = {"type": resource.type.name, "apiVersion": resource.type.api_version}
        parts = parse_id(resource.id) if resource.id else None
        if resource.type.short == "grant" and resource.scope:
            head["scope"] = f"[{self.expression(resource.scope)}]"
            head["name"] = self.assignment(resource)
        else:
            head["name"] = "/".join(parts.names) if parts else resource.name
        body = self.printed(resource.body)
        if body.get("location") == self.location:
            body["location"] = "[parameters('location')]"
        needs = [f"[{self.dependency(key)}]" for key in resource.needs() if self.deployed(key)]
        entry: Json = head | body | ({"dependsOn": list(dict.fromkeys(needs))} if needs else {})
        return entry

    def nested(self, resources: list[Resource]) -> Json:
        parts = parse_id(resources[0].id or "")
        assert parts is not None
        return {
            "type": "Microsoft.Resources/deployments",
            "apiVersion": load_facts("deployments.yaml")["api_version"],
            "name": f"{self.manifest.name}-tables",
            "subscriptionId": parts.subscription,
            "resourceGroup": parts.group,
            "properties": {
                "mode": "Incremental",
                "template": {
                    "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
                    "contentVersion": "1.0.0.0",
                    "resources": [self.resource(each) for each in resources],
                },
            },
        }

    def deployed(self, key: Key) -> bool:
        """Whether this template makes it."""
        resource = self.graph.get(key)
        return resource is not None and not resource.existing and key[0] != "group"

    def dependency(self, key: Key) -> str:
        """What `dependsOn` names: the resource, or the nested deployment that makes it."""
        if self.elsewhere(self.graph[key]):
            return f"resourceId('Microsoft.Resources/deployments', {_quoted(self.manifest.name + '-tables')})"
        return self.expression(key)

    def expression(self, key: Key) -> str:
        """The template expression for a resource's id: `resourceId(...)` for our group, a literal elsewhere."""
        resource = self.graph[key]
        parts = parse_id(resource.id) if resource.id else None
        if parts is None or resource.existing or self.elsewhere(resource):
            return _quoted(resource.id or resource.name)
        return f"resourceId({', '.join(_quoted(word) for word in (parts.type, *parts.names))})"

    def assignment(self, resource: Resource) -> str:
        """The name of a grant: the GUID itself where the principal is known, else the expression that makes it."""
        if resource.azure_name or resource.scope is None:
            return resource.azure_name or resource.name
        principal = resource.body["properties"]["principalId"]
        role = role_id(self.manifest.grants[resource.name.rsplit("/", 1)[0]].role)
        return f"[guid({self.expression(resource.scope)}, parameters({_quoted(principal.name)}), {_quoted(role)})]"

    def printed(self, value: Any) -> Any:
        """A body with references as expressions and plain text that looks like an expression escaped."""
        if isinstance(value, Param):
            return f"[parameters({_quoted(value.name)})]"
        if isinstance(value, dict):
            return {key: self.printed(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [self.printed(inner) for inner in value]
        if isinstance(value, str):
            return "[" + value if value.startswith("[") and value.endswith("]") else value
        return self.reference(value) if isinstance(value, Ref) else value

    def reference(self, ref: Ref) -> str:
        """The id of what the template makes as an expression, of what exists as it is."""
        resource = self.graph[ref.key]
        return (resource.id or "") if resource.existing else f"[{self.expression(ref.key)}]"

    def outputs(self) -> Json:
        """For each DCR its immutable id and the endpoint that senders post to."""
        shared = self.manifest.endpoint
        found: Json = {}
        for dcr in self.manifest.dcrs.values():
            rule = f"reference({self.versioned(('dcr', dcr.name))})"
            bound = shared is not None and dcr.endpoint == "shared"
            url = (
                f"reference({self.versioned(('endpoint', shared.name))}).logsIngestion.endpoint"
                if bound and shared
                else f"{rule}.endpoints.logsIngestion"
            )
            found[dcr.name] = {"immutableId": f"[{rule}.immutableId]", "endpoint": f"[{url}]"}
        return {"dcrs": {"type": "object", "value": found}}

    def versioned(self, key: Key) -> str:
        return f"{self.expression(key)}, {_quoted(self.graph[key].type.api_version)}"


def _parameter(param: Param) -> Json:
    return {param.name: {"type": "string", "metadata": {"description": param.description}}}


def _quoted(text: str) -> str:
    """A string literal of the template language: a quote is doubled."""
    return "'" + text.replace("'", "''") + "'"
