"""Kusto's scalar functions, one file a family; importing this registers them all.

Who looks a function up takes `FUNCTIONS` from here: from the registry alone, another thread that is still importing the
families would leave it half full.
"""

from __future__ import annotations

from provisioner.kql.functions import (  # noqa: F401 - imported to be registered
    arrays,
    binning,
    bitwise,
    calendar_dates,
    conditional,
    conversion_functions,
    datetime_creation,
    encoding,
    hashing,
    ipv4,
    ipv6,
    maths,
    property_bags,
    regex_functions,
    server_side,
    sets,
    strings,
    structured_text,
    type_checks,
    urls_and_paths,
    value_formatting,
    xml_parser,
)
from provisioner.kql.functions.function_registry import FUNCTIONS
from provisioner.kql.functions.row_functions import ROW_FUNCTIONS

__all__ = ["FUNCTIONS", "function_names"]


def function_names() -> frozenset[str]:
    """Every function of Kusto that there is here, whether a dialect has it or not."""
    return frozenset(FUNCTIONS) | ROW_FUNCTIONS.keys()
