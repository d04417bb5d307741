"""A running emulator as tests see it: addresses, a credential, faults, and the rows that were dropped."""

from __future__ import annotations

import http.client
import json
import ssl
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from provisioner.errors import ProvisionerError

if TYPE_CHECKING:
    from azure.identity import ClientSecretCredential

    from provisioner.emulator.lifecycle import ReadyLine


@dataclass(frozen=True, slots=True)
class AzureMonitor:
    """A running emulator; `ready` says where it is and who may call it.

    `fault`, `heal` and `control` are the older names of `inject_fault`, `clear_faults` and `call_admin_api`.
    """

    ready: ReadyLine

    @property
    def endpoint(self) -> str:
        """Where Azure Resource Manager answers."""
        return self.ready.endpoint

    @property
    def query_endpoint(self) -> str:
        """Where the log query API answers."""
        return self.ready.query

    @property
    def subscription(self) -> str:
        """The default subscription."""
        return self.ready.subscription

    @property
    def ca_file(self) -> str:
        """The certificate authority to trust: pass it as `connection_verify`."""
        return self.ready.ca_file

    def credential(self, **options: Any) -> ClientSecretCredential:
        """A credential of azure-identity for the default application."""
        from azure.identity import ClientSecretCredential

        ready = self.ready
        return ClientSecretCredential(
            ready.tenant,
            options.pop("client_id", ready.client_id),
            options.pop("client_secret", ready.client_secret),
            authority=ready.authority,
            disable_instance_discovery=True,
            connection_verify=ready.ca_file,
            **options,
        )

    def environment(self) -> dict[str, str]:
        """The variables that Azure's own tools read."""
        from provisioner.emulator.client_environment import environment_variables

        return environment_variables(self.ready)

    def requests(self) -> dict[str, int]:
        """Kind → number of requests since the start: `arm_reads`, `arm_writes`, `token`, `query` and others."""
        counts: dict[str, int] = self.call_admin_api("GET", "/emulator/requests")
        return counts

    def drops(self) -> list[dict[str, Any]]:
        """The rows that Azure drops without an error: rule, stream, table, reason, detail, count and message."""
        drops: list[dict[str, Any]] = self.call_admin_api("GET", "/emulator/drops")["drops"]
        return drops

    def inject_fault(self, fault: str, **values: object) -> None:
        """Turn a fault on, with its fields; raises ProvisionerError where a field is wrong."""
        self.call_admin_api("POST", "/emulator/faults", {"fault": fault, **values})

    def clear_faults(self) -> None:
        """Turn all faults off."""
        self.call_admin_api("DELETE", "/emulator/faults")

    def reset(self) -> None:
        """Forget all resources, rows, dropped rows and faults."""
        self.call_admin_api("POST", "/emulator/reset")

    def call_admin_api(self, method: str, path: str, body: object = None) -> Any:
        """Call one of the emulator's own paths with a JSON body; its parsed answer, or ProvisionerError from 400 on."""
        address = urlsplit(self.ready.endpoint)
        context = ssl.create_default_context(cafile=self.ready.ca_file)
        connection = http.client.HTTPSConnection(address.hostname or "", address.port, timeout=30, context=context)
        headers = {"Authorization": f"Bearer {self.ready.client_secret}", "Content-Type": "application/json"}
        try:
            connection.request(method, path, None if body is None else json.dumps(body), headers)
            answer = connection.getresponse()
            content = answer.read()
        finally:
            connection.close()
        if answer.status >= 400:
            raise ProvisionerError(f"the emulator answered {answer.status} to {method} {path}: {content.decode()}")
        return json.loads(content) if content else None

    fault = inject_fault
    heal = clear_faults
    control = call_admin_api

    def __repr__(self) -> str:
        # Without the secret: test reports print it.
        shown = {key: value for key, value in asdict(self.ready).items() if key != "client_secret"}
        return f"AzureMonitor({shown})"
