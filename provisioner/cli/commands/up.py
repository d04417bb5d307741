"""`provisioner up`."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from provisioner.cli import options, sender_formats
from provisioner.cli.azure_session import answerable
from provisioner.cli.console import Console
from provisioner.errors import ProvisionerError
from provisioner.project import Project

if TYPE_CHECKING:
    from provisioner.azure import Azure
    from provisioner.plan import Plan


@click.command()
@options.output("text", "json")
@options.yes
@options.allow
@options.fingerprint
@options.parallelism
@options.only
@options.prune
@options.via
@click.option("--no-verify", is_flag=True, help="Stop after apply.")
@click.option("--timeout", type=click.FloatRange(min=0), metavar="SECONDS", help="How long verify may wait.")
@options.project
def up(
    project: Project,
    console: Console,
    form: str,
    yes: bool,
    no_verify: bool,
    timeout: float | None,
    **flags: Any,
) -> int:
    """Validate, test, plan, apply and verify in one go.

    \b
    Example: provisioner up examples/quickstart -e local
    """  # noqa: D301
    run = _Up(project, console, console.data if form == "text" else console.note)
    run.offline()
    if run.ok:
        answerable(yes=yes, local=project.manifest.target.cloud == "local")
        try:
            run.online(no_verify=no_verify, timeout=timeout, yes=yes, **flags)
        except ProvisionerError as error:
            if form != "json":
                raise
            run.fail(error)
    else:
        run.show()
    if form == "json":
        console.data(json.dumps({"version": 1, **run.said, "ok": run.ok}, indent=2))
    return 0 if run.ok else 1


class _Up:
    """The stages one after the other; a stage that says no is the last."""

    def __init__(self, project: Project, console: Console, say: Callable[[str], None]) -> None:
        self.project, self.console = project, console
        self.said: dict[str, Any] = {}
        self.ok = True
        self._say = say
        self._waiting: list[tuple[str, str]] = []

    def offline(self) -> None:
        """What needs no network, before any; shown once the first line has said where it all goes."""
        from provisioner.diagnostics import has_failures
        from provisioner.transform_tests import report as proof
        from provisioner.validate import report, source_files

        told = self.project.diagnostics
        self.said["validate"] = report.shape(told)
        self._waiting.append(("validate", report.text(told, source_files.lines, color=self.console.color)))
        self.ok = not has_failures(told)
        if not self.ok:
            return
        results = self.project.test()
        self.said["test"] = proof.data(results)
        self._waiting.append(("test", proof.text(results, color=self.console.color)))
        self.ok = all(each.ok for each in results)

    def show(self) -> None:
        """The stages that have waited for the first line."""
        for name, text in self._waiting:
            self.stage(name, text)

    def online(self, *, no_verify: bool, timeout: float | None, **flags: Any) -> None:
        """Plan, apply, verify, and what a sender needs."""
        from provisioner.cli import azure_session, plan_and_apply

        with azure_session.online(self.project, self.console) as azure:
            self.show()
            self.heading("plan and apply")
            done = plan_and_apply.carry_out(
                self.project, azure, self.console, say=self.say, planned=self.planned, **flags
            )
            self.said["apply"] = done.json()
            self.ok = done.ok
            if self.ok and not no_verify:
                self.verify(azure, timeout)
            if done.outputs:
                self.stage("for senders", sender_formats.text(done.outputs))

    def planned(self, plan: Plan) -> None:
        """What apply would do: said also where it is then refused."""
        from provisioner.plan import report

        self.said["plan"] = report.data(plan, self.project.place)

    def verify(self, azure: Azure, timeout: float | None) -> None:
        """A marked test record for each stream, or reads only where the manifest forbids to send."""
        from provisioner.verify import report

        self.heading("verify")
        with self.console.progress() as progress:
            found = self.project.verify(azure, timeout=timeout, progress=progress)
        self.said["verify"] = report.data(found)
        whole = self.console.verbose > 0 or len(self.project.manifest.streams) == 1
        self.say(report.text(found, color=self.console.color, verbose=whole))
        self.ok = found.ok

    def fail(self, error: ProvisionerError) -> None:
        """What stopped a stage, beside what the stages before it have said."""
        from provisioner.cli.environments import failure, told

        told(error, self.console)
        self.said |= failure(error)
        self.ok = False

    def stage(self, name: str, text: str) -> None:
        """A stage that is said at once."""
        self.heading(name)
        self.say(text)

    def heading(self, name: str) -> None:
        """The name of a stage."""
        self._say(self.console.style(f"── {name}", "cyan", bold=True))

    def say(self, text: str) -> None:
        """What a stage says, set apart from the next."""
        self._say(text.strip("\n") + "\n\n")
