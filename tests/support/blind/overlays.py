"""What is right by itself and wrong in one environment, or only when variables are filled in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from tests.support.blind.base_manifests import (
    GUID,
    all_of,
    edit_transform,
    leading_column,
    leading_stream,
    leading_table,
    prepend_filter,
    set_value,
)
from tests.support.blind.mutant import Change, Manifest, Operator, Verdict

Layer = Callable[[Manifest], dict[str, Any]]


def merge_mapping(onto: dict[str, Any], more: dict[str, Any]) -> None:
    """Merge mappings key by key."""
    for key, value in more.items():
        if isinstance(value, dict) and isinstance(onto.get(key), dict):
            merge_mapping(onto[key], value)
        else:
            onto[key] = value


def overlay_prod(layer: Layer) -> Change:
    """The environment `prod` with a layer over it; a new one where there is none."""

    def change(manifest: Manifest) -> None:
        merge_mapping(manifest.setdefault("environments", {}).setdefault("prod", {}), layer(manifest))

    return change


def at_table(**keys: Any) -> Layer:
    """Keys of the leading table."""
    return lambda m: {"tables": {leading_table(m)[0]: keys}}


def at_stream(**keys: Any) -> Layer:
    """Keys of the leading stream."""
    return lambda m: {"streams": {leading_stream(m)[0]: keys}}


def at_grant(**keys: Any) -> Layer:
    """Keys of the first grant."""
    return lambda m: {"grants": {next(iter(m["grants"])): keys}}


def always(**layer: Any) -> Layer:
    """The same for every manifest."""
    return lambda _: layer


def where(test: Callable[[Manifest], Any], layer: Layer) -> Layer:
    """A layer for manifests in which a lookup succeeds."""

    def of(manifest: Manifest) -> dict[str, Any]:
        test(manifest)
        return layer(manifest)

    return of


MORE = {"More_CL": {"columns": {"TimeGenerated": "datetime", "9": "int"}}}
LAYERS: tuple[tuple[str, Verdict, str, Layer], ...] = (
    ("a retention of 3 days", "refused", "3 days", at_table(retention=3)),
    ("a total below the retention", "refused", "365", at_table(retention=400, total_retention=365)),
    ("retention and plan basic", "refused", "basic", at_table(retention=90, plan="basic")),
    ("an unknown plan", "refused", "premium", at_table(plan="premium")),
    ("a column of another type", "refused", "", lambda m: at_table(columns={leading_column(m): "long"})(m)),
    ("a column less", "dropped", "", lambda m: at_table(columns={leading_column(m): None})(m)),
    ("no TimeGenerated", "refused", "TimeGenerated", at_table(columns={"TimeGenerated": None})),
    ("no table", "refused", "", lambda m: {"tables": {leading_table(m)[0]: None}}),
    ("no stream", "refused", "", where(lambda m: m["dcrs"], lambda m: {"streams": {leading_stream(m)[0]: None}})),
    ("no endpoint", "refused", "endpoint", where(lambda m: (m["dcrs"], m["endpoint"]), always(endpoint=None))),
    ("no rule", "refused", "", where(lambda m: m["dcrs"]["dcr-orders"], always(dcrs={"dcr-orders": None}))),
    ("a wrong transform", "refused", "nothing", at_stream(transform="source | extend X = nothing")),
    ("a table that is not there", "refused", "Nowhere_CL", at_stream(table="Nowhere_CL")),
    ("a principal by name", "refused", "checkout", at_grant(principal="checkout")),
    ("a role off by a letter", "refused", "Metric Publisher", at_grant(role="Monitoring Metric Publisher")),
    ("a rule that is not there", "refused", "dcr-nothing", at_grant(dcrs=["dcr-nothing"])),
    ("another cloud alone", "refused", "", always(target={"cloud": "china"})),
    ("a region that is not there", "refused", "atlantis", always(target={"location": "atlantis"})),
    ("a subscription by name", "refused", "production", always(target={"subscription": "production"})),
    ("a longer name", "refused", "64", where(lambda m: m["workspace"]["name"], always(workspace={"name": "l" * 64}))),
    ("a wrong column of a new table", "refused", "9", always(tables=MORE)),
    ("a secret", "refused", "", always(tags={"note": "Server=x;Password=hunter2hunter2;"})),
    ("a tag", "legal", "", always(tags={"stage": "prod"})),
    ("a longer retention", "legal", "", at_table(retention=365, total_retention=730)),
)


def filled(value: Any, *path: str) -> Change:
    """A place filled from a variable's default; `*` is the first key there, TABLE the leading table."""

    def change(manifest: Manifest) -> None:
        manifest.setdefault("variables", {})["filled"] = {"default": value}
        steps: list[str] = []
        spot: Any = manifest
        for step in path:
            steps.append(next(iter(spot)) if step == "*" else leading_table(manifest)[0] if step == "TABLE" else step)
            spot = spot.get(steps[-1])
        set_value(*steps)("$(filled)")(manifest)

    return change


FILLED: tuple[tuple[Verdict, Any, tuple[str, ...]], ...] = (
    ("refused", "atlantis", ("target", "location")),
    ("refused", "webshop", ("target", "subscription")),
    ("refused", "a/b", ("target", "resource_group")),
    ("refused", 7, ("target", "resource_group")),
    ("refused", "publc", ("target", "cloud")),
    ("refused", 3, ("tables", "TABLE", "retention")),
    ("refused", "90", ("tables", "TABLE", "retention")),
    ("legal", 60, ("tables", "TABLE", "retention")),
    ("refused", "premium", ("tables", "TABLE", "plan")),
    ("refused", "checkout", ("grants", "*", "principal")),
    ("legal", GUID[:-1] + "1", ("grants", "*", "principal")),
)


def sent(name: str, kind: str) -> Change:
    """One more column in the leading stream."""
    return lambda m: leading_stream(m)[1]["columns"].__setitem__(name, kind)


def overlays() -> Iterator[Operator]:
    """Environments and variables that make wrong what was right; transforms that lose every row."""
    for name, verdict, expected_text, layer in LAYERS:
        yield Operator(f"prod: {name}", verdict, overlay_prod(layer), expected_text, "prod")
    for verdict, value, path in FILLED:
        yield Operator(f"filled in: {'.'.join(path)} is {value!r}", verdict, filled(value, *path))
    yield Operator("every row is filtered", "dropped", prepend_filter("| where false"))
    yield Operator("every row is filtered by numbers", "dropped", prepend_filter("| where 1 == 2"))
    early = edit_transform(lambda text: text.replace("source", "source | where todatetime(ms) > ago(1d)", 1))
    yield Operator("milliseconds read as a time", "dropped", all_of(sent("ms", "long"), early), "ms")
