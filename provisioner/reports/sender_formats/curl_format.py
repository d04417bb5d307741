"""curl for a sender."""

from __future__ import annotations

import shlex

from provisioner.reports.report_format import report_format
from provisioner.reports.sender_formats.emulator_setup import emulator_comment
from provisioner.reports.sender_report import SenderReport
from provisioner.resources.sender_outputs import Outputs


@report_format("curl", view="sender", position=12)
def curl_format(report: SenderReport) -> str:
    """A curl command for each stream; the token comes from az, or from the emulator's own token endpoint."""
    outputs, cloud = report.outputs, report.cloud
    head = f"TOKEN=$(az account get-access-token --resource {outputs.audience} --query accessToken --output tsv)\n"
    return (emulator_comment(cloud) + _emulator_token_command(outputs) if cloud.ca_file else head) + "".join(
        f"\n# {key}\ncurl --fail-with-body --request POST {shlex.quote(url)} \\\n"
        "  --header \"Authorization: Bearer $TOKEN\" --header 'Content-Type: application/json' \\\n"
        "  --data @records.json\n"
        for key, url in report.stream_urls()
    )


def _emulator_token_command(outputs: Outputs) -> str:
    # Not az: it would have to be registered with the emulator as a cloud first. And sed, since jq is often missing.
    return (
        "TOKEN=$(curl --silent --show-error --fail-with-body"
        ' "$AZURE_AUTHORITY_HOST/$AZURE_TENANT_ID/oauth2/v2.0/token" \\\n'
        '  --data grant_type=client_credentials --data "client_id=$AZURE_CLIENT_ID" \\\n'
        '  --data-urlencode "client_secret=$AZURE_CLIENT_SECRET"'
        f" --data-urlencode scope={outputs.audience}/.default \\\n"
        """  | sed 's/.*"access_token": *"\\([^"]*\\)".*/\\1/')\n"""
    )
