"""The pages of the diagnoses: when each is given, and why."""

from __future__ import annotations

from provisioner.codes import Code, code_table

CODES = code_table(
    # not sent
    Code(
        "transform-errors",
        "error",
        """\
The transform has errors, so the rows to expect cannot be computed.

Why: what must arrive is computed by running the transform here. `validate` shows where the errors are.""",
    ),
    Code(
        "no-record",
        "error",
        """\
No record is known that the transform lets through, so nothing was sent.

Why: the author's records are filtered, and so are made ones that hold what the transform compares with.""",
    ),
    # refused by the endpoint
    Code(
        "endpoint-unreachable",
        "error",
        """\
The endpoint's host cannot be reached: no name, no connection, or a certificate that is not trusted.

Why: a firewall, a proxy, or a private link whose names are not known here.""",
    ),
    Code(
        "token-refused",
        "error",
        """\
The endpoint does not take the token (401).

Why: it is for another cloud's audience, expired, or this machine's clock is wrong.""",
    ),
    Code(
        "endpoint-closed",
        "error",
        """\
The endpoint takes nothing from public networks, and this machine is on one.

Why: its publicNetworkAccess is Disabled or SecuredByPerimeter. Reported at once, because waiting does not help.""",
    ),
    Code(
        "rule-missing",
        "error",
        """\
The data collection rule is not there.

Why: it was deleted, or never applied.""",
    ),
    Code(
        "rule-recreated",
        "error",
        """\
The rule was deleted and made again, so it has another immutable id.

Why: senders address a rule by its immutable id, which does not survive a deletion; nor do grants on the rule.""",
    ),
    Code(
        "endpoint-missing",
        "error",
        """\
The rule has no endpoint that takes records.

Why: its data collection endpoint was deleted, or it was made without `kind: Direct` and has none of its own.""",
    ),
    Code(
        "endpoint-binding",
        "error",
        """\
The endpoint that was called is not the rule's.

Why: a rule answers only at the endpoint that it names (IsDcrDceBindingValid: False).""",
    ),
    Code(
        "stream-missing",
        "error",
        """\
The live rule does not declare the stream.

Why: the rule was changed by hand, or not applied. A URL takes the name of the stream, not of the table.""",
    ),
    Code(
        "rule-spreading",
        "error",
        """\
The rule is right and was made or changed minutes ago; the endpoint may still use its old copy.

Why: endpoints keep a rule for up to 15 minutes. Until then a new column vanishes and the call still answers 204, so
verify waits, sends again and looks again.
Source: https://learn.microsoft.com/azure/azure-monitor/logs/create-custom-table""",
    ),
    Code(
        "grant-missing",
        "error",
        """\
The sender has no right to the rule.

Why: it needs Monitoring Metrics Publisher on the rule or above it. Owner and Contributor do not include it.
Source: https://learn.microsoft.com/azure/azure-monitor/logs/tutorial-logs-ingestion-api""",
    ),
    Code(
        "grant-wrong-role",
        "error",
        """\
The sender has a role on the rule, and not one that lets it send.

Why: sending is a data action (Microsoft.Insights/Telemetry/Write), which Owner and Contributor do not include.""",
    ),
    Code(
        "grant-wrong-scope",
        "error",
        """\
The sender has the role on the endpoint, the workspace or another rule.

Why: what counts is the rule (or its group or subscription).""",
    ),
    Code(
        "grant-wrong-principal",
        "error",
        """\
The grant names the application's (client) id instead of the object id of its service principal.

Why: Azure accepts such a grant when it is told the type of the principal, and it never counts.""",
    ),
    Code(
        "grant-denied",
        "error",
        """\
A deny assignment at the rule or above it forbids sending.

Why: deny assignments win over all grants; deployment stacks, managed applications and blueprints make them.""",
    ),
    Code(
        "grant-spreading",
        "error",
        """\
The grant is right and young.

Why: it takes up to 30 minutes until endpoints know it; verify waits for it within its budget.
Source: https://learn.microsoft.com/azure/azure-monitor/logs/tutorial-logs-ingestion-code""",
    ),
    Code(
        "grant-ineffective",
        "error",
        """\
The grant is right, older than half an hour, and the endpoint still refuses.

Why: a condition on it, an old token, or a fault in Azure.""",
    ),
    Code(
        "grant-unreadable",
        "error",
        """\
The endpoint refuses, and the acting identity may not read role assignments to see why.

Why: a missing grant and a young one look alike from outside, so verify waits for its budget.""",
    ),
    Code(
        "throttled",
        "error",
        """\
The rule takes no more calls this minute (429).

Why: all senders of a rule share 12,000 calls and 2 GB a minute.
Source: https://learn.microsoft.com/azure/azure-monitor/fundamentals/service-limits#logs-ingestion-api""",
    ),
    Code(
        "service-trouble",
        "error",
        """\
The endpoint answers with a server error, also after retries.

Why: a fault in Azure; the request id helps support.""",
    ),
    Code(
        "refused",
        "error",
        """\
The endpoint refuses for another reason; the message is Azure's.

Why: no known cause fits.""",
    ),
    # accepted, and rows are missing
    Code(
        "query-closed",
        "error",
        """\
The workspace answers no queries from public networks.

Why: its publicNetworkAccessForQuery is off. The records were accepted; their arrival cannot be seen from here.""",
    ),
    Code(
        "query-forbidden",
        "error",
        """\
The acting identity may not query the workspace.

Why: it needs Log Analytics Reader there; a new grant takes up to an hour for queries.""",
    ),
    Code(
        "query-refused",
        "error",
        """\
The workspace refuses the query for another reason.

Why: the message is Azure's.""",
    ),
    Code(
        "table-plan",
        "error",
        """\
The table's plan changed under the query.

Why: Basic and Auxiliary tables answer on another path, one table at a time. Verify asks by the live plan.
Source: https://learn.microsoft.com/azure/azure-monitor/logs/basic-logs-query""",
    ),
    Code(
        "table-missing",
        "error",
        """\
The table is not there.

Why: deleting a table leaves rules that lead to it; their rows are discarded without an error.""",
    ),
    Code(
        "ingestion-closed",
        "error",
        """\
The workspace takes no rows from public networks.

Why: its publicNetworkAccessForIngestion is off; the endpoint answers 204 all the same.""",
    ),
    Code(
        "daily-cap",
        "error",
        """\
The workspace has stopped taking rows for today.

Why: its daily cap is used up (OverQuota), or its ingestion is forced off.""",
    ),
    Code(
        "workspace-other",
        "error",
        """\
The live rule leads to another workspace.

Why: the rule was changed by hand, or not applied.""",
    ),
    Code(
        "flow-missing",
        "error",
        """\
The live rule does not lead the stream into the table.

Why: the rule was changed by hand, or not applied.""",
    ),
    Code(
        "filtered",
        "error",
        """\
The live transform drops the record; the condition that does it is named.

Why: found by running the live transform on the record.""",
    ),
    Code(
        "time-null",
        "error",
        """\
The live transform makes TimeGenerated null.

Why: Azure files a row without a time under the time of receipt.
Source: https://learn.microsoft.com/azure/azure-monitor/logs/data-ingestion-time""",
    ),
    Code(
        "time-clamped",
        "error",
        """\
The row is in the table under another time.

Why: a time more than 2 days back or 1 day ahead is replaced by that of receipt, so a query for the sent time misses it.
Source: https://learn.microsoft.com/azure/azure-monitor/logs/log-standard-columns""",
    ),
    Code(
        "rows-dropped",
        "error",
        """\
The rule's own metrics count rows of this stream as dropped since they were sent.

Why: an error at run time. With `monitoring: {errors: true}` the rule's log names the reasons (table DCRLogErrors), and
verify quotes them.
Source: https://learn.microsoft.com/azure/azure-monitor/data-collection/data-collection-monitor""",
    ),
    Code(
        "not-arrived",
        "error",
        """\
Accepted, and not in the table when the time was up; everything else was ruled out.

Why: a first row in a new table takes up to 15 minutes, others seconds to minutes.
Source: https://learn.microsoft.com/azure/azure-monitor/logs/data-ingestion-time""",
    ),
    # rows are there, and cells differ
    Code(
        "column-not-in-table",
        "error",
        """\
The live table has no such column.

Why: Azure drops the value and reports no error.""",
    ),
    Code(
        "column-not-in-stream",
        "error",
        """\
The live stream does not declare a column that is sent.

Why: Azure drops what is not declared before the transform sees it.""",
    ),
    Code(
        "column-not-in-transform",
        "error",
        """\
The live transform does not write the column.

Why: the rule was changed by hand, or not applied.""",
    ),
    Code(
        "type-other",
        "error",
        """\
A column of the live stream or table has another type than the manifest says.

Why: it was changed by hand, or not applied.""",
    ),
    Code(
        "transform-other",
        "error",
        """\
The live transform is not the manifest's, and gives other values.

Why: the rule was changed by hand, or not applied.""",
    ),
    Code(
        "values-differ",
        "error",
        """\
Everything live is the manifest's, and a value is not the expected one.

Why: Azure computes it differently from the evaluator here, which is worth a report.""",
    ),
    Code(
        "column-never-written",
        "error",
        """\
The manifest declares a column that none of its transforms writes.

Why: nothing is wrong in Azure; such a column stays empty.""",
    ),
)
"""Code → its page: a sentence, and why; in the form of the pages of checks."""
