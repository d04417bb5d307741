"""Sign-in: azure-identity's credentials behind a token cache, and the identity that a token names."""

from __future__ import annotations

import base64
import binascii
import json
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from azure.core.credentials import AccessToken, AccessTokenInfo

    from provisioner.azure.clouds import Cloud

# Seconds before its expiry from which on a cached token is no longer used: the same as in azure-core's policies.
_RENEW_BEFORE_EXPIRY = 300


@dataclass(frozen=True, slots=True)
class Identity:
    """The signed-in identity as the claims of its ARM token describe it; an absent claim is None."""

    object_id: str | None = None
    name: str | None = None
    app_id: str | None = None
    tenant_id: str | None = None
    principal_type: Literal["ServicePrincipal", "User"] | None = None
    """The `principalType` for a role assignment; None where the token does not show it."""

    def __str__(self) -> str:
        names = [self.name or (f"application {self.app_id}" if self.app_id else "an unnamed identity")]
        return " ".join([*names, f"(object id {self.object_id})"] if self.object_id else names)


class TokenCache:
    """Caches the tokens of another credential by their scopes, and requests them for one tenant where it is set.

    It has both faces of azure-core's TokenCredential (`get_token`, `get_token_info`). Requests are made under a lock:
    threads that start together would otherwise each sign in (and each run `az account get-access-token`).
    """

    def __init__(self, credential: Any, tenant: str | None = None) -> None:
        self._credential = credential
        self._tenant = tenant
        self._cached: dict[tuple[str, ...], AccessTokenInfo] = {}
        self._lock = threading.Lock()
        self.token_requests = 0
        """How many tokens the wrapped credential was asked for."""

    def get_token(
        self, *scopes: str, claims: str | None = None, tenant_id: str | None = None, **options: Any
    ) -> AccessToken:
        """A token for the scopes, from the cache where it is still valid (the older face of TokenCredential)."""
        from azure.core.credentials import AccessToken

        requested = {"claims": claims, "tenant_id": tenant_id, "enable_cae": options.get("enable_cae")}
        info = self.get_token_info(*scopes, options={key: value for key, value in requested.items() if value})
        return AccessToken(info.token, info.expires_on)

    def get_token_info(self, *scopes: str, options: Any = None) -> AccessTokenInfo:
        """A token for the scopes, from the cache where it is still valid.

        `claims` in the options come from a challenge of conditional access, which refused the cached token.
        """
        token_options = dict(options or {})
        if self._tenant:
            token_options.setdefault("tenant_id", self._tenant)
        with self._lock:
            cached = self._cached.get(scopes)
            if cached and not token_options.get("claims") and cached.expires_on - time.time() > _RENEW_BEFORE_EXPIRY:
                return cached
            self.token_requests += 1
            token = self._request_token(scopes, token_options)
            self._cached[scopes] = token
            return token

    def clear(self) -> None:
        """Drop all cached tokens."""
        with self._lock:
            self._cached.clear()

    def close(self) -> None:
        """Close the wrapped credential, if it can be closed."""
        close = getattr(self._credential, "close", None)
        if close is not None:
            close()

    def _request_token(self, scopes: tuple[str, ...], options: dict[str, Any]) -> AccessTokenInfo:
        from azure.core.credentials import AccessTokenInfo

        if hasattr(self._credential, "get_token_info"):
            info: AccessTokenInfo = self._credential.get_token_info(*scopes, options=options or None)
            return info
        token = self._credential.get_token(*scopes, **options)
        return AccessTokenInfo(token.token, token.expires_on)


def default_credential(cloud: Cloud, tenant: str | None = None) -> Any:
    """azure-identity's DefaultAzureCredential: environment, workload identity, managed identity, az, and so on."""
    from azure.identity import DefaultAzureCredential

    allowed = {"additionally_allowed_tenants": [tenant]} if tenant else {}
    return DefaultAzureCredential(authority=cloud.authority, **allowed)


def identity_from_token(token: str) -> Identity:
    """The identity in a JWT's claims; an opaque token gives an empty Identity."""
    claims = token_claims(token)
    if claims is None:
        return Identity()
    name = claims.get("upn") or claims.get("preferred_username") or claims.get("unique_name") or claims.get("name")
    app = claims.get("appid") or claims.get("azp")
    return Identity(
        claims.get("oid"), name or claims.get("app_displayname"), app, claims.get("tid"), _principal_type(claims)
    )


def token_claims(token: str) -> dict[str, Any] | None:
    """The claims of a JWT; None for an opaque token."""
    # The signature is not checked: only the service relies on the token, here it tells who acts and what it may.
    parts = token.split(".")
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (IndexError, ValueError, binascii.Error):
        return None
    return claims if isinstance(claims, dict) else None


def _principal_type(claims: dict[str, Any]) -> Literal["ServicePrincipal", "User"] | None:
    # The claim idtyp is optional. Without it: only tokens of people carry delegated scopes or a user name. Source:
    # https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference
    if claims.get("idtyp") in {"app", "user"}:
        return "ServicePrincipal" if claims["idtyp"] == "app" else "User"
    if any(key in claims for key in ("upn", "preferred_username", "unique_name", "scp")):
        return "User"
    return "ServicePrincipal" if claims.get("appid") or claims.get("azp") else None
