"""Each type that a transform or a stream produces against each type of a column (section 2)."""

from __future__ import annotations

from collections.abc import Iterator

from tests.support.blind.base_manifests import (
    GUID,
    append_operator,
    edit_transform,
    leading_stream,
    leading_table,
    rename_key,
)
from tests.support.blind.mutant import Manifest, Operator

EXPRESSIONS = {
    "string": "tostring(TimeGenerated)",
    "int": 'toint("1")',
    "long": 'tolong("1")',
    "real": 'toreal("1")',
    "boolean": "isnull(TimeGenerated)",
    "datetime": "TimeGenerated",
    "guid": f'toguid("{GUID}")',
    "dynamic": 'parse_json("[1]")',
    "timespan": "TimeGenerated - ago(1h)",
}


def types() -> Iterator[Operator]:
    """Each type that a transform or a stream produces against each type of a table's column (section 2)."""
    for kind in EXPRESSIONS:
        if kind == "timespan":
            continue
        for produced, expression in EXPRESSIONS.items():

            def change(manifest: Manifest, kind: str = kind, expression: str = expression) -> None:
                name = "Probe"
                leading_table(manifest)[1]["columns"][name] = kind
                edit_transform(lambda text: f"{text.rstrip()} | extend {name} = {expression}")(manifest)

            yield Operator(
                f"{produced} into {kind}",
                "legal" if produced == kind else "refused",
                change,
                "" if produced == kind else "Probe",
            )
    for sent in list(EXPRESSIONS)[:-1]:
        for kind in list(EXPRESSIONS)[:-1]:
            if "guid" in (sent, kind) and sent in ("guid", kind):
                continue

            def straight(manifest: Manifest, sent: str = sent, kind: str = kind) -> None:
                if "Custom-Visits" not in manifest["streams"]:
                    raise LookupError("no stream without a transform")
                manifest["tables"]["Visits_CL"]["columns"]["Probe"] = kind
                manifest["streams"]["Custom-Visits"]["columns"]["Probe"] = sent

            yield Operator(
                f"{sent} straight into {kind}",
                "legal" if sent == kind else "refused",
                straight,
                "" if sent == kind else "Probe",
            )
    yield Operator(
        "a stream's column of type guid",
        "refused",
        lambda m: (
            leading_stream(m)[1]["columns"].__setitem__("probe", "guid")
            or edit_transform(lambda t: t.replace("source", "source | where isnotnull(probe)", 1))(m)
        ),
        "probe",
    )
    yield Operator(
        "guid on Auxiliary",
        "dropped",
        lambda m: (
            (
                m["tables"]["Verbose_CL"]["columns"].__setitem__("Key", "guid"),
                m["streams"]["Custom-Firewall"]["flows"][1].__setitem__(
                    "transform",
                    "source | project TimeGenerated = time, Line = text, Size = strlen(text), Key = toguid(text)",
                ),
            )
        ),
        "Key",
    )
    for kind in ("string", "int", "long", "real", "boolean", "guid", "dynamic"):
        yield Operator(
            f"TimeGenerated of type {kind} in the table",
            "refused",
            lambda m, k=kind: leading_table(m)[1]["columns"].__setitem__("TimeGenerated", k),
            "TimeGenerated",
        )
        yield Operator(
            f"TimeGenerated of type {kind} in the output",
            "refused",
            append_operator(
                f"| extend When = TimeGenerated | extend TimeGenerated = {EXPRESSIONS[kind]} | project-away When"
            ),
            "TimeGenerated",
        )
    yield Operator(
        "no TimeGenerated in the table",
        "refused",
        lambda m: leading_table(m)[1]["columns"].pop("TimeGenerated"),
        "TimeGenerated",
    )
    yield Operator(
        "timeGenerated in the table",
        "refused",
        lambda m: rename_key(leading_table(m)[1]["columns"], "TimeGenerated", "timeGenerated"),
        "imeGenerated",
    )
    yield Operator(
        "no TimeGenerated in the output", "refused", append_operator("| project-away TimeGenerated"), "TimeGenerated"
    )
    yield Operator(
        "timegenerated in the output",
        "refused",
        append_operator("| project-rename timegenerated = TimeGenerated"),
        "TimeGenerated",
    )
    yield Operator(
        "a null TimeGenerated", "dropped", append_operator("| extend TimeGenerated = datetime(null)"), "TimeGenerated"
    )
    yield Operator(
        "a stream without TimeGenerated and without a transform",
        "refused",
        lambda m: (
            [
                m["streams"]["Custom-Visits"]["columns"].pop("TimeGenerated"),
                m["streams"]["Custom-Visits"]["columns"].__setitem__("at", "datetime"),
            ]
        ),
        "TimeGenerated",
    )
    yield Operator(
        "a stream's TimeGenerated of type string without a transform",
        "refused",
        lambda m: m["streams"]["Custom-Visits"]["columns"].__setitem__("TimeGenerated", "string"),
        "TimeGenerated",
    )
    yield Operator(
        "a column cast onto itself",
        "dropped",
        lambda m: (
            leading_stream(m)[1]["columns"].__setitem__("probe", "string")
            or edit_transform(
                lambda t: t.replace("source", "source | extend probe = todatetime(probe) | where isnotnull(probe)", 1)
            )(m)
        ),
        "probe",
    )
