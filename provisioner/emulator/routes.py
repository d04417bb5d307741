"""Which handler answers which request; the whole surface on one page."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Literal

from provisioner.emulator import control, ingestion, query, signin, tokens
from provisioner.emulator.access import ASSIGNMENT
from provisioner.emulator.arm import (
    deployments,
    endpoints,
    generic,
    groups,
    metrics,
    operations,
    providers,
    roles,
    rules,
    tables,
    workspaces,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from provisioner.emulator.answer import Answer
    from provisioner.emulator.call import Call

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
    Route("POST", "/{tenant}/oauth2/v2.0/token", signin.token, "open"),
    Route("POST", "/{tenant}/oauth2/token", signin.token, "open"),
    # clouds, tenants, subscriptions, providers
    Route("GET", "/metadata/endpoints", providers.metadata, "open"),
    Route("GET", "/tenants", providers.tenants),
    Route("GET", "/subscriptions", providers.subscriptions),
    Route("GET", SUB, providers.subscription),
    Route("GET", SUB + "/locations", providers.locations),
    Route("GET", SUB + "/providers", providers.index),
    Route("GET", SUB + "/providers/{namespace}", providers.get),
    Route("POST", SUB + "/providers/{namespace}/register", providers.register),
    # resource groups
    Route("GET", SUB + "/resourceGroups", groups.index),
    Route("PUT", GROUP, groups.put),
    Route("GET", GROUP, groups.get),
    Route("HEAD", GROUP, groups.head),
    Route("PATCH", GROUP, groups.patch),
    Route("DELETE", GROUP, groups.delete),
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
    Route("GET", SUB + INSIGHTS + "/dataCollectionEndpoints", endpoints.index),
    Route("GET", GROUP + INSIGHTS + "/dataCollectionEndpoints", endpoints.index),
    Route("PUT", GROUP + INSIGHTS + "/dataCollectionEndpoints/{name}", endpoints.put),
    Route("GET", GROUP + INSIGHTS + "/dataCollectionEndpoints/{name}", endpoints.get),
    Route("PATCH", GROUP + INSIGHTS + "/dataCollectionEndpoints/{name}", endpoints.patch),
    Route("DELETE", GROUP + INSIGHTS + "/dataCollectionEndpoints/{name}", endpoints.delete),
    Route("GET", SUB + INSIGHTS + "/dataCollectionRules", rules.index),
    Route("GET", GROUP + INSIGHTS + "/dataCollectionRules", rules.index),
    Route("PUT", GROUP + INSIGHTS + "/dataCollectionRules/{name}", rules.put, threaded=True),
    Route("GET", GROUP + INSIGHTS + "/dataCollectionRules/{name}", rules.get),
    Route("PATCH", GROUP + INSIGHTS + "/dataCollectionRules/{name}", rules.patch),
    Route("DELETE", GROUP + INSIGHTS + "/dataCollectionRules/{name}", rules.delete),
    Route("GET", GROUP + INSIGHTS + "/dataCollectionRules/{name}/providers/Microsoft.Insights/metrics", metrics.get),
    # rights
    Route("GET", "{scope}/providers/" + ASSIGNMENT, roles.index),
    Route("PUT", "{scope}/providers/" + ASSIGNMENT + "/{name}", roles.put),
    Route("GET", "{scope}/providers/" + ASSIGNMENT + "/{name}", roles.get),
    Route("DELETE", "{scope}/providers/" + ASSIGNMENT + "/{name}", roles.delete),
    Route("GET", "{scope}/providers/Microsoft.Authorization/denyAssignments", roles.index_denials),
    Route("GET", "{scope}" + ROLES, roles.index_definitions),
    Route("GET", "{scope}" + ROLES + "/{name}", roles.get_definition),
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
    Route("GET", SUB + "/operationresults/{operation}", operations.result),
    Route("GET", SUB + "/providers/{namespace}/locations/{region}/operationstatuses/{operation}", operations.status),
    Route("GET", SUB + "/providers/{namespace}/locations/{region}/operationresults/{operation}", operations.result),
    Route("GET", GROUP + "/operationresults/{operation}", operations.result),
    Route("GET", WORKSPACE + "/operationresults/{operation}", operations.result),
    Route("GET", TABLE + "/operationresults/{operation}", operations.result),
    # any other resource by its id
    Route("GET", SUB + "/resources", generic.index),
    Route("GET", GROUP + "/resources", generic.index),
    # ingestion
    Route("POST", "/dce/{host}" + INGEST, ingestion.post, "ingestion", threaded=True),
    Route("POST", "/direct/{host}" + INGEST, ingestion.post, "ingestion", threaded=True),
    # query
    Route("POST", "/v1/workspaces/{workspace_id}/query", query.post, "query", threaded=True),
    Route("GET", "/v1/workspaces/{workspace_id}/query", query.get, "query", threaded=True),
    Route("POST", "/v1/workspaces/{workspace_id}/search", query.search, "query", threaded=True),
    Route("POST", "/v1/$batch", query.batch, "query", threaded=True),
    Route("POST", "/v1" + WORKSPACE + "/query", query.post_resource, "query", threaded=True),
    Route("POST", WORKSPACE + "/query", query.post_resource, threaded=True),
    Route("POST", WORKSPACE + "/search", query.search_resource, threaded=True),
    # the emulator's own paths, which Azure does not have
    Route("GET", "/emulator/health", control.health, "open"),
    Route("GET", "/emulator/requests", control.requests, "open"),
    Route("GET", "/emulator/openapi.json", control.openapi, "open"),
    Route("GET", "/emulator/drops", control.drops, "control"),
    Route("DELETE", "/emulator/drops", control.clear_drops, "control"),
    Route("GET", "/emulator/faults", control.faults, "control"),
    Route("POST", "/emulator/faults", control.add_faults, "control"),
    Route("DELETE", "/emulator/faults", control.clear_faults, "control"),
    Route("GET", "/emulator/applications", control.applications, "control"),
    Route("PUT", "/emulator/applications/{client_id}", control.put_application, "control"),
    Route("PUT", "/emulator/classic/{subscription}/{group}/{workspace}/{table}", control.put_classic, "control"),
    Route("POST", "/emulator/reset", control.reset, "control"),
    Route("POST", "/emulator/stop", control.stop, "control"),
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
