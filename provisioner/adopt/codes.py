"""The codes of import's diagnostics, with their pages for `explain`."""

from __future__ import annotations

from provisioner.codes import Code, code_table

PLACEHOLDER_USED = "IMP001"
UNRESOLVED_VALUE = "IMP002"
NO_MANIFEST_KEY = "IMP003"
OTHER_SPELLING = "IMP004"
SKIPPED_DCR = "IMP005"
UNSUPPORTED_TYPE = "IMP006"
UNDEFINED_TABLE = "IMP007"
ONE_PER_MANIFEST = "IMP008"
UNREADABLE_SCOPE = "IMP009"
NOTHING_IMPORTED = "IMP010"
CLASSIC_LOSS = "IMP011"
CLASSIC_CHANGE = "IMP012"

CODES = code_table(
    Code(
        PLACEHOLDER_USED,
        "info",
        "The source does not say it; a value was put in its place\n\nWhy: a template leaves region, "
        "workspace and endpoint to its deployer. Check the value, or give it with the command's options.",
    ),
    Code(
        UNRESOLVED_VALUE,
        "warning",
        "An expression or a {{placeholder}} has no value in the source\n\nWhy: only the deployer or "
        "Azure knows it. The property was left out; its text stands as a comment where it belongs.",
    ),
    Code(
        NO_MANIFEST_KEY,
        "warning",
        "The manifest has no word for a property\n\nWhy: it stands as a comment. From a file it is not "
        "carried over; of a live resource it stays as it is, since every write keeps what a manifest does not mention.",
    ),
    Code(
        OTHER_SPELLING,
        "info",
        "A property is said in other words\n\nWhy: Azure takes several spellings for one meaning, or the "
        "source says what Azure would refuse.",
    ),
    Code(
        SKIPPED_DCR,
        "warning",
        "A data collection rule is listed and not imported\n\nWhy: it takes no records over the Logs "
        "Ingestion API (it serves agents, metrics or a whole workspace), or one manifest cannot hold it. It is never "
        "touched.",
    ),
    Code(
        UNSUPPORTED_TYPE,
        "info",
        "A resource is listed and not imported\n\nWhy: a manifest holds a workspace, its tables, an endpoint, data "
        "collection rules and the right to send to them. A role assignment is imported where its scope covers a rule "
        "(the rule, its group, its subscription) and its role lets senders in: rights never widen.",
    ),
    Code(
        UNDEFINED_TABLE,
        "warning",
        "A rule writes to a table that the source does not define\n\nWhy: without its columns nothing can "
        "be proved. Where the transform tells what it writes, the table was made from that.",
    ),
    Code(
        ONE_PER_MANIFEST,
        "warning",
        "Something depends on what one manifest cannot hold twice\n\nWhy: a manifest has one workspace "
        "and at most one endpoint. Make a manifest for each.",
    ),
    Code(
        UNREADABLE_SCOPE,
        "warning",
        "A scope could not be read\n\nWhy: the running identity lacks the right. What lies there is not "
        "in the manifest; import again with an identity that may read it.",
    ),
    Code(
        NOTHING_IMPORTED,
        "warning",
        "The manifest holds no table and no data collection rule\n\nWhy: whatever the source holds was left out, for "
        "the reasons given with it; applied, such a manifest does nothing. The command fails.",
    ),
    Code(
        CLASSIC_LOSS,
        "warning",
        "A field or a column of a classic table is not carried over\n\nWhy: the HTTP Data Collector API or "
        "today's tables refuse its name, or nothing tells which field filled it. Rows that are there stay.",
    ),
    Code(
        CLASSIC_CHANGE,
        "info",
        "What changes for a classic table and its senders\n\nWhy: the migration is one way, senders of the HTTP Data "
        "Collector API end, and some types were guesses of the API. The text stands as a comment in the manifest.",
    ),
)
"""Of a live resource NO_MANIFEST_KEY and SKIPPED_DCR may be only an info: Azure keeps it as it is."""
