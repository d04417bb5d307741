"""What `validate` calls clean, `test`, `verify` and the emulator agree on: random manifests and records."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass, field

from hypothesis import HealthCheck, event, example, given, settings
from hypothesis import strategies as st

from provisioner import load, validate
from provisioner.load.yaml.yaml_writer import dump_yaml
from provisioner.model import TYPES
from provisioner.probes.expected_row import is_time_replaced, parse_time
from provisioner.transform_tests import run_transform_tests
from provisioner.transforms.row_compare import cells_equal
from tests.support.verifying import Environment

STREAM_TYPES = tuple(name for name, type_ in TYPES.items() if type_.stream)
PLANS = ("analytics", "basic", "auxiliary")
NOW = dt.datetime.now(dt.UTC)
TIMES = [(NOW - dt.timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%S.%fZ") for minutes in (3, 5, 7)]

# Casts that a transform writes: function → the type of the table's column. None: the column goes as it is.
CASTS = {
    "tostring": "string",
    "toint": "int",
    "tolong": "long",
    "toreal": "real",
    "tobool": "boolean",
    "todatetime": "datetime",
    "todynamic": "dynamic",
    "parse_json": "dynamic",
    "toguid": "guid",
}

texts = st.one_of(
    st.sampled_from(["", "0", "85", "1.5", "true", "null", "yes", "2026-01-01", '{"a": 1}', "[1, 2]", "Ünï 🎉"]),
    st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=12),
)
scalars = st.one_of(st.none(), st.booleans(), st.integers(-(2**31), 2**31 - 1), st.floats(-1e9, 1e9), texts)
json_values = st.one_of(
    scalars,
    st.dictionaries(st.sampled_from(["a", "b", "c d"]), scalars, max_size=2),
    st.lists(scalars, max_size=3),
)
VALUES = {
    "string": texts,
    "int": st.integers(-(2**31), 2**31 - 1),
    "long": st.integers(-(2**63), 2**63 - 1),
    "real": st.floats(allow_nan=False, allow_infinity=False),
    "boolean": st.booleans(),
    "datetime": st.sampled_from([*TIMES, "2026-01-31T10:00:00Z", "1999-12-31"]),
    "dynamic": json_values,
}


@dataclass(frozen=True)
class Case:
    """A stream of one table: its column types, what the transform casts, its filter, and the records."""

    plan: str
    types: dict[str, str]
    casts: dict[str, str]
    condition: str | None
    records: list[dict[str, object]] = field(default_factory=list)

    @property
    def transform(self) -> str | None:
        """The transform's text; None where the stream goes into its table as it is."""
        parts = [f"where {self.condition}"] if self.condition else []
        if self.casts:
            parts.append("extend " + ", ".join(f"{name} = {cast}({name})" for name, cast in self.casts.items()))
        return " | ".join(["source", *parts]) if parts else None

    def manifest(self) -> dict[str, object]:
        """The manifest with a test that expects nothing, whose result shows the rows."""
        columns = {"TimeGenerated": "datetime", "Number": "int", **self.types}
        table = columns | {name: CASTS[cast] for name, cast in self.casts.items()}
        stream: dict[str, object] = {"columns": columns, "table": "Law_CL", "samples": self.records}
        if self.transform:
            stream["transform"] = self.transform
        return {
            "version": 1,
            "name": "law",
            "target": {"cloud": "local", "resource_group": "rg-law", "location": "westeurope"},
            "workspace": {"name": "law-of-rows"},
            "tables": {"Law_CL": {"plan": self.plan, "columns": table}},
            "streams": {"Custom-Law": stream},
            "grants": {"sender": {"principal": "self"}},
        }


@st.composite
def cases(draw):
    types = {f"Col{n}": type_ for n, type_ in enumerate(draw(st.lists(st.sampled_from(STREAM_TYPES), max_size=4)))}
    cast_names = draw(st.lists(st.sampled_from(list(types)), unique=True, max_size=2)) if types else []
    casts = {name: draw(st.sampled_from(list(CASTS))) for name in cast_names}
    filters = [None, None, None, "Number > 1", *(f"isnotempty({name})" for name in list(types)[:1])]
    records = []
    for number in range(1, draw(st.integers(1, 3)) + 1):
        record = {"Number": number}
        record |= draw(st.sampled_from([{"TimeGenerated": time} for time in TIMES] + [{}, {"TimeGenerated": None}]))
        for name, type_ in types.items():
            # Mostly what the column takes; now and then anything.
            match draw(st.integers(0, 9)):
                case 0:
                    record[name] = draw(json_values)
                case 1:
                    record[name] = None
                case 2:
                    pass
                case _:
                    record[name] = draw(VALUES[type_])
        records.append(record)
    return Case(draw(st.sampled_from(PLANS)), types, casts, draw(st.sampled_from(filters)), records)


