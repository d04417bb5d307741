"""A record of samples and tests is not larger than one call takes, and no value longer than one field.

Why: Azure refuses a call of more than 1 MB, and cuts a text of more than 64 KB without a word.
Source: https://learn.microsoft.com/azure/azure-monitor/fundamentals/service-limits#logs-ingestion-api
"""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.diagnostics import Diagnostic
from provisioner.model import Stream
from provisioner.package_data import load_facts
from provisioner.validate.context import Context
from provisioner.validate.manifest_parts import stream_records
from provisioner.validate.rule import rule


@rule("STR008", on=Stream, severity="warning", workspace_transforms=True)
def record_size(stream: Stream, context: Context) -> Iterator[Diagnostic]:
    most = {name: limit["most"] for name, limit in load_facts("limits.yaml")["record"].items()}
    for path, record in stream_records(stream):
        # Texts alone are counted: a record can only be larger than that, never smaller.
        texts = {name: len(value.encode()) for name, value in record.items() if isinstance(value, str)}
        for name, size in texts.items():
            if size > most["field"]:
                message = f"the value has {size:,} bytes; Azure cuts it to {most['field']:,}"
                yield context.warning(message, *path, name)
        if sum(texts.values()) > most["call"]:
            yield context.error(f"the record has more than {most['call']:,} bytes, which no call takes", *path)
