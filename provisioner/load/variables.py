"""Which variables a manifest has, and where the value of each comes from."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping

from provisioner.diagnostics import Diagnostic
from provisioner.load.schema.interpolation import VARIABLE_NAME, Variables, VariableValue, process_variable_name
from provisioner.load.yaml.node_diagnostics import join_with_or, node_diagnostic
from provisioner.load.yaml.nodes import MappingNode, Node, ScalarNode
from provisioner.load.yaml.scalars import resolve_scalar
from provisioner.suggest import did_you_mean

BUILT_IN_VARIABLES = ("environment", "name")


def resolve_variables(
    section: Node | None, command_line: Mapping[str, str], overlay_section: Node | None, environment: str | None
) -> tuple[Variables, list[Diagnostic]]:
    """The variables of a manifest with their values, and the errors in their declarations.

    `section` is the manifest's `variables`, `overlay_section` that of the chosen environment. A value comes from the
    command line, else the overlay, else the process environment, else the declaration's default.
    """
    variables = Variables()
    diagnostics: list[Diagnostic] = []
    if environment is not None:
        variables.values["environment"] = VariableValue(environment, environment)
    declarations = section.values if isinstance(section, MappingNode) else {}
    overlay_values = overlay_section.values if isinstance(overlay_section, MappingNode) else {}
    for name, declaration in declarations.items():
        assert isinstance(section, MappingNode)
        key = section.keys[name]
        # VARIABLE_NAME keeps names that a shell can set as PROVISIONER_VAR_NAME.
        if name in BUILT_IN_VARIABLES or not VARIABLE_NAME.fullmatch(name):
            hint = "it is built in" if name in BUILT_IN_VARIABLES else "a letter, then letters, digits, _ or -"
            diagnostics.append(node_diagnostic("VAR006", f"{name!r} cannot be a variable's name", key, hint))
            continue
        value, value_errors = _variable_value(name, declaration, command_line, overlay_values)
        diagnostics.extend(value_errors)
        if value is None:
            variables.missing[name] = key
        else:
            variables.values[name] = value
    diagnostics.extend(_undeclared_values(declarations, section, overlay_section, command_line))
    return variables, diagnostics


def _variable_value(
    name: str, declaration: Node, command_line: Mapping[str, str], overlay_values: Mapping[str, Node]
) -> tuple[VariableValue | None, list[Diagnostic]]:
    """The value by precedence, None where there is none."""
    if name in command_line:
        return VariableValue(resolve_scalar(command_line[name]), command_line[name], typed=False), []
    if name in overlay_values:
        return _written_value(overlay_values[name])
    if (text := os.environ.get(process_variable_name(name))) is not None:
        return VariableValue(resolve_scalar(text), text, typed=False), []
    if isinstance(declaration, MappingNode) and "default" in declaration.values:
        return _written_value(declaration.values["default"])
    return None, []


def _written_value(node: Node) -> tuple[VariableValue | None, list[Diagnostic]]:
    if not isinstance(node, ScalarNode):
        # The check of types reports it; the empty value spares a second error at every use.
        return VariableValue("", ""), []
    if isinstance(node.value, str) and "$(" in node.value:
        hint = "write the value out; variables are not filled in here"
        return VariableValue("", ""), [node_diagnostic("VAR002", "a variable's value cannot use variables", node, hint)]
    return VariableValue(node.value, node.text), []


def _undeclared_values(
    declarations: Mapping[str, Node],
    section: Node | None,
    overlay_section: Node | None,
    command_line: Mapping[str, str],
) -> Iterator[Diagnostic]:
    if isinstance(overlay_section, MappingNode):
        for name, key in overlay_section.keys.items():
            if name not in declarations:
                hint = did_you_mean(name, declarations) or "declare it under the manifest's `variables`"
                yield node_diagnostic("VAR003", f"a value for {name!r}, which is no declared variable", key, hint)
    for name in command_line:
        if name not in declarations:
            hint = did_you_mean(name, declarations) or (
                f"there are {join_with_or(declarations)}" if declarations else "declare it under `variables`"
            )
            message = f"--var {name}: the manifest declares no such variable"
            # Without a `variables` section there is no node to point at.
            if section is None:
                yield Diagnostic("VAR003", "error", message, hint=hint)
            else:
                yield node_diagnostic("VAR003", message, section, hint)
