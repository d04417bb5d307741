"""A tag's name has 1 to 512 characters without `<>%&\\?/`, its value 256 at most; a resource bears 50.

Why: Azure refuses the resource that should bear the tag.
Wrong: `tags: {"cost/center": "42"}`
Right: `tags: {cost-center: "42"}`
Source: https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules
"""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.diagnostics import Diagnostic
from provisioner.model import Manifest
from provisioner.package_data import load_facts
from provisioner.validate.context import Context
from provisioner.validate.manifest_parts import tag_sections
from provisioner.validate.rule import rule


@rule("NAM017", on=Manifest)
def tag_name(manifest: Manifest, context: Context) -> Iterator[Diagnostic]:
    facts, most = load_facts("names.yaml")["tag"], load_facts("limits.yaml")["resource"]["tags"]
    longest_name, longest_value = facts["name_length"][1], facts["value_length"][1]
    for path, tags in tag_sections(manifest):
        for name, value in tags.items():
            # A service's own tag links resources by id: `hidden-link:/subscriptions/…`.
            is_of_service = name.lower().startswith(facts["service_prefix"])
            bad = next((one for one in name if one in facts["forbidden"] and not is_of_service), None)
            if bad or not 0 < len(name) <= longest_name:
                why = f"holds {bad!r}" if bad else f"has {len(name)} characters; 1 to {longest_name} are allowed"
                yield context.error(f"the tag's name {name[:60]!r} {why}", *path, name, key=True)
            if len(value) > longest_value:
                message = f"the tag's value has {len(value)} characters; {longest_value} are the most"
                yield context.error(message, *path, name)
        shared = {} if path == ("tags",) else manifest.tags
        count = len({name.lower() for name in (*shared, *tags)})
        # One is left for the tag by which this tool marks what it owns.
        if count > most["most"] - 1:
            message = f"{count} tags and the ownership tag; a resource bears {most['most']} at most"
            yield context.error(message, *path, key=True, source=most["source"])
