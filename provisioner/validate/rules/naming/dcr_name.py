"""A data collection rule's name has at most 64 characters, of those that may stand in a resource's name.

Why: the service refuses longer names (seen; the published contract is silent). Which characters it takes is not
documented: others than letters, digits, `-`, `_` and `.` are a warning.
Wrong:
    tables: {Orders_CL: {columns: {TimeGenerated: datetime}}}
    streams: {Custom-Orders: Orders_CL}
    dcrs: {"dcr:orders": {streams: [Custom-Orders]}}
Right:
    tables: {Orders_CL: {columns: {TimeGenerated: datetime}}}
    streams: {Custom-Orders: Orders_CL}
    dcrs: {dcr-orders: {streams: [Custom-Orders]}}
Source: https://github.com/Azure/prometheus-collector/pull/922
"""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.diagnostics import Diagnostic
from provisioner.model import Dcr
from provisioner.package_data import load_facts
from provisioner.validate.context import Context
from provisioner.validate.name_checks import check_resource_name
from provisioner.validate.rule import rule


@rule("NAM007", on=Dcr)
def dcr_name(dcr: Dcr, context: Context) -> Iterator[Diagnostic]:
    yield from check_resource_name(dcr.name, "DCR", load_facts("names.yaml")["dcr"], context, key=True)
