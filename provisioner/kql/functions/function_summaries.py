"""A sentence on what each function does, for docs/kql.md and for hints: the first line of its body's docstring."""

from __future__ import annotations

from types import FunctionType

from provisioner.kql.functions.function_registry import find_function

_SUMMARIES = {
    "acos": "The angle, in radians, whose cosine this is.",
    "asin": "The angle, in radians, whose sine this is.",
    "atan": "The angle, in radians, whose tangent this is.",
    "cos": "The cosine of an angle in radians.",
    "cot": "The cotangent of an angle in radians.",
    "degrees": "An angle in radians as degrees.",
    "erf": "The error function.",
    "erfc": "The complementary error function.",
    "exp": "Euler's number raised to the number.",
    "exp10": "10 raised to the number.",
    "exp2": "2 raised to the number.",
    "gamma": "The gamma function.",
    "hash_md5": "The MD5 digest of the value's text in hex digits; empty for an empty text.",
    "hash_sha1": "The SHA-1 digest of the value's text in hex digits; empty for an empty text.",
    "hash_sha256": "The SHA-256 digest of the value's text in hex digits; empty for an empty text.",
    "log": "The natural logarithm.",
    "log10": "The logarithm to base 10.",
    "log2": "The logarithm to base 2.",
    "loggamma": "The logarithm of the gamma function's size.",
    "radians": "An angle in degrees as radians.",
    "reverse": "The value's text from its last character to its first.",
    "sin": "The sine of an angle in radians.",
    "sqrt": "The square root; NaN of a negative number.",
    "tan": "The tangent of an angle in radians.",
    "tobool": "The words true and false, and numbers, of which only zero is false; null for anything else.",
    "todatetime": "A datetime, a text in any form Kusto reads, or a number of ticks; null for anything else.",
    "todecimal": "A number, or a text in decimal digits; null for anything else.",
    "toguid": "A guid, or a text that starts with one; null for anything else.",
    "toint": "A whole number of 32 bits: reals are cut, long numbers wrap around, text must be one; else null.",
    "tolong": "A whole number of 64 bits: reals are cut, times give their ticks, text must be one; else null.",
    "tolower": "The value's text in small letters.",
    "toreal": "A number, or a text in decimal digits, with or without an exponent; null for anything else.",
    "tostring": "The value as text, as Kusto prints it; null is the empty string.",
    "totimespan": "A timespan, a text in any form Kusto reads, or a number of ticks; null for anything else.",
    "toupper": "The value's text in capitals.",
}
"""For the functions whose bodies are registered for each type in a loop, so that no body has a docstring for all."""
_ALIASES = {"toboolean": "tobool", "todouble": "toreal", "totime": "totimespan"}


def function_summary(name: str) -> str:
    """The sentence on a function; empty where no function has this name."""
    name = _ALIASES.get(name, name)
    function = find_function(name)
    if name in _SUMMARIES or function is None:
        return _SUMMARIES.get(name, "")
    bodies = (overload.body for overload in function.overloads)
    # A partial has the docstring of `functools.partial` itself.
    docstring = next((body.__doc__ for body in bodies if isinstance(body, FunctionType) and body.__doc__), "")
    return docstring.partition("\n")[0]
