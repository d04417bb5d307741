"""The Logs Ingestion API: who may send to which rule through which endpoint, and what a body may be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from provisioner.emulator.arm.access_control import may_ingest
from provisioner.emulator.arm.data_collection_endpoints import ENDPOINT
from provisioner.emulator.arm.data_collection_rules import DCR
from provisioner.emulator.arm.dcr_body import data_flows
from provisioner.emulator.http.request import INGESTION_BODY_LIMIT, body_too_long, parse_strict_json
from provisioner.emulator.http.response import ApiError, Response
from provisioner.emulator.logs import ingestion_backlog
from provisioner.emulator.logs.ingestion_call import IngestionCall, carry_out, effective_properties
from provisioner.emulator.logs.ingestion_flows import bound_flows
from provisioner.emulator.logs.ingestion_quota import charge_quota
from provisioner.emulator.state import CacheName

if TYPE_CHECKING:
    from provisioner.emulator.http.request import Request
    from provisioner.emulator.state import EmulatorState
    from provisioner.emulator.store import StoredResource

_RULE_IDS: CacheName[str, str] = CacheName("rule ids")
"""Immutable id → ARM id of a rule."""


def post(request: Request) -> Response:
    """Take an array of objects for a stream: 204, whatever becomes of the rows; raises ApiError."""
    rule = _find_dcr(request)
    _check_endpoint(request, rule)
    # Owner and Contributor have no data actions: the default application needs the grant too.
    if not may_ingest(request.state, request.principal, rule.id):
        raise _access_denied(
            rule,
            binding_valid="",
            reason="Required authorization action was not found for tenantId. Required: "
            "Microsoft.Insights/Telemetry/Write",
        )
    if len(request.content) > INGESTION_BODY_LIMIT:
        raise body_too_long(is_ingestion=True, size=len(request.content))
    # Refused calls before this line do not count, as no row was looked at.
    charge_quota(request.state, rule.private["immutable"], len(request.content))
    received = request.state.clock.now()
    properties = effective_properties(request.state, rule, received)
    stream = _validated_stream(request, rule, properties)
    headers = request.headers
    encoding, client_request_id = headers.get("Content-Encoding", ""), headers.get("x-ms-client-request-id", "")
    call = IngestionCall(rule.id, stream, received, encoding, client_request_id, request.content)
    content = request.decompressed_content()
    is_kept = _may_wait(request.state, rule, call, content) and ingestion_backlog.keep(
        request.state, rule, call, len(content)
    )
    if not is_kept:
        document = _parse_body(content)
        # What was accepted before is stored before.
        ingestion_backlog.carry_out_all(request.state)
        carry_out(request.state, rule, call, document)
    return Response(204)


def _may_wait(state: EmulatorState, rule: StoredResource, call: IngestionCall, content: bytes) -> bool:
    """Whether a call can be answered before its rows are stored: an array, of which no table refuses anything."""
    if len(content) < ingestion_backlog.SMALLEST_KEPT and ingestion_backlog.is_empty(state):
        return False
    flows = bound_flows(state, rule, effective_properties(state, rule, call.received), call.stream)
    if any(flow.plan != "analytics" for flow in flows):
        return False
    try:
        return isinstance(orjson.loads(content), list)
    except orjson.JSONDecodeError:
        # Another parser may take it, such as half a surrogate pair; or says what is wrong.
        return False


def _parse_body(content: bytes) -> Any:
    if not content.strip() or content.strip() == b"null":
        # Recorded (azure-sdk-for-net tests): an empty body brings 500 without a code.
        raise ApiError(500, None, "The request body is empty.")
    try:
        return parse_strict_json(content)
    except (ValueError, RecursionError) as error:
        raise ApiError(400, "InvalidRequestContent", f"The body is not valid JSON: {error}.") from error


def _find_dcr(request: Request) -> StoredResource:
    """The rule with the immutable id in the path; raises ApiError 404."""
    immutable_id = request.path_params["rule"]
    store, rule_ids = request.state.store, request.state.cache(_RULE_IDS)
    rule = store.get(rule_ids[immutable_id]) if immutable_id in rule_ids else None
    # A rule that was deleted and created again has another immutable id under the same ARM id.
    if rule is None or rule.private["immutable"] != immutable_id:
        rule = next((dcr for dcr in store.find_by_type(DCR) if dcr.private["immutable"] == immutable_id), None)
    if rule is None:
        raise ApiError(404, "NotFound", f"Data collection rule with immutable Id '{immutable_id}' not found.")
    rule_ids[immutable_id] = rule.id
    return rule


def _check_endpoint(request: Request, rule: StoredResource) -> None:
    """Raise ApiError where the address called is no endpoint (404), is closed, or is not the rule's (403)."""
    host = request.path_params["host"].lower()
    if request.path.lower().startswith("/direct/"):
        if rule.private["host"] != host or rule.body.get("kind") != "Direct":
            raise _unknown_endpoint(host)
        return
    store = request.state.store
    own_endpoint = store.get(rule.body["properties"].get("dataCollectionEndpointId") or "")
    is_own = own_endpoint is not None and own_endpoint.private["host"] == host
    matching = (endpoint for endpoint in store.find_by_type(ENDPOINT) if endpoint.private["host"] == host)
    endpoint = own_endpoint if is_own else next(matching, None)
    if endpoint is None:
        raise _unknown_endpoint(host)
    access = endpoint.body["properties"]["networkAcls"]["publicNetworkAccess"]
    if access != "Enabled":
        message = f"Access to the data collection endpoint is denied: publicNetworkAccess is '{access}'."
        raise ApiError(403, "PublicNetworkAccessDenied", message)
    if not is_own:
        reason = "the data collection endpoint is not the one of the rule"
        raise _access_denied(rule, binding_valid="False", reason=reason)


def _unknown_endpoint(host: str) -> ApiError:
    return ApiError(404, "NotFound", f"No endpoint '{host}' is known.")


def _access_denied(rule: StoredResource, *, binding_valid: str, reason: str) -> ApiError:
    message = (
        "The authentication token provided does not have access to ingest data for the data collection rule "
        f"with immutable Id '{rule.private['immutable']}' PipelineAccessResult: AccessGranted: False, "
        f"IsRbacPresent: False, IsDcrDceBindingValid: {binding_valid}, DcrArmId: {rule.id}, Message: {reason}"
    )
    return ApiError(403, "OperationFailed", message)


def _validated_stream(request: Request, rule: StoredResource, properties: dict[str, Any]) -> str:
    """The stream in the path; raises ApiError 400 InvalidStream where the rule neither declares nor uses it."""
    stream = request.path_params["stream"]
    is_used = any(stream in (flow.get("streams") or []) for flow in data_flows(properties))
    if not is_used and stream not in (properties.get("streamDeclarations") or {}):
        message = (
            f"The stream {stream} was not configured in the data collection rule with immutable Id "
            f"{rule.private['immutable']}"
        )
        raise ApiError(400, "InvalidStream", message)
    return stream
