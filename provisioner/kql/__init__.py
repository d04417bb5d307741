"""The transform language: KQL parsed, bound, fitted to a table, evaluated, traced and formatted, without Azure.

The storeys, each of which imports only those before it: values, vocabulary, syntax, ir, evaluation, functions, binding,
operators, and the files beside this one, which are the functions that others call.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from provisioner.kql.column_inference import infer
from provisioner.kql.evaluation.query_evaluator import compile, evaluate  # noqa: A004 - the verb
from provisioner.kql.query_binding import bind
from provisioner.kql.query_formatting import format, same  # noqa: A004 - the verb
from provisioner.kql.table_fit import fit
from provisioner.kql.vocabulary.codes import CODES

if TYPE_CHECKING:
    from provisioner.kql.evaluation.record_trace import RecordTracer, Trace, trace
    from provisioner.kql.ir.bound_query import Query

__all__ = [
    "CODES",
    "Query",
    "RecordTracer",
    "Trace",
    "bind",
    "compile",
    "evaluate",
    "fit",
    "format",
    "infer",
    "same",
    "trace",
]

_LAZY = {
    "Query": "ir.bound_query",
    "RecordTracer": "evaluation.record_trace",
    "Trace": "evaluation.record_trace",
    "trace": "evaluation.record_trace",
}


def __getattr__(name: str) -> object:
    """Names that few callers need, loaded when they are asked for."""
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_LAZY[name]}"), name)
