"""What a sender is configured with: endpoints, immutable ids, stream URLs and the audience of its token."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from provisioner.model import Manifest
from provisioner.package_data import load_facts
from provisioner.resources.application_resource import client_id, principal_id
from provisioner.resources.dcr_resource import ingestion_endpoint, own_endpoint
from provisioner.resources.graph import Graph
from provisioner.resources.resource_types import TypeName

OUTPUT_TYPES: tuple[TypeName, ...] = ("endpoint", "dcr", "application")
"""The types whose live resources hold what a sender needs; reading others would cost requests."""


@dataclass(frozen=True, slots=True)
class DcrOutputs:
    """The outputs of one DCR: `streams` maps the key of a stream in the manifest to the URL for its records.

    `direct_endpoint` is the DCR's own endpoint where it has one beside `endpoint`: senders choose.
    """

    immutable_id: str
    endpoint: str
    streams: dict[str, str]
    direct_endpoint: str | None = None

    def json(self) -> dict[str, Any]:
        """The public shape: contract, "outputs"."""
        direct = {"direct_endpoint": self.direct_endpoint} if self.direct_endpoint else {}
        return {"immutable_id": self.immutable_id, "endpoint": self.endpoint, **direct, "streams": self.streams}


@dataclass(frozen=True, slots=True)
class ApplicationOutputs:
    """What signs in as an application of the manifest: its client id; `object_id` is its service principal's."""

    client_id: str
    object_id: str | None
    tenant: str | None

    def json(self) -> dict[str, Any]:
        """The public shape of one of `applications`."""
        return {"client_id": self.client_id, "object_id": self.object_id, "tenant": self.tenant}


@dataclass(frozen=True, slots=True)
class Outputs:
    """The outputs of one environment. `audience` is the resource that a sender's token is requested for."""

    audience: str
    dcrs: dict[str, DcrOutputs]
    applications: dict[str, ApplicationOutputs] = field(default_factory=dict)

    def json(self) -> dict[str, Any]:
        """The public shape: contract, "outputs"."""
        applications = {name: application.json() for name, application in self.applications.items()}
        return {
            "audience": self.audience,
            "dcrs": {name: dcr.json() for name, dcr in self.dcrs.items()},
            **({"applications": applications} if applications else {}),
        }


def read_outputs(manifest: Manifest, live: Graph, audience: str, tenant: str | None = None) -> Outputs:
    """The outputs, from live resources; a DCR that does not exist or has no endpoint yet is left out.

    `tenant` is the one that was signed in to.
    """
    outputs = {}
    for dcr in manifest.dcrs.values():
        live_dcr = live.get(("dcr", dcr.name))
        if live_dcr is None:
            continue
        is_bound = manifest.endpoint is not None and dcr.endpoint != "direct"
        endpoint = live.get(("endpoint", manifest.endpoint.name)) if manifest.endpoint and is_bound else None
        url = ingestion_endpoint(live_dcr.body, endpoint.body if endpoint else None)
        immutable_id = live_dcr.body.get("properties", {}).get("immutableId")
        # Senders address a DCR by its immutableId; its name or ARM id answers 404.
        if url and immutable_id:
            streams = {key: stream_url(url, immutable_id, manifest.streams[key].name) for key in dcr.streams}
            direct = own_endpoint(live_dcr.body) if dcr.endpoint == "both" else None
            outputs[dcr.name] = DcrOutputs(immutable_id, url, streams, direct if direct != url else None)
    return Outputs(audience, outputs, dict(_application_outputs(live, manifest.target.tenant or tenant)))


def _application_outputs(live: Graph, tenant: str | None) -> Iterator[tuple[str, ApplicationOutputs]]:
    for application in live.of_type("application"):
        if (id_ := client_id(application.body)) is not None:
            yield application.name, ApplicationOutputs(id_, principal_id(application.body), tenant)


def stream_url(endpoint: str, immutable_id: str, stream: str) -> str:
    """The URL that records of a stream are posted to. Source: logs-ingestion-api-overview, "Rest API call"."""
    version = load_facts("ingestion.yaml")["api_version"]
    return f"{endpoint}/dataCollectionRules/{immutable_id}/streams/{stream}?api-version={version}"
