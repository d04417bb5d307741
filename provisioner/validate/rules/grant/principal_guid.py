"""A grant's principal is an object id, `self`, or a mapping that says what to look up.

Why: a role is given to an object of Entra by its object id: of the service principal (enterprise application), not of
the application and not its client id or name. `{application_id: …}` looks the object id of a client id up.
Wrong:
    tables: {Orders_CL: {columns: {TimeGenerated: datetime}}}
    streams: {Custom-Orders: Orders_CL}
    grants: {checkout: {principal: checkout-service}}
Right:
    tables: {Orders_CL: {columns: {TimeGenerated: datetime}}}
    streams: {Custom-Orders: Orders_CL}
    grants: {checkout: {principal: 6f9619ff-8b86-d011-b42d-00c04fc964ff}}
Source: https://learn.microsoft.com/azure/azure-monitor/logs/tutorial-logs-ingestion-api
"""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.diagnostics import Diagnostic
from provisioner.model import SELF, Grant
from provisioner.validate.context import Context
from provisioner.validate.name_matching import is_guid
from provisioner.validate.rule import rule


@rule("GRA001", on=Grant)
def principal_guid(grant: Grant, context: Context) -> Iterator[Diagnostic]:
    if isinstance(grant.principal, str) and grant.principal != SELF and not is_guid(grant.principal):
        hint = "the object id of the service principal, or {application_id: CLIENT-ID}, {application: NAME} …"
        yield context.error(f"the principal {grant.principal!r} is no object id (a GUID)", "principal", hint=hint)
