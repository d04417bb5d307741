"""The manifest language, key by key: checks of a manifest, its JSON Schema and its documentation are read from here."""

from __future__ import annotations

import itertools

from provisioner.load.schema.shapes import (
    AnyScalar,
    Boolean,
    Choice,
    Constant,
    Field,
    FixedKeys,
    Integer,
    JsonRecord,
    KqlText,
    ListOf,
    MapOf,
    Number,
    OneOf,
    Text,
    ValueOrFile,
)
from provisioner.model import PUBLISHER, SENDERS, TYPES

_GUID = r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"
_NAME = r"^[A-Za-z][A-Za-z0-9-]{1,39}$"
_OTHER_TYPE_NAMES = tuple(
    (spelling, column_type.name)
    for column_type in TYPES.values()
    for spelling in (column_type.table, column_type.kql, *column_type.aliases)
)

# Prose is never interpolated: `$(` in a description is meant literally.
_PROSE = Text(interpolated=False)
_COLUMN = FixedKeys(
    "A column",
    (
        Field(
            "type",
            Choice(tuple(TYPES), tuple(pair for pair in _OTHER_TYPE_NAMES if pair[0] != pair[1]), "column type"),
            "The type of its values.",
            required=True,
        ),
        Field("description", _PROSE, "What it holds, for those who query."),
    ),
    shorthand_key="type",
)
_COLUMNS = MapOf(_COLUMN, "column", r"^[A-Za-z][A-Za-z0-9_]*$")
# Nor is KQL: a transform must be the same text that tests prove in every environment.
_TRANSFORM = ValueOrFile(KqlText())
_TRANSFORM_DESCRIPTION = "KQL over `source`, or {file: orders.kql}. Left out: the stream's rows as they are."

