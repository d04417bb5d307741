"""A payload of the HTTP Data Collector API, as a source of an import."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from provisioner.adopt.application_import import ImportedApplication
from provisioner.adopt.classic_table import ClassicTable
from provisioner.adopt.grant_import import RoleAssignment
from provisioner.adopt.manifest_assembly import ImportedMonitoring, ImportedTags, build_manifest
from provisioner.adopt.manifest_draft import ImportedManifest, ManifestDraft
from provisioner.adopt.manifest_sections import ImportedResource
from provisioner.adopt.payload_table import table_of_payload
from provisioner.adopt.placement import ImportOptions, Placement
from provisioner.load.new_project import plain_name, read_sample_records
from provisioner.model import SELF
from provisioner.resources import Body


def from_payload(
    file: Path, log_type: str, options: ImportOptions | None = None, *, time_field: str | None = None
) -> ImportedManifest:
    """Import a payload as it was posted to the HTTP Data Collector API, under the header Log-Type `log_type`.

    `time_field` is what the header time-generated-field named. Raises BadRequestFile where the file cannot be read,
    holds no field that can be carried over, or the log type is none.
    """
    options = options or ImportOptions()
    table = table_of_payload(read_sample_records(file), log_type, time_field=time_field, source=str(file))
    return build_manifest(PayloadSource(table, options, file))


class PayloadSource:
    """The table of a payload, and placeholders for where it stands, as a source of an import."""

    environment: str | None = None

    def __init__(self, table: ClassicTable, options: ImportOptions, file: Path) -> None:
        self.table, self.file = table, file
        self.name = options.name or plain_name(table.name.removesuffix("_CL"))
        self.draft = ManifestDraft(live=False)
        self.placement = Placement(self.draft, [], options, self.name)

    def target(self) -> dict[str, Any]:
        """The target that the caller states, or placeholders."""
        self.draft.add_comment((), f"Imported from {self.file.name}, as it was posted to the HTTP Data Collector API")
        return self.placement.target()

    def workspace(self) -> dict[str, Any]:
        """The workspace that the caller states, or a placeholder."""
        return self.placement.workspace()

    def endpoint(self) -> dict[str, Any] | None:
        """None: the one rule is Direct."""
        return None

    def tables(self) -> list[ImportedResource]:
        """None but the classic one."""
        return []

    def rules(self) -> list[ImportedResource]:
        """None: the API needed no rule."""
        return []

    def classic_tables(self) -> list[ClassicTable]:
        """The table of the payload."""
        return [self.table]

    def applications(self) -> list[ImportedApplication]:
        """None: the API's senders signed in with the workspace's key."""
        return []

    def role_assignments(self) -> list[RoleAssignment]:
        """None: the API's senders had the workspace's key."""
        return []

    def rule_ids(self) -> dict[str, str]:
        """None, as there are no rules."""
        return {}

    def tags(self) -> ImportedTags:
        """None."""
        return ImportedTags([], {}, {})

    def workspace_rules(self) -> tuple[list[Body], dict[str, Body]]:
        """None."""
        return [], {}

    def monitoring(self) -> ImportedMonitoring:
        """None."""
        return ImportedMonitoring([], [], None)

    def report_rest(self, common_tags: Mapping[str, str]) -> None:  # noqa: ARG002 - the protocol's
        """Give the running identity the right to send, so that the manifest can be tried at once."""
        self.draft.section("grants")["sender"] = {"principal": SELF}
        path = ("grants", "sender", "principal")
        self.draft.add_comment(path, "In a subscription: the object id of the identity that sends")
