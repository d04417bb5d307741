"""The causes in the order in which they are asked; the first that the evidence shows is the diagnosis."""

from __future__ import annotations

from provisioner.diagnose.causes.column_never_written import column_never_written
from provisioner.diagnose.causes.column_not_in_stream import column_not_in_stream
from provisioner.diagnose.causes.column_not_in_table import column_not_in_table
from provisioner.diagnose.causes.column_not_in_transform import column_not_in_transform
from provisioner.diagnose.causes.daily_cap import daily_cap
from provisioner.diagnose.causes.endpoint_binding import endpoint_binding
from provisioner.diagnose.causes.endpoint_closed import endpoint_closed
from provisioner.diagnose.causes.endpoint_missing import endpoint_missing
from provisioner.diagnose.causes.endpoint_unreachable import endpoint_unreachable
from provisioner.diagnose.causes.filtered import filtered
from provisioner.diagnose.causes.flow_missing import flow_missing
from provisioner.diagnose.causes.grant_denied import grant_denied
from provisioner.diagnose.causes.grant_ineffective import grant_ineffective
from provisioner.diagnose.causes.grant_missing import grant_missing
from provisioner.diagnose.causes.grant_spreading import grant_spreading
from provisioner.diagnose.causes.grant_wrong_principal import grant_wrong_principal
from provisioner.diagnose.causes.grant_wrong_role import grant_wrong_role
from provisioner.diagnose.causes.grant_wrong_scope import grant_wrong_scope
from provisioner.diagnose.causes.ingestion_closed import ingestion_closed
from provisioner.diagnose.causes.not_arrived import not_arrived
from provisioner.diagnose.causes.query_closed import query_closed
from provisioner.diagnose.causes.query_forbidden import query_forbidden
from provisioner.diagnose.causes.query_refused import query_refused
from provisioner.diagnose.causes.refused import refused
from provisioner.diagnose.causes.rows_dropped import rows_dropped
from provisioner.diagnose.causes.rule_missing import rule_missing
from provisioner.diagnose.causes.rule_recreated import rule_recreated
from provisioner.diagnose.causes.rule_spreading import rule_spreading
from provisioner.diagnose.causes.server_error import server_error
from provisioner.diagnose.causes.stream_missing import stream_missing
from provisioner.diagnose.causes.table_missing import table_missing
from provisioner.diagnose.causes.table_plan_changed import table_plan_changed
from provisioner.diagnose.causes.throttled import throttled
from provisioner.diagnose.causes.time_null import time_null
from provisioner.diagnose.causes.time_out_of_window import time_out_of_window
from provisioner.diagnose.causes.time_replaced import time_replaced
from provisioner.diagnose.causes.token_refused import token_refused
from provisioner.diagnose.causes.transform_other import transform_other
from provisioner.diagnose.causes.type_other import type_other
from provisioner.diagnose.causes.values_differ import values_differ
from provisioner.diagnose.causes.workspace_other import workspace_other
from provisioner.diagnose.evidence import Cause, Evidence
from provisioner.probes.arrival import Diagnosis

# In each list a special cause stands before the general one that would fit as well: a closed endpoint and a missing
# rule answer 403 and 404 like a missing grant or stream; `refused`, `not_arrived` and `values_differ` fit always.
REFUSAL_CAUSES: tuple[Cause, ...] = (
    endpoint_unreachable,
    token_refused,
    endpoint_closed,
    rule_missing,
    rule_recreated,
    endpoint_missing,
    endpoint_binding,
    stream_missing,
    rule_spreading,
    grant_denied,
    grant_spreading,
    grant_ineffective,
    grant_wrong_role,
    grant_wrong_principal,
    grant_wrong_scope,
    grant_missing,
    throttled,
    server_error,
    refused,
)
"""The endpoint did not accept the records."""

MISSING_ROW_CAUSES: tuple[Cause, ...] = (
    query_closed,
    query_forbidden,
    table_plan_changed,
    table_missing,
    query_refused,
    ingestion_closed,
    daily_cap,
    workspace_other,
    flow_missing,
    filtered,
    time_out_of_window,
    rule_spreading,
    rows_dropped,
    not_arrived,
)
"""The endpoint accepted them, and rows are not in the table."""

DIFFERING_CELL_CAUSES: tuple[Cause, ...] = (
    column_not_in_table,
    column_not_in_stream,
    column_not_in_transform,
    type_other,
    time_null,
    transform_other,
    rule_spreading,
    time_replaced,
    values_differ,
)
"""Rows are in the table, and cells are not as expected."""


def diagnose(evidence: Evidence) -> Diagnosis | None:
    """The first cause that explains what is wrong with a flow; None where nothing is."""
    if evidence.send_error is not None:
        return _first(REFUSAL_CAUSES, evidence)
    for cause in MISSING_ROW_CAUSES:
        # Asked again before each cause: a row may arrive while causes read Azure.
        if not evidence.flow_probe.missing:
            break
        if (diagnosis := cause(evidence)) is not None:
            return diagnosis
    if evidence.flow_probe.differing_columns:
        return _first(DIFFERING_CELL_CAUSES, evidence)
    return column_never_written(evidence)


def _first(causes: tuple[Cause, ...], evidence: Evidence) -> Diagnosis | None:
    return next((diagnosis for cause in causes if (diagnosis := cause(evidence)) is not None), None)
