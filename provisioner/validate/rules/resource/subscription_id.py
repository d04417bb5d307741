"""A subscription and a tenant are GUIDs.

Why: Azure knows them by nothing else.
Wrong: `target: {subscription: my-subscription, resource_group: rg-logs, location: westeurope}`
Right: `target: {subscription: 6f9619ff-8b86-d011-b42d-00c04fc964ff, resource_group: rg-logs, location: westeurope}`
Source: https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules
"""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.diagnostics import Diagnostic
from provisioner.model import Manifest
from provisioner.validate.context import Context
from provisioner.validate.name_matching import is_guid
from provisioner.validate.rule import rule


@rule("RES010", on=Manifest)
def subscription_id(manifest: Manifest, context: Context) -> Iterator[Diagnostic]:
    # The emulator takes any.
    if manifest.target.cloud == "local":
        return
    for name in ("subscription", "tenant"):
        value = getattr(manifest.target, name)
        if value is not None and not is_guid(value):
            hint = f"`az account show --query {'id' if name == 'subscription' else 'tenantId'}` prints it"
            yield context.error(f"the {name} {value!r} is no GUID", "target", name, hint=hint)
