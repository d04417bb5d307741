"""Resources that lie at others, such as the settings of rules: no list has them, so the reads go as one batch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from provisioner.errors import CloudError, Forbidden, NotFound, Rejected
from provisioner.resources import Body, Resource, resource_type

if TYPE_CHECKING:
    from provisioner.azure import Azure


def read_extension_bodies(
    azure: Azure, resources: Sequence[Resource], workspace_id: str
) -> Iterator[tuple[Resource, Body | CloudError]]:
    """What lies at other resources: each that exists with its body, or with the error where it may not be read.

    A diagnostic setting is the one of its name, else one that sends the same logs to the workspace: Azure refuses a
    second one.
    """
    urls = [_url(resource) for resource in resources]
    for resource, answer in zip(resources, read_together(azure, urls), strict=True):
        body = answer
        if isinstance(answer, dict) and resource.type.short_name == "diagnostic_setting":
            body = _counterpart(resource, _items(answer), workspace_id)
        if body is not None:
            yield resource, body


def _url(resource: Resource) -> str:
    # Settings are listed: one of another name may do the same.
    path = str(resource.id)
    if resource.type.short_name == "diagnostic_setting":
        path = path.rpartition("/")[0]
    return f"{path}?api-version={resource.type.api_version}"


def _items(answer: Body) -> tuple[Body, ...]:
    return tuple(item for item in answer.get("value") or () if isinstance(item, dict))


def read_settings_at(azure: Azure, rule_ids: Sequence[str]) -> Iterator[tuple[Body, ...]]:
    """All diagnostic settings of each rule, in the order of the ids. Raises CloudError."""
    type_ = resource_type("diagnostic_setting")
    urls = [f"{rule}/providers/{type_.arm_type}?api-version={type_.api_version}" for rule in rule_ids]
    for answer in read_together(azure, urls):
        if isinstance(answer, CloudError):
            raise answer
        yield _items(answer or {})


def read_together(azure: Azure, urls: Sequence[str]) -> Sequence[Body | CloudError | None]:
    """The answers to reads of paths with their api-version, as one request where Azure takes one.

    None where there is nothing, the error where one may not be read.
    """
    if len(urls) > 1:
        try:
            return azure.management.get_many(urls)
        except (Forbidden, NotFound, Rejected):
            # The batch is no documented part of Azure: where a cloud or a proxy refuses it, each read goes alone.
            pass
    return [_read_alone(azure, url) for url in urls]


def _read_alone(azure: Azure, url: str) -> Body | CloudError | None:
    path, _, version = url.partition("?api-version=")
    try:
        return azure.management.get(path, version)
    except CloudError as error:
        # As in a batch: one that may not be read says nothing about the others.
        return error


def _counterpart(resource: Resource, settings: Sequence[Body], workspace_id: str) -> Body | None:
    own = next((item for item in settings if str(item.get("id", "")).lower() == str(resource.id).lower()), None)
    if own is not None:
        return own
    wanted_categories = {log["category"] for log in resource.body["properties"]["logs"] if log["enabled"]}
    for item in settings:
        properties = item.get("properties") or {}
        enabled = {log.get("category") for log in properties.get("logs") or () if log.get("enabled")}
        if str(properties.get("workspaceId", "")).lower() == workspace_id.lower() and enabled & wanted_categories:
            return item
    return None
