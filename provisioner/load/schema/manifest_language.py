"""The manifest language, key by key: the one description that structure checks, JSON Schema and docs are read from."""

from __future__ import annotations

from provisioner.load.schema.shapes import (
    Anything,
    Choice,
    Either,
    Field,
    Flag,
    Listed,
    Literal,
    Named,
    OrFile,
    Record,
    Row,
    Text,
    Whole,
)
from provisioner.model import PUBLISHER, TYPES

_GUID = r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"
_NAME = r"^[A-Za-z][A-Za-z0-9-]{1,39}$"
_SPELLINGS = tuple((word, each.name) for each in TYPES.values() for word in (each.table, each.kql, *each.aliases))

_PROSE = Text(interpolated=False)
_COLUMN = Record(
    "A column",
    (
        Field(
            "type",
            Choice(tuple(TYPES), tuple(pair for pair in _SPELLINGS if pair[0] != pair[1]), "column type"),
            "The type of its values.",
            required=True,
        ),
        Field("description", _PROSE, "What it holds, for those who query."),
    ),
    short="type",
)
_COLUMNS = Named(_COLUMN, "column", r"^[A-Za-z][A-Za-z0-9_]*$")
_TRANSFORM = OrFile(Text(interpolated=False))
_TRANSFORM_SAYS = "KQL over `source`, or {file: orders.kql}. Left out: the stream's rows as they are."

