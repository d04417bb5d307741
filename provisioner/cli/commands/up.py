"""`provisioner up`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from provisioner.cli import options
from provisioner.cli.apply_flags import ApplyFlags, apply_flags
from provisioner.cli.azure_session import require_confirmation
from provisioner.cli.console import Console
from provisioner.cli.progress_lines import progress_option
from provisioner.errors import ProvisionerError
from provisioner.project import Project
from provisioner.reports.format_registry import render_report, report_data
from provisioner.reports.report_format import ReportOptions

if TYPE_CHECKING:
    from provisioner.azure import Azure
    from provisioner.cli.plan_and_apply import ApplyResult
    from provisioner.plan import Plan


@click.command()
@options.output("up")
@progress_option
@apply_flags
@click.option("--no-verify", is_flag=True, help="Stop after apply.")
@click.option("--timeout", type=click.FloatRange(min=0), metavar="SECONDS", help="How long verify may wait.")
@options.project_with_templates
def up(
    project: Project,
    console: Console,
    format_name: str,
    flags: ApplyFlags,
    no_verify: bool,
    timeout: float | None,
) -> int:
    """Validate, test, plan, apply and verify in one go.

    \b
    Example: provisioner up examples/quickstart -e local
    """  # noqa: D301
    # With --format json, stdout holds one JSON document, and the stages' texts go to stderr.
    run = UpRun(project, console, console.data if format_name == "text" else console.note)
    run.offline()
    if run.ok:
        require_confirmation(yes=flags.yes, local=project.manifest.target.cloud == "local")
        try:
            run.online(flags, no_verify=no_verify, timeout=timeout)
        except ProvisionerError as error:
            if format_name != "json":
                raise
            # The stages before the error have changed Azure already: their JSON must not be lost.
            run.fail(error)
    else:
        run.show_held_back()
    if format_name != "text":
        console.data(render_report("up", format_name, {**run.payload, "ok": run.ok}))
    return 0 if run.ok else 1


class UpRun:
    """One run of `up`: runs its stages in order, collects their JSON in `payload`, and stops when a stage fails."""

    def __init__(self, project: Project, console: Console, show: Callable[[str], None]) -> None:
        self.project, self.console = project, console
        self.payload: dict[str, Any] = {}
        self.ok = True
        self._show = show
        self._held_back: list[tuple[str, str]] = []

    def offline(self) -> None:
        """Validate and test; their texts are held back until the target has been printed."""
        from provisioner.diagnostics import has_failures

        diagnostics = self.project.diagnostics
        self.hold_back("validate", diagnostics)
        self.ok = not has_failures(diagnostics)
        if not self.ok:
            return
        results = self.project.test()
        self.hold_back("test", results)
        self.ok = all(result.ok for result in results)

    def hold_back(self, name: str, result: Any) -> None:
        """Keep the JSON of a stage, and its text for later."""
        self.payload[name] = report_data(name, result)
        self._held_back.append((name, render_report(name, "text", result, ReportOptions(color=self.console.color))))

    def show_held_back(self) -> None:
        """Show the stages that were held back."""
        for name, text in self._held_back:
            self.stage(name, text)

    def online(self, flags: ApplyFlags, *, no_verify: bool, timeout: float | None) -> None:
        """Plan, apply, verify, and show what a sender needs."""
        from provisioner.cli import azure_session, plan_and_apply

        with azure_session.azure_session(self.project, self.console) as azure:
            self.show_held_back()
            self.heading("plan and apply")
            done = plan_and_apply.plan_and_apply(
                self.project, azure, self.console, flags, show=self.say, on_plan=self.record_plan
            )
            self.payload["apply"] = report_data("apply", done)
            self.ok = done.ok
            if self.ok and not no_verify:
                self.verify(azure, done, timeout)
            if done.outputs:
                self.stage("for senders", render_report("apply", "text", done))

    def record_plan(self, plan: Plan) -> None:
        """Keep the plan's JSON, before it may be refused."""
        self.payload["plan"] = report_data("plan", plan, ReportOptions(find_place=self.project.position_of))

    def verify(self, azure: Azure, done: ApplyResult, timeout: float | None) -> None:
        """Verify with a marked test record for each stream, or by reads alone where the manifest forbids sending."""
        from provisioner.verify import VerifyOptions

        self.heading("verify")
        with self.console.progress() as progress:
            verify_options = VerifyOptions(timeout=timeout, progress=progress)
            verification = self.project.verify(azure, verify_options, after=done.applied, outputs=done.outputs)
        self.payload["verify"] = report_data("verify", verification)
        # A line a column is too much for many streams, and what a newcomer with one stream wants to see.
        verbose = self.console.verbose > 0 or len(self.project.manifest.streams) == 1
        report_options = ReportOptions(color=self.console.color, verbose=verbose)
        self.say(render_report("verify", "text", verification, report_options))
        self.ok = verification.ok

    def fail(self, error: ProvisionerError) -> None:
        """Print the error that stopped a stage and add it to the JSON of the earlier stages."""
        from provisioner.cli.error_output import error_payload, print_error

        print_error(error, self.console)
        self.payload |= error_payload(error)
        self.ok = False

    def stage(self, name: str, text: str) -> None:
        """Show a stage's heading and text."""
        self.heading(name)
        self.say(text)

    def heading(self, name: str) -> None:
        """Show the heading of a stage."""
        self._show(self.console.style(f"── {name}", "cyan", bold=True))

    def say(self, text: str) -> None:
        """Show a stage's text, followed by an empty line."""
        self._show(text.strip("\n") + "\n\n")
