"""Outputs in the forms that senders take them in."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable, Iterator, Mapping

from provisioner.resources.outputs import Outputs


def text(outputs: Outputs) -> str:
    """For a person."""
    lines = []
    for name, dcr in outputs.dcrs.items():
        lines += [f"{name}", f"  endpoint      {dcr.endpoint}", f"  immutable id  {dcr.immutable_id}"]
        lines += [f"  {'stream':<12}  {key}: {url}" for key, url in dcr.streams.items()]
    return "\n".join([*lines, f"audience        {outputs.audience}"]) + "\n"


def as_json(outputs: Outputs) -> str:
    """The contract's shape."""
    return json.dumps({"version": 1, **outputs.json()}, indent=2) + "\n"


def env(outputs: Outputs) -> str:
    """Assignments for a shell or a .env file; names carry the DCR's where there are several."""
    pairs = [("AUDIENCE", outputs.audience)]
    for name, dcr in outputs.dcrs.items():
        prefix = f"{_word(name)}_" if len(outputs.dcrs) > 1 else ""
        pairs += [(f"{prefix}ENDPOINT", dcr.endpoint), (f"{prefix}DCR_IMMUTABLE_ID", dcr.immutable_id)]
        pairs += [(f"{prefix}STREAM_URL_{_word(key)}", url) for key, url in dcr.streams.items()]
    return "".join(f"LOGS_{name}={shlex.quote(value)}\n" for name, value in pairs)


def curl(outputs: Outputs) -> str:
    """One call for each stream; the token comes from az."""
    head = f"TOKEN=$(az account get-access-token --resource {outputs.audience} --query accessToken --output tsv)\n"
    return head + "".join(
        f"\n# {key}\ncurl --fail-with-body --request POST {shlex.quote(url)} \\\n"
        "  --header \"Authorization: Bearer $TOKEN\" --header 'Content-Type: application/json' \\\n"
        "  --data @records.json\n"
        for key, url in _streams(outputs)
    )


def python(outputs: Outputs) -> str:
    """A sender with azure-monitor-ingestion."""
    lines = [
        "from azure.identity import DefaultAzureCredential",
        "from azure.monitor.ingestion import LogsIngestionClient",
    ]
    scope = f"{outputs.audience.rstrip('/')}/.default"
    for name, dcr in outputs.dcrs.items():
        lines += ["", f"# {name}", "client = LogsIngestionClient("]
        lines += [
            f"    {json.dumps(dcr.endpoint)}, DefaultAzureCredential(), credential_scopes=[{json.dumps(scope)}]",
            ")",
        ]
        for url in dcr.streams.values():
            stream = url.rsplit("/", 1)[1].split("?")[0]
            lines.append(f"client.upload({json.dumps(dcr.immutable_id)}, {json.dumps(stream)}, records)")
    return "\n".join(lines) + "\n"


FORMS: Mapping[str, Callable[[Outputs], str]] = {
    "text": text,
    "json": as_json,
    "env": env,
    "curl": curl,
    "python": python,
}


def _streams(outputs: Outputs) -> Iterator[tuple[str, str]]:
    for dcr in outputs.dcrs.values():
        yield from dcr.streams.items()


def _word(name: str) -> str:
    return re.sub(r"\W", "_", name).upper()
