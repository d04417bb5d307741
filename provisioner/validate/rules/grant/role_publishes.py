"""A grant gives the role Monitoring Metrics Publisher.

Why: sending needs its data action; Owner, Contributor and the others do not have it, and ingestion answers 403. A role
of your own, given by its GUID, may have it: a warning.
Wrong:
    tables: {Orders_CL: {columns: {TimeGenerated: datetime}}}
    streams: {Custom-Orders: Orders_CL}
    grants: {checkout: {principal: 6f9619ff-8b86-d011-b42d-00c04fc964ff, role: Contributor}}
Right:
    tables: {Orders_CL: {columns: {TimeGenerated: datetime}}}
    streams: {Custom-Orders: Orders_CL}
    grants: {checkout: {principal: 6f9619ff-8b86-d011-b42d-00c04fc964ff, role: Monitoring Metrics Publisher}}
Source: https://learn.microsoft.com/azure/azure-monitor/logs/tutorial-logs-ingestion-api
"""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.diagnostics import Diagnostic
from provisioner.model import PUBLISHER, Grant
from provisioner.package_data import load_facts
from provisioner.suggest import nearest_name
from provisioner.validate.context import Context
from provisioner.validate.name_matching import is_guid
from provisioner.validate.rule import rule


@rule("GRA002", on=Grant, severity="warning")
def role_publishes(grant: Grant, context: Context) -> Iterator[Diagnostic]:
    # A role may be written by its name or by its GUID.
    role_ids = {name.lower(): id_ for name, id_ in load_facts("roles.yaml")["roles"].items()}
    role = grant.role.lower()
    if role in (PUBLISHER.lower(), role_ids[PUBLISHER.lower()]):
        return
    if is_guid(role) or role in role_ids:
        message = f"the role {grant.role!r} is not {PUBLISHER}"
        yield context.warning(message, "role", hint="only its data action lets a sender in; others get 403")
    else:
        right = nearest_name(grant.role, load_facts("roles.yaml")["roles"]) or PUBLISHER
        yield context.error(
            f"the role {grant.role!r} is not known offline",
            "role",
            hint=f"did you mean {right!r}? A role of your own is given by its GUID",
            fix=context.change(f"write {right!r}", right, "role"),
        )
