"""The credential of the emulator's own application."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from azure.core.credentials import AccessTokenInfo
from azure.core.exceptions import ClientAuthenticationError
from azure.core.pipeline import Pipeline
from azure.core.pipeline.policies import RetryPolicy
from azure.core.pipeline.transport import HttpRequest

from provisioner.azure.http_pipeline import create_transport

if TYPE_CHECKING:
    from azure.core.pipeline.transport import HttpResponse
    from requests import Session

    from provisioner.azure.clouds import Cloud


# Not azure-identity's: importing it, with the certificates and sign-in caches behind it, is a tenth of what a command
# against a running emulator takes. Its clients meet the same token endpoint in the tests.
class EmulatorCredential:
    """Client id and secret against the token endpoint of an emulator, with azure-core's retries and errors."""

    def __init__(self, cloud: Cloud, tenant: str, client_id: str, client_secret: str, session: Session) -> None:
        self._url = f"{cloud.authority.rstrip('/')}/{tenant}/oauth2/v2.0/token"
        self._form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": client_secret}
        self._pipeline: Pipeline[HttpRequest, HttpResponse] = Pipeline(
            create_transport(cloud, session), policies=[RetryPolicy()]
        )

    def get_token_info(self, *scopes: str, options: Any = None) -> AccessTokenInfo:
        """A new token for the scopes; the emulator has one tenant and no challenges, so that `options` say nothing.

        Raises ClientAuthenticationError where the endpoint refuses, ServiceRequestError where it cannot be reached.
        """
        del options
        form = urlencode({**self._form, "scope": " ".join(scopes)})
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        request = HttpRequest("POST", self._url, headers=headers, data=form)
        response = self._pipeline.run(request).http_response
        try:
            answer = json.loads(response.text())
        except ValueError:
            answer = {}
        if response.status_code != 200 or "access_token" not in answer:
            text = answer.get("error_description") or f"the token endpoint answered {response.status_code}"
            raise ClientAuthenticationError(message=f"Authentication failed: {text}", response=response)
        return AccessTokenInfo(answer["access_token"], int(time.time()) + int(answer["expires_in"]))
