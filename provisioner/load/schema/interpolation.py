"""`$(name)` in texts: how a scalar gets the values of the variables that it names."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from provisioner.diagnostics import Diagnostic, Span
from provisioner.load.yaml.nodes import ScalarNode
from provisioner.load.yaml.scalar_offsets import source_range
from provisioner.load.yaml.scalars import resolve_scalar
from provisioner.suggest import did_you_mean

VARIABLE_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_REFERENCE = re.compile(r"\$(?:\$|\((?P<name>[^)]*)(?P<close>\))?)")


class VariableValue(NamedTuple):
    """The value of a variable and its text.

    `typed` is False for a value from the command line or the process environment: there everything is text, and the
    key that it is used for decides whether it is a number.
    """

    value: Any
    text: str
    typed: bool = True


class UnresolvedVariable(Exception):
    """A text cannot be interpolated; `diagnostic` is None where the same variable was reported before."""

    def __init__(self, diagnostic: Diagnostic | None) -> None:
        super().__init__()
        self.diagnostic = diagnostic


class Variables:
    """The values for one environment. `missing` are declared without a value, `reported` those with a diagnostic."""

    def __init__(self) -> None:
        self.values: dict[str, VariableValue] = {}
        self.missing: dict[str, ScalarNode] = {}
        self.reported: set[str] = set()

    def interpolate(self, node: ScalarNode, *, text: bool) -> Any:
        """The scalar's value with the values of its variables; with `text`, untyped values stay text.

        `$(name)` alone has the variable's own type, inside a longer text it is text; `$$` is a dollar sign.
        Raises UnresolvedVariable.
        """
        written = node.value
        if not isinstance(written, str) or "$" not in written:
            return written
        # A text that is one reference keeps the variable's type: `retention: $(days)` is a number.
        reference = _REFERENCE.fullmatch(written)
        if reference and reference["name"] is not None:
            variable = self._value(reference, node)
            if variable.typed:
                return variable.value
            return variable.text if text else resolve_scalar(variable.text)
        return _REFERENCE.sub(lambda match: "$" if match.group() == "$$" else self._text(match, node), written)

    def _text(self, reference: re.Match[str], node: ScalarNode) -> str:
        variable = self._value(reference, node)
        if variable.value is None:
            message = f"the variable {reference['name']!r} is null, and so no part of a text"
            hint = "give it a value, or write $(…) alone to leave the key out"
            raise UnresolvedVariable(_reference_diagnostic(reference, node, "VAR005", message, hint))
        return variable.text

    def _value(self, reference: re.Match[str], node: ScalarNode) -> VariableValue:
        name = reference["name"]
        if reference["close"] is None or not VARIABLE_NAME.fullmatch(name):
            message = "`$(` is not closed" if reference["close"] is None else f"`$({name})` names no variable"
            hint = "write $(name); a literal $ before ( is $$"
            raise UnresolvedVariable(_reference_diagnostic(reference, node, "VAR002", message, hint))
        if name in self.values:
            return self.values[name]
        raise UnresolvedVariable(self._unresolved(reference, node))

    def _unresolved(self, reference: re.Match[str], node: ScalarNode) -> Diagnostic | None:
        name = reference["name"]
        if name == "environment":
            message = "there is no environment, so `$(environment)` has no value"
            return _reference_diagnostic(reference, node, "VAR004", message, "choose one with -e NAME")
        if name in self.missing:
            # Once for each variable: a missing value is one mistake, however often it is used.
            if name in self.reported:
                return None
            self.reported.add(name)
            hint = (
                f"give it with --var {name}=…, {process_variable_name(name)}, "
                "the environment's `variables`, or a default"
            )
            return _reference_diagnostic(reference, node, "VAR001", f"the variable {name!r} has no value", hint)
        names = (*self.values, *self.missing)
        hint = did_you_mean(name, names) or "declare it under `variables`; a literal $ before ( is $$"
        return _reference_diagnostic(reference, node, "VAR003", f"there is no variable {name!r}", hint)


def process_variable_name(name: str) -> str:
    """The variable of the process environment that gives `name` a value; `-` is no character of such names."""
    return f"PROVISIONER_VAR_{name.upper().replace('-', '_')}"


def _reference_diagnostic(reference: re.Match[str], node: ScalarNode, code: str, message: str, hint: str) -> Diagnostic:
    """An error at one `$(…)` of a text."""
    start, end = source_range(node, Span(*reference.span()))
    return Diagnostic(code, "error", message, node.source.span(start, end), node.source.place(start, end), hint)
