"""`provisioner apply`."""

from __future__ import annotations

import click

from provisioner.cli import environments, options
from provisioner.cli.apply_flags import ApplyFlags, apply_flags
from provisioner.cli.azure_session import azure_session, require_confirmation
from provisioner.cli.console import Console
from provisioner.cli.environments import run_until_failure
from provisioner.cli.plan_and_apply import ApplyResult, plan_and_apply
from provisioner.cli.progress_lines import progress_option
from provisioner.plannable import Plannable


@click.command()
@options.output("apply")
@progress_option
@apply_flags
@options.projects(saved=True)
def apply(projects: tuple[Plannable, ...], console: Console, format_name: str, flags: ApplyFlags) -> int:
    """Make Azure look like the manifest, or carry out a saved plan.

    \b
    Example: provisioner apply -e prod --yes --fingerprint 946309cb51a905b0
    """  # noqa: D301
    # All environments before the first write: a usage error must not leave half of them applied.
    for project in projects:
        project.raise_if_invalid()
        require_confirmation(yes=flags.yes, local=project.target.cloud == "local")
    if flags.fingerprint is not None and len(projects) > 1:
        raise click.UsageError("--fingerprint is that of one environment's plan")

    show = console.note if format_name == "json" else console.data

    def work(project: Plannable) -> ApplyResult:
        with azure_session(project, console) as azure:
            return plan_and_apply(project, azure, console, flags, show=show)

    results = list(run_until_failure(projects, work, lambda done: done.ok))
    summary = (("applied", "failed", "skipped", "writes"), _row)
    environments.print_results(results, console, "apply", format_name, summary, lambda _: console.report_options())
    # Fewer answers than projects: the run stopped at the first environment that failed.
    return 0 if len(results) == len(projects) and all(result.value and result.value.ok for result in results) else 1


def _row(done: ApplyResult) -> list[int]:
    states = [outcome.state for outcome in done.applied]
    return [*(states.count(state) for state in ("applied", "failed", "skipped")), done.requests["writes"]]
