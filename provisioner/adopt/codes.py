"""What import has to say, by code."""

from __future__ import annotations

from provisioner.diagnostics import Severity

FILLED = "IMP001"
UNRESOLVED = "IMP002"
WORDLESS = "IMP003"
REWORDED = "IMP004"
LEFT = "IMP005"
FOREIGN = "IMP006"
UNDEFINED = "IMP007"
BOUND = "IMP008"
UNREAD = "IMP009"

CODES: dict[str, str] = {
    FILLED: "The source does not say it; a value was put in its place\n\nWhy: a template leaves region, workspace and "
    "endpoint to its deployer. Check the value, or give it with the command's options.",
    UNRESOLVED: "An expression or a {{placeholder}} has no value in the source\n\nWhy: only the deployer or Azure "
    "knows it. The property was left out; its text stands as a comment where it belongs.",
    WORDLESS: "The manifest has no word for a property\n\nWhy: it stands as a comment. From a file it is not carried "
    "over; of a live resource it stays as it is, since every write keeps what a manifest does not mention.",
    REWORDED: "A property is said in other words\n\nWhy: Azure takes several spellings for one meaning, or the source "
    "says what Azure would refuse.",
    LEFT: "A data collection rule is listed and not imported\n\nWhy: it takes no records over the Logs Ingestion API "
    "(it serves agents, metrics or a whole workspace), or one manifest cannot hold it. It is never touched.",
    FOREIGN: "A resource of another type is not imported\n\nWhy: a manifest holds a workspace, its tables, an "
    "endpoint, data collection rules and the right to send to them.",
    UNDEFINED: "A rule writes to a table that the source does not define\n\nWhy: without its columns nothing can be "
    "proved. Where the transform tells what it writes, the table was made from that.",
    BOUND: "Something depends on what one manifest cannot hold twice\n\nWhy: a manifest has one workspace and at most "
    "one endpoint. Make a manifest for each.",
    UNREAD: "A scope could not be read\n\nWhy: the running identity lacks the right. What lies there is not in the "
    "manifest; import again with an identity that may read it.",
}
"""Code → summary and why; `explain` shows them."""

SEVERITIES: dict[str, Severity] = {
    code: "warning" if code in (UNRESOLVED, WORDLESS, UNDEFINED, BOUND, UNREAD) else "info" for code in CODES
}
"""How bad each is where it is worst; a property of a live resource that has no word is only an info."""
