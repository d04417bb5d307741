"""The conditions of policy rules over type, location and tags: checked when written, evaluated for each resource.

Source: https://learn.microsoft.com/azure/governance/policy/concepts/definition-structure-policy-rule
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from fnmatch import fnmatchcase
from typing import Any

from provisioner.emulator.http.response import ApiError, not_implemented
from provisioner.template import TemplateError, evaluate_expression

Resource = Mapping[str, Any]
"""`id`, `name`, `type`, `kind`, `location`, `tags` of a resource as it would be."""

Test = Callable[[object, object], bool]

ENFORCED_EFFECTS = ("deny", "audit", "auditIfNotExists", "disabled", "manual")
"""Effects that are carried out here: all but deny change nothing."""

_FIELDS = ("id", "name", "fullname", "type", "kind", "location", "tags")
_TAG = re.compile(r"tags(?:\[\s*'?(?P<bracketed>[^\]]*?)'?\s*\]|\.(?P<dotted>.+))", re.IGNORECASE)
_FIELD_CALL = re.compile(r"\[\s*field\('(?P<name>[^']+)'\)\s*\]", re.IGNORECASE)


def check_rule(rule: object) -> None:
    """Raise ApiError 400 where a rule has no `if` and `then`, 501 where it needs more than is evaluated here."""
    if not isinstance(rule, dict) or "if" not in rule or not isinstance(rule.get("then"), dict):
        raise ApiError(400, "InvalidPolicyRule", "The policy rule needs 'if' and 'then' with an 'effect'.")
    _check_condition(rule["if"])
    effect = rule["then"].get("effect")
    if not isinstance(effect, str):
        raise ApiError(400, "InvalidPolicyRule", "The policy rule's 'then' needs an 'effect'.")
    if not effect.startswith("["):
        check_effect(effect)


def check_effect(effect: str) -> None:
    """Raise ApiError 501 for an effect that would change resources: here it would have none."""
    if effect.lower() not in {name.lower() for name in ENFORCED_EFFECTS}:
        raise not_implemented(f"the policy effect '{effect}'")


def evaluate(value: object, parameters: Mapping[str, object]) -> object:
    """A value of a rule with its expressions evaluated; raises ApiError 400 InvalidPolicyRule."""
    try:
        return evaluate_expression(value, parameters=parameters)
    except TemplateError as error:
        raise ApiError(400, "InvalidPolicyRule", f"The policy rule cannot be evaluated: {error.message}") from error


def holds(condition: dict[str, Any], resource: Resource, parameters: Mapping[str, object]) -> bool:
    """Whether a resource meets a condition that `check_rule` has let through."""
    if "allOf" in condition:
        return all(holds(inner, resource, parameters) for inner in condition["allOf"])
    if "anyOf" in condition:
        return any(holds(inner, resource, parameters) for inner in condition["anyOf"])
    if "not" in condition:
        return not holds(condition["not"], resource, parameters)
    (operator,) = condition.keys() - {"field", "value"}
    expected = evaluate(condition[operator], parameters)
    return _OPERATORS[operator.lower()](_actual(condition, resource, parameters), expected)


def _actual(condition: dict[str, Any], resource: Resource, parameters: Mapping[str, object]) -> object:
    if "field" in condition:
        return _field(str(evaluate(condition["field"], parameters)), resource)
    call = _FIELD_CALL.fullmatch(str(condition["value"]))
    return _field(call["name"], resource) if call else evaluate(condition["value"], parameters)


def _field(name: str, resource: Resource) -> object:
    if tag := _TAG.fullmatch(name):
        tag_name = (tag["bracketed"] or tag["dotted"] or "").lower()
        tags = resource.get("tags") or {}
        return next((value for key, value in tags.items() if key.lower() == tag_name), None)
    if name.lower() not in _FIELDS:
        raise not_implemented(f"the policy field '{name}': only {', '.join(_FIELDS)}")
    return resource.get("name" if name.lower() == "fullname" else name.lower())


def _check_condition(condition: object) -> None:
    if not isinstance(condition, dict):
        raise ApiError(400, "InvalidPolicyRule", "A condition of the policy rule is no object.")
    for name in ("allOf", "anyOf"):
        if name in condition:
            for inner in condition[name] if isinstance(condition[name], list) else [None]:
                _check_condition(inner)
            return
    if not isinstance(condition.get("field", ""), str):
        raise ApiError(400, "InvalidPolicyRule", "The 'field' of a condition is a string.")
    if "not" in condition:
        _check_condition(condition["not"])
        return
    operators = condition.keys() - {"field", "value"}
    if "count" in operators or len(operators) != 1 or len(condition) != 2:
        raise not_implemented("a policy condition other than one operator over 'field' or 'value'")
    (operator,) = operators
    if operator.lower() not in _OPERATORS:
        raise not_implemented(f"the policy operator '{operator}'")
    field = condition.get("field")
    if isinstance(field, str) and not field.startswith("["):
        _field(field, {})


def _text(value: object) -> str:
    """As policies compare: without case; a region also without spaces, as it may be written either way."""
    return "" if value is None else str(value).lower()


def _equals(actual: object, expected: object) -> bool:
    if isinstance(actual, str) or isinstance(expected, str):
        return _text(actual) == _text(expected)
    return bool(actual == expected)


def _is_in(actual: object, expected: object) -> bool:
    return any(_equals(actual, item) for item in (expected if isinstance(expected, list) else [expected]))


def _like(actual: object, expected: object) -> bool:
    # One asterisk is all that the pattern may hold besides text; brackets and question marks mean themselves.
    pattern = re.sub(r"[\[?]", lambda match: f"[{match[0]}]", _text(expected))
    return fnmatchcase(_text(actual), pattern)


def _contains(actual: object, expected: object) -> bool:
    return _text(expected) in _text(actual)


def _exists(actual: object, expected: object) -> bool:
    return (actual is not None) == (_text(expected) == "true")


def _contains_key(actual: object, expected: object) -> bool:
    return isinstance(actual, dict) and _is_in(expected, list(actual))


def _negated(test: Test) -> Test:
    return lambda actual, expected: not test(actual, expected)


_POSITIVE: dict[str, Test] = {
    "equals": _equals,
    "in": _is_in,
    "like": _like,
    "contains": _contains,
    "containskey": _contains_key,
}
_OPERATORS: dict[str, Test] = {
    **_POSITIVE,
    **{f"not{name}": _negated(test) for name, test in _POSITIVE.items()},
    "exists": _exists,
}
