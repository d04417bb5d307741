"""Where clients find the tenant's endpoints and signing keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from provisioner.emulator.http.response import Response

if TYPE_CHECKING:
    from provisioner.emulator.http.request import Request


def openid_configuration(request: Request) -> Response:
    """The OpenID configuration of the tenant in the path."""
    tenant = request.path_params["tenant"]
    root = f"{request.base_url}/{tenant}"
    return Response(
        body={
            "token_endpoint": f"{root}/oauth2/v2.0/token",
            "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt", "client_secret_basic"],
            "jwks_uri": f"{root}/discovery/v2.0/keys",
            "response_modes_supported": ["query", "fragment", "form_post"],
            "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "response_types_supported": ["code", "id_token", "code id_token", "id_token token"],
            "scopes_supported": ["openid", "profile", "email", "offline_access"],
            "issuer": f"{root}/v2.0",
            "authorization_endpoint": f"{root}/oauth2/v2.0/authorize",
            "device_authorization_endpoint": f"{root}/oauth2/v2.0/devicecode",
            "tenant_region_scope": None,
            "cloud_instance_name": "microsoftonline.com",
        }
    )


def signing_keys(request: Request) -> Response:
    """The public keys that tokens are signed with, as a JSON Web Key Set."""
    return Response(body=request.state.tokens.public_keys())


def instance_discovery(request: Request) -> Response:
    """Instance discovery: this server is an authority of its own."""
    host, tenant = request.base_url.removeprefix("https://"), request.state.identity.tenant
    return Response(
        body={
            "tenant_discovery_endpoint": f"{request.base_url}/{tenant}/v2.0/.well-known/openid-configuration",
            "api-version": "1.1",
            "metadata": [{"preferred_network": host, "preferred_cache": host, "aliases": [host]}],
        }
    )
