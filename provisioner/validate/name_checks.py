"""What rules about the names of resources have in common."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from provisioner.diagnostics import Diagnostic
from provisioner.package_data import load_facts
from provisioner.validate.context import Context
from provisioner.validate.name_matching import fits


def resource_name(
    name: str, noun: str, known: Mapping[str, Any], context: Context, *path: str, key: bool = False
) -> Iterator[Diagnostic]:
    """At most one finding about a name: its length, a character that no id may hold, or an unusual one."""
    least, most = known["length"]
    forbidden = sorted(
        {each for each in name if each in load_facts("names.yaml")["resource"]["forbidden"] or each < " "}
    )
    if not least <= len(name) <= most:
        message = f"the {noun}'s name {name!r} has {len(name)} characters; {least} to {most} are allowed"
        yield context.error(message, *path, key=key)
    elif forbidden:
        message = f"the {noun}'s name {name!r} holds {forbidden[0]!r}, which Azure refuses in a resource's name"
        yield context.error(message, *path, key=key, source=load_facts("names.yaml")["resource"]["source"])
    elif not fits(name, known["usual"]):
        article = "an" if noun[0] in "aeiou" else "a"
        message = f"no page says that {article} {noun}'s name may be {name!r}"
        yield context.warning(message, *path, key=key, hint="letters, digits, '-', '_' and '.' are safe")


def reserved(column: str | None) -> bool:
    """Whether a column's name is one that Azure keeps for itself, by a page or by what was seen."""
    known = load_facts("names.yaml")["column"]
    return any(column in known[kind] for kind in ("reserved", "standard", "seen_reserved"))
