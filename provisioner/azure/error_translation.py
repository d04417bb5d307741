"""Azure's error answers and the SDK's exceptions as this package's errors, each with what to do next.

What a code means and whether it passes by itself is data: `schemas/azure_errors.yaml`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from provisioner import errors
from provisioner.azure.connection_errors import (
    SIGN_IN_HINT,
    is_connection_failure,
    is_sign_in_response,
    no_token_error,
    redact_secrets,
    unreachable_error,
)
from provisioner.azure.retry_after import retry_after_seconds
from provisioner.package_data import load_facts

_BY_STATUS: Mapping[int, type[errors.CloudError]] = {
    400: errors.Rejected,
    401: errors.NotSignedIn,
    403: errors.Forbidden,
    404: errors.NotFound,
    409: errors.Conflict,
    412: errors.Conflict,
    429: errors.Throttled,
}


# The ingestion endpoint says in its message which of its checks a call did not pass.
_NAMED_CHECK = re.compile(r"\b(Is[A-Z]\w+): (True|False)\b")


@contextmanager
def translated_errors(target: str) -> Iterator[None]:
    """Raise what azure-core and azure-identity raise within the block as a CloudError about `target`."""
    from azure.core.exceptions import AzureError

    try:
        yield
    except AzureError as error:
        raise translate_error(error, target) from error


def translate_error(error: BaseException, target: str) -> errors.CloudError:
    """A CloudError for an exception of azure-core or azure-identity; `target` is what the call was about."""
    from azure.core.exceptions import ClientAuthenticationError, HttpResponseError, ServiceRequestError
    from azure.core.exceptions import ServiceResponseError as Broken

    response = getattr(error, "response", None)
    if isinstance(error, (ServiceRequestError, Broken)) or (response is None and is_connection_failure(str(error))):
        return unreachable_error(error, target)
    if isinstance(error, ClientAuthenticationError) and (response is None or is_sign_in_response(response)):
        return no_token_error(error, target)
    if isinstance(error, HttpResponseError) and response is not None:
        return error_from_response(response.status_code, _response_json(response), response.headers, target)
    return errors.CloudError(redact_secrets(str(error)), target=target)


def error_from_response(status: int, body: Any, headers: Mapping[str, str], target: str) -> errors.CloudError:
    """A CloudError for an error answer of ARM: its status, its parsed body (or None) and its headers."""
    outer = _error_object(body)
    details = tuple(flatten_error_details(outer))
    code = outer.get("code") or headers.get("x-ms-error-code") or f"HTTP {status}"
    message = str(outer.get("message") or f"Azure answered {status} without a word")
    # Azure's outer code is often generic (InvalidPayload); the innermost code with facts says most.
    cause = next((detail[0] for detail in reversed(details) if detail[0].lower() in _facts_by_code()), code)
    facts = _facts_by_code().get(_refined_code(cause, message, target).lower(), {})
    kind = getattr(errors, facts["kind"]) if "kind" in facts else _BY_STATUS.get(status, errors.CloudError)
    return kind(
        f"{target}: {redact_secrets(message)}",
        hint=_hint_from_facts(facts, f"{message} {target}") or _hint_from_status(status, headers),
        status=status,
        code=cause,
        target=target,
        request_id=headers.get("x-ms-request-id") or headers.get("x-ms-correlation-request-id"),
        details=details,
        checks={name: result == "True" for name, result in _NAMED_CHECK.findall(message)},
        service_words=redact_secrets(message),
        from_network=any(phrase in f"{cause} {message}".lower() for phrase in _phrases("network_refusal")),
        retry_after=retry_after_seconds(headers),
    )


@dataclass(frozen=True, slots=True)
class RetryAdvice:
    """Whether to retry a refused write: `when`, for at most `max_wait` seconds (None: the caller's own limit).

    `created` means: only while something that this run has created may not be visible everywhere yet.
    `already_done` means that the refusal shows the wanted state (a role assignment that exists).
    """

    when: Literal["always", "created", "never"] = "never"
    max_wait: float | None = None
    already_done: bool = False


def retry_advice(error: errors.CloudError) -> RetryAdvice:
    """The advice for an error, from the facts of its outer and inner codes."""
    codes = [error.code or "", *(code for code, _, _ in error.details)]
    facts = [_facts_by_code()[code.lower()] for code in codes if code.lower() in _facts_by_code()]
    retries = [entry for entry in facts if "retry" in entry]
    already_done = any(entry.get("already_done") for entry in facts)
    if not retries:
        # Providers answer 409 with many codes while a resource is being changed; their texts are more alike.
        message = error.message.lower()
        passes = error.status == 409 and any(phrase in message for phrase in _phrases("transient_409"))
        return RetryAdvice("always" if passes else "never", already_done=already_done)
    best = next((entry for entry in retries if entry["retry"] == "always"), retries[0])
    return RetryAdvice(best["retry"], best.get("max_wait"), already_done)


def flatten_error_details(error: Mapping[str, Any]) -> Iterator[tuple[str, str, str | None]]:
    """Every inner error as (code, message, target), outermost first.

    Azure nests them in `details`, `innererror` and `additionalInfo`, and some providers put JSON into the message.
    """
    inner = [detail for detail in error.get("details") or () if isinstance(detail, dict)]
    if isinstance(error.get("innererror"), dict):
        inner.append(error["innererror"])
    inner.extend(
        {"code": addition.get("type"), "message": _policy_names(addition["info"])}
        for addition in error.get("additionalInfo") or ()
        if isinstance(addition, dict) and isinstance(addition.get("info"), dict)
    )
    wrapped = _error_inside_text(str(error.get("message") or ""))
    if wrapped:
        inner.append(wrapped)
    for nested in inner:
        if nested.get("code") or nested.get("message"):
            yield str(nested.get("code") or ""), redact_secrets(str(nested.get("message") or "")), nested.get("target")
        yield from flatten_error_details(nested)


def _policy_names(info: Mapping[str, Any]) -> str:
    names = (
        info.get("policyAssignmentDisplayName") or info.get("policyAssignmentName"),
        info.get("policyDefinitionDisplayName"),
    )
    return " / ".join(str(name) for name in names if name) or json.dumps(info, ensure_ascii=False)


def _error_inside_text(message: str) -> dict[str, Any] | None:
    """The error object that some providers put into a message as JSON text; None where there is none."""
    start = message.find("{")
    if start < 0 or '"code"' not in message:
        return None
    try:
        value, _ = json.JSONDecoder().raw_decode(message[start:])
    except ValueError:
        return None
    return _error_object(value) or None


def _error_object(body: Any) -> dict[str, Any]:
    if not isinstance(body, dict):
        return {}
    # ARM answers {"error": {"code", "message"}}, some services the inner object alone, and OAuth endpoints
    # {"error": "code", "error_description": "…"}.
    inner = body.get("error", body)
    return (
        inner
        if isinstance(inner, dict)
        else {"code": str(inner), "message": str(body.get("error_description") or inner)}
    )


def _response_json(response: Any) -> Any:
    try:
        text = response.text() if callable(response.text) else response.text
        return json.loads(text)
    except Exception:  # noqa: BLE001 - a body that is no JSON, or was never read, says nothing more than the status
        return None


def _phrases(kind: str) -> list[str]:
    """Texts in lower case by which Azure's messages are told apart where their codes are all alike."""
    phrases: list[str] = load_facts("azure_errors.yaml")[kind]
    return phrases


@cache
def _facts_by_code() -> Mapping[str, Mapping[str, Any]]:
    return {code.lower(): facts for code, facts in load_facts("azure_errors.yaml")["codes"].items()}


def _refined_code(code: str, message: str, target: str) -> str:
    """The code to look facts up by: AuthorizationFailed needs another next step for role assignments."""
    grant = "roleassignments" in f"{message} {target}".lower()
    if code != "AuthorizationFailed" or not grant:
        return code
    return "RoleAssignmentConstrained" if "condition" in message.lower() else "RoleAssignmentForbidden"


def _hint_from_facts(facts: Mapping[str, Any], message: str) -> str | None:
    text = facts.get("next")
    if text is None:
        return None
    namespace = re.search(r"\b(Microsoft\.\w+)", message)
    return " ".join(str(text).replace("{namespace}", namespace[1] if namespace else "Microsoft.Insights").split())


def _hint_from_status(status: int, headers: Mapping[str, str]) -> str | None:
    match status:
        case 401:
            return SIGN_IN_HINT
        case 403:
            return "ask for the right that the message names, on the resource group"
        case 404:
            return "it is not there; check names and ids, or plan again"
        case 409:
            return "it is in another state than expected; plan again"
        case 412:
            return "somebody else changed it meanwhile; plan again"
        case 429:
            asked = headers.get("Retry-After")
            return f"Azure asks to wait {asked} s; then run again" if asked else "wait a minute and run again"
        case _ if status >= 500:
            return "Azure is in trouble; run again, what was done stays done. A support case wants the request id"
    return None
