"""Transforms: a rule with each is written, and Azure takes it or refuses it with its words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from provisioner import kql
from provisioner.calibration.calibration_facts import result_columns, stream_columns
from provisioner.calibration.calibration_probe import ACCEPTED, REFUSED, Answer, CalibrationProbe
from provisioner.calibration.probe_rows import row_probes
from provisioner.diagnostics import has_failures
from provisioner.kql.functions import FUNCTIONS
from provisioner.kql.vocabulary.dialects import function_permission

if TYPE_CHECKING:
    from provisioner.calibration.throwaway_site import ThrowawaySite


def probes(family: str, facts: Mapping[str, Any]) -> Iterator[CalibrationProbe]:
    """A probe for each row: `transform` of the file with the row's text in the place of `{row}`.

    With `arguments` (literals by type) the functions that no list names have a row each: the file's own, or a call that
    is made of these.
    """
    written = facts["rows"] | (_calls_of_unlisted_functions(facts) if "arguments" in facts else {})
    rows = {name: entry if isinstance(entry, Mapping) else {"row": entry} for name, entry in written.items()}
    filled = {
        name: {**entry, "transform": facts["transform"].replace("{row}", entry["row"])} for name, entry in rows.items()
    }
    yield from row_probes(family, facts, filled)


def _calls_of_unlisted_functions(facts: Mapping[str, Any]) -> dict[str, str]:
    """A call of each function that is not listed and has no row: the arguments that its first signature needs."""
    calls = {}
    for name, function in sorted(FUNCTIONS.items()):
        is_documented = any(entry.kind == "documented" for entry in function_permission(name, "transform").evidence)
        if not is_documented and name not in facts["rows"]:
            overload = function.overloads[0]
            needed = overload.parameters[: overload.min_arguments]
            calls[name] = f"{name}({', '.join(facts['arguments'][parameter.type] for parameter in needed)})"
    return calls


def predict(probe: CalibrationProbe) -> str:
    """Refused where the checks of a transform have an error, as in `validate`."""
    # The checks of `validate`, without a manifest around the transform: a hundred times as fast.
    query, diagnostics = kql.bind(probe.row["transform"], stream_columns())
    if query is None or has_failures(diagnostics) or has_failures(kql.fit(query, result_columns())):
        return REFUSED
    return ACCEPTED


def ask(probe: CalibrationProbe, site: ThrowawaySite) -> Answer:
    """Write a rule with the transform; the rule is lent, since only the answer counts."""
    with site.lent_rule() as rule:
        return site.write_rule(rule, probe.row["transform"])