_TARGET = FixedKeys(
    "Where everything stands",
    (
        Field(
            "cloud",
            Choice(("public", "usgovernment", "china", "local"), choice_noun="cloud"),
            "The cloud.",
            default="public",
        ),
        Field("subscription", Text(_GUID), "The subscription's id."),
        Field("tenant", Text(_GUID), "The Entra tenant's id, where the signed-in one is not meant."),
        Field("resource_group", Text(), "The resource group; created when missing."),
        Field("location", Text(), "The region, such as westeurope.", example="westeurope"),
    ),
)
_TAGS = MapOf(Text(), "tag")
_NETWORK_ACCESS = ("enabled", "disabled", "secured_by_perimeter")
_PUBLIC_ACCESS = FixedKeys(
    "Whether the workspace answers the public network",
    (
        Field("ingestion", Choice(_NETWORK_ACCESS, choice_noun="value of public_access"), "For records that come in."),
        Field("query", Choice(_NETWORK_ACCESS, choice_noun="value of public_access"), "For queries."),
    ),
)
_COMMITMENT = FixedKeys(
    "A commitment tier",
    (Field("commitment", Integer(100), "GB a day that are paid for, used or not.", required=True),),
    likely_key="commitment",
)
_WORKSPACE = FixedKeys(
    "The Log Analytics workspace",
    (
        Field("name", Text(), "A workspace of ours. Left out: law-<name of the manifest>."),
        Field("id", Text(r"^/subscriptions/"), "An existing workspace's resource id: it is read and never written."),
        Field("location", Text(), "Its region. Left out: target.location."),
        Field("retention", Integer(4), "Days that rows of its tables are kept, where a table does not say."),
        Field(
            "sku",
            OneOf((Choice(("pay_as_you_go",), choice_noun="SKU", or_write="{commitment: 100}"), _COMMITMENT)),
            "How it is paid: pay_as_you_go, or {commitment: 100} for a tier. Left out: as it is, a new one as it goes.",
            example={"commitment": 100},
        ),
        Field(
            "daily_cap",
            Number(),
            "GB a day, after which rows are dropped until the next day; -1 is no cap. Left out: as it is.",
            example=5,
        ),
        Field("public_access", _PUBLIC_ACCESS, "Whether it answers the public network. Left out: as it is."),
        Field(
            "access",
            Choice(("resource", "workspace"), choice_noun="access mode"),
            "resource: rows are also read by rights on the resource that they come from; workspace: by rights on the "
            "workspace alone.",
        ),
        Field(
            "sentinel",
            Boolean(),
            "True: Microsoft Sentinel is onboarded; with `id`: it is taken to be, and that is checked.",
            default=False,
        ),
        Field("tags", _TAGS, "Tags on the workspace, beside those of the manifest."),
    ),
    exclusive_pairs=(
        ("name", "id"),
        *(("id", key) for key in ("retention", "sku", "daily_cap", "public_access", "access", "tags")),
    ),
    likely_key="name",
)
_ENDPOINT = FixedKeys(
    "The data collection endpoint (DCE)",
    (
        Field("name", Text(), "An endpoint of ours. Left out: dce-<name of the manifest>."),
        Field("id", Text(r"^/subscriptions/"), "An existing endpoint's resource id: it is read and never written."),
        Field("location", Text(), "Its region. Left out: the workspace's."),
        Field("description", _PROSE, "What it is for, up to 256 characters."),
        Field(
            "public_access",
            Choice(_NETWORK_ACCESS, choice_noun="value of public_access"),
            "Whether it answers the public network.",
            default="enabled",
        ),
    ),
    exclusive_pairs=(("name", "id"), ("id", "public_access"), ("id", "description")),
    likely_key="name",
)
_TABLE = FixedKeys(
    "A table that rows end in",
    (
        Field(
            "plan",
            Choice(("analytics", "basic", "auxiliary"), choice_noun="plan"),
            "The table plan.",
            default="analytics",
        ),
        Field("retention", Integer(-1), "Days rows can be queried at full speed; -1 is the workspace's default."),
        Field("total_retention", Integer(-1), "Days rows are kept in all; -1 is the same as retention."),
        Field("description", _PROSE, "What it holds, for those who query."),
        Field(
            "existing",
            Boolean(),
            "True: a table that others own. Transforms are checked against it, and it is never written.",
            default=False,
        ),
        Field(
            "migrate",
            Boolean(),
            "True: a classic table is migrated, once and for good; `--allow breaking:TABLE` accepts it.",
            default=False,
        ),
        Field("columns", _COLUMNS, "Its columns, name: type. A built-in table lists only added ones (…_CF)."),
    ),
    exclusive_pairs=(("existing", "migrate"),),
)
_FLOW = FixedKeys(
    "One way of a stream into a table",
    (
        Field("table", Text(), "The table that the rows end in.", required=True),
        Field("transform", _TRANSFORM, _TRANSFORM_DESCRIPTION),
    ),
)
_ROWS = ListOf(JsonRecord())
_TEST = FixedKeys(
    "A test of the transform",
    (
        Field("name", Text(interpolated=False), "What holds, as a sentence."),
        Field("now", Text(interpolated=False), "The clock that now() and ago() read.", example="2026-01-01T10:00:00Z"),
        Field("given", _ROWS, "Records as senders post them.", required=True),
        Field(
            "expect",
            OneOf((_ROWS, MapOf(_ROWS, "table"))),
            "Rows that must come out; only the columns named are compared, [] is a filtered row. "
            "With several flows: a mapping by table.",
        ),
        Field("expect_error", Text(interpolated=False), "Words that the transform's error must hold, instead of rows."),
    ),
    exclusive_pairs=(("expect", "expect_error"),),
)
_STREAM = FixedKeys(
    "A stream that senders write to",
    (
        Field("stream", Text(r"^Custom-"), "Azure's name of it, where the key is another."),
        Field("columns", _COLUMNS, "What senders post, name: type. Left out: the table's columns."),
        Field("table", Text(), "The table that the rows end in."),
        Field("transform", _TRANSFORM, _TRANSFORM_DESCRIPTION, default="source"),
        Field("flows", ListOf(_FLOW), "Several tables, instead of table and transform."),
        Field(
            "samples", ValueOrFile(_ROWS), "Records as senders post them, or {file: orders.json} (JSON, NDJSON or CSV)."
        ),
        Field("tests", ValueOrFile(ListOf(_TEST)), "Tests of the transform, or {file: tests.yaml}."),
        Field(
            "sender",
            Choice(SENDERS, choice_noun="sender"),
            "Who sends: checked against what that sender can give.",
            example="fluent-bit",
        ),
    ),
    shorthand_key="table",
    exclusive_pairs=(("table", "flows"), ("transform", "flows")),
)
_WORKSPACE_TRANSFORM = FixedKeys(
    "What is done with the rows of one table that come through no rule",
    (
        Field("transform", _TRANSFORM, "KQL over `source`, whose columns are the table's.", required=True),
        Field("columns", _COLUMNS, "The table's columns that it reads, where no list of ours has them."),
        Field("samples", ValueOrFile(_ROWS), "Rows as the table has them, or {file: rows.json}."),
        Field("tests", ValueOrFile(ListOf(_TEST)), "Tests of the transform, or {file: tests.yaml}."),
    ),
    likely_key="transform",
)
_DCR = FixedKeys(
    "A data collection rule (DCR)",
    (
        Field("streams", ListOf(Text()), "The streams it takes, by key. Left out in the only one: all."),
        Field("description", _PROSE, "What it is for, up to 256 characters."),
        Field(
            "endpoint",
            Choice(("both", "shared", "direct"), choice_noun="endpoint of a DCR"),
            "both: the manifest's endpoint and one of its own, the default where the manifest has one that is open; "
            "shared: the manifest's alone; direct: its own alone.",
        ),
        Field("tags", _TAGS, "Tags on the rule, beside those of the manifest."),
        Field(
            "identity",
            Choice(("system_assigned",), choice_noun="identity of a DCR"),
            "system_assigned: the rule has an identity of its own in Entra. Left out: as it is.",
        ),
    ),
)
_FEDERATED_CREDENTIAL = FixedKeys(
    "A token of another identity provider that signs in as the application",
    (
        Field(
            "issuer",
            Text(),
            "Who issues it: the claim `iss`, an https address.",
            required=True,
            example="https://token.actions.githubusercontent.com",
        ),
        Field(
            "subject",
            Text(),
            "For whom it is issued: the claim `sub`, letter by letter.",
            required=True,
            example="repo:contoso/webshop:ref:refs/heads/main",
        ),
        Field(
            "audience", Text(), "For which use: the claim `aud`. Left out: what Entra of the target's cloud expects."
        ),
        Field("name", Text(), "Its name in the application. Left out: derived from issuer and subject."),
    ),
)
_APPLICATION = FixedKeys(
    "An app registration that sends, without a secret",
    (
        Field(
            "federated",
            ListOf(_FEDERATED_CREDENTIAL),
            "The tokens with which it signs in: of a pipeline, a cluster, another cloud.",
        ),
    ),
    likely_key="federated",
)
_PRINCIPAL_KINDS = ("application_id", "identity", "resource", "application")
_PRINCIPAL = FixedKeys(
    "A principal that is looked up",
    (
        Field("application_id", Text(), "The client id of an application; its service principal is looked up."),
        Field("identity", Text(), "The resource id of a user-assigned identity."),
        Field("resource", Text(), "The resource id of a function app, virtual machine … with an identity of its own."),
        Field("application", Text(), "An application that this manifest declares, by its name."),
    ),
    exclusive_pairs=tuple(itertools.combinations(_PRINCIPAL_KINDS, 2)),
)
_GRANT = FixedKeys(
    "The right of a principal to send",
    (
        Field(
            "principal",
            OneOf((Text(), _PRINCIPAL)),
            "Its object id (not the application id), `self` (the identity that runs), or a mapping of one key: "
            "`application_id`, `identity`, `resource` or `application`.",
        ),
        Field(
            "type",
            Choice(("ServicePrincipal", "User", "Group"), choice_noun="type of principal"),
            "What the principal is.",
            default="ServicePrincipal",
        ),
        Field("role", Text(), "The role, by name or id.", default=PUBLISHER),
        Field(
            "dcrs",
            OneOf((Choice(("all",), choice_noun="word here"), ListOf(Text()))),
            "DCR names, or all.",
            default="all",
        ),
    ),
    likely_key="principal",
)
_VARIABLE = FixedKeys(
    "A variable, used as $(name)",
    (
        Field("description", _PROSE, "What it is for."),
        Field("default", AnyScalar(), "Its value where none is given; null: optional. Left out: a value is required."),
    ),
    likely_key="default",
)
_VERIFY = FixedKeys(
    "How `verify` may prove it",
    (Field("send", Boolean(), "False: no test row is written, verify only reads.", default=True),),
    likely_key="send",
)
_ALERTS = FixedKeys(
    "Alerts",
    (
        Field("action_groups", ListOf(Text(r"^/subscriptions/")), "Who is told: resource ids of action groups."),
        Field("transform_errors", Integer(1), "So many failed transformations of a rule in five minutes.", example=1),
        Field("rows_dropped", Integer(1), "So many dropped rows of a rule in five minutes.", example=1),
        Field("silence", Text(), "How long a table may be without a new row, 5m to 2d.", example="2h"),
    ),
    likely_key="action_groups",
)
_MONITORING = FixedKeys(
    "How lost rows become visible",
    (
        Field("errors", Boolean(), "Each rule's errors are kept in the workspace's table DCRLogErrors.", default=True),
        Field(
            "troubleshooting",
            Boolean(),
            "More of what each rule does, in DCRLogTroubleshooting; it costs.",
            default=False,
        ),
        Field("alerts", _ALERTS, "Who is told of what."),
    ),
    likely_key="errors",
)
_SECTIONS = (
    Field("tables", MapOf(_TABLE, "table", r"^[A-Za-z0-9_-]{4,63}$"), "Tables by name: custom ones end in _CL."),
    Field("streams", MapOf(_STREAM, "stream"), "Streams by name, Custom-… or Microsoft-TABLE; a table's name will do."),
    Field("dcrs", MapOf(_DCR, "DCR"), "Data collection rules by name. Left out: one, dcr-<name>, with all streams."),
    Field(
        "applications",
        MapOf(_APPLICATION, "application", _NAME),
        "App registrations that send, by name; each has a service principal and never a secret.",
    ),
    Field("grants", MapOf(_GRANT, "grant"), "Who may send, by a name of your choice."),
)
_OVERLAY_FIELDS = (
    Field("name", Text(_NAME, "2 to 40 characters: a letter, then letters, digits or -"), "Short name; ownership tag."),
    Field("tags", _TAGS, "Tags on every resource that takes them."),
    Field("target", _TARGET, "Cloud, subscription, resource group and region."),
    Field("workspace", _WORKSPACE, "The workspace: {name: …} of ours, {id: …} an existing one."),
    Field("endpoint", _ENDPOINT, "The DCE. Left out: each DCR has an endpoint of its own (kind Direct)."),
    *_SECTIONS,
    Field(
        "workspace_transforms",
        MapOf(_WORKSPACE_TRANSFORM, "table"),
        "By table: what is done with rows that come through no rule (resource logs, older agents).",
    ),
    Field("monitoring", _MONITORING, "How lost rows become visible: logs of the rules, and alerts."),
    Field("verify", _VERIFY, "How `provisioner verify` may prove the way of a row."),
)
_DECLARATIONS = Field(
    "variables", MapOf(_VARIABLE, "variable", r"^[A-Za-z_][A-Za-z0-9_-]*$"), "Variables, used as $(name) in texts."
)
_INCLUDE = Field("include", ListOf(Text(interpolated=False)), "Files of this project, as relative paths or globs.")

OVERLAY = FixedKeys(
    "An environment, laid over the rest",
    (*_OVERLAY_FIELDS, Field("variables", MapOf(AnyScalar(), "variable"), "Values of declared variables.")),
)
MANIFEST = FixedKeys(
    "A provisioner manifest",
    (
        Field("version", Constant(1), "The version of this language.", required=True),
        *(
            Field(field.name, field.shape, field.description, required=field.name in ("name", "workspace"))
            for field in _OVERLAY_FIELDS
        ),
        _INCLUDE,
        _DECLARATIONS,
        Field("environments", MapOf(OVERLAY, "environment"), "Overlays, chosen with -e NAME; `local` is built in."),
    ),
)
# The other environments are left unread: their errors are reported when they are loaded.
MERGED_MANIFEST = FixedKeys(
    MANIFEST.title,
    tuple(field for field in MANIFEST.fields if field.name != "environments"),
    ignored_keys=("environments",),
)
"""A manifest after the chosen environment was merged over it; `environments` itself is not read again."""
INCLUDED_FILE = FixedKeys("An included file", (*_SECTIONS, _DECLARATIONS, _INCLUDE))
"""What an included file may hold."""
