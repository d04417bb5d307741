"""The functions that take the row itself: calls of them are bound where the columns are known."""

from __future__ import annotations

ROW_FUNCTIONS = {
    "columnifexists": "The column of this name, or the second argument where there is none.",
    "column_ifexists": "Kusto's name for `columnifexists`.",
    "pack_all": "A bag of all columns; with `true` those that hold something.",
    "bag_pack_columns": "A bag of the columns named.",
}
"""What each of them does, by name."""
ROW_FUNCTION_PARAMETERS = {
    "columnifexists": ("name: string", "default: scalar"),
    "column_ifexists": ("name: string", "default: scalar"),
    "pack_all": ("ignore_empty: bool?",),
    "bag_pack_columns": ("column: scalar+",),
}
"""Their parameters, written as those of other functions are."""
