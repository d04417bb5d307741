"""Tags of an import: those of the manifest, and those of the workspace and of single rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from provisioner.adopt.manifest_draft import ManifestDraft, escape_variables
from provisioner.package_data import load_facts
from provisioner.resources.expansion_context import OWNER_TAG


def is_service_tag(name: str) -> bool:
    """Whether the portal and Azure's services write the tag by themselves."""
    return name.lower().startswith(load_facts("names.yaml")["tag"]["service_prefix"])


def common_tags(all_tags: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """The tags that every one of several resources bears, with the values of the first; without the ownership tag.

    The first is one that can have no tags of its own: others write another value over the manifest's.
    """
    first, *others = [*all_tags] or [{}]
    return {name: value for name, value in declarable_tags(first).items() if all(name in tags for tags in others)}


def declarable_tags(tags: Mapping[str, Any]) -> dict[str, str]:
    """The tags that a manifest may hold: texts that neither this tool nor Azure's services write."""
    return {
        name: value
        for name, value in tags.items()
        if isinstance(value, str) and name.lower() != OWNER_TAG and not is_service_tag(name)
    }


def add_tags(
    draft: ManifestDraft, common: Mapping[str, str], workspace: Mapping[str, Any], dcrs: Mapping[str, Mapping[str, Any]]
) -> None:
    """Write `tags`, `workspace.tags` and the tags of each rule in the section `dcrs`, by name."""
    if common:
        draft.fields["tags"] = {name: escape_variables(value) for name, value in common.items()}
    rules = draft.fields.get("dcrs", {})
    placed = [
        (draft.fields["workspace"], workspace),
        *((rules[name], tags) for name, tags in dcrs.items() if name in rules),
    ]
    # What equals the manifest's tag would be written twice.
    for fields, tags in placed:
        own = {
            name: escape_variables(value) for name, value in declarable_tags(tags).items() if common.get(name) != value
        }
        if own:
            fields["tags"] = own
