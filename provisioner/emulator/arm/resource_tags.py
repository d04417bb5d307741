"""The tags of a subscription, group or resource as a resource of their own, `…/Microsoft.Resources/tags/default`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from provisioner.emulator.arm.resource_envelope import validated_tags
from provisioner.emulator.http.response import ApiError, Response
from provisioner.emulator.store import StoredResource

if TYPE_CHECKING:
    from provisioner.emulator.http.request import Request

TAGS = "Microsoft.Resources/tags"


def put(request: Request) -> Response:
    """Replace all tags of the scope."""
    return _write(request, _sent_tags(request))


def patch(request: Request) -> Response:
    """Merge tags into those of the scope, replace them, or delete those named, as `operation` says."""
    operation = str(request.parse_json_object().get("operation", "")).lower()
    sent, before = _sent_tags(request), _tags_of(_tagged(request))
    if operation == "replace":
        return _write(request, sent)
    if operation == "delete":
        return _write(request, {name: value for name, value in before.items() if sent.get(name) != value})
    if operation == "merge":
        return _write(request, before | sent)
    message = f"The tag operation '{operation}' is not one of Merge, Replace and Delete."
    raise ApiError(400, "InvalidTagOperation", message)


def get(request: Request) -> Response:
    """The tags of the scope."""
    return _answer(request, _tags_of(_tagged(request)))


def delete(request: Request) -> Response:
    """Take all tags away."""
    _write(request, {})
    return Response(200)


def _write(request: Request, tags: dict[str, str]) -> Response:
    tagged = _tagged(request)
    tagged.body["tags"] = validated_tags({"tags": tags})
    request.state.store.put(tagged)
    # 200 for new tags too: what they are put on exists.
    return _answer(request, tags)


def _answer(request: Request, tags: dict[str, str]) -> Response:
    id_ = f"{request.path_params['scope']}/providers/{TAGS}/default"
    return Response(200, {"id": id_, "name": "default", "type": TAGS, "properties": {"tags": tags}})


def _sent_tags(request: Request) -> dict[str, str]:
    properties = request.parse_json_object().get("properties")
    if not isinstance(properties, dict):
        raise ApiError(400, "InvalidRequestContent", "The request content was invalid: 'properties' is required.")
    return validated_tags(properties)


def _tagged(request: Request) -> StoredResource:
    """What the tags are on; of a subscription a record of its own, since every well-formed subscription exists."""
    scope = request.path_params["scope"]
    stored = request.state.store.get(scope)
    if stored is not None:
        return stored
    if scope.count("/") == 2 and scope.lower().startswith("/subscriptions/"):
        return StoredResource(scope, TAGS, {})
    raise ApiError(404, "ResourceNotFound", f"The resource '{scope}' was not found.")


def _tags_of(tagged: StoredResource) -> dict[str, str]:
    return dict(tagged.body.get("tags") or {})
