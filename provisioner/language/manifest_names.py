"""Names that a value of a manifest can be: of tables, streams, DCRs, regions, roles and files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path as FilePath

from provisioner.language.completion_item import CompletionItem
from provisioner.language.language_file import ManifestPlace
from provisioner.model import Manifest
from provisioner.package_data import load_facts
from provisioner.transforms.builtin_tables import builtin_table
from provisioner.validate.azure_regions import regions_by_cloud

Path = tuple[str | int, ...]


def name_items(pattern: Path, place: ManifestPlace) -> Iterator[CompletionItem]:
    """The names that the value at a path can be: of tables, streams, DCRs, regions, roles."""
    manifest = place.analysis.manifest
    provider = next((names for matches, names in _NAME_PROVIDERS if _matches(pattern, matches)), None)
    if provider is not None:
        yield from provider(manifest)


def _tables(manifest: Manifest | None) -> Iterator[CompletionItem]:
    for name, table in (manifest.tables if manifest else {}).items():
        yield CompletionItem(name, "table", name, table.description or "declared table", rank=1)
    for name in ingestible_tables():
        if manifest is None or name not in manifest.tables:
            yield CompletionItem(name, "table", name, "one of Azure's tables", rank=7)


def _streams(manifest: Manifest | None) -> Iterator[CompletionItem]:
    for name, stream in (manifest.streams if manifest else {}).items():
        tables = ", ".join(flow.table for flow in stream.flows)
        yield CompletionItem(name, "stream", name, f"into {tables}", rank=1)


def _dcrs(manifest: Manifest | None) -> Iterator[CompletionItem]:
    for name in manifest.dcrs if manifest else ():
        yield CompletionItem(name, "dcr", name, "declared DCR", rank=1)


def _regions(_: Manifest | None) -> Iterator[CompletionItem]:
    for cloud, regions in regions_by_cloud().items():
        for name, display_name in regions.items():
            yield CompletionItem(name, "value", name, f"{display_name} · {cloud}", rank=2 if cloud == "public" else 6)


def _roles(_: Manifest | None) -> Iterator[CompletionItem]:
    for name in load_facts("roles.yaml")["roles"]:
        yield CompletionItem(str(name), "value", str(name), "a role", rank=2)


def _applications(manifest: Manifest | None) -> Iterator[CompletionItem]:
    for name in manifest.applications if manifest else ():
        yield CompletionItem(name, "value", name, "declared application", rank=1)


def _silences(_: Manifest | None) -> Iterator[CompletionItem]:
    for span in load_facts("monitoring.yaml")["silence_alerts"]["windows"]:
        yield CompletionItem(str(span), "value", str(span), "how long a table may be quiet", rank=1)


def _commitments(_: Manifest | None) -> Iterator[CompletionItem]:
    for tier in load_facts("limits.yaml")["workspace"]["commitment"]["tiers"]:
        yield CompletionItem(str(tier), "value", str(tier), "GB a day", rank=1)


def _principals(_: Manifest | None) -> Iterator[CompletionItem]:
    yield CompletionItem("self", "value", "self", "the identity that runs", rank=1)


Names = Callable[["Manifest | None"], Iterator[CompletionItem]]
_NAME_PROVIDERS: tuple[tuple[Path, Names], ...] = (
    (("streams", "*", "table"), _tables),
    (("streams", "*"), _tables),
    (("streams", "*", "flows", "*", "table"), _tables),
    (("dcrs", "*", "streams", "*"), _streams),
    (("grants", "*", "dcrs"), _dcrs),
    (("grants", "*", "dcrs", "*"), _dcrs),
    (("grants", "*", "role"), _roles),
    (("grants", "*", "principal"), _principals),
    (("grants", "*", "principal", "application"), _applications),
    (("monitoring", "alerts", "silence"), _silences),
    (("workspace", "sku", "commitment"), _commitments),
    (("target", "location"), _regions),
    (("workspace", "location"), _regions),
    (("endpoint", "location"), _regions),
)


def file_items(place: ManifestPlace) -> Iterator[CompletionItem]:
    """Files of the project that the key takes, relative to the file that names them."""
    base = place.file.path.parent
    is_include = place.cursor.path[:1] == ("include",)
    suffixes = {".yaml", ".yml"} if is_include else _SUFFIXES.get(_owner_key(place.cursor.path), _ALL_SUFFIXES)
    root = place.file.project.manifest_file.parent
    for count, path in enumerate(_project_files(root)):
        if count > _MAX_FILES:
            return
        if path.suffix in suffixes and path != place.file.path and path.is_relative_to(base):
            name = path.relative_to(base).as_posix()
            yield CompletionItem(name, "file", name, rank=1)


_ALL_SUFFIXES = frozenset({".yaml", ".yml", ".json", ".ndjson", ".csv", ".kql"})
_SUFFIXES = {
    "transform": frozenset({".kql"}),
    "samples": frozenset({".json", ".ndjson", ".csv", ".yaml", ".yml"}),
    "tests": frozenset({".yaml", ".yml", ".json"}),
}
_MAX_FILES = 2000
"""A folder may be the root of a disk; the list ends before it takes long."""


def _owner_key(path: Path) -> str:
    return str(path[-2]) if len(path) > 1 else ""


def _project_files(root: FilePath) -> Iterator[FilePath]:
    for path in sorted(root.iterdir()):
        if path.name.startswith("."):
            continue
        if path.is_dir() and not path.is_symlink() and path.name not in {"node_modules", "build", "dist"}:
            yield from _project_files(path)
        elif path.is_file():
            yield path


def ingestible_tables() -> Iterable[str]:
    """The names of Azure's own tables that take rows from the Logs Ingestion API."""
    names: Iterable[str] = load_facts("builtin_tables.json")["tables"]
    return (name for name in names if builtin_table(name) is not None)


def without_environment(path: Path) -> Path:
    """The path without the environment that it is an overlay of."""
    return path[2:] if path[:1] == ("environments",) and len(path) > 1 else path


def _matches(path: Path, pattern: Path) -> bool:
    return len(path) == len(pattern) and all(
        expected in {"*", step} for step, expected in zip(path, pattern, strict=True)
    )
