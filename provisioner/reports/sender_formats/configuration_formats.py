"""Configurations and programs of senders, each from its template in `templates/senders/`."""

from __future__ import annotations

import re
import shlex
from typing import Any

from provisioner.package_data import load_facts
from provisioner.reports.report_format import report_format
from provisioner.reports.sender_formats.emulator_setup import emulator_comment
from provisioner.reports.sender_report import SenderReport
from provisioner.reports.sender_streams import sender_streams


@report_format("dotnet", view="sender", position=14)
def dotnet_format(report: SenderReport) -> str:
    """A C# program with Azure.Monitor.Ingestion."""
    return _render("dotnet", report)


@report_format("javascript", view="sender", position=15)
def javascript_format(report: SenderReport) -> str:
    """A JavaScript module with @azure/monitor-ingestion."""
    return _render("javascript", report)


@report_format("powershell", view="sender", position=16)
def powershell_format(report: SenderReport) -> str:
    """A PowerShell script with the token of Az.Accounts."""
    return _render("powershell", report)


@report_format("go", view="sender", position=17)
def go_format(report: SenderReport) -> str:
    """A Go program with azlogs."""
    return _render("go", report)


@report_format("java", view="sender", position=18)
def java_format(report: SenderReport) -> str:
    """A Java program with azure-monitor-ingestion."""
    return _render("java", report)


@report_format("az", view="sender", position=19)
def az_format(report: SenderReport) -> str:
    """An `az rest` command for each stream."""
    return _render("az", report)


@report_format("fluent-bit", view="sender", position=20)
def fluent_bit_format(report: SenderReport) -> str:
    """A configuration of Fluent Bit, in YAML."""
    return _render("fluent-bit", report)


@report_format("vector", view="sender", position=21)
def vector_format(report: SenderReport) -> str:
    """A configuration of Vector, in YAML."""
    return _render("vector", report)


@report_format("logstash", view="sender", position=22)
def logstash_format(report: SenderReport) -> str:
    """Filters and outputs of Logstash, with Microsoft Sentinel's plugin."""
    return _render("logstash", report)


@report_format("otel-collector", view="sender", position=23)
def otel_collector_format(report: SenderReport) -> str:
    """Nodes of OpenTelemetry's data flow engine, which has an exporter for streams."""
    return _render("otel-collector", report)


@report_format("syslog-ng", view="sender", position=24)
def syslog_ng_format(report: SenderReport) -> str:
    """Destinations of syslog-ng, over HTTP."""
    return _render("syslog-ng", report)


@report_format("rsyslog", view="sender", position=25)
def rsyslog_format(report: SenderReport) -> str:
    """Actions of rsyslog, over omhttp."""
    return _render("rsyslog", report)


@report_format("cribl", view="sender", position=26)
def cribl_format(report: SenderReport) -> str:
    """Destinations of Cribl Stream, as in its outputs.yml."""
    return _render("cribl", report)


@report_format("function-app", view="sender", position=27)
def function_app_format(report: SenderReport) -> str:
    """An Azure Function in Python that passes posted records on."""
    return _render("function-app", report)


def _render(name: str, report: SenderReport) -> str:
    # Imported late: jinja2 costs start-up time, and the other formats do without.
    from provisioner.template_environment import template_environment

    environment = template_environment("senders").overlay()
    environment.filters |= {"quoted": _quoted, "shell": shlex.quote, "pattern": re.escape}
    cloud, outputs = report.cloud, report.outputs
    comment = emulator_comment(cloud)

    def emulator_lines(mark: str) -> str:
        return comment.replace("# ", mark, 1)

    audience = outputs.audience.rstrip("/")
    text: str = environment.get_template(f"{name}.j2").render(
        streams=list(sender_streams(report.streams, outputs.dcrs)),
        audience=audience,
        scope=f"{audience}/.default",
        authority=cloud.authority.rstrip("/"),
        cloud=cloud.name,
        is_local=cloud.ca_file is not None,
        ca_file=str(cloud.ca_file) if cloud.ca_file else None,
        batch_bytes=_batch_bytes(),
        emulator_lines=emulator_lines,
    )
    return text if text.endswith("\n") else f"{text}\n"


def _batch_bytes() -> int:
    """Bytes of a batch: under the limit of a call by a tenth, for what a sender adds to its records."""
    limit: Any = load_facts("limits.yaml")["record"]["call"]["most"]
    return int(limit) * 9 // 10


def _quoted(text: str, mark: str, escaped: str) -> str:
    return text.replace(mark, escaped)
