"""Options and arguments that several commands share, as decorators."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from provisioner.cli.console import Console, use_color
from provisioner.cli.progress_lines import progress_is_json
from provisioner.reports.format_registry import FORMATS

if TYPE_CHECKING:
    from provisioner.plannable import Plannable
    from provisioner.project import Project

Command = TypeVar("Command", bound=Callable[..., Any])


def console(command: Command) -> Command:
    """Add `-q`, `-v` and `--no-color`; the command gets `console`."""

    @click.option("-q", "--quiet", is_flag=True, help="Only data and errors.")
    @click.option("-v", "--verbose", count=True, help="Say more.")
    @click.option("--no-color", is_flag=True, help="No colours (NO_COLOR is honoured too).")
    @wraps(command)
    def wrapped(*args: Any, quiet: bool, verbose: int, no_color: bool, **kwargs: Any) -> Any:
        format_name = str(kwargs.get("format_name", "text"))
        json_events = progress_is_json()
        # A colour would be part of the text of an event.
        color = not json_events and use_color(no_color=no_color)
        new_console = Console(quiet, verbose, color, format_name, json_events)
        return command(*args, console=Console.use(new_console), **kwargs)

    return wrapped  # type: ignore[return-value]


def manifest(command: Command) -> Command:
    """Add `[MANIFEST]`, `-e` and `--var`; the command gets `path`, `environment` and `variables`."""
    # click shows options in the order of the decorators as read from top to bottom, so the last applied comes first.
    for decorate in (
        click.option("--var", "variables", multiple=True, callback=parse_pairs, metavar="K=V", help="Set a variable."),
        click.option("-e", "--environment", help="The environment to lay over the manifest."),
        click.argument("path", metavar="[MANIFEST]", default=Path(), type=click.Path(path_type=Path)),
    ):
        command = decorate(command)
    return command


def project(command: Command) -> Command:
    """Add the options of `manifest` and `console`; the command gets the loaded `project` and `console`."""

    @manifest
    @console
    @wraps(command)
    def wrapped(
        *args: Any,
        path: Path,
        environment: str | None,
        variables: dict[str, str],
        templates: Path | None = None,
        **kwargs: Any,
    ) -> Any:
        from provisioner.project import Project

        loaded = Project.load(path, environment=environment, variables=variables, templates=templates)
        return command(*args, project=loaded, **kwargs)

    return wrapped  # type: ignore[return-value]


def project_with_templates(command: Command) -> Command:
    """Add the options of `project`, and `--templates` for a command to which the bodies of resources matter."""
    return _templates(project(command))


_templates = click.option(
    "--templates",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Definitions that replace ours, by file name.",
)


def projects(*, saved: bool = False) -> Callable[[Command], Command]:
    """Add `[MANIFEST]`, repeated `-e`, `--all-environments`, `--var` and `--templates`.

    The command gets `projects` and `console`. With `saved`, a plan file that `plan --out` wrote is accepted in the
    manifest's place.
    """

    def decorate(command: Command) -> Command:
        @_templates
        @click.option("--all-environments", "everywhere", is_flag=True, help="Every environment of the manifest.")
        @click.option("--var", "variables", multiple=True, callback=parse_pairs, metavar="K=V", help="Set a variable.")
        @click.option(
            "-e", "--environment", "names", multiple=True, help="An environment to lay over; may be repeated."
        )
        @click.argument("path", metavar="[MANIFEST]", default=Path(), type=click.Path(path_type=Path))
        @console
        @wraps(command)
        def wrapped(
            *args: Any,
            path: Path,
            names: tuple[str, ...],
            everywhere: bool,
            variables: dict[str, str],
            templates: Path | None,
            **kwargs: Any,
        ) -> Any:
            if names and everywhere:
                raise click.UsageError("say -e or --all-environments, not both")
            if saved and _is_plan_file(path):
                # They would suggest that another environment or value could be applied than the one reviewed.
                if names or everywhere or variables or templates:
                    raise click.UsageError(
                        "a saved plan is for what it was planned for: leave -e, --var and --templates out"
                    )
                from provisioner.saved_plan import SavedPlan

                saved_plan: Plannable = SavedPlan(path)
                return command(*args, projects=(saved_plan,), **kwargs)
            environments = _chosen_environments(path, names, everywhere, variables)
            return command(*args, projects=_load_projects(path, environments, variables, templates), **kwargs)

        return wrapped  # type: ignore[return-value]

    return decorate


def _is_plan_file(path: Path) -> bool:
    from provisioner.plan.plan_file import is_plan_file

    return is_plan_file(path)


def _chosen_environments(
    path: Path, names: tuple[str, ...], everywhere: bool, variables: dict[str, str]
) -> list[str | None]:
    from provisioner.project import Project

    if everywhere:
        declared: list[str | None] = [*Project.load(path, variables=variables).document.declared_environments]
        if not declared:
            raise click.UsageError(f"{path} declares no environments")
        return declared
    # A repeated name counts once: two runs of one environment would wait for each other's lock.
    return [*dict.fromkeys(names)] or [None]


def _load_projects(
    path: Path, environments: list[str | None], variables: dict[str, str], templates: Path | None
) -> tuple[Project, ...]:
    from provisioner.project import Project

    return tuple(Project.load(path, name, variables, templates=templates) for name in environments)


def output(subject: str) -> Callable[[Command], Command]:
    """Add `--format` with the formats of a subject, the first being the default; the command gets `format_name`."""
    formats = tuple(FORMATS[subject])
    return click.option(
        "--format", "format_name", type=click.Choice(formats), default=formats[0], help="Form of the answer."
    )


def parse_risks(_: click.Context, __: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    """Check the values of `--allow` and return them. Raises BadParameter for one that is not RISK:NAME."""
    for value in values:
        risk, _colon, name = value.partition(":")
        if value.lower() != "rights:missing" and (risk.lower() not in {"breaking", "destructive"} or not name):
            raise click.BadParameter(f"{value!r} is not breaking:NAME or destructive:NAME")
    return values


allow = click.option(
    "--allow",
    multiple=True,
    callback=parse_risks,
    metavar="RISK:NAME",
    help="Accept a breaking or destructive change by its name.",
)
manifest_option = click.option(
    "-m",
    "--manifest",
    default=Path(),
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="The manifest, or its directory. Left out: the current directory's.",
)
yes = click.option("-y", "--yes", is_flag=True, help="Do not ask.")
only = click.option("--only", multiple=True, metavar="TYPE/NAME", help="Only these resources.")
prune = click.option("--prune", is_flag=True, help="Also delete what is ours and no longer declared.")
fingerprint = click.option("--fingerprint", metavar="F", help="Refuse unless the plan has this fingerprint.")
parallelism = click.option("--parallelism", type=click.IntRange(1, 64), default=10, show_default=True)


via = click.option(
    "--via",
    type=click.Choice(("api", "deployment")),
    default="api",
    show_default=True,
    help="Write each resource, or send one ARM template and show its what-if.",
)


def parse_pairs(_: click.Context, __: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    """The values of a repeated `NAME=VALUE` option as a dict. Raises BadParameter for one of another form."""
    value_by_name = {}
    for pair in values:
        name, equals, value = pair.partition("=")
        if not equals or not name:
            raise click.BadParameter(f"{pair!r} is not NAME=VALUE")
        value_by_name[name] = value
    return value_by_name


def streams(help_text: str) -> Callable[[Command], Command]:
    """Add `--stream`, repeatable; the command gets `streams`, for `require_streams` to check."""
    return click.option("--stream", "streams", multiple=True, metavar="NAME", help=help_text)


def require_streams(project: Project, streams: tuple[str, ...], *, workspace_transforms: bool = False) -> None:
    """Raise BadParameter for a stream that the manifest lacks, InvalidManifest where it could not be loaded.

    With `workspace_transforms` a table that the workspace transforms counts as one.
    """
    transformed = project.manifest.workspace_transforms
    declared = [*project.manifest.streams, *(transformed if workspace_transforms else ())]
    for name in streams:
        if name not in declared:
            message = f"no stream {name!r}; there are: {', '.join(declared) or 'none'}"
            if name in transformed:
                message = f"nobody sends to {name!r}, which the workspace transforms: `provisioner test` runs its tests"
            raise click.BadParameter(message, param_hint="--stream")
