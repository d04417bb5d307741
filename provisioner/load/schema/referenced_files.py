"""Files that stand for values: a transform's text, tests in YAML or JSON, samples in JSON, NDJSON or CSV."""

from __future__ import annotations

from provisioner.diagnostics import Diagnostic
from provisioner.load.schema import shapes
from provisioner.load.yaml.node_diagnostics import node_diagnostic, unreadable_file_diagnostic
from provisioner.load.yaml.nodes import Node, ScalarNode
from provisioner.load.yaml.project_files import ProjectFiles
from provisioner.load.yaml.sample_files import read_samples
from provisioner.load.yaml.source_text import SourceText, UnreadableFile

_YAML_SUFFIXES = {".yaml", ".yml"}


class ReferencedFiles:
    """Reads the files that a manifest names, relative to the file that names them."""

    def __init__(self, files: ProjectFiles) -> None:
        self.files = files

    def read(self, node: ScalarNode, shape: shapes.Shape) -> tuple[Node | None, list[Diagnostic]]:
        """The content of the file that `node` names, as a node, and its errors; with errors the node is None.

        `shape` decides how it is read: text as it is, samples as JSON or CSV, everything else as YAML.
        """
        try:
            path = self.files.resolve_path(node.source.path, node.text)
            if isinstance(shape, shapes.Text):
                return _text_file_node(self.files.source(path)), []
            if _holds_samples(shape) and path.suffix not in _YAML_SUFFIXES:
                return read_samples(self.files.source(path))
            tree, diagnostics = self.files.tree(path)
        except UnreadableFile as error:
            return None, [unreadable_file_diagnostic(error, node.text, node)]
        except (OSError, ValueError, RuntimeError) as error:
            # A NUL in a path is a ValueError, a circle of links a RuntimeError in older Pythons.
            message = f"{node.text!r} is no usable path: {error}"
            return None, [node_diagnostic("INC003", message, node, "write a relative path")]
        # A file with errors is not used in part: its rows would be judged without those that are missing.
        return (None if diagnostics else tree), diagnostics


def _holds_samples(shape: shapes.Shape) -> bool:
    return isinstance(shape, shapes.ListOf) and isinstance(shape.item_shape, shapes.JsonRecord)


def _text_file_node(source: SourceText) -> ScalarNode:
    """A whole file as one text, each of its line breaks one character."""
    text = source.text.replace("\r\n", "\n").replace("\r", "\n")
    return ScalarNode(source, 0, len(source.text), text, value=text, style="file")
