"""Laws of import: it never ends in a traceback, its manifest loads, and it grants exactly what the source grants."""

from __future__ import annotations

import copy
import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from provisioner import load
from provisioner.adopt import ImportOptions, from_arm
from provisioner.errors import BadRequestFile
from tests.support.arm_templates import (
    GROUP,
    OPTIONS,
    PUBLISHER,
    READER,
    SUBSCRIPTION,
    assignment,
    rule,
    table,
    template,
)
from tests.support.paths import CASES, SHARED

FILES = sorted(
    [
        *(CASES / "arm").glob("*/*.json"),
        *(SHARED / "corpus" / "arm").glob("*.json"),
        *(SHARED / "corpus" / "native").glob("*.json"),
        *(SHARED / "corpus" / "reports").glob("imp-*/*.json"),
    ]
)
ODD = [
    None, True, 0, -1, 3.5, 10**20, "", "x", " ", "Custom-", "Microsoft-", "Microsoft-Syslog", "Custom-X_CL",
    "é\u2028$(x)",
    [], [None], ["x"], [[]], {}, {"a": None}, {"name": "x"}, "[", "[]", "[[x]", "[parameters('nobody')]", "[concat()]",
    "[parameters('nobody')[0].x]", "{{nobody}}", "[reference('x').y]", "[copyIndex()]", "[variables('x')]",
    "[if(true(), createObject('value', 1), null())]", "[resourceGroup().id]", "guid", "dynamic",
]  # fmt: skip


def places(value, path=()):
    """The path of every value inside a JSON value."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield (*path, key)
        yield from places(inner, (*path, key))


def value_at(value, path):
    for step in path:
        value = value[step]
    return value


@st.composite
def mutants(draw):
    """A file of the corpus with up to four values replaced, removed, doubled, renamed or taken from elsewhere in it."""
    source = json.loads(draw(st.sampled_from(TEXTS)))
    for _ in range(draw(st.integers(1, 4))):
        paths = list(places(source))
        if not paths:
            break
        path = draw(st.sampled_from(paths))
        holder, key = value_at(source, path[:-1]), path[-1]
        action = draw(st.sampled_from(["odd", "remove", "move", "rename", "double"]))
        if action == "odd":
            holder[key] = copy.deepcopy(draw(st.sampled_from(ODD)))
        elif action == "remove":
            del holder[key]
        elif action == "move":
            holder[key] = copy.deepcopy(value_at(source, draw(st.sampled_from(paths))))
        elif action == "rename" and isinstance(holder, dict):
            holder[draw(st.sampled_from([str(key).upper(), "copy", "resources", "condition", "existing", "x"]))] = (
                holder.pop(key)
            )
        elif isinstance(holder, list):
            holder.append(copy.deepcopy(holder[key]))
    return source


def texts():
    """The files that the reader takes for JSON, without comments."""
    for file in FILES:
        try:
            yield json.dumps(json.loads(file.read_text(encoding="utf-8-sig"), strict=False))
        except ValueError:
            continue


TEXTS = list(texts())


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(source=mutants(), options=st.sampled_from([OPTIONS, ImportOptions()]))
def test_no_file_however_odd_stops_the_import_and_its_manifest_loads(tmp_path_factory, source, options):
    folder = tmp_path_factory.mktemp("mutant")
    file = folder / "source.json"
    file.write_text(json.dumps(source), encoding="utf-8")
    try:
        imported = from_arm([file], options)
    except BadRequestFile:
        return
    manifest = folder / "provisioner.yaml"
    manifest.write_text(imported.yaml_text(), encoding="utf-8")
    document = load.load_document(manifest)
    assert [diagnostic.message for diagnostic in document.diagnostics if diagnostic.severity == "error"] == []
    assert document.manifest is not None


RULES = ["dcr-a", "dcr-b"]
PRINCIPALS = [f"{number}1111111-2222-3333-4444-555555555555" for number in range(1, 4)]
GROUP_ID = "/subscriptions/{}/resourceGroups/{}"
SCOPES = {
    **{f"[resourceId('Microsoft.Insights/dataCollectionRules', '{name}')]": {name} for name in RULES},
    "[resourceGroup().id]": set(RULES),
    "[subscription().id]": set(RULES),
    GROUP: set(RULES),
    f"/subscriptions/{SUBSCRIPTION}": set(RULES),
    "[resourceId('Microsoft.Insights/dataCollectionRules', 'dcr-c')]": set(),
    "[resourceId('Microsoft.Storage/storageAccounts', 'dcr-a')]": set(),
    "[resourceId('rg-y', 'Microsoft.Insights/dataCollectionRules', 'dcr-a')]": set(),
    GROUP_ID.format(SUBSCRIPTION, "rg-y"): set(),
    GROUP_ID.format("99999999-8b86-4d01-b42d-00c04fc964ff", "rg-x"): set(),
    "/providers/Microsoft.Management/managementGroups/root": set(),
}
"""Scope → the rules that it certainly covers."""
ASSIGNMENTS = st.tuples(
    st.sampled_from(list(SCOPES)), st.sampled_from([PUBLISHER, READER]), st.sampled_from(PRINCIPALS), st.booleans()
)


@settings(max_examples=150, deadline=None)
@given(drawn=st.lists(ASSIGNMENTS, max_size=6))
def test_import_grants_exactly_what_the_source_lets_send(tmp_path_factory, drawn):
    folder = tmp_path_factory.mktemp("grants")
    assignments = [
        assignment(scope, role, principal, name=f"[guid('{index}')]", properties={"condition": "x"} if limited else {})
        for index, (scope, role, principal, limited) in enumerate(drawn)
    ]
    file = folder / "source.json"
    file.write_text(json.dumps(template(table(), *map(rule, RULES), *assignments)), encoding="utf-8")
    manifest = folder / "provisioner.yaml"
    manifest.write_text(from_arm([file], OPTIONS).yaml_text(), encoding="utf-8")
    loaded = load.load_document(manifest).manifest
    granted = {(grant.principal, name) for grant in loaded.grants.values() for name in grant.dcrs}
    assert granted == {
        (principal, name)
        for scope, role, principal, limited in drawn
        if role == PUBLISHER and not limited
        for name in SCOPES[scope]
    }
