"""What a sender needs to know: endpoints, immutable ids, stream URLs and the audience of its token."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from provisioner.model import Manifest
from provisioner.package_data import load_facts
from provisioner.resources.dcr_resource import ingestion_endpoint
from provisioner.resources.graph import Graph


@dataclass(frozen=True, slots=True)
class DcrOutputs:
    """One DCR's side: `streams` maps the manifest's key of a stream to the URL that takes its records."""

    immutable_id: str
    endpoint: str
    streams: dict[str, str]


@dataclass(frozen=True, slots=True)
class Outputs:
    """What senders of this environment need. `audience` is the resource that the token is asked for."""

    audience: str
    dcrs: dict[str, DcrOutputs]

    def json(self) -> dict[str, Any]:
        """The public shape: contract, "outputs"."""
        return {
            "audience": self.audience,
            "dcrs": {
                name: {"immutable_id": each.immutable_id, "endpoint": each.endpoint, "streams": each.streams}
                for name, each in self.dcrs.items()
            },
        }


def outputs(manifest: Manifest, live: Graph, audience: str) -> Outputs:
    """Read from live resources; a DCR that is not there, or that nobody can send to, is left out."""
    found = {}
    for dcr in manifest.dcrs.values():
        rule = live.get(("dcr", dcr.name))
        if rule is None:
            continue
        shared = (
            live.get(("endpoint", manifest.endpoint.name)) if manifest.endpoint and dcr.endpoint == "shared" else None
        )
        url = ingestion_endpoint(rule.body, shared.body if shared else None)
        immutable_id = rule.body.get("properties", {}).get("immutableId")
        if url and immutable_id:
            streams = {key: stream_url(url, immutable_id, manifest.streams[key].name) for key in dcr.streams}
            found[dcr.name] = DcrOutputs(immutable_id, url, streams)
    return Outputs(audience, found)


def stream_url(endpoint: str, immutable_id: str, stream: str) -> str:
    """Where records of a stream are posted. Source: logs-ingestion-api-overview, "Rest API call"."""
    version = load_facts("ingestion.yaml")["api_version"]
    return f"{endpoint}/dataCollectionRules/{immutable_id}/streams/{stream}?api-version={version}"
