"""What each diagnosis of verify means: when it is given, and why."""

from __future__ import annotations

CODES: dict[str, str] = {
    # not sent
    "transform-errors": """\
The transform has errors, so no row can be foretold.

Why: what must arrive is found by running the transform here. `validate` shows the errors at the word.""",
    "no-record": """\
No record is known that the transform lets through, so nothing was sent.

Why: the author's records are filtered, and so are made ones that hold what the transform compares with.""",
    # refused by the endpoint
    "endpoint-unreachable": """\
The endpoint's host cannot be reached: no name, no connection, or a certificate that nobody vouches for.

Why: a firewall, a proxy, or a private link whose names are not known here.""",
    "token-refused": """\
The endpoint does not take the token (401).

Why: it is for another cloud's audience, expired, or this machine's clock is wrong.""",
    "endpoint-closed": """\
The endpoint takes nothing from public networks, and this machine is on one.

Why: its publicNetworkAccess is Disabled or SecuredByPerimeter. Told at once, because waiting does not help.""",
    "rule-missing": """\
The data collection rule is not there.

Why: it was deleted, or never applied.""",
    "rule-recreated": """\
The rule was deleted and made again, so it has another immutable id.

Why: senders address a rule by its immutable id, which does not survive a deletion; nor do grants on the rule.""",
    "endpoint-missing": """\
The rule has no endpoint that takes records.

Why: its data collection endpoint was deleted, or it was made without `kind: Direct` and has none of its own.""",
    "endpoint-binding": """\
The endpoint that was called is not the rule's.

Why: a rule answers only at the endpoint that it names (IsDcrDceBindingValid: False).""",
    "stream-missing": """\
The live rule does not declare the stream.

Why: the rule was changed by hand, or not applied. A URL takes the name of the stream, not of the table.""",
    "rule-spreading": """\
The rule is right and was made or changed minutes ago; the endpoint may still use its old copy.

Why: endpoints keep a rule for up to 15 minutes. Until then a new column vanishes and the call still answers 204, so
verify waits, sends again and looks again.
Source: https://learn.microsoft.com/azure/azure-monitor/logs/create-custom-table""",
    "grant-missing": """\
The sender has no right to the rule.

Why: it needs Monitoring Metrics Publisher on the rule or above it. Owner and Contributor do not include it.
Source: https://learn.microsoft.com/azure/azure-monitor/logs/tutorial-logs-ingestion-api""",
    "grant-wrong-role": """\
The sender has a role on the rule, and not one that lets it send.

Why: sending is a data action (Microsoft.Insights/Telemetry/Write), which Owner and Contributor do not include.""",
    "grant-wrong-scope": """\
The sender has the role on the endpoint, the workspace or another rule.

Why: what counts is the rule (or its group or subscription).""",
    "grant-wrong-principal": """\
The grant names the application's (client) id instead of the object id of its service principal.

Why: Azure accepts such a grant when it is told the type of the principal, and it never counts.""",
    "grant-denied": """\
A deny assignment at the rule or above it forbids sending.

Why: deny assignments win over all grants; deployment stacks, managed applications and blueprints make them.""",
    "grant-spreading": """\
The grant is right and young.

Why: it takes up to 30 minutes until endpoints know it; verify waits for it within its budget.
Source: https://learn.microsoft.com/azure/azure-monitor/logs/tutorial-logs-ingestion-code""",
    "grant-ineffective": """\
The grant is right, older than half an hour, and the endpoint still refuses.

Why: a condition on it, an old token, or trouble in Azure.""",
    "grant-unreadable": """\
The endpoint refuses, and the acting identity may not read role assignments to see why.

Why: a missing grant and a young one look alike from outside, so verify waits for its budget.""",
    "throttled": """\
The rule takes no more calls this minute (429).

Why: all senders of a rule share 12,000 calls and 2 GB a minute.
Source: https://learn.microsoft.com/azure/azure-monitor/fundamentals/service-limits#logs-ingestion-api""",
    "service-trouble": """\
The endpoint answers with a server error, also after retries.

Why: trouble in Azure; the request id helps support.""",
    "refused": """\
The endpoint refuses for a reason that is told as Azure tells it.

Why: no known cause fits.""",
    # accepted, and rows are missing
    "query-closed": """\
The workspace answers no queries from public networks.

Why: its publicNetworkAccessForQuery is off. The records were accepted; their arrival cannot be seen from here.""",
    "query-forbidden": """\
The acting identity may not query the workspace.

Why: it needs Log Analytics Reader there; a new grant takes up to an hour for queries.""",
    "query-refused": """\
The workspace refuses the query for another reason.

Why: told as Azure tells it.""",
    "table-plan": """\
The table's plan changed under the query.

Why: Basic and Auxiliary tables answer on another path, one table at a time. Verify asks by the live plan.
Source: https://learn.microsoft.com/azure/azure-monitor/logs/basic-logs-query""",
    "table-missing": """\
The table is not there.

Why: deleting a table leaves rules that lead to it; what they bring is lost in silence.""",
    "ingestion-closed": """\
The workspace takes no rows from public networks.

Why: its publicNetworkAccessForIngestion is off; the endpoint answers 204 all the same.""",
    "daily-cap": """\
The workspace has stopped taking rows for today.

Why: its daily cap is used up (OverQuota), or its ingestion is forced off.""",
    "workspace-other": """\
The live rule leads to another workspace.

Why: the rule was changed by hand, or not applied.""",
    "flow-missing": """\
The live rule does not lead the stream into the table.

Why: the rule was changed by hand, or not applied.""",
    "filtered": """\
The live transform drops the record; the condition that does it is told.

Why: found by running the live transform on the record.""",
    "time-null": """\
The live transform makes TimeGenerated null.

Why: Azure drops a row without a time in silence.""",
    "time-clamped": """\
The row is in the table under another time.

Why: a time more than 2 days back or 1 day ahead is replaced by that of receipt, so a query for the sent time misses it.
Source: https://learn.microsoft.com/azure/azure-monitor/logs/log-standard-columns""",
    "rows-dropped": """\
The rule's own metrics count rows of this stream as dropped since they were sent.

Why: an error at run time. The diagnostic setting `LogErrors` of the rule writes the reasons to DCRLogErrors.
Source: https://learn.microsoft.com/azure/azure-monitor/data-collection/data-collection-monitor""",
    "not-arrived": """\
Accepted, and not in the table when the time was up; everything else was ruled out.

Why: a first row in a new table takes up to 15 minutes, others seconds to minutes.
Source: https://learn.microsoft.com/azure/azure-monitor/logs/data-ingestion-time""",
    # rows are there, and cells differ
    "column-not-in-table": """\
The live table has no such column.

Why: Azure drops the value in silence.""",
    "column-not-in-stream": """\
The live stream does not declare a column that is sent.

Why: Azure drops what is not declared before the transform sees it.""",
    "column-not-in-transform": """\
The live transform does not write the column.

Why: the rule was changed by hand, or not applied.""",
    "type-other": """\
A column of the live stream or table has another type than the manifest says.

Why: it was changed by hand, or not applied.""",
    "transform-other": """\
The live transform is not the manifest's, and gives other values.

Why: the rule was changed by hand, or not applied.""",
    "values-differ": """\
Everything live is the manifest's, and a value is not the one foretold.

Why: Azure computes it differently from the evaluator here, which is worth a report.""",
    "column-never-written": """\
The manifest declares a column that none of its transforms writes.

Why: nothing is wrong in Azure; such a column stays empty for ever.""",
}
"""Code → a sentence, and why; in the form of the pages of checks."""
