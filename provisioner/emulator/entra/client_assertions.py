"""Client assertions, which stand in for a secret: signed by a certificate or by a federated identity provider."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from provisioner.emulator.http.response import ApiError

if TYPE_CHECKING:
    from provisioner.emulator.http.request import Request

_CLOCK_SKEW = 300


def check_assertion(request: Request, assertion: str, application: dict[str, Any]) -> None:
    """Check that a registered certificate, or a registered issuer for its subject, signed the assertion.

    Raises ApiError 401 with the AADSTS number that Entra gives.
    """
    import jwt

    try:
        claims = jwt.decode(assertion, options={"verify_signature": False})
    except jwt.PyJWTError as error:
        raise _invalid_client(50027, "JWT token is invalid or malformed.") from error
    if claims.get("iss") == application["client_id"] == claims.get("sub"):
        _check_certificate(request, assertion, application)
    else:
        _check_federation(assertion, claims, application)


def _check_certificate(request: Request, assertion: str, application: dict[str, Any]) -> None:
    import jwt
    from cryptography.x509 import load_pem_x509_certificate

    for pem in application.get("certificates") or []:
        key: Any = load_pem_x509_certificate(pem.encode()).public_key()
        try:
            # The audience is the token endpoint, which clients of different versions spell differently.
            options: Any = {"verify_aud": False, "require": ["exp"]}
            claims = jwt.decode(assertion, key, algorithms=["RS256", "PS256"], leeway=_CLOCK_SKEW, options=options)
        except jwt.ExpiredSignatureError as error:
            raise _invalid_client(700024, "Client assertion is not within its valid time range.") from error
        except jwt.PyJWTError:
            continue
        if not str(claims.get("aud", "")).startswith((request.base_url, "https://login.microsoftonline.com/")):
            raise _invalid_client(700023, f"Client assertion audience claim does not match: {claims.get('aud')}.")
        return
    raise _invalid_client(
        700027, "The certificate with identifier used to sign the client assertion is not registered on application."
    )


def _check_federation(assertion: str, claims: dict[str, Any], application: dict[str, Any]) -> None:
    import jwt

    issuer, subject = claims.get("iss"), claims.get("sub")
    trusted = [federation for federation in application.get("federations") or [] if federation.get("issuer") == issuer]
    if not trusted:
        raise _invalid_client(
            700211, f"No matching federated identity record found for presented assertion issuer '{issuer}'."
        )
    match = next((federation for federation in trusted if federation.get("subject") == subject), None)
    if match is None:
        raise _invalid_client(
            700213, f"No matching federated identity record found for presented assertion subject '{subject}'."
        )
    audience = match.get("audience", "api://AzureADTokenExchange")
    for key in jwt.PyJWKSet.from_dict(match["jwks"]).keys:
        try:
            jwt.decode(assertion, key.key, algorithms=["RS256", "ES256"], audience=audience, leeway=_CLOCK_SKEW)
        except jwt.InvalidAudienceError as error:
            message = (
                f"No matching federated identity record found for presented assertion audience '{claims.get('aud')}'."
            )
            raise _invalid_client(700212, message) from error
        except jwt.ExpiredSignatureError as error:
            raise _invalid_client(700024, "Client assertion is not within its valid time range.") from error
        except jwt.PyJWTError:
            continue
        return
    raise _invalid_client(50027, "JWT token is invalid: its signature does not fit a key of the issuer.")


def _invalid_client(number: int, message: str) -> ApiError:
    return ApiError(401, f"AADSTS{number}", message, oauth="invalid_client")
