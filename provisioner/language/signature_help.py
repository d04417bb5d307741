"""The signatures of the function whose brackets a place is inside of, and which parameter is being written."""

from __future__ import annotations

from dataclasses import dataclass

from provisioner.kql.functions.function_registry import find_function
from provisioner.kql.functions.row_functions import ROW_FUNCTION_PARAMETERS
from provisioner.language.kql_reference import describe_function
from provisioner.language.language_file import KqlPlace


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature as text; `parameters` are its parts that name the parameters, in order."""

    label: str
    parameters: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SignatureHelp:
    """The signatures of a function; `active` is the one that the arguments fit, `argument` the one at the place."""

    signatures: tuple[Signature, ...]
    summary: str
    active: int
    argument: int


def signature_help(place: KqlPlace) -> SignatureHelp | None:
    """The function whose argument is being written; None where the place is in no call of one."""
    cursor = place.cursor
    if not cursor.calls or cursor.inside == "comment":
        return None
    call = cursor.calls[-1]
    function, description = find_function(call.name), describe_function(call.name)
    if description is None:
        return None
    if function is None:
        parameters = ROW_FUNCTION_PARAMETERS[call.name]
        signature = Signature(f"{call.name}({', '.join(parameters)})", parameters)
        return SignatureHelp((signature,), description.summary, 0, min(call.argument, len(parameters) - 1))
    signatures = []
    active = None
    for number, overload in enumerate(function.overloads):
        parameters = tuple(str(parameter) for parameter in overload.parameters)
        signatures.append(Signature(f"{call.name}({', '.join(parameters)}) -> {overload.returns}", parameters))
        if active is None and overload.parameter_at(call.argument) is not None:
            active = number
    chosen = active or 0
    # Of a parameter that takes any number of arguments, each further one is the last.
    argument = min(call.argument, max(len(signatures[chosen].parameters) - 1, 0)) if signatures else 0
    return SignatureHelp(tuple(signatures), description.summary, chosen, argument)
