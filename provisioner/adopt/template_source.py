"""The resources of files of other tools, as a source of an import."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

from provisioner.adopt.application_import import ImportedApplication
from provisioner.adopt.body_types import coerce_types, drop_unresolved
from provisioner.adopt.classic_table import ClassicTable
from provisioner.adopt.codes import NO_MANIFEST_KEY, SKIPPED_DCR, UNRESOLVED_VALUE, UNSUPPORTED_TYPE
from provisioner.adopt.dcr_import import (
    WHY_UNTAKEABLE,
    is_for_senders,
    reason_to_skip,
    untakeable_streams,
    without_streams,
)
from provisioner.adopt.grant_import import RoleAssignment
from provisioner.adopt.manifest_assembly import ImportedMonitoring, ImportedTags
from provisioner.adopt.manifest_draft import ManifestDraft
from provisioner.adopt.manifest_sections import ImportedResource
from provisioner.adopt.missing_values import missing_names
from provisioner.adopt.monitoring_import import alert_fields
from provisioner.adopt.placement import (
    ImportOptions,
    Placement,
    is_direct,
    is_real_id,
    position_of,
    workspace_ids,
)
from provisioner.adopt.table_import import is_query_result
from provisioner.adopt.template_applications import TemplateApplications
from provisioner.adopt.template_grants import role_assignment
from provisioner.adopt.template_resources import (
    DCR,
    DIAGNOSTIC_SETTING,
    ENDPOINT,
    GRANT,
    METRIC_ALERT,
    QUERY_ALERT,
    SENTINEL,
    TABLE,
    WORKSPACE,
    TemplateResource,
)
from provisioner.resources import Body
from provisioner.resources.dcr_resource import endpoint_mode, source_streams
from provisioner.resources.expansion_context import OWNER_TAG
from provisioner.resources.workspace_transform_resource import is_workspace_rule
from provisioner.template import Unknown, UnresolvedValue


class TemplateSource:
    """The resources of files, as a source of an import."""

    environment: str | None = None

    def __init__(
        self, draft: ManifestDraft, template_resources: list[TemplateResource], options: ImportOptions, name: str
    ) -> None:
        self.draft, self.name = draft, name
        self.imported_rules: dict[str, TemplateResource] = {}
        self.workspace_id: str | None = None
        self.template_resources = [self._with_known_types(resource) for resource in template_resources]
        self.placement = Placement(draft, self.template_resources, options, name)

    def _with_known_types(self, resource: TemplateResource) -> TemplateResource:
        """The resource without values of a wrong type, which are reported and kept as comments."""
        if not resource.is_supported:
            return resource
        body, removed_values = coerce_types(resource.body, resource.type)
        self.draft.position = position_of(resource)
        for removed in removed_values:
            self.draft.add_comment((), f"Not carried over: {removed.path} of {resource.display_name} = {removed.text}")
            message = f"{resource.display_name}: {removed.path} is left out: {removed.text} {removed.reason}"
            self.draft.add_diagnostic(UNRESOLVED_VALUE, "warning", message)
        return replace(resource, body=body)

    def target(self) -> dict[str, Any]:
        """The manifest's target: from the caller, from the files, or placeholders."""
        files = dict.fromkeys(Path(resource.source.path).name for resource in self.template_resources)
        self.draft.comments.setdefault((), []).insert(0, f"Imported from {', '.join(files)}")
        return self.placement.target()

    def workspace(self) -> dict[str, Any]:
        """The manifest's workspace: from the caller, from the files, or a placeholder."""
        workspace = self.placement.workspace()
        if self.placement.of_type(SENTINEL):
            workspace["sentinel"] = True
        self.workspace_id = workspace.get("id")
        return workspace

    def endpoint(self) -> dict[str, Any] | None:
        """The manifest's endpoint; None where no file has one and every rule is Direct."""
        if self.placement.of_type(ENDPOINT) or any(not is_direct(dcr) for dcr in self._dcrs):
            return self.placement.endpoint(self._dcrs)
        return None

    def tables(self) -> list[ImportedResource]:
        """The tables but those that hold the result of a query."""
        kept = [table for table in self.placement.of_type(TABLE) if not self._is_query_result(table)]
        return [self._imported_table(table) for table in kept]

    def rules(self) -> list[ImportedResource]:
        """The rules that a manifest can hold."""
        return [self._imported_dcr(dcr) for dcr in self._dcrs]

    def classic_tables(self) -> list[ClassicTable]:
        """None: a template tells nothing of the payloads that filled such a table."""
        return []

    def applications(self) -> list[ImportedApplication]:
        """The app registrations that the Microsoft.Graph extension makes."""
        return self._graph.applications

    def role_assignments(self) -> list[RoleAssignment]:
        """The role assignments of the files."""
        return [
            role_assignment(resource, self.imported_rules, self._graph) for resource in self.placement.of_type(GRANT)
        ]

    def rule_ids(self) -> dict[str, str]:
        """The ids of the rules by their names in the manifest."""
        return {name: rule.id for name, rule in self.imported_rules.items()}

    def tags(self) -> ImportedTags:
        """The tags of endpoints, workspaces and rules."""
        tagged = {type_: self.placement.of_type(type_) for type_ in (ENDPOINT, WORKSPACE, DCR)}
        all_tags = [_tags(resource) for resources in tagged.values() for resource in resources]
        workspace = next(map(_tags, tagged[WORKSPACE]), {}) if self.workspace_id is None else {}
        return ImportedTags(all_tags, workspace, {name: _tags(rule) for name, rule in self.imported_rules.items()})

    def workspace_rules(self) -> tuple[list[Body], dict[str, Body]]:
        """The rules of kind WorkspaceTransforms; the columns of tables are those that are published."""
        rules = [drop_unresolved(dcr.body)[0] for dcr in self.placement.of_type(DCR) if self._is_workspace_rule(dcr)]
        return rules, {}

    def _is_workspace_rule(self, dcr: TemplateResource) -> bool:
        # Of an existing workspace it is none of the manifest's business.
        return self.workspace_id is None and is_workspace_rule(dcr.body)

    def monitoring(self) -> ImportedMonitoring:
        """The diagnostic settings of imported rules, and alerts on lost rows; others are listed as skipped."""
        settings = {name: list[Body]() for name in self.imported_rules}
        rule_of = {rule.id.lower(): name for name, rule in self.imported_rules.items()}
        for setting in self.placement.of_type(DIAGNOSTIC_SETTING):
            name = rule_of.get(setting.id.lower().partition(f"/providers/{DIAGNOSTIC_SETTING.lower()}/")[0])
            if name is None:
                self._skip_unsupported(setting, "it is at no rule that is imported")
            else:
                settings[name].append(drop_unresolved(setting.body)[0])
        alerts = []
        for alert in (*self.placement.of_type(METRIC_ALERT), *self.placement.of_type(QUERY_ALERT)):
            body = drop_unresolved(alert.body)[0]
            if alert_fields(body):
                alerts.append(body)
            else:
                self._skip_unsupported(alert, "a manifest has alerts on lost rows and on silent tables alone")
        return ImportedMonitoring([*settings.values()], alerts, None)

    def _skip_unsupported(self, resource: TemplateResource, why: str) -> None:
        self.draft.position = position_of(resource)
        self.draft.skip(UNSUPPORTED_TYPE, resource.type, resource.display_name, why)

    def report_rest(self, common_tags: Mapping[str, str]) -> None:
        """Report tags that a manifest has no place for, and the resources of types that it does not hold."""
        for resource in self.template_resources:
            self._report_lost_tags(resource, common_tags)
        self._list_unsupported()

    @cached_property
    def _graph(self) -> TemplateApplications:
        return TemplateApplications(self.draft, self.template_resources)

    @cached_property
    def _dcrs(self) -> list[TemplateResource]:
        dcrs = [dcr for dcr in self.placement.of_type(DCR) if not self._is_workspace_rule(dcr)]
        return [dcr for dcr in dcrs if not self._is_skipped(dcr)]

    def _report_lost_tags(self, resource: TemplateResource, common: Mapping[str, str]) -> None:
        """Tell the tags that a manifest has no place for: the endpoint's own, and those whose value is not known."""
        has_own_tags = resource.type in (DCR, WORKSPACE)
        lost = {
            key: _value_text(value)
            for key, value in _tags(resource).items()
            if resource.type in (DCR, WORKSPACE, ENDPOINT)
            and key != OWNER_TAG
            and key not in common
            and (not has_own_tags or not isinstance(value, str))
        }
        if not lost:
            return
        self.draft.position = position_of(resource)
        shown = json.dumps(lost, ensure_ascii=False)
        self.draft.add_comment((), f"Not carried over: tags of {resource.display_name} = {shown}")
        message = f"{resource.display_name}: its tags ({', '.join(lost)}) are not carried over"
        self.draft.add_diagnostic(NO_MANIFEST_KEY, "warning", message)

    def _list_unsupported(self) -> None:
        """List the resources of other types as skipped."""
        # By type and not one by one: published solutions carry dozens of them.
        others: dict[str, list[TemplateResource]] = {}
        carried = {id(resource) for resource in self._graph.carried}
        for resource in self.template_resources:
            if not resource.is_supported and id(resource) not in carried:
                others.setdefault(resource.type, []).append(resource)
        for type_, same_type in others.items():
            self.draft.position = position_of(same_type[0])
            names = same_type[0].display_name if len(same_type) == 1 else f"({len(same_type)})"
            self.draft.skip(UNSUPPORTED_TYPE, type_, names, "a manifest does not hold this type")

    def _is_skipped(self, dcr: TemplateResource) -> bool:
        """Whether a DCR cannot be held by this manifest; it is then listed as skipped."""
        self.draft.position = position_of(dcr)
        why = _open_data_source(dcr) or reason_to_skip(self._takeable_body(dcr), None)
        chosen, ids = self.workspace_id, [id_ for id_ in workspace_ids(dcr) if is_real_id(id_)]
        if why is None and chosen and ids and chosen.lower() not in [id_.lower() for id_ in ids]:
            why = f"it writes to another workspace ({ids[0]})"
        missing = missing_names(dcr) if why else ""
        if missing:
            self.draft.skip(SKIPPED_DCR, "dcr", dcr.display_name, missing, severity="warning")
        elif why:
            self.draft.skip(SKIPPED_DCR, "dcr", dcr.display_name, why, severity="warning")
        return why is not None

    def _takeable_body(self, dcr: TemplateResource) -> Body:
        """A DCR's body without the flows of Azure's own streams that a manifest cannot hold, where it has others."""
        body = drop_unresolved(dcr.body)[0]
        rest = without_streams(body, untakeable_streams(body))
        return rest if is_for_senders(rest) else body

    def _is_query_result(self, table: TemplateResource) -> bool:
        """Whether a table holds the result of a search or a restore; it is then listed as skipped."""
        self.draft.position = position_of(table)
        if is_query_result(table.body):
            self.draft.skip(UNSUPPORTED_TYPE, "table", table.display_name, "it holds a result and takes no records")
        return is_query_result(table.body)

    def _imported_table(self, resource: TemplateResource) -> ImportedResource:
        body, removed_values = drop_unresolved(resource.body)
        name = resource.display_name.rsplit("/", 1)[-1]
        if not name or "{{" in name:
            name = body.get("properties", {}).get("schema", {}).get("name") or name
        # The tables API ignores these two; published files carry them along from other resources.
        kept = {key: value for key, value in body.items() if key not in ("location", "kind")}
        return ImportedResource(
            name,
            kept,
            position_of(resource),
            tuple(removed for removed in removed_values if removed.path not in ("location", "kind")),
        )

    def _imported_dcr(self, resource: TemplateResource) -> ImportedResource:
        _, removed_values = drop_unresolved(resource.body)
        body = self._takeable_body(resource)
        for stream in sorted(untakeable_streams(drop_unresolved(resource.body)[0])):
            self.draft.position = position_of(resource)
            why = f"a manifest cannot hold Azure's own stream {stream}: {WHY_UNTAKEABLE}"
            self.draft.skip(SKIPPED_DCR, "stream", f"{stream} of {resource.display_name}", why, severity="warning")
        body.pop("apiVersion", None)
        name = self.placement.plain_name(resource, f"dcr-{self.name}")
        self.imported_rules.setdefault(name, resource)
        return ImportedResource(name, body, position_of(resource), removed_values, endpoint_mode(resource.body))


def _open_data_source(dcr: TemplateResource) -> str | None:
    """Why it is not known which streams a DCR's own data sources feed, as a clause; None where it is."""
    properties = dcr.body["properties"]
    open_streams = [
        value for key in ("dataSources", "directDataSources") for value in source_streams(properties.get(key))
    ]
    unknown = next((value for value in open_streams if isinstance(value, Unknown)), None)
    return f"its data sources feed the stream {unknown.text}, which has no value in the source" if unknown else None


def _tags(resource: TemplateResource) -> dict[str, Any]:
    tags = resource.body.get("tags")
    return tags if isinstance(tags, dict) else {}


def _value_text(value: Any) -> str:
    return value.text if isinstance(value, UnresolvedValue) else str(value)
