"""The functions of the template language, one file a group, each entry its signature and its meaning."""

from __future__ import annotations

from provisioner.template.functions import (
    array_functions,
    base64_functions,
    cidr,
    comparison,
    conversion,
    dates,
    deployment,
    id_functions,
    lambdas,
    logical,
    numeric,
    objects,
    references,
    scope_functions,
    sequences,
    string_functions,
    unique_names,
    uris,
)
from provisioner.template.functions.references import list_action
from provisioner.template.functions.registry import FUNCTIONS, Function

__all__ = [
    "FUNCTIONS",
    "Function",
    "array_functions",
    "base64_functions",
    "cidr",
    "comparison",
    "conversion",
    "dates",
    "deployment",
    "id_functions",
    "lambdas",
    "list_action",
    "logical",
    "numeric",
    "objects",
    "references",
    "scope_functions",
    "sequences",
    "string_functions",
    "unique_names",
    "uris",
]
