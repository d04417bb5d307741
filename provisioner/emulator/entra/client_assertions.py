"""Signed assertions instead of a secret: by a client certificate, or by a federated identity provider."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from provisioner.emulator.http.response import Refusal

if TYPE_CHECKING:
    from provisioner.emulator.http.request import Call

_SKEW = 300


def check_assertion(call: Call, assertion: str, application: dict[str, Any]) -> None:
    """Accept what a registered certificate or a registered issuer signed for its subject; else Refusal."""
    import jwt

    try:
        claims = jwt.decode(assertion, options={"verify_signature": False})
    except jwt.PyJWTError as error:
        raise _no(50027, "JWT token is invalid or malformed.") from error
    if claims.get("iss") == application["client_id"] == claims.get("sub"):
        _check_certificate(call, assertion, application)
    else:
        _check_federation(assertion, claims, application)


def _check_certificate(call: Call, assertion: str, application: dict[str, Any]) -> None:
    import jwt
    from cryptography.x509 import load_pem_x509_certificate

    for pem in application.get("certificates") or []:
        key: Any = load_pem_x509_certificate(pem.encode()).public_key()
        try:
            # The audience is the token endpoint; its spelling differs between clients' versions, its tenant may not.
            options: Any = {"verify_aud": False, "require": ["exp"]}
            claims = jwt.decode(assertion, key, algorithms=["RS256", "PS256"], leeway=_SKEW, options=options)
        except jwt.ExpiredSignatureError as error:
            raise _no(700024, "Client assertion is not within its valid time range.") from error
        except jwt.PyJWTError:
            continue
        if not str(claims.get("aud", "")).startswith((call.base, "https://login.microsoftonline.com/")):
            raise _no(700023, f"Client assertion audience claim does not match: {claims.get('aud')}.")
        return
    raise _no(
        700027, "The certificate with identifier used to sign the client assertion is not registered on application."
    )


def _check_federation(assertion: str, claims: dict[str, Any], application: dict[str, Any]) -> None:
    import jwt

    issuer, subject = claims.get("iss"), claims.get("sub")
    trusted = [each for each in application.get("federations") or [] if each.get("issuer") == issuer]
    if not trusted:
        raise _no(700211, f"No matching federated identity record found for presented assertion issuer '{issuer}'.")
    match = next((each for each in trusted if each.get("subject") == subject), None)
    if match is None:
        raise _no(700213, f"No matching federated identity record found for presented assertion subject '{subject}'.")
    audience = match.get("audience", "api://AzureADTokenExchange")
    for key in jwt.PyJWKSet.from_dict(match["jwks"]).keys:
        try:
            jwt.decode(assertion, key.key, algorithms=["RS256", "ES256"], audience=audience, leeway=_SKEW)
        except jwt.InvalidAudienceError as error:
            message = (
                f"No matching federated identity record found for presented assertion audience '{claims.get('aud')}'."
            )
            raise _no(700212, message) from error
        except jwt.ExpiredSignatureError as error:
            raise _no(700024, "Client assertion is not within its valid time range.") from error
        except jwt.PyJWTError:
            continue
        return
    raise _no(50027, "JWT token is invalid: its signature does not fit a key of the issuer.")


def _no(number: int, message: str) -> Refusal:
    return Refusal(401, f"AADSTS{number}", message, oauth="invalid_client")
