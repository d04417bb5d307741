"""`provisioner init`: writes a manifest from sample records that passes `validate` and `test`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from provisioner.cli import options
from provisioner.cli.console import Console
from provisioner.errors import BadRequestFile
from provisioner.operating_system import is_terminal


@click.command()
@click.argument("folder", metavar="[DIR]", default=Path(), type=click.Path(path_type=Path, file_okay=False))
@click.option("--from", "sample", type=click.Path(path_type=Path), help="Records: JSON, NDJSON or CSV.")
@click.option("--table", metavar="NAME_CL", help="The custom table. Left out: named after the sample.")
@click.option("--stream", metavar="Custom-NAME", help="The stream. Left out: named after the table.")
@click.option("--name", help="The name of the manifest. Left out: named after the table.")
@click.option("--subscription", help="The subscription's id.")
@click.option("--location", default="westeurope", show_default=True, help="The region.")
@options.console
def init(
    console: Console,
    folder: Path,
    sample: Path | None,
    table: str | None,
    stream: str | None,
    name: str | None,
    subscription: str | None,
    location: str,
) -> int:
    """Write a manifest from sample records.

    Types are inferred, a transform and a test are made. Nothing is overwritten. Without --from a terminal is asked.

    \b
    Example: provisioner init shop --from orders.json --table Orders_CL
    """  # noqa: D301 - click's marker for \"do not rewrap\"
    from provisioner.load.loader import DEFAULT_NAME
    from provisioner.load.new_project import NO_SUBSCRIPTION, NewProject, read_sample_records, table_name_of
    from provisioner.model import CUSTOM_SUFFIX

    _require_absent(folder / DEFAULT_NAME)
    # Questions are for a person at a terminal; a script without --from must fail and not wait for input.
    if sample is not None:
        records = read_sample_records(sample)
        table = table or table_name_of(sample)
    elif is_terminal(sys.stdin):
        table, records = _ask_for_records(table)
    else:
        raise click.UsageError("say what the records look like: --from SAMPLE.json (JSON, NDJSON or CSV)")
    if not table.endswith(CUSTOM_SUFFIX):
        raise click.UsageError(f"the name of a custom table ends in _CL: --table {table}_CL")
    project = NewProject(table, stream, name, subscription or NO_SUBSCRIPTION, location)
    _write_new_files(console, {folder / path: text for path, text in project.files(records).items()})
    console.note(f"next: provisioner test {folder} · provisioner up {folder} -e local")
    return 0


def _write_new_files(console: Console, files: dict[Path, str]) -> None:
    for path in files:
        _require_absent(path)
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        # Mode x: a file that appears after the check above is not overwritten either.
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
        console.note(f"wrote {path}")


def _require_absent(path: Path) -> None:
    if path.exists():
        raise BadRequestFile(
            f"{path} exists already, and init never overwrites",
            hint="choose another directory, or move the file away",
        )


def _ask_for_records(table: str | None) -> tuple[str, list[dict[str, Any]]]:
    """Ask on a terminal for a sample file or for columns; return the table's name and the records."""
    from provisioner.load.new_project import EXAMPLE_VALUES, read_sample_records, table_name_of

    sample = click.prompt(
        "A file with sample records (JSON, NDJSON or CSV), empty for none", default="", show_default=False
    )
    if sample:
        path = Path(sample)
        records = read_sample_records(path)
        return table or click.prompt("The custom table", default=table_name_of(path)), records
    table = table or click.prompt("The custom table", default="Events_CL")
    click.echo(
        f"Its columns, one at a time: NAME TYPE, with a type of {', '.join(EXAMPLE_VALUES)}; empty ends.", err=True
    )
    record: dict[str, Any] = {"time": EXAMPLE_VALUES["datetime"]}
    while answer := click.prompt("column", default="", show_default=False).split():
        if len(answer) == 2 and answer[1].lower() in EXAMPLE_VALUES:
            record[answer[0]] = EXAMPLE_VALUES[answer[1].lower()]
        else:
            click.echo("NAME TYPE, such as: Amount real", err=True)
    return table, [record]