_TARGET = Record(
    "Where everything stands",
    (
        Field(
            "cloud", Choice(("public", "usgovernment", "china", "local"), what="cloud"), "The cloud.", default="public"
        ),
        Field("subscription", Text(_GUID), "The subscription's id."),
        Field("tenant", Text(_GUID), "The Entra tenant's id, where the signed-in one is not meant."),
        Field("resource_group", Text(), "The resource group; created when missing."),
        Field("location", Text(), "The region, such as westeurope.", example="westeurope"),
    ),
)
_WORKSPACE = Record(
    "The Log Analytics workspace",
    (
        Field("name", Text(), "A workspace of ours. Left out: law-<name of the manifest>."),
        Field("id", Text(r"^/subscriptions/"), "An existing workspace's resource id: it is read and never written."),
        Field("location", Text(), "Its region. Left out: target.location."),
        Field("retention", Whole(4), "Days that rows of its tables are kept, where a table does not say."),
    ),
    either=(("name", "id"), ("id", "retention")),
    likely="name",
)
_ENDPOINT = Record(
    "The data collection endpoint (DCE)",
    (
        Field("name", Text(), "An endpoint of ours. Left out: dce-<name of the manifest>."),
        Field("id", Text(r"^/subscriptions/"), "An existing endpoint's resource id: it is read and never written."),
        Field("location", Text(), "Its region. Left out: the workspace's."),
        Field(
            "public_access",
            Choice(("enabled", "disabled", "secured_by_perimeter"), what="value of public_access"),
            "Whether it answers the public network.",
            default="enabled",
        ),
    ),
    either=(("name", "id"), ("id", "public_access")),
    likely="name",
)
_TABLE = Record(
    "A table that rows end in",
    (
        Field("plan", Choice(("analytics", "basic", "auxiliary"), what="plan"), "The table plan.", default="analytics"),
        Field("retention", Whole(-1), "Days rows can be queried at full speed; -1 is the workspace's default."),
        Field("total_retention", Whole(-1), "Days rows are kept in all; -1 is the same as retention."),
        Field("description", _PROSE, "What it holds, for those who query."),
        Field("existing", Flag(), "True: somebody else's table, proved against and never written.", default=False),
        Field("columns", _COLUMNS, "Its columns, name: type. A built-in table lists only added ones (…_CF)."),
    ),
)
_FLOW = Record(
    "One way of a stream into a table",
    (
        Field("table", Text(), "The table that the rows end in.", required=True),
        Field("transform", _TRANSFORM, _TRANSFORM_SAYS),
    ),
)
_ROWS = Listed(Row())
_TEST = Record(
    "A test of the transform",
    (
        Field("name", Text(interpolated=False), "What holds, as a sentence."),
        Field("now", Text(interpolated=False), "The clock that now() and ago() read.", example="2026-01-01T10:00:00Z"),
        Field("given", _ROWS, "Records as senders post them.", required=True),
        Field(
            "expect",
            Either((_ROWS, Named(_ROWS, "table"))),
            "Rows that must come out; only the columns named are compared, [] is a filtered row. "
            "With several flows: a mapping by table.",
        ),
        Field("expect_error", Text(interpolated=False), "Words that the transform's error must hold, instead of rows."),
    ),
    either=(("expect", "expect_error"),),
)
_STREAM = Record(
    "A stream that senders write to",
    (
        Field("stream", Text(r"^Custom-"), "Azure's name of it, where the key is another."),
        Field("columns", _COLUMNS, "What senders post, name: type. Left out: the table's columns."),
        Field("table", Text(), "The table that the rows end in."),
        Field("transform", _TRANSFORM, _TRANSFORM_SAYS, default="source"),
        Field("flows", Listed(_FLOW), "Several tables, instead of table and transform."),
        Field("samples", OrFile(_ROWS), "Records as senders post them, or {file: orders.json} (JSON, NDJSON or CSV)."),
        Field("tests", OrFile(Listed(_TEST)), "Tests of the transform, or {file: tests.yaml}."),
    ),
    short="table",
    either=(("table", "flows"), ("transform", "flows")),
)
_DCR = Record(
    "A data collection rule (DCR)",
    (
        Field("streams", Listed(Text()), "The streams it takes, by key. Left out in the only one: all."),
        Field("description", _PROSE, "What it is for, up to 256 characters."),
        Field(
            "endpoint",
            Choice(("shared", "direct"), what="endpoint of a DCR"),
            "shared: the manifest's endpoint, the default where there is one; direct: one of its own.",
        ),
    ),
)
_GRANT = Record(
    "The right of a principal to send",
    (
        Field("principal", Text(), "Its object id (not the application id), or `self`: the identity that runs."),
        Field(
            "type",
            Choice(("ServicePrincipal", "User", "Group"), what="type of principal"),
            "What the principal is.",
            default="ServicePrincipal",
        ),
        Field("role", Text(), "The role, by name or id.", default=PUBLISHER),
        Field(
            "dcrs", Either((Choice(("all",), what="word here"), Listed(Text()))), "DCR names, or all.", default="all"
        ),
    ),
    likely="principal",
)
_VARIABLE = Record(
    "A variable, used as $(name)",
    (
        Field("description", _PROSE, "What it is for."),
        Field(
            "default", Anything(), "Its value where nobody gives one; null: optional. Left out: a value is required."
        ),
    ),
    likely="default",
)
_TAGS = Named(Text(), "tag")
_VERIFY = Record(
    "How `verify` may prove it",
    (Field("send", Flag(), "False: no test row is written, verify only reads.", default=True),),
    likely="send",
)
_SECTIONS = (
    Field("tables", Named(_TABLE, "table", r"^[A-Za-z0-9_-]{4,63}$"), "Tables by name: custom ones end in _CL."),
    Field("streams", Named(_STREAM, "stream"), "Streams by name (Custom-…); just a table's name is enough."),
    Field("dcrs", Named(_DCR, "DCR"), "Data collection rules by name. Left out: one, dcr-<name>, with all streams."),
    Field("grants", Named(_GRANT, "grant"), "Who may send, by a name of your choice."),
)
_LAID_OVER = (
    Field("name", Text(_NAME, "2 to 40 characters: a letter, then letters, digits or -"), "Short name; ownership tag."),
    Field("tags", _TAGS, "Tags on every resource that takes them."),
    Field("target", _TARGET, "Cloud, subscription, resource group and region."),
    Field("workspace", _WORKSPACE, "The workspace: {name: …} of ours, {id: …} an existing one."),
    Field("endpoint", _ENDPOINT, "The DCE. Left out: each DCR has an endpoint of its own (kind Direct)."),
    *_SECTIONS,
    Field("verify", _VERIFY, "How `provisioner verify` may prove the way of a row."),
)
_DECLARATIONS = Field(
    "variables", Named(_VARIABLE, "variable", r"^[A-Za-z_][A-Za-z0-9_-]*$"), "Variables, used as $(name) in texts."
)
_INCLUDE = Field("include", Listed(Text(interpolated=False)), "Files of this project, as relative paths or globs.")

OVERLAY = Record(
    "An environment, laid over the rest",
    (*_LAID_OVER, Field("variables", Named(Anything(), "variable"), "Values of declared variables.")),
)
MANIFEST = Record(
    "A provisioner manifest",
    (
        Field("version", Literal(1), "The version of this language.", required=True),
        *(
            Field(each.name, each.shape, each.description, required=each.name in ("name", "workspace"))
            for each in _LAID_OVER
        ),
        _INCLUDE,
        _DECLARATIONS,
        Field("environments", Named(OVERLAY, "environment"), "Overlays, chosen with -e NAME; `local` is built in."),
    ),
)
BODY = Record(
    MANIFEST.title, tuple(each for each in MANIFEST.fields if each.name != "environments"), skipped=("environments",)
)
"""A manifest with its environment laid over it; the others are not looked into."""
PART = Record("An included file", (*_SECTIONS, _DECLARATIONS, _INCLUDE))
"""What an included file may hold."""
TESTS = Listed(_TEST)
"""What a `tests: {file: …}` holds."""
