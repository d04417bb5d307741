"""Routes: a method and a pattern of a path lead to a handler; a request's path is matched without case."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from provisioner.emulator.http.request import Request
    from provisioner.emulator.http.response import Response

Plane = Literal["open", "arm", "graph", "ingestion", "query", "control"]
"""Who may call: everyone (open), or the holder of a token for that audience; control is the emulator's own paths."""


@dataclass(frozen=True, slots=True)
class Route:
    """One line of the table of routes; `is_threaded` handlers compute for long and must not block the event loop.

    `is_envelope`: it holds requests that are authorized one by one.
    """

    method: str
    pattern: str
    handler: Callable[[Request], Response]
    plane: Plane = "arm"
    is_threaded: bool = False
    is_envelope: bool = False

    @property
    def resource_type(self) -> str:
        """The resource type that the pattern speaks of, as role actions name it."""
        _before, provider, after = self.pattern.rpartition("/providers/")
        if not provider:
            return "Microsoft.Resources/subscriptions" + ("/resourceGroups" if "{group}" in self.pattern else "")
        return "/".join(segment for segment in after.split("/") if not segment.startswith("{"))

    @property
    def is_exclusive(self) -> bool:
        """Whether what the handler reads must still hold when it writes."""
        # A deployment's steps are requests of their own, and take the lock one by one.
        is_write = self.method in {"PUT", "PATCH", "DELETE"} or (self.plane == "graph" and self.method == "POST")
        return self.plane in {"arm", "graph"} and is_write and "{deployment}" not in self.pattern

    @property
    def action(self) -> str:
        """The permission that the request needs, such as `Microsoft.Insights/dataCollectionRules/write`."""
        if self.method == "POST":
            is_query = self.resource_type.endswith("/query")
            return f"{self.resource_type}/{'read' if is_query else 'action'}"
        verbs = {"GET": "read", "HEAD": "read", "DELETE": "delete"}
        return f"{self.resource_type}/{verbs.get(self.method, 'write')}"


@dataclass(slots=True)
class _PatternNode:
    """A step in the tree of patterns: literal segments, and a parameter that takes any segment."""

    literals: dict[str, _PatternNode] = field(default_factory=dict)
    parameter: _PatternNode | None = None
    routes_by_method: dict[str, Route] = field(default_factory=dict)


class RouteTable:
    """Routes in a tree by segments, so that finding one does not depend on how many there are."""

    def __init__(self, routes: Sequence[Route]) -> None:
        self.routes = routes
        # Role assignments and their like hang under any scope, however deep: their patterns start with `{scope}`, and
        # are matched from the last `providers/<namespace>` of a path on that such a pattern begins with.
        self._paths, self._scope_tails = _PatternNode(), _PatternNode()
        self._scope_namespaces: set[str] = set()
        for route in routes:
            is_scoped = route.pattern.startswith("{scope}")
            _insert(self._scope_tails if is_scoped else self._paths, route)
            if is_scoped:
                self._scope_namespaces.add(_segments(route.pattern.removeprefix("{scope}"))[1].lower())

    def find(self, method: str, segments: list[str]) -> tuple[Route | None, dict[str, str], bool]:
        """The route of a split path, the parameters in it, and whether the path exists for any method."""
        lower_segments = [segment.lower() for segment in segments]
        path_exists = False
        for routes in _matching_routes(self._paths, lower_segments, 0):
            path_exists = True
            if method in routes:
                return routes[method], _params_of(routes[method].pattern, segments), True
        start = _scope_end(lower_segments, self._scope_namespaces)
        if start is not None:
            for routes in _matching_routes(self._scope_tails, lower_segments[start:], 0):
                path_exists = True
                if method in routes:
                    return routes[method], _scope_params(routes[method].pattern, segments, start), True
        return None, {}, path_exists


def _insert(root: _PatternNode, route: Route) -> None:
    node = root
    for segment in _segments(route.pattern.removeprefix("{scope}")):
        if segment.startswith("{"):
            node.parameter = node.parameter or _PatternNode()
            node = node.parameter
        else:
            node = node.literals.setdefault(segment.lower(), _PatternNode())
    node.routes_by_method[route.method] = route


def _matching_routes(node: _PatternNode, segments: list[str], index: int) -> Iterator[dict[str, Route]]:
    if index == len(segments):
        if node.routes_by_method:
            yield node.routes_by_method
        return
    # A literal wins over a parameter: `/subscriptions/{id}/resources` before `/subscriptions/{id}/{name}`.
    if (literal := node.literals.get(segments[index])) is not None:
        yield from _matching_routes(literal, segments, index + 1)
    if node.parameter is not None:
        yield from _matching_routes(node.parameter, segments, index + 1)


def _scope_end(lower_segments: list[str], namespaces: set[str]) -> int | None:
    """Where a path goes on behind its scope: at the last provider, if it is one of these."""
    for start in range(len(lower_segments) - 2, -1, -1):
        if lower_segments[start] == "providers":
            return start if lower_segments[start + 1] in namespaces else None
    return None


def _params_of(pattern: str, segments: list[str]) -> dict[str, str]:
    return {
        name[1:-1]: segment for name, segment in zip(_segments(pattern), segments, strict=True) if name.startswith("{")
    }


def _scope_params(pattern: str, segments: list[str], start: int) -> dict[str, str]:
    """The parameters after a scope, the scope itself, and the subscription and group in it."""
    keys = {"subscriptions": "subscription", "resourcegroups": "group"}
    scope_segments = segments[:start]
    named = {
        keys[key.lower()]: name
        for key, name in zip(scope_segments[:4:2], scope_segments[1:4:2], strict=False)
        if key.lower() in keys
    }
    scope = "".join(f"/{segment}" for segment in scope_segments)
    return {**named, **_params_of(pattern.removeprefix("{scope}"), segments[start:]), "scope": scope}


def _segments(pattern: str) -> list[str]:
    return pattern.strip("/").split("/")
