"""At a limit nothing is said, one beyond it the rule speaks."""

from __future__ import annotations

from pathlib import Path

import pytest

from provisioner import load, validate
from provisioner.validate import apply_fixes
from tests.support.manifests import write_manifest

TARGET = "target: {subscription: 6f9619ff-8b86-d011-b42d-00c04fc964ff, resource_group: NAME, location: westeurope}"
TIME = "TimeGenerated: datetime"


def columns(count: int) -> str:
    names = "".join(f", C{n}: string" for n in range(count - 1))
    return f"tables: {{Orders_CL: {{columns: {{{TIME}{names}}}}}}}"


def tables(count: int) -> str:
    return "tables:\n" + "".join(f"  T{n:03}_CL: {{columns: {{{TIME}}}}}\n" for n in range(count))


def streams(count: int, dcr: str = "dcr-webshop") -> str:
    entries = "".join(f"  Custom-S{n}: Orders_CL\n" for n in range(count))
    listed = ", ".join(f"Custom-S{n}" for n in range(count))
    return columns(1) + f"\nstreams:\n{entries}dcrs: {{{dcr}: {{streams: [{listed}]}}}}\n"


def dcr_description(length: int) -> str:
    return streams(1).replace("streams: [", f"description: {'d' * length}, streams: [")


def endpoint_description(length: int) -> str:
    return streams(1) + f"endpoint: {{description: {'d' * length}}}"


def table_description(length: int) -> str:
    return f"tables: {{Orders_CL: {{description: {'d' * length}, columns: {{{TIME}}}}}}}"


def sample(length: int) -> str:
    row = f"{{TimeGenerated: '2026-01-01T10:00:00Z', o: {'x' * length}}}"
    table = f"tables: {{Orders_CL: {{columns: {{{TIME}, o: string}}}}}}\n"
    return table + f"streams: {{Custom-Orders: {{table: Orders_CL, samples: [{row}]}}}}\n"


def name(piece: str):
    return lambda length: piece.replace("NAME", "n" * length)


def credentials(count: int, subject: str = "s", **fields: str) -> str:
    shared = "".join(f", {key}: {value}" for key, value in fields.items())
    listed = ", ".join(f"{{issuer: https://ci.example, subject: {subject}{n}{shared}}}" for n in range(count))
    return f"applications: {{sender: {{federated: [{listed}]}}}}"


def credential(field: str, prefix: str = ""):
    def manifest(length: int) -> str:
        values = {"issuer": "https://ci.example", "subject": "s"} | {field: prefix + "x" * (length - len(prefix))}
        listed = ", ".join(f"{key}: '{value}'" for key, value in values.items())
        return f"applications: {{sender: {{federated: [{{{listed}}}]}}}}"

    return manifest


LIMITS = {
    "APP001": (credentials, 20),
    "APP002": (credential("issuer", "https://"), 600),
    "APP006": (credential("name"), 120),
    "APP007": (name("applications: {NAME: {federated: []}}"), 40),
    "TAB002": (columns, 500),
    "TAB003": (tables, 500),
    "RES001": (streams, 10),
    "RES006": (dcr_description, 256),
    "RES011": (endpoint_description, 256),
    "STR008": (sample, 65_536),
    "TAB016": (table_description, 256),
    "NAM001": (name(TARGET), 90),
    "NAM002": (name("workspace: {name: NAME}"), 63),
    "NAM004": (lambda length: name(columns(1).replace("Orders_CL", "NAME_CL"))(length - 3), 63),
    "NAM006": (name("endpoint: {name: NAME}"), 44),
    "NAM007": (lambda length: streams(1, dcr="d" * length), 64),
    "NAM008": (lambda length: streams(1, dcr="d" * length), 30),
    "NAM010": (lambda length: columns(1) + f"\nstreams: {{Custom-{'s' * (length - 7)}: Orders_CL}}", 52),
    "NAM012": (name(f"tables: {{Orders_CL: {{columns: {{{TIME}, NAME: string}}}}}}"), 45),
    "NAM017": (name("tags: {NAME: value}"), 512),
}  # fmt: skip


def codes(folder: Path, piece: str) -> set[str]:
    return {diagnostic.code for diagnostic in validate.check(load.load_document(write_manifest(folder, piece)))}


@pytest.mark.parametrize("code", LIMITS)
def test_one_beyond_a_limit_is_told_and_the_limit_is_not(code: str, tmp_path):
    make, most = LIMITS[code]
    assert code not in codes(tmp_path, make(most))
    assert code in codes(tmp_path, make(most + 1))


@pytest.mark.parametrize(("code", "make", "least"), [
    ("NAM002", name("workspace: {name: NAME}"), 4),
    ("NAM012", name(f"tables: {{Orders_CL: {{columns: {{{TIME}, NAME: string}}}}}}"), 2),
])  # fmt: skip
def test_one_below_the_least_is_told(code: str, make, least: int, tmp_path):
    assert code not in codes(tmp_path, make(least))
    assert code in codes(tmp_path, make(least - 1))


@pytest.mark.parametrize("count", [11, 20, 21, 47, 100])
@pytest.mark.parametrize("written", [True, False])
def test_the_fix_for_too_many_flows_writes_balanced_dcrs(count: int, written: bool, tmp_path, monkeypatch):
    """As few as the limit allows, about equal in size, every stream once, in the author's order."""
    monkeypatch.chdir(tmp_path)
    piece = streams(count)
    path = write_manifest(tmp_path, piece if written else piece[: piece.index("dcrs:")])
    before = load.load_document(path)
    diagnostics = [diagnostic for diagnostic in validate.check(before) if diagnostic.code == "RES001"]
    assert [diagnostic.fix is not None for diagnostic in diagnostics] == [True]
    texts, _ = apply_fixes(diagnostics, lambda file: Path(file).read_text(encoding="utf-8"))
    path.write_text(texts[path.name], encoding="utf-8")
    after = load.load_document(path)
    assert not [diagnostic for diagnostic in validate.check(after) if diagnostic.severity == "error"]
    sizes = [len(dcr.streams) for dcr in after.manifest.dcrs.values()]
    assert len(sizes) == -(-count // 10)
    assert max(sizes) - min(sizes) <= 1
    assert [key for dcr in after.manifest.dcrs.values() for key in dcr.streams] == list(before.manifest.streams)
    assert next(iter(after.manifest.dcrs)) == "dcr-webshop"
