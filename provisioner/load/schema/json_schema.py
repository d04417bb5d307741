"""The manifest language as a JSON Schema (2020-12), for editors."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from provisioner.load.schema import shapes
from provisioner.load.schema.manifest_language import INCLUDED_FILE, MANIFEST, OVERLAY

_VARIABLE = r"^\$\([A-Za-z_][A-Za-z0-9_-]*\)$"
# Editors see the text `$(name)` where a number or a choice will be.
_REFERENCE = {"$ref": "#/$defs/variable"}
_FILE = {
    "type": "object",
    "properties": {"file": {"type": "string", "description": "A path relative to this file."}},
    "required": ["file"],
    "additionalProperties": False,
}


def manifest_json_schema(*, included: bool = False) -> dict[str, Any]:
    """The schema of a manifest, or with `included` of a file that it includes."""
    # `$id` is a URN: the schema is read from the checkout or the package, never from the network.
    writer = _SchemaWriter()
    body = writer.fixed_keys_schema(INCLUDED_FILE if included else MANIFEST)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:provisioner:{'part' if included else 'manifest'}:1",
        **body,
        "$defs": dict(sorted(writer.definitions.items())),
    }


class _SchemaWriter:
    """Writes shapes as JSON Schema; mappings with fixed keys become definitions.

    In an overlay nothing is required, and null deletes.
    """

    def __init__(self) -> None:
        self.in_overlay = False
        self.definitions: dict[str, Any] = {
            "variable": {"type": "string", "pattern": _VARIABLE, "description": "A variable whose value fits here."}
        }
        self._writers: dict[type[shapes.Shape], Callable[[Any], dict[str, Any]]] = {
            shapes.Text: _text_schema,
            shapes.KqlText: _text_schema,
            shapes.Integer: _integer_schema,
            shapes.Number: lambda _: {"anyOf": [{"type": "number"}, _REFERENCE]},
            shapes.Boolean: lambda _: {"anyOf": [{"type": "boolean"}, _REFERENCE]},
            shapes.Choice: lambda shape: {"anyOf": [{"enum": list(shape.values)}, _REFERENCE]},
            shapes.Constant: lambda shape: {"const": shape.value},
            shapes.AnyScalar: lambda _: {"type": ["string", "number", "boolean", "null"]},
            shapes.JsonRecord: lambda _: {"type": "object", "description": "One record, as JSON."},
            shapes.ListOf: lambda shape: {"type": "array", "items": self.schema_of(shape.item_shape)},
            shapes.MapOf: self.map_schema,
            shapes.FixedKeys: self.definition_reference,
            shapes.ValueOrFile: lambda shape: {"anyOf": [self.schema_of(shape.value_shape), _FILE]},
            shapes.OneOf: lambda shape: {"anyOf": [self.schema_of(candidate) for candidate in shape.shapes]},
        }

    def schema_of(self, shape: shapes.Shape) -> dict[str, Any]:
        """The schema of one shape."""
        return self._writers[type(shape)](shape)

    def map_schema(self, shape: shapes.MapOf) -> dict[str, Any]:
        """A mapping from names that the author chooses."""
        value = self.schema_of(shape.value_shape)
        schema: dict[str, Any] = {"type": "object", "additionalProperties": self.nullable_in_overlay(value)}
        return schema | ({"propertyNames": {"pattern": shape.pattern}} if shape.pattern else {})

    def definition_reference(self, shape: shapes.FixedKeys) -> dict[str, Any]:
        """A mapping by the name of its definition, or the scalar that stands for one of its keys."""
        outer, self.in_overlay = self.in_overlay, self.in_overlay or shape is OVERLAY
        name = _definition_name(f"{shape.title} {'overlay' if self.in_overlay and shape is not OVERLAY else ''}")
        if name not in self.definitions:
            # The entry comes first: a shape that contains itself must not be written again.
            self.definitions[name] = {}
            self.definitions[name] = self.fixed_keys_schema(shape)
        self.in_overlay = outer
        reference = {"$ref": f"#/$defs/{name}"}
        if shape.shorthand_key is None:
            return reference
        field = shape.field(shape.shorthand_key)
        assert field is not None
        return {"anyOf": [self.schema_of(field.shape), reference]}

    def fixed_keys_schema(self, shape: shapes.FixedKeys) -> dict[str, Any]:
        """A mapping whose keys the language fixes."""
        schema: dict[str, Any] = {
            "title": shape.title,
            "type": "object",
            "properties": {field.name: self.field_schema(field) for field in shape.fields},
            "additionalProperties": False,
        }
        required = [field.name for field in shape.fields if field.required and not self.in_overlay]
        schema |= {"required": required} if required else {}
        if shape.exclusive_pairs and not self.in_overlay:
            schema["allOf"] = [{"not": {"required": list(pair)}} for pair in shape.exclusive_pairs]
        return schema

    def field_schema(self, field: shapes.Field) -> dict[str, Any]:
        """One key: what it may hold and what it means."""
        schema = {**self.nullable_in_overlay(self.schema_of(field.shape)), "description": field.description}
        schema |= {} if field.default is None else {"default": field.default}
        return schema | ({} if field.example is None else {"examples": [field.example]})

    def nullable_in_overlay(self, schema: dict[str, Any]) -> dict[str, Any]:
        """The schema; in an overlay null too, which deletes."""
        return {"anyOf": [schema, {"type": "null"}]} if self.in_overlay else schema


def _definition_name(title: str) -> str:
    return "-".join(re.findall(r"[a-z0-9]+", title.lower()))


def _text_schema(shape: shapes.Text) -> dict[str, Any]:
    if shape.pattern is None:
        return {"type": "string"}
    # A variable's value is not known to an editor: any text with `$(` in it passes.
    return {"type": "string", "pattern": rf"{shape.pattern}|\$\(" if shape.interpolated else shape.pattern}


def _integer_schema(shape: shapes.Integer) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "integer"} | ({} if shape.minimum is None else {"minimum": shape.minimum})
    return {"anyOf": [schema, _REFERENCE]}
