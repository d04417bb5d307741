"""`init`: sample records → a manifest that validates and tests green."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import click

from provisioner.cli import options
from provisioner.cli.console import Console

_NOWHERE = "00000000-0000-0000-0000-000000000000"
_SAMPLES = 20
_MADE_UP: dict[str, Any] = {
    "string": "text",
    "int": 1,
    "long": 1,
    "real": 1.5,
    "boolean": True,
    "datetime": "2026-01-01T10:00:00Z",
    "guid": "6f9619ff-8b86-4d01-b42d-00c04fc964ff",
    "dynamic": {"key": "value"},
}


@click.command()
@click.argument("folder", metavar="[DIR]", default=Path(), type=click.Path(path_type=Path, file_okay=False))
@click.option("--from", "sample", type=click.Path(path_type=Path), help="Records: JSON, NDJSON or CSV.")
@click.option("--table", metavar="NAME_CL", help="The custom table. Left out: named after the sample.")
@click.option("--stream", metavar="Custom-NAME", help="The stream. Left out: named after the table.")
@click.option("--name", help="The name of the manifest. Left out: named after the table.")
@click.option("--subscription", default=_NOWHERE, help="The subscription's id.")
@click.option("--location", default="westeurope", show_default=True, help="The region.")
@options.console
def init(
    console: Console,
    folder: Path,
    sample: Path | None,
    table: str | None,
    stream: str | None,
    name: str | None,
    subscription: str,
    location: str,
) -> int:
    """Write a manifest from sample records.

    Types are inferred, a transform and a test are made. Nothing is overwritten. Without --from a terminal is asked.

    \b
    Example: provisioner init shop --from orders.json --table Orders_CL
    """  # noqa: D301 - click's marker for \"do not rewrap\"
    from provisioner.load import DEFAULT_NAME

    target = folder / DEFAULT_NAME
    if target.exists():
        return _refuse(console, f"{target} exists already, and init never overwrites")
    if sample is not None:
        records = _read(sample)
        table = table or _named_after(sample)
    elif sys.stdin.isatty():
        table, records = _ask(table)
    else:
        raise click.UsageError("say what the records look like: --from SAMPLE.json (JSON, NDJSON or CSV)")
    if not table.endswith("_CL"):
        raise click.UsageError(f"the name of a custom table ends in _CL: --table {table}_CL")
    stream = stream or f"Custom-{table.removesuffix('_CL')}"
    name = name or _plain(table.removesuffix("_CL"))
    head = {
        "version": 1,
        "name": name,
        "target": {"subscription": subscription, "resource_group": f"rg-{name}", "location": location},
        "workspace": {"name": f"law-{name}"},
        "endpoint": {"name": f"dce-{name}"},
    }
    return _write(console, target, head, records, (table, stream))


def _write(
    console: Console, target: Path, head: dict[str, Any], records: list[dict[str, Any]], names: tuple[str, str]
) -> int:
    import json

    from provisioner.errors import BadRequestFile
    from provisioner.load.builders.manifest_from_samples import sketch
    from provisioner.load.yaml.yaml_writer import dump

    table, stream = names
    try:
        words = head | sketch(records, table, stream)
    except ValueError as error:
        raise BadRequestFile(str(error), hint="give records with named fields: [{…}, {…}]") from None
    samples = target.parent / "samples" / f"{_plain(table.removesuffix('_CL'))}.json"
    if samples.exists():
        return _refuse(console, f"{samples} exists already, and init never overwrites")
    words["streams"][stream] |= {"samples": {"file": f"samples/{samples.name}"}}
    words["streams"][stream]["tests"] = words["streams"][stream].pop("tests")
    words["grants"] = {"sender": {"principal": "self"}}
    comments: dict[tuple[str | int, ...], str] = {
        (): "Made from sample records by `provisioner init`: read the types, then change what you like.",
        ("grants", "sender", "principal"): "In a subscription: the object id of the identity that sends.",
    }
    if head["target"]["subscription"] == _NOWHERE:
        comments["target", "subscription"] = "Yours; `-e local` needs none."
    samples.parent.mkdir(parents=True, exist_ok=True)
    for path, text in (
        (samples, json.dumps(records[:_SAMPLES], indent=2, ensure_ascii=False) + "\n"),
        (target, dump(words, comments)),
    ):
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
        console.note(f"wrote {path}")
    console.note(f"next: provisioner test {target.parent} · provisioner up {target.parent} -e local")
    return 0


def _refuse(console: Console, words: str) -> int:
    from provisioner.errors import BadRequestFile

    console.error(BadRequestFile(words, hint="choose another directory, or move the file away"))
    return 1


def _read(sample: Path) -> list[dict[str, Any]]:
    """The records of a file; raises BadRequestFile."""
    from provisioner.errors import BadRequestFile
    from provisioner.load.yaml.sample_files import samples
    from provisioner.load.yaml.source_text import Unreadable, read

    try:
        node, wrong = samples(read(sample))
    except Unreadable as error:
        raise BadRequestFile(error.message, hint=error.hint) from None
    if node is None:
        raise BadRequestFile(f"{wrong[0].place}: {wrong[0].message}", hint=wrong[0].hint)
    found: list[dict[str, Any]] = node.plain()
    if not found:
        raise BadRequestFile(f"{sample} holds no records", hint="one record is enough")
    return found


def _ask(table: str | None) -> tuple[str, list[dict[str, Any]]]:
    """Questions on a terminal: a sample file, or the columns by hand."""
    sample = click.prompt(
        "A file with sample records (JSON, NDJSON or CSV), empty for none", default="", show_default=False
    )
    if sample:
        path = Path(sample)
        records = _read(path)
        return table or click.prompt("The custom table", default=_named_after(path)), records
    table = table or click.prompt("The custom table", default="Events_CL")
    click.echo(f"Its columns, one at a time: NAME TYPE, with a type of {', '.join(_MADE_UP)}; empty ends.", err=True)
    record: dict[str, Any] = {"time": _MADE_UP["datetime"]}
    while answer := click.prompt("column", default="", show_default=False).split():
        if len(answer) == 2 and answer[1].lower() in _MADE_UP:
            record[answer[0]] = _MADE_UP[answer[1].lower()]
        else:
            click.echo("NAME TYPE, such as: Amount real", err=True)
    return table, [record]


def _named_after(sample: Path) -> str:
    words = re.findall(r"[A-Za-z0-9]+", sample.stem)
    name = "".join(word[:1].upper() + word[1:] for word in words) or "Events"
    return f"{name if name[0].isalpha() else f'T{name}'}_CL"


def _plain(name: str) -> str:
    """A name for the manifest and its files: a letter first, then letters, digits, `-`."""
    plain = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    return (plain if plain[:1].isalpha() else f"logs-{plain}")[:32].rstrip("-").ljust(2, "s")
