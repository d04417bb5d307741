"""`provisioner import`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from provisioner.cli import options
from provisioner.cli.console import Console

if TYPE_CHECKING:
    from provisioner.adopt import Adopted
    from provisioner.azure import Azure

_CLOUDS = ("public", "usgovernment", "china")


@click.command("import")
@click.argument("paths", metavar="[MANIFEST | FILE...]", nargs=-1, type=click.Path(path_type=Path))
@click.option("--from-arm", "files", is_flag=True, help="Read FILEs of JSON: templates, tables, rules, connectors.")
@click.option("-e", "--environment", help="The environment whose target is read; `local` is the emulator.")
@click.option("--var", "variables", multiple=True, callback=options.pairs, metavar="K=V", help="Set a variable.")
@click.option("--cloud", type=click.Choice(_CLOUDS), default="public", show_default=True)
@click.option("--subscription", help="The subscription, where no manifest names it.")
@click.option("--resource-group", help="The group whose rules and endpoints are read.")
@click.option("--workspace", help="The workspace: a name in that group, or an id.")
@click.option("--location", help="The region, where files do not say it.")
@click.option("--name", help="The name of the manifest; live, whose rules are ours.")
@click.option("--parameter", "parameters", multiple=True, callback=options.pairs, metavar="K=V", help="Of a template.")
@click.option("--strict", is_flag=True, help="Fail where something could not be carried over.")
@click.option("--out", type=click.Path(path_type=Path), help="A new file instead of stdout.")
@options.output("yaml")
@options.console
def import_(
    console: Console, paths: tuple[Path, ...], files: bool, strict: bool, out: Path | None, **given: Any
) -> int:
    """Write a manifest from what exists in Azure, or in files of other tools.

    Without --from-arm the target and the workspace of a manifest are read, or those that the options name.

    \b
    Example: provisioner import --subscription S --resource-group rg --workspace law > provisioner.yaml
             provisioner import --from-arm Connector_DCR.json Connector_table.json
    """  # noqa: D301
    if files:
        if not paths:
            raise click.UsageError("--from-arm needs a FILE")
        found = _from_files(paths, given)
    else:
        if len(paths) > 1:
            raise click.UsageError("one MANIFEST at most; for files of other tools say --from-arm")
        found = _from_azure(paths[0] if paths else None, console, given)
    _tell(found, console)
    if out is None:
        console.data(found.text())
    else:
        _write(out, found.text())
    return 1 if strict and any(each.severity != "info" for each in found.diagnostics) else 0


def _from_files(paths: tuple[Path, ...], given: dict[str, Any]) -> Adopted:
    from provisioner.adopt import Given, from_arm

    words = ("name", "subscription", "resource_group", "location", "workspace", "parameters")
    return from_arm(paths, Given(**{word: given[word] for word in words}))


def _from_azure(path: Path | None, console: Console, given: dict[str, Any]) -> Adopted:
    from provisioner.adopt import from_live

    with _connected(path, console, given) as (azure, workspace):
        return from_live(azure, workspace, name=given["name"])


@contextmanager
def _connected(path: Path | None, console: Console, given: dict[str, Any]) -> Iterator[tuple[Azure, str]]:
    """A connection to what a manifest or the options name, and the id of the workspace."""
    from provisioner.cli.azure_session import announce, online
    from provisioner.project import Project
    from provisioner.resources.resource_ids import group_id, parse_id, resource_id

    if path is not None or not given["workspace"]:
        project = Project.load(path or Path(), environment=given["environment"], variables=given["variables"])
        with online(project, console) as azure:
            yield azure, str(project.desired().of("workspace")[0].id)
        return
    with _options(given) as azure:
        announce(azure, console)
        group = group_id(azure.target.subscription, azure.target.resource_group)
        workspace = given["workspace"]
        if parse_id(workspace) is None:
            workspace = resource_id(group, "Microsoft.OperationalInsights/workspaces", workspace)
        yield azure, workspace


@contextmanager
def _options(given: dict[str, Any]) -> Iterator[Azure]:
    """A connection to the target that the options name."""
    from provisioner import azure
    from provisioner.model import LOCAL_GROUP, LOCAL_LOCATION, LOCAL_SUBSCRIPTION, LOCAL_TENANT, Target
    from provisioner.project import STATE

    if given["environment"] == "local":
        from provisioner.emulator.lifecycle import ensure

        group = given["resource_group"] or LOCAL_GROUP
        target = Target("local", LOCAL_SUBSCRIPTION, group, LOCAL_LOCATION, LOCAL_TENANT)
        with azure.connect_local(target, ensure(Path(STATE))) as made:
            yield made
        return
    if missing := [word for word in ("subscription", "resource_group") if not given[word]]:
        raise click.UsageError(f"say --{missing[0].replace('_', '-')} too, or name a manifest with a target")
    target = Target(given["cloud"], given["subscription"], given["resource_group"], given["location"] or "")
    with azure.connect(target) as made:
        yield made


def _tell(found: Adopted, console: Console) -> None:
    """What was filled in, changed or left, each line with its place in the source."""
    for each in found.diagnostics:
        color = {"error": "red", "warning": "yellow"}.get(each.severity, "blue")
        where = f"{each.place.file}:{each.place.line}: " if each.place else ""
        console.note(f"{where}{console.style(each.severity, color)} {each.code} {each.message}")
    if found.environment:
        console.note(f"what is ours carries the environment {found.environment}: plan with -e {found.environment}")


def _write(out: Path, text: str) -> None:
    from provisioner.errors import BadRequestFile

    try:
        with out.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as error:
        raise BadRequestFile(f"{out} is there already", hint="name another file, or remove it first") from error
    except OSError as error:
        raise BadRequestFile(f"{out} cannot be written: {error.strerror}", hint="name another file") from error
