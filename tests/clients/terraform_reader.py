"""`python -m tests.clients.terraform_reader`: Terraform's own parser reads back what render writes of each manifest.

Run in a folder with `read.mjs` and its package. A body that differs from the definition ends the run with an error.
"""

from __future__ import annotations

import json
import re
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from provisioner.render import render
from provisioner.resources import Param, Ref
from provisioner.resources.expand import expand_manifest
from tests.render.test_bicep import MANIFESTS

_CHOMPED = re.compile(r"\$\{chomp\(<<KQL\n(.*)\nKQL\n?\)\}", re.DOTALL)


def main() -> None:
    """Render, read, compare; raises AssertionError with the place of the first difference."""
    with tempfile.TemporaryDirectory() as folder:
        files = {}
        for number, (name, manifest) in enumerate(MANIFESTS.items()):
            graph = expand_manifest(manifest)
            for file, text in render(manifest, graph, "terraform", import_blocks=True).items():
                if file.endswith(".tf"):
                    path = Path(folder) / f"{number}-{file}"
                    path.write_text(text, encoding="utf-8")
                    files[str(path)] = (name, manifest, graph)
        command = ["node", "read.mjs", *files]
        contents = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    bodies = 0
    for path, (name, manifest, graph) in files.items():
        if path.endswith("-main.tf"):
            bodies += _compare(
                name, contents[path], [one for one in graph if not one.existing], manifest.target.location
            )
    print(f"{len(files)} files read, {bodies} bodies equal to their definitions")


def _compare(name: str, content: dict[str, Any], declared: list[Any], location: str) -> int:
    resources = content["resource"]
    blocks = {key: block for kind in resources.values() for key, [block] in kind.items()}
    assert len(blocks) == len(declared), name
    unread = list(blocks.values())
    for resource in declared:
        # JSON has no order of blocks: a resource is found by its type and what its body says.
        kind = f"{resource.type.arm_type}@{resource.type.api_version}"
        equal = [one for one in unread if one["type"] == kind and _same(_body(one), resource.body, location)]
        assert equal, f"{name}: no {kind} has the body that its definition says"
        unread.remove(equal[0])
    return len(declared)


def _body(block: dict[str, Any]) -> dict[str, Any]:
    kept = {key: block[key] for key in ("location", "tags", "identity") if key in block}
    return {**kept, **block.get("body", {})}


def _same(written: Any, declared: Any, location: str) -> bool:
    if isinstance(declared, Ref):
        return re.fullmatch(r"\$\{(data\.)?azapi_(update_)?resource\.\w+\.id\}", str(written)) is not None
    if isinstance(declared, Param):
        return bool(written == "${var.principal_id}")
    if isinstance(declared, dict):
        # An identity is a block of its own, and blocks are lists.
        written = written[0] if isinstance(written, list) else written
        return set(written) == set(declared) and all(_same(written[key], declared[key], location) for key in declared)
    if isinstance(declared, list):
        pairs = zip(written, declared, strict=False)
        return len(written) == len(declared) and all(_same(one, other, location) for one, other in pairs)
    if isinstance(declared, str):
        return _text(str(written)) == declared or (written == "${var.location}" and declared == location)
    return bool(written == declared)


def _text(written: str) -> str:
    chomped = _CHOMPED.fullmatch(written)
    text = chomped[1] if chomped else written
    return text.replace("$${", "${").replace("%%{", "%{")


if __name__ == "__main__":
    main()
