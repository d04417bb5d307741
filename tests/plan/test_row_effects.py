"""What a plan says of rows is what two runs of the transform tests say: nothing more, nothing less."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from provisioner.live import LiveResources
from provisioner.model import Columns, Dcr, Flow, Manifest, Stream, Table, Target, TransformTest, Workspace
from provisioner.plan import build_plan
from provisioner.plan.effects.flow_effect import CellEffect, ColumnEffect, FlowEffect, RowEffect
from provisioner.plan.effects.plan_effects import with_row_effects
from provisioner.resources import Graph
from provisioner.resources.expand import expand_manifest
from provisioner.transform_tests import run_transform_tests
from provisioner.transforms.bound_transforms import BoundTransforms
from tests.support.offline_plans import NOW, as_live

STREAM = Columns({"TimeGenerated": "datetime", "a": "long", "b": "string", "c": "dynamic", "d": "real"})
TABLE = Columns(
    {"TimeGenerated": "datetime", **{f"{kind}{n}": kind for kind in ("long", "string", "real") for n in "12"}}
)
EXPRESSIONS = {
    "long": ["a", "tolong(d)", "strlen(b)", "tolong(c.x)", "a + 1", "long(null)"],
    "string": ["b", "tostring(c.x)", "toupper(b)", "strcat(b, '!')", "iff(a > 2, b, '')", "tostring(a)"],
    "real": ["d", "toreal(a)", "toreal(c.x)", "d * 2", "todouble(b)"],
}
CONDITIONS = ["a > 2", "isnotempty(b)", "d < 5.0", 'b != "x"', "isnotnull(c.x)", "true"]

records = st.fixed_dictionaries(
    {"TimeGenerated": st.just("2026-01-01T10:00:00Z")},
    optional={
        "a": st.integers(-5, 5) | st.none() | st.just("7"),
        "b": st.sampled_from(["", "x", "abc", "7"]) | st.none(),
        "c": st.fixed_dictionaries({}, optional={"x": st.integers(0, 3) | st.just("t")}),
        "d": st.sampled_from([0.0, 1.5, 5.0, 1e300]) | st.integers(0, 9),
    },
)


@st.composite
def transforms(draw):
    names = draw(st.lists(st.sampled_from(sorted(set(TABLE) - {"TimeGenerated"})), unique=True, max_size=4))
    columns = [f"{name} = {draw(st.sampled_from(EXPRESSIONS[name[:-1]]))}" for name in names]
    conditions = draw(st.lists(st.sampled_from(CONDITIONS), max_size=2))
    return " | ".join(
        ["source", *(f"where {one}" for one in conditions), f"project {', '.join(['TimeGenerated', *columns])}"]
    )


def manifest(transform: str, given_records, table=TABLE) -> Manifest:
    tests = tuple(
        TransformTest(f"record {number}", (record,), {"T_CL": ()}) for number, record in enumerate(given_records)
    )
    return Manifest(
        "laws",
        Target("public", "00000000-0000-0000-0000-000000000001", "rg-laws", "westeurope"),
        Workspace("law-laws", "westeurope"),
        tables={"T_CL": Table("T_CL", table)},
        streams={"Custom-S": Stream("Custom-S", "Custom-S", STREAM, (Flow("T_CL", transform, True),), (), tests)},
        dcrs={"dcr": Dcr("dcr", ("Custom-S",), "direct")},
    )


def effects(before: Manifest, after: Manifest) -> tuple[FlowEffect, ...]:
    live, desired = expand_manifest(before), expand_manifest(after)
    plan = build_plan(desired, LiveResources(Graph(as_live(live))))
    plan = with_row_effects(plan, after, BoundTransforms(), NOW)
    return tuple(effect for change in plan.changes for effect in change.flow_effects)


def rows_of(one: Manifest):
    """The rows that `test` sees of each record, or None where it is dropped."""
    return [result.rows[0].actual if result.rows else None for result in run_transform_tests(one, now=NOW)]


def null(value):
    return None if value == "" else value


@settings(deadline=None)
@given(transforms(), transforms(), st.lists(records, min_size=1, max_size=4))
def test_the_row_table_is_the_difference_of_two_test_runs(before, after, given_records):
    first, second = manifest(before, given_records), manifest(after, given_records)
    expected = {}
    for number, (old, new) in enumerate(zip(rows_of(first), rows_of(second), strict=True)):
        if old is None or new is None:
            if old is not new:
                expected[f"test 'record {number}'"] = (old is None, new is None, {})
            continue
        cells = {
            name: (null(old.get(name)), null(new.get(name)))
            for name in {**old, **new}
            if null(old.get(name)) != null(new.get(name))
        }
        if cells:
            expected[f"test 'record {number}'"] = (False, False, cells)
    shown = {
        row.record: (
            row.before is None,
            row.after is None,
            {cell.column: (null(cell.before), null(cell.after)) for cell in row.differences},
        )
        for effect in effects(first, second)
        for row in effect.rows
    }
    assert shown == expected


@settings(deadline=None)
@given(transforms(), st.lists(records, max_size=3))
def test_a_plan_of_the_same_transform_tells_of_no_rows(transform, given_records):
    same = manifest(transform, given_records)
    assert effects(same, manifest(f"{transform} // told", given_records)) == ()


@settings(deadline=None)
@given(transforms(), transforms(), st.lists(records, max_size=3))
def test_what_an_edit_did_is_the_opposite_of_what_undoes_it(before, after, given_records):
    """Drift shows the plan reversed: that is the plan of the opposite change."""
    first, second = manifest(before, given_records), manifest(after, given_records)
    reversed_effects = tuple(effect.reversed() for effect in effects(first, second))
    assert _comparable(reversed_effects) == _comparable(effects(second, first))


def _comparable(all_effects):
    return [
        (effect.stream, effect.records, sorted(map(repr, effect.rows)), sorted(map(_unordered, effect.columns)))
        for effect in map(_sorted_cells, all_effects)
    ]


def _sorted_cells(effect: FlowEffect) -> FlowEffect:
    rows = [
        RowEffect(
            row.record,
            dict(sorted(row.before.items())) if row.before else row.before,
            dict(sorted(row.after.items())) if row.after else row.after,
            tuple(sorted(row.differences, key=lambda cell: cell.column)),
            row.dropped_by,
        )
        for row in effect.rows
    ]
    return FlowEffect(effect.stream, effect.table, "", "", tuple(rows), effect.columns, effect.records)


def _unordered(column: ColumnEffect) -> str:
    sides = [sorted(side) if isinstance(side, tuple) else side for side in (column.before, column.after)]
    return repr((column.aspect, column.column, sides, column.records))


def test_a_column_that_the_table_gains_shows_what_the_transform_wrote_in_vain():
    record = {"TimeGenerated": "2026-01-01T10:00:00Z", "a": 3}
    narrow = Columns({"TimeGenerated": "datetime", "string1": "string"})
    wide = Columns({**narrow, "long1": "long"})
    transform = "source | project TimeGenerated, long1 = a"
    [effect] = effects(manifest(transform, [record], narrow), manifest(transform, [record], wide))
    assert [row.differences for row in effect.rows] == [(CellEffect("long1", None, 3),)]
    assert not effect.transform_differs
