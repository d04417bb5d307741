"""ARM ids and the names that are derived from them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

_GUID_NAMESPACE = uuid.UUID("11fb06fb-712d-4ddd-98c7-e71bbd588830")


@dataclass(frozen=True, slots=True)
class Parts:
    """What an ARM id names: subscription, group, provider type (`Namespace/type[/child]`) and the names."""

    subscription: str
    group: str
    type: str
    names: tuple[str, ...]


def group_id(subscription: str, group: str) -> str:
    """The id of a resource group."""
    return f"/subscriptions/{subscription}/resourceGroups/{group}"


def resource_id(group: str, type_: str, name: str) -> str:
    """The id of a resource of `Namespace/type` under a group's id."""
    return f"{group}/providers/{type_}/{name}"


def parse_id(text: str) -> Parts | None:
    """The parts of a resource id, in whatever case its fixed words are written; None if it is no resource id."""
    words = text.strip("/").split("/")
    fixed = [word.lower() for word in words[0:6:2]]
    if len(words) < 8 or len(words) % 2 or fixed != ["subscriptions", "resourcegroups", "providers"] or "" in words:
        return None
    return Parts(words[1], words[3], "/".join([words[5], *words[6::2]]), tuple(words[7::2]))


def guid(*arguments: str) -> str:
    """What ARM's template function `guid()` gives: uuid5 over the arguments joined with `-`.

    So a grant has the same name whether it is deployed through a template or by us.
    """
    return str(uuid.uuid5(_GUID_NAMESPACE, "-".join(arguments)))
