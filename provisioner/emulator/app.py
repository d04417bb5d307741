"""The application: a request's route found, its caller and api-version checked, its handler called, headers added."""

from __future__ import annotations

import re
import sys
import traceback
import uuid
from contextlib import nullcontext
from email.utils import formatdate

from provisioner.emulator import azure_facts
from provisioner.emulator.arm import generic_resources, metric_alerts
from provisioner.emulator.arm.access_control import authorize
from provisioner.emulator.arm.metric_alerts import METRIC_ALERT
from provisioner.emulator.arm.policies import check_policies
from provisioner.emulator.arm.rate_limits import rate_limit_headers
from provisioner.emulator.arm.resource_locks import check_locks
from provisioner.emulator.arm.resource_providers import check_registration
from provisioner.emulator.http.request import Request
from provisioner.emulator.http.response import ApiError, Response, not_implemented
from provisioner.emulator.http.routing import Route, RouteTable
from provisioner.emulator.logs import ingestion_backlog, query_alerts
from provisioner.emulator.logs.query_alerts import QUERY_ALERT
from provisioner.emulator.routes import ROUTES
from provisioner.emulator.state import EmulatorState

_API_VERSION = re.compile(r"20\d\d-\d\d-\d\d(-preview|-privatepreview)?")

_GENERIC_HANDLERS = {
    "GET": generic_resources.get,
    "HEAD": generic_resources.head,
    "PUT": generic_resources.put,
    "PATCH": generic_resources.patch,
    "DELETE": generic_resources.delete,
}
# Types that are kept like any other once their body has passed the checks of Azure's own.
_CHECKED_TYPES = {
    METRIC_ALERT.lower(): {"PUT": metric_alerts.put, "PATCH": metric_alerts.patch},
    QUERY_ALERT.lower(): {"PUT": query_alerts.put, "PATCH": query_alerts.patch},
}


class AzureApplication:
    """What answers where Azure answers; see `http.application.Application` for its contract."""

    def __init__(self) -> None:
        self.routes = RouteTable(ROUTES)

    def route_and_authorize(self, request: Request) -> Route:
        """The route of a request whose token, api-version, names and permission are in order; raises ApiError."""
        route = self._find_route(request)
        _count_request(request, route)
        if route.plane == "open":
            return route
        if route.plane == "control":
            _authenticate_admin(request)
            return route
        request.principal = request.state.tokens.authenticate(request, route.plane)
        _check_and_authorize(request, route)
        return route

    def dispatch(self, request: Request) -> Response:
        """The response to a request of the emulator itself, such as a deployment's step, as `request.principal`."""
        try:
            route = self._find_route(request)
            _check_and_authorize(request, route)
        except ApiError as error:
            return error.to_response()
        return self.handle(request, route)

    def handle(self, request: Request, route: Route) -> Response:
        """The handler's response, or its error as one, with the headers that Azure adds."""
        try:
            with request.state.store.write() if route.is_exclusive else nullcontext():
                if route.is_exclusive:
                    # Between the look for them and this lock a call may have been accepted by the rule as it was.
                    ingestion_backlog.carry_out_all(request.state)
                response = route.handler(request)
        except ApiError as error:
            response = error.to_response()
        except Exception:  # noqa: BLE001 - a bug of ours must be an answer too, and be seen
            traceback.print_exc(file=sys.stderr)
            response = ApiError(500, "InternalServerError", "The emulator failed; its log says where.").to_response()
        return self.add_response_headers(request, response, route.plane)

    def add_response_headers(self, request: Request, response: Response, plane: str = "") -> Response:
        """Add request ids and, for ARM and where the plane is not known, what is left of the rate limits."""
        request_id = str(uuid.uuid4())
        headers = response.headers
        headers.setdefault("x-ms-request-id", request_id)
        headers["Date"] = formatdate(request.state.clock.now(), usegmt=True)
        if request.headers.get("x-ms-return-client-request-id", "").lower() == "true":
            headers["x-ms-client-request-id"] = request.headers.get("x-ms-client-request-id", "")
        if plane in {"arm", ""}:
            correlation = request.headers.get("x-ms-correlation-request-id", request_id)
            headers.setdefault("x-ms-correlation-request-id", correlation)
            time = request.state.clock.iso_now()[:19]
            headers.setdefault("x-ms-routing-request-id", f"WESTEUROPE:{time}Z:{correlation}")
            headers |= rate_limit_headers(request)
        error = response.body.get("error") if isinstance(response.body, dict) else None
        if isinstance(error, dict) and error.get("code"):
            headers.setdefault("x-ms-error-code", error["code"])
        return response

    def has_backlog(self, state: EmulatorState) -> bool:
        """Whether ingestion calls were answered whose rows are not stored yet."""
        return not ingestion_backlog.is_empty(state)

    def carry_out_backlog(self, state: EmulatorState) -> None:
        """Store the rows of all of them."""
        ingestion_backlog.carry_out_all(state)

    def carry_out_oldest(self, state: EmulatorState) -> None:
        """Store the rows of the oldest of them."""
        ingestion_backlog.carry_out_next(state)

    def _find_route(self, request: Request) -> Route:
        # ARM takes `//` and a slash at the end; the handlers see the path without them.
        segments = [segment for segment in request.path.split("/") if segment]
        route, request.path_params, path_exists = self.routes.find(request.method, segments)
        request.path = "/" + "/".join(segments)
        return route or _fallback_route(request, segments, path_exists)


