"""What is known of one Azure type, as a record read from `schemas/resources/`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, get_args

from provisioner.package_data import load_facts

Body = dict[str, Any]
TypeName = Literal[
    "group",
    "workspace",
    "sentinel",
    "table",
    "endpoint",
    "dcr",
    "default_dcr",
    "application",
    "grant",
    "diagnostic_setting",
    "metric_alert",
    "query_alert",
]
TYPES_IN_ORDER: tuple[TypeName, ...] = get_args(TypeName)
"""Every type, in the order in which one can depend on another."""


@dataclass(frozen=True, slots=True)
class ComparisonFacts:
    """Which differences between a desired and a live body count.

    Paths are dotted, from the body's root; `[]` stands for every list item, `*` for every key.
    """

    read_only: tuple[str, ...]
    """Set by the service."""
    create_only: tuple[str, ...]
    """Counts when the resource is created, and is left alone from then on."""
    create_only_beside: Mapping[str, str]
    """The same, where the body declares another property too: property → the other one."""
    creation_notes: Mapping[str, str]
    """What to say where such a property is declared and the live resource lacks it."""
    case_insensitive: tuple[str, ...]
    """Compared without case (ids, regions, enums); regions also without spaces."""
    column_types: tuple[str, ...]
    """Compared as `model.column_type` says."""
    queries: tuple[str, ...]
    """KQL texts: another layout is no difference."""
    defaults: Mapping[str, Any]
    """What Azure fills in; a declared value that equals it is no difference from absence."""
    default_flags: Mapping[str, str]
    """Property → the flag which says that its value is only the default."""
    keyed_lists: Mapping[str, str]
    """Lists whose items are identified by a key (dotted, `a+b` for several), so that order is no difference."""
    unordered_lists: tuple[str, ...]
    """Lists of plain values whose order is no difference."""
    word_lists: tuple[str, ...]
    """Texts that list words (`SystemAssigned, UserAssigned`): the declared ones must be among the live ones."""
    local_names: Mapping[str, str]
    """Names of list items that mean something only inside the body: where they are defined → where they are used.
    Another name is no difference, and a write keeps the live one."""
    split_items: Mapping[str, str]
    """Lists whose items stand for one item per value of a property."""
    inferred_from_sibling: Mapping[str, str]
    """Properties that, left out, equal the single value of a sibling list."""
    fully_owned: tuple[str, ...]
    """Maps and keyed lists in which an item that only live has is a difference: the manifest lists all of them."""
    externally_managed: Mapping[str, Any]
    """Which items of `fully_owned` lists belong to others, by names that live has elsewhere in the body."""


@dataclass(frozen=True, slots=True)
class WriteFacts:
    """How an existing resource is written; paths as in `ComparisonFacts`."""

    update_method: Literal["put", "merge", "patch", "never"]
    """`put` replaces (so what the manifest does not mention is merged in first), `merge` PATCHes the merged body,
    `patch` what is declared."""
    long_running: bool
    immutable: tuple[str, ...]
    patched_whole: tuple[str, ...]
    """Objects that a PATCH may replace as a whole: the live members are sent back with the declared ones."""
    rights: Mapping[str, tuple[str, ...]]
    """The actions that a `write`, a `delete` or the change of a property (dotted path) needs: `required_actions`."""
    linked_rights: Mapping[str, tuple[str, ...]]
    """The actions that a write needs at another resource, by the property that names it (dotted path)."""
    omit_on_write: Mapping[str, Mapping[str, Any]]
    """Live values that a write must not send back while another property has one of some values."""


@dataclass(frozen=True, slots=True)
class RiskFacts:
    """What changes and deletions mean for users of the resource; paths as in `ComparisonFacts`."""

    change_risks: tuple[Mapping[str, Any], ...]
    """What a difference means; the first entry that fits counts."""
    write_blockers: tuple[Mapping[str, Any], ...]
    """Values of a live resource that make any write impossible."""
    removal: Mapping[str, Any]
    """What deletion means; empty where such a resource is never deleted."""
    replacement: Mapping[str, str]
    """What deletion and creation mean together; empty where the resource cannot be replaced."""


@dataclass(frozen=True, slots=True)
class ResourceType:
    """One Azure type: its name in this program, its ARM type, and the facts that comparison, writes and plans need."""

    short_name: TypeName
    arm_type: str
    api_version: str
    source: str
    tagged: bool
    """Carries the ownership tag."""
    property_of_scope: str | None
    """The dotted path of the one property of its scope that the resource is; None for a resource of its own."""
    extension: bool
    """Lies at another resource, its scope, and not in the group: `<scope>/providers/<type>/<name>`."""
    api: Literal["arm", "directory"]
    """Where it is read and written: Azure Resource Manager, or Microsoft Entra through Microsoft Graph."""
    keys: Mapping[str, str]
    """The keys of the manifest whose value stands in the body as it is, with its dotted path there."""
    comparison: ComparisonFacts
    write: WriteFacts
    risk: RiskFacts


# Cached: equal types are one object, so comparing two resources does not compare their facts.
@cache
def resource_type(short_name: TypeName) -> ResourceType:
    """The record of a type, read from `schemas/resources/<short_name>.yaml`."""
    facts = load_facts(f"resources/{short_name}.yaml")
    return ResourceType(
        short_name=short_name,
        arm_type=facts["type"],
        api_version=facts["api_version"],
        source=facts["source"],
        tagged=facts.get("tagged", False),
        property_of_scope=facts.get("property_of_scope"),
        extension=facts.get("extension", False),
        api=facts.get("api", "arm"),
        keys=dict(facts.get("keys", {})),
        comparison=_comparison_facts(facts),
        write=WriteFacts(
            update_method=facts.get("update_method", "put"),
            long_running=facts.get("long_running", False),
            immutable=tuple(facts.get("immutable", ())),
            patched_whole=tuple(facts.get("patched_whole", ())),
            rights={occasion: tuple(actions) for occasion, actions in facts.get("rights", {}).items()},
            linked_rights={path: tuple(actions) for path, actions in facts.get("linked_rights", {}).items()},
            omit_on_write=dict(facts.get("omit_on_write", {})),
        ),
        risk=RiskFacts(
            change_risks=tuple(facts.get("change_risks", ())),
            write_blockers=tuple(facts.get("write_blockers", ())),
            removal=dict(facts.get("removal", {})),
            replacement=dict(facts.get("replacement", {})),
        ),
    )


def _comparison_facts(facts: Mapping[str, Any]) -> ComparisonFacts:
    return ComparisonFacts(
        read_only=tuple(facts.get("read_only", ())),
        create_only=tuple(facts.get("create_only", ())),
        create_only_beside=dict(facts.get("create_only_beside", {})),
        creation_notes=dict(facts.get("creation_notes", {})),
        case_insensitive=tuple(facts.get("case_insensitive", ())),
        column_types=tuple(facts.get("column_types", ())),
        queries=tuple(facts.get("queries", ())),
        defaults=dict(facts.get("defaults", {})),
        default_flags=dict(facts.get("default_flags", {})),
        keyed_lists=dict(facts.get("keyed_lists", {})),
        unordered_lists=tuple(facts.get("unordered_lists", ())),
        word_lists=tuple(facts.get("word_lists", ())),
        local_names=dict(facts.get("local_names", {})),
        split_items=dict(facts.get("split_items", {})),
        inferred_from_sibling=dict(facts.get("inferred_from_sibling", {})),
        fully_owned=tuple(facts.get("fully_owned", ())),
        externally_managed=dict(facts.get("externally_managed", {})),
    )
