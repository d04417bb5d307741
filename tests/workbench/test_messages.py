"""Messages between page and server: both sides read them by the same description, and a wrong one is named."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioner.workbench.messages.edit_messages import RecordsEdit
from provisioner.workbench.messages.message_codec import InvalidMessage, from_json, to_json
from provisioner.workbench.messages.project_messages import Column, Nothing
from provisioner.workbench.messages.transform_messages import StreamRecords, TransformRun

COLUMNS = st.builds(Column, st.text(max_size=8), st.text(max_size=8))
RUNS = st.builds(
    TransformRun,
    st.text(),
    st.lists(COLUMNS, max_size=3).map(tuple),
    st.text(),
    st.lists(COLUMNS, max_size=3).map(tuple),
    st.none() | st.text(),
)


@given(run=RUNS)
def test_a_message_that_goes_out_and_comes_back_is_the_same(run):
    assert from_json(TransformRun, json.loads(json.dumps(to_json(run)))) == run


@pytest.mark.parametrize(
    ("kind", "value", "message"),
    [
        (TransformRun, [], "TransformRun is an object"),
        (TransformRun, {"transform": "source"}, "columns is missing"),
        (TransformRun, {"transform": 1, "columns": [], "records": ""}, "transform is of type str"),
        (TransformRun, {"transform": "", "columns": {}, "records": ""}, "columns is a list"),
        (TransformRun, {"transform": "", "columns": [{"name": "a"}], "records": ""}, r"columns\[0\].type is missing"),
        (TransformRun, {"transform": "", "columns": [], "records": "", "more": 1}, "no field 'more'"),
        (StreamRecords, {"stream": "S", "source": "other"}, "one of samples, test, made"),
        (StreamRecords, {"stream": "S", "count": True}, "count is of type int"),
        (StreamRecords, {"stream": "S", "count": 1.5}, "count is of type int"),
        (RecordsEdit, None, "is an object"),
        (Nothing, {"a": 1}, "no field 'a'"),
    ],
)
def test_what_is_wrong_with_a_message_is_named(kind, value, message):
    with pytest.raises(InvalidMessage, match=message):
        from_json(kind, value)


@pytest.mark.parametrize(
    ("number", "shown"),
    [(2**53 - 1, 2**53 - 1), (2**53, str(2**53)), (-(2**63), str(-(2**63))), (True, True), (1.5, 1.5)],
)
def test_a_number_that_a_browser_would_round_goes_as_text(number, shown):
    assert to_json({"value": [number]}) == {"value": [shown]}
