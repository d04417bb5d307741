"""The outputs of a template."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from provisioner.template.copy_loops import OUTPUT_LOOP, looped
from provisioner.template.declared_types import TYPES, Types
from provisioner.template.evaluation_context import Context
from provisioner.template.evaluator import resolve
from provisioner.template.json_values import azure_type_of, find_key, get, type_of
from provisioner.template.parameter_filling import azure_type_name
from provisioner.template.template_errors import TemplateError
from provisioner.template.unknown_values import Unknown


@dataclass(frozen=True, slots=True)
class Output:
    """An output with its value, or what stands for one that is not known; the value of a secure one is never shown."""

    name: str
    type: str
    value: Any = field(repr=False)
    secure: bool

    def json(self) -> dict[str, Any]:
        """How a deployment shows it: `{"type": "String", "value": …}`, without the value of a secure one."""
        kind = azure_type_name(self.type)
        return {"type": kind} if self.secure else {"type": kind, "value": self.value}


def evaluate_outputs(declared: Mapping[str, Any], types: Types, context: Context) -> dict[str, Output]:
    """The outputs by name, those with a false condition left out.

    Raises TemplateError with the path from the template's root.
    """
    context = context.derive(place="output")
    outputs: dict[str, Output] = {}
    for name, entry in declared.items():
        try:
            output = _output(name, entry, types, context)
        except TemplateError as error:
            raise error.within("outputs", name) from None
        if output is not None:
            context.evaluation.budget.check(output.value)
            outputs[name] = output
    return outputs


def _output(name: str, entry: Any, types: Types, context: Context) -> Output | None:
    if not isinstance(entry, dict):
        raise TemplateError("output-shape", name=name, problem="an object is expected")
    condition = resolve(get(entry, "condition", True), context)
    if condition is False:
        return None
    if condition is not True and not isinstance(condition, Unknown):
        raise TemplateError("output-shape", name=name, problem="its condition is no boolean value").within("condition")
    kind = types.expand(entry, name)
    declared = get(kind, "type")
    value = _value(name, entry, context)
    secure = declared.lower().startswith("secure")
    # An import reads what it can; the type of an output decides nothing there.
    if not context.evaluation.allow_unresolved:
        _check(name, value, kind)
    return Output(name, declared, value, secure)


def _value(name: str, entry: dict[str, Any], context: Context) -> Any:
    loop = get(entry, "copy")
    if isinstance(loop, dict):
        try:
            return looped(OUTPUT_LOOP, loop, context, resolve)
        except TemplateError as error:
            raise error.within("copy") from None
    key = find_key(entry, "value")
    if key is None:
        raise TemplateError("output-shape", name=name, problem="it has neither 'value' nor 'copy'")
    try:
        return resolve(entry[key], context)
    except TemplateError as error:
        raise error.within(key) from None


def _check(name: str, value: Any, declared: dict[str, Any]) -> None:
    expected_type = TYPES[get(declared, "type").lower()][0]
    if isinstance(value, Unknown) or expected_type in ("any", type_of(value)):
        return
    if value is None and get(declared, "nullable") is True:
        return
    raise TemplateError("output-type", name=name, expected=get(declared, "type"), actual=azure_type_of(value))
