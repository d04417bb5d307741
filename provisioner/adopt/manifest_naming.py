"""Names for imported manifests: they begin with a letter and have 2 to 40 letters, digits and hyphens."""

from __future__ import annotations

import re
from collections.abc import Sequence

from provisioner.adopt.placement import PLACEHOLDER_PATTERN
from provisioner.adopt.template_resources import DCR, TABLE, TemplateResource

_GENERIC_PART = re.compile(
    r"(?i)[-_. ]?(dcrs?|tables?|main|azure|deploy(ment)?|template|schema|rules?)([-_. ]|$|(?=template)).*"
)
"""The part of a file's name that names its kind and not its topic."""


def name_from_files(stem: str, template_resources: Sequence[TemplateResource]) -> str:
    """A name for the manifest: from the file's name, or from the first DCR or table where that names no topic.

    It begins with a letter and has 2 to 40 letters, digits and hyphens, as the manifest's schema demands.
    """
    topic = _GENERIC_PART.sub("", stem)
    if not topic:
        first = next(
            (resource for type_ in (DCR, TABLE) for resource in template_resources if resource.type == type_), None
        )
        topic = (
            re.sub(
                r"(?i)^dcr[-_]|[-_]?dcr$|_CL$", "", PLACEHOLDER_PATTERN.sub("", first.display_name).rsplit("/", 1)[-1]
            )
            if first
            else ""
        )
    plain = re.sub(r"[^A-Za-z0-9]+", "-", topic or stem).strip("-").lower()
    return (plain if plain[:1].isalpha() else f"import-{plain}")[:40].rstrip("-").ljust(2, "x")


def name_from_workspace(name: str) -> str:
    """A name for the manifest of a live workspace: that of the workspace, as far as the schema allows it."""
    plain = "".join(char if char.isascii() and char.isalnum() else "-" for char in name.lower().removeprefix("law-"))
    return (plain if plain[:1].isalpha() else f"import-{plain}").strip("-")[:40].ljust(2, "x")
