"""A command group that imports a command only when it runs, so that `--help` and offline commands start fast."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click

COMMANDS: Mapping[str, tuple[str, str]] = {
    "init": ("init:init", "Write a manifest from sample records."),
    "validate": ("validate:validate", "Check the manifest without any network."),
    "test": ("test:test", "Run the transform tests of the manifest."),
    "render": ("render:render", "Write the resources as files."),
    "plan": ("plan_command:plan", "Show what apply would change."),
    "apply": ("apply:apply", "Make Azure look like the manifest, or carry out a saved plan."),
    "verify": ("verify:verify", "Prove with test records that each column arrives."),
    "up": ("up:up", "Validate, test, plan, apply and verify in one go."),
    "outputs": ("outputs_command:outputs", "Show what a sender needs."),
    "drift": ("drift_command:drift", "Compare Azure with the manifest."),
    "import": ("import_:import_", "Write a manifest from what exists in Azure, or in files of other tools."),
    "destroy": ("destroy_command:destroy", "Remove what the manifest declares and owns."),
    "log": ("log:log", "Show the journal of applies."),
    "emulator": ("emulator:emulator", "A local Azure Monitor on loopback, for tests without a subscription."),
    "explain": ("explain:explain", "Show the page of a check: what it says, why, an example, its source."),
    "rules": ("rules:rules", "List the checks with their codes; `explain` shows the page of one."),
    "schema": ("schema:schema", "Print the JSON Schema of the manifest."),
}
"""Name → where it is, and its first line of help; a test holds the two equal."""


class LazyGroup(click.Group):
    """Knows its commands by name and first line only."""

    def __init__(self, *args: Any, commands: Mapping[str, tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._known = commands

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """In the order of the work, not of the alphabet."""
        return list(self._known)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import the one that is asked for."""
        if cmd_name not in self._known:
            return None
        module, attribute = self._known[cmd_name][0].split(":")
        command: click.Command = getattr(import_module(f"provisioner.cli.commands.{module}"), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """The list without importing anything."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in self._known.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, with a near name for one that is not there."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            import difflib

            near = difflib.get_close_matches(args[0], self._known, 1)
            if near:
                raise click.UsageError(f"{error.format_message()} Did you mean {near[0]!r}?", ctx) from error
            raise
