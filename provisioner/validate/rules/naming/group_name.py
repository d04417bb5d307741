"""A resource group's name has 1 to 90 letters, digits, `_`, `-`, `.` or parentheses and does not end in a dot.

Why: Azure refuses the group, and with it everything in it.
Wrong: `target: {subscription: 00000000-0000-0000-0000-000000000000, resource_group: rg-logs., location: westeurope}`
Right: `target: {subscription: 00000000-0000-0000-0000-000000000000, resource_group: rg-logs, location: westeurope}`
Source: https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from provisioner.diagnostics import Diagnostic
from provisioner.model import Manifest
from provisioner.package_data import load_facts
from provisioner.validate.context import Context
from provisioner.validate.rule import rule


@rule("NAM001", on=Manifest)
def group_name(manifest: Manifest, context: Context) -> Iterator[Diagnostic]:
    name, facts = manifest.target.resource_group, load_facts("names.yaml")["group"]
    least, most = facts["length"]
    if not least <= len(name) <= most:
        message = f"the resource group's name has {len(name)} characters; {least} to {most} are allowed"
        yield context.error(message, "target", "resource_group")
    elif name.endswith("."):
        yield context.error(f"the resource group's name {name!r} ends in a dot", "target", "resource_group")
    # Not `matches_pattern`, which is for ASCII: Azure takes letters of any script in a group's name.
    elif not re.fullmatch(facts["pattern"], name):
        hint = "letters, digits, '_', '-', '.' and parentheses are allowed"
        yield context.error(
            f"the resource group's name {name!r} holds a character that Azure refuses",
            "target",
            "resource_group",
            hint=hint,
        )
