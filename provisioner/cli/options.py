"""Options that commands share, and the values that they become."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from provisioner.cli.console import Console, colored

if TYPE_CHECKING:
    from provisioner.project import Project

Command = TypeVar("Command", bound=Callable[..., Any])


def console(command: Command) -> Command:
    """`-q`, `-v`, `--no-color`: the command gets `console`."""

    @click.option("-q", "--quiet", is_flag=True, help="Only data and errors.")
    @click.option("-v", "--verbose", count=True, help="Say more.")
    @click.option("--no-color", is_flag=True, help="No colours (NO_COLOR is honoured too).")
    @wraps(command)
    def wrapped(*args: Any, quiet: bool, verbose: int, no_color: bool, **kwargs: Any) -> Any:
        form = str(kwargs.get("form", "text"))
        made = Console(quiet=quiet, verbose=verbose, color=colored(no_color=no_color), form=form)
        return command(*args, console=Console.use(made), **kwargs)

    return wrapped  # type: ignore[return-value]


def manifest(command: Command) -> Command:
    """`[MANIFEST]`, `-e`, `--var`: the command gets `path`, `environment`, `variables`."""
    for decorate in (
        click.option("--var", "variables", multiple=True, callback=pairs, metavar="K=V", help="Set a variable."),
        click.option("-e", "--environment", help="The environment to lay over the manifest."),
        click.argument("path", metavar="[MANIFEST]", default=Path(), type=click.Path(path_type=Path)),
    ):
        command = decorate(command)
    return command


def project(command: Command) -> Command:
    """As `manifest`, already loaded: the command gets `project` and `console`."""

    @manifest
    @console
    @wraps(command)
    def wrapped(*args: Any, path: Path, environment: str | None, variables: dict[str, str], **kwargs: Any) -> Any:
        from provisioner.project import Project

        loaded = Project.load(path, environment=environment, variables=variables)
        return command(*args, project=loaded, **kwargs)

    return wrapped  # type: ignore[return-value]


def projects(*, saved: bool = False) -> Callable[[Command], Command]:
    """`[MANIFEST]`, repeated `-e`, `--all-environments`, `--var`: the command gets `projects` and `console`.

    With `saved`, a plan that `plan --out` wrote is taken in the manifest's place.
    """

    def decorate(command: Command) -> Command:
        @click.option("--all-environments", "everywhere", is_flag=True, help="Every environment of the manifest.")
        @click.option("--var", "variables", multiple=True, callback=pairs, metavar="K=V", help="Set a variable.")
        @click.option(
            "-e", "--environment", "names", multiple=True, help="An environment to lay over; may be repeated."
        )
        @click.argument("path", metavar="[MANIFEST]", default=Path(), type=click.Path(path_type=Path))
        @console
        @wraps(command)
        def wrapped(
            *args: Any, path: Path, names: tuple[str, ...], everywhere: bool, variables: dict[str, str], **kwargs: Any
        ) -> Any:
            if names and everywhere:
                raise click.UsageError("say -e or --all-environments, not both")
            if saved and _saved(path):
                if names or everywhere or variables:
                    raise click.UsageError("a saved plan is for what it was planned for: leave -e and --var out")
                from provisioner.saved_plan import SavedPlan

                return command(*args, projects=(SavedPlan(path),), **kwargs)
            return command(*args, projects=_loaded(path, names, everywhere, variables), **kwargs)

        return wrapped  # type: ignore[return-value]

    return decorate


def _saved(path: Path) -> bool:
    from provisioner.plan.plan_file import recognized

    return recognized(path)


def _loaded(path: Path, names: tuple[str, ...], everywhere: bool, variables: dict[str, str]) -> tuple[Project, ...]:
    from provisioner.project import Project

    chosen: list[str | None] = [*dict.fromkeys(names)]
    if everywhere:
        chosen = [*Project.load(path, variables=variables).document.declared]
        if not chosen:
            raise click.UsageError(f"{path} declares no environments")
    return tuple(Project.load(path, environment=name, variables=variables) for name in chosen or [None])


def output(*formats: str) -> Callable[[Command], Command]:
    """`--format`, the first being the default: the command gets `form`."""
    return click.option("--format", "form", type=click.Choice(formats), default=formats[0], help="Form of the answer.")


def risks(_: click.Context, __: click.Parameter, given: tuple[str, ...]) -> tuple[str, ...]:
    """Each as it is given. Raises BadParameter for what names no risk."""
    for each in given:
        risk, _colon, name = each.partition(":")
        if risk.lower() not in {"breaking", "destructive"} or not name:
            raise click.BadParameter(f"{each!r} is not breaking:NAME or destructive:NAME")
    return given


allow = click.option(
    "--allow",
    multiple=True,
    callback=risks,
    metavar="RISK:NAME",
    help="Accept a breaking or destructive change by its name.",
)
yes = click.option("-y", "--yes", is_flag=True, help="Do not ask.")
only = click.option("--only", multiple=True, metavar="TYPE/NAME", help="Only these resources.")
prune = click.option("--prune", is_flag=True, help="Also delete DCRs, DCEs and grants of ours that are not declared.")
fingerprint = click.option("--fingerprint", metavar="F", help="Refuse unless the plan has this fingerprint.")
parallelism = click.option("--parallelism", type=click.IntRange(1, 64), default=10, show_default=True)


via = click.option(
    "--via",
    type=click.Choice(("api", "deployment")),
    default="api",
    show_default=True,
    help="Write each resource, or send one ARM template and show its what-if.",
)


def pairs(_: click.Context, __: click.Parameter, given: tuple[str, ...]) -> dict[str, str]:
    """The values of a repeated `NAME=VALUE`. Raises BadParameter for what is none."""
    found = {}
    for each in given:
        name, equals, value = each.partition("=")
        if not equals or not name:
            raise click.BadParameter(f"{each!r} is not NAME=VALUE")
        found[name] = value
    return found
