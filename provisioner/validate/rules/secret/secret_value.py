"""A manifest holds no secrets.

Why: manifests are read by many and kept indefinitely. This tool signs in through azure-identity and needs none.
Wrong: `tags: {storage: "DefaultEndpointsProtocol=https;AccountName=shop;AccountKey=Zm9vYmFyZm9vYmFyZm9vYmFyZm9vYmFyZm9vYmFyZm9vYmFyZm9vYmFyZm9vYmFyZm9vYmFyZm9vYmFyZm9vYg=="}`
Right: `tags: {storage: shop}`
Source: https://learn.microsoft.com/azure/security/fundamentals/secrets-best-practices
"""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.diagnostics import Diagnostic
from provisioner.model import Manifest
from provisioner.secret_patterns import find_secrets
from provisioner.validate.context import Context
from provisioner.validate.rule import rule


@rule("SEC001", on=Manifest)
def secret_value(_: Manifest, context: Context) -> Iterator[Diagnostic]:
    # Whole files: a comment is as readable as a value. The secret itself is never repeated in a message.
    for source in context.document.sources:
        for secret_label, span in find_secrets(source.text):
            message = f"this looks like {secret_label}"
            finding = context.error(message, hint="take it out, and have it replaced: it is known now")
            yield finding.at(source.place(span.start, span.end))
