"""One file per tabular operator: how it is read, what it does to columns, what it does to rows."""

from __future__ import annotations

from provisioner.kql.operators import (  # noqa: F401 - imported to be registered
    as_operator,
    count,
    distinct,
    extend,
    getschema,
    mv_expand,
    parse,
    parse_kv,
    parse_where,
    project_away,
    project_keep,
    project_operator,
    project_rename,
    project_reorder,
    sort,
    summarize,
    take,
    top,
    union,
    where,
)
from provisioner.kql.operators.operator_registry import OPERATORS

__all__ = ["OPERATORS"]
