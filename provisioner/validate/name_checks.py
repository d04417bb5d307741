"""Checks that several rules about names share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from provisioner.diagnostics import Diagnostic
from provisioner.fact_evidence import EvidencePolicy, judge
from provisioner.model.reserved_columns import is_filled_by_azure, reserved_columns
from provisioner.package_data import load_facts
from provisioner.validate.context import Context
from provisioner.validate.name_matching import matches_pattern


def check_resource_name(
    name: str, noun: str, facts: Mapping[str, Any], context: Context, *path: str, key: bool = False
) -> Iterator[Diagnostic]:
    """At most one finding about a resource's name: its length, a forbidden character, or an unusual one.

    `noun` names the resource in messages; `facts` are its `length` and `usual` of schemas/names.yaml; `path` and `key`
    are those of `Context.finding`.
    """
    least, most = facts["length"]
    forbidden = sorted(
        {
            character
            for character in name
            if character in load_facts("names.yaml")["resource"]["forbidden"] or character < " "
        }
    )
    if not least <= len(name) <= most:
        message = f"the {noun}'s name {name!r} has {len(name)} characters; {least} to {most} are allowed"
        yield context.error(message, *path, key=key)
    elif forbidden:
        message = f"the {noun}'s name {name!r} holds {forbidden[0]!r}, which Azure refuses in a resource's name"
        yield context.error(message, *path, key=key, source=load_facts("names.yaml")["resource"]["source"])
    # What Azure takes beyond these is not documented: a warning.
    elif not matches_pattern(name, facts["usual"]):
        article = "an" if noun[0] in "aeiou" else "a"
        message = f"no page says that {article} {noun}'s name may be {name!r}"
        yield context.warning(message, *path, key=key, hint="letters, digits, '-', '_' and '.' are safe")


def is_reserved_column(column: str | None) -> bool:
    """Whether Azure keeps a column's name for itself, by its documentation or as seen in refusals."""
    return column in reserved_columns()


def may_be_column(name: str, policy: EvidencePolicy) -> bool:
    """Whether a custom table can have a column of this name: a legal one that Azure does not fill or refuse."""
    facts = load_facts("names.yaml")["column"]
    least, most = facts["length"]
    if name in reserved_columns():
        return judge(reserved_columns()[name], policy).accepted and not is_filled_by_azure(name)
    return least <= len(name) <= most and matches_pattern(name, facts["pattern"])
