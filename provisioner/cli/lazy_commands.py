"""A command group that imports a command only when it is called, so that `--help` and offline commands start fast."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click

from provisioner.suggest import nearest_name

COMMANDS: Mapping[str, tuple[str, str]] = {
    "init": ("init:init", "Write a manifest from sample records."),
    "validate": ("validate:validate", "Check the manifest without any network."),
    "test": ("test:test", "Run the transform tests of the manifest."),
    "render": ("render:render", "Write the resources as files."),
    "plan": ("plan_command:plan", "Show what apply would change."),
    "apply": ("apply:apply", "Make Azure look like the manifest, or carry out a saved plan."),
    "verify": ("verify:verify", "Prove with test records that each column arrives."),
    "up": ("up:up", "Validate, test, plan, apply and verify in one go."),
    "graph": ("graph_command:graph", "Draw the pipeline: senders, endpoints, DCRs, streams, flows, tables."),
    "send": ("send_command:send", "Send records of files or of standard input to a stream."),
    "workbench": ("workbench_command:workbench", "Open a page on which transforms are written against live rows."),
    "outputs": ("outputs_command:outputs", "Show what a sender needs."),
    "drift": ("drift_command:drift", "Compare Azure with the manifest."),
    "doctor": ("doctor_command:doctor", "Tell what would stop an apply, and the next step."),
    "import": ("import_:import_", "Write a manifest from what exists in Azure, or in files of other tools."),
    "destroy": ("destroy_command:destroy", "Remove what the manifest declares and owns."),
    "log": ("log:log", "Show the journal of applies."),
    "emulator": ("emulator:emulator", "A local Azure Monitor on loopback, for tests without a subscription."),
    "calibrate": ("calibrate_command:calibrate", "Ask a real subscription the questions that no page answers."),
    "explain": ("explain:explain", "Show the page of a check: what it says, why, an example, its source."),
    "rules": ("rules:rules", "List the checks with their codes; `explain` shows the page of one."),
    "schema": ("schema:schema", "Print the JSON Schema of the manifest."),
    "format": ("format_command:format_command", "Lay out the KQL in manifests and `.kql` files; YAML stays as it is."),
    "lsp": ("lsp_command:lsp", "Serve editors: the Language Server Protocol on standard input and output."),
}
"""Command → `module:function` in `cli.commands`, and the first line of its help (a test compares it)."""


class LazyGroup(click.Group):
    """A click group that knows the names and first help lines of its commands without importing them."""

    def __init__(self, *args: Any, commands: Mapping[str, tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._commands = commands

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """The commands in the order of the workflow."""
        return list(self._commands)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import and return a command; None for an unknown name."""
        if cmd_name not in self._commands:
            return None
        module, attribute = self._commands[cmd_name][0].split(":")
        command: click.Command = getattr(import_module(f"provisioner.cli.commands.{module}"), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write the list of commands, without importing them as click would for their help."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in self._commands.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Resolve a command as click does; the error for an unknown one suggests the nearest name."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            nearest = nearest_name(args[0], self._commands)
            if nearest:
                raise click.UsageError(f"{error.format_message()} Did you mean {nearest!r}?", ctx) from error
            raise
