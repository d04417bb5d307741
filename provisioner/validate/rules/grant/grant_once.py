"""No two grants give one role on one rule to one principal.

Why: Azure keeps such a grant once; the name derived for both is the same.
Wrong:
    tables: {Orders_CL: {columns: {TimeGenerated: datetime}}}
    streams: {Custom-Orders: Orders_CL}
    grants: {checkout: {principal: 6f9619ff-8b86-d011-b42d-00c04fc964ff}, again: {principal: 6F9619FF-8B86-D011-B42D-00C04FC964FF}}
Right:
    tables: {Orders_CL: {columns: {TimeGenerated: datetime}}}
    streams: {Custom-Orders: Orders_CL}
    grants: {checkout: {principal: 6f9619ff-8b86-d011-b42d-00c04fc964ff}}
Source: https://learn.microsoft.com/azure/role-based-access-control/troubleshooting
"""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.diagnostics import Diagnostic
from provisioner.model import Manifest
from provisioner.package_data import load_facts
from provisioner.validate.context import Context
from provisioner.validate.rule import rule


@rule("GRA004", on=Manifest)
def grant_once(manifest: Manifest, context: Context) -> Iterator[Diagnostic]:
    # A role may be written by its name or by its GUID.
    role_ids = {name.lower(): id_ for name, id_ in load_facts("roles.yaml")["roles"].items()}
    grant_of: dict[tuple[str, str, str], str] = {}
    for grant in manifest.grants.values():
        role = grant.role.lower()
        keys = [(name, str(grant.principal).lower(), role_ids.get(role, role)) for name in grant.dcrs]
        first = next((grant_of[key] for key in keys if key in grant_of), None)
        if first is not None:
            message = f"the grants {first!r} and {grant.name!r} give the same role to the same principal"
            yield context.error(message, "grants", grant.name, key=True, hint="remove one of them")
        for key in keys:
            grant_of.setdefault(key, grant.name)
