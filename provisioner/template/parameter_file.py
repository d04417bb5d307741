"""Parameter files: the values beside a template."""

from __future__ import annotations

from typing import Any

from provisioner.template.json_values import find_key, get
from provisioner.template.template_document import read_document
from provisioner.template.template_errors import TemplateError


def read_parameter_file(text: str) -> dict[str, Any]:
    """The values by name, each `{"value": …}` or `{"reference": …}`, of a file with or without `$schema` around them.

    Raises TemplateError with line and column where the text is no parameter file.
    """
    document = read_document(text)
    try:
        return parameter_section(document.value)
    except TemplateError as error:
        raise document.locate(error) from None


def parameter_section(value: Any) -> dict[str, Any]:
    """The values by name in a parameter file's value, or in the map alone. Raises TemplateError parameter-file."""
    if not isinstance(value, dict):
        raise TemplateError("parameter-file", problem="an object is expected")
    if get(value, "externalInputDefinitions"):
        raise TemplateError("parameter-file", problem="values that are fetched from outside are not known here")
    key = find_key(value, "parameters")
    # A map of values may hold a parameter that is itself called `parameters`.
    wrapped = key is not None and (
        find_key(value, "$schema") is not None or find_key(value, "contentVersion") is not None
    )
    entries = value[key] if wrapped and key is not None else value
    if not isinstance(entries, dict):
        raise TemplateError("parameter-file", problem="'parameters' is no object").within("parameters")
    for name, entry in entries.items():
        if not isinstance(entry, dict) or not {"value", "reference", "expression"} & {part.lower() for part in entry}:
            error = TemplateError(
                "parameter-file", problem=f"the parameter '{name}' has neither 'value' nor 'reference'"
            )
            raise error.within("parameters", name) if wrapped else error.within(name)
    return entries
