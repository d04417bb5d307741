"""A live group and workspace, as a source of an import."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from provisioner.adopt.application_import import ImportedApplication, owned_applications
from provisioner.adopt.classic_table import ClassicTable
from provisioner.adopt.codes import ONE_PER_MANIFEST, SKIPPED_DCR, UNREADABLE_SCOPE, UNSUPPORTED_TYPE
from provisioner.adopt.dcr_import import is_for_senders, reason_to_skip
from provisioner.adopt.grant_import import RoleAssignment
from provisioner.adopt.live_classic import table_of_body
from provisioner.adopt.manifest_assembly import ImportedMonitoring, ImportedTags
from provisioner.adopt.manifest_draft import ManifestDraft
from provisioner.adopt.manifest_naming import name_from_workspace
from provisioner.adopt.manifest_sections import ImportedResource
from provisioner.adopt.table_import import MIGRATE_FIRST, is_classic, is_declarable
from provisioner.adopt.tag_import import is_service_tag
from provisioner.errors import CloudError
from provisioner.live import Inventory, ScopeCoverage, read_inventory
from provisioner.live.extension_reads import read_settings_at
from provisioner.live.inventory import ALERT_SCOPES
from provisioner.resources import (
    Body,
    endpoint_resource,
    parse_resource_id,
    resource_type,
    workspace_resource,
)
from provisioner.resources.dcr_resource import endpoint_mode, flatten
from provisioner.resources.expansion_context import OWNER_TAG
from provisioner.resources.resource_ids import group_id, resource_id
from provisioner.resources.workspace_transform_resource import is_workspace_rule

if TYPE_CHECKING:
    from provisioner.azure import Azure


@dataclass(frozen=True, slots=True)
class ClassicChoice:
    """That classic tables are carried over; `time_field` is the field that their senders named as the time, if any."""

    time_field: str | None = None


class LiveSource:
    """A live group and workspace, as a source of an import; `owner` is the owner tag of the resources that are ours."""

    def __init__(
        self,
        azure: Azure,
        live_inventory: Inventory,
        body: Body,
        group: str,
        name: str | None,
        classic: ClassicChoice | None = None,
    ) -> None:
        self.classic = classic
        self.azure, self.azure_target = azure, azure.target
        self.inventory, self.group, self.workspace_body = live_inventory, group, body
        self.dcrs: list[Body] = []
        self.endpoints, self.draft = live_inventory.endpoints or (), ManifestDraft(live=True)
        self.location = _location(body)
        self.owner = self._owner(name)
        self.name, _, environment = self.owner.partition("/")
        self.environment = environment or None
        self._applications: dict[str, ImportedApplication] = {}
        self.has_sentinel = False
        """Whether Sentinel is on the workspace; set by who asks Azure."""

    @property
    def manages_workspace(self) -> bool:
        """Whether the workspace bears our owner tag, so that the manifest declares it."""
        return self._is_ours(self.workspace_body)

    @property
    def has_classic_tables(self) -> bool:
        """Whether the workspace has tables of the HTTP Data Collector API, or of an agent before its time."""
        return any(is_classic(body) for body in self.inventory.tables or ())

    def target(self) -> dict[str, Any]:
        """The group that was read."""
        target = self.azure_target
        fields = {
            "subscription": target.subscription,
            "resource_group": target.resource_group,
            "location": self.location,
        }
        if target.cloud not in ("public", "local"):
            fields = {"cloud": target.cloud, **fields}
        return fields | ({"tenant": target.tenant} if target.tenant and target.cloud != "local" else {})

    def workspace(self) -> dict[str, Any]:
        """The workspace: managed where it is ours, else existing."""
        body = self.workspace_body
        if not self._is_ours(body):
            self.draft.add_comment(
                ("workspace",), "Not ours by its tag: read and never written, its declared tables are"
            )
            return {"id": _canonical_id(body, "workspace")}
        # Remarks are left out: a workspace is patched, so properties without a manifest key are never sent.
        fields = workspace_resource.flatten(body, str(body["name"])).fields
        if self.has_sentinel:
            fields["sentinel"] = True
        return {key: value for key, value in fields.items() if key != "location"}

    def endpoint(self) -> dict[str, Any] | None:
        """The DCE that most rules are bound to; rules and endpoints beside it are listed as skipped."""
        importable = self._importable_dcrs()
        bound = Counter(id_ for dcr in importable if (id_ := _endpoint_id(dcr)))
        # Owned endpoints count with 0: they are chosen where no DCR is bound to any, and listed otherwise.
        bound.update({str(endpoint["id"]).lower(): 0 for endpoint in self.endpoints if self._is_ours(endpoint)})
        if not bound:
            self.dcrs = importable
            return None
        chosen = bound.most_common(1)[0][0]
        self.dcrs = [dcr for dcr in importable if _endpoint_id(dcr) in (None, chosen)]
        for dcr in importable:
            if _endpoint_id(dcr) not in (None, chosen):
                why = f"it is bound to the endpoint {_endpoint_id(dcr)}"
                self.draft.skip(ONE_PER_MANIFEST, "dcr", str(dcr["name"]), why)
        fields = self._endpoint_fields(chosen)
        for id_ in bound:
            if id_ != chosen and bound[id_] == 0:
                self.draft.skip(ONE_PER_MANIFEST, "endpoint", id_.rsplit("/", 1)[-1], "no rule is bound to it")
        return fields

    def tables(self) -> list[ImportedResource]:
        """The tables of a workspace in this group; of one elsewhere, those that the rules write to."""
        return [ImportedResource(str(table["name"]), table) for table in self._importable_tables()]

    def rules(self) -> list[ImportedResource]:
        """The rules that the manifest can hold."""
        return [ImportedResource(str(dcr["name"]), dcr, endpoint=endpoint_mode(dcr)) for dcr in self.dcrs]

    def classic_tables(self) -> list[ClassicTable]:
        """All classic tables of the workspace where the caller chose to carry them over."""
        classic_bodies = [body for body in self.inventory.tables or () if is_classic(body)] if self.classic else []
        if self.classic is None or not classic_bodies:
            return []
        # Who may read tables need not be allowed to read alerts.
        alerts = read_inventory(
            self.azure, str(self.workspace_body["id"]), self.group, allow_gaps=True, only=("query_alerts",)
        )
        self._report_gaps(scope for scope in alerts.coverage if not scope.ok)
        return [
            table_of_body(str(body["name"]), body, alerts.query_alerts or (), time_field=self.classic.time_field)
            for body in classic_bodies
        ]

    def applications(self) -> list[ImportedApplication]:
        """The app registrations with our tag; those that may not be read are reported."""
        # Where nothing bears our tag no application does: who imports then needs no right to read the directory.
        if not any(_tags(body).get(OWNER_TAG) == self.owner for body in self._tagged_bodies()):
            return []
        try:
            owned = self.azure.directory.find_owned(f"{OWNER_TAG}:{self.owner}")
        except CloudError as error:
            self._report_gaps([ScopeCoverage("applications", ok=False, why=error.message)])
            return []
        self._applications = owned_applications(self.draft, owned, self.owner, self.group)
        return [*self._applications.values()]

    def role_assignments(self) -> list[RoleAssignment]:
        """The role assignments that hold in the group."""
        return [
            RoleAssignment(
                str(body.get("name")),
                str(body.get("id", "")).rpartition("/providers/Microsoft.Authorization/")[0],
                body,
                self._applications.get(object_id, object_id)
                if (object_id := (body.get("properties") or {}).get("principalId"))
                else None,
            )
            for body in self.inventory.grants or ()
        ]

    def rule_ids(self) -> dict[str, str]:
        """The ids of the rules by name."""
        rule_type = resource_type("dcr").arm_type
        return {str(dcr["name"]): resource_id(self.group, rule_type, str(dcr["name"])) for dcr in self.dcrs}

    def tags(self) -> ImportedTags:
        """The tags of the resources that are ours, and those of the rules."""
        owned = [body for body in (*self.endpoints, self.workspace_body, *self.dcrs) if self._is_ours(body)]
        workspace = _tags(self.workspace_body) if self.manages_workspace else {}
        return ImportedTags([*map(_tags, owned)], workspace, {str(dcr["name"]): _tags(dcr) for dcr in self.dcrs})

    def workspace_rules(self) -> tuple[list[Body], dict[str, Body]]:
        """The workspace's own rule, where the workspace is ours and the rule bears the name that we would give it."""
        tables = {str(body["name"]): body for body in self.inventory.tables or ()}
        return [body for body in self.inventory.dcrs or () if self._is_own_workspace_rule(body)], tables

    def _is_own_workspace_rule(self, body: Body) -> bool:
        default = (self.workspace_body.get("properties") or {}).get("defaultDataCollectionRuleResourceId")
        return (
            self.manages_workspace
            and is_workspace_rule(body)
            and str(body["id"]).lower() == str(default).lower()
            and str(body["name"]) == f"dcr-{self.name}-workspace"
        )

    def monitoring(self) -> ImportedMonitoring:
        """The diagnostic settings of the rules, and our own alerts; what may not be read is reported."""
        workspace = str(self.workspace_body["id"])
        if not self.dcrs:
            return ImportedMonitoring([], [], workspace)
        # Who may read rules need not be allowed to read alerts and settings.
        alerts = read_inventory(self.azure, workspace, self.group, allow_gaps=True, only=ALERT_SCOPES)
        gaps = [scope for scope in alerts.coverage if not scope.ok]
        settings: list[tuple[Body, ...]] = []
        try:
            settings += read_settings_at(self.azure, [str(dcr["id"]) for dcr in self.dcrs])
        except CloudError as error:
            gaps.append(ScopeCoverage("diagnostic settings", ok=False, why=error.message))
        self._report_gaps(gaps)
        bodies = (*(alerts.metric_alerts or ()), *(alerts.query_alerts or ()))
        return ImportedMonitoring(settings, [body for body in bodies if self._is_ours(body)], workspace)

    def report_rest(self, common_tags: Mapping[str, str]) -> None:  # noqa: ARG002 - the protocol's
        """Say what stays as it is in Azure, what could not be read, and which environment the tags name."""
        self._comment_kept_properties()
        self._report_gaps(scope for scope in self.inventory.coverage if not scope.ok)
        if self.environment and self.environment != "local":
            self.draft.fields["environments"] = {self.environment: {}}
            text = f"What is live carries the tag {self.owner}: plan it with -e {self.environment}"
            self.draft.add_comment(("environments",), text)

    def _report_gaps(self, gaps: Iterable[ScopeCoverage]) -> None:
        for gap in gaps:
            self.draft.add_comment((), f"Could not be read, so not in here: {gap.scope}")
            message = f"{gap.scope} could not be read: {gap.why}"
            self.draft.add_diagnostic(UNREADABLE_SCOPE, "warning", message, "import with the right to read it")

    def _owner(self, name: str | None) -> str:
        """The owner tag to import: that of the manifest `name`, else the most frequent, else after the workspace."""
        owners = Counter(owner for body in self._tagged_bodies() if (owner := _tags(body).get(OWNER_TAG)))
        asked = [owner for owner, _ in owners.most_common() if name is None or owner.split("/")[0] == name]
        return asked[0] if asked else name or name_from_workspace(str(self.workspace_body["name"]))

    def _tagged_bodies(self) -> list[Body]:
        """The rules, the endpoints and the workspace: what bears the tag of a manifest."""
        return [*(self.inventory.dcrs or ()), *self.endpoints, self.workspace_body]

    def _is_ours(self, body: Body) -> bool:
        return _tags(body).get(OWNER_TAG) == self.owner

    def _importable_dcrs(self) -> list[Body]:
        """The DCRs that the manifest can hold; the others are listed as skipped."""
        kept = []
        for body in self.inventory.dcrs or ():
            if self._is_own_workspace_rule(body):
                continue
            why = self._reason_to_skip(body)
            if why is None:
                kept.append(body)
            else:
                # Rules of agents and other manifests stand in every group, and are no loss.
                ours_to_hold = is_for_senders(body) and _tags(body).get(OWNER_TAG) in (None, self.owner)
                self.draft.skip(SKIPPED_DCR, "dcr", str(body["name"]), why, "warning" if ours_to_hold else "info")
        return kept

    def _reason_to_skip(self, body: Body) -> str | None:
        owner = _tags(body).get(OWNER_TAG)
        if owner not in (None, self.owner):
            return f"it belongs to the manifest {owner}"
        why = reason_to_skip(body, _canonical_id(self.workspace_body, "workspace"))
        if why is None and _location(body) != self.location:
            return f"it stands in {_location(body)}, the workspace in {self.location}"
        if why is None and _endpoint_id(body) is None and endpoint_mode(body) != "direct":
            return "nobody can send to it: it is not Direct and bound to no endpoint"
        return why

    def _endpoint_fields(self, chosen: str) -> dict[str, Any]:
        """The manifest's endpoint, for the id of a DCE in lower case."""
        body = next((endpoint for endpoint in self.endpoints if str(endpoint["id"]).lower() == chosen), None)
        if body is None:
            # The endpoint lies in another group, whose resources were not read.
            example = next(dcr for dcr in self.dcrs if _endpoint_id(dcr) == chosen)
            return {"id": example["properties"]["dataCollectionEndpointId"]}
        if not self._is_ours(body):
            return {"id": _canonical_id(body, "endpoint")}
        flat = endpoint_resource.flatten(body, str(body["name"]))
        self.draft.add_remarks(("endpoint",), "endpoint", flat.remarks)
        fields = {key: value for key, value in flat.fields.items() if key != "location"}
        return fields if _location(body) == self.location else {**fields, "location": _location(body)}

    def _importable_tables(self) -> Iterator[Body]:
        parts = parse_resource_id(str(self.workspace_body["id"]))
        in_this_group = parts is not None and group_id(parts.subscription, parts.group).lower() == self.group.lower()
        # A shared workspace holds tables of many teams; only those that this group's DCRs write to are of interest.
        written = {
            flow["table"]
            for dcr in self.dcrs
            for stream in flatten(dcr).fields["streams"].values()
            for flow in stream["flows"]
        }
        skipped = 0
        for body in self.inventory.tables or ():
            name = str(body["name"])
            if not is_declarable(name, body):
                continue
            if is_classic(body):
                if self.classic is None:
                    self.draft.skip(UNSUPPORTED_TYPE, "table", name, f"{MIGRATE_FIRST}, or import it with --classic")
            elif in_this_group or name in written:
                yield body
            else:
                skipped += 1
        if skipped:
            self.draft.add_comment(
                ("tables",), f"{skipped} more table(s) of the workspace are written by no rule of this group"
            )

    def _comment_kept_properties(self) -> None:
        """Add comments about the tags and the kind of DCRs that stay as they are in Azure."""
        for dcr in self.dcrs:
            stay = [f"tags.{key}" for key in _tags(dcr) if is_service_tag(key)]
            # The manifest derives the kind from the endpoint, and a kind cannot be changed after creation.
            if dcr.get("kind") and endpoint_mode(dcr) == "shared":
                stay.append(f"kind {dcr['kind']}")
            if stay:
                self.draft.add_comment(("dcrs", str(dcr["name"])), "Stays as it is in Azure: " + ", ".join(stay))


def _tags(body: Body) -> Mapping[str, str]:
    return body.get("tags") or {}


def _endpoint_id(body: Body) -> str | None:
    """The id of the DCE that a DCR is bound to, in lower case since ARM ignores the case of ids."""
    id_ = body.get("properties", {}).get("dataCollectionEndpointId")
    return str(id_).lower() if id_ else None


def _location(body: Body) -> str:
    return str(body.get("location", "")).lower().replace(" ", "")


def _canonical_id(body: Body, short: Any) -> str:
    """A resource's id in the spelling that `resource_id` gives."""
    parts = parse_resource_id(str(body["id"]))
    assert parts is not None
    return resource_id(group_id(parts.subscription, parts.group), resource_type(short).arm_type, parts.names[0])
