"""Which cells are equal, by the type of their column."""

from __future__ import annotations

import pytest

from provisioner.kql import values
from provisioner.transforms.row_compare import cells_equal, compare_rows


@pytest.mark.parametrize(
    ("left", "right", "type_", "equal"),
    [
        ("2026-01-01T10:00:00Z", "2026-01-01T10:00:00.0000000Z", "datetime", True),
        ("2026-01-01T12:00:00+02:00", "2026-01-01T10:00:00.0000000Z", "datetime", True),
        ("2026-01-01T10:00:00.1Z", "2026-01-01T10:00:00.0000000Z", "datetime", False),
        ("yesterday", None, "datetime", False),
        ("6F9619FF-8B86-4D01-B42D-00C04FC964FF", "6f9619ff-8b86-4d01-b42d-00c04fc964ff", "guid", True),
        (0.3, 0.30000000000000004, "real", True),
        (9, 9.0, "real", True),
        ("NaN", "NaN", "real", True),
        (None, "", "string", True),
        (17, "17", "string", False),
        ("17", 17, "int", False),
        (True, 1, "int", False),
        (None, 0, "int", False),
        ({"a": [1, 2.0]}, {"a": [1, 2]}, "dynamic", True),
        ({"a": 1, "b": None}, {"a": 1}, "dynamic", False),
        ([1, 2], [2, 1], "dynamic", False),
        (1, True, "dynamic", False),
        ("01:00:00", "1h", "timespan", True),
    ],
)
def test_cells_are_compared_as_their_type_says(left, right, type_, equal):
    assert cells_equal(left, right, type_) is equal


def test_comparing_a_row_with_itself_finds_nothing():
    """compare_rows(rows, rows) is clean for every type's JSON form."""
    types = {"T": "datetime", "S": "string", "R": "real", "D": "dynamic", "G": "guid", "B": "bool", "L": "long"}
    row = {
        "T": "2026-01-01T10:00:00.1234567Z", "S": "x", "R": 1e300, "D": {"a": [None, "b"]},
        "G": "6f9619ff-8b86-4d01-b42d-00c04fc964ff", "B": False, "L": 2**63 - 1,
    }  # fmt: skip
    assert all(row_result.ok for row_result in compare_rows([row, row], [row, row], types))
    assert set(types.values()) <= {*values.coercion._COERCERS}
