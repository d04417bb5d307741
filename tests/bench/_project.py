"""A generated project of any size: tables of 20 columns, streams with ten-line transforms, DCRs, in many files."""

from __future__ import annotations

from pathlib import Path

COLUMNS = 20
PER_DCR = 5


def generate(folder: Path, tables: int, files: int = 60) -> Path:
    """Write the project; the main manifest's path."""
    (folder / "parts").mkdir(parents=True, exist_ok=True)
    main = folder / "provisioner.yaml"
    main.write_text(
        "version: 1\nname: bench\n"
        "target: {subscription: 6f9619ff-8b86-d011-b42d-00c04fc964ff, resource_group: rg-bench, location: westeurope}\n"
        "workspace: {name: law-bench}\nendpoint: {name: dce-bench}\ninclude: [parts/*.yaml]\n",
        encoding="utf-8",
    )
    for file in range(files):
        numbers = range(tables * file // files, tables * (file + 1) // files)
        if numbers:
            text = "tables:\n" + "".join(map(_table, numbers)) + "streams:\n" + "".join(map(_stream, numbers))
            (folder / "parts" / f"part-{file:02}.yaml").write_text(text, encoding="utf-8")
    (folder / "parts" / "rules.yaml").write_text(_dcrs(tables), encoding="utf-8")
    return main


def _table(number: int) -> str:
    columns = "".join(f"      Value{at:02}: {_type(at)}\n" for at in range(COLUMNS - 1))
    return f"  App{number:04}_CL:\n    retention: 90\n    columns:\n      TimeGenerated: datetime\n{columns}"


def _type(at: int) -> str:
    return ("string", "long", "real", "boolean")[at % 4]


_CASTS = {"string": "tostring", "long": "tolong", "real": "toreal", "boolean": "tobool"}


def _stream(number: int) -> str:
    values = [f"Value{at:02} = {_CASTS[_type(at)]}(body.v{at})" for at in range(COLUMNS - 1)]
    lines = [
        "source",
        f'| where level != "debug{number}"',
        "| extend body = parse_json(message)",
        "| extend size = strlen(message)",
        "| where size > 2 and isnotempty(level)",
        "| project TimeGenerated = time,",
        *("    " + ", ".join(values[at : at + 5]) + "," for at in range(0, COLUMNS - 6, 5)),
        "    " + ", ".join(values[COLUMNS - 5 :]),
    ]
    text = "".join(f"      {line}\n" for line in lines)
    return (
        f"  Custom-App{number:04}:\n    columns: {{time: datetime, level: string, message: string}}\n"
        f"    table: App{number:04}_CL\n    transform: |\n{text}"
    )


def _dcrs(tables: int) -> str:
    lines = ["dcrs:\n"]
    for first in range(0, tables, PER_DCR):
        names = ", ".join(f"Custom-App{number:04}" for number in range(first, min(first + PER_DCR, tables)))
        lines.append(f"  dcr-{first // PER_DCR:03}: {{streams: [{names}]}}\n")
    return "".join(lines)
