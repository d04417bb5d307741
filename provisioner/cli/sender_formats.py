"""Outputs in the forms that senders take them in."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from provisioner.resources.sender_outputs import Outputs

if TYPE_CHECKING:
    from provisioner.azure.clouds import Cloud


def text(outputs: Outputs, _: Cloud | None = None) -> str:
    """For a person."""
    lines = []
    for name, dcr in outputs.dcrs.items():
        lines += [f"{name}", f"  endpoint      {dcr.endpoint}", f"  immutable id  {dcr.immutable_id}"]
        lines += [f"  {'stream':<12}  {key}: {url}" for key, url in dcr.streams.items()]
    return "\n".join([*lines, f"audience        {outputs.audience}"]) + "\n"


def as_json(outputs: Outputs, _: Cloud) -> str:
    """The contract's shape."""
    return json.dumps({"version": 1, **outputs.json()}, indent=2) + "\n"


def env(outputs: Outputs, _: Cloud) -> str:
    """Assignments for a shell or a .env file; names carry the DCR's where there are several."""
    pairs = [("AUDIENCE", outputs.audience)]
    for name, dcr in outputs.dcrs.items():
        prefix = f"{_word(name)}_" if len(outputs.dcrs) > 1 else ""
        pairs += [(f"{prefix}ENDPOINT", dcr.endpoint), (f"{prefix}DCR_IMMUTABLE_ID", dcr.immutable_id)]
        pairs += [(f"{prefix}STREAM_URL_{_word(key)}", url) for key, url in dcr.streams.items()]
    return "".join(f"LOGS_{name}={shlex.quote(value)}\n" for name, value in pairs)


def curl(outputs: Outputs, cloud: Cloud) -> str:
    """One call for each stream; the token comes from az, or from the local Azure itself."""
    head = f"TOKEN=$(az account get-access-token --resource {outputs.audience} --query accessToken --output tsv)\n"
    return (_local(cloud) + _token(outputs) if cloud.ca_file else head) + "".join(
        f"\n# {key}\ncurl --fail-with-body --request POST {shlex.quote(url)} \\\n"
        "  --header \"Authorization: Bearer $TOKEN\" --header 'Content-Type: application/json' \\\n"
        "  --data @records.json\n"
        for key, url in _streams(outputs)
    )


def python(outputs: Outputs, cloud: Cloud) -> str:
    """A sender with azure-monitor-ingestion; the list `records` is its own affair."""
    lines = [
        *_local(cloud).splitlines(),
        "from azure.identity import DefaultAzureCredential",
        "from azure.monitor.ingestion import LogsIngestionClient",
    ]
    scope = f"{outputs.audience.rstrip('/')}/.default"
    for name, dcr in outputs.dcrs.items():
        lines += ["", f"# {name}", "client = LogsIngestionClient("]
        lines += [f"    {json.dumps(dcr.endpoint)},", f"    DefaultAzureCredential({_sign_in(cloud)}),"]
        lines += [f"    credential_scopes=[{json.dumps(scope)}],", ")"]
        for url in dcr.streams.values():
            stream = url.rsplit("/", 1)[1].split("?")[0]
            lines.append(f"client.upload({json.dumps(dcr.immutable_id)}, {json.dumps(stream)}, records)")
    return "\n".join(lines) + "\n"


FORMS: Mapping[str, Callable[[Outputs, Cloud], str]] = {
    "text": text,
    "json": as_json,
    "env": env,
    "curl": curl,
    "python": python,
}


def _local(cloud: Cloud) -> str:
    """How a sender gets the local Azure's address, sign-in and certificate authority into its environment."""
    if cloud.ca_file is None:
        return ""
    state = shlex.quote(str(cloud.ca_file.parent))
    return f'# first: eval "$(provisioner emulator env --state {state})"\n'


def _token(outputs: Outputs) -> str:
    return (
        "TOKEN=$(curl --silent --show-error --fail-with-body"
        ' "$AZURE_AUTHORITY_HOST/$AZURE_TENANT_ID/oauth2/v2.0/token" \\\n'
        '  --data grant_type=client_credentials --data "client_id=$AZURE_CLIENT_ID" \\\n'
        '  --data-urlencode "client_secret=$AZURE_CLIENT_SECRET"'
        f" --data-urlencode scope={outputs.audience}/.default \\\n"
        """  | sed 's/.*"access_token": *"\\([^"]*\\)".*/\\1/')\n"""
    )


def _sign_in(cloud: Cloud) -> str:
    """What azure-identity must be told to sign in anywhere but in the public cloud."""
    if cloud.ca_file:
        return "disable_instance_discovery=True"
    return "" if cloud.name == "public" else f"authority={json.dumps(cloud.authority)}"


def _streams(outputs: Outputs) -> Iterator[tuple[str, str]]:
    for dcr in outputs.dcrs.values():
        yield from dcr.streams.items()


def _word(name: str) -> str:
    return re.sub(r"\W", "_", name).upper()
