"""How Kusto names a column that the author did not name."""

from __future__ import annotations

from collections.abc import Container

from provisioner.kql.syntax import tree


def derived(node: tree.Expression) -> str | None:
    """The name an expression lends to its column: `x` for `x`, `x_y` for `x.y`, `strlen_x` for `strlen(x)`."""
    if isinstance(node, tree.Name):
        return node.name
    if isinstance(node, tree.Member):
        inner = derived(node.object)
        return None if inner is None else f"{inner}_{node.name}"
    if isinstance(node, tree.Index):
        inner = derived(node.object)
        index = node.index.value if isinstance(node.index, tree.Literal) else ""
        return None if inner is None else f"{inner}_{index}"
    return _of_call(node) if isinstance(node, tree.Call) else None


def _of_call(node: tree.Call) -> str | None:
    from provisioner.kql.functions.result_names import RESULT_NAMES

    rule = RESULT_NAMES.get(node.name, "")
    first = derived(node.arguments[0]) if node.arguments else None
    if rule == "first" or (rule == "only" and len(node.arguments) == 1):
        return first
    if rule == "column" and node.arguments and isinstance(node.arguments[0], tree.Literal):
        return str(node.arguments[0].value)
    if rule == "name_first":
        return f"{node.name}_{first or ''}"
    if rule.startswith("prefix:"):
        return f"{rule[7:]}_{first or ''}"
    return None


def unused(name: str, taken: Container[str]) -> str:
    """`name`, or `name1`, `name2` … where it is taken."""
    if name not in taken:
        return name
    number = 1
    while f"{name}{number}" in taken:
        number += 1
    return f"{name}{number}"
