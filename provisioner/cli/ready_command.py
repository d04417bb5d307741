"""The command line that carries out what this one has shown, ready to be copied."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from provisioner.plan import PlanOptions


def ready_command(verb: str, options: PlanOptions, environment: str | None) -> str:
    """`provisioner VERB` with the manifest, the environment, the variables and the options of a plan.

    What it must accept (`--allow`) is not in it: `plan.decision` adds that.
    """
    given: dict[str, Any] = click.get_current_context().params
    path, templates, variables = given.get("path"), given.get("templates"), given.get("variables")
    words = ["provisioner", verb]
    words += [str(path)] if path not in (None, Path()) else []
    # A saved plan has its environment and options in it; the command line that names it takes no others.
    if given.get("environment") or given.get("names") or given.get("everywhere"):
        words += ["-e", environment] if environment else []
    words += [word for name, value in (variables or {}).items() for word in ("--var", f"{name}={value}")]
    words += ["--templates", str(templates)] if templates else []
    words += [word for name in options.only for word in ("--only", name)]
    words += ["--prune"] if options.prune else []
    return shlex.join(words)
