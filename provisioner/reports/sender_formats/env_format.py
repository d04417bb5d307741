"""Environment variables for a sender."""

from __future__ import annotations

import re
import shlex

from provisioner.reports.report_format import report_format
from provisioner.reports.sender_report import SenderReport


@report_format("env", view="sender", position=11)
def env_format(report: SenderReport) -> str:
    """Assignments for a shell or a `.env` file; of several DCRs or applications the variables carry the name."""
    outputs = report.outputs
    pairs = [("AUDIENCE", outputs.audience)]
    for name, dcr in outputs.dcrs.items():
        prefix = f"{_variable_name(name)}_" if len(outputs.dcrs) > 1 else ""
        pairs += [(f"{prefix}ENDPOINT", dcr.endpoint), (f"{prefix}DCR_IMMUTABLE_ID", dcr.immutable_id)]
        pairs += [(f"{prefix}DIRECT_ENDPOINT", dcr.direct_endpoint)] if dcr.direct_endpoint else []
        pairs += [(f"{prefix}STREAM_URL_{_variable_name(key)}", url) for key, url in dcr.streams.items()]
    for name, application in outputs.applications.items():
        suffix = f"_{_variable_name(name)}" if len(outputs.applications) > 1 else ""
        pairs.append((f"CLIENT_ID{suffix}", application.client_id))
        pairs += [(f"TENANT_ID{suffix}", application.tenant)] if application.tenant else []
    return "".join(f"LOGS_{name}={shlex.quote(value)}\n" for name, value in pairs)


def _variable_name(name: str) -> str:
    return re.sub(r"\W", "_", name).upper()
