"""Adds casts to a transform where a column would reach its table with another type, which Azure refuses."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from provisioner import kql
from provisioner.kql.vocabulary.scalar_types import CAST_FUNCTIONS
from provisioner.load.builders.stream_builder import with_casts
from provisioner.model import TYPES, column_type


def columns_to_cast(
    transform: str,
    stream_types: Mapping[str, str],
    table_types: Mapping[str, str],
    *,
    guid_columns: Collection[str],
    every_mismatch: bool,
) -> dict[str, str]:
    """The output columns of a transform that need a cast → the type of the table's column; types are the manifest's.

    `guid_columns` are the stream's columns that the source declares as guid and that `stream_types` has as string:
    only mismatches that this makes are cast, unless `every_mismatch` is. What Azure takes as it is needs no cast.
    """
    query = _bound(transform, stream_types)
    if query is None:
        return {}
    refused = {
        finding.subject
        for finding in kql.fit(query, table_types)
        if finding.code == "FIT003" and finding.severity == "error"
    }
    as_declared = output_types(transform, {**stream_types, **dict.fromkeys(guid_columns, "guid")})
    return {
        name: table_types[name]
        for name in query.columns
        if name in refused and (every_mismatch or as_declared.get(name) == table_types[name])
    }


def cast_outputs(transform: str, casts: Mapping[str, str], stream_types: Mapping[str, str]) -> str | None:
    """The transform with casts after its last step; None where that does not give these types."""
    plain = transform.strip()
    # On a line of its own: a transform of several lines may end in a comment.
    query = plain if "\n" not in plain and "//" not in plain else f"{plain}\n"
    functions = {name: CAST_FUNCTIONS[TYPES[type_].kql] for name, type_ in casts.items()}
    names_in_use = tuple({**stream_types, **output_types(transform, stream_types)})
    text = with_casts(query, functions, names_in_use)
    types = output_types(text, stream_types)
    return text if all(types.get(name) == type_ for name, type_ in casts.items()) else None


def output_types(transform: str, stream_types: Mapping[str, str]) -> dict[str, str]:
    """The columns that a transform gives, in the manifest's types; none where its query has errors."""
    query = _bound(transform, stream_types)
    given = {name: column_type(type_) for name, type_ in query.columns.items()} if query else {}
    return {name: column.name for name, column in given.items() if column}


def _bound(transform: str, stream_types: Mapping[str, str]) -> kql.Query | None:
    spelled = {name: column_type(type_) for name, type_ in stream_types.items()}
    query, _ = kql.bind(transform, {name: column.kql for name, column in spelled.items() if column})
    return query
