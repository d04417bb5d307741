"""A variable that is called a secret has no value in the manifest.

Why: a default, or an environment's value, is as readable as the rest of the file.
Wrong: `variables: {client_secret: {default: "hunter2hunter2"}}`
Right: `variables: {sender: {default: 6f9619ff-8b86-d011-b42d-00c04fc964ff}}`
Source: https://learn.microsoft.com/azure/security/fundamentals/secrets-best-practices
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from provisioner.diagnostics import Diagnostic
from provisioner.model import Manifest
from provisioner.secret_patterns import find_secrets, is_secret_name
from provisioner.validate.context import Context
from provisioner.validate.rule import rule

_HINT = "this tool needs no secrets: it signs in through azure-identity"


@rule("SEC002", on=Manifest)
def secret_variable(_: Manifest, context: Context) -> Iterator[Diagnostic]:
    for path, name in _variable_values(context):
        value = context.written_value(path)
        if is_secret_name(name) and isinstance(value, str) and value and not any(find_secrets(value)):
            yield context.error(f"the variable {name!r} looks like a secret and has a value here", *path, hint=_HINT)


def _variable_values(context: Context) -> Iterator[tuple[tuple[str, ...], str]]:
    """Where variables may have values: their defaults, and what environments set."""
    for name in _written_keys(context, "variables"):
        yield ("variables", name, "default"), name
    for environment in _written_keys(context, "environments"):
        path = ("environments", environment, "variables")
        for name in _written_keys(context, *path):
            yield (*path, name), name


def _written_keys(context: Context, *path: str) -> tuple[str, ...]:
    written = context.written_value(path)
    return tuple(written) if isinstance(written, Mapping) else ()
