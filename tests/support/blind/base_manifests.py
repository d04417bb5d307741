"""The valid manifests, and changes that touch one thing and keep the rest consistent."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import yaml

from tests.support.blind.mutant import Change, Manifest
from tests.support.paths import CASES, EXAMPLES, ROOT

BASES = (
    *sorted((CASES / "blind" / "manifests").glob("*.yaml")),
    *sorted(EXAMPLES.glob("*/provisioner.yaml")),
)
SCHEMAS = ROOT / "schemas"
GUID = "0b1f6471-1bf0-4dda-aec3-cb9272f09590"


@cache
def facts(name: str) -> Any:
    """A file of schemas/."""
    text = (SCHEMAS / name).read_text(encoding="utf-8")
    return json.loads(text) if name.endswith(".json") else yaml.safe_load(text)


def base_manifests() -> dict[str, Manifest]:
    """The valid manifests by name, their samples written inline."""
    manifests = {}
    for path in BASES:
        manifest = yaml.safe_load(path.read_text(encoding="utf-8"))
        for stream in manifest["streams"].values():
            if isinstance(stream, dict) and isinstance(stream.get("samples"), dict):
                stream["samples"] = json.loads((path.parent / stream["samples"]["file"]).read_text(encoding="utf-8"))
        # An example may be called like one of the cases.
        manifests[path.stem if path.stem != "provisioner" else f"example {path.parent.name}"] = manifest
    return manifests


def leading_stream(manifest: Manifest) -> tuple[str, Manifest]:
    """The stream that operators work on: the first that has a transform of several lines."""
    for key, stream in manifest["streams"].items():
        if isinstance(stream, dict) and "\n" in stream.get("transform", ""):
            return key, stream
    raise LookupError("no stream with a transform")


def leading_table(manifest: Manifest) -> tuple[str, Manifest]:
    """The custom table of the leading stream."""
    name = leading_stream(manifest)[1]["table"]
    if not name.endswith("_CL"):
        raise LookupError("a built-in table")
    return name, manifest["tables"][name]


def leading_column(manifest: Manifest, kind: str = "string") -> str:
    """A column of the leading table that its transform names once, as `Name = …`."""
    text = leading_stream(manifest)[1]["transform"]
    for name, spec in leading_table(manifest)[1]["columns"].items():
        plain = spec["type"] if isinstance(spec, dict) else spec
        if (
            plain == kind
            and name != "TimeGenerated"
            and re.findall(rf"\b{name}\b", text) == [name]
            and f"{name} = " in text
        ):
            return str(name)
    raise LookupError(f"no {kind} column")


def rename_key(mapping: Manifest, old: str, new: str) -> None:
    """Give an entry another key, in its place."""
    if old not in mapping:
        raise LookupError(old)
    entries = [(new if key == old else key, value) for key, value in mapping.items()]
    mapping.clear()
    mapping.update(entries)


def overlays(manifest: Manifest, section: str) -> Iterator[Manifest]:
    """The section in the manifest and in each environment that lays over it."""
    for layer in (manifest, *manifest.get("environments", {}).values()):
        if isinstance(layer.get(section), dict):
            yield layer[section]


def set_value(*path: str | int) -> Callable[[Any], Change]:
    """A maker of changes that write one value at a path whose parent is there."""

    def of(value: Any) -> Change:
        def change(manifest: Manifest) -> None:
            spot: Any = manifest
            for step in path[:-1]:
                spot = spot[step]
            spot[path[-1]] = value

        return change

    return of


def rename_table(new: str) -> Change:
    """The leading table under another name wherever it stands."""

    def change(manifest: Manifest) -> None:
        old = leading_table(manifest)[0]
        for tables in overlays(manifest, "tables"):
            if old in tables:
                rename_key(tables, old, new)
        for key, stream in manifest["streams"].items():
            if stream == old:
                manifest["streams"][key] = new
            elif isinstance(stream, dict) and stream.get("table") == old:
                stream["table"] = new

    return change


def rename_stream(new: str) -> Change:
    """The leading stream under another name wherever it stands."""

    def change(manifest: Manifest) -> None:
        old = leading_stream(manifest)[0]
        for streams in overlays(manifest, "streams"):
            rename_key(streams, old, new)
        for dcr in manifest.get("dcrs", {}).values():
            dcr["streams"] = [new if name == old else name for name in dcr["streams"]]

    return change


def rename_dcr(new: str) -> Change:
    """The first rule under another name wherever it stands."""

    def change(manifest: Manifest) -> None:
        if "dcrs" not in manifest:
            manifest["dcrs"] = {new: {"streams": list(manifest["streams"])}}
            return
        old = next(iter(manifest["dcrs"]))
        rename_key(manifest["dcrs"], old, new)
        for grant in manifest["grants"].values():
            if isinstance(grant.get("dcrs"), list):
                grant["dcrs"] = [new if name == old else name for name in grant["dcrs"]]

    return change


def rename_column(new: str) -> Change:
    """A column under another name in the table, the transform and the tests."""

    def change(manifest: Manifest) -> None:
        old = leading_column(manifest)
        stream = leading_stream(manifest)[1]
        rename_key(leading_table(manifest)[1]["columns"], old, new)
        written = new if re.fullmatch(r"[A-Za-z_]\w*", new, re.ASCII) else f"['{new}']"
        stream["transform"] = re.sub(rf"\b{old} = ", lambda _: f"{written} = ", stream["transform"])
        for test in stream.get("tests", ()):
            for row in test.get("expect", ()):
                if old in row:
                    rename_key(row, old, new)

    return change


def change_type(kind: Any, of: str = "string") -> Change:
    """A column of the leading table under another type."""
    return lambda manifest: leading_table(manifest)[1]["columns"].__setitem__(leading_column(manifest, of), kind)


def edit_transform(edit: Callable[[str], str]) -> Change:
    """Another transform of the leading stream."""

    def change(manifest: Manifest) -> None:
        stream = leading_stream(manifest)[1]
        stream["transform"] = edit(stream["transform"])

    return change


def append_operator(text: str) -> Change:
    """The leading transform with an operator behind it; C is one of its columns of text."""

    def change(manifest: Manifest) -> None:
        name = leading_column(manifest)
        body = re.sub(r"\bC\b", name, text)
        edit_transform(lambda old: f"{old.rstrip()} {body}")(manifest)

    return change


def prepend_filter(text: str) -> Change:
    """The leading transform with a filter in front; C is a column of text in the stream, made where it has none."""

    def change(manifest: Manifest) -> None:
        leading_stream(manifest)[1]["columns"]["probe"] = "string"
        body = re.sub(r"\bC\b", "probe", text)
        edit_transform(
            lambda old: re.sub(r"\A\s*source", lambda _: f"source | where isnotempty(probe) {body}", old, count=1)
        )(manifest)

    return change


def read_expression(text: str) -> Change:
    """The leading transform with an expression read in front of it; C is a column of text."""
    return prepend_filter(f"| where isnotempty(tostring({text}))")


def remove_key(*path: str) -> Change:
    """A change that takes a key away."""

    def change(manifest: Manifest) -> None:
        spot: Any = manifest
        for step in path[:-1]:
            spot = spot[step]
        del spot[path[-1]]

    return change


def all_of(*changes: Change) -> Change:
    """Several changes as one."""

    def change(manifest: Manifest) -> None:
        for one in changes:
            one(manifest)

    return change


def set_in_table(key: str, value: Any) -> Change:
    """A key of the leading table, which must be of the plan Analytics; other retentions go first."""

    def change(manifest: Manifest) -> None:
        spec = leading_table(manifest)[1]
        for layer in overlays(manifest, "tables"):
            for other in ("retention", "total_retention"):
                layer.get(leading_table(manifest)[0], {}).pop(other, None)
        spec[key] = value

    return change


def set_in_stream(key: str, value: Any) -> Change:
    """A key of the leading stream."""
    return lambda manifest: leading_stream(manifest)[1].__setitem__(key, value)


def set_plan(manifest: Manifest, plan: str) -> None:
    """The leading table under another plan; Auxiliary is not for every cloud, nor for guid by an older page."""
    if plan == "auxiliary" and manifest["target"].get("cloud", "public") != "public":
        raise LookupError("no Auxiliary in this cloud")
    if plan == "auxiliary" and "guid" in json.dumps(leading_table(manifest)[1]["columns"]):
        raise LookupError("a guid column")
    leading_table(manifest)[1]["plan"] = plan
