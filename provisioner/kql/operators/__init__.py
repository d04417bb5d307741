"""One file per tabular operator: its node in the tree, how it is parsed, and how it is bound to columns and steps."""

from __future__ import annotations

from typing import Any

from provisioner.kql.binding.operator_spec import OperatorSpec, OperatorTable
from provisioner.kql.operators.as_operator import AS
from provisioner.kql.operators.count import COUNT
from provisioner.kql.operators.distinct import DISTINCT
from provisioner.kql.operators.extend import EXTEND
from provisioner.kql.operators.getschema import GET_SCHEMA
from provisioner.kql.operators.mv_expand import MV_EXPAND
from provisioner.kql.operators.parse import PARSE
from provisioner.kql.operators.parse_kv import PARSE_KV
from provisioner.kql.operators.parse_where import PARSE_WHERE
from provisioner.kql.operators.project_away import PROJECT_AWAY
from provisioner.kql.operators.project_keep import PROJECT_KEEP
from provisioner.kql.operators.project_operator import PROJECT
from provisioner.kql.operators.project_rename import PROJECT_RENAME
from provisioner.kql.operators.project_reorder import PROJECT_REORDER
from provisioner.kql.operators.sort import SORT
from provisioner.kql.operators.summarize import SUMMARIZE
from provisioner.kql.operators.take import TAKE
from provisioner.kql.operators.top import TOP
from provisioner.kql.operators.union import UNION
from provisioner.kql.operators.where import WHERE
from provisioner.kql.syntax.pipeline_parser import OperatorParsers

_SPECS: tuple[OperatorSpec[Any], ...] = (
    AS,
    COUNT,
    DISTINCT,
    EXTEND,
    GET_SCHEMA,
    MV_EXPAND,
    PARSE,
    PARSE_KV,
    PARSE_WHERE,
    PROJECT_AWAY,
    PROJECT_KEEP,
    PROJECT,
    PROJECT_RENAME,
    PROJECT_REORDER,
    SORT,
    SUMMARIZE,
    TAKE,
    TOP,
    UNION,
    WHERE,
)

OPERATORS: dict[str, OperatorSpec[Any]] = {word: spec for spec in _SPECS for word in (spec.word, *spec.aliases)}
"""Each operator by its word and its other spellings."""

OPERATOR_PARSERS: OperatorParsers = {word: spec.parse for word, spec in OPERATORS.items()}
"""What the parser is handed: how each operator is parsed, by word."""

OPERATOR_TABLE: OperatorTable = {spec.node: spec for spec in _SPECS}
"""What the binder is handed: each operator by the class of its nodes."""

__all__ = ["OPERATORS", "OPERATOR_PARSERS", "OPERATOR_TABLE"]
