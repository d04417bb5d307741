"""The values of a template's parameters: handed in, or by default."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from provisioner.template.declared_types import Subject, Types
from provisioner.template.evaluation_context import Context
from provisioner.template.evaluation_order import evaluation_order
from provisioner.template.evaluator import resolve
from provisioner.template.json_values import find_key, get
from provisioner.template.template_errors import TemplateError
from provisioner.template.template_facts import limit
from provisioner.template.unknown_values import Unknown, unresolved


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter with its value; a secure one is shown by its type alone."""

    name: str
    type: str
    value: Any = field(repr=False)
    secure: bool

    def json(self) -> dict[str, Any]:
        """How a deployment shows it: `{"type": "String", "value": …}`, without the value of a secure one."""
        kind = azure_type_name(self.type)
        return {"type": kind} if self.secure else {"type": kind, "value": self.value}


def azure_type_name(declared: str) -> str:
    """A declared type as deployments show it: `String`, `SecureString`."""
    lowered = declared.lower()
    if lowered.startswith("secure"):
        return "Secure" + lowered.removeprefix("secure").capitalize()
    return lowered.capitalize()


def parameter_values(values: Mapping[str, Any]) -> dict[str, Any]:
    """Plain values in the form in which a deployment takes them: `{"prefix": {"value": "shop"}}`."""
    return {name: {"value": value} for name, value in values.items()}


def fill_parameters(
    declared: Mapping[str, Any], supplied: Mapping[str, Any], types: Types, context: Context
) -> list[Parameter]:
    """Every declared parameter with its value, in the order of the declarations.

    `supplied` has Azure's form: `{"value": …}`, `{"expression": "[…]"}` or `{"reference": {"keyVault": …}}` by name.
    Raises TemplateError for unknown and missing ones, and values that do not fit; with `allow_unresolved` a missing
    one is an UnresolvedValue.
    """
    if len(declared) > limit("parameters"):
        raise TemplateError("limit", name="parameters", most=limit("parameters"), count=len(declared))
    _check_names(declared, supplied, context)
    lowered = {name.lower(): name for name in declared}
    defaults = {
        name: _default(declared[original]) for name, original in lowered.items() if not _is_given(supplied, original)
    }
    # Defaults may speak of parameters that are declared later.
    order, circle = evaluation_order({name: defaults.get(name) for name in lowered}, "parameters")
    if circle is not None:
        name = lowered[circle[0]]
        raise TemplateError("circular-variable", name=name, chain=" -> ".join(circle)).within("parameters", name)
    values: dict[str, Any] = {}
    inner = context.derive(parameters=values, variables=None, place="parameter")
    filled: dict[str, Parameter] = {}
    for key in order:
        name = lowered[key]
        try:
            filled[name] = _filled(name, declared[name], supplied, types, inner)
        except TemplateError as error:
            raise error.within("parameters", name) from None
        values[key] = filled[name].value
        context.evaluation.budget.remember(filled[name].value)
    return [filled[name] for name in declared]


def _check_names(declared: Mapping[str, Any], supplied: Mapping[str, Any], context: Context) -> None:
    unknown = [name for name in supplied if find_key(declared, name) is None]
    if unknown and not context.evaluation.allow_unresolved:
        raise TemplateError("parameter-unknown", names=", ".join(unknown), known=", ".join(declared))


def _is_given(supplied: Mapping[str, Any], name: str) -> bool:
    """Whether there is a value already; an expression may still turn out to be null."""
    key = find_key(supplied, name)
    entry = supplied[key] if key is not None else None
    return isinstance(entry, Unknown) or (isinstance(entry, dict) and get(entry, "value") is not None)


def _default(declared: Any) -> Any:
    return get(declared, "defaultValue") if isinstance(declared, dict) else None


def _filled(name: str, declared: Any, supplied: Mapping[str, Any], types: Types, context: Context) -> Parameter:
    allow_unresolved = context.evaluation.allow_unresolved
    try:
        kind = types.expand(declared, name)
    except TemplateError:
        if not allow_unresolved:
            raise
        kind = {"type": "any", **(declared if isinstance(declared, dict) else {})}
    secure = kind["type"].lower().startswith("secure") if isinstance(kind.get("type"), str) else False
    value = _value(name, kind, supplied, context)
    if not allow_unresolved:
        types.check(value, kind, Subject(name, secure=secure))
    return Parameter(name, str(get(kind, "type", "any")), value, secure)


def _value(name: str, declared: dict[str, Any], supplied: Mapping[str, Any], context: Context) -> Any:
    key = find_key(supplied, name)
    value = _supplied(name, supplied[key], context) if key is not None else None
    # A null is as good as nothing said: modules hand on what they were not told. Source: Azure/bicep#11532.
    if value is not None:
        return value
    default = find_key(declared, "defaultValue")
    if default is not None:
        try:
            return resolve(declared[default], context)
        except TemplateError as error:
            raise error.within(default) from None
    if get(declared, "nullable") is True:
        return None
    if context.evaluation.allow_unresolved:
        return unresolved(name)
    raise TemplateError("parameter-missing", name=name)


def _supplied(name: str, entry: Any, context: Context) -> Any:
    if isinstance(entry, Unknown):
        return entry
    if isinstance(entry, dict):
        value, reference = find_key(entry, "value"), get(entry, "reference")
        if value is not None:
            return entry[value]
        if isinstance(expression := get(entry, "expression"), str):
            return resolve(expression, context)
        if isinstance(reference, dict):
            vault = get(reference, "keyVault")
            identity, secret = get(vault, "id") if isinstance(vault, dict) else None, get(reference, "secretName")
            if isinstance(identity, str) and isinstance(secret, str):
                return context.evaluation.resolver.secret(identity, secret, get(reference, "secretVersion"))
    raise TemplateError("parameter-file", problem=f"the parameter '{name}' has neither 'value' nor 'reference'")
