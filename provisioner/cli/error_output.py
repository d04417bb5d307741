"""Errors as the command line prints them: as text to stderr, and in the formats that programs read."""

from __future__ import annotations

from typing import Any

from provisioner.cli.console import Console
from provisioner.errors import InvalidManifest, ProvisionerError
from provisioner.reports.format_registry import FORMATS, render_report, report_data
from provisioner.reports.json_envelope import json_document
from provisioner.reports.report_format import ReportOptions


def print_error(error: ProvisionerError, console: Console) -> None:
    """Print an error to stderr; for an invalid manifest, its diagnostics."""
    if isinstance(error, InvalidManifest):
        console.notice(render_report("validate", "text", error.diagnostics, ReportOptions(color=console.color)))
    else:
        console.error(error)


def render_error(error: ProvisionerError, format_name: str) -> str | None:
    """An error as the command's whole output in a format that programs read; None for a format without such a form."""
    if not isinstance(error, InvalidManifest):
        return json_document(error_payload(error)) if format_name == "json" else None
    # People read the text on stderr, where print_error writes it.
    if format_name == "text" or format_name not in FORMATS["validate"]:
        return None
    return render_report("validate", format_name, error.diagnostics)


def error_payload(error: ProvisionerError | None) -> dict[str, Any]:
    """An error as JSON values in the place of a result, with the diagnostics of an invalid manifest."""
    from provisioner.apply.outcome import error_json

    payload: dict[str, Any] = {"error": error_json(error)}
    if isinstance(error, InvalidManifest):
        payload["diagnostics"] = report_data("validate", error.diagnostics)["diagnostics"]
    return payload
