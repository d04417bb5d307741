"""Counts, lengths and days ±1 (sections 3.3, 6 and 9.2)."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tests.support.blind.base_manifests import (
    all_of,
    facts,
    leading_column,
    leading_stream,
    leading_table,
    prepend_filter,
    set_in_stream,
    set_in_table,
    set_plan,
)
from tests.support.blind.mutant import Change, Manifest, Operator, Verdict


def columns_to(count: int) -> Change:
    """The leading table with this many columns."""

    def change(manifest: Manifest) -> None:
        columns = leading_table(manifest)[1]["columns"]
        columns.update({f"Filler{n}": "string" for n in range(count - len(columns))})

    return change


def flows_to(count: int) -> Change:
    """One rule with this many flows, a table and a stream for each."""

    def change(manifest: Manifest) -> None:
        kept = {"TimeGenerated": "datetime", "Text": "string"}
        manifest["tables"] = {f"Flow{n}_CL": {"columns": dict(kept)} for n in range(count)}
        manifest["streams"] = {f"Custom-Flow{n}": f"Flow{n}_CL" for n in range(count)}
        manifest["dcrs"] = {"dcr-all": {"streams": list(manifest["streams"])}}
        manifest.pop("grants", None)
        manifest.pop("environments", None)
        manifest.pop("variables", None)

    return change


def fan_to(count: int) -> Change:
    """One stream with this many flows."""

    def change(manifest: Manifest) -> None:
        flows_to(count)(manifest)
        manifest["streams"] = {
            "Custom-Fan": {
                "columns": {"TimeGenerated": "datetime", "Text": "string"},
                "flows": [{"table": name} for name in manifest["tables"]],
            }
        }
        manifest["dcrs"] = {"dcr-all": {"streams": ["Custom-Fan"]}}

    return change


def transform_of(length: int) -> Change:
    """The leading transform filled up with a literal to this many characters."""

    def change(manifest: Manifest) -> None:
        text = " ".join(leading_stream(manifest)[1]["transform"].split())
        text += f' | where {leading_column(manifest)} != ""'
        set_in_stream("transform", text[:-1] + "x" * (length - len(text)) + '"')(manifest)

    return change


def parse_of(count: int) -> Change:
    """A parse into this many columns in front of the leading transform."""
    return prepend_filter("| parse C with " + " ".join(f'"{n}=" p{n}' for n in range(count)))


def limits() -> Iterator[Operator]:
    """Counts, lengths and days ±1 (sections 3.3, 6 and 9.2)."""

    def pair(what: str, make: Callable[[int], Change], most: int, verdict: Verdict = "refused") -> Iterator[Operator]:
        yield Operator(f"{most} {what}", "legal", make(most))
        yield Operator(f"{most + 1} {what}", verdict, make(most + 1))

    yield from pair("columns", columns_to, 500)
    yield from pair("flows of several streams", flows_to, 10)
    yield from pair("flows of one stream", fan_to, 10)
    yield from pair("characters of transform", transform_of, 15360)
    yield from pair("columns of one parse", parse_of, 10, "dropped")  # documented, and published rules have more
    yield from pair(
        "characters of a table's description",
        lambda n: lambda m: leading_table(m)[1].__setitem__("description", "x" * n),
        256,
        "dropped",
    )

    def described(length: int) -> Change:
        return lambda m: next(iter(m["dcrs"].values())).__setitem__("description", "x" * length)

    yield from pair("characters of a rule's description", described, 256)

    def crowd(manifest: Manifest) -> None:
        missing = range(501 - sum(name.endswith("_CL") for name in manifest["tables"]))
        manifest["tables"].update({f"Many{n}_CL": {"columns": {"TimeGenerated": "datetime"}} for n in missing})

    yield Operator("501 custom tables", "dropped", crowd, "501")
    for days, verdict in (
        (-2, "refused"),
        (-1, "legal"),
        (0, "refused"),
        (1, "refused"),
        (3, "refused"),
        (4, "legal"),
        (5, "legal"),
        (730, "legal"),
        (731, "refused"),
        (1095, "refused"),
    ):
        yield Operator(
            f"retention of {days} days",
            verdict,
            set_in_table("retention", days),
            str(days) if verdict == "refused" else "",
        )
    years = facts("limits.yaml")["table"]["total_retention"]["years"]
    totals = {
        -2: "refused",
        -1: "legal",
        0: "refused",
        3: "refused",
        730: "legal",
        731: "refused",
        4384: "refused",
        2555: "refused",
    }
    for days in years:
        totals.update({days - 1: "refused", days: "legal", days + 1: "refused"})
    for days, verdict in totals.items():
        yield Operator(
            f"total retention of {days} days",
            verdict,
            set_in_table("total_retention", days),
            str(days) if verdict == "refused" else "",
        )
    for days, total, verdict in ((90, 90, "legal"), (90, 89, "refused"), (4, 4, "legal"), (730, 365, "refused")):
        yield Operator(
            f"retention {days} of {total} in all",
            verdict,
            all_of(
                set_in_table("retention", days),
                lambda m, t=total: leading_table(m)[1].__setitem__("total_retention", t),
            ),
        )
    for days, verdict in (
        (29, "refused"),
        (30, "legal"),
        (730, "legal"),
        (731, "refused"),
        (0, "refused"),
        (-1, "refused"),
        (4, "refused"),
    ):

        def change(manifest: Manifest, days: int = days) -> None:
            manifest["workspace"]["name"]
            manifest["workspace"]["retention"] = days

        yield Operator(
            f"workspace retention of {days} days", verdict, change, str(days) if verdict == "refused" else ""
        )
    for plan in ("basic", "auxiliary"):
        for key, days, verdict in (
            ("retention", 30, "refused"),
            ("retention", 90, "refused"),
            ("total_retention", 365, "legal"),
            ("total_retention", 30, "legal"),
        ):
            plain = all_of(set_in_table(key, days), lambda m, p=plan: set_plan(m, p))
            yield Operator(f"{plan} with {key} {days}", verdict, plain)
