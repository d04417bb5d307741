"""The emulator's addresses and secrets as environment variables for Azure's own tools."""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from provisioner.emulator.lifecycle import ReadyLine

HINT = (
    "Credentials of azure-identity for Python and JavaScript also need disable_instance_discovery=True "
    "(disableInstanceDiscovery: true): no variable switches it off."
)


def environment_variables(ready: ReadyLine) -> dict[str, str]:
    """Name → value; tools of Azure, of Terraform and of each language's TLS library read them."""
    without_proxy = "127.0.0.1,localhost,::1"
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
        # Some tools read the one spelling, some the other.
        "NO_PROXY": without_proxy,
        "no_proxy": without_proxy,
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


def shell_script(ready: ReadyLine, shell: str) -> str:
    """The variables as a script for `sh` or `powershell`; for `json` with the ready line as one object."""
    if shell == "json":
        return json.dumps({**asdict(ready), "environment": environment_variables(ready), "hint": HINT}, indent=2)
    if shell == "powershell":
        lines = [f"$env:{name} = {_powershell_text(value)}" for name, value in environment_variables(ready).items()]
    else:
        import shlex

        lines = [f"export {name}={shlex.quote(value)}" for name, value in environment_variables(ready).items()]
    return "\n".join([*lines, f"# {HINT}"])


def _powershell_text(value: str) -> str:
    """A text as an expression of PowerShell, in ASCII alone."""
    # PowerShell reads a program's output in the console's code page, and takes typographic quotes for its own.
    # Source: https://learn.microsoft.com/powershell/module/microsoft.powershell.core/about/about_quoting_rules
    terms = [_powershell_term(part) for part in re.findall(r"[ -~]+|[^ -~]", value)]
    # A text in quotes comes first: the sum of a text and characters is a text.
    return " + ".join(terms if terms and terms[0].startswith("'") else ["''", *terms])


def _powershell_term(part: str) -> str:
    """Printable ASCII in quotes, or one other character by its UTF-16 units, which a `[char]` holds one of."""
    if part[0].isascii() and part[0].isprintable():
        return "'" + part.replace("'", "''") + "'"
    units = part.encode("utf-16-be", "surrogatepass")
    return " + ".join(f"[char]0x{units[i : i + 2].hex().upper()}" for i in range(0, len(units), 2))
