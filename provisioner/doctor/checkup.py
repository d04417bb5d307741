"""All checks of an environment, in the order in which one depends on another."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from provisioner.doctor.endpoint_checks import check_endpoints
from provisioner.doctor.health_check import HealthCheck, HealthReport, failed, guarded, passed
from provisioner.doctor.network_checks import NETWORK_CHECKS, check_network
from provisioner.doctor.subscription_checks import check_providers, check_quotas, check_rights, check_subscription
from provisioner.errors import CloudError
from provisioner.model import Manifest

if TYPE_CHECKING:
    from provisioner.azure import Azure
    from provisioner.plan import Plan

CHECK_NAMES = (
    *NETWORK_CHECKS,
    "sign_in",
    "subscription",
    "providers",
    "region",
    "quotas",
    "rights",
    "endpoint",
)
"""Every check by its name, in the order in which they are made."""


def check_up(manifest: Manifest, azure: Azure, make_plan: Callable[[], Plan]) -> HealthReport:
    """Ask everything that an apply depends on; nothing is written, and no error is raised.

    `make_plan` gives the plan against Azure as it is. What a failed check makes impossible to ask is skipped.
    """
    # A clock that is off does not keep the next questions from an answer; a network that fails does.
    checks = guarded("network", lambda: check_network(azure))
    if not all(check.ok for check in checks if check.name != "clock"):
        return _report(checks)
    signed_in = guarded("sign_in", lambda: iter([_sign_in(azure)]))
    checks += signed_in
    if not all(check.ok for check in signed_in):
        return _report(checks)
    subscription = guarded("subscription", lambda: check_subscription(manifest, azure))
    checks += subscription
    if not all(check.ok for check in subscription):
        return _report(checks)
    # A real plan and not a list of guesses: which rights and providers are needed depends on what is there.
    try:
        plan = make_plan()
    except CloudError as error:
        return _report([*checks, failed("rights", error.message, error.hint or "ask for the role Reader there")])
    checks += guarded("providers", lambda: check_providers(manifest, plan, azure))
    checks += guarded("quotas", lambda: check_quotas(manifest, plan))
    checks += guarded("rights", lambda: check_rights(plan))
    checks += guarded("endpoint", lambda: check_endpoints(plan, azure))
    return _report(checks)


def _sign_in(azure: Azure) -> HealthCheck:
    identity = azure.identity
    tenant = azure.target.tenant
    if tenant and identity.tenant_id and tenant.lower() != identity.tenant_id.lower():
        message = f"{identity} is signed in to the tenant {identity.tenant_id}, and `target.tenant` is {tenant}"
        return failed("sign_in", message, f"az login --tenant {tenant}")
    return passed("sign_in", str(identity))


def _report(checks: list[HealthCheck]) -> HealthReport:
    asked = {check.name for check in checks}
    return HealthReport(tuple(checks), tuple(name for name in CHECK_NAMES if name not in asked))
