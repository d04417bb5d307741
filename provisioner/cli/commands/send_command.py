"""`provisioner send`."""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from provisioner.cli import options
from provisioner.cli.azure_session import azure_session
from provisioner.cli.console import Console
from provisioner.operating_system import is_terminal
from provisioner.project import Project
from provisioner.reports.format_registry import render_report

if TYPE_CHECKING:
    from provisioner.send import SendOptions, SendResult
    from provisioner.send.record_sources import FileSource

_INPUT_FORMATS = ("json", "ndjson", "csv", "yaml")


@click.command()
@click.argument("stream")
@click.argument("files", metavar="[FILE|-]...", nargs=-1)
@options.manifest_option
@click.option("-e", "--environment", help="The environment to lay over the manifest.")
@click.option("--var", "variables", multiple=True, callback=options.parse_pairs, metavar="K=V", help="Set a variable.")
@click.option("--dry-run", is_flag=True, help="Send nothing: check every record, show the first rows as stored.")
@click.option("--rows", type=click.IntRange(0, 1000), default=10, show_default=True, help="Rows that --dry-run shows.")
@click.option("--resume", is_flag=True, help="Go on with the run before, which was cut short.")
@click.option("--restart", is_flag=True, help="Forget the run before, and send every record again.")
@click.option("--wait", is_flag=True, help="Find the rows again in the workspace and compare counts.")
@click.option(
    "--timeout",
    type=click.FloatRange(min=0),
    default=900,
    show_default=True,
    metavar="SECONDS",
    help="How long --wait looks for rows at most.",
)
@click.option("--dead-letters", type=click.Path(path_type=Path), metavar="DIR", help="For records that cannot be sent.")
@click.option(
    "--input-format", type=click.Choice(_INPUT_FORMATS), help="Left out: by the name, or what it begins with."
)
@click.option("--dcr", metavar="NAME", help="The rule, where several have the stream.")
@click.option("--grant-self/--no-grant-self", default=None, help="Get the right to send for this run (default: local).")
@click.option("--parallelism", type=click.IntRange(1, 64), default=8, show_default=True, help="Calls at once.")
@click.option(
    "--patience",
    type=click.FloatRange(min=0),
    default=900,
    show_default=True,
    metavar="SECONDS",
    help="How long a service in trouble is tried again.",
)
@click.option("--progress", "progress_form", type=click.Choice(("auto", "json", "none")), default="auto")
@options.output("send")
@options.console
def send(
    console: Console,
    stream: str,
    files: tuple[str, ...],
    manifest: Path,
    environment: str | None,
    variables: dict[str, str],
    format_name: str,
    **settings: Any,
) -> int:
    """Send records of files or of standard input to a stream.

    JSON, NDJSON, CSV and YAML, also compressed with gzip. What cannot be sent goes to a file of dead letters with its
    reason, and the rest is sent.

    \b
    Example: provisioner send Custom-Orders orders.ndjson 'more/*.csv.gz' -e prod
             tail -f app.log | provisioner send Custom-App - -e prod
    """  # noqa: D301
    if settings["resume"] and settings["restart"]:
        raise click.UsageError("say --resume or --restart, not both")
    if not files and is_terminal(sys.stdin):
        raise click.UsageError("name files of records, or - for standard input")
    project = Project.load(manifest, environment=environment, variables=variables)
    project.raise_if_invalid()
    run = _Run(project, console, stream, files or ("-",), settings)
    result = run.look() if settings["dry_run"] else run.send()
    console.data(render_report("send", format_name, result, console.report_options()))
    return 0 if result.ok else 1


@dataclass
class _Run:
    """One call of the command."""

    project: Project
    console: Console
    stream: str
    files: tuple[str, ...]
    settings: dict[str, Any]

    def look(self) -> SendResult:
        """Check the records, offline."""
        from provisioner.cli.send_progress import send_progress

        with send_progress(self.console, self.settings["progress_form"]) as listener:
            job = self.project.send_job(self.stream, self._sources(), self._options(listener))
            return job.look(self.settings["rows"])

    def send(self) -> SendResult:
        """Send the records; an error on the way still shows what was done before."""
        from provisioner.cli.send_progress import send_progress
        from provisioner.errors import SendStopped

        sources = self._sources()
        with azure_session(self.project, self.console) as azure:
            with send_progress(self.console, self.settings["progress_form"]) as listener:
                job = self.project.send_job(self.stream, sources, self._options(listener))
                counter = self.project.arrival_counter(job, azure) if self.settings["wait"] else None
                try:
                    for _ in self.project.send_to_files(job, azure):
                        pass
                except SendStopped:
                    self.console.notice(render_report("send", "text", job.result))
                    raise
            if counter is not None:
                self.console.note("looking for the rows in the workspace …")
                tables = counter.wait_for(job.result.tables, self.settings["timeout"])
                return replace(job.result, tables=tables)
            return job.result

    def _sources(self) -> list[FileSource]:
        from provisioner.send.input_blocks import expand_inputs
        from provisioner.send.record_sources import FileSource

        return [FileSource(source, self.settings["input_format"]) for source in expand_inputs(self.files)]

    def _options(self, progress: Any) -> SendOptions:
        from provisioner.send import SendOptions

        names = ("parallelism", "patience", "input_format", "dcr", "grant_self", "dead_letters", "resume", "restart")
        return SendOptions(**{name: self.settings[name] for name in names}, progress=progress)
