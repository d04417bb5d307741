"""Access tokens: signed with one key, and verified on every call by signature, age, audience and tenant."""

from __future__ import annotations

import json
import time
import uuid
from typing import TYPE_CHECKING, Any

from provisioner.emulator.http.request import Principal
from provisioner.emulator.http.response import ApiError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from provisioner.emulator.http.request import Request
    from provisioner.emulator.server_identity import ServerIdentity

AUDIENCES = {
    "arm": ("https://management.azure.com", "https://management.core.windows.net"),
    "ingestion": ("https://monitor.azure.com",),
    "graph": ("https://graph.microsoft.com",),
    "query": ("https://api.loganalytics.io", "https://api.loganalytics.azure.com"),
}
"""Plane → the audiences of the public cloud; the server's own address is accepted too, but not for ingestion."""

TOKEN_LIFETIME = 3599
"""Seconds that Entra says a client-credentials token is good for."""

_KEY_ID = "provisioner-emulator"
# Verifiers allow for clocks that differ; Faults.token_lifetime takes the same time off again.
_CLOCK_SKEW = 300
_REMEMBERED = 1000


class TokenService:
    """Signs tokens with the state directory's key, and remembers which it has verified: RSA is slow."""

    def __init__(self, identity: ServerIdentity) -> None:
        from cryptography.hazmat.primitives.serialization import load_pem_private_key

        self.identity = identity
        self._key: Any = load_pem_private_key(identity.signing_key.encode(), None)
        self._verified: dict[str, dict[str, Any]] = {}

    def issue(self, base: str, principal: Principal, audience: str, lifetime: int, roles: Sequence[str] = ()) -> str:
        """A token for one audience, good for `lifetime` seconds and the clock skew; `base` is the issuer's address.

        `roles` are the application's permissions for that audience.
        """
        now, tenant = int(time.time()), self.identity.tenant
        claims = {
            "aud": audience,
            "iss": f"{base}/{tenant}/v2.0",
            "iat": now,
            "nbf": now,
            "exp": now + lifetime,
            "appid": principal.client_id,
            "azp": principal.client_id,
            # Claims that Azure's SDKs and other services read; there are no users, so no delegated ones.
            "idtyp": "app",
            "oid": principal.object_id,
            "sub": principal.object_id,
            "tid": tenant,
            "uti": uuid.uuid4().hex,
            "ver": "2.0",
            **({"roles": list(roles)} if roles else {}),
        }
        return self.sign(claims)

    def sign(self, claims: dict[str, Any]) -> str:
        """Any claims as a JSON Web Token, signed with this server's key."""
        import jwt

        return jwt.encode(claims, self._key, algorithm="RS256", headers={"kid": _KEY_ID})

    def verify(self, token: str) -> dict[str, Any]:
        """The claims of a token; raises ApiError 401 where this server did not sign it or it has expired."""
        claims = self._verified.get(token) or self._decode(token)
        if claims["exp"] + _CLOCK_SKEW < time.time() or claims.get("expired"):
            raise _unauthorized("ExpiredAuthenticationToken", "The access token has expired.")
        return claims

    def authenticate(self, request: Request, plane: str) -> Principal:
        """The caller of a request to that plane; raises ApiError 401 where its token is missing or not good for it."""
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if not token:
            raise _unauthorized("AuthenticationFailed", "Authentication failed. The 'Authorization' header is missing.")
        if scheme.lower() != "bearer":
            raise _unauthorized("AuthenticationFailed", "Authentication failed. The 'Authorization' header is invalid.")
        claims = self.verify(token.strip())
        audience = claims["aud"].rstrip("/")
        # Senders that ask for the wrong audience must fail here as they would in Azure.
        own = () if plane == "ingestion" else _own_audiences(request.base_url)
        if audience not in AUDIENCES[plane] and audience not in own:
            message = (
                f"The access token has been obtained for wrong audience or resource '{claims['aud']}'. It "
                f"should exactly match with one of the allowed audiences '{','.join(AUDIENCES[plane])}'."
            )
            code = "InvalidAuthenticationTokenAudience" if plane == "query" else "InvalidAuthenticationToken"
            raise _unauthorized(code, message)
        if claims["tid"] != self.identity.tenant:
            message = f"The access token is from the wrong issuer '{claims['iss']}'."
            raise _unauthorized("InvalidAuthenticationTokenTenant", message)
        return Principal(claims["oid"], claims["appid"], tuple(claims.get("roles") or ()))

    def expire_issued_tokens(self) -> None:
        """Expire every token that has been used so far."""
        self._verified = {token: {**claims, "expired": True} for token, claims in self._verified.items()}

    def public_keys(self) -> dict[str, Any]:
        """The public key as a JSON Web Key Set."""
        from jwt.algorithms import RSAAlgorithm

        public = json.loads(RSAAlgorithm.to_jwk(self._key.public_key()))
        return {"keys": [{**public, "kid": _KEY_ID, "use": "sig", "alg": "RS256"}]}

    def _decode(self, token: str) -> dict[str, Any]:
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
        # Tokens live an hour: starting over costs a verification each.
        if len(self._verified) > _REMEMBERED:
            self._verified.clear()
        self._verified[token] = claims
        return claims


def _own_audiences(base: str) -> tuple[str, ...]:
    # Azure's clients derive the audience from the address that they call; both names of loopback are this server.
    port = base.rpartition(":")[2]
    return tuple(f"https://{host}:{port}{path}" for host in ("127.0.0.1", "localhost") for path in ("", "/v1"))


def _unauthorized(code: str, message: str) -> ApiError:
    challenge = 'Bearer authorization_uri="https://login.microsoftonline.com/", error="invalid_token"'
    return ApiError(401, code, message, headers={"WWW-Authenticate": challenge})
