"""An existing workspace or endpoint is named by its full resource id.

Why: it is read by that id; a name alone does not say in which group and subscription it stands.
Wrong: `workspace: {id: law-central}`
Right: `workspace: {id: /subscriptions/6f9619ff-8b86-d011-b42d-00c04fc964ff/resourceGroups/rg-central/providers/Microsoft.OperationalInsights/workspaces/law-central}`
Source: https://learn.microsoft.com/rest/api/resources/resources/get-by-id
"""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.diagnostics import Diagnostic
from provisioner.model import Manifest
from provisioner.validate.context import Context
from provisioner.validate.name_matching import is_guid
from provisioner.validate.rule import rule

_TYPES = {
    "workspace": "Microsoft.OperationalInsights/workspaces",
    "endpoint": "Microsoft.Insights/dataCollectionEndpoints",
}


@rule("RES009", on=Manifest)
def resource_id(manifest: Manifest, context: Context) -> Iterator[Diagnostic]:
    for name, type_ in _TYPES.items():
        part = getattr(manifest, name)
        id_ = part.id if part else None
        if id_ is not None and not _is_id_of(id_, type_):
            hint = f"/subscriptions/<guid>/resourceGroups/<group>/providers/{type_}/<name>"
            yield context.error(f"{id_!r} is no id of a {type_}", name, "id", hint=hint)


def _is_id_of(id_: str, type_: str) -> bool:
    segments = id_.split("/")
    expected_segments = f"/subscriptions/{{}}/resourcegroups/{{}}/providers/{type_.lower()}/{{}}".split("/")
    return (
        len(segments) == len(expected_segments)
        and all(
            expected == "{}" or segment.lower() == expected
            for segment, expected in zip(segments, expected_segments, strict=True)
        )
        and is_guid(segments[2])
        and bool(segments[4] and segments[-1])
    )
