"""Azure's answers as answers to a probe: its refusals with their words, without what belongs to a tenant."""

from __future__ import annotations

import re
from typing import Any

from provisioner.azure.error_translation import error_from_response
from provisioner.calibration.calibration_probe import ACCEPTED, REFUSED, Answer
from provisioner.errors import CloudError

# Answers about what was sent. Others (no right, no answer, too many calls) say nothing about the question.
_REFUSALS = frozenset({400, 404, 405, 409, 412, 413, 422})
REFUSED_RIGHTS = frozenset({403})
"""An answer where it is the question whether this endpoint or identity may."""
_TENANT_DATA = (
    (re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b", re.IGNORECASE), "<guid>"),
    (re.compile(r"\bdc[re]-[0-9a-f]{32}\b"), "<immutable id>"),
    (re.compile(r"https?://[^\s'\"/]+", re.IGNORECASE), "<host>"),
    (re.compile(r"(?<=resourceGroups/)[^/\s'\"]+", re.IGNORECASE), "<group>"),
    (re.compile(r"\b(?:rg-provisioner|law)-calibration-[\w-]+"), "<name>"),
)
_MAX_WORDS = 600


def refusal(error: CloudError, also: frozenset[int] = frozenset()) -> Answer:
    """The answer that an error is; raises it again where it does not answer the question.

    `also` are statuses that are an answer to this question and to no other.
    """
    # A refused token, a lost connection, 429 or 500 would be taken for an answer about what was sent.
    if error.status not in _REFUSALS | also:
        raise error
    # The innermost error says most: the outer one is often "invalid payload".
    words = error.details[-1][1] if error.details else error.service_words
    return Answer(REFUSED, error.status, error.code, without_tenant_data(words), _ids(error.request_id))


def answer_of_exchange(status: int, body: Any, request_id: str | None, target: str) -> Answer:
    """The answer to a request that was sent as it is. Raises CloudError where it does not answer the question."""
    if status < 400:
        return Answer(ACCEPTED, status, request_ids=_ids(request_id))
    headers = {"x-ms-request-id": request_id} if request_id else {}
    return refusal(error_from_response(status, body, headers, target))


def accepted(request_id: str | None = None, status: int = 200) -> Answer:
    """The answer to a write that went through."""
    return Answer(ACCEPTED, status, request_ids=_ids(request_id))


def without_tenant_data(text: str) -> str:
    """A text of the service without ids, host names and names of the run, in one line."""
    for pattern, stand_in in _TENANT_DATA:
        text = pattern.sub(stand_in, text)
    printable = "".join(character if character.isprintable() else " " for character in text)
    return " ".join(printable.split())[:_MAX_WORDS]


def _ids(request_id: str | None) -> tuple[str, ...]:
    return (request_id,) if request_id else ()
