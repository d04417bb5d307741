"""Text → Document: YAML with positions, includes, environments, variables, and the manifest that comes of them.

In storeys, each importing only those before it: `yaml` (text and trees of nodes), `schema` (the language, and nodes →
plain values), `builders` (plain values → Manifest), and the files here, which run them in order.
"""

from __future__ import annotations

from provisioner.load.codes import CODES
from provisioner.load.document import Document
from provisioner.load.loader import DEFAULT_NAME, list_environments, load_document, load_environments, manifest_path
from provisioner.load.yaml.project_files import ProjectFiles

__all__ = [
    "CODES",
    "DEFAULT_NAME",
    "Document",
    "ProjectFiles",
    "list_environments",
    "load_document",
    "load_environments",
    "manifest_path",
]
