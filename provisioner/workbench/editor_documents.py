"""The text in the page's editor as a file of a small project in memory, so that the language server speaks of it.

A shared case has columns that no manifest here declares, and a draft is no file: both get a manifest of their own,
which exists in the language server's buffers alone.
"""

from __future__ import annotations

import json
import secrets
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from provisioner.load.loader import DEFAULT_NAME
from provisioner.model import CUSTOM_SUFFIX, LOCAL_LOCATION, LOCAL_SUBSCRIPTION
from provisioner.transforms.builtin_tables import published_columns
from provisioner.workbench.messages.transform_messages import EditorRequest

if TYPE_CHECKING:
    from provisioner.lsp.language_server import ManifestLanguageServer

_FILE = "transform.kql"
_CUSTOM_PREFIX = "Custom-"
_STREAM = f"{_CUSTOM_PREFIX}Records"
_TABLE = f"Rows{CUSTOM_SUFFIX}"
_MAX_SAMPLES = 20
_MAX_DOCUMENTS = 64


@dataclass(frozen=True, slots=True)
class EditorDocument:
    """The address of the editor's text, and the manifest that names it."""

    folder: Path
    manifest: str

    @property
    def uri(self) -> str:
        """The address under which the editor opens its text."""
        return (self.folder / _FILE).as_uri()

    def open_in(self, server: ManifestLanguageServer) -> None:
        """Let a language server know the manifest, if it does not yet."""
        buffers = server.documents.workspace.buffers
        if not buffers.is_open(self.folder / DEFAULT_NAME):
            buffers.set_text(self.folder / DEFAULT_NAME, self.manifest)


class EditorDocuments:
    """The documents of open editors, by id."""

    def __init__(self) -> None:
        self._documents: OrderedDict[str, EditorDocument] = OrderedDict()
        self._lock = Lock()

    def add(self, root: Path, request: EditorRequest, records: Sequence[Mapping[str, Any]]) -> str:
        """A document for the transform that a request describes; the id under which its socket asks for it."""
        identifier = secrets.token_hex(8)
        # A folder that is not there: nothing is read from it, and nothing written to it.
        folder = root.resolve() / f".workbench-{identifier}"
        document = EditorDocument(folder, _manifest_text(request, records))
        with self._lock:
            self._documents[identifier] = document
            while len(self._documents) > _MAX_DOCUMENTS:
                self._documents.popitem(last=False)
        return identifier

    def get(self, identifier: str) -> EditorDocument | None:
        """The document of an id; None where it is no longer kept."""
        return self._documents.get(identifier)


def _manifest_text(request: EditorRequest, records: Sequence[Mapping[str, Any]]) -> str:
    """A manifest with one stream, its table, and some records as its samples. JSON is YAML."""
    # Under the names that people gave them, as findings and explanations speak of them. A stream of Azure's own would
    # bring columns of its own.
    stream = request.stream if request.stream.startswith(_CUSTOM_PREFIX) else _STREAM
    table = request.table or _TABLE
    flow = {
        "columns": {column.name: column.type for column in request.columns},
        "table": table,
        "transform": {"file": _FILE},
        "samples": list(records[:_MAX_SAMPLES]),
    }
    manifest: dict[str, Any] = {
        "version": 1,
        "name": "workbench",
        "target": {"subscription": LOCAL_SUBSCRIPTION, "resource_group": "rg-workbench", "location": LOCAL_LOCATION},
        "workspace": {"name": "law-workbench"},
        "streams": {stream: flow},
    }
    # Of a table of Azure's a manifest declares only what it adds.
    published = published_columns(table) or {}
    added = {column.name: column.type for column in request.table_columns if column.name not in published}
    if added or not published:
        manifest["tables"] = {table: {"columns": added}}
    return json.dumps(manifest)
