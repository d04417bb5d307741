"""What a test holds of a running emulator: its addresses, a credential, and the levers that Azure does not have."""

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

    from provisioner.emulator.lifecycle import Ready


@dataclass(frozen=True, slots=True)
class AzureMonitor:
    """A running emulator; `ready` says where it is and who may call it."""

    ready: Ready

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
        from provisioner.emulator.client_environment import variables

        return variables(self.ready)

    def requests(self) -> dict[str, int]:
        """How many requests of each kind came in."""
        counts: dict[str, int] = self.control("GET", "/emulator/requests")
        return counts

    def drops(self) -> list[dict[str, Any]]:
        """What was lost in silence, and why."""
        found: list[dict[str, Any]] = self.control("GET", "/emulator/drops")["drops"]
        return found

    def fault(self, fault: str, **values: Any) -> None:
        """Turn a fault on."""
        self.control("POST", "/emulator/faults", {"fault": fault, **values})

    def heal(self) -> None:
        """Turn all faults off."""
        self.control("DELETE", "/emulator/faults")

    def reset(self) -> None:
        """Forget all resources, rows, losses and faults."""
        self.control("POST", "/emulator/reset")

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """Call one of the emulator's own paths; raises ProvisionerError where it says no."""
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

    def __repr__(self) -> str:
        shown = {key: value for key, value in asdict(self.ready).items() if key != "client_secret"}
        return f"AzureMonitor({shown})"
