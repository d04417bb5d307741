"""A data collection endpoint's name has at most 44 characters, of those that may stand in a host's name.

Why: the service refuses longer names (seen; the published contract is silent) and makes the host's name from it.
Which characters it takes is not documented: others than letters, digits, `-`, `_` and `.` are a warning.
Wrong: `endpoint: {name: "dce/webshop"}`
Right: `endpoint: {name: dce-webshop}`
Source: https://github.com/Azure/prometheus-collector/pull/922
"""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.diagnostics import Diagnostic
from provisioner.model import Endpoint
from provisioner.package_data import load_facts
from provisioner.validate.context import Context
from provisioner.validate.name_checks import check_resource_name
from provisioner.validate.rule import rule


@rule("NAM006", on=Endpoint)
def endpoint_name(endpoint: Endpoint, context: Context) -> Iterator[Diagnostic]:
    # Azure has accepted the name of an existing endpoint.
    if not endpoint.existing:
        yield from check_resource_name(endpoint.name, "endpoint", load_facts("names.yaml")["endpoint"], context, "name")
