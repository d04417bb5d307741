"""Plain values of the sections `applications` and `grants` → who sends, and what lets them."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from typing import Any, get_args

from provisioner.load.schema.manifest_errors import ManifestErrors
from provisioner.model import (
    PUBLISHER,
    Application,
    FederatedCredential,
    Grant,
    PrincipalKind,
    PrincipalReference,
)
from provisioner.package_data import load_facts

_KINDS: tuple[PrincipalKind, ...] = get_args(PrincipalKind)


def build_applications(values: Mapping[str, Any], cloud: str) -> dict[str, Application]:
    """Each application by its name; `cloud` decides which audience a credential has that names none."""
    # Read only where it is needed: most manifests declare no application, and every command loads a manifest.
    audiences = load_facts("directory.yaml")["federated_credential"]["audiences"] if values else {}
    audience = audiences.get(cloud, audiences.get("public", ""))
    return {
        name: Application(name, tuple(_credential(name, one, audience) for one in application.get("federated", ())))
        for name, application in values.items()
    }


def _credential(application: str, values: Mapping[str, Any], audience: str) -> FederatedCredential:
    issuer, subject = values.get("issuer", ""), values.get("subject", "")
    return FederatedCredential(
        values.get("name") or derived_credential_name(application, issuer, subject),
        issuer,
        subject,
        values.get("audience", audience),
    )


def derived_credential_name(application: str, issuer: str, subject: str) -> str:
    """A name that the same issuer and subject always give: Entra does not rename a credential."""
    return f"{application}-{uuid.uuid5(uuid.NAMESPACE_URL, f'{issuer} {subject}').hex[:8]}"


def build_grants(
    values: Mapping[str, Any], dcrs: tuple[str, ...], errors: ManifestErrors
) -> Iterator[tuple[str, Grant]]:
    """Each grant by its name; one whose principal is missing or null is left out."""
    for name, grant in values.items():
        path = ("grants", name, "principal")
        principal = _principal(grant.get("principal"))
        if principal is None and path in errors.broken:
            continue
        # Written as null, or a variable that is: an optional grant. Not written at all: a mistake.
        if principal is None and not _is_written(path, grant.get("principal"), errors):
            errors.broken.add(path)
            hint = "write the object id, `self` for the identity that runs, or a mapping such as {application_id: …}"
            errors.add("MAN003", f"'principal' is missing in {name!r}", path, hint)
        elif principal is None:
            message = f"the grant {name!r} is left out: its principal is null"
            errors.add("MAN013", message, path, "give the variable a value to make it", severity="info")
        else:
            listed = grant.get("dcrs", "all")
            yield (
                name,
                Grant(
                    name,
                    principal,
                    dcrs if listed == "all" else tuple(listed),
                    grant.get("type", "ServicePrincipal"),
                    grant.get("role", PUBLISHER),
                ),
            )


def _principal(value: str | Mapping[str, str] | None) -> str | PrincipalReference | None:
    """The principal as it is declared; None for none, and for a mapping whose only value is null."""
    if not isinstance(value, Mapping):
        return value
    return next((PrincipalReference(kind, value[kind]) for kind in _KINDS if kind in value), None)


def _is_written(path: tuple[str, ...], value: object, errors: ManifestErrors) -> bool:
    """Whether the author wrote a principal, if only a null one."""
    if isinstance(value, Mapping):
        return any(not errors.source_map.lookup((*path, kind)).rest for kind in _KINDS)
    return not errors.source_map.lookup(path).rest
