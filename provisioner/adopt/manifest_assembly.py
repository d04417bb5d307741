"""One manifest from the resources of one import, whether they come from files or from Azure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from provisioner.adopt import manifest_sections
from provisioner.adopt.application_import import ImportedApplication, add_applications
from provisioner.adopt.classic_table import ClassicTable, add_classic_tables
from provisioner.adopt.codes import NO_MANIFEST_KEY
from provisioner.adopt.grant_import import RoleAssignment, add_grants
from provisioner.adopt.manifest_draft import ImportedManifest, ManifestDraft
from provisioner.adopt.manifest_sections import ImportedResource
from provisioner.adopt.monitoring_import import add_monitoring
from provisioner.adopt.tag_import import add_tags, common_tags
from provisioner.adopt.workspace_transform_import import add_workspace_transforms
from provisioner.resources import Body


class ImportedTags(NamedTuple):
    """The tags of all resources, those of endpoints first; of a managed workspace; and of the rules by name."""

    all: Sequence[Mapping[str, Any]]
    workspace: Mapping[str, Any]
    rules: Mapping[str, Mapping[str, Any]]


class ImportedMonitoring(NamedTuple):
    """The diagnostic settings of each rule, the alerts that may be on lost rows, and the id of the workspace.

    Without an id the settings of a source all count as being for its workspace.
    """

    settings: Sequence[Sequence[Body]]
    alerts: Sequence[Body]
    workspace: str | None


class ResourceSource(Protocol):
    """Where the resources of an import come from.

    Asked in the order of its methods, once each. What it leaves out, or has to put in, it reports in `draft`.
    """

    draft: ManifestDraft
    name: str
    """The name of the manifest."""
    environment: str | None
    """The environment whose owner tag the resources carry, if one is known."""

    def target(self) -> dict[str, Any]:
        """The fields of the manifest's target."""

    def workspace(self) -> dict[str, Any]:
        """The fields of the manifest's workspace."""

    def endpoint(self) -> dict[str, Any] | None:
        """The fields of the manifest's endpoint; None where no rule needs one."""

    def tables(self) -> Iterable[ImportedResource]:
        """The tables that the manifest is to hold."""

    def rules(self) -> Iterable[ImportedResource]:
        """The data collection rules that the manifest is to hold."""

    def classic_tables(self) -> Iterable[ClassicTable]:
        """The tables of the HTTP Data Collector API that are to be carried over."""

    def applications(self) -> Iterable[ImportedApplication]:
        """The app registrations that the manifest is to hold."""

    def role_assignments(self) -> Iterable[RoleAssignment]:
        """The role assignments that may let senders in."""

    def rule_ids(self) -> Mapping[str, str]:
        """The ids of the imported rules by their names in the manifest."""

    def tags(self) -> ImportedTags:
        """The tags of the resources."""

    def workspace_rules(self) -> tuple[Sequence[Body], Mapping[str, Body]]:
        """The rules of kind WorkspaceTransforms that the workspace names, and the tables by name."""

    def monitoring(self) -> ImportedMonitoring:
        """What is monitored of the imported rules."""

    def report_rest(self, common_tags: Mapping[str, str]) -> None:
        """Report what the manifest does not hold, such as tags that are not `common_tags`."""


def build_manifest(source: ResourceSource) -> ImportedManifest:
    """Ask a source for its resources and write all sections of their manifest."""
    draft = source.draft
    draft.fields["name"] = source.name
    draft.fields["target"] = source.target()
    draft.fields["workspace"] = source.workspace()
    if (endpoint := source.endpoint()) is not None:
        draft.fields["endpoint"] = endpoint
    manifest_sections.add_tables(draft, _first_of_each_name(draft, source.tables()))
    manifest_sections.add_dcrs(draft, _first_of_each_name(draft, source.rules()))
    add_classic_tables(draft, source.classic_tables())
    add_applications(draft, source.applications())
    add_grants(draft, source.role_assignments(), source.rule_ids())
    tags = source.tags()
    common = common_tags(tags.all)
    add_tags(draft, common, tags.workspace, tags.rules)
    add_workspace_transforms(draft, *source.workspace_rules())
    add_monitoring(draft, *source.monitoring())
    source.report_rest(common)
    return draft.finish(source.environment)


def _first_of_each_name(draft: ManifestDraft, items: Iterable[ImportedResource]) -> list[ImportedResource]:
    """The first resource of each name; a second one with another body is reported."""
    item_by_name: dict[str, ImportedResource] = {}
    for item in items:
        if item.name in item_by_name and item_by_name[item.name].body != item.body:
            draft.position = item.position
            draft.add_comment((), f"{item.name} stands twice in the source; the first is taken")
            draft.add_diagnostic(
                NO_MANIFEST_KEY, "warning", f"{item.name} stands twice with different bodies; the first is taken"
            )
        item_by_name.setdefault(item.name, item)
    return [*item_by_name.values()]
