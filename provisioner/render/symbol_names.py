"""Names for resources inside templates: readable, unique, and no word that the language keeps for itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from provisioner.resources import Key, Resource

_SUFFIXES = {
    "table": "table",
    "dcr": "rule",
    "default_dcr": "default_rule",
    "grant": "grant",
    "diagnostic_setting": "logs",
    "metric_alert": "alert",
    "query_alert": "alert",
}
"""The word behind a resource's own name; workspace and endpoint, of which there is one, are called by it alone."""


def symbol_names(
    resources: Iterable[Resource], style: Callable[[list[str]], str], taken: Iterable[str]
) -> dict[Key, str]:
    """A name for each resource, none of them in `taken`; `style` joins the words of a name."""
    names: dict[Key, str] = {}
    used = set(taken)
    for resource in resources:
        words = _words(resource)
        number, name = 1, style(words)
        while name in used:
            number += 1
            name = style([*words, str(number)])
        used.add(name)
        names[resource.key] = name
    return names


def camel_case(words: list[str]) -> str:
    """`["orders", "table"]` as `ordersTable`, Bicep's way."""
    return words[0] + "".join(word.capitalize() for word in words[1:])


def snake_case(words: list[str]) -> str:
    """`["orders", "table"]` as `orders_table`, Terraform's way."""
    return "_".join(words)


def _words(resource: Resource) -> list[str]:
    short_name = resource.type.short_name
    if short_name not in _SUFFIXES:
        return [short_name]
    plain = re.sub(r"(?i)_(CL|CF)$|^dcr[-_.]", "", resource.name)
    # A word begins behind a mark, and where a capital follows a small letter.
    words = [word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Za-z][a-z0-9]*|[0-9]+", plain)]
    if not words or not words[0][0].isalpha():
        words = [short_name, *words]
    return [*words, _SUFFIXES[short_name]]
