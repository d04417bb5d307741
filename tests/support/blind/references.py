"""Every reference dangling, everything without a reference, everything that is there twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from tests.support.blind.base_manifests import (
    all_of,
    append_operator,
    edit_transform,
    leading_column,
    leading_stream,
    leading_table,
    remove_key,
    rename_stream,
    set_in_stream,
    set_in_table,
    set_plan,
    set_value,
)
from tests.support.blind.mutant import Manifest, Operator


def references() -> Iterator[Operator]:
    """Every reference dangling, everything without a reference, everything that is there twice."""

    def first(section: str) -> Callable[[Manifest], Any]:
        return lambda m: next(iter(m[section].values()))

    yield Operator(
        "a stream into no table",
        "refused",
        lambda m: [leading_table(m), set_in_stream("table", "Ordres_CL")(m)],
        "Ordres_CL",
    )
    yield Operator(
        "a stream into a table of another case",
        "refused",
        lambda m: set_in_stream("table", leading_table(m)[0].swapcase())(m),
    )
    yield Operator(
        "a short stream into no table",
        "refused",
        lambda m: m["streams"].__setitem__("Custom-More", "Nowhere_CL"),
        "Nowhere_CL",
    )
    yield Operator(
        "a flow into no table",
        "refused",
        lambda m: m["streams"]["Custom-Firewall"]["flows"][0].__setitem__("table", "Nowhere_CL"),
        "Nowhere_CL",
    )
    yield Operator(
        "two flows into one table",
        "refused",
        lambda m: m["streams"]["Custom-Firewall"]["flows"].append(dict(m["streams"]["Custom-Firewall"]["flows"][0])),
        unsettled="3.3: several flows of a stream go into different tables; that the same one is refused is not said",
    )
    yield Operator(
        "a rule of no stream",
        "refused",
        lambda m: first("dcrs")(m)["streams"].append("Custom-Nothing"),
        "Custom-Nothing",
    )
    yield Operator(
        "a rule of a stream off by a letter",
        "refused",
        lambda m: first("dcrs")(m)["streams"].__setitem__(0, first("dcrs")(m)["streams"][0][:-1]),
    )

    def idle(manifest: Manifest) -> None:
        if len(manifest["dcrs"]) == 1:
            raise LookupError("the only rule takes every stream that no rule names")
        first("dcrs")(manifest)["streams"] = []

    yield Operator("a rule without streams", "refused", idle)
    yield Operator(
        "a stream twice in a rule",
        "refused",
        lambda m: first("dcrs")(m)["streams"].append(first("dcrs")(m)["streams"][0]),
    )
    yield Operator(
        "a stream in no rule",
        "dropped",
        lambda m: (
            [
                m["dcrs"]["dcr-visits"],
                m["streams"].__setitem__(
                    "Custom-Lost",
                    {"columns": {"TimeGenerated": "datetime"}, "table": "Visits_CL", "transform": "source"},
                ),
            ]
        ),
        "Custom-Lost",
    )
    yield Operator(
        "the shared endpoint where there is none",
        "refused",
        lambda m: (
            remove_key("endpoint")(m)
            or first("dcrs")(m).__setitem__("endpoint", "shared")
            or (m.pop("environments", None))
        ),
    )
    yield Operator(
        "a grant on no rule",
        "refused",
        lambda m: first("grants")(m).__setitem__("dcrs", ["dcr-nothing"]),
        "dcr-nothing",
    )
    yield Operator("a grant on no rules at all", "dropped", lambda m: first("grants")(m).__setitem__("dcrs", []))
    yield Operator("a grant on a word", "refused", lambda m: first("grants")(m).__setitem__("dcrs", "some"), "some")
    yield Operator("a grant twice", "refused", lambda m: m["grants"].__setitem__("again", dict(first("grants")(m))))
    yield Operator(
        "a table that nobody writes",
        "dropped",
        lambda m: m["tables"].__setitem__("Idle_CL", {"columns": {"TimeGenerated": "datetime"}}),
        "Idle_CL",
    )
    yield Operator(
        "a table without columns",
        "refused",
        lambda m: m["tables"].__setitem__("Bare_CL", {"plan": "analytics"}),
        "Bare_CL",
    )
    yield Operator(
        "a stream's column that nobody reads",
        "dropped",
        lambda m: leading_stream(m)[1]["columns"].__setitem__("ignored", "string"),
        "ignored",
    )
    yield Operator(
        "a table's column that nobody writes",
        "dropped",
        lambda m: leading_table(m)[1]["columns"].__setitem__("Never", "string"),
        "Never",
    )
    yield Operator("an output column that the table lacks", "dropped", append_operator('| extend Extra = "x"'), "Extra")
    yield Operator(
        "an output column of another case",
        "dropped",
        lambda m: edit_transform(lambda t: t.replace(f"{leading_column(m)} = ", f"{leading_column(m).lower()} = "))(m),
    )
    yield Operator(
        "a column that is always null",
        "dropped",
        lambda m: (
            leading_table(m)[1]["columns"].__setitem__("Probe", "real"),
            append_operator("| extend Probe = real(null)")(m),
        ),
        "Probe",
    )
    yield Operator(
        "a stream of the table's columns has one more",
        "dropped",
        lambda m: m["streams"]["Custom-Visits"]["columns"].__setitem__("Extra", "string"),
        "Extra",
    )
    yield Operator(
        "two streams of one name in a rule",
        "refused",
        lambda m: (
            [
                rename_stream("key")(m),
                leading_stream(m)[1].__setitem__("stream", "Custom-Same"),
                m["streams"].__setitem__("other", dict(leading_stream(m)[1])),
                first("dcrs")(m)["streams"].append("other"),
            ]
        ),
        "Custom-Same",
    )
    yield Operator(
        "two rules but for case",
        "refused",
        lambda m: m["dcrs"].__setitem__(
            "DCR-orders", {"streams": ["Custom-Visits"], "endpoint": "direct"} if m["dcrs"]["dcr-orders"] else {}
        ),
        "DCR-orders",
    )

    def table_of_other_case(manifest: Manifest) -> None:
        name, spec = leading_table(manifest)
        manifest["tables"][name[:-3].lower() + "_CL"] = {"columns": dict(spec["columns"])}

    yield Operator("two tables but for case", "dropped", table_of_other_case)
    for what, verdict in (("", "legal"), ("auxiliary", "dropped")):

        def cased(manifest: Manifest, plan: str = what) -> None:
            if plan:
                set_plan(manifest, plan)
                set_in_table("plan", plan)(manifest)
            name = leading_column(manifest)
            leading_table(manifest)[1]["columns"][name.upper()] = "string"
            edit_transform(lambda text: f"{text.rstrip()} | extend {name.upper()} = strcat({name}, 'x')")(manifest)

        yield Operator(f"two columns but for case {what}".strip(), verdict, cased)
    for key in ("transform", "tests", "samples"):
        for bad in ("missing.kql", "../../../../etc/passwd", "/etc/passwd", "."):
            yield Operator(f"{key} in the file {bad}", "refused", set_in_stream(key, {"file": bad}), bad)
    for bad in ("missing.yaml", "../*.yaml", "/etc/*.conf", 3):
        yield Operator(f"include {bad}", "refused", set_value("include")([bad]), str(bad))
    yield Operator("include of nothing", "dropped", set_value("include")(["none/*.yaml"]), "none/*.yaml")
    for bad in ("$(nobody)", "$(", "$()", "$(no body)", "$(environment)"):
        yield Operator(f"variable {bad}", "refused", set_value("target", "resource_group")(f"rg-{bad}"), bad)
    yield Operator(
        "a variable without a value",
        "refused",
        all_of(
            set_value("variables")({"needed": {"description": "no default"}}),
            set_value("target", "resource_group")("rg-$(needed)"),
        ),
        "needed",
    )
    yield Operator(
        "an unused variable",
        "dropped",
        lambda m: m["variables"].__setitem__("idle", {"default": "x"}),
        "idle",
        unsettled="nothing of Azure's; the language does not say",
    )
    yield Operator(
        "a value of no variable",
        "refused",
        lambda m: m["environments"]["prod"].__setitem__("variables", {"nobody": "x"}),
        "nobody",
        "prod",
    )
    yield Operator(
        "a variable of the wrong type",
        "refused",
        all_of(
            set_value("variables")({"days": {"default": "many"}}),
            lambda m: [leading_table(m)[1].__setitem__("retention", "$(days)"), m["grants"].clear()],
        ),
    )
    yield Operator(
        "a test of no column",
        "refused",
        lambda m: leading_stream(m)[1]["tests"][0]["expect"][0].__setitem__("Nothing", 1),
        "Nothing",
    )
    yield Operator(
        "a test of no table",
        "refused",
        lambda m: leading_stream(m)[1]["tests"][0].__setitem__("expect", {"Nowhere_CL": []}),
        "Nowhere_CL",
    )
    yield Operator(
        "a test that gives an undeclared member",
        "dropped",
        lambda m: leading_stream(m)[1]["tests"][0]["given"][0].__setitem__("undeclared", 1),
        "undeclared",
        unsettled="3.3: dropped at run time; a test may show just that",
    )
    yield Operator(
        "a sample with an undeclared member",
        "dropped",
        lambda m: leading_stream(m)[1]["samples"][0].__setitem__("undeclared", 1),
        "undeclared",
    )
    yield Operator(
        "a column added to a built-in table without _CF",
        "refused",
        lambda m: (
            (
                m["tables"]["Syslog"]["columns"].__setitem__("Region", "string"),
                edit_transform(lambda t: t.rstrip() + " | extend Region = 'x'")(m),
            )
        ),
        "Region",
    )
    yield Operator(
        "a column that ends in _cf",
        "refused",
        lambda m: (
            (
                m["tables"]["Syslog"]["columns"].__setitem__("Region_cf", "string"),
                edit_transform(lambda t: t.rstrip() + " | extend Region_cf = 'x'")(m),
            )
        ),
        "Region_cf",
    )
    yield Operator(
        "a plan for a built-in table",
        "refused",
        lambda m: m["tables"]["Syslog"].__setitem__("plan", "basic"),
        "plan",
        unsettled="9.1: listed Azure tables may be Basic; Syslog is not listed and the language takes only retentions",
    )
    yield Operator(
        "a description for a built-in table",
        "refused",
        lambda m: m["tables"]["Syslog"].__setitem__("description", "x"),
        "description",
        unsettled="language only",
    )
