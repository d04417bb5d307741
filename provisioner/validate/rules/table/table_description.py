"""A table's description has 256 characters at most.

Why: the service has been seen to refuse longer descriptions of rules; for tables no page gives a limit, so this is a
warning.
Source: InvalidProperty: "'Description' length should be 256 characters or less"; on no page
"""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.diagnostics import Diagnostic
from provisioner.model import Table
from provisioner.package_data import load_facts
from provisioner.validate.context import Context
from provisioner.validate.rule import rule


@rule("TAB016", on=Table, severity="warning")
def table_description(table: Table, context: Context) -> Iterator[Diagnostic]:
    most = load_facts("limits.yaml")["table"]["description"]["most"]
    if table.description and len(table.description) > most:
        message = f"the description has {len(table.description)} characters; {most} are safe"
        yield context.warning(message, "description")
