"""`provisioner import`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from provisioner.cli import options
from provisioner.cli.console import Console
from provisioner.reports.format_registry import render_report
from provisioner.state_directory import STATE_DIRECTORY

if TYPE_CHECKING:
    from provisioner.adopt import ImportedManifest
    from provisioner.model import Target

_CLOUDS = ("public", "usgovernment", "china")


@click.command("import")
@click.argument("paths", metavar="[MANIFEST | FILE...]", nargs=-1, type=click.Path(path_type=Path))
@click.option("--from-arm", "files", is_flag=True, help="Read FILEs of JSON: templates, tables, rules, connectors.")
@click.option("--from-bicep", "bicep", is_flag=True, help="Read Bicep FILEs, compiled by the `bicep` on the path.")
@click.option("--classic", is_flag=True, help="Carry over classic tables, of the workspace or of --sample.")
@click.option("--sample", type=click.Path(path_type=Path), help="A payload as it was posted to the Data Collector API.")
@click.option("--log-type", metavar="NAME", help="The header Log-Type of --sample; the table is NAME_CL.")
@click.option("--time-field", metavar="FIELD", help="The field that the header time-generated-field named.")
@click.option("-e", "--environment", help="The environment whose target is read; `local` is the emulator.")
@click.option("--var", "variables", multiple=True, callback=options.parse_pairs, metavar="K=V", help="Set a variable.")
@click.option("--cloud", type=click.Choice(_CLOUDS), default="public", show_default=True)
@click.option("--subscription", help="The subscription, where no manifest names it.")
@click.option("--resource-group", help="The group whose rules and endpoints are read.")
@click.option("--workspace", help="The workspace: a name in that group, or an id.")
@click.option("--location", help="The region, where files do not say it.")
@click.option("--name", help="The name of the manifest; live, whose rules are ours.")
@click.option(
    "--parameter", "parameters", multiple=True, callback=options.parse_pairs, metavar="K=V", help="Of a template."
)
@click.option("--strict", is_flag=True, help="Fail where something could not be carried over.")
@click.option("--out", type=click.Path(path_type=Path), help="A new file instead of stdout.")
@options.output("import")
@options.console
def import_(
    console: Console,
    paths: tuple[Path, ...],
    format_name: str,
    files: bool,
    bicep: bool,
    classic: bool,
    strict: bool,
    out: Path | None,
    **settings: Any,
) -> int:
    """Write a manifest from what exists in Azure, or in files of other tools.

    Without --from-arm, --from-bicep and --sample the target and the workspace of a manifest are read, or those that
    the options name. With --classic the tables of the HTTP Data Collector API come too.

    \b
    Example: provisioner import --subscription S --resource-group rg --workspace law > provisioner.yaml
             provisioner import --from-arm Connector_DCR.json Connector_table.json
             provisioner import --classic --sample posted.json --log-type Orders > provisioner.yaml
    """  # noqa: D301
    _require_one_source(paths, settings, files=files, bicep=bicep, classic=classic)
    if settings["sample"] is not None:
        imported = _from_payload(settings)
    elif files or bicep:
        if not paths:
            raise click.UsageError(f"--from-{'bicep' if bicep else 'arm'} needs a FILE")
        imported = _from_files(paths, settings, bicep=bicep)
    else:
        if len(paths) > 1:
            raise click.UsageError("one MANIFEST at most; for files of other tools say --from-arm")
        imported = _from_azure(paths[0] if paths else None, console, settings, classic=classic)
    _print_diagnostics(imported, console)
    text = render_report("import", format_name, imported)
    if out is None:
        console.data(text)
    else:
        _write_new_file(out, text)
    is_lossy = any(diagnostic.severity != "info" for diagnostic in imported.diagnostics)
    return 1 if imported.is_empty or (strict and is_lossy) else 0


def _require_one_source(
    paths: tuple[Path, ...], settings: dict[str, Any], *, files: bool, bicep: bool, classic: bool
) -> None:
    """Raise UsageError where the options name two sources, or belong to one that is not named."""
    if files and bicep:
        raise click.UsageError("say --from-arm or --from-bicep, not both")
    if classic and (files or bicep):
        raise click.UsageError("--classic reads a workspace or a --sample, no templates")
    given = {f"--{name.replace('_', '-')}" for name in ("sample", "log_type", "time_field") if settings[name]}
    if given and not classic:
        raise click.UsageError(f"{min(given)} belongs to --classic: say that too")
    for option, other in (("--sample", "--log-type"), ("--log-type", "--sample")):
        if option in given and other not in given:
            raise click.UsageError(f"{option} needs {other} too")
    if "--sample" in given and paths:
        raise click.UsageError("the payload is given with --sample: no MANIFEST and no FILE beside it")


def _from_payload(settings: dict[str, Any]) -> ImportedManifest:
    from provisioner.adopt import ImportOptions, from_payload

    names = ("name", "subscription", "resource_group", "location", "workspace")
    options_ = ImportOptions(**{name: settings[name] for name in names})
    return from_payload(settings["sample"], settings["log_type"], options_, time_field=settings["time_field"])


def _from_files(paths: tuple[Path, ...], settings: dict[str, Any], *, bicep: bool) -> ImportedManifest:
    from provisioner.adopt import ImportOptions, from_arm, from_bicep

    names = ("name", "subscription", "resource_group", "location", "workspace", "parameters")
    read = from_bicep if bicep else from_arm
    return read(paths, ImportOptions(**{name: settings[name] for name in names}))


def _from_azure(path: Path | None, console: Console, settings: dict[str, Any], *, classic: bool) -> ImportedManifest:
    from provisioner.adopt import ClassicChoice, from_live
    from provisioner.cli.azure_session import announced_connection
    from provisioner.connection import connect

    # Without a manifest and without --workspace, the manifest of the current directory is meant.
    by_manifest = path is not None or not settings["workspace"]
    target, workspace, state_directory = (
        _source_of_manifest(path or Path(), settings) if by_manifest else _source_of_options(settings)
    )
    with announced_connection(connect(target, state_directory), console) as azure:
        choice = ClassicChoice(settings["time_field"]) if classic else None
        return from_live(azure, workspace, name=settings["name"], classic=choice)


def _source_of_manifest(path: Path, settings: dict[str, Any]) -> tuple[Target, str, Path]:
    """The target, the workspace's id and the state directory of a manifest. Raises InvalidManifest."""
    from provisioner.project import Project
    from provisioner.resources.resource_ids import group_id, workspace_id

    project = Project.load(path, environment=settings["environment"], variables=settings["variables"])
    manifest = project.raise_if_invalid()
    group = group_id(manifest.target.subscription, manifest.target.resource_group)
    workspace = manifest.workspace.id or workspace_id(group, manifest.workspace.name)
    return manifest.target, workspace, project.state_directory


