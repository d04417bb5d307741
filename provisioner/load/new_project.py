"""Sample records → the files of a new project: a manifest that passes `validate` and `test`, and its samples."""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from provisioner.errors import BadRequestFile
from provisioner.load.builders.manifest_from_samples import draft_manifest
from provisioner.load.loader import DEFAULT_NAME
from provisioner.load.yaml.sample_files import read_samples
from provisioner.load.yaml.source_text import MAX_FILE_BYTES, SourceText, UnreadableFile, read_source, source_of_text
from provisioner.load.yaml.yaml_writer import dump_yaml
from provisioner.model import CUSTOM_SUFFIX, SELF, ManifestPath

NO_SUBSCRIPTION = "00000000-0000-0000-0000-000000000000"
"""Stands for a subscription that is not known yet; `-e local` needs none."""
_MAX_SAMPLES = 20
_GZIP_MAGIC = b"\x1f\x8b"
EXAMPLE_VALUES: Mapping[str, Any] = {
    "string": "text",
    "int": 1,
    "long": 1,
    "real": 1.5,
    "boolean": True,
    "datetime": "2026-01-01T10:00:00Z",
    "guid": "6f9619ff-8b86-4d01-b42d-00c04fc964ff",
    "dynamic": {"key": "value"},
}
"""A value for a record by the type of its column, where columns are known and records are not."""


@dataclass(frozen=True, slots=True)
class NewProject:
    """What a new project is made of. `stream` and `name` are derived from the table where they are None."""

    table: str
    stream: str | None = None
    name: str | None = None
    subscription: str = NO_SUBSCRIPTION
    location: str = "westeurope"

    def files(self, records: list[dict[str, Any]]) -> dict[Path, str]:
        """The path of each file below the project's directory, with its text; the manifest is the last.

        Raises BadRequestFile for records that have no fields, or that no transform can take.
        """
        samples = Path("samples") / f"{plain_name(self.table.removesuffix(CUSTOM_SUFFIX))}.json"
        return {
            samples: json.dumps(records[:_MAX_SAMPLES], indent=2, ensure_ascii=False) + "\n",
            Path(DEFAULT_NAME): dump_yaml(self._manifest(records, samples), self._comments()),
        }

    def _manifest(self, records: list[dict[str, Any]], samples: Path) -> dict[str, Any]:
        base = self.table.removesuffix(CUSTOM_SUFFIX)
        name = self.name or plain_name(base)
        stream_key = self.stream or f"Custom-{base}"
        try:
            draft = draft_manifest(records, self.table, stream_key)
        except ValueError as error:
            raise BadRequestFile(str(error), hint="give records with named fields: [{…}, {…}]") from None
        stream = draft["streams"][stream_key]
        # Tests go behind the samples that they use: the order of keys is the order in the file.
        tests = stream.pop("tests")
        stream |= {"samples": {"file": samples.as_posix()}, "tests": tests}
        target = {"subscription": self.subscription, "resource_group": f"rg-{name}", "location": self.location}
        head = {"version": 1, "name": name, "target": target, "workspace": {"name": f"law-{name}"}}
        return head | {"endpoint": {"name": f"dce-{name}"}, **draft, "grants": {"sender": {"principal": SELF}}}

    def _comments(self) -> dict[ManifestPath, str]:
        comments: dict[ManifestPath, str] = {
            (): "Made from sample records by `provisioner init`: read the types, then change what you like.",
            ("grants", "sender", "principal"): "In a subscription: the object id of the identity that sends.",
        }
        if self.subscription == NO_SUBSCRIPTION:
            comments["target", "subscription"] = "Yours; `-e local` needs none."
        return comments


def read_sample_records(file: Path) -> list[dict[str, Any]]:
    """The records of a JSON, NDJSON or CSV file, or of one in gzip.

    Raises BadRequestFile where it cannot be read or holds none.
    """
    try:
        node, errors = read_samples(_read_gzip(file) if _is_gzip(file) else read_source(file))
    except UnreadableFile as error:
        raise BadRequestFile(error.message, hint=error.hint) from None
    if node is None:
        raise BadRequestFile(f"{errors[0].place}: {errors[0].message}", hint=errors[0].hint)
    records: list[dict[str, Any]] = node.plain()
    if not records:
        raise BadRequestFile(f"{file} holds no records", hint="one record is enough")
    return records


def _is_gzip(file: Path) -> bool:
    try:
        with file.open("rb") as opened:
            return opened.read(len(_GZIP_MAGIC)) == _GZIP_MAGIC
    except OSError:
        # What is wrong with the file is told by who reads it.
        return False


def _read_gzip(file: Path) -> SourceText:
    import gzip

    try:
        with gzip.GzipFile(file) as opened:
            content = opened.read(MAX_FILE_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise BadRequestFile(f"{file}: its gzip data is damaged: {error}", hint="compress it again") from error
    if len(content) > MAX_FILE_BYTES:
        raise BadRequestFile(
            f"{file} holds more than {MAX_FILE_BYTES >> 20} MB", hint="give a part of the records: a few tell the types"
        )
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadRequestFile(f"{file} holds no UTF-8 text", hint="save it as UTF-8") from error
    # The name inside says the format: orders.json.gz is JSON.
    return source_of_text(file.with_suffix("") if file.suffix in {".gz", ".gzip"} else file, text)


def table_name_of(file: Path) -> str:
    """The name of a custom table for the records of a file: `web-orders.json` → WebOrders_CL."""
    parts = re.findall(r"[A-Za-z0-9]+", file.stem)
    name = "".join(part[:1].upper() + part[1:] for part in parts) or "Events"
    return f"{name if name[0].isalpha() else f'T{name}'}{CUSTOM_SUFFIX}"


def plain_name(name: str) -> str:
    """A name for a manifest and its files: a letter first, then lower-case letters, digits and hyphens."""
    plain = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    return (plain if plain[:1].isalpha() else f"logs-{plain}")[:32].rstrip("-").ljust(2, "s")
