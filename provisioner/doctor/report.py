"""A health report as text, and what programs see of it."""

from __future__ import annotations

from typing import Any

from provisioner.doctor.health_check import HealthReport
from provisioner.reports.ansi_styles import paint
from provisioner.reports.json_envelope import VERSION
from provisioner.reports.report_format import Views
from provisioner.text import plural


def format_text(report: HealthReport, *, color: bool = False) -> str:
    """For a terminal: a line a check, the next step below a failed one, and a line that counts."""
    lines = []
    for check in report.checks:
        mark = paint("✓", "green", color=color) if check.ok else paint("✗", "red", color=color)
        lines.append(f"{mark} {check.name.replace('_', ' '):<13} {check.message}")
        lines += [f"    next: {check.next}"] if check.next else []
    if report.skipped:
        names = ", ".join(name.replace("_", " ") for name in report.skipped)
        lines.append(f"  not asked: {names}")
    failures = sum(not check.ok for check in report.checks)
    summary = f"{plural(failures, 'check')} failed" if failures else "nothing stands in the way of an apply"
    return "\n".join([*lines, paint(summary, "red" if failures else "green", color=color)]) + "\n"


def report_data(report: HealthReport) -> dict[str, Any]:
    """The public shape: contract, "doctor"; `skipped` names the checks that were not made."""
    return {
        "version": VERSION,
        "checks": [check.json() for check in report.checks],
        "skipped": list(report.skipped),
    }


VIEWS: Views[HealthReport] = {
    "text": lambda report, options: format_text(report, color=options.color),
    "data": lambda report, _: report_data(report),
}
