"""The transform language: parse, bind, prove, evaluate and lay out KQL, without Azure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from provisioner.kql.binding import bind
from provisioner.kql.codes import CODES
from provisioner.kql.evaluator import compile, evaluate  # noqa: A004 - the verb
from provisioner.kql.fitting import fit
from provisioner.kql.formatting import format, same  # noqa: A004 - the verb
from provisioner.kql.inference import infer

if TYPE_CHECKING:
    from provisioner.kql.query import Query
    from provisioner.kql.tracing import Trace, trace

__all__ = ["CODES", "Query", "Trace", "bind", "compile", "evaluate", "fit", "format", "infer", "same", "trace"]

_LATE = {"Query": "query", "Trace": "tracing", "trace": "tracing"}


def __getattr__(name: str) -> Any:
    """What few callers need is loaded when it is asked for."""
    if name not in _LATE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_LATE[name]}"), name)
