"""An ARM template."""

from __future__ import annotations

from provisioner.render.arm_template import render_arm
from provisioner.render.format import DesiredResources
from provisioner.reports.report_format import report_format


@report_format("arm", view="resources", position=1)
def arm_format(desired: DesiredResources) -> dict[str, str]:
    """`template.json`: parameters, resources with what they depend on, and outputs for senders."""
    return render_arm(desired.manifest, desired.graph)
