"""From a request to an answer: found, checked, counted, troubled on request, answered in Azure's envelope."""

from __future__ import annotations

import re
import sys
import traceback
import uuid
from contextlib import nullcontext
from typing import TYPE_CHECKING

from provisioner.emulator import routes
from provisioner.emulator.api_versions import versions
from provisioner.emulator.arm import generic_resources
from provisioner.emulator.arm.access_control import authorize
from provisioner.emulator.arm.rate_limits import remaining
from provisioner.emulator.http.request import Call
from provisioner.emulator.http.response import Answer, Refusal, unsupported
from provisioner.package_data import load_facts

if TYPE_CHECKING:
    from provisioner.emulator.routes import Route

_VERSION = re.compile(r"20\d\d-\d\d-\d\d(-preview|-privatepreview)?")


def prepare(call: Call) -> Route:
    """The route of a call that may pass: token, api-version, names and rights are in order; raises Refusal."""
    route = _find(call)
    _count(call, route)
    if route.plane == "open":
        return route
    if route.plane == "control":
        _check_control(call)
        return route
    call.principal = call.world.tokens.check(call, route.plane)
    _admit(call, route)
    return route


def dispatch(call: Call) -> Answer:
    """Answer a call that the emulator makes itself for a principal it has already checked: a deployment's steps."""
    try:
        route = _find(call)
        _admit(call, route)
    except Refusal as refusal:
        return refusal.answer()
    return answer(call, route)


def _find(call: Call) -> Route:
    segments = [each for each in call.path.split("/") if each]
    route, call.names, known = routes.find(call.method, segments)
    call.path = "/" + "/".join(segments)
    return route or _fallback(call, segments, known)


def _admit(call: Call, route: Route) -> None:
    _check_version(call, route)
    _check_names(call)
    if route.plane == "arm":
        authorize(call, route.action, call.path)


def answer(call: Call, route: Route) -> Answer:
    """What the handler says, with the headers that ARM adds."""
    try:
        with call.world.store.write() if route.exclusive else nullcontext():
            given = route.handler(call)
    except Refusal as refusal:
        given = refusal.answer()
    except Exception:  # noqa: BLE001 - a bug of ours must be an answer too, and be seen
        traceback.print_exc(file=sys.stderr)
        given = Refusal(500, "InternalServerError", "The emulator failed; its log says where.").answer()
    return dress(call, given, route.plane)


def dress(call: Call, given: Answer, plane: str = "") -> Answer:
    """Add request ids, and for ARM what is left of the budgets."""
    number = str(uuid.uuid4())
    given.headers.setdefault("x-ms-request-id", number)
    if call.headers.get("x-ms-return-client-request-id", "").lower() == "true":
        given.headers["x-ms-client-request-id"] = call.headers.get("x-ms-client-request-id", "")
    if plane in {"arm", ""}:
        correlation = call.headers.get("x-ms-correlation-request-id", number)
        given.headers.setdefault("x-ms-correlation-request-id", correlation)
        given.headers.setdefault("x-ms-routing-request-id", f"WESTEUROPE:{call.world.clock.text()[:19]}Z:{correlation}")
        given.headers |= remaining(call)
    if isinstance(given.body, dict) and isinstance(given.body.get("error"), dict) and given.body["error"].get("code"):
        given.headers.setdefault("x-ms-error-code", given.body["error"]["code"])
    return given


def _fallback(call: Call, segments: list[str], known: bool) -> Route:
    """Any resource of a type that has no line of its own; else 405 or 501."""
    if not known and generic_resources.fits(segments):
        call.names = generic_resources.names(segments)
        handler = {
            "GET": generic_resources.get,
            "HEAD": generic_resources.head,
            "PUT": generic_resources.put,
            "PATCH": generic_resources.patch,
            "DELETE": generic_resources.delete,
        }
        if call.method in handler:
            return routes.Route(call.method, call.path, handler[call.method], "arm")
    call.world.requests["other"] = call.world.requests.get("other", 0) + 1
    if not call.principal.object_id:  # nothing is told to somebody without a token, not even what there is
        call.world.tokens.check(call, "arm")
    if known:
        raise Refusal(405, "MethodNotAllowed", f"The method {call.method} is not allowed on {call.path}.")
    raise unsupported(f"{call.method} {call.path}")


def _count(call: Call, route: Route) -> None:
    counts = call.world.requests
    if route.plane == "control" or route.pattern.startswith("/emulator"):
        return
    if route.plane == "arm":
        kind = "arm_reads" if call.method in {"GET", "HEAD"} else "arm_writes"
    elif route.plane == "open":
        kind = "token" if call.method == "POST" else "discovery"
    else:
        kind = route.plane
    counts[kind] = counts.get(kind, 0) + 1


def _check_control(call: Call) -> None:
    """The emulator's own paths take the application's secret as well as an ARM token."""
    import secrets

    given = call.headers.get("Authorization", "").removeprefix("Bearer ")
    if not secrets.compare_digest(given.encode(), call.world.identity.client_secret.encode()):
        call.principal = call.world.tokens.check(call, "arm")


def _check_version(call: Call, route: Route) -> None:
    if route.plane == "query":
        return
    version = call.api_version
    if not version:
        message = "The api-version query parameter (?api-version=) is required for all requests."
        raise Refusal(400, "MissingApiVersionParameter", message)
    known = load_facts("emulator.yaml")["ingestion_versions"] if route.plane == "ingestion" else versions(route.kind)
    if known is None:
        if not _VERSION.fullmatch(version):
            message = (
                f"The api-version '{version}' is invalid. The correct pattern is YYYY-MM-DD or YYYY-MM-DD-preview."
            )
            raise Refusal(400, "InvalidApiVersionParameter", message)
    elif version not in known:
        raise _unknown_version(route, version, known)


def _unknown_version(route: Route, version: str, known: list[str]) -> Refusal:
    if route.plane == "ingestion":
        return Refusal(
            400,
            "UnsupportedApiVersion",
            f"The api-version '{version}' is not supported; use one of {', '.join(known)}.",
        )
    namespace, _, kind = route.kind.partition("/")
    text = (
        f"The resource type '{kind}' could not be found in the namespace '{namespace}' for api version '{version}'. "
        f"The supported api-versions are '{','.join(known)}'."
    )
    if route.method in {"GET", "HEAD", "DELETE"}:
        return Refusal(404 if route.method == "HEAD" else 400, "InvalidResourceType", text)
    return Refusal(
        400, "NoRegisteredProviderFound", f"No registered resource provider found for API version '{version}'. {text}"
    )


def _check_names(call: Call) -> None:
    subscription = call.names.get("subscription")
    if subscription is None:
        return
    try:
        proper = str(uuid.UUID(subscription)) == subscription.lower()
    except ValueError:
        proper = False
    if not proper:
        message = f"The provided subscription identifier '{subscription}' is malformed or invalid."
        raise Refusal(400, "InvalidSubscriptionId", message)
