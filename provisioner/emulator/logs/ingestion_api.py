"""The Logs Ingestion API: who may send to which rule through which endpoint, and what a body may be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from provisioner.emulator.arm import metric_points
from provisioner.emulator.arm.access_control import may_ingest
from provisioner.emulator.arm.data_collection_endpoints import ENDPOINT
from provisioner.emulator.arm.data_collection_rules import DCR
from provisioner.emulator.arm.dcr_body import data_flows
from provisioner.emulator.http.request import INGESTION_BODY_LIMIT, body_too_long, parse_strict_json
from provisioner.emulator.http.response import ApiError, Response
from provisioner.emulator.logs.dropped_rows import DropCounter, short_json
from provisioner.emulator.logs.ingestion_quota import charge_quota
from provisioner.emulator.logs.row_ingestion import ingest_rows
from provisioner.emulator.logs.rule_logs import keep_errors
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
    properties = _effective_properties(request.state, rule)
    stream = _validated_stream(request, rule, properties)
    drops = DropCounter(rule.id, stream)
    document = _parse_body(request)
    if isinstance(document, list):
        ingest_rows(request.state, rule, properties, document, drops)
    else:
        drops.add("NotAnArray", short_json(document))
    drops.save(request.state)
    keep_errors(request.state, drops, request.headers.get("x-ms-client-request-id", ""))
    counts = {"ApiCallReceived_Count": 1, "BytesReceived_Count": len(request.content)}
    metric_points.record_counts(request.state, rule.id, stream, counts)
    return Response(204)


def _parse_body(request: Request) -> Any:
    content = request.decompressed_content()
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


def _effective_properties(state: EmulatorState, rule: StoredResource) -> dict[str, Any]:
    """The rule as the endpoint knows it: for as long as the fault `stale_rules` says, as before its last change."""
    stale_until = rule.private.get("written", 0.0) + state.faults.seconds_of("stale_rules", 0.0)
    if "before" in rule.private and state.clock.now() < stale_until:
        earlier: dict[str, Any] = rule.private["before"]
        return earlier
    current: dict[str, Any] = rule.body["properties"]
    return current


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
