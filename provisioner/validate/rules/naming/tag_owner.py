"""The tag `provisioner` is not set by hand.

Why: it says whose a resource is; one set by hand would make another manifest's resources look like ours.
Wrong: `tags: {provisioner: webshop}`
Right: `tags: {team: webshop}`
"""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.diagnostics import Diagnostic
from provisioner.model import Manifest
from provisioner.validate.context import Context
from provisioner.validate.manifest_parts import tag_sections
from provisioner.validate.rule import rule


@rule("NAM018", on=Manifest)
def tag_owner(manifest: Manifest, context: Context) -> Iterator[Diagnostic]:
    # Azure compares the names of tags without case.
    for path, tags in tag_sections(manifest):
        for name in tags:
            if name.lower() == "provisioner":
                message = f"the tag {name!r} says whose a resource is and is written by this tool alone"
                yield context.error(message, *path, name, key=True, hint="remove it")
