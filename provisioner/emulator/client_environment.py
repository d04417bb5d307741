"""The emulator's address and secrets as environment variables for Azure's own tools."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from provisioner.emulator.lifecycle import Ready

HINT = (
    "Credentials of azure-identity for Python and JavaScript also need disable_instance_discovery=True "
    "(disableInstanceDiscovery: true): no variable switches it off."
)


def variables(ready: Ready) -> dict[str, str]:
    """Name → value; tools of Azure, of Terraform and of each language's TLS read them."""
    bypass = "127.0.0.1,localhost,::1"
    return {
        "AZURE_AUTHORITY_HOST": ready.authority,
        "AZURE_TENANT_ID": ready.tenant,
        "AZURE_CLIENT_ID": ready.client_id,
        "AZURE_CLIENT_SECRET": ready.client_secret,
        "AZURE_SUBSCRIPTION_ID": ready.subscription,
        "AZURE_RESOURCE_MANAGER_ENDPOINT": ready.endpoint,
        "AZURE_CORE_INSTANCE_DISCOVERY": "false",
        "REQUESTS_CA_BUNDLE": ready.ca_file,
        "SSL_CERT_FILE": ready.ca_file,
        "NODE_EXTRA_CA_CERTS": ready.ca_file,
        "CURL_CA_BUNDLE": ready.ca_file,
        "NO_PROXY": bypass,
        "no_proxy": bypass,
        "ARM_TENANT_ID": ready.tenant,
        "ARM_CLIENT_ID": ready.client_id,
        "ARM_CLIENT_SECRET": ready.client_secret,
        "ARM_SUBSCRIPTION_ID": ready.subscription,
        "ARM_ACTIVE_DIRECTORY_AUTHORITY_HOST": ready.authority,
        "ARM_RESOURCE_MANAGER_ENDPOINT": ready.endpoint,
        "ARM_RESOURCE_MANAGER_AUDIENCE": ready.endpoint,
        "ARM_DISABLE_INSTANCE_DISCOVERY": "true",
        "ARM_SKIP_PROVIDER_REGISTRATION": "true",
    }


def script(ready: Ready, shell: str) -> str:
    """The variables as a script for `sh` or `powershell`, or with the ready line as JSON."""
    if shell == "json":
        return json.dumps({**asdict(ready), "environment": variables(ready), "hint": HINT}, indent=2)
    if shell == "powershell":
        lines = [f"$env:{name} = '{value.replace(chr(39), chr(39) * 2)}'" for name, value in variables(ready).items()]
    else:
        import shlex

        lines = [f"export {name}={shlex.quote(value)}" for name, value in variables(ready).items()]
    return "\n".join([*lines, f"# {HINT}"])
