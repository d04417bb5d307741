"""Which name of a transform is which: each column from where it is made to where it is read, and each `let` name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from provisioner import kql
from provisioner.diagnostics import Span
from provisioner.kql.binding.column_items import item_names
from provisioner.kql.binding.derived_names import naming_part
from provisioner.kql.functions.result_names import RESULT_NAME_RULES
from provisioner.kql.operators import OPERATOR_PARSERS
from provisioner.kql.operators.parse_pattern import Capture
from provisioner.kql.operators.project_away import ProjectAway
from provisioner.kql.operators.project_operator import Project
from provisioner.kql.operators.project_rename import ProjectRename
from provisioner.kql.syntax import tree
from provisioner.kql.syntax.query_parser import parse_query
from provisioner.kql.vocabulary.struct_class import Struct

Role = Literal["read", "write", "bare", "quoted", "derived"]
"""`bare`: an item of `project` that is just a name: it reads a column, and writes one of the same name. `quoted`: the
name is a text. `derived`: a whole item that makes a column and does not say how it is called."""


@dataclass(frozen=True, slots=True)
class NameIdentity:
    """One column or `let` name: `input` columns have no place in the text, the others are made at `span`.

    `origin` is the column that a bare item passes on under its own name, or that a derived name is taken from.
    """

    kind: Literal["input", "column", "let"]
    name: str
    span: Span | None = None
    origin: NameIdentity | None = None


@dataclass(frozen=True, slots=True)
class NameUse:
    """A name at a place of the text, and which one it is."""

    identity: NameIdentity
    span: Span
    role: Role


@dataclass(frozen=True, slots=True)
class NameUses:
    """All names of one text in the order of the text; `outputs` are the columns that come out, by name.

    `is_bound`: the text has no error, so that nothing else comes out.
    """

    uses: tuple[NameUse, ...]
    outputs: Mapping[str, NameIdentity]
    is_bound: bool


@lru_cache(maxsize=4096)
def name_uses(text: str, columns: tuple[tuple[str, str], ...]) -> NameUses:
    """The names of a transform over the columns (name and KQL type) of its stream; what cannot be read is left out."""
    script, _ = parse_query(text, OPERATOR_PARSERS)
    reader = _NameReader(text, [name for name, _ in columns])
    outputs = reader.read(script)
    # The binder alone knows which columns are left behind `project-away` and patterns.
    query, _ = kql.bind(text, dict(columns))
    if query is not None:
        outputs = {name: outputs[name] for name in query.columns if name in outputs}
    uses = sorted(reader.uses, key=lambda use: (use.span, use.role))
    return NameUses(tuple(dict.fromkeys(uses)), outputs, is_bound=query is not None)


Names = dict[str, NameIdentity]


class _NameReader:
    def __init__(self, text: str, inputs: list[str]) -> None:
        self.text = text
        self.inputs: Names = {name: NameIdentity("input", name) for name in inputs}
        self.lets: Names = {}
        self.uses: list[NameUse] = []

    def read(self, script: tree.Script) -> Names:
        for let in script.lets:
            if isinstance(let.value, tree.Pipeline):
                self.read_pipeline(let.value)
            elif isinstance(let.value, tree.Node):
                self.read_expression(let.value, {})
            identity = NameIdentity("let", let.name, let.name_span)
            self.lets[let.name] = identity
            self.uses.append(NameUse(identity, let.name_span, "write"))
        return self.read_pipeline(script.pipeline) if script.pipeline is not None else {}

    def read_pipeline(self, pipeline: tree.Pipeline) -> Names:
        source = pipeline.source
        columns: Names = {}
        if isinstance(source, tree.TableName):
            if source.name == "source":
                columns = dict(self.inputs)
            elif source.name in self.lets:
                self.uses.append(NameUse(self.lets[source.name], source.span, "read"))
        elif isinstance(source, tree.ParenthesizedSource):
            columns = self.read_pipeline(source.pipeline)
        else:
            self.read_expression(source, {})
        for operator in pipeline.operators:
            columns = self.read_operator(operator, columns)
        return columns

    def read_operator(self, operator: tree.Operator, columns: Names) -> Names:
        # All other operators keep what they do not name.
        if isinstance(operator, Project):
            return self.read_items(operator.items, columns, {})
        if isinstance(operator, ProjectAway):
            for name in operator.names:
                self.read_expression(name, columns)
            removed = {name.name for name in operator.names}
            return {name: identity for name, identity in columns.items() if name not in removed}
        if isinstance(operator, ProjectRename):
            return self.read_renames(operator, columns)
        after = dict(columns)
        items: list[tree.ColumnItem] = []
        for node in _children(operator):
            if isinstance(node, tree.ColumnItem):
                items.append(node)
            elif isinstance(node, Capture):
                self.write(node.name, Span(node.span.start, node.span.start + len(node.name)), after)
            elif isinstance(node, tree.Node):
                self.read_expression(node, columns)
        return self.read_items(items, columns, after)

    def read_items(self, items: list[tree.ColumnItem], columns: Names, after: Names) -> Names:
        """The columns behind items that are computed from `columns` and added to `after`."""
        for item, name in zip(items, item_names(items, after), strict=True):
            # Apart from other items: a new name for what it reads must not change what it gives.
            if not item.names and isinstance(item.value, tree.Name):
                origin = columns.get(item.value.name)
                if origin is not None:
                    self.uses.append(NameUse(origin, item.value.span, "bare"))
                passed_on = NameIdentity("column", item.value.name, item.value.span, origin)
                after[item.value.name] = passed_on
                continue
            self.read_expression(item.value, columns)
            if len(item.names) == 1 and item.name_span is not None:
                self.write(item.names[0], item.name_span, after)
            elif not item.names:
                self.derive(name, item.value, columns, after)
        return after

    def derive(self, name: str, value: tree.Expression, columns: Names, after: Names) -> None:
        """The column of an item without a name of its own."""
        part = naming_part(value)
        base = part.name if isinstance(part, tree.Name) else str(part.value) if part is not None else ""
        identity = NameIdentity("column", name, value.span, columns.get(base))
        after[name] = identity
        self.uses.append(NameUse(identity, value.span, "derived"))

    def read_renames(self, operator: ProjectRename, columns: Names) -> Names:
        after = dict(columns)
        # In order: `project-rename a = b, b = a` is refused, so that no pair reads what another has made.
        for new, old in operator.pairs:
            self.read_expression(old, columns)
            after.pop(old.name, None)
            self.write(new.name, new.span, after)
        return after

    def write(self, name: str, span: Span, columns: Names) -> None:
        identity = NameIdentity("column", name, span)
        columns[name] = identity
        self.uses.append(NameUse(identity, span, "write"))

    def read_expression(self, node: Any, columns: Names) -> None:
        """Every name inside of a node."""
        if isinstance(node, tree.Pipeline):
            self.read_pipeline(node)
            return
        if isinstance(node, tree.Name):
            identity = columns.get(node.name) or self.lets.get(node.name)
            if identity is not None:
                self.uses.append(NameUse(identity, node.span, "read"))
            return
        if isinstance(node, tree.Call) and node.name in self.lets:
            self.uses.append(NameUse(self.lets[node.name], node.name_span, "read"))
        elif isinstance(node, tree.Call) and node.name in _TAKE_NAME_IN_QUOTES and node.arguments:
            self.read_quoted_name(node.arguments[0], columns)
        for child in _children(node):
            self.read_expression(child, columns)

    def read_quoted_name(self, node: tree.Expression, columns: Names) -> None:
        """A column whose name is given as a text."""
        if not isinstance(node, tree.Literal) or node.value not in columns:
            return
        # `@"x"` and `h"x"` too; a name has nothing that would be escaped.
        start = self.text.find(node.value, node.span.start, node.span.end)
        if start >= 0:
            self.uses.append(NameUse(columns[node.value], Span(start, start + len(node.value)), "quoted"))


_TAKE_NAME_IN_QUOTES = frozenset(name for name, rule in RESULT_NAME_RULES.items() if rule == "column")


def _children(node: Any) -> Iterator[Any]:
    """The nodes directly inside of a node, those in its lists and pairs included."""
    if not isinstance(node, Struct):
        return
    for name in type(node).fields:
        yield from _structs(getattr(node, name))


def _structs(value: Any) -> Iterator[Any]:
    if isinstance(value, Struct):
        yield value
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _structs(item)
