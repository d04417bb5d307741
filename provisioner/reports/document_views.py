"""The views of results that are documents already: the manifest of `import`, the JSON Schema of `schema`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from provisioner.reports.report_format import Views


class YamlDocument(Protocol):
    """A manifest with its comments."""

    def yaml_text(self) -> str:
        """The text of the file."""


MANIFEST_VIEWS: Views[YamlDocument] = {"yaml": lambda manifest, _: manifest.yaml_text()}
SCHEMA_VIEWS: Views[Mapping[str, Any]] = {"json_schema": lambda schema, _: schema}
