"""Text → Document: YAML with positions, includes, environments, variables, and the manifest they make."""

from __future__ import annotations

from provisioner.load.codes import CODES
from provisioner.load.document import Document
from provisioner.load.loader import DEFAULT_NAME, document, environments, locate
from provisioner.load.yaml.project_files import Files

__all__ = ["CODES", "DEFAULT_NAME", "Document", "Files", "document", "environments", "locate"]
