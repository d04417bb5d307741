"""Imports files of other tools: ARM templates, bodies of single resources, published connectors."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from provisioner.adopt.bicep_source import read_bicep_file
from provisioner.adopt.codes import UNSUPPORTED_TYPE
from provisioner.adopt.json_source import JsonFile, read_json_file
from provisioner.adopt.manifest_assembly import build_manifest
from provisioner.adopt.manifest_draft import ImportedManifest, ManifestDraft
from provisioner.adopt.manifest_naming import name_from_files
from provisioner.adopt.placement import NO_SUBSCRIPTION, ImportOptions
from provisioner.adopt.template_resources import DCR, TABLE, ImportScope, resources_in
from provisioner.adopt.template_source import TemplateSource
from provisioner.errors import BadRequestFile


def from_arm(files: Sequence[Path], options: ImportOptions | None = None) -> ImportedManifest:
    """Import all resources in JSON files as one manifest: templates, bodies of resources, published connectors.

    Raises BadRequestFile where a file cannot be read, or where none of them holds a table or a DCR.
    """
    return _imported([read_json_file(file) for file in files], options or ImportOptions())


def from_bicep(files: Sequence[Path], options: ImportOptions | None = None) -> ImportedManifest:
    """Import all resources in Bicep files as one manifest, each compiled by the `bicep` on the path.

    Raises BadRequestFile as `from_arm`, and where there is no compiler or a file does not compile.
    """
    return _imported([read_bicep_file(file) for file in files], options or ImportOptions())


def _imported(sources: Sequence[JsonFile], options: ImportOptions) -> ImportedManifest:
    scope = ImportScope(
        options.subscription or NO_SUBSCRIPTION, options.resource_group, options.location, options.parameters
    )
    resources_by_file = {Path(source.path): [*resources_in(source, scope)] for source in sources}
    all_resources = [resource for resources in resources_by_file.values() for resource in resources]
    if not any(resource.type in (DCR, TABLE) for resource in all_resources):
        raise BadRequestFile(
            f"{', '.join(source.path for source in sources)}: no table and no data collection rule in it",
            hint="give an ARM template, or the JSON of a table or a rule",
        )
    draft = ManifestDraft(live=False)
    for file in [file for file, resources in resources_by_file.items() if not resources]:
        draft.add_comment((), f"Nothing is known of what {file.name} holds")
        draft.add_diagnostic(
            UNSUPPORTED_TYPE,
            "warning",
            f"{file}: nothing in it that import knows",
            "an array or a template names its types",
        )
    name = options.name or name_from_files(Path(sources[0].path).stem, all_resources)
    return build_manifest(TemplateSource(draft, all_resources, options, name))
