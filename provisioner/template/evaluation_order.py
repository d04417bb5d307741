"""In which order the values of a section are evaluated: what a value speaks of comes before it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from provisioner.template.expression_tree import Literal, calls
from provisioner.template.template_errors import TemplateError
from provisioner.template.template_expression_parser import is_expression, parse_expression


def names_mentioned(value: Any, function: str) -> Iterator[str]:
    """The names, in lower case, in calls `function('name')` anywhere in a template's value."""
    pending = [value]
    while pending:
        item = pending.pop()
        if isinstance(item, dict):
            pending.extend(item.values())
            # A property's name may be an expression too.
            pending.extend(key for key in item if key.startswith("["))
        elif isinstance(item, list):
            pending.extend(item)
        elif isinstance(item, str) and is_expression(item):
            yield from _in_expression(item, function)


def _in_expression(text: str, function: str) -> Iterator[str]:
    # Parsing costs more than searching, and most expressions speak of no variable.
    if function not in text.lower():
        return
    try:
        tree = parse_expression(text)
    except TemplateError:
        # Evaluating it says what is wrong, with its place.
        return
    for call in calls(tree):
        if call.name.lower() == function and call.arguments and isinstance(call.arguments[0], Literal):
            yield str(call.arguments[0].value).lower()


def evaluation_order(values: Mapping[str, Any], function: str) -> tuple[list[str], list[str] | None]:
    """The keys of `values` (in lower case) in order, and a chain of keys that speak of each other in a circle.

    Without recursion: 256 variables may each speak of the next.
    """
    order: list[str] = []
    state: dict[str, int] = {}
    for start in values:
        if start in state:
            continue
        state[start] = 1
        stack = [(start, _sources(values, start, function))]
        while stack:
            name, sources = stack[-1]
            source = next(sources, None)
            if source is None:
                stack.pop()
                state[name] = 2
                order.append(name)
            elif state.get(source) == 1:
                chain = [entry for entry, _ in stack]
                return order, [*chain[chain.index(source) :], source]
            elif source not in state:
                state[source] = 1
                stack.append((source, _sources(values, source, function)))
    return order, None


def _sources(values: Mapping[str, Any], name: str, function: str) -> Iterator[str]:
    return iter([source for source in names_mentioned(values[name], function) if source in values])
