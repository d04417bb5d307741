"""How Kusto names a column that the author did not name."""

from __future__ import annotations

from provisioner.kql.syntax import tree


def derived_name(node: tree.Expression) -> str | None:
    """The name an expression lends to its column: `x` for `x`, `x_y` for `x.y`, `strlen_x` for `strlen(x)`.

    None where it lends none: the column is then called Column1, Column2 and so on.
    """
    if isinstance(node, tree.Name):
        return node.name
    if isinstance(node, tree.MemberAccess):
        object_name = derived_name(node.object)
        return None if object_name is None else f"{object_name}_{node.name}"
    if isinstance(node, tree.IndexAccess):
        object_name = derived_name(node.object)
        index = node.index.value if isinstance(node.index, tree.Literal) else ""
        return None if object_name is None else f"{object_name}_{index}"
    return _name_of_call(node) if isinstance(node, tree.Call) else None


def naming_part(node: tree.Expression) -> tree.Name | tree.Literal | None:
    """The name, or the name in quotes, inside of an expression from which it derives its column's; None without one."""
    if isinstance(node, tree.Name):
        return node
    if isinstance(node, (tree.MemberAccess, tree.IndexAccess)):
        return naming_part(node.object)
    if not isinstance(node, tree.Call) or not node.arguments or derived_name(node) is None:
        return None
    first = node.arguments[0]
    return first if isinstance(first, tree.Literal) else naming_part(first)


def _name_of_call(node: tree.Call) -> str | None:
    from provisioner.kql.functions.result_names import RESULT_NAME_RULES  # see overloads.py

    # as Microsoft's own analyser names them, function by function
    rule = RESULT_NAME_RULES.get(node.name, "")
    first = derived_name(node.arguments[0]) if node.arguments else None
    if rule == "first" or (rule == "only" and len(node.arguments) == 1):
        return first
    if rule == "column" and node.arguments and isinstance(node.arguments[0], tree.Literal):
        return str(node.arguments[0].value)
    if rule == "name_first":
        return f"{node.name}_{first or ''}"
    if rule.startswith("prefix:"):
        return f"{rule.removeprefix('prefix:')}_{first or ''}"
    return None
