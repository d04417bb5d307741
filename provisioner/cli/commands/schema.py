"""`provisioner schema`."""

from __future__ import annotations

import click

from provisioner.cli import options
from provisioner.cli.console import Console
from provisioner.reports.format_registry import render_report


@click.command()
@options.output("schema")
@click.option("--included", is_flag=True, help="The schema of an included file instead.")
@options.console
def schema(console: Console, format_name: str, included: bool) -> int:
    """Print the JSON Schema of the manifest.

    Editors complete and underline with it: `# yaml-language-server: $schema=FILE` in the manifest's first line.

    \b
    Example: provisioner schema > .provisioner/manifest.schema.json
    """  # noqa: D301 - click's marker for \"do not rewrap\"
    from provisioner.load.schema import json_schema

    console.data(render_report("schema", format_name, json_schema.manifest_json_schema(included=included)))
    return 0
