"""The token endpoint: client secret, client certificate and federated assertions in, a signed token out."""

from __future__ import annotations

import secrets
import time
import uuid
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote_plus

from provisioner.emulator.entra.tokens import AUDIENCES, LIFETIME
from provisioner.emulator.http.request import Principal
from provisioner.emulator.http.response import Answer, Refusal

if TYPE_CHECKING:
    from provisioner.emulator.http.request import Call

_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
APPLICATION = "emulator/application"
"""The type under which applications beside the default one are remembered."""


def token(call: Call) -> Answer:
    """Answer a client-credentials request, in OAuth's own error shape where it fails."""
    try:
        return _token(call)
    except Refusal as refusal:
        if refusal.code is None or not refusal.code.startswith("AADSTS"):
            raise
        return _failure(call, refusal)


def _token(call: Call) -> Answer:
    form = _form(call)
    _check_tenant(call)
    if form.get("grant_type") != "client_credentials":
        raise _no(
            400,
            "unsupported_grant_type",
            70003,
            f"The app requested an unsupported grant type '{form.get('grant_type')}'.",
        )
    application = _application(call, form.get("client_id", ""))
    _authenticate(call, form, application)
    audience = _audience(call, form)
    tokens = call.world.tokens
    lifetime = call.world.faults.token_lifetime(LIFETIME)
    principal = Principal(application["object_id"], application["client_id"])
    signed = tokens.issue(call.base, principal, audience, lifetime)
    body = {"token_type": "Bearer", "expires_in": LIFETIME, "ext_expires_in": LIFETIME, "access_token": signed}
    return Answer(body=body, headers={"Cache-Control": "no-store, no-cache", "Pragma": "no-cache"})


def _form(call: Call) -> dict[str, str]:
    try:
        text = call.inflate().decode()
        form = dict(parse_qsl(text, keep_blank_values=True, max_num_fields=50))
    except ValueError as error:
        raise _no(400, "invalid_request", 900144, "The request body is not a form.") from error
    scheme, _, encoded = call.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "basic":
        form |= _basic(encoded)
    if not form.get("grant_type"):
        raise _no(
            400, "invalid_request", 900144, "The request body must contain the following parameter: 'grant_type'."
        )
    return form


def _basic(encoded: str) -> dict[str, str]:
    import base64

    try:
        name, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except ValueError as error:
        raise _no(400, "invalid_request", 900144, "The Authorization header is not valid.") from error
    return {"client_id": unquote_plus(name), "client_secret": unquote_plus(secret)}


def _check_tenant(call: Call) -> None:
    tenant = call.names["tenant"].lower()
    if tenant not in {"organizations", "common", call.world.identity.tenant}:
        message = f"Tenant '{call.names['tenant']}' not found. Check to make sure you have the correct tenant ID."
        raise _no(400, "invalid_request", 90002, message)


def _application(call: Call, client_id: str) -> dict[str, Any]:
    """The application's ids, secrets, certificates and federations."""
    identity = call.world.identity
    if client_id.lower() == identity.client_id:
        known = call.world.store.get(f"/emulator/applications/{identity.client_id}")
        extra = known.body if known else {}
        return {
            **extra,
            "client_id": identity.client_id,
            "object_id": identity.object_id,
            "secret": identity.client_secret,
        }
    record = call.world.store.get(f"/emulator/applications/{client_id}") if client_id else None
    if record is None:
        message = (
            f"Application with identifier '{client_id}' was not found in the directory '{identity.tenant}'. "
            "This can happen if the "
            "application has not been installed by the administrator of the tenant."
        )
        raise _no(401, "unauthorized_client", 700016, message)
    return record.body


def _authenticate(call: Call, form: dict[str, str], application: dict[str, Any]) -> None:
    if form.get("client_assertion_type") == _ASSERTION:
        from provisioner.emulator.entra.client_assertions import check_assertion

        check_assertion(call, form.get("client_assertion", ""), application)
        return
    secret = form.get("client_secret")
    if not secret:
        message = "The request body must contain the following parameter: 'client_assertion' or 'client_secret'."
        raise _no(401, "invalid_client", 7000218, message)
    if not secrets.compare_digest(secret.encode(), (application.get("secret") or "").encode()):
        message = (
            "Invalid client secret provided. Ensure the secret being sent in the request is the client secret "
            "value, not the client "
            f"secret ID, for a secret added to app '{application['client_id']}'."
        )
        raise _no(401, "invalid_client", 7000215, message)


def _audience(call: Call, form: dict[str, str]) -> str:
    if "/v2.0/" not in call.path and form.get("resource"):  # the older endpoint names the resource itself
        form = {**form, "scope": f"{form['resource']}/.default"}
    scopes = [
        each for each in form.get("scope", "").split() if each not in {"openid", "profile", "offline_access", "email"}
    ]
    if not scopes:
        raise _no(400, "invalid_scope", 900144, "The request body must contain the following parameter: 'scope'.")
    if len(scopes) > 1 or not scopes[0].endswith("/.default"):
        message = (
            f"The provided value for scope {' '.join(scopes)} is not valid. Client credential flows must have a "
            "scope value with "
            "/.default suffixed to the resource identifier (application ID URI)."
        )
        raise _no(400, "invalid_scope", 1002012, message)
    audience = scopes[0].removesuffix("/.default")
    known = {each for group in AUDIENCES.values() for each in group}
    plain = audience.rstrip("/")
    local = plain.startswith(("https://127.0.0.1:", "https://localhost:", call.base))
    if plain not in known and not local:
        message = (
            f"The resource principal named {audience} was not found in the tenant named {call.world.identity.tenant}."
        )
        raise _no(400, "invalid_resource", 500011, message)
    return audience


def _no(status: int, error: str, number: int, message: str) -> Refusal:
    return Refusal(status, f"AADSTS{number}", message, oauth=error)


def _failure(call: Call, refusal: Refusal) -> Answer:
    number = int((refusal.code or "AADSTS0").removeprefix("AADSTS"))
    stamp = time.strftime("%Y-%m-%d %H:%M:%SZ", time.gmtime(call.world.clock.now()))
    trace, correlation = str(uuid.uuid4()), str(uuid.uuid4())
    text = f"{refusal.code}: {refusal.message} Trace ID: {trace} Correlation ID: {correlation} Timestamp: {stamp}"
    body = {
        "error": refusal.error["oauth"],
        "error_description": text,
        "error_codes": [number],
        "timestamp": stamp,
        "trace_id": trace,
        "correlation_id": correlation,
        "error_uri": f"{call.base}/error?code={number}",
    }
    return Answer(refusal.status, body)
