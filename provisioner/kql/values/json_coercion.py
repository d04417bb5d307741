"""What arrives of a JSON value in a column of another type. Source of every answer: schemas/coercion.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Literal, NamedTuple, cast

from provisioner.fact_evidence import Evidence, read_evidence
from provisioner.kql.values.coercion import coerce
from provisioner.kql.values.dynamic_values import Value, dynamic_to_text, normalize_dynamic
from provisioner.package_data import load_facts

Arrival = Literal["value", "parsed", "json_text", "text", "lost", "nothing", "refused"]
JSON_KINDS = ("object", "array", "string", "integer", "fraction", "boolean", "null", "absent")
"""The kinds of JSON values that the table knows; `absent` is a member that a record does not have."""
_COLUMN_TYPES = {"bool": "boolean"}  # KQL's name → the name of a column's type


class Coercion(NamedTuple):
    """What arrives of one kind of JSON value in a column of one type, why, and on which evidence (none: unknown)."""

    arrives: Arrival
    note: str
    evidence: tuple[Evidence, ...]


class ValueLoss(NamedTuple):
    """A value that does not arrive: its `kind` of JSON, the column's `type`, and what happens."""

    kind: str
    type: str
    coercion: Coercion

    @property
    def is_refusal(self) -> bool:
        """Whether the endpoint refuses the whole call, in place of storing null."""
        return self.coercion.arrives == "refused"

    @property
    def note(self) -> str:
        """What becomes of the value, as a clause that follows its name and type."""
        arrives, note, _ = self.coercion
        if arrives == "refused":
            return note
        return f"null arrives: {note}" if arrives == "lost" else "null arrives, as it is no value of that type"


def json_kind(value: object) -> str:
    """Which of JSON_KINDS a value is; a Python value that JSON does not have is `string`, as it is sent as text."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, (int, float)):
        return "integer" if isinstance(value, int) or value.is_integer() else "fraction"
    if isinstance(value, Mapping):
        return "object"
    return "array" if isinstance(value, list) else "string"


@cache
def coercion(kind: str, type_name: str, plan: str = "analytics") -> Coercion:
    """What arrives of a kind of JSON value in a column, by its type (the manifest's name or KQL's) and table plan.

    Raises KeyError for a type, kind or plan that the table does not have.
    """
    facts = load_facts("coercion.yaml")
    column_type = _COLUMN_TYPES.get(type_name, type_name)
    entry = facts["types"][column_type][kind]
    if column_type != "dynamic":
        entry = facts["plans"][plan].get(kind, entry)
    arrives, reason = entry
    facts_of_reason = facts["reasons"][reason]
    seen = facts["seen"].get(f"{kind} into {column_type}, {plan}", ())
    evidence = read_evidence([*seen, *facts_of_reason["evidence"]])
    return Coercion(cast("Arrival", arrives), facts_of_reason["note"], evidence)


def value_loss(value: object, type_name: str, plan: str = "analytics") -> ValueLoss | None:
    """What is lost where a JSON value is sent to a column of a type; None where something of it arrives."""
    kind = json_kind(value)
    outcome = coercion(kind, type_name, plan)
    if outcome.arrives in ("lost", "refused"):
        return ValueLoss(kind, type_name, outcome)
    # A number outside of the type's range, a text that is no time.
    kql_type = "bool" if type_name == "boolean" else type_name
    if outcome.arrives in ("value", "parsed") and coerce(value, kql_type) is None:
        return ValueLoss(kind, type_name, outcome)
    return None


def coerce_other_kind(value: object, type_name: str) -> tuple[Value, str | None]:
    """The run-time value of a JSON value that is not of its column's type, and a note where it is lost or uncertain.

    The value is null (an empty string) where nothing of it arrives. `decimal` and `timespan`, which no column has,
    take nothing of another kind.
    """
    null = "" if type_name == "string" else None
    if type_name in ("decimal", "timespan"):
        return null, load_facts("coercion.yaml")["reasons"]["undocumented"]["note"]
    kind = json_kind(value)
    outcome = coercion(kind, type_name)
    if outcome.arrives == "json_text":
        return dynamic_to_text(normalize_dynamic(value)), None
    if outcome.arrives == "text":
        return dynamic_to_text(normalize_dynamic(value)), outcome.note
    return null, ValueLoss(kind, type_name, outcome).note
