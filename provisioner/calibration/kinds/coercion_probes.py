"""Coercions: a JSON value of each kind is sent into a column of each type under each plan, and looked up again."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from provisioner import kql
from provisioner.calibration.calibration_facts import calibration_facts
from provisioner.calibration.calibration_probe import REFUSED, Answer, CalibrationProbe
from provisioner.calibration.probe_rows import row_probes
from provisioner.kql.values.json_coercion import JSON_KINDS, coercion
from provisioner.model.column_types import TYPES
from provisioner.transforms.row_compare import cells_equal

if TYPE_CHECKING:
    from provisioner.calibration.throwaway_site import ThrowawaySite

_ABSENT = "absent"


def probes(family: str, facts: Mapping[str, Any]) -> Iterator[CalibrationProbe]:
    """A probe for each plan, column type and kind of value; `absent` is a record without the column."""
    for plan in facts["plans"]:
        for column, type_name in _columns(plan).items():
            for kind in JSON_KINDS:
                row = {"plan": plan, "column": column, "type": type_name, "kind": kind}
                if kind != _ABSENT:
                    own_texts = facts["texts"] if kind == "string" else {}
                    row["value"] = own_texts.get(type_name, facts["values"][kind])
                row |= {"fact": ["coercion.yaml", "seen", f"{kind} into {type_name}, {plan}"], "form": "list"}
                yield from row_probes(family, facts, {f"{kind} into {type_name}, {plan}": row})


def _columns(plan: str) -> dict[str, str]:
    columns = calibration_facts()["manifest"]["tables"][f"Coercion{plan.capitalize()}_CL"]["columns"]
    return {name: type_name for name, type_name in columns.items() if name.startswith("As")}


def predict(probe: CalibrationProbe) -> str:
    """What `test` and `verify` expect of the value, as JSON; refused where the endpoint refuses the call."""
    row = probe.row
    if coercion(row["kind"], row["type"], row["plan"]).arrives == REFUSED:
        return REFUSED
    return arrived_text(_expected(row), row["type"])


def _expected(row: Mapping[str, Any]) -> Any:
    """The value that the column has after a transform that passes the record on."""
    query, _ = kql.bind("source", {row["column"]: row["type"]})
    assert query is not None, "a transform that passes records on binds"
    record = {} if row["kind"] == _ABSENT else {row["column"]: row["value"]}
    return next(iter(kql.evaluate(query, [record], form="json")))[row["column"]]


def ask(probe: CalibrationProbe, site: ThrowawaySite) -> Answer:
    """Send a record with the value in a call of its own, and look for its row."""
    row = probe.row
    record = {"Probe": probe.id, **({} if row["kind"] == _ABSENT else {row["column"]: row["value"]})}
    # One record a call: a plan may refuse the whole call for the value of one.
    answer = site.records.send(f"Custom-Coercion-{row['plan']}", [record])
    if answer.seen == REFUSED or answer.seen is None:
        return answer
    arrived_row = site.records.find_row(f"Coercion{row['plan'].capitalize()}_CL", probe.id, row["plan"])
    if arrived_row is None:
        return Answer(None, answer.status, words="the record was taken (204) and its row did not come")
    seen = arrived_row.get(row["column"])
    expected = _expected(row)
    # JSON has more than one way to print a value: what equals the prediction is said as it says it.
    if cells_equal(expected, _unpacked(seen, row["type"]), TYPES[row["type"]].kql):
        seen = expected
    return Answer(arrived_text(seen, row["type"]), answer.status, request_ids=answer.request_ids)


def _unpacked(value: Any, type_name: str) -> Any:
    """A dynamic value comes as its JSON text; one that is itself a text comes as that."""
    if type_name != "dynamic" or not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


def arrived_text(value: Any, type_name: str) -> str:
    """A value of a column as JSON text; a text column has no null, nothing there is an empty text."""
    return json.dumps("" if value is None and type_name == "string" else value, ensure_ascii=False)