def _check_and_authorize(request: Request, route: Route) -> None:
    _check_api_version(request, route)
    _check_subscription_id(request)
    if route.plane == "arm" and not route.is_envelope:
        authorize(request, route.action, request.path)
        check_registration(request, route.resource_type)
        _check_governance(request, route)


def _check_governance(request: Request, route: Route) -> None:
    """Locks and policies, which ARM looks at before any provider is asked."""
    if request.method in {"PUT", "PATCH", "DELETE", "POST"}:
        check_locks(request, route.action)
    if request.method in {"PUT", "PATCH"}:
        check_policies(request, request.path_params.get("kind") or route.resource_type)


def _fallback_route(request: Request, segments: list[str], path_exists: bool) -> Route:
    """The generic handler of a resource whose type has no routes of its own; raises ApiError 401, 405 or 501."""
    if not path_exists and generic_resources.is_resource_id(segments):
        request.path_params = generic_resources.params_of(segments)
        if request.method in _GENERIC_HANDLERS:
            pattern = generic_resources.pattern_of(segments)
            own = _CHECKED_TYPES.get(request.path_params["kind"].lower(), {})
            handler = own.get(request.method, _GENERIC_HANDLERS[request.method])
            return Route(request.method, pattern, handler, "arm")
    if not path_exists and request.method == "POST" and generic_resources.is_action(segments):
        request.path_params = generic_resources.params_of(segments[:-1])
        pattern = f"{generic_resources.pattern_of(segments[:-1])}/{segments[-1]}"
        return Route("POST", pattern, generic_resources.act, "arm")
    if not path_exists and request.method == "GET" and generic_resources.is_collection(segments):
        request.path_params = generic_resources.params_of([*segments, "name"])
        return Route(request.method, request.path, generic_resources.list_type, "arm")
    counts = request.state.request_counts
    counts["other"] = counts.get("other", 0) + 1
    # A caller without a token learns nothing, not even which paths there are.
    if not request.principal.object_id:
        request.state.tokens.authenticate(request, "arm")
    if path_exists:
        raise ApiError(405, "MethodNotAllowed", f"The method {request.method} is not allowed on {request.path}.")
    raise not_implemented(f"{request.method} {request.path}")


def _count_request(request: Request, route: Route) -> None:
    counts = request.state.request_counts
    if route.plane == "control" or route.pattern.startswith("/emulator"):
        return
    if route.plane == "arm":
        is_read = request.method in {"GET", "HEAD"} or route.is_envelope
        counted_as = "arm_reads" if is_read else "arm_writes"
    elif route.plane == "open":
        counted_as = "token" if request.method == "POST" else "discovery"
    else:
        counted_as = route.plane
    counts[counted_as] = counts.get(counted_as, 0) + 1


def _authenticate_admin(request: Request) -> None:
    """Accept the default application's secret as bearer token, or an ARM token; raises ApiError 401."""
    import secrets

    secret = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not secrets.compare_digest(secret.encode(), request.state.identity.client_secret.encode()):
        request.principal = request.state.tokens.authenticate(request, "arm")


def _check_api_version(request: Request, route: Route) -> None:
    if route.plane in {"query", "graph"}:  # their version is part of the path
        return
    version = request.api_version
    if not version:
        message = "The api-version query parameter (?api-version=) is required for all requests."
        raise ApiError(400, "MissingApiVersionParameter", message)
    # Each type answers to the versions of its provider; ingestion has a list of its own.
    is_ingestion = route.plane == "ingestion"
    supported = azure_facts.ingestion_api_versions() if is_ingestion else azure_facts.api_versions(route.resource_type)
    if supported is None:
        if not _API_VERSION.fullmatch(version):
            message = (
                f"The api-version '{version}' is invalid. The correct pattern is YYYY-MM-DD or YYYY-MM-DD-preview."
            )
            raise ApiError(400, "InvalidApiVersionParameter", message)
    elif version not in supported:
        raise _unsupported_api_version(route, version, supported)


def _unsupported_api_version(route: Route, version: str, supported: list[str]) -> ApiError:
    if route.plane == "ingestion":
        return ApiError(
            400,
            "UnsupportedApiVersion",
            f"The api-version '{version}' is not supported; use one of {', '.join(supported)}.",
        )
    namespace, _, type_name = route.resource_type.partition("/")
    message = (
        f"The resource type '{type_name}' could not be found in the namespace '{namespace}' for api version "
        f"'{version}'. "
        f"The supported api-versions are '{','.join(supported)}'."
    )
    if route.method in {"GET", "HEAD", "DELETE"}:
        return ApiError(404 if route.method == "HEAD" else 400, "InvalidResourceType", message)
    return ApiError(
        400,
        "NoRegisteredProviderFound",
        f"No registered resource provider found for API version '{version}'. {message}",
    )


def _check_subscription_id(request: Request) -> None:
    subscription = request.path_params.get("subscription")
    if subscription is None:
        return
    try:
        # uuid.UUID also takes braces and missing hyphens, which ARM does not.
        is_guid = str(uuid.UUID(subscription)) == subscription.lower()
    except ValueError:
        is_guid = False
    if not is_guid:
        message = f"The provided subscription identifier '{subscription}' is malformed or invalid."
        raise ApiError(400, "InvalidSubscriptionId", message)
