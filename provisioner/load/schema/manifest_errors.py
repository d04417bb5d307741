"""The errors in a manifest's values, and the paths that have one."""

from __future__ import annotations

from typing import Any

from provisioner.diagnostics import Diagnostic, Fix, Severity
from provisioner.load.schema import shapes
from provisioner.load.schema.source_map import Path, SourceMap
from provisioner.load.schema.type_messages import last_key, suggested_value
from provisioner.load.yaml.node_diagnostics import node_diagnostic
from provisioner.load.yaml.nodes import Node, describe_node

ABSENT: Any = object()
"""The result of reading a value that is null or wrong. Not None, which a record may hold."""


class ManifestErrors:
    """Collects diagnostics. `broken` holds the paths whose value is wrong: later checks leave them alone."""

    def __init__(self, source_map: SourceMap) -> None:
        self.source_map = source_map
        self.diagnostics: list[Diagnostic] = []
        self.broken: set[Path] = set()

    def add(
        self,
        code: str,
        message: str,
        path: Path,
        hint: str | None,
        *,
        key: bool = False,
        severity: Severity = "error",
    ) -> None:
        """A diagnostic at the value, or with `key` at the key, of a path that may not be written."""
        # A path that is not written has no characters, so there is a place but no span to edit.
        place = self.source_map.place(path, "key" if key else "value")
        self.diagnostics.append(Diagnostic(code, severity, message, place=place, hint=hint))

    def add_at(self, code: str, message: str, node: Node, hint: str, **more: Any) -> None:
        """A diagnostic at a node; `more` are the arguments `severity` and `fix` of `node_diagnostic`."""
        self.diagnostics.append(node_diagnostic(code, message, node, hint, **more))

    def invalid_value(
        self, code: str, message: str, node: Node, path: Path, hint: str, *, fix: Fix | None = None
    ) -> Any:
        """A wrong value; its path is broken from now on. Returns `ABSENT`."""
        self.broken.add(path)
        self.diagnostics.append(node_diagnostic(code, message, node, hint, fix=fix))
        return ABSENT

    def wrong_type(self, node: Node, shape: shapes.Shape, path: Path) -> Any:
        """A value of another type than `shape`. Returns `ABSENT`."""
        message = f"{last_key(path)!r} is {shape.noun}, and this is {describe_node(node)}"
        return self.invalid_value("MAN002", message, node, path, suggested_value(node, shape))
