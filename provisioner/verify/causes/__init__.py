"""Why a row or a column did not arrive: causes in order, the first that fits is named."""

from __future__ import annotations

from provisioner.verify.arrival import Diagnosis
from provisioner.verify.causes.binding import binding
from provisioner.verify.causes.case import Case, Cause
from provisioner.verify.causes.column_lost import column_not_in_stream, column_not_in_table, column_not_in_transform
from provisioner.verify.causes.destination import flow_missing, table_missing, workspace_other
from provisioner.verify.causes.drops import drops
from provisioner.verify.causes.endpoint_gone import endpoint_gone
from provisioner.verify.causes.filtered import filtered, time_null
from provisioner.verify.causes.grant_denied import grant_denied
from provisioner.verify.causes.grant_idle import grant_idle
from provisioner.verify.causes.grant_missing import grant_missing
from provisioner.verify.causes.grant_principal import grant_principal
from provisioner.verify.causes.grant_role import grant_role
from provisioner.verify.causes.grant_scope import grant_scope
from provisioner.verify.causes.grant_spreading import grant_spreading
from provisioner.verify.causes.ingestion_closed import daily_cap, ingestion_closed
from provisioner.verify.causes.lost import lost
from provisioner.verify.causes.network import network
from provisioner.verify.causes.never_written import never_written
from provisioner.verify.causes.query_closed import query_closed, query_forbidden
from provisioner.verify.causes.query_path import query_failed, query_path
from provisioner.verify.causes.refused import refused
from provisioner.verify.causes.rule_gone import rule_gone
from provisioner.verify.causes.rule_recreated import rule_recreated
from provisioner.verify.causes.rule_spreading import rule_spreading
from provisioner.verify.causes.stream_unknown import stream_unknown
from provisioner.verify.causes.time_moved import time_moved
from provisioner.verify.causes.time_replaced import time_replaced
from provisioner.verify.causes.token import token
from provisioner.verify.causes.too_much import too_much, trouble
from provisioner.verify.causes.transform_edited import transform_edited, type_other
from provisioner.verify.causes.unreachable import unreachable
from provisioner.verify.causes.values_differ import values_differ

REFUSED: tuple[Cause, ...] = (
    unreachable,
    token,
    network,
    rule_gone,
    rule_recreated,
    endpoint_gone,
    binding,
    stream_unknown,
    rule_spreading,
    grant_denied,
    grant_spreading,
    grant_idle,
    grant_role,
    grant_principal,
    grant_scope,
    grant_missing,
    too_much,
    trouble,
    refused,
)
"""The endpoint did not take the records."""

MISSING: tuple[Cause, ...] = (
    query_closed,
    query_forbidden,
    query_path,
    table_missing,
    query_failed,
    ingestion_closed,
    daily_cap,
    workspace_other,
    flow_missing,
    filtered,
    time_null,
    time_moved,
    rule_spreading,
    drops,
    lost,
)
"""The endpoint took them, and rows are not in the table."""

DIFFERENT: tuple[Cause, ...] = (
    column_not_in_table,
    column_not_in_stream,
    column_not_in_transform,
    type_other,
    transform_edited,
    rule_spreading,
    time_replaced,
    values_differ,
)
"""Rows are in the table, and cells are not as foretold."""


def diagnose(case: Case) -> Diagnosis | None:
    """The first cause that explains what is wrong with a leg; None where nothing is."""
    if case.error is not None:
        return _first(REFUSED, case)
    for cause in MISSING:
        if not case.leg.missing:
            break  # it may have come while we looked for reasons
        if (found := cause(case)) is not None:
            return found
    return _first(DIFFERENT, case) if case.leg.differing else never_written(case)


def _first(causes: tuple[Cause, ...], case: Case) -> Diagnosis | None:
    return next((found for cause in causes if (found := cause(case)) is not None), None)


__all__ = ["DIFFERENT", "MISSING", "REFUSED", "Case", "Cause", "diagnose"]
