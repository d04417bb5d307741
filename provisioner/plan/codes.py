"""The pages of what `drift` says."""

from __future__ import annotations

from provisioner.codes import Code, code_table

CODES = code_table(
    Code(
        "DRF001",
        "error",
        """A resource is declared, and not there.

Why: somebody removed it, or it was never applied; senders of its streams fail.
Wrong: the rule `dcr-webshop` of the manifest is deleted in the portal.
Right: `provisioner apply` makes it again; a rule then has another immutable id, and its senders must follow.""",
    ),
    Code(
        "DRF002",
        "error",
        """A resource is there, and not as declared.

Why: somebody changed it by hand, or the manifest changed and was not applied. Each property is told with who and when,
where Azure tells.
Wrong: a transform edited in the portal.
Right: take the change into the manifest, or `provisioner apply` to undo it.""",
    ),
    Code(
        "DRF003",
        "error",
        """Something is there, and not declared.

Why: a resource that bears this manifest's mark was taken out of it and not pruned; or somebody else made it. In a
shared workspace, or under another manifest's mark, it is information; `--strict-undeclared` makes it a difference.
Wrong: a rule that was renamed in the manifest, its old one still there.
Right: `provisioner apply --prune`, or declare it (`provisioner import` writes the manifest).""",
    ),
    Code(
        "DRF004",
        "info",
        """A table is written by no rule of the group.

Why: it costs nothing and holds nothing new; mostly the rule is in another group, or was forgotten.
Wrong: a table without a stream.
Right: a stream that flows into it, or no table.""",
    ),
    Code(
        "DRF005",
        "error",
        """A rule points to a table that cannot take rows.

Why: the table is missing, or is a classic one; the endpoint answers 204 and the rows are lost.
Wrong: a table deleted under a rule.
Right: `provisioner apply` makes the table again; a classic one is migrated once, with
`az monitor log-analytics workspace table migrate`.""",
    ),
    Code(
        "DRF006",
        "info",
        """Nobody can send to a rule.

Why: no principal has the role Monitoring Metrics Publisher on it or above it, or it has no endpoint.
Wrong: a manifest without `grants`, and no grant made elsewhere.
Right: `grants: {sender: {principal: <object id>}}`.""",
    ),
)
"""Code → summary, why, an example of wrong and right."""