def _source_of_options(settings: dict[str, Any]) -> tuple[Target, str, Path]:
    """The target and the workspace's id that the options name, and the state directory of the current one."""
    from provisioner.model import LOCAL_GROUP, Target, local_target
    from provisioner.resources.resource_ids import group_id, workspace_id

    if settings["environment"] == "local":
        target = local_target(settings["resource_group"] or LOCAL_GROUP)
    elif missing := [name for name in ("subscription", "resource_group") if not settings[name]]:
        raise click.UsageError(f"say --{missing[0].replace('_', '-')} too, or name a manifest with a target")
    else:
        location = settings["location"] or ""
        target = Target(settings["cloud"], settings["subscription"], settings["resource_group"], location)
    group = group_id(target.subscription, target.resource_group)
    return target, workspace_id(group, settings["workspace"]), Path(STATE_DIRECTORY)


def _print_diagnostics(imported: ImportedManifest, console: Console) -> None:
    """Print the diagnostics of an import, each with its position in the source."""
    for diagnostic in imported.diagnostics:
        color = {"error": "red", "warning": "yellow"}.get(diagnostic.severity, "blue")
        where = f"{diagnostic.place.file}:{diagnostic.place.line}: " if diagnostic.place else ""
        console.note(f"{where}{console.style(diagnostic.severity, color)} {diagnostic.code} {diagnostic.message}")
    if imported.environment:
        console.note(
            f"what is ours carries the environment {imported.environment}: plan with -e {imported.environment}"
        )


def _write_new_file(out: Path, text: str) -> None:
    from provisioner.errors import BadRequestFile

    # Mode x: an import must not overwrite a manifest that somebody has edited since.
    try:
        with out.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError as error:
        raise BadRequestFile(f"{out} is there already", hint="name another file, or remove it first") from error
    except OSError as error:
        raise BadRequestFile(f"{out} cannot be written: {error.strerror}", hint="name another file") from error
