"""Manifests broken by machine in ways that Azure refuses or drops, each by one operator.

The operators know the facts in `schemas/` and nothing of the rules.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any

from provisioner.package_data import load_facts

Tree = dict[str, Any]
Mutant = tuple[str, Tree]
Operator = Callable[[Tree], Iterator[Mutant]]

NAMES, LIMITS, REGIONS = load_facts("names.yaml"), load_facts("limits.yaml"), load_facts("regions.yaml")
TYPES = ("string", "int", "long", "real", "boolean", "datetime", "guid", "dynamic")

VALID: Tree = {
    "version": 1,
    "name": "webshop",
    "tags": {"team": "platform"},
    "variables": {"sender": {"default": "7f9619ff-8b86-d011-b42d-00c04fc964ff"}},
    "target": {
        "cloud": "public",
        "subscription": "6f9619ff-8b86-d011-b42d-00c04fc964ff",
        "tenant": "5f9619ff-8b86-d011-b42d-00c04fc964ff",
        "resource_group": "rg-webshop",
        "location": "westeurope",
    },
    "workspace": {"name": "law-webshop", "location": "westeurope", "retention": 30},
    "endpoint": {"name": "dce-webshop", "location": "westeurope", "public_access": "enabled"},
    "tables": {
        "Orders_CL": {
            "plan": "analytics",
            "retention": 90,
            "total_retention": 365,
            "description": "Orders as placed",
            "columns": {
                "TimeGenerated": "datetime",
                "OrderId": "string",
                "Customer": "guid",
                "Amount": "real",
                "Items": "int",
                "Total": "long",
                "Paid": "boolean",
                "Raw": "dynamic",
            },
        },
        "Clicks_CL": {
            "plan": "auxiliary",
            "total_retention": 365,
            "columns": {"TimeGenerated": "datetime", "Page": "string", "Visits": "long"},
        },
        "Syslog": {"columns": {"Tenant_CF": "string"}},
    },
    "streams": {
        "Custom-Orders": {
            "columns": {"placed": "datetime", "customer": "string", "order": "dynamic"},
            "table": "Orders_CL",
            "transform": (
                "source\n| where isnotempty(customer)\n"
                "| project TimeGenerated = placed, OrderId = tostring(order.id), Customer = toguid(customer),\n"
                "    Amount = toreal(order.amount), Items = toint(order.items), Total = tolong(order.total),\n"
                "    Paid = tobool(order.paid), Raw = order\n"
            ),
            "samples": [{"placed": "2026-01-01T10:00:00Z", "customer": "x", "order": {"id": "A1"}}],
        },
        "Custom-Clicks": {
            "columns": {"TimeGenerated": "datetime", "Page": "string", "Visits": "long"},
            "table": "Clicks_CL",
        },
        "Custom-Messages": {
            "columns": {"time": "datetime", "text": "string", "tenant": "string"},
            "table": "Syslog",
            "transform": "source | project TimeGenerated = time, SyslogMessage = text, Tenant_CF = tenant",
        },
    },
    "dcrs": {
        "dcr-webshop": {"streams": ["Custom-Orders", "Custom-Clicks"], "description": "shop", "endpoint": "shared"},
        "dcr-messages": {"streams": ["Custom-Messages"], "endpoint": "direct"},
    },
    "grants": {
        "checkout": {
            "principal": "$(sender)",
            "type": "ServicePrincipal",
            "role": "Monitoring Metrics Publisher",
            "dcrs": ["dcr-webshop"],
        },
    },
}


def mutants() -> Iterator[Mutant]:
    """Every mutant of every operator, with a name that says what was broken."""
    for operator in OPERATORS:
        for name, tree in operator(VALID):
            yield f"{operator.__name__}: {name}", tree


def put(tree: Tree, value: Any, *path: str | int) -> Tree:
    """A copy with one value replaced."""
    changed = copy.deepcopy(tree)
    node: Any = changed
    for step in path[:-1]:
        node = node[step]
    node[path[-1]] = value
    return changed


def drop(tree: Tree, *path: str | int) -> Tree:
    """A copy without one key."""
    changed = copy.deepcopy(tree)
    node: Any = changed
    for step in path[:-1]:
        node = node[step]
    del node[path[-1]]
    return changed


def rename_everywhere(tree: Any, old: str, new: str) -> Any:
    """A copy in which a name is another one wherever it stands whole, so that nothing dangles."""
    if isinstance(tree, dict):
        return {(new if key == old else key): rename_everywhere(value, old, new) for key, value in tree.items()}
    if isinstance(tree, list):
        return [rename_everywhere(value, old, new) for value in tree]
    return new if tree == old else tree


def limits(tree: Tree) -> Iterator[Mutant]:
    """Each number one beyond its limit."""
    table, orders = LIMITS["table"], ("tables", "Orders_CL")
    for days in (table["retention"]["least"] - 1, table["retention"]["most"] + 1, 0, -2):
        yield f"retention {days}", put(put(tree, 4383, *orders, "total_retention"), days, *orders, "retention")
    years = table["total_retention"]["years"]
    for days in (3, 731, *(year + step for year in years for step in (-1, 1))):
        yield f"total_retention {days}", put(put(tree, 30, *orders, "retention"), days, *orders, "total_retention")
    yield "total below retention", put(tree, 60, *orders, "total_retention")
    for days in (LIMITS["workspace"]["retention"]["least"] - 1, LIMITS["workspace"]["retention"]["most"] + 1):
        yield f"workspace retention {days}", put(tree, days, "workspace", "retention")
    columns = {"TimeGenerated": "datetime"} | {f"C{n:03}": "string" for n in range(table["columns"]["most"])}
    yield "501 columns", put(tree, {**tree["tables"]["Orders_CL"]["columns"], **columns}, *orders, "columns")
    many = {
        f"T{n:03}_CL": {"columns": {"TimeGenerated": "datetime"}} for n in range(LIMITS["workspace"]["tables"]["most"])
    }
    yield "more than 500 tables", put(tree, {**tree["tables"], **many}, "tables")
    most = LIMITS["dcr"]["transform"]["most"]
    padding = " " * (most + 1 - len("source"))
    yield "transform of 15,361 characters", put(tree, "source" + padding, "streams", "Custom-Clicks", "transform")
    yield "description of 257", put(tree, "d" * 257, "dcrs", "dcr-webshop", "description")
    flows = {f"Custom-S{n}": "Clicks_CL" for n in range(LIMITS["dcr"]["flows"]["most"] + 1)}
    yield (
        "11 flows in a DCR",
        put(put(tree, flows, "streams"), {"dcr-a": {"streams": list(flows)}}, "dcrs") | {"grants": {}},
    )
    yield "11 flows without dcrs", drop(put(tree, flows, "streams"), "dcrs") | {"grants": {}}
    yield "basic with retention", put(tree, "basic", *orders, "plan")
    yield "auxiliary with retention", put(tree, 30, "tables", "Clicks_CL", "retention")


def lengths(tree: Tree) -> Iterator[Mutant]:
    """Each name one character too long or too short."""
    yield "group of 91", put(tree, "g" * 91, "target", "resource_group")
    yield "workspace of 3", put(tree, "law", "workspace", "name")
    yield "workspace of 64", put(tree, "l" * 64, "workspace", "name")
    yield "endpoint of 45", put(tree, "e" * 45, "endpoint", "name")
    yield "DCR of 65", rename_everywhere(tree, "dcr-webshop", "d" * 65)
    yield "table of 64", rename_everywhere(tree, "Orders_CL", "T" * 61 + "_CL")
    yield "table of 3", rename_everywhere(tree, "Orders_CL", "_CL")
    yield "column of 46", put(tree, "string", "tables", "Orders_CL", "columns", "C" * 46)
    yield "column of 1", put(tree, "string", "tables", "Orders_CL", "columns", "C")
    yield "tag of 513", put(tree, "v", "tags", "t" * 513)
    yield "tag value of 257", put(tree, "v" * 257, "tags", "team")
    yield "51 tags", put(tree, {f"t{n}": "v" for n in range(51)}, "tags")
    yield "empty group", put(tree, "", "target", "resource_group")
    yield "empty workspace", put(tree, "", "workspace", "name")
    yield "empty endpoint", put(tree, "", "endpoint", "name")


def characters(tree: Tree) -> Iterator[Mutant]:
    """Each name with a character that its class does not have, at its start, inside and at its end."""
    for bad in (" ", "/", "é", "#", "?", "%", "&", "<", "\\", ".", "*"):
        if bad != ".":
            if bad.isascii():  # the service takes letters of any script in a group's name
                yield f"group {bad!r}", put(tree, f"rg{bad}x", "target", "resource_group")
            yield f"endpoint {bad!r}", put(tree, f"dce{bad}x", "endpoint", "name")
            yield f"DCR {bad!r}", rename_everywhere(tree, "dcr-webshop", f"dcr{bad}x")
        yield f"workspace {bad!r}", put(tree, f"law{bad}webshop", "workspace", "name")
        yield f"table {bad!r}", rename_everywhere(tree, "Orders_CL", f"Ord{bad}ers_CL")
        yield f"column {bad!r}", put(tree, "string", "tables", "Orders_CL", "columns", f"Ord{bad}er")
        yield f"stream {bad!r}", rename_everywhere(tree, "Custom-Orders", f"Custom-Ord{bad}ers")
    for bad in NAMES["tag"]["forbidden"]:
        yield f"tag {bad!r}", put(tree, "v", "tags", f"t{bad}g")
    yield "group ends in a dot", put(tree, "rg-webshop.", "target", "resource_group")
    yield "workspace starts with -", put(tree, "-lawwebshop", "workspace", "name")
    yield "workspace ends in -", put(tree, "law-webshop-", "workspace", "name")
    yield "workspace with _", put(tree, "law_webshop", "workspace", "name")
    for name in ("1Order", "_Order", "Order-Id", "Order.Id", "Order Id", "Größe"):
        yield f"column {name!r}", put(tree, "string", "tables", "Orders_CL", "columns", name)
    for name in ("Orders", "Orders_cl", "Orders_Cl", "OrdersCL", "Orders_CL_", "Orders_C"):
        yield f"table {name!r}", rename_everywhere(tree, "Orders_CL", name)
    for name in ("Orders", "custom-Orders", "CustomOrders", "Microsoft-Orders", "Custom_Orders"):
        yield f"stream {name!r}", rename_everywhere(tree, "Custom-Orders", name)


def reserved(tree: Tree) -> Iterator[Mutant]:
    """Each reserved name as a column."""
    for name in (name for group in NAMES["column"]["reserved"] for name in group["names"]):
        yield name, put(tree, "string", "tables", "Orders_CL", "columns", name)


def case_duplicates(tree: Tree) -> Iterator[Mutant]:
    """Names that differ only by case where Azure minds no case, or drops the data."""
    yield "tables", put(tree, tree["tables"]["Orders_CL"], "tables", "ORDERS_CL")
    yield "columns, auxiliary", put(tree, "string", "tables", "Clicks_CL", "columns", "page")
    yield "DCRs", put(tree, {"streams": ["Custom-Messages"]}, "dcrs", "DCR-webshop")


def enums(tree: Tree) -> Iterator[Mutant]:
    """Each word of a fixed set off by a letter."""
    for path in (
        ("target", "cloud"),
        ("endpoint", "public_access"),
        ("tables", "Orders_CL", "plan"),
        ("dcrs", "dcr-webshop", "endpoint"),
        ("grants", "checkout", "type"),
        ("grants", "checkout", "role"),
        *(("tables", "Orders_CL", "columns", name) for name in tree["tables"]["Orders_CL"]["columns"]),
        *(("streams", "Custom-Orders", "columns", name) for name in tree["streams"]["Custom-Orders"]["columns"]),
    ):
        value = get_path(tree, path)
        for broken in (value + "x", value[1:], value[:-1]):
            yield f"{'.'.join(path)} {broken!r}", put(tree, broken, *path)
    for type_ in ("decimal", "timespan", "float", "text", "json", "number"):
        yield f"column type {type_}", put(tree, type_, "tables", "Orders_CL", "columns", "Amount")


def references(tree: Tree) -> Iterator[Mutant]:
    """Each reference to something that is not there."""
    for key in tree["streams"]:
        yield f"{key} to no table", put(tree, "Missing_CL", "streams", key, "table")
        yield f"{key} to a misspelt table", put(tree, tree["streams"][key]["table"] + "s", "streams", key, "table")
    yield "DCR to no stream", put(tree, ["Custom-Missing"], "dcrs", "dcr-messages", "streams")
    yield "DCR without streams", put(tree, [], "dcrs", "dcr-messages", "streams")
    yield "stream in no DCR", put(tree, ["Custom-Orders"], "dcrs", "dcr-webshop", "streams")
    yield "grant to no DCR", put(tree, ["dcr-missing"], "grants", "checkout", "dcrs")
    yield "variable that is not there", put(tree, "$(nobody)", "grants", "checkout", "principal")
    yield "table that nobody declares", drop(tree, "tables", "Orders_CL")
    yield "shared without endpoint", drop(tree, "endpoint")
    yield "the same stream twice in a DCR", put(tree, ["Custom-Messages"] * 2, "dcrs", "dcr-messages", "streams")


def required(tree: Tree) -> Iterator[Mutant]:
    """Each thing that must be there, left out."""
    for path in (("version",), ("name",), ("workspace",), ("target", "subscription"), ("target", "resource_group")):
        yield ".".join(path), drop(tree, *path)
    yield "target.location", drop(tree, "target", "location")
    for table in ("Orders_CL", "Clicks_CL"):
        yield f"TimeGenerated of {table}", drop(tree, "tables", table, "columns", "TimeGenerated")
        yield f"columns of {table}", drop(tree, "tables", table, "columns")
    yield "TimeGenerated of a stream", drop(tree, "streams", "Custom-Clicks", "columns", "TimeGenerated")
    yield "columns of a stream", put(tree, {}, "streams", "Custom-Orders", "columns")
    yield "principal", drop(tree, "grants", "checkout", "principal")


def types(tree: Tree) -> Iterator[Mutant]:
    """Each type exchanged for each other one: what the transform produces then no longer fits the table."""
    for name, type_ in tree["tables"]["Orders_CL"]["columns"].items():
        for other in TYPES:
            if other != type_:
                yield f"Orders_CL.{name} {other}", put(tree, other, "tables", "Orders_CL", "columns", name)
    for name, type_ in tree["streams"]["Custom-Clicks"]["columns"].items():
        for other in TYPES:
            if other != type_:
                yield f"Custom-Clicks.{name} {other}", put(tree, other, "streams", "Custom-Clicks", "columns", name)


def regions(tree: Tree) -> Iterator[Mutant]:
    """Each region moved, misspelt, or of another cloud."""
    for part in ("workspace", "endpoint"):
        yield f"{part} elsewhere", put(tree, "northeurope", part, "location")
        for name in ("westeurop", "westeuropa", "europewest", "west-europe", ""):
            moved = put(put(tree, name, "workspace", "location"), name, "endpoint", "location")
            yield f"{part} in {name!r}", moved
    for cloud, regions_of_cloud in REGIONS["clouds"].items():
        if cloud != "public":
            name = next(iter(regions_of_cloud))
            moved = put(put(tree, name, "workspace", "location"), name, "endpoint", "location")
            yield f"a region of {cloud}", put(moved, name, "target", "location")
    yield "another cloud", put(tree, "china", "target", "cloud")
    qatar = put(put(tree, "qatarcentral", "workspace", "location"), "qatarcentral", "endpoint", "location")
    yield "auxiliary where it is not offered", put(qatar, "qatarcentral", "target", "location")


def ids(tree: Tree) -> Iterator[Mutant]:
    """Each identifier of a wrong shape."""
    for path in (("target", "subscription"), ("target", "tenant"), ("grants", "checkout", "principal")):
        for bad in ("webshop", "6f9619ff8b86d011b42d00c04fc964ff", "6f9619ff-8b86-d011-b42d-00c04fc964f", "{}"):
            yield f"{'.'.join(path)} {bad}", put(tree, bad, *path)
    whole = "/subscriptions/6f9619ff-8b86-d011-b42d-00c04fc964ff/resourceGroups/rg/providers/"
    for bad in (
        "law",
        whole,
        whole + "Microsoft.Insights/components/x",
        whole + "Microsoft.OperationalInsights/workspaces",
    ):
        yield f"workspace {bad}", put(tree, {"id": bad}, "workspace")
    same = put(tree, dict(tree["grants"]["checkout"]), "grants", "again")
    yield "the same grant twice", same


def builtins(tree: Tree) -> Iterator[Mutant]:
    """Azure's own tables, misspelt, refusing, or asked for what they do not have."""
    for name in (
        "SecurityEvents",
        "WindowsEvents",
        "syslog",
        "Heartbeat",
        "SigninLogs",
        "CommonSecurityLogs",
        "Sysloog",
    ):
        yield name, rename_everywhere(tree, "Syslog", name)
    yield "added column without _CF", put(tree, {"Tenant": "string"}, "tables", "Syslog", "columns")
    yield "added column in small letters", put(tree, {"Tenant_cf": "string"}, "tables", "Syslog", "columns")
    transform = tree["streams"]["Custom-Messages"]["transform"]
    yield (
        "column that it does not have",
        put(tree, transform.replace("SyslogMessage", "Message"), "streams", "Custom-Messages", "transform"),
    )
    yield (
        "column of another type",
        put(tree, transform.replace("= text", "= toint(text)"), "streams", "Custom-Messages", "transform"),
    )


