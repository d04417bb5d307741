"""Runs against an environment that the page asks for: plan, drift, verify, and apply where it is allowed."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from provisioner.apply import Applied
from provisioner.azure import Azure
from provisioner.errors import ProvisionerError
from provisioner.plan import Plan
from provisioner.plan.drift_summary import drift_verdict
from provisioner.progress import Progress, ProgressEvent
from provisioner.project import Project
from provisioner.reports.format_registry import render_report
from provisioner.text import plural
from provisioner.workbench.messages.azure_messages import AzureReport, AzureRun, RunProgress
from provisioner.workbench.messages.message_codec import to_json
from provisioner.workbench.report_pages import Reports, text_page
from provisioner.workbench.workbench import Workbench


def run_against_azure(workbench: Workbench, request: AzureRun, reports: Reports) -> AzureReport:
    """Carry out a run; what stops it is an error in words. Apply needs `--allow-apply` and the plan's fingerprint."""
    # Here and not in the page alone: the page could be asked to forget it.
    if request.action == "apply" and not workbench.allow_apply:
        return _refused(request, "applying is a command: `provisioner apply`", "start the workbench with --allow-apply")
    project = workbench.project_in(request.environment)

    def tell(event: ProgressEvent) -> None:
        message = RunProgress(request.run, event.kind, event.subject, event.message)
        workbench.events.publish("progress", to_json(message))

    try:
        project.raise_if_invalid()
        with _step(tell, "connection", str(project.environment or project.target.resource_group)):
            azure = project.connect()
        with azure:
            return _RUNS[request.action](_Run(project, azure, request, reports, tell))
    except ProvisionerError as error:
        return _refused(request, error.message, error.hint)


@dataclass(frozen=True, slots=True)
class _Run:
    """What a run works with."""

    project: Project
    azure: Azure
    request: AzureRun
    reports: Reports
    tell: Progress


@contextmanager
def _step(tell: Progress, subject: str, message: str) -> Iterator[None]:
    """Frame a piece of work that tells nothing of itself."""
    tell(ProgressEvent("start", subject, message))
    try:
        yield
    except BaseException:
        tell(ProgressEvent("failed", subject))
        raise
    tell(ProgressEvent("done", subject, message))


def _plan(run: _Run) -> AzureReport:
    with _step(run.tell, "plan", "reads what Azure has, and compares"):
        plan = run.project.plan(run.azure)
    writes = sum(change.writes for change in plan.changes)
    summary = f"{plural(writes, 'change')} to make" if writes else "nothing to do: Azure is as declared"
    return _report(run, "plan", plan, summary, ok=True, fingerprint=plan.fingerprint)


def _drift(run: _Run) -> AzureReport:
    with _step(run.tell, "drift", "reads what Azure has, and compares"):
        drift = run.project.drift(run.azure)
    return _report(run, "drift", drift, drift_verdict(drift), ok=not drift.drifted)


def _verify(run: _Run) -> AzureReport:
    from provisioner.verify import VerifyOptions

    result = run.project.verify(run.azure, VerifyOptions(progress=run.tell))
    arrived = sum(arrival.ok for arrival in result.streams)
    summary = f"{arrived} of {plural(len(result.streams), 'flow')} arrived"
    return _report(run, "verify", result, summary, ok=result.ok)


def _apply(run: _Run) -> AzureReport:
    from provisioner.apply import ApplyOptions

    with run.project.lock():
        with _step(run.tell, "plan", "reads what Azure has, and compares"):
            plan = run.project.plan(run.azure)
        # Planned again under the lock: what was read on the page may be old by now.
        if not secrets.compare_digest(plan.fingerprint.encode(), run.request.fingerprint.strip().encode()):
            return _refused(
                run.request,
                "the fingerprint is not that of the plan as it is now, so nothing was written",
                "plan again, read it, and type its fingerprint",
            )
        applied = run.project.apply(plan, run.azure, ApplyOptions(progress=run.tell))
    return _report_apply(plan, applied, run.reports)


def _report_apply(plan: Plan, applied: Applied, reports: Reports) -> AzureReport:
    from provisioner.apply.report import outcomes_text

    text = outcomes_text(applied)
    identifier = reports.add(text_page("apply", text))
    summary = f"{plural(len(applied), 'change')} applied" if applied.ok else "a change failed: see the report"
    return AzureReport("apply", applied.ok, summary, f"/report/{identifier}", plan.fingerprint)


_RUNS = {"plan": _plan, "drift": _drift, "verify": _verify, "apply": _apply}


def _report(
    run: _Run, subject: str, result: Any, summary: str, *, ok: bool, fingerprint: str | None = None
) -> AzureReport:
    page = run.reports.add(render_report(subject, "html", result))
    return AzureReport(run.request.action, ok, summary, f"/report/{page}", fingerprint)


def _refused(request: AzureRun, message: str, hint: str | None) -> AzureReport:
    return AzureReport(request.action, False, "", "", None, message, hint)
