"""The manifest language as a JSON Schema (2020-12), for editors."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from provisioner.load.schema import shapes
from provisioner.load.schema.manifest_language import MANIFEST, OVERLAY, PART

_VARIABLE = r"^\$\([A-Za-z_][A-Za-z0-9_-]*\)$"
_REFERENCE = {"$ref": "#/$defs/variable"}
_FILE = {
    "type": "object",
    "properties": {"file": {"type": "string", "description": "A path relative to this file."}},
    "required": ["file"],
    "additionalProperties": False,
}


def schema(*, included: bool = False) -> dict[str, Any]:
    """The schema of a manifest, or of a file that it includes."""
    writer = _Writer()
    body = writer.record(PART if included else MANIFEST)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:provisioner:{'part' if included else 'manifest'}:1",
        **body,
        "$defs": dict(sorted(writer.definitions.items())),
    }


class _Writer:
    """Writes shapes; records become definitions. In an overlay nothing is required and null deletes."""

    def __init__(self) -> None:
        self.overlay = False
        self.definitions: dict[str, Any] = {
            "variable": {"type": "string", "pattern": _VARIABLE, "description": "A variable whose value fits here."}
        }
        self._write: dict[type[shapes.Shape], Callable[[Any], dict[str, Any]]] = {
            shapes.Text: _text,
            shapes.Whole: _whole,
            shapes.Flag: lambda _: {"anyOf": [{"type": "boolean"}, _REFERENCE]},
            shapes.Choice: lambda shape: {"anyOf": [{"enum": list(shape.values)}, _REFERENCE]},
            shapes.Literal: lambda shape: {"const": shape.value},
            shapes.Anything: lambda _: {"type": ["string", "number", "boolean", "null"]},
            shapes.Row: lambda _: {"type": "object", "description": "One record, as JSON."},
            shapes.Listed: lambda shape: {"type": "array", "items": self.of(shape.of)},
            shapes.Named: self.named,
            shapes.Record: self.reference,
            shapes.OrFile: lambda shape: {"anyOf": [self.of(shape.of), _FILE]},
            shapes.Either: lambda shape: {"anyOf": [self.of(each) for each in shape.shapes]},
        }

    def of(self, shape: shapes.Shape) -> dict[str, Any]:
        """The schema of one shape."""
        return self._write[type(shape)](shape)

    def named(self, shape: shapes.Named) -> dict[str, Any]:
        """Names of the author's."""
        value = self.of(shape.of)
        made: dict[str, Any] = {"type": "object", "additionalProperties": self.deletable(value)}
        return made | ({"propertyNames": {"pattern": shape.pattern}} if shape.pattern else {})

    def reference(self, shape: shapes.Record) -> dict[str, Any]:
        """A record, by the name of its definition; or the bare word that stands for one of its keys."""
        was, self.overlay = self.overlay, self.overlay or shape is OVERLAY
        name = _slug(f"{shape.title} {'overlay' if self.overlay and shape is not OVERLAY else ''}")
        if name not in self.definitions:
            self.definitions[name] = {}
            self.definitions[name] = self.record(shape)
        self.overlay = was
        reference = {"$ref": f"#/$defs/{name}"}
        if shape.short is None:
            return reference
        field = shape.field(shape.short)
        assert field is not None
        return {"anyOf": [self.of(field.shape), reference]}

    def record(self, shape: shapes.Record) -> dict[str, Any]:
        """A mapping with known keys."""
        made: dict[str, Any] = {
            "title": shape.title,
            "type": "object",
            "properties": {field.name: self.field(field) for field in shape.fields},
            "additionalProperties": False,
        }
        required = [field.name for field in shape.fields if field.required and not self.overlay]
        made |= {"required": required} if required else {}
        if shape.either and not self.overlay:
            made["allOf"] = [{"not": {"required": list(pair)}} for pair in shape.either]
        return made

    def field(self, field: shapes.Field) -> dict[str, Any]:
        """One key: what it may hold and what it means."""
        made = {**self.deletable(self.of(field.shape)), "description": field.description}
        made |= {} if field.default is None else {"default": field.default}
        return made | ({} if field.example is None else {"examples": [field.example]})

    def deletable(self, made: dict[str, Any]) -> dict[str, Any]:
        """In an overlay, null too."""
        return {"anyOf": [made, {"type": "null"}]} if self.overlay else made


def _slug(title: str) -> str:
    return "-".join(re.findall(r"[a-z0-9]+", title.lower()))


def _text(shape: shapes.Text) -> dict[str, Any]:
    if shape.pattern is None:
        return {"type": "string"}
    return {"type": "string", "pattern": rf"{shape.pattern}|\$\(" if shape.interpolated else shape.pattern}


def _whole(shape: shapes.Whole) -> dict[str, Any]:
    made: dict[str, Any] = {"type": "integer"} | ({} if shape.least is None else {"minimum": shape.least})
    return {"anyOf": [made, _REFERENCE]}
