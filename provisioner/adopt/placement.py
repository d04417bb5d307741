"""Target, workspace and endpoint of an import: from the files, from the caller, or placeholders."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from provisioner.adopt.body_types import drop_unresolved
from provisioner.adopt.codes import ONE_PER_MANIFEST, PLACEHOLDER_USED
from provisioner.adopt.manifest_draft import ManifestDraft
from provisioner.adopt.template_resources import DCR, ENDPOINT, TABLE, WORKSPACE, TemplateResource
from provisioner.diagnostics import Place
from provisioner.resources import endpoint_resource, parse_resource_id, workspace_resource
from provisioner.resources.dcr_resource import endpoint_mode
from provisioner.template import Unknown

NO_SUBSCRIPTION = "00000000-0000-0000-0000-000000000000"
PLACEHOLDER_PATTERN = re.compile(r"\{\{.*?\}\}")


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """What the caller states and files may not hold; where both are silent, a placeholder is used and reported."""

    name: str | None = None
    subscription: str | None = None
    resource_group: str | None = None
    location: str | None = None
    workspace: str | None = None
    """A name, or the id of an existing workspace."""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    """Values for the templates' parameters."""


class Placement:
    """Finds target, workspace and endpoint for one import, and reports placeholders in the draft."""

    def __init__(
        self, draft: ManifestDraft, template_resources: Sequence[TemplateResource], options: ImportOptions, name: str
    ) -> None:
        self.draft, self.template_resources, self.options, self.name = draft, template_resources, options, name

    def of_type(self, type_: str) -> list[TemplateResource]:
        """All resources of an Azure type."""
        return [resource for resource in self.template_resources if resource.type == type_]

    def only_one(self, type_: str, short: str) -> TemplateResource | None:
        """The first resource of a type that a manifest holds once; the others are listed as skipped."""
        resources = self.of_type(type_)
        first = resources[0].id.lower() if resources else ""
        # A nested deployment may write a resource once more, with a property that names what came in between.
        for resource in [other for other in resources[1:] if other.id.lower() != first]:
            self.draft.position = position_of(resource)
            self.draft.skip(ONE_PER_MANIFEST, short, resource.display_name, f"a manifest has one {short}")
        return resources[0] if resources else None

    def placeholder(self, path: tuple[str, ...], what: str, value: str) -> str:
        """Return `value` for `what` no file states, after reporting it and adding a comment at `path`."""
        self.draft.position = None
        self.draft.add_comment(path, f"Not in the source: {what}")
        self.draft.add_diagnostic(
            PLACEHOLDER_USED, "info", f"not in the source: {what}; put in: {value}", hint="check it"
        )
        return value

    def target(self) -> dict[str, str]:
        """The manifest's target: as stated by the caller, else by ids and locations in the files, else placeholders."""
        ids = [parse_resource_id(str(dcr.body.get("id", ""))) for dcr in self.of_type(DCR)]
        own = next((id_ for id_ in ids if id_), None)
        locations = [
            location
            for resource in self.template_resources
            if (location := resource.body.get("location")) and isinstance(location, str)
        ]
        stated = {
            "subscription": self.options.subscription or (own.subscription if own else None),
            "resource_group": self.options.resource_group or (own.group if own else None),
            "location": self.options.location or (locations[0].lower().replace(" ", "") if locations else None),
        }
        # Placeholders that pass the checks, so that the imported manifest can be validated and tested at once.
        otherwise = {"subscription": NO_SUBSCRIPTION, "resource_group": f"rg-{self.name}", "location": "westeurope"}
        if missing := [key for key, value in stated.items() if not value]:
            self.placeholder(("target",), ", ".join(missing), ", ".join(otherwise[key] for key in missing))
        return {key: value or otherwise[key] for key, value in stated.items()}

    def workspace(self) -> dict[str, Any]:
        """The manifest's workspace: as the caller states it, described, by its id, by its tables, or a placeholder."""
        chosen = self.options.workspace
        if chosen is not None:
            return {"id": chosen} if parse_resource_id(chosen) else {"name": chosen}
        if (resource := self.only_one(WORKSPACE, "workspace")) is not None:
            flat = workspace_resource.flatten(
                drop_unresolved(resource.body)[0], self.plain_name(resource, f"law-{self.name}")
            )
            self.draft.position = position_of(resource)
            self.draft.add_remarks(("workspace",), "workspace", flat.remarks)
            return {key: value for key, value in flat.fields.items() if key != "location"}
        if id_ := next((id_ for dcr in self.of_type(DCR) for id_ in workspace_ids(dcr) if is_real_id(id_)), None):
            return {"id": id_}
        # A table's name in a template is `workspace/table`.
        names = [table.display_name.split("/")[0] for table in self.of_type(TABLE) if "/" in table.display_name]
        prefix = next((name for name in names if name and "{{" not in name), None)
        return {"name": prefix or self.placeholder(("workspace",), "the workspace", f"law-{self.name}")}

    def endpoint(self, dcrs: list[TemplateResource]) -> dict[str, Any]:
        """The endpoint of the DCRs that are not Direct: described, by its id or a part of it, or a placeholder."""
        if (resource := self.only_one(ENDPOINT, "endpoint")) is not None:
            self.draft.position = position_of(resource)
            flat = endpoint_resource.flatten(
                drop_unresolved(resource.body)[0], self.plain_name(resource, f"dce-{self.name}")
            )
            self.draft.add_remarks(("endpoint",), "endpoint", flat.remarks)
            return {key: value for key, value in flat.fields.items() if key != "location"}
        ids = [dcr.body["properties"].get("dataCollectionEndpointId") for dcr in dcrs if not is_direct(dcr)]
        if id_ := next((candidate for candidate in ids if is_real_id(candidate)), None):
            if len({str(candidate).lower() for candidate in ids}) > 1:
                self.draft.add_diagnostic(
                    ONE_PER_MANIFEST, "warning", f"the rules are bound to several endpoints; {id_} is taken for all"
                )
            return {"id": id_}
        # An id that could not be resolved still ends in the endpoint's name where that is a literal.
        last = [name for candidate in ids if isinstance(candidate, str) and (name := candidate.rsplit("/", 1)[-1])]
        return {"name": last[0] if last else self.placeholder(("endpoint",), "the endpoint", f"dce-{self.name}")}

    def plain_name(self, resource: TemplateResource, fallback: str) -> str:
        """The resource's name; where it holds a template placeholder, the rest of it (or `fallback`), reported."""
        if not isinstance(resource.name, Unknown):
            return resource.name.rsplit("/", 1)[-1] or fallback
        rest = PLACEHOLDER_PATTERN.sub("", resource.display_name).strip("-_/.")
        name = rest or fallback
        self.draft.position = position_of(resource)
        self.draft.add_diagnostic(
            PLACEHOLDER_USED,
            "info",
            f"the name {resource.display_name} is not known: {name} was put in",
            hint="check it",
        )
        return name


def is_direct(dcr: TemplateResource) -> bool:
    """Whether a DCR has an endpoint of its own alone."""
    return endpoint_mode(dcr.body) == "direct"


def workspace_ids(dcr: TemplateResource) -> Iterable[Any]:
    """The ids of the workspaces that a DCR writes to, resolved or not."""
    for item in (dcr.body["properties"].get("destinations") or {}).get("logAnalytics") or ():
        yield item.get("workspaceResourceId")


def is_real_id(id_: Any) -> bool:
    """Whether a value is a resource id in a real subscription, not in the placeholder's."""
    parts = parse_resource_id(id_) if isinstance(id_, str) else None
    return parts is not None and parts.subscription != NO_SUBSCRIPTION


def position_of(resource: TemplateResource) -> Place:
    """The position of a resource in its file: the line that holds its name."""
    name = resource.name.name if isinstance(resource.name, Unknown) else resource.name
    line = resource.source.line_of(name)
    return Place(resource.source.path, line, 1, line, 1)
