"""The README beside rendered Bicep and Terraform: how to deploy it, what it leaves out, how to go on without us."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from provisioner.model import Manifest
from provisioner.resources.expansion_context import OWNER_TAG


def bicep_guide(manifest: Manifest, files: Sequence[str], parameters: Sequence[str]) -> str:
    """The guide for Bicep files; `parameters` are those without a default."""
    target = manifest.target
    values = "".join(f" -p {name}=<value>" for name in parameters)
    deploy = "\n".join(
        [
            f"az group create -n {target.resource_group} -l {target.location} --subscription {target.subscription}",
            f"az deployment group what-if -g {target.resource_group} -f main.bicep{values}",
            f"az deployment group create -g {target.resource_group} -f main.bicep{values}",
        ]
    )
    return _guide(
        manifest,
        "Bicep",
        files,
        deploy,
        [
            "The resource group itself: it is what the deployment is sent to.",
            *_left_out(manifest),
        ],
        "A deployment in mode Incremental writes every resource anew and deletes none: what you take out of the file "
        "stays in Azure until you delete it. `what-if` shows the service's own defaults as changes.",
    )


def terraform_guide(manifest: Manifest, files: Sequence[str], variables: Sequence[str]) -> str:
    """The guide for Terraform files; `variables` are those without a default."""
    values = "".join(f" -var {name}=<value>" for name in variables)
    deploy = "\n".join(["terraform init", f"terraform plan{values}", f"terraform apply{values}"])
    return _guide(
        manifest,
        "Terraform",
        files,
        deploy,
        [
            "The state: keep it where your team keeps the others (a `backend` block in `main.tf`).",
            *_left_out(manifest),
        ],
        "What exists in Azure already must come into the state before the first apply: render once more with "
        "`--import`, which adds `imports.tf`, and remove that file afterwards. Azure's own tables are written by "
        "`azapi_update_resource`: they exist in every workspace and are never created or deleted.",
    )


def _left_out(manifest: Manifest) -> list[str]:
    lines = ["Samples and tests of transforms: they stay useful to `provisioner test` and to nothing else."]
    if manifest.applications:
        names = ", ".join(manifest.applications)
        lines.append(f"App registrations ({names}): they are no resources of Azure; their object ids are parameters.")
    if manifest.workspace.id:
        lines.append(f"The workspace {manifest.workspace.name}, which exists and is only referred to.")
    if manifest.endpoint is not None and manifest.endpoint.id:
        lines.append(f"The endpoint {manifest.endpoint.name}, which exists and is only referred to.")
    return lines


def _guide(
    manifest: Manifest, language: str, files: Sequence[str], deploy: str, left_out: Sequence[str], remark: str
) -> str:
    listed = "\n".join(f"- `{name}`" for name in files)
    missing = "\n".join(f"- {line}" for line in left_out)
    return f"""# {manifest.name} as {language}

Written from the manifest `{manifest.name}` by `provisioner render --format {language.lower()}`:

{listed}

## Deploy

```bash
{deploy}
```

{textwrap.fill(remark, 118)}

## Go on without the provisioner

These files need nothing of ours. To leave, deploy them once and see that nothing changes; then keep them, delete the
manifest, and drop the tag `{OWNER_TAG}` from them when no `provisioner` command is to treat the resources as its own.
Rows, tables, rule ids and endpoints stay as they are, so senders notice nothing.

To stay, do not edit these files: the next `render` writes them again. Both ways at once, with edits here and in the
manifest, each tool would undo the other's changes.

## Not in these files

{missing}
"""