def transforms(tree: Tree) -> Iterator[Mutant]:
    """The query broken: names, functions, casts, operators, columns."""
    path = ("streams", "Custom-Orders", "transform")
    text: str = get_path(tree, path)
    for old, new in (
        *((name, name + "x") for name in ("placed", "customer)", "toguid", "toreal", "toint", "tolong", "tobool")),
        ("isnotempty", "isnotemty"),
        ("source\n", "sorce\n"),
        ("source\n", "Orders_CL\n"),
        ("| where", "| wher"),
        ("| project", "| summarize"),
        ("TimeGenerated = placed, ", ""),
        ("TimeGenerated = placed", "TimeGenerated = tostring(placed)"),
        ("TimeGenerated = placed", "Timegenerated = placed"),
        ("OrderId = tostring(order.id)", "OrderId = order.id"),
        ("OrderId =", "OrderID ="),
        ("Customer = toguid(customer)", "Customer = customer"),
        ("toint(order.items)", "tolong(order.items)"),
        ("tolong(order.total)", "toint(order.total)"),
        ("toreal(order.amount)", "todecimal(order.amount)"),
        ("tobool(order.paid)", "tostring(order.paid)"),
        ("Raw = order", "Raw = tostring(order)"),
        (", Raw = order", ""),
        ("Raw = order", "Raw = order, Extra = 1"),
        ("toguid(customer)", "toguid(customer"),
        ("= placed,", "= placed"),
        ("isnotempty(customer)", "customer"),
    ):
        yield f"{old!r} → {new!r}", put(tree, text.replace(old, new, 1), *path)
    for more in (
        "summarize count()", "summarize by OrderId", "join kind=inner (source) on OrderId", "union source", "take 5",
        "limit 5", "top 5 by Amount", "sort by Amount", "order by Amount", "distinct OrderId", "count",
        "mv-expand Raw", "mv-apply Raw on (take 1)", "evaluate bag_unpack(Raw)", "lookup source on OrderId",
        "serialize", "sample 5", "make-series count() on TimeGenerated step 1h", "render timechart",
        "parse-kv OrderId as (a:string)", "invoke f()", "project-away TimeGenerated", "project-rename X = Amount",
        "extend Amount = column_ifexists('a', 1.0)", "extend OrderId = base64_encode_tostring(OrderId)",
        "extend Raw = bag_remove_keys(Raw, dynamic(['a']))", "extend OrderId = strcat_array(Raw, ',')",
        "where OrderId matches regex '(?<=a)b'", "extend OrderId = externaldata(x:string)['https://x']",
    ):  # fmt: skip
        yield f"| {more}", put(tree, f"{text}| {more}", *path)
    guid = put(tree, "guid", "streams", "Custom-Orders", "columns", "customer")
    yield "guid in a stream", put(guid, text.replace("toguid(customer)", "customer"), *path)


OPERATORS: tuple[Operator, ...] = (
    limits,
    lengths,
    characters,
    reserved,
    case_duplicates,
    enums,
    references,
    required,
    types,
    regions,
    ids,
    builtins,
    transforms,
)


def get_path(tree: Any, path: tuple[str, ...]) -> Any:
    for step in path:
        tree = tree[step]
    return tree
