"""`provisioner emulator`: runs and controls the local emulator."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from provisioner.cli import options
from provisioner.cli.console import Console
from provisioner.reports.format_registry import render_report
from provisioner.state_directory import STATE_DIRECTORY

if TYPE_CHECKING:
    from provisioner.emulator.lifecycle import ReadyLine
    from provisioner.emulator.testing import AzureMonitor

_state_option = click.option(
    "--state",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(STATE_DIRECTORY),
    show_default=True,
    help="The directory that holds its resources, rows, secrets and certificate authority.",
)


@click.group()
def emulator() -> None:
    """A local Azure Monitor on loopback, for tests without a subscription.

    Example: provisioner emulator serve --port 8443
    """


@emulator.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=0, show_default=True, help="0 takes that of last time.")
@_state_option
@click.option("--latency", type=click.FloatRange(min=0), default=0.0, metavar="MS", help="Delay each answer.")
@click.option("--faults", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="Faults to start with.")
@click.option("--strict", is_flag=True, help="Refuse what sources disagree on, as a cautious reading of Azure would.")
@options.console
def serve(
    console: Console,  # noqa: ARG001 - it says one line
    host: str,
    port: int,
    state: Path,
    latency: float,
    faults: Path | None,
    strict: bool,
) -> None:
    """Run in the foreground until Ctrl-C; one JSON line says when it is ready.

    Example: provisioner emulator serve --state /tmp/azure --faults faults.yaml
    """
    from provisioner.emulator.process import ServerOptions, main

    raise SystemExit(main(ServerOptions(state, host, port, latency, faults, strict=strict)))


@emulator.command()
@_state_option
@click.option("--shell", type=click.Choice(["sh", "powershell", "json"]), default="sh", show_default=True)
@options.console
def env(console: Console, state: Path, shell: str) -> None:
    """Print what Azure's own tools need as environment variables; starts the emulator if none runs.

    Example: eval "$(provisioner emulator env)"
    """
    from provisioner.emulator.client_environment import shell_script
    from provisioner.emulator.lifecycle import ensure_running

    console.document(shell_script(ensure_running(state), shell))


@emulator.command()
@_state_option
@options.output("emulator status")
@options.console
def status(console: Console, state: Path, format_name: str) -> None:
    """Say whether one runs, and where; exit 1 where none does.

    Example: provisioner emulator status --format json
    """
    from provisioner.emulator.lifecycle import find_running as find
    from provisioner.emulator.status_report import EmulatorStatus

    ready = find(state)
    console.data(render_report("emulator status", format_name, EmulatorStatus(state, ready)))
    if ready is None:
        raise SystemExit(1)


@emulator.command()
@_state_option
@options.console
def stop(console: Console, state: Path) -> None:
    """End the emulator; what it holds stays.

    Example: provisioner emulator stop
    """
    from provisioner.emulator.lifecycle import stop as end

    console.note("stopped" if end(state) else f"no emulator runs on {state}")


@emulator.command()
@_state_option
@options.console
def reset(console: Console, state: Path) -> None:
    """Forget every resource, row, loss and fault; address and secrets stay where it runs.

    Where none runs, all that it kept is removed, also what is damaged; the journal of applies stays.

    Example: provisioner emulator reset
    """
    from provisioner.emulator.lifecycle import find_running as find
    from provisioner.emulator.lifecycle import forget

    if find(state) is None:
        forget(state)
        console.note(f"{state}: the next start begins afresh")
    else:
        _running_emulator(state).reset()
        console.note("empty")


@emulator.command()
@_state_option
@click.option("--file", "file", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="YAML or JSON.")
@click.option("--clear", is_flag=True, help="Turn all faults off first.")
@click.argument("settings", nargs=-1, metavar="[FAULT [NAME=VALUE]...]")
@options.console
def faults(console: Console, state: Path, file: Path | None, clear: bool, settings: tuple[str, ...]) -> None:
    """Make things go wrong on request, and show what is on.

    Example: provisioner emulator faults throttle retry_after=2 times=3 match="PUT */dataCollectionRules/*"
    """
    azure = _running_emulator(state)
    if clear:
        azure.clear_faults()
    if file is not None:
        azure.call_admin_api("POST", "/emulator/faults", _read_faults_file(file))
    if settings:
        azure.call_admin_api(
            "POST", "/emulator/faults", {"fault": settings[0], **dict(map(_parse_setting, settings[1:]))}
        )
    console.data(json.dumps(azure.call_admin_api("GET", "/emulator/faults"), indent=2))


def _parse_setting(text: str) -> tuple[str, Any]:
    name, equals, value = text.partition("=")
    if not equals:
        raise click.UsageError(f"'{text}' is not NAME=VALUE")
    # `times=3` and `flag=true` are JSON; anything else is text, without quotes that a shell would eat.
    try:
        return name, json.loads(value)
    except ValueError:
        return name, value


def _read_faults_file(file: Path) -> Any:
    import yaml

    from provisioner.errors import BadRequestFile

    try:
        # Through JSON: YAML's dates have no JSON form and go to the emulator as text.
        return json.loads(json.dumps(yaml.safe_load(file.read_text(encoding="utf-8")), default=str))
    except (ValueError, yaml.YAMLError) as error:
        raise BadRequestFile(f"{file} is neither YAML nor JSON: {error}") from error


def _running_emulator(state: Path) -> AzureMonitor:
    from provisioner.emulator.lifecycle import find_running as find
    from provisioner.emulator.testing import AzureMonitor
    from provisioner.errors import ProvisionerError

    ready: ReadyLine | None = find(state)
    if ready is None:
        raise ProvisionerError(f"no emulator runs on {state}", hint="start one with `provisioner emulator serve`")
    return AzureMonitor(ready)
