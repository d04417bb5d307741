"""Who signs in: azure-identity's credentials, one token per audience however many threads ask."""

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
    from requests import Session

    from provisioner.azure.clouds import Cloud

_MARGIN = 300
"""Seconds before its end at which a token is asked for anew."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who acts, as the claims of an ARM token say; what a token does not say is None."""

    object_id: str | None = None
    name: str | None = None
    app_id: str | None = None
    tenant_id: str | None = None
    kind: Literal["ServicePrincipal", "User"] | None = None
    """What a role assignment calls it; None where the token does not tell."""

    def __str__(self) -> str:
        words = [self.name or (f"application {self.app_id}" if self.app_id else "an unnamed identity")]
        return " ".join([*words, f"(object id {self.object_id})"] if self.object_id else words)


class Tokens:
    """A credential over another: remembers tokens, asks under a lock, names the tenant where one is wanted."""

    def __init__(self, credential: Any, tenant: str | None = None) -> None:
        self._credential = credential
        self._tenant = tenant
        self._known: dict[tuple[str, ...], AccessTokenInfo] = {}
        self._lock = threading.Lock()
        self.asked = 0
        """How many tokens the credential was asked for."""

    def get_token(
        self, *scopes: str, claims: str | None = None, tenant_id: str | None = None, **options: Any
    ) -> AccessToken:
        """The older of the two faces of azure-core's TokenCredential."""
        from azure.core.credentials import AccessToken

        wanted = {"claims": claims, "tenant_id": tenant_id, "enable_cae": options.get("enable_cae")}
        info = self.get_token_info(*scopes, options={key: value for key, value in wanted.items() if value})
        return AccessToken(info.token, info.expires_on)

    def get_token_info(self, *scopes: str, options: Any = None) -> AccessTokenInfo:
        """A token for the scopes; a challenge's `claims` make the remembered one worthless."""
        wanted = dict(options or {})
        if self._tenant:
            wanted.setdefault("tenant_id", self._tenant)
        with self._lock:
            known = self._known.get(scopes)
            if known and not wanted.get("claims") and known.expires_on - time.time() > _MARGIN:
                return known
            self.asked += 1
            found = self._ask(scopes, wanted)
            self._known[scopes] = found
            return found

    def forget(self) -> None:
        """Ask anew next time."""
        with self._lock:
            self._known.clear()

    def close(self) -> None:
        """Let go of the credential's connections."""
        close = getattr(self._credential, "close", None)
        if close is not None:
            close()

    def _ask(self, scopes: tuple[str, ...], options: dict[str, Any]) -> AccessTokenInfo:
        from azure.core.credentials import AccessTokenInfo

        if hasattr(self._credential, "get_token_info"):
            info: AccessTokenInfo = self._credential.get_token_info(*scopes, options=options or None)
            return info
        token = self._credential.get_token(*scopes, **options)
        return AccessTokenInfo(token.token, token.expires_on)


def default(cloud: Cloud, tenant: str | None = None) -> Any:
    """What azure-identity finds on the machine: environment, workload identity, managed identity, az, and so on."""
    from azure.identity import DefaultAzureCredential

    allowed = {"additionally_allowed_tenants": [tenant]} if tenant else {}
    return DefaultAzureCredential(authority=cloud.authority, **allowed)


def secret(cloud: Cloud, tenant: str, client_id: str, client_secret: str, session: Session) -> Any:
    """One application's secret at the cloud's own authority: no instance discovery, no proxy, no cached sign-in."""
    from azure.core.pipeline.transport import RequestsTransport
    from azure.identity import ClientSecretCredential

    verify = {"connection_verify": str(cloud.ca_file)} if cloud.ca_file else {}
    return ClientSecretCredential(
        tenant,
        client_id,
        client_secret,
        authority=cloud.authority,
        disable_instance_discovery=True,
        transport=RequestsTransport(session=session, session_owner=False, **verify),
        proxies={},
    )


def identify(token: str) -> Identity:
    """Read a token's claims without proving them: ARM does that; an opaque token tells nothing."""
    parts = token.split(".")
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (IndexError, ValueError, binascii.Error):
        return Identity()
    if not isinstance(claims, dict):
        return Identity()
    name = claims.get("upn") or claims.get("preferred_username") or claims.get("unique_name") or claims.get("name")
    app = claims.get("appid") or claims.get("azp")
    return Identity(claims.get("oid"), name or claims.get("app_displayname"), app, claims.get("tid"), _kind(claims))


def _kind(claims: dict[str, Any]) -> Literal["ServicePrincipal", "User"] | None:
    """`idtyp` says it; older tokens show it: only a person has scopes or a user name."""
    if claims.get("idtyp") in {"app", "user"}:
        return "ServicePrincipal" if claims["idtyp"] == "app" else "User"
    if any(key in claims for key in ("upn", "preferred_username", "unique_name", "scp")):
        return "User"
    return "ServicePrincipal" if claims.get("appid") or claims.get("azp") else None
