"""A workspace's name has 4 to 63 letters, digits or hyphens, with a letter or digit at both ends.

Why: Azure refuses the workspace.
Wrong: `workspace: {name: law_webshop}`
Right: `workspace: {name: law-webshop}`
Source: https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules
"""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.diagnostics import Diagnostic
from provisioner.model import Workspace
from provisioner.package_data import load_facts
from provisioner.validate.context import Context
from provisioner.validate.name_matching import matches_pattern
from provisioner.validate.rule import rule


@rule("NAM002", on=Workspace)
def workspace_name(workspace: Workspace, context: Context) -> Iterator[Diagnostic]:
    # Azure has accepted the name of an existing workspace.
    if workspace.existing:
        return
    name, facts = workspace.name, load_facts("names.yaml")["workspace"]
    least, most = facts["length"]
    if not least <= len(name) <= most:
        message = f"the workspace's name {name!r} has {len(name)} characters; {least} to {most} are allowed"
        yield context.error(message, "name")
    elif not matches_pattern(name, facts["pattern"]):
        hint = "letters, digits and hyphens, with a letter or digit at both ends"
        yield context.error(f"the workspace's name {name!r} is one that Azure refuses", "name", hint=hint)
