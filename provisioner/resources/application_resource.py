"""Applications: app registrations of Microsoft Entra with a service principal and federated credentials."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from provisioner.resources.expansion_context import OWNER_TAG, ExpansionContext, application_unique_name
from provisioner.resources.flatten import ManifestFragment, unmapped_properties
from provisioner.resources.resource import Resource
from provisioner.resources.resource_types import Body, resource_type

_CREDENTIALS = "properties.federatedIdentityCredentials[]"
_MAPPED = (
    # The name shown, and who may sign in, follow from the application's name: they are no keys of their own.
    *("tags", "properties.displayName", "properties.signInAudience", "properties.servicePrincipal"),
    *(f"{_CREDENTIALS}.{key}" for key in ("name", "issuer", "subject", "audiences")),
)


def expand(context: ExpansionContext) -> Iterator[Resource]:
    """One app registration for each application of the manifest."""
    type_, manifest = resource_type("application"), context.manifest
    for application in manifest.applications.values():
        # The object id and the client id are Entra's choice: the unique name is ours, and known offline.
        unique_name = application_unique_name(manifest, application.name)
        body = context.templates.render_body(
            "application",
            application=application,
            display_name=f"{application.name} ({manifest.owner})",
            # Only ours: the manifest's own tags are meant for the bill of Azure's resources.
            tags={OWNER_TAG: manifest.owner},
        )
        yield Resource(type_, application.name, unique_name, application_path(unique_name), body, path=application.path)


def application_path(unique_name: str) -> str:
    """The path in Microsoft Graph of the app registration with a unique name, which stands for its id."""
    return f"/applications(uniqueName='{unique_name}')"


def principal_id(body: Body) -> str | None:
    """The object id of the service principal of a live application; None where it has none."""
    principal = _properties(body).get("servicePrincipal")
    return str(principal["id"]) if isinstance(principal, dict) and principal.get("id") else None


def client_id(body: Body) -> str | None:
    """The client id (application id) of a live application."""
    return _properties(body).get("appId")


def flatten(body: Body) -> ManifestFragment:
    """The keys of one application, without its name."""
    credentials = [_flat_credential(one) for one in _properties(body).get("federatedIdentityCredentials") or ()]
    remarks = unmapped_properties(body, resource_type("application"), _MAPPED)
    return ManifestFragment({"federated": credentials} if credentials else {}, tuple(remarks))


def _flat_credential(credential: Body) -> dict[str, Any]:
    audience = next(iter(credential.get("audiences") or ()), None)
    fields = {"issuer": credential.get("issuer"), "subject": credential.get("subject")}
    # Written out even where it could be left out: which audience is the default depends on the cloud.
    return fields | ({"audience": audience} if audience else {}) | {"name": credential.get("name")}


def _properties(body: Body) -> dict[str, Any]:
    properties = body.get("properties")
    return properties if isinstance(properties, dict) else {}
