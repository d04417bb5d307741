"""`schema`: the manifest's JSON Schema."""

from __future__ import annotations

import click

from provisioner.cli import options
from provisioner.cli.console import Console


@click.command()
@options.output("json")
@click.option("--included", is_flag=True, help="The schema of an included file instead.")
@options.console
def schema(console: Console, form: str, included: bool) -> int:  # noqa: ARG001 - there is one form
    """Print the JSON Schema of the manifest.

    Editors complete and underline with it: `# yaml-language-server: $schema=FILE` in the manifest's first line.

    \b
    Example: provisioner schema > .provisioner/manifest.schema.json
    """  # noqa: D301 - click's marker for \"do not rewrap\"
    import json

    from provisioner.load.schema import json_schema

    console.data(json.dumps(json_schema.schema(included=included), indent=2, ensure_ascii=False))
    return 0
