"""`docs/senders/`: a page for each sender of `outputs`, with its configuration and a source for each option."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from provisioner.model import SENDERS, Columns, Flow, Stream
from provisioner.package_data import load_facts
from provisioner.reports.format_registry import render_report
from provisioner.reports.sender_report import SenderReport
from provisioner.resources.sender_outputs import DcrOutputs, Outputs
from tools.marked_blocks import DOCS, escape_pipes

FOLDER = DOCS / "senders"
_ENDPOINT = "https://dce-webshop-ab12.westeurope-1.ingest.monitor.azure.com"
_RULE = "dcr-0123456789abcdef0123456789abcdef"
_LANGUAGES: Mapping[str, str] = {
    "python": "python", "dotnet": "csharp", "javascript": "javascript", "java": "java", "go": "go",
    "powershell": "powershell", "az": "sh", "curl": "sh", "fluent-bit": "yaml", "vector": "yaml",
    "logstash": "ruby", "otel-collector": "yaml", "cribl": "yaml", "function-app": "python",
}  # fmt: skip
INTRODUCTION = """\
# Configure a sender

`provisioner outputs -e ENV --format NAME` writes a complete configuration, or a program, for each stream of an
environment: the endpoint, the rule's immutable id, the stream, the audience of the token, a sign-in without a secret
where the sender can, batches under the 1 MiB of a call, and the time in the column that the stream has for it. The time
column is `TimeGenerated`, or the first column of type datetime.

```text
provisioner outputs -e prod --format vector > vector.yaml
```

Each is made from a Jinja2 template in `templates/senders/`, and has a page with a source for every option. Where the
environment is `local`, the first lines say how the sender reaches the local Azure.

| sender | is | signs in with | keeps calls under the limit |
| --- | --- | --- | --- |
"""
OUTRO = """
Whoever signs in needs the role Monitoring Metrics Publisher on the rule: `grants` in the [manifest](../manifest.md).

`streams.STREAM.sender` in the manifest names the sender of a stream; [STR010](../checks/STR010.md) then says what it
cannot give.
"""


@dataclass(frozen=True, slots=True)
class _ExampleCloud:
    name: str = "public"
    authority: str = "https://login.microsoftonline.com"
    ca_file: Path | None = None


def pages() -> dict[Path, str]:
    """The index and the page of each sender as the facts and the templates are now."""
    senders: dict[str, Any] = load_facts("senders.yaml")["senders"]
    rows = "".join(
        f"| [{senders[name]['title']}]({name}.md) | {senders[name]['is']} | {senders[name]['signs_in']} "
        f"| {senders[name]['batches']} |\n"
        for name in SENDERS
    )
    texts = {FOLDER / "index.md": INTRODUCTION + rows + OUTRO}
    return texts | {FOLDER / f"{name}.md": page_text(name, senders[name]) for name in SENDERS}


def example_text(name: str) -> str:
    """The configuration of a sender for a stream of a web shop."""
    columns = Columns({"TimeGenerated": "datetime", "Host": "string", "Level": "string", "Amount": "real"})
    stream = Stream("Custom-Orders", "Custom-Orders", columns, (Flow("Orders_CL"),))
    url = f"{_ENDPOINT}/dataCollectionRules/{_RULE}/streams/{stream.name}?api-version=2023-01-01"
    dcrs = {"dcr-webshop": DcrOutputs(_RULE, _ENDPOINT, {stream.key: url})}
    report = SenderReport(Outputs("https://monitor.azure.com", dcrs), _ExampleCloud(), {stream.key: stream})
    return render_report("outputs", name, report)


def page_text(name: str, facts: Mapping[str, Any]) -> str:
    """The page of one sender."""
    parts = [
        f"# {facts['title']}",
        f"`provisioner outputs -e ENV --format {name}` writes {facts['is']}.",
        "\n".join(_needs(facts)),
        "## For a stream `Custom-Orders`",
        f"```{_LANGUAGES.get(name, 'text')}\n{example_text(name)}```",
        "## Options",
        "| option | does | source |\n| --- | --- | --- |\n" + "".join(_option_rows(facts)),
        "## What to know",
        "\n".join(f"- {' '.join(note.split())}" for note in [*_limits(facts), *facts["notes"]]),
    ]
    return "\n\n".join(part.rstrip("\n") for part in parts) + "\n"


def _needs(facts: Mapping[str, Any]) -> Iterator[str]:
    yield f"- **Needs** {facts['needs']}."
    yield f"- **Signs in** with {facts['signs_in']}."
    yield f"- **Calls under 1 MiB**: {facts['batches']}."


def _option_rows(facts: Mapping[str, Any]) -> Iterator[str]:
    for option, entry in facts["options"].items():
        does, source = (entry["does"], entry["source"]) if isinstance(entry, dict) else (entry, facts["source"])
        yield f"| `{escape_pipes(option)}` | {escape_pipes(does)} | [{_host(source)}]({source}) |\n"


def _host(address: str) -> str:
    return address.split("/")[2].removeprefix("www.")


def _limits(facts: Mapping[str, Any]) -> Iterator[str]:
    """What the check of `streams.X.sender` looks at, in words."""
    if "clouds" in facts:
        yield f"It signs in to these clouds only: {', '.join(facts['clouds'])}."
    if "decimals" in facts:
        yield f"It writes times with {facts['decimals']} digits of a second's fraction."
    if facts.get("records") is False:
        yield "It makes no nested values for columns of type dynamic."
