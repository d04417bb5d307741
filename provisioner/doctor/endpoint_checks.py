"""Whether the endpoints that take records in can be reached from this machine."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from provisioner.azure.connection_errors import unreachable_error
from provisioner.doctor.health_check import HealthCheck, failed, passed
from provisioner.package_data import load_facts
from provisioner.plan import Plan
from provisioner.resources import Body
from provisioner.resources.dcr_resource import own_endpoint

if TYPE_CHECKING:
    from provisioner.azure import Azure


def check_endpoints(plan: Plan, azure: Azure) -> Iterator[HealthCheck]:
    """One result for each endpoint that exists: whether it answers, and whether it is open to this network."""
    addresses = dict(_addresses(plan))
    if not addresses:
        yield passed("endpoint", "none is there yet: apply makes it")
    for address, (name, body) in addresses.items():
        yield _check_endpoint(azure, address, name, body)


def _addresses(plan: Plan) -> Iterator[tuple[str, tuple[str, Body]]]:
    for endpoint in plan.live.graph.of_type("endpoint"):
        address = ((endpoint.body.get("properties") or {}).get("logsIngestion") or {}).get("endpoint")
        if address:
            yield str(address), (f"endpoint {endpoint.name}", endpoint.body)
    # A rule of kind Direct has an address of its own, behind which the same network rules stand.
    for dcr in plan.live.graph.of_type("dcr"):
        if address := own_endpoint(dcr.body):
            yield address, (f"dcr {dcr.name}", dcr.body)


def _check_endpoint(azure: Azure, address: str, name: str, body: Body) -> HealthCheck:
    from requests import RequestException

    host = urlsplit(address).netloc
    access = ((body.get("properties") or {}).get("networkAcls") or {}).get("publicNetworkAccess", "Enabled")
    private = "use a machine in the network that its private link scope is connected to, or open `public_access`"
    verify = str(azure.cloud.ca_file) if azure.cloud.ca_file else True
    try:
        # Without a token: any answer shows that the way is open, and nothing can be written by it.
        answer = azure.session.get(address, timeout=load_facts("health.yaml")["timeout_seconds"], verify=verify)
    except RequestException as error:
        problem = unreachable_error(error, host)
        closed = access != "Enabled" or problem.host_unknown
        return failed("endpoint", f"{name}: {problem.message}", private if closed else str(problem.hint))
    if access != "Enabled" and "publicnetworkaccess" in answer.text.lower():
        return failed("endpoint", f"{name}: {host} is closed to this network ({access})", private)
    return passed("endpoint", f"{name}: {host} answers")
