"""Entra: tokens issued to applications and checked on every call."""

from __future__ import annotations

import json
import time
import uuid
from typing import TYPE_CHECKING, Any

from provisioner.emulator.http.request import Principal
from provisioner.emulator.http.response import Answer, Refusal

if TYPE_CHECKING:
    from provisioner.emulator.http.request import Call
    from provisioner.emulator.server_identity import Identity
    from provisioner.emulator.store import Store

AUDIENCES = {
    "arm": ("https://management.azure.com", "https://management.core.windows.net"),
    "ingestion": ("https://monitor.azure.com",),
    "query": ("https://api.loganalytics.io", "https://api.loganalytics.azure.com"),
}
"""The audiences of the public cloud; the server's own address is taken too, but not for ingestion."""

LIFETIME = 3599
_KEY_ID = "provisioner-emulator"
_SKEW = 300


class Tokens:
    """Signs with one key, remembers what it has verified."""

    def __init__(self, identity: Identity, store: Store) -> None:
        from cryptography.hazmat.primitives.serialization import load_pem_private_key

        self.identity = identity
        self.store = store
        self._key: Any = load_pem_private_key(identity.signing_key.encode(), None)
        self._seen: dict[str, dict[str, Any]] = {}

    def issue(self, base: str, principal: Principal, audience: str, lifetime: int) -> str:
        """A signed token for one audience."""
        import jwt

        now, tenant = int(time.time()), self.identity.tenant
        claims = {
            "aud": audience,
            "iss": f"{base}/{tenant}/v2.0",
            "iat": now,
            "nbf": now,
            "exp": now + lifetime,
            "appid": principal.client_id,
            "azp": principal.client_id,
            "idtyp": "app",
            "oid": principal.object_id,
            "sub": principal.object_id,
            "tid": tenant,
            "uti": uuid.uuid4().hex,
            "ver": "2.0",
        }
        return jwt.encode(claims, self._key, algorithm="RS256", headers={"kid": _KEY_ID})

    def claims(self, token: str) -> dict[str, Any]:
        """The claims of a token that this server signed; raises Refusal 401 where it did not or it is over."""
        claims = self._seen.get(token) or self._verify(token)
        if claims["exp"] + _SKEW < time.time() or claims.get("expired"):
            raise _unauthorized("ExpiredAuthenticationToken", "The access token has expired.")
        return claims

    def check(self, call: Call, plane: str) -> Principal:
        """Who calls, after signature, expiry, audience and tenant; raises Refusal 401."""
        scheme, _, token = call.headers.get("Authorization", "").partition(" ")
        if not token:
            raise _unauthorized("AuthenticationFailed", "Authentication failed. The 'Authorization' header is missing.")
        if scheme.lower() != "bearer":
            raise _unauthorized("AuthenticationFailed", "Authentication failed. The 'Authorization' header is invalid.")
        claims = self.claims(token.strip())
        audience = claims["aud"].rstrip("/")
        own = () if plane == "ingestion" else _own(call.base)
        if audience not in AUDIENCES[plane] and audience not in own:
            message = (
                f"The access token has been obtained for wrong audience or resource '{claims['aud']}'. It "
                "should exactly "
                f"match with one of the allowed audiences '{','.join(AUDIENCES[plane])}'."
            )
            code = "InvalidAuthenticationTokenAudience" if plane == "query" else "InvalidAuthenticationToken"
            raise _unauthorized(code, message)
        if claims["tid"] != self.identity.tenant:
            message = f"The access token is from the wrong issuer '{claims['iss']}'."
            raise _unauthorized("InvalidAuthenticationTokenTenant", message)
        return Principal(claims["oid"], claims["appid"])

    def expire(self) -> None:
        """Let every token issued so far be over, as a fault."""
        self._seen = {token: {**claims, "expired": True} for token, claims in self._seen.items()}

    def keys(self) -> dict[str, Any]:
        """The public key as a JSON Web Key Set."""
        from jwt.algorithms import RSAAlgorithm

        public = json.loads(RSAAlgorithm.to_jwk(self._key.public_key()))
        return {"keys": [{**public, "kid": _KEY_ID, "use": "sig", "alg": "RS256"}]}

    def _verify(self, token: str) -> dict[str, Any]:
        import jwt

        options: Any = {
            "verify_aud": False,
            "verify_exp": False,
            "verify_iat": False,
            "require": ["exp", "aud", "tid", "oid"],
        }
        try:
            claims: dict[str, Any] = jwt.decode(token, self._key.public_key(), algorithms=["RS256"], options=options)
        except jwt.PyJWTError as error:
            raise _unauthorized("InvalidAuthenticationToken", "The access token is invalid.") from error
        if len(self._seen) > 1000:
            self._seen.clear()
        self._seen[token] = claims
        return claims


def _own(base: str) -> tuple[str, ...]:
    # Clients derive a scope from the address they were given; both names of loopback are the same server.
    port = base.rpartition(":")[2]
    return tuple(f"https://{host}:{port}{path}" for host in ("127.0.0.1", "localhost") for path in ("", "/v1"))


def _unauthorized(code: str, message: str) -> Refusal:
    challenge = 'Bearer authorization_uri="https://login.microsoftonline.com/", error="invalid_token"'
    return Refusal(401, code, message, headers={"WWW-Authenticate": challenge})


def configuration(call: Call) -> Answer:
    """The OpenID configuration of the tenant."""
    tenant = call.names["tenant"]
    root = f"{call.base}/{tenant}"
    return Answer(
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


def keys(call: Call) -> Answer:
    """The keys that tokens are signed with."""
    return Answer(body=call.world.tokens.keys())


def discovery(call: Call) -> Answer:
    """Instance discovery: this server is an authority of its own."""
    host, tenant = call.base.removeprefix("https://"), call.world.identity.tenant
    return Answer(
        body={
            "tenant_discovery_endpoint": f"{call.base}/{tenant}/v2.0/.well-known/openid-configuration",
            "api-version": "1.1",
            "metadata": [{"preferred_network": host, "preferred_cache": host, "aliases": [host]}],
        }
    )
