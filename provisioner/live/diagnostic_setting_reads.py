"""The diagnostic settings of several rules: Azure lists them for each rule alone, so the reads go out as one batch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from provisioner.errors import CloudError, Forbidden, NotFound, Rejected
from provisioner.resources import Body, Resource, resource_type

if TYPE_CHECKING:
    from provisioner.azure import Azure


def read_diagnostic_settings(
    azure: Azure, resources: Sequence[Resource], workspace_id: str
) -> Iterator[tuple[Resource, Body]]:
    """Each setting that exists with its body: the one of its name, else one that sends the same logs to the workspace.

    Azure refuses a second setting for the same logs and workspace. Raises CloudError.
    """
    rules = [str(resource.id).partition("/providers/" + resource.type.arm_type)[0] for resource in resources]
    for resource, settings in zip(resources, read_settings_at(azure, rules), strict=True):
        body = _counterpart(resource, settings, workspace_id)
        if body is not None:
            yield resource, body


def read_settings_at(azure: Azure, rule_ids: Sequence[str]) -> Iterator[tuple[Body, ...]]:
    """All diagnostic settings of each rule, in the order of the ids. Raises CloudError."""
    type_ = resource_type("diagnostic_setting")
    urls = [f"{rule}/providers/{type_.arm_type}?api-version={type_.api_version}" for rule in rule_ids]
    for answer in _answers(azure, urls):
        if isinstance(answer, CloudError):
            raise answer
        yield tuple(item for item in (answer or {}).get("value") or () if isinstance(item, dict))


def _answers(azure: Azure, urls: Sequence[str]) -> Iterable[Body | CloudError | None]:
    if len(urls) > 1:
        try:
            return azure.management.get_many(urls)
        except (Forbidden, NotFound, Rejected):
            # The batch is no documented part of Azure: where a cloud or a proxy refuses it, each read goes alone.
            pass
    return [_read_alone(azure, url) for url in urls]


def _read_alone(azure: Azure, url: str) -> Body | None:
    path, _, version = url.partition("?api-version=")
    return azure.management.get(path, version)


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
