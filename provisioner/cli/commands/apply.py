"""`provisioner apply`."""

from __future__ import annotations

import json
from pathlib import Path

import click

from provisioner.cli import options, senders
from provisioner.cli.applying import carry_out
from provisioner.cli.console import Console
from provisioner.cli.online import answerable, online


@click.command()
@options.output("text", "json")
@options.yes
@options.allow
@click.option("--fingerprint", metavar="F", help="Refuse unless the plan has this fingerprint.")
@options.parallelism
@options.only
@options.prune
@options.manifest
@options.console
def apply(
    console: Console,
    path: Path,
    environment: str | None,
    variables: dict[str, str],
    form: str,
    yes: bool,
    allow: tuple[str, ...],
    fingerprint: str | None,
    parallelism: int,
    only: tuple[str, ...],
    prune: bool,
) -> int:
    """Make Azure look like the manifest, or carry out a saved plan.

    \b
    Example: provisioner apply -e prod --yes --fingerprint 946309cb51a905b0
    """  # noqa: D301
    from provisioner.plan import saved
    from provisioner.project import Project
    from provisioner.reviewed import Reviewed

    project: Project
    if saved.recognized(path):
        if environment or variables or only or prune:
            raise click.UsageError(
                "a saved plan is for what it was planned for: leave -e, --var, --only and --prune out"
            )
        project = reviewed = Reviewed(path)
        fingerprint, allow = fingerprint or reviewed.saved.fingerprint, (*allow, *reviewed.saved.allow)
    else:
        project = Project.load(path, environment=environment, variables=variables)
    answerable(yes=yes, local=project.raise_if_invalid().target.cloud == "local")
    with online(project, console) as azure:
        done = carry_out(
            project,
            azure,
            console,
            say=console.note if form == "json" else console.data,
            yes=yes,
            allow=allow,
            fingerprint=fingerprint,
            parallelism=parallelism,
            only=only,
            prune=prune,
        )
    if form == "json":
        console.data(json.dumps({"version": 1, **done.json()}, indent=2))
    elif done.outputs:
        console.data(senders.text(done.outputs))
    return 0 if done.ok else 1
