"""Keys off by a letter, keys that are missing, values of another shape."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from tests.support.blind.base_manifests import (
    GUID,
    all_of,
    leading_stream,
    leading_table,
    remove_key,
    rename_key,
    set_in_stream,
    set_in_table,
    set_value,
)
from tests.support.blind.enums import letters
from tests.support.blind.mutant import Manifest, Operator, dump

LAW = f"/subscriptions/{GUID}/resourceGroups/rg/providers/Microsoft.OperationalInsights/workspaces/law-x"


def shapes() -> Iterator[Operator]:
    """Keys off by a letter, keys that are missing, values of another shape."""
    for path in (
        ("version",),
        ("name",),
        ("workspace",),
        ("target", "subscription"),
        ("target", "resource_group"),
        ("target", "location"),
    ):
        yield Operator(f"no {'.'.join(path)}", "refused", remove_key(*path), path[-1])
    for bad in (0, 2, "1", None, 1.5, True):
        yield Operator(f"version {bad!r}", "refused", set_value("version")(bad))

    def misspell(*path: str) -> Iterator[Operator]:
        for wrong in letters(path[-1]):

            def change(manifest: Manifest, wrong: str = wrong) -> None:
                spot: Any = manifest
                for step in path[:-1]:
                    spot = (
                        leading_stream(spot)[1]
                        if step == "STREAM"
                        else leading_table(manifest)[1]
                        if step == "TABLE"
                        else next(iter(spot[step[1:]].values()))
                        if step[0] == "*"
                        else spot[step]
                    )
                rename_key(spot, path[-1], wrong)

            yield Operator(f"key {wrong!r} in {'.'.join(path[:-1]) or 'the manifest'}", "refused", change, wrong)

    for key in ("tables", "streams", "grants", "environments", "target"):
        yield from misspell(key)
    for key in ("columns", "table", "transform", "tests", "samples"):
        yield from misspell("STREAM", key)
    for key in ("columns", "retention", "plan", "description"):
        yield from misspell("TABLE", key)
    yield from misspell("*grants", "principal")
    yield from misspell("*dcrs", "streams")
    yield from misspell("workspace", "name")
    yield from misspell("target", "location")
    for key, bad in (
        ("retention", "90"),
        ("retention", 90.5),
        ("retention", True),
        ("retention", []),
        ("existing", "yes"),
        ("columns", []),
        ("columns", "string"),
        ("columns", {}),
        ("description", 3),
    ):
        yield Operator(f"table {key} is {bad!r}", "refused" if bad != {} else "dropped", set_in_table(key, bad))
    for key, bad in (
        ("columns", []),
        ("columns", {}),
        ("table", 3),
        ("table", None),
        ("table", ["Orders_CL"]),
        ("transform", 3),
        ("transform", []),
        ("transform", ""),
        ("tests", {}),
        ("samples", "x"),
        ("samples", 3),
    ):
        yield Operator(f"stream {key} is {bad!r}", "refused", set_in_stream(key, bad))
    yield Operator("send is a word", "refused", set_value("verify")({"send": "maybe"}), "send")
    yield Operator("tags are a list", "refused", set_value("tags")(["team"]), "tags")
    yield Operator("tag value is a number", "refused", set_value("tags")({"team": 3}), "team")
    yield Operator("flows beside table", "refused", set_in_stream("flows", [{"table": "Visits_CL"}]), "flows")
    yield Operator(
        "no flows at all",
        "refused",
        all_of(
            set_in_stream("flows", []),
            lambda m: [leading_stream(m)[1].pop("table"), leading_stream(m)[1].pop("transform")],
        ),
    )
    yield Operator("a stream without a table", "refused", lambda m: leading_stream(m)[1].pop("table"), "table")
    yield Operator(
        "a workspace by name and id",
        "refused",
        set_value("workspace")(
            {
                "name": "law-x",
                "id": LAW,
            }
        ),
    )
    good = LAW
    for bad in (
        good.replace("OperationalInsights", "Insights"),
        good.replace("workspaces", "workspace"),
        good.rsplit("/", 1)[0],
        good + "/",
        good[1:],
        good.replace(GUID, "webshop"),
        good + "/tables/X",
        "",
    ):
        yield Operator(
            f"workspace id {bad!r}",
            "refused",
            lambda m, b=bad: set_value("workspace")({"id": b, "location": m["target"]["location"]})(m),
        )
    good = f"/subscriptions/{GUID}/resourceGroups/rg/providers/Microsoft.Insights/dataCollectionEndpoints/dce-x"
    for bad in (
        good.replace("Endpoints", "Rules"),
        good.replace("Microsoft.Insights", "Microsoft.OperationalInsights"),
        good.rsplit("/", 1)[0],
        good[1:],
    ):
        yield Operator(f"endpoint id {bad!r}", "refused", set_value("endpoint")({"id": bad}))
    yield Operator(
        "an existing workspace with a retention",
        "refused",
        lambda m: m["workspace"].__setitem__("retention", 60) if m["workspace"]["id"] else None,
        "retention",
    )
    yield Operator("a key twice", "refused", lambda m: dump(m) + "name: again\n", "name", raw=True)
    yield Operator(
        "a column twice",
        "refused",
        lambda m: re.sub(r"( +)TimeGenerated: datetime\n", r"\g<0>\g<0>", dump(m), count=1),
        "TimeGenerated",
        raw=True,
    )
    yield Operator(
        "an overlay of another shape",
        "refused",
        lambda m: m["environments"]["prod"].__setitem__("tables", []),
        "tables",
        "prod",
    )
    yield Operator(
        "an overlay with an unknown key",
        "refused",
        lambda m: m["environments"]["prod"].__setitem__("tabels", {}),
        "tabels",
        "prod",
    )
