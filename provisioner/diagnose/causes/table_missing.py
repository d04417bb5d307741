"""The table is not there."""

from __future__ import annotations

from provisioner.diagnose.evidence import Evidence
from provisioner.probes.arrival import Diagnosis


def table_missing(evidence: Evidence) -> Diagnosis | None:
    """The table was deleted under the DCR: Azure still answers 204 and discards the rows."""
    table, live = evidence.flow_probe.table, evidence.live
    # What may not be read is None as well, and not missing.
    if live.table(table) is not None or "table" in live.unreadable:
        return None
    return Diagnosis(
        "table-missing",
        f"the table {table} is not there",
        (f"no resource {live.id_of('table', table)}", "the endpoint accepted the records (204)"),
        "run `apply`; a deleted table that comes back with the same columns shows its old rows again",
    )
