"""Each resource's body in a file of its own, as it is sent, and an index in the order of making."""

from __future__ import annotations

import json
from typing import Any

from provisioner.model import Manifest
from provisioner.resources import Graph, Param, Resource, substitute


def definitions(_: Manifest, graph: Graph) -> dict[str, str]:
    """`<type>/<name>.json` for every resource that we write, and `index.json`: ids, versions and files in order."""
    files: dict[str, str] = {}
    index = []
    for resource in graph:
        if resource.existing:
            continue
        file = f"{resource.type.short}/{resource.name.replace('/', '.')}.json"
        files[file] = _text(_printable(graph, resource))
        index.append(
            {
                "type": resource.type.name,
                "apiVersion": resource.type.api_version,
                "name": resource.name,
                "id": resource.id,
                "file": file,
            }
        )
    return {"index.json": _text(index), **files}


def _printable(graph: Graph, resource: Resource) -> Any:
    """The body with ids for references; what only the caller knows stays visible as `$(name)`."""
    return substitute(
        resource.body, lambda value: f"$({value.name})" if isinstance(value, Param) else graph[value.key].id
    )


def _text(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"
