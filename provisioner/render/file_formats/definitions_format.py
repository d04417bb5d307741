"""The format `definitions`: each body in a file of its own, and an index in the order of creation."""

from __future__ import annotations

import json
from typing import Any

from provisioner.render.format import DesiredResources
from provisioner.reports.report_format import report_format
from provisioner.resources import Graph, Param, Resource, substitute


@report_format("definitions", view="resources", position=3)
def definitions_format(desired: DesiredResources) -> dict[str, str]:
    """`<type>/<name>.json` for every resource that is not existing, and `index.json`: ids, versions and files."""
    files: dict[str, str] = {}
    index = []
    graph = desired.graph
    for resource in graph:
        if resource.existing:
            continue
        # A grant's name is `<grant>/<dcr>`, and `/` would make a folder.
        file = f"{resource.type.short_name}/{resource.name.replace('/', '.')}.json"
        files[file] = _text(_printable(graph, resource))
        index.append(
            {
                "type": resource.type.arm_type,
                "apiVersion": resource.type.api_version,
                "name": resource.name,
                "id": resource.id,
                "file": file,
            }
        )
    return {"index.json": _text(index), **files}


def _printable(graph: Graph, resource: Resource) -> Any:
    """The body with ids for references; a Param stays visible as `$(name)`."""
    return substitute(
        resource.body, lambda value: f"$({value.name})" if isinstance(value, Param) else graph[value.key].id
    )


def _text(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"
