"""Azure's own tables: misspelt, not taking the API, of other columns (section 5)."""

from __future__ import annotations

from collections.abc import Iterator

from tests.support.blind.base_manifests import edit_transform, facts, leading_stream
from tests.support.blind.mutant import Change, Manifest, Operator


def builtins() -> Iterator[Operator]:
    """Azure's own tables: misspelt, not taking the API, of other columns (section 5)."""
    table_facts = facts("builtin_tables.json")

    def into(name: str) -> Change:
        def change(manifest: Manifest) -> None:
            manifest["tables"]["Denied_CL"]
            manifest["tables"].pop("Syslog")
            stream = leading_stream(manifest)[1]
            stream["table"] = name
            stream["transform"] = "source | project TimeGenerated = time, Computer = host, Line = strcat(message, site)"

        return change

    for bad in (
        *table_facts["misspelt"],
        "Sylog",
        "syslog",
        "SysLog",
        "CommonSecurityLogs",
        "CommonSecurtyLog",
        "Events",
        "ASimDnsActivityLog",
        "UCClients",
    ):
        yield Operator(f"built-in table {bad}", "refused", into(bad), bad)
    for bad in [name for group in facts("azure_tables.yaml")["groups"] for name in group["tables"].split()[::40]]:
        yield Operator(f"built-in table {bad}", "refused", into(bad), bad)
    for bad in table_facts["misspelt"]:
        yield Operator(
            f"an entry for the built-in table {bad}",
            "refused",
            lambda m, b=bad: m["tables"].__setitem__(b, {"columns": {"More_CF": "string"}}),
            bad,
        )

    def syslog(text: str) -> Change:
        return lambda m: m["tables"]["Syslog"] and edit_transform(lambda old: f"{old.rstrip()} {text}")(m)

    yield Operator("a column that the built-in table lacks", "dropped", syslog('| extend Nothing = "x"'), "Nothing")
    yield Operator(
        "a column of another type in a built-in table", "refused", syslog('| extend ProcessID = "7"'), "ProcessID"
    )
    yield Operator(
        "a long column into an int of a built-in table",
        "refused",
        syslog("| extend ProcessID = tolong(7)"),
        "ProcessID",
    )
    yield Operator("a column of the right type in a built-in table", "legal", syslog("| extend ProcessID = toint(7)"))
    yield Operator(
        "no TimeGenerated for a built-in table", "refused", syslog("| project-away TimeGenerated"), "TimeGenerated"
    )
    yield Operator("a table that needs a solution", "dropped", into("SecurityEvent"), "SecurityEvent")
