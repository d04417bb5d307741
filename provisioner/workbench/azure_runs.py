"""Runs against an environment that the page asks for: plan, drift, verify, and apply where it is allowed."""

from __future__ import annotations

import secrets
from typing import Any

from provisioner.apply import Applied
from provisioner.azure import Azure
from provisioner.errors import ProvisionerError
from provisioner.plan import Plan
from provisioner.plan.drift_summary import drift_verdict
from provisioner.project import Project
from provisioner.reports.format_registry import render_report
from provisioner.text import plural
from provisioner.workbench.messages.azure_messages import AzureReport, AzureRun
from provisioner.workbench.report_pages import Reports, text_page
from provisioner.workbench.workbench import Workbench


def run_against_azure(workbench: Workbench, request: AzureRun, reports: Reports) -> AzureReport:
    """Carry out a run; what stops it is an error in words. Apply needs `--allow-apply` and the plan's fingerprint."""
    # Here and not in the page alone: the page could be asked to forget it.
    if request.action == "apply" and not workbench.allow_apply:
        return _refused(request, "applying is a command: `provisioner apply`", "start the workbench with --allow-apply")
    project = workbench.project_in(request.environment)
    try:
        project.raise_if_invalid()
        with project.connect() as azure:
            return _RUNS[request.action](project, azure, request, reports)
    except ProvisionerError as error:
        return _refused(request, error.message, error.hint)


def _plan(project: Project, azure: Azure, request: AzureRun, reports: Reports) -> AzureReport:
    plan = project.plan(azure)
    writes = sum(change.writes for change in plan.changes)
    summary = f"{plural(writes, 'change')} to make" if writes else "nothing to do: Azure is as declared"
    return _report(request, "plan", plan, reports, summary, ok=True, fingerprint=plan.fingerprint)


def _drift(project: Project, azure: Azure, request: AzureRun, reports: Reports) -> AzureReport:
    drift = project.drift(azure)
    return _report(request, "drift", drift, reports, drift_verdict(drift), ok=not drift.drifted)


def _verify(project: Project, azure: Azure, request: AzureRun, reports: Reports) -> AzureReport:
    result = project.verify(azure)
    arrived = sum(arrival.ok for arrival in result.streams)
    summary = f"{arrived} of {plural(len(result.streams), 'flow')} arrived"
    return _report(request, "verify", result, reports, summary, ok=result.ok)


def _apply(project: Project, azure: Azure, request: AzureRun, reports: Reports) -> AzureReport:
    with project.lock():
        plan = project.plan(azure)
        # Planned again under the lock: what was read on the page may be old by now.
        if not secrets.compare_digest(plan.fingerprint.encode(), request.fingerprint.strip().encode()):
            return _refused(
                request,
                "the fingerprint is not that of the plan as it is now, so nothing was written",
                "plan again, read it, and type its fingerprint",
            )
        applied = project.apply(plan, azure)
    return _report_apply(plan, applied, reports)


def _report_apply(plan: Plan, applied: Applied, reports: Reports) -> AzureReport:
    from provisioner.apply.report import outcomes_text

    text = outcomes_text(applied)
    identifier = reports.add(text_page("apply", text))
    summary = f"{plural(len(applied), 'change')} applied" if applied.ok else "a change failed: see the report"
    return AzureReport("apply", applied.ok, summary, f"/report/{identifier}", plan.fingerprint)


_RUNS = {"plan": _plan, "drift": _drift, "verify": _verify, "apply": _apply}


def _report(
    request: AzureRun,
    subject: str,
    result: Any,
    reports: Reports,
    summary: str,
    *,
    ok: bool,
    fingerprint: str | None = None,
) -> AzureReport:
    page = reports.add(render_report(subject, "html", result))
    return AzureReport(request.action, ok, summary, f"/report/{page}", fingerprint)


def _refused(request: AzureRun, message: str, hint: str | None) -> AzureReport:
    return AzureReport(request.action, False, "", "", None, message, hint)
