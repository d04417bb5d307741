"""Why a row or a column did not arrive: causes in order, the first that fits is named."""

from __future__ import annotations

from provisioner.diagnose.causes.column_never_written import never_written
from provisioner.diagnose.causes.column_not_in_table import (
    column_not_in_stream,
    column_not_in_table,
    column_not_in_transform,
)
from provisioner.diagnose.causes.endpoint_binding import binding
from provisioner.diagnose.causes.endpoint_closed import network
from provisioner.diagnose.causes.endpoint_missing import endpoint_gone
from provisioner.diagnose.causes.endpoint_unreachable import unreachable
from provisioner.diagnose.causes.filtered import filtered, time_null
from provisioner.diagnose.causes.grant_denied import grant_denied
from provisioner.diagnose.causes.grant_ineffective import grant_idle
from provisioner.diagnose.causes.grant_missing import grant_missing
from provisioner.diagnose.causes.grant_spreading import grant_spreading
from provisioner.diagnose.causes.grant_wrong_principal import grant_principal
from provisioner.diagnose.causes.grant_wrong_role import grant_role
from provisioner.diagnose.causes.grant_wrong_scope import grant_scope
from provisioner.diagnose.causes.ingestion_closed import daily_cap, ingestion_closed
from provisioner.diagnose.causes.not_arrived import lost
from provisioner.diagnose.causes.query_closed import query_closed, query_forbidden
from provisioner.diagnose.causes.refused import refused
from provisioner.diagnose.causes.rows_dropped import drops
from provisioner.diagnose.causes.rule_missing import rule_gone
from provisioner.diagnose.causes.rule_recreated import rule_recreated
from provisioner.diagnose.causes.rule_spreading import rule_spreading
from provisioner.diagnose.causes.stream_missing import stream_unknown
from provisioner.diagnose.causes.table_plan import query_failed, query_path
from provisioner.diagnose.causes.throttled import too_much, trouble
from provisioner.diagnose.causes.time_out_of_window import time_moved
from provisioner.diagnose.causes.time_replaced import time_replaced
from provisioner.diagnose.causes.token_refused import token
from provisioner.diagnose.causes.transform_other import transform_edited, type_other
from provisioner.diagnose.causes.values_differ import values_differ
from provisioner.diagnose.causes.workspace_other import flow_missing, table_missing, workspace_other
from provisioner.diagnose.evidence import Case, Cause
from provisioner.probes.arrival import Diagnosis

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
