"""`provisioner calibrate`."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

import click

from provisioner.cli import options
from provisioner.cli.azure_session import azure_session, confirm, require_confirmation
from provisioner.cli.console import Console
from provisioner.project import Project
from provisioner.reports.format_registry import render_report
from provisioner.text import plural

if TYPE_CHECKING:
    from collections.abc import Sequence

    from provisioner.azure import Azure
    from provisioner.calibration import Calibration
    from provisioner.calibration.calibration_probe import CalibrationProbe
    from provisioner.calibration.report import CalibrateReport

FAILURE = 1


@click.command()
@options.output("calibrate")
@click.option("--list", "lists", is_flag=True, help="Show the probes: what each asks, creates and predicts.")
@click.option("--merge", type=click.Path(path_type=Path), metavar="FILE", help="Put an evidence file into the facts.")
@click.option("--facts", type=click.Path(exists=True, file_okay=False, path_type=Path), help="The folder of the facts.")
@click.option("--probe", "names", multiple=True, metavar="NAME", help="Only this family or probe; may be repeated.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="The evidence file to write.")
@options.yes
@options.parallelism
@options.project
def calibrate(
    project: Project,
    console: Console,
    format_name: str,
    lists: bool,
    merge: Path | None,
    facts: Path | None,
    names: tuple[str, ...],
    out: Path | None,
    yes: bool,
    parallelism: int,
) -> int:
    """Ask a real subscription the questions that no page answers.

    The probes run in a throw-away resource group of the environment's subscription, which is removed with all in it,
    also after an interrupt. What was predicted and what Azure did stands in the evidence file, without secrets or
    data of the tenant. It costs cents.

    \b
    Example: provisioner calibrate -e staging --probe functions
             provisioner calibrate --merge calibration-staging.yaml
    """  # noqa: D301
    from provisioner.calibration import select_probes
    from provisioner.calibration.fact_merge import merge_evidence_file
    from provisioner.calibration.report import CalibrationReport, MergeReport, ProbeList

    if merge is not None and (lists or names or out):
        raise click.UsageError("--merge goes with --facts alone")
    if facts is not None and merge is None:
        raise click.UsageError("--facts goes with --merge")
    if merge is not None:
        _print(MergeReport(merge_evidence_file(merge, facts)), console, format_name)
        return 0
    probes = select_probes(names)
    if lists:
        _print(ProbeList(probes), console, format_name)
        return 0
    local = project.raise_if_invalid().target.cloud == "local"
    require_confirmation(yes=yes, local=local)
    file = out or Path(f"calibration-{project.environment or 'manifest'}.yaml")
    with azure_session(project, console) as azure:
        _remove_leftovers(project, azure, console, yes=yes, local=local)
        confirm(_question(azure, probes), yes=yes, local=local)
        calibration = _run(project, azure, probes, console, parallelism, file)
    _print(CalibrationReport(calibration, file), console, format_name)
    return 0 if calibration.ok else FAILURE


def _question(azure: Azure, probes: Sequence[CalibrationProbe]) -> str:
    where = f"in subscription {azure.target.subscription}, {azure.target.location}"
    return f"Create a throw-away resource group {where}, ask {plural(len(probes), 'probe')} there, and remove it?"


def _remove_leftovers(project: Project, azure: Azure, console: Console, *, yes: bool, local: bool) -> None:
    """Remove what earlier runs left behind, once confirmed; what may belong to a run under way is named."""
    from provisioner.calibration.leftover_groups import find_leftovers, forget_group
    from provisioner.calibration.throwaway_group import remove_group

    leftovers = find_leftovers(azure, project.state_directory, dt.datetime.now(dt.UTC))
    for group in leftovers.running:
        console.note(f"another run seems to be under way: {group.name}")
    if not leftovers.ours:
        return
    listed = ", ".join(group.name for group in leftovers.ours)
    confirm(f"Earlier runs left {listed}. Remove them first?", yes=yes, local=local)
    for group in leftovers.ours:
        remove_group(azure, group)
        forget_group(project.state_directory, group)
        console.note(f"removed {group.name}, which an earlier run left behind")


def _run(
    project: Project,
    azure: Azure,
    probes: Sequence[CalibrationProbe],
    console: Console,
    parallelism: int,
    file: Path,
) -> Calibration:
    """Run the battery and write the evidence file, also of a run that a signal cut short; the signal then ends it."""
    from provisioner.apply.interrupt import Interrupt
    from provisioner.calibration import CalibrationOptions, run_battery
    from provisioner.calibration.evidence_file import write_evidence_file

    interrupt = Interrupt()
    with console.progress() as progress:
        run_options = CalibrationOptions(parallelism, progress)
        calibration = run_battery(azure, probes, run_options, project.state_directory, interrupt)
    write_evidence_file(calibration, file)
    for note in calibration.notes:
        console.notice(f"note: {note}")
    interrupt.deliver()
    return calibration


def _print(report: CalibrateReport, console: Console, format_name: str) -> None:
    console.data(render_report("calibrate", format_name, report, console.report_options()))
