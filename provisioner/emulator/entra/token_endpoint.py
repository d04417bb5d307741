"""The token endpoint: a client secret, certificate or federated assertion in, a signed token out."""

from __future__ import annotations

import secrets
import time
import uuid
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote_plus

from provisioner.emulator.entra.applications import find_application
from provisioner.emulator.entra.tokens import AUDIENCES, TOKEN_LIFETIME
from provisioner.emulator.http.request import Principal
from provisioner.emulator.http.response import ApiError, Response

if TYPE_CHECKING:
    from provisioner.emulator.http.request import Request

_JWT_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_USER_SCOPES = {"openid", "profile", "offline_access", "email"}


def issue_token(request: Request) -> Response:
    """Answer a client-credentials request, in OAuth's own error shape where it fails."""
    try:
        return _grant_client_credentials(request)
    except ApiError as error:
        # An error of the HTTP layer, such as a body too long, keeps its own shape.
        if error.code is None or not error.code.startswith("AADSTS"):
            raise
        return _oauth_response(request, error)


def _grant_client_credentials(request: Request) -> Response:
    form = _parse_form(request)
    _check_tenant(request)
    if form.get("grant_type") != "client_credentials":
        raise _oauth_error(
            400,
            "unsupported_grant_type",
            70003,
            f"The app requested an unsupported grant type '{form.get('grant_type')}'.",
        )
    application = _require_application(request, form.get("client_id", ""))
    _require_principal(request, application)
    _authenticate(request, form, application)
    audience = _requested_audience(request, form)
    tokens = request.state.tokens
    lifetime = request.state.faults.token_lifetime(TOKEN_LIFETIME)
    principal = Principal(application["object_id"], application["client_id"])
    # An application's permissions for Graph are in its token for Graph, as for any API.
    roles = application.get("graph_roles") if audience.rstrip("/") in AUDIENCES["graph"] else None
    signed = tokens.issue(request.base_url, principal, audience, lifetime, roles or ())
    body = {
        "token_type": "Bearer",
        "expires_in": TOKEN_LIFETIME,
        "ext_expires_in": TOKEN_LIFETIME,
        "access_token": signed,
    }
    return Response(body=body, headers={"Cache-Control": "no-store, no-cache", "Pragma": "no-cache"})


def _parse_form(request: Request) -> dict[str, str]:
    try:
        text = request.decompressed_content().decode()
        form = dict(parse_qsl(text, keep_blank_values=True, max_num_fields=50))
    except ValueError as error:
        raise _oauth_error(400, "invalid_request", 900144, "The request body is not a form.") from error
    scheme, _, encoded = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "basic":
        form |= _basic_credentials(encoded)
    if not form.get("grant_type"):
        raise _oauth_error(
            400, "invalid_request", 900144, "The request body must contain the following parameter: 'grant_type'."
        )
    return form


def _basic_credentials(encoded: str) -> dict[str, str]:
    import base64

    try:
        name, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except ValueError as error:
        raise _oauth_error(400, "invalid_request", 900144, "The Authorization header is not valid.") from error
    return {"client_id": unquote_plus(name), "client_secret": unquote_plus(secret)}


def _check_tenant(request: Request) -> None:
    tenant = request.path_params["tenant"].lower()
    # Multi-tenant authorities resolve to the one tenant there is.
    if tenant not in {"organizations", "common", request.state.identity.tenant}:
        message = (
            f"Tenant '{request.path_params['tenant']}' not found. Check to make sure you have the correct tenant ID."
        )
        raise _oauth_error(400, "invalid_request", 90002, message)


def _require_application(request: Request, client_id: str) -> dict[str, Any]:
    application = find_application(request.state, client_id)
    if application is None:
        message = (
            f"Application with identifier '{client_id}' was not found in the directory "
            f"'{request.state.identity.tenant}'. This can happen if the application has not been installed by the "
            "administrator of the tenant."
        )
        raise _oauth_error(401, "unauthorized_client", 700016, message)
    return application


def _require_principal(request: Request, application: dict[str, Any]) -> None:
    if application["object_id"] is None:
        message = (
            f"The client application '{application['client_id']}' is missing service principal in the tenant "
            f"'{request.state.identity.tenant}'."
        )
        raise _oauth_error(401, "invalid_client", 7000229, message)
    if not application.get("enabled", True):
        message = f"Application '{application['client_id']}' is disabled."
        raise _oauth_error(401, "unauthorized_client", 7000112, message)


def _authenticate(request: Request, form: dict[str, str], application: dict[str, Any]) -> None:
    if form.get("client_assertion_type") == _JWT_BEARER:
        from provisioner.emulator.entra.client_assertions import check_assertion

        check_assertion(request, form.get("client_assertion", ""), application)
        return
    secret = form.get("client_secret")
    if not secret:
        message = "The request body must contain the following parameter: 'client_assertion' or 'client_secret'."
        raise _oauth_error(401, "invalid_client", 7000218, message)
    # compare_digest takes as long for a near miss as for any other.
    if not secrets.compare_digest(secret.encode(), (application.get("secret") or "").encode()):
        message = (
            "Invalid client secret provided. Ensure the secret being sent in the request is the client secret "
            f"value, not the client secret ID, for a secret added to app '{application['client_id']}'."
        )
        raise _oauth_error(401, "invalid_client", 7000215, message)


def _requested_audience(request: Request, form: dict[str, str]) -> str:
    if "/v2.0/" not in request.path and form.get("resource"):  # the older endpoint names the resource itself
        form = {**form, "scope": f"{form['resource']}/.default"}
    scopes = [scope for scope in form.get("scope", "").split() if scope not in _USER_SCOPES]
    if not scopes:
        raise _oauth_error(
            400, "invalid_scope", 900144, "The request body must contain the following parameter: 'scope'."
        )
    # A client-credentials grant is for one resource with all that was consented to: `/.default`.
    if len(scopes) > 1 or not scopes[0].endswith("/.default"):
        message = (
            f"The provided value for scope {' '.join(scopes)} is not valid. Client credential flows must have a "
            "scope value with /.default suffixed to the resource identifier (application ID URI)."
        )
        raise _oauth_error(400, "invalid_scope", 1002012, message)
    audience = scopes[0].removesuffix("/.default")
    resource = audience.rstrip("/")
    is_public_cloud = any(resource in audiences for audiences in AUDIENCES.values())
    is_this_server = resource.startswith(("https://127.0.0.1:", "https://localhost:", request.base_url))
    if not is_public_cloud and not is_this_server:
        tenant = request.state.identity.tenant
        message = f"The resource principal named {audience} was not found in the tenant named {tenant}."
        raise _oauth_error(400, "invalid_resource", 500011, message)
    return audience


def _oauth_error(status: int, error: str, number: int, message: str) -> ApiError:
    return ApiError(status, f"AADSTS{number}", message, oauth=error)


def _oauth_response(request: Request, error: ApiError) -> Response:
    number = int((error.code or "AADSTS0").removeprefix("AADSTS"))
    time_text = time.strftime("%Y-%m-%d %H:%M:%SZ", time.gmtime(request.state.clock.now()))
    trace, correlation = str(uuid.uuid4()), str(uuid.uuid4())
    description = (
        f"{error.code}: {error.message} Trace ID: {trace} Correlation ID: {correlation} Timestamp: {time_text}"
    )
    body = {
        "error": error.error["oauth"],
        "error_description": description,
        "error_codes": [number],
        "timestamp": time_text,
        "trace_id": trace,
        "correlation_id": correlation,
        "error_uri": f"{request.base_url}/error?code={number}",
    }
    return Response(error.status, body)
