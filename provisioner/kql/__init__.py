"""The transform language: parse, bind, prove and evaluate KQL without Azure."""

from __future__ import annotations

from provisioner.kql.binding import bind
from provisioner.kql.codes import CODES
from provisioner.kql.evaluator import compile, evaluate  # noqa: A004 - the verb
from provisioner.kql.fitting import fit
from provisioner.kql.query import Query

__all__ = ["CODES", "Query", "bind", "compile", "evaluate", "fit"]
