"""Terraform files over azapi."""

from __future__ import annotations

from provisioner.render.format import DesiredResources
from provisioner.render.terraform_files import render_terraform, terraform_imports
from provisioner.reports.report_format import report_format


@report_format("terraform", view="resources", position=4)
def terraform_format(desired: DesiredResources) -> dict[str, str]:
    """`main.tf`, `variables.tf`, `outputs.tf` and `README.md` on going on without us."""
    files = render_terraform(desired.manifest, desired.graph)
    if desired.import_blocks:
        files["imports.tf"] = terraform_imports(desired.manifest, desired.graph)
    return files
