"""`provisioner plan`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from provisioner.cli import environments, options
from provisioner.cli.azure_session import azure_session
from provisioner.cli.console import Console
from provisioner.cli.environments import run_concurrently
from provisioner.cli.progress_lines import progress_option
from provisioner.cli.ready_command import ready_command
from provisioner.cli.report_files import ReportFile, report_files, require_single_result, write_reports
from provisioner.project import Project
from provisioner.reports.report_format import ReportOptions

if TYPE_CHECKING:
    from provisioner.plan import Plan


@click.command()
@options.output("plan")
@progress_option
@report_files("plan")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Save the plan for `apply`.")
@click.option(
    "--transition",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the manifest that keeps what goes beside what comes.",
)
@click.option("--detailed-exitcode", is_flag=True, help="Exit with 2 where there are differences.")
@options.allow
@options.only
@options.prune
@options.projects()
def plan(
    projects: tuple[Project, ...],
    console: Console,
    format_name: str,
    reports: tuple[ReportFile, ...],
    out: Path | None,
    transition: Path | None,
    detailed_exitcode: bool,
    allow: tuple[str, ...],
    only: tuple[str, ...],
    prune: bool,
) -> int:
    """Show what apply would change.

    \b
    Example: provisioner plan -e prod --out plan.json --detailed-exitcode
    """  # noqa: D301
    from provisioner.plan import PlanOptions

    if out is not None and len(projects) > 1:
        raise click.UsageError("--out saves the plan of one environment")
    if transition is not None:
        _require_new_neighbour(transition, projects)
    require_single_result(len(projects), format_name, reports)

    plan_options = PlanOptions(only=only, prune=prune, allow=allow)

    def work(project: Project) -> Plan:
        with azure_session(project, console) as azure:
            new_plan = project.plan(azure, plan_options)
            if out is not None:
                project.save_plan(new_plan, azure, out)
        return new_plan

    def report_options(project: Project) -> ReportOptions:
        command = ready_command("apply", plan_options, project.environment)
        return console.report_options(
            find_place=project.position_of, command=command, draw_changes=project.draw_changes
        )

    results = run_concurrently(projects, work)
    summary = (("create", "update", "replace", "delete", "risk"), _row)
    environments.print_results(results, console, "plan", format_name, summary, report_options)
    write_reports("plan", results[0].value, report_options(results[0].project), reports)
    if transition is not None and results[0].value is not None:
        _write_transition(results[0].project, results[0].value, transition, console)
    if out is not None:
        console.note(f"saved to {out}: `provisioner apply {out}` carries out just this")
    # An error outweighs differences: with one environment unread it is not known whether there are any.
    if any(result.value is None for result in results):
        return 1
    return 2 if detailed_exitcode and not all(result.value and result.value.empty for result in results) else 0


def _row(plan: Plan) -> list[Any]:
    from provisioner.plan.change import highest_risk

    return [*plan.summary.values(), highest_risk([change.risk for change in plan.changes])]


def _require_new_neighbour(file: Path, projects: tuple[Project, ...]) -> None:
    """Raise UsageError where a transition cannot go into a file: the manifest's own files stay as they are."""
    if len(projects) > 1:
        raise click.UsageError("--transition writes the manifest of one environment")
    if file.exists():
        raise click.UsageError(f"--transition {file}: there is such a file; name a new one")
    # Files that the manifest names are relative to it, and may not be outside of its directory.
    if file.resolve().parent != projects[0].document.root.resolve():
        raise click.UsageError(f"--transition {file}: name a file beside the manifest, in {projects[0].document.root}")


def _write_transition(project: Project, plan: Plan, file: Path, console: Console) -> None:
    """Write the manifest of the transition, and say what its checks find."""
    from provisioner.diagnostics import has_failures
    from provisioner.reports.format_registry import render_report

    file.write_text(project.transition(plan), encoding="utf-8", newline="\n")
    # Environments and overlays can make a manifest that needs a hand: what its checks find is said at once.
    diagnostics = Project.load(file, environment=project.environment, templates=project.templates).diagnostics
    if has_failures(diagnostics):
        console.notice(render_report("validate", "text", diagnostics, console.report_options()))
    console.note(f"written to {file}: plan it, and apply it in the place of {project.document.file}")
