"""What has a name in a project, and the places that the name is written at."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Literal

from provisioner.diagnostics import Span
from provisioner.language.kql_names import NameIdentity
from provisioner.language.kql_text import TransformText
from provisioner.load.yaml.nodes import ScalarNode

SymbolKind = Literal[
    "table",
    "stream",
    "dcr",
    "application",
    "grant",
    "variable",
    "environment",
    "table_column",
    "stream_column",
    "local_column",
    "let",
]


@dataclass(frozen=True, slots=True)
class Symbol:
    """Something that has a name; `owner` is the table or stream of a column, or the text of a local name."""

    kind: SymbolKind
    name: str
    owner: str = ""


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A place at which a symbol's name is written.

    `node` is the scalar of YAML that is the name; `text` the transform that it stands in, with its `identity`, how it
    is used there, and the symbol `derived_from` that its name is taken from. Where both are None, the characters alone
    are the name: of a variable in a text, of a column in a file of samples. `is_definition`: where the name is given.
    """

    symbol: Symbol
    file: FilePath
    span: Span
    is_definition: bool = False
    node: ScalarNode | None = None
    text: TransformText | None = None
    text_span: Span | None = None
    identity: NameIdentity | None = None
    role: str = ""
    derived_from: Symbol | None = None
