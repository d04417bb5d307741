"""`provisioner graph`."""

from __future__ import annotations

import click

from provisioner.cli import options
from provisioner.cli.console import Console
from provisioner.project import Project
from provisioner.reports.format_registry import render_report


@click.command()
@options.output("graph")
@click.option("--focus", metavar="NAME", help="Only what leads to it and what it leads to: a table, stream, DCR …")
@click.option("--lineage", metavar="TABLE.COLUMN", help="Where a column comes from; STREAM.COLUMN: where it goes.")
@click.option("--all", "everything", is_flag=True, help="Draw every node, however many; else they become groups.")
@options.project
def graph(
    project: Project, console: Console, format_name: str, focus: str | None, lineage: str | None, everything: bool
) -> int:
    """Draw the pipeline: senders, endpoints, DCRs, streams, flows, tables.

    What the checks find is coloured: errors red, warnings orange. JSON has every node, pictures have groups in place
    of what cannot be seen on a page.

    \b
    Example: provisioner graph --lineage Orders_CL.Amount --format svg > amount.svg
    """  # noqa: D301 - click's marker for \"do not rewrap\"
    from provisioner.pipeline_graph.graph_selection import UnknownName, collapsed

    if focus and lineage:
        raise click.UsageError("say --focus or --lineage, not both")
    try:
        picture = project.graph(focus=focus, lineage=lineage)
    except UnknownName as error:
        raise click.BadParameter(str(error), param_hint="--focus" if focus else "--lineage") from error
    shown = picture if everything or format_name == "json" else collapsed(picture)
    if len(shown.nodes) < len(picture.nodes):
        console.note(
            f"{len(picture.nodes):,} nodes drawn as {len(shown.nodes):,}: --focus NAME shows a part, --all all"
        )
    console.document(render_report("graph", format_name, shown))
    return 0