def rows_by_number(rows):
    return {row["Number"]: row for row in rows}


def rows_of_test(folder, case):
    """The rows that `test` shows for the records, by their number."""
    manifest = case.manifest()
    manifest["streams"]["Custom-Law"]["tests"] = [{"name": "law", "given": case.records, "expect": []}]
    file = folder / "with-test.yaml"
    file.write_text(dump_yaml(manifest))
    (result,) = run_transform_tests(load.load_document(file))
    return rows_by_number(row.actual for row in result.rows if row.actual is not None)


def rows_of_emulator(environment, plan):
    """The rows that are in the table, by their number, over the path that the plan allows."""
    workspace = environment.get("workspace", "law-of-rows")["properties"]["customerId"]
    path = "query" if plan == "analytics" else "search"
    return rows_by_number(environment.azure.query.run(workspace, "Law_CL", "P1D", path))


def parsed_json(text):
    try:
        return json.loads(text)
    except ValueError:
        return text


def same_cell(name, type_, tested, stored):
    if name == "TimeGenerated":
        time = parse_time(tested)
        if time is None or is_time_replaced(time, NOW):
            return parse_time(stored) is not None
    if type_ == "dynamic" and isinstance(stored, str):
        # Both paths give a dynamic value as its JSON text.
        return cells_equal(tested, parsed_json(stored), type_) or cells_equal(tested, stored, type_)
    return cells_equal(tested, stored, type_)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@example(case=Case("basic", {"Bag": "dynamic"}, {}, None, [{"Number": 1, "Bag": {"a": [1, None]}}]))
@example(case=Case("auxiliary", {"Text": "string"}, {"Text": "todynamic"}, None, [{"Number": 1, "Text": "[1]"}]))
@example(case=Case("analytics", {"Text": "string"}, {}, None, [{"Number": 1, "Text": {"a": "ü"}}]))
# An auxiliary table refuses nested JSON also behind a transform that passes the column on.
@example(case=Case("auxiliary", {"Text": "string"}, {}, "Number > 0", [{"Number": 1, "Text": {}}]))
@example(case=Case("auxiliary", {"Text": "string"}, {"Text": "tostring"}, None, [{"Number": 1, "Text": {}}]))
@given(case=cases())
def test_what_validate_calls_clean_test_verify_and_the_emulator_agree_on(case, tmp_path, azure_monitor):
    azure_monitor.reset()
    text = dump_yaml(case.manifest())
    file = tmp_path / "provisioner.yaml"
    file.write_text(text)
    document = load.load_document(file)
    remarks = [one for one in validate.check(document) if one.severity != "info"]
    event(f"clean: {not remarks}")
    if any(one.severity == "error" for one in remarks):
        return
    with Environment.applied(tmp_path, azure_monitor, text) as environment:
        outputs = environment.outputs()
        tested = rows_of_test(tmp_path, case)
        rule = outputs.dcrs["dcr-law"]
        environment.azure.ingestion.send(rule.endpoint, rule.immutable_id, "Custom-Law", case.records)
        stored = rows_of_emulator(environment, case.plan)
        assert tested.keys() == stored.keys()
        table = document.manifest.tables["Law_CL"].columns.kql()
        for number, row in tested.items():
            for name, value in row.items():
                assert same_cell(name, table[name], value, stored[number][name]), (name, value, stored[number])
        if remarks:
            return
        (arrival,) = environment.verify(timing=environment.patient).streams
        assert arrival.ok, arrival.json()
        for record in case.records:
            for name, value in record.items():
                unchanged = name not in case.casts and record["Number"] in stored
                assert not (unchanged and value is not None and stored[record["Number"]][name] is None), (name, record)
