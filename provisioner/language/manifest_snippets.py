"""New entries of a manifest as snippets: a table, a stream, a test, and a whole manifest to begin with."""

from __future__ import annotations

from provisioner.language.completion_item import CompletionItem
from provisioner.model import TYPES


def _type_choice(stop: int) -> str:
    return f"${{{stop}|{','.join(TYPES)}|}}"


_TABLE = (
    "table",
    "${1:Orders}_CL:\n  columns:\n    TimeGenerated: datetime\n    ${2:Message}: " + _type_choice(3),
    "{label}_CL: {columns: {TimeGenerated: datetime}}",
    "a table with its columns",
)
_STREAM = (
    "stream",
    """\
Custom-${1:Orders}:
  columns:
    ${2:time}: datetime
  table: ${3:Orders_CL}
  transform: |
    source
    | project TimeGenerated = ${2:time}$0""",
    "Custom-${1:Orders}: {columns: {${2:time}: datetime}, table: ${3:Orders_CL}}",
    "a stream with its columns, table and transform",
)
_TEST = (
    "test",
    "- name: ${1:what holds}\n  given:\n    - {$2}\n  expect:\n    - {$3}",
    "{name: ${1:what holds}, given: [{$2}], expect: [{$3}]}",
    "a test of the transform",
)
_FLOW = (
    "flow",
    "- table: ${1:Orders_CL}\n  transform: |\n    source$0",
    "{table: ${1:Orders_CL}, transform: ${2:source}}",
    "one way of the stream into a table",
)
_DCR = ("dcr", "dcr-${1:name}:\n  streams:\n    - $0", "dcr-${1:name}: {streams: [$2]}", "a data collection rule")
_APPLICATION = (
    "application",
    """\
${1:sender}:
  federated:
    - issuer: ${2:https://token.actions.githubusercontent.com}
      subject: ${3:repo:owner/name:ref:refs/heads/main}""",
    "${1:sender}: {federated: [{issuer: '${2:https://token.actions.githubusercontent.com}', subject: '$3'}]}",
    "an app registration that sends, without a secret",
)
_WORKSPACE_TRANSFORM = (
    "workspace transform",
    "${1:Syslog}:\n  transform: |\n    source\n    | where ${2:true}$0",
    "${1:Syslog}: {transform: source | where ${2:true}}",
    "what is done with rows that come through no rule",
)
_GRANT = ("grant", "${1:sender}:\n  principal: ${2:self}", "${1:sender}: {principal: ${2:self}}", "who may send")
_VARIABLE = (
    "variable",
    "${1:sender}:\n  description: ${2:what it is for}",
    "${1:sender}: {description: ${2:what it is for}}",
    "a variable",
)
_ENVIRONMENT = (
    "environment",
    "${1:prod}:\n  target:\n    ${2:resource_group}: $3",
    "${1:prod}: {target: {$2}}",
    "what is laid over the rest",
)
_COLUMN = ("column", "${1:Name}: " + _type_choice(2), "${1:Name}: " + _type_choice(2), "a column with its type")

Snippet = tuple[str, str, str, str]


def entry_snippet(pattern: tuple[str | int, ...], *, flow: bool, indent: int) -> CompletionItem | None:
    """A new entry of the section at a path: below other lines, or in braces; None where there is no snippet for it."""
    snippet = _snippet_for(pattern)
    if snippet is None:
        return None
    name, block_text, flow_text, detail = snippet
    text = flow_text.replace("{label}", "${1:Orders}") if flow else block_text
    sample = text if flow else "\n".join(" " * indent + line for line in block_text.split("\n"))
    return CompletionItem(f"new {name}", "snippet", text, detail, f"```yaml\n{sample}\n```", snippet=True, rank=2)


def _snippet_for(pattern: tuple[str | int, ...]) -> Snippet | None:
    match pattern:
        case (str(section),):
            return _SECTIONS.get(section)
        case ("streams" | "workspace_transforms", _, "tests"):
            return _TEST
        case ("streams", _, "flows"):
            return _FLOW
        case ("streams" | "tables" | "workspace_transforms", _, "columns"):
            return _COLUMN
    return None


_SECTIONS = {
    "tables": _TABLE,
    "streams": _STREAM,
    "dcrs": _DCR,
    "applications": _APPLICATION,
    "grants": _GRANT,
    "workspace_transforms": _WORKSPACE_TRANSFORM,
    "variables": _VARIABLE,
    "environments": _ENVIRONMENT,
}

_WHOLE = """\
version: 1
name: ${1:webshop}
target:
  subscription: ${2:00000000-0000-0000-0000-000000000000}
  resource_group: ${3:rg-webshop}
  location: ${4:westeurope}
workspace:
  name: law-${1:webshop}
tables:
  ${5:Orders}_CL:
    columns:
      TimeGenerated: datetime
      ${6:Message}: string
streams:
  Custom-${5:Orders}:
    columns:
      time: datetime
      message: string
    table: ${5:Orders}_CL
    transform: |
      source
      | project TimeGenerated = time, ${6:Message} = message
$0"""


def whole_manifest_snippet() -> CompletionItem:
    """A first manifest that is without errors."""
    return CompletionItem("new manifest", "snippet", _WHOLE, "a first manifest", snippet=True, rank=0)
