"""Bicep files."""

from __future__ import annotations

from provisioner.render.bicep_files import render_bicep
from provisioner.render.format import DesiredResources
from provisioner.reports.report_format import report_format


@report_format("bicep", view="resources", position=2)
def bicep_format(desired: DesiredResources) -> dict[str, str]:
    """`main.bicep`, `README.md` on going on without us, `workspace-tables.bicep` where the workspace is elsewhere."""
    return render_bicep(desired.manifest, desired.graph)
