"""What `@options` of a resource asks of the deployment engine: the Bicep decorators `onlyIfNotExists` and `retryOn`.

Each stands with the list of its arguments; seen in the tests of Azure/bicep's compiler.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from provisioner.template.evaluation_context import Context
from provisioner.template.evaluator import resolve
from provisioner.template.json_values import get
from provisioner.template.template_errors import TemplateError

_KEY = "@options"


@dataclass(frozen=True, slots=True)
class ResourceOptions:
    """Whether what exists is left as it is, and on which error codes how many more tries are made."""

    only_if_missing: bool = False
    retried_codes: tuple[str, ...] = ()
    retries: int = 0


def options_of(declared: dict[str, Any], context: Context, name: str) -> ResourceOptions:
    """The options of a declaration; raises TemplateError for those that are not carried out here, and other shapes."""
    options = get(declared, _KEY)
    # An import looks at what is deployed, not at how.
    if options is None or context.evaluation.allow_unresolved:
        return ResourceOptions()
    if not isinstance(options, dict):
        error = TemplateError("resource-property-type", resource=name, name=_KEY, expected="an object")
        raise error.within(_KEY)
    arguments = {key.lower(): _arguments(key, value, context, name) for key, value in options.items()}
    only_if_missing = arguments.pop("onlyifnotexists", None) is not None
    codes, retries = _retries(arguments.pop("retryon", []), name)
    if arguments:
        why = "it is an option of resources that the local Azure does not carry out"
        raise TemplateError("unsupported", name=f"{_KEY}.{next(iter(arguments))}", why=why).within(_KEY)
    return ResourceOptions(only_if_missing, codes, retries)


def _arguments(key: str, value: Any, context: Context, name: str) -> list[Any]:
    if not isinstance(value, list):
        error = TemplateError("resource-property-type", resource=name, name=f"{_KEY}.{key}", expected="an array")
        raise error.within(_KEY, key)
    # A lambda is an argument that only the option itself could evaluate.
    return value if key.lower() == "waituntil" else list(resolve(value, context))


def _retries(arguments: list[Any], name: str) -> tuple[tuple[str, ...], int]:
    if not arguments:
        return (), 0
    codes, count = arguments[0], arguments[1] if len(arguments) > 1 else 1
    are_codes = isinstance(codes, list) and all(isinstance(code, str) for code in codes)
    if not are_codes or isinstance(count, bool) or not isinstance(count, int) or count < 0:
        expected = "an array of error codes and a number"
        error = TemplateError("resource-property-type", resource=name, name=f"{_KEY}.retryOn", expected=expected)
        raise error.within(_KEY, "retryOn")
    return tuple(codes), count
