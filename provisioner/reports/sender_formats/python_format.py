"""Python code for a sender."""

from __future__ import annotations

import json

from provisioner.reports.report_format import report_format
from provisioner.reports.sender_formats.emulator_setup import emulator_comment
from provisioner.reports.sender_report import SenderCloud, SenderReport


@report_format("python", view="sender", position=13)
def python_format(report: SenderReport) -> str:
    """Python code that sends with azure-monitor-ingestion; the variable `records` is left to the caller."""
    outputs, cloud = report.outputs, report.cloud
    lines = [
        *emulator_comment(cloud).splitlines(),
        "from azure.identity import DefaultAzureCredential",
        "from azure.monitor.ingestion import LogsIngestionClient",
    ]
    scope = f"{outputs.audience.rstrip('/')}/.default"
    for name, dcr in outputs.dcrs.items():
        lines += ["", f"# {name}", "client = LogsIngestionClient("]
        lines += [f"    {json.dumps(dcr.endpoint)},", f"    DefaultAzureCredential({_credential_arguments(cloud)}),"]
        lines += [f"    credential_scopes=[{json.dumps(scope)}],", ")"]
        for url in dcr.streams.values():
            stream = url.rsplit("/", 1)[1].split("?")[0]
            lines.append(f"client.upload({json.dumps(dcr.immutable_id)}, {json.dumps(stream)}, records)")
    return "\n".join(lines) + "\n"


def _credential_arguments(cloud: SenderCloud) -> str:
    """The arguments that azure-identity needs to sign in elsewhere than in the public cloud."""
    # Instance discovery asks login.microsoftonline.com whether an authority is genuine; it does not know the emulator.
    if cloud.ca_file:
        return "disable_instance_discovery=True"
    return "" if cloud.name == "public" else f"authority={json.dumps(cloud.authority)}"
