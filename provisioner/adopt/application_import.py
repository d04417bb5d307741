"""App registrations of an import: the section `applications`, and which of them a role assignment is for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from provisioner.adopt.codes import ONE_PER_MANIFEST
from provisioner.adopt.manifest_draft import ManifestDraft, escape_variables
from provisioner.diagnostics import Place
from provisioner.load.builders.sender_builder import derived_credential_name
from provisioner.resources import Body, application_resource
from provisioner.resources.expansion_context import application_name_in


@dataclass(frozen=True, slots=True)
class ImportedApplication:
    """An app registration that the manifest is to declare under `name`.

    `key` is what stands for its service principal in the name of a role assignment of ours.
    """

    name: str
    key: str
    body: Body = field(repr=False, compare=False)
    position: Place | None = field(default=None, compare=False)


def owned_applications(
    draft: ManifestDraft, bodies: Mapping[str, Body], owner: str, group: str
) -> dict[str, ImportedApplication]:
    """The app registrations with our tag that stand for one of this manifest in this group, by their principals' ids.

    `bodies` are by unique name. One of another group or of another making is listed as skipped: the manifest would
    make a second one beside it.
    """
    imported: dict[str, ImportedApplication] = {}
    for unique_name, body in bodies.items():
        name = application_name_in(unique_name, owner, group)
        if name is None:
            draft.skip(ONE_PER_MANIFEST, "application", unique_name, "it was made for another resource group")
        else:
            # Without a service principal no role assignment can be for it; it is declared all the same.
            principal = application_resource.principal_id(body) or unique_name
            imported[principal] = ImportedApplication(name, unique_name, body)
    return imported


def add_applications(draft: ManifestDraft, applications: Iterable[ImportedApplication]) -> None:
    """Write the section `applications`."""
    for application in applications:
        draft.position = application.position
        flat = application_resource.flatten(application.body)
        fields = dict(flat.fields)
        if "federated" in fields:
            fields["federated"] = [_without_derived_name(application.name, one) for one in fields["federated"]]
        draft.section("applications")[application.name] = fields
        path = ("applications", application.name)
        draft.add_remarks(path, f"application {application.name}", flat.remarks)


def _without_derived_name(application: str, credential: Mapping[str, Any]) -> dict[str, Any]:
    """A credential without the name that its issuer and subject give it anyway."""
    issuer, subject = str(credential.get("issuer")), str(credential.get("subject"))
    derived = derived_credential_name(application, issuer, subject)
    written = {key: value for key, value in credential.items() if key != "name" or value != derived}
    return {
        key: escape_variables(value) if isinstance(value, str) else value
        for key, value in written.items()
        if value is not None
    }
