"""What makes a tabular operator: its word, its node in the tree, how it is parsed, and how it is bound."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Generic, TypeVar

from provisioner.kql.binding.bind_context import PipelineContext
from provisioner.kql.ir.name_scope import Scope
from provisioner.kql.ir.row_steps import Rows
from provisioner.kql.syntax import tree
from provisioner.kql.syntax.pipeline_parser import PipelineParser
from provisioner.kql.vocabulary.struct_class import Struct

Node = TypeVar("Node", bound=tree.Operator)


class OperatorSpec(Struct, Generic[Node]):
    """A tabular operator.

    `word`: the keyword behind the pipe; `aliases` are further spellings of it.
    `node`: the class of its nodes. Its docstring begins with how the operator is written, for the reference.
    `parse`: reads the operator; the cursor stands behind the word and is moved behind the operator.
    `bind`: gives the rows behind the operator from those before it; mistakes are reported to the context.
    """

    word: str
    node: type[Node]
    parse: Callable[[PipelineParser], Node]
    bind: Callable[[PipelineContext, Node, Rows, Scope], Rows]
    aliases: tuple[str, ...] = ()


OperatorTable = Mapping[type[tree.Operator], OperatorSpec[Any]]
"""Each operator by the class of its nodes."""
