"""Which handler answers which request; the whole surface on one page."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Literal

from provisioner.emulator import admin_api
from provisioner.emulator.arm import (
    data_collection_endpoints,
    data_collection_rules,
    dcr_metrics,
    deployments,
    generic_resources,
    long_running_operations,
    resource_groups,
    resource_providers,
    role_assignments,
    tables,
    workspaces,
)
from provisioner.emulator.arm.access_control import ASSIGNMENT
from provisioner.emulator.entra import token_endpoint, tokens
from provisioner.emulator.logs import ingestion_api, query_api

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from provisioner.emulator.http.request import Call
    from provisioner.emulator.http.response import Answer

Plane = Literal["open", "arm", "ingestion", "query", "control"]
"""Who may come in: anybody, or the holder of a token for that audience."""

SUB = "/subscriptions/{subscription}"
GROUP = SUB + "/resourceGroups/{group}"
OI = "/providers/Microsoft.OperationalInsights"
INSIGHTS = "/providers/Microsoft.Insights"
WORKSPACE = GROUP + OI + "/workspaces/{workspace}"
TABLE = WORKSPACE + "/tables/{table}"
DEPLOYMENT = GROUP + "/providers/Microsoft.Resources/deployments/{deployment}"
INGEST = "/dataCollectionRules/{rule}/streams/{stream}"
ROLES = "/providers/Microsoft.Authorization/roleDefinitions"


@dataclass(frozen=True, slots=True)
class Route:
    """One line of the table: `threaded` handlers compute for long and leave the loop to others."""

    method: str
    pattern: str
    handler: Callable[[Call], Answer]
    plane: Plane = "arm"
    threaded: bool = False

    @property
    def kind(self) -> str:
        """The resource type that the pattern speaks of, as role actions name it."""
        _before, found, after = self.pattern.rpartition("/providers/")
        if not found:
            return "Microsoft.Resources/subscriptions" + ("/resourceGroups" if "{group}" in self.pattern else "")
        return "/".join(each for each in after.split("/") if not each.startswith("{"))

    @property
    def exclusive(self) -> bool:
        """Whether what it reads must still hold when it writes; a deployment's steps are calls of their own."""
        return self.plane == "arm" and self.method in {"PUT", "PATCH", "DELETE"} and "{deployment}" not in self.pattern

    @property
    def action(self) -> str:
        """The right that the call needs."""
        if self.method == "POST":
            return f"{self.kind}/read" if self.kind.endswith("/query") else f"{self.kind}/action"
        return f"{self.kind}/{({'GET': 'read', 'HEAD': 'read', 'DELETE': 'delete'}).get(self.method, 'write')}"


ROUTES = (
    # Entra
    Route("GET", "/{tenant}/v2.0/.well-known/openid-configuration", tokens.configuration, "open"),
    Route("GET", "/{tenant}/.well-known/openid-configuration", tokens.configuration, "open"),
    Route("GET", "/{tenant}/discovery/v2.0/keys", tokens.keys, "open"),
    Route("GET", "/{tenant}/discovery/keys", tokens.keys, "open"),
    Route("GET", "/common/discovery/instance", tokens.discovery, "open"),
    Route("POST", "/{tenant}/oauth2/v2.0/token", token_endpoint.token, "open"),
    Route("POST", "/{tenant}/oauth2/token", token_endpoint.token, "open"),
    # clouds, tenants, subscriptions, providers
    Route("GET", "/metadata/endpoints", resource_providers.metadata, "open"),
    Route("GET", "/tenants", resource_providers.tenants),
    Route("GET", "/subscriptions", resource_providers.subscriptions),
    Route("GET", SUB, resource_providers.subscription),
    Route("GET", SUB + "/locations", resource_providers.locations),
    Route("GET", SUB + "/providers", resource_providers.index),
    Route("GET", SUB + "/providers/{namespace}", resource_providers.get),
    Route("POST", SUB + "/providers/{namespace}/register", resource_providers.register),
    # resource groups
    Route("GET", SUB + "/resourceGroups", resource_groups.index),
    Route("PUT", GROUP, resource_groups.put),
    Route("GET", GROUP, resource_groups.get),
    Route("HEAD", GROUP, resource_groups.head),
    Route("PATCH", GROUP, resource_groups.patch),
    Route("DELETE", GROUP, resource_groups.delete),
    # workspaces and tables
    Route("GET", SUB + OI + "/workspaces", workspaces.index),
    Route("GET", GROUP + OI + "/workspaces", workspaces.index),
    Route("GET", SUB + OI + "/deletedWorkspaces", workspaces.index_deleted),
    Route("GET", GROUP + OI + "/deletedWorkspaces", workspaces.index_deleted),
    Route("PUT", WORKSPACE, workspaces.put),
    Route("GET", WORKSPACE, workspaces.get),
    Route("PATCH", WORKSPACE, workspaces.patch),
    Route("DELETE", WORKSPACE, workspaces.delete),
    Route("POST", WORKSPACE + "/sharedKeys", workspaces.shared_keys),
    Route("GET", WORKSPACE + "/tables", tables.index),
    Route("PUT", TABLE, tables.put),
    Route("GET", TABLE, tables.get),
    Route("PATCH", TABLE, tables.patch),
    Route("DELETE", TABLE, tables.delete),
    Route("POST", TABLE + "/migrate", tables.migrate),
    # endpoints and rules
    Route("GET", SUB + INSIGHTS + "/dataCollectionEndpoints", data_collection_endpoints.index),
    Route("GET", GROUP + INSIGHTS + "/dataCollectionEndpoints", data_collection_endpoints.index),
    Route("PUT", GROUP + INSIGHTS + "/dataCollectionEndpoints/{name}", data_collection_endpoints.put),
    Route("GET", GROUP + INSIGHTS + "/dataCollectionEndpoints/{name}", data_collection_endpoints.get),
    Route("PATCH", GROUP + INSIGHTS + "/dataCollectionEndpoints/{name}", data_collection_endpoints.patch),
    Route("DELETE", GROUP + INSIGHTS + "/dataCollectionEndpoints/{name}", data_collection_endpoints.delete),
    Route("GET", SUB + INSIGHTS + "/dataCollectionRules", data_collection_rules.index),
    Route("GET", GROUP + INSIGHTS + "/dataCollectionRules", data_collection_rules.index),
    Route("PUT", GROUP + INSIGHTS + "/dataCollectionRules/{name}", data_collection_rules.put, threaded=True),
    Route("GET", GROUP + INSIGHTS + "/dataCollectionRules/{name}", data_collection_rules.get),
    Route("PATCH", GROUP + INSIGHTS + "/dataCollectionRules/{name}", data_collection_rules.patch),
    Route("DELETE", GROUP + INSIGHTS + "/dataCollectionRules/{name}", data_collection_rules.delete),
    Route(
        "GET", GROUP + INSIGHTS + "/dataCollectionRules/{name}/providers/Microsoft.Insights/metrics", dcr_metrics.get
    ),
    # rights
    Route("GET", "{scope}/providers/" + ASSIGNMENT, role_assignments.index),
    Route("PUT", "{scope}/providers/" + ASSIGNMENT + "/{name}", role_assignments.put),
    Route("GET", "{scope}/providers/" + ASSIGNMENT + "/{name}", role_assignments.get),
    Route("DELETE", "{scope}/providers/" + ASSIGNMENT + "/{name}", role_assignments.delete),
    Route("GET", "{scope}/providers/Microsoft.Authorization/denyAssignments", role_assignments.index_denials),
    Route("GET", "{scope}" + ROLES, role_assignments.index_definitions),
    Route("GET", "{scope}" + ROLES + "/{name}", role_assignments.get_definition),
    # deployments
    Route("GET", GROUP + "/providers/Microsoft.Resources/deployments", deployments.index),
    Route("PUT", DEPLOYMENT, deployments.put, threaded=True),
    Route("GET", DEPLOYMENT, deployments.get),
    Route("HEAD", DEPLOYMENT, deployments.head),
    Route("DELETE", DEPLOYMENT, deployments.delete),
    Route("POST", DEPLOYMENT + "/validate", deployments.validate, threaded=True),
    Route("POST", DEPLOYMENT + "/whatIf", deployments.what_if, threaded=True),
    Route("GET", DEPLOYMENT + "/operations", deployments.index_operations),
    Route("GET", GROUP + "/deployments/{deployment}/operations", deployments.index_operations),
    Route("GET", DEPLOYMENT + "/operationStatuses/{operation}", deployments.status),
    # long-running operations
    Route("GET", SUB + "/operationresults/{operation}", long_running_operations.result),
    Route(
        "GET",
        SUB + "/providers/{namespace}/locations/{region}/operationstatuses/{operation}",
        long_running_operations.status,
    ),
    Route(
        "GET",
        SUB + "/providers/{namespace}/locations/{region}/operationresults/{operation}",
        long_running_operations.result,
    ),
    Route("GET", GROUP + "/operationresults/{operation}", long_running_operations.result),
    Route("GET", WORKSPACE + "/operationresults/{operation}", long_running_operations.result),
    Route("GET", TABLE + "/operationresults/{operation}", long_running_operations.result),
    # any other resource by its id
    Route("GET", SUB + "/resources", generic_resources.index),
    Route("GET", GROUP + "/resources", generic_resources.index),
    # ingestion
    Route("POST", "/dce/{host}" + INGEST, ingestion_api.post, "ingestion", threaded=True),
    Route("POST", "/direct/{host}" + INGEST, ingestion_api.post, "ingestion", threaded=True),
    # query
    Route("POST", "/v1/workspaces/{workspace_id}/query", query_api.post, "query", threaded=True),
    Route("GET", "/v1/workspaces/{workspace_id}/query", query_api.get, "query", threaded=True),
    Route("POST", "/v1/workspaces/{workspace_id}/search", query_api.search, "query", threaded=True),
    Route("POST", "/v1/$batch", query_api.batch, "query", threaded=True),
    Route("POST", "/v1" + WORKSPACE + "/query", query_api.post_resource, "query", threaded=True),
    Route("POST", WORKSPACE + "/query", query_api.post_resource, threaded=True),
    Route("POST", WORKSPACE + "/search", query_api.search_resource, threaded=True),
    # the emulator's own paths, which Azure does not have
    Route("GET", "/emulator/health", admin_api.health, "open"),
    Route("GET", "/emulator/requests", admin_api.requests, "open"),
    Route("GET", "/emulator/openapi.json", admin_api.openapi, "open"),
    Route("GET", "/emulator/drops", admin_api.drops, "control"),
    Route("DELETE", "/emulator/drops", admin_api.clear_drops, "control"),
    Route("GET", "/emulator/faults", admin_api.faults, "control"),
    Route("POST", "/emulator/faults", admin_api.add_faults, "control"),
    Route("DELETE", "/emulator/faults", admin_api.clear_faults, "control"),
    Route("GET", "/emulator/applications", admin_api.applications, "control"),
    Route("PUT", "/emulator/applications/{client_id}", admin_api.put_application, "control"),
    Route("PUT", "/emulator/classic/{subscription}/{group}/{workspace}/{table}", admin_api.put_classic, "control"),
    Route("POST", "/emulator/reset", admin_api.reset, "control"),
    Route("POST", "/emulator/stop", admin_api.stop, "control"),
)


@dataclass(slots=True)
class _Node:
    """A step in the tree of patterns: by word, or by a name that takes any word."""

    words: dict[str, _Node] = field(default_factory=dict)
    name: _Node | None = None
    ends: dict[str, Route] = field(default_factory=dict)


@cache
def _trees() -> tuple[_Node, _Node]:
    """The tree of whole paths, and the tree of what may follow any scope."""
    whole, tail = _Node(), _Node()
    for route in ROUTES:
        node = tail if route.pattern.startswith("{scope}") else whole
        for word in _words(route.pattern.removeprefix("{scope}")):
            if word.startswith("{"):
                node.name = node.name or _Node()
                node = node.name
            else:
                node = node.words.setdefault(word.lower(), _Node())
        node.ends[route.method] = route
    return whole, tail


def find(method: str, segments: list[str]) -> tuple[Route | None, dict[str, str], bool]:
    """The route of a split path, the names in it, and whether the path exists for any method."""
    whole, tail = _trees()
    low = [each.lower() for each in segments]
    known = False
    for ends in _walk(whole, low, 0):
        known = True
        if method in ends:
            return ends[method], _names(ends[method].pattern, segments), True
    for start in range(len(low) - 2, -1, -1):
        if low[start] == "providers" and low[start + 1] == "microsoft.authorization":
            for ends in _walk(tail, low[start:], 0):
                known = True
                if method in ends:
                    scope = "".join(f"/{each}" for each in segments[:start])
                    names = _names(ends[method].pattern.removeprefix("{scope}"), segments[start:])
                    return ends[method], {**_scope_names(segments[:start]), **names, "scope": scope}, True
            break
    return None, {}, known


def _walk(node: _Node, words: list[str], at: int) -> Iterator[dict[str, Route]]:
    if at == len(words):
        if node.ends:
            yield node.ends
        return
    if (next_node := node.words.get(words[at])) is not None:
        yield from _walk(next_node, words, at + 1)
    if node.name is not None:
        yield from _walk(node.name, words, at + 1)


def _names(pattern: str, segments: list[str]) -> dict[str, str]:
    return {
        word[1:-1]: segment for word, segment in zip(_words(pattern), segments, strict=True) if word.startswith("{")
    }


def _scope_names(segments: list[str]) -> dict[str, str]:
    keys = {"subscriptions": "subscription", "resourcegroups": "group"}
    return {
        keys[word.lower()]: name
        for word, name in zip(segments[:4:2], segments[1:4:2], strict=False)
        if word.lower() in keys
    }


def _words(pattern: str) -> list[str]:
    return pattern.strip("/").split("/")
