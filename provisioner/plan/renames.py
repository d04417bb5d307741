"""What goes while a like one comes: Azure renames nothing, so such a pair is told with what the change costs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from provisioner.live import UndeclaredResource
from provisioner.package_data import load_facts
from provisioner.plan.change import Change
from provisioner.plan.planning import Plan
from provisioner.plan.rename import Rename
from provisioner.resources import Body, table_resource
from provisioner.resources.dcr_resource import flatten

Streams = Mapping[str, Mapping[str, Any]]
"""Stream → `columns` and `flows`, as `dcr_resource.flatten` gives them."""


def find_renames(plan: Plan) -> tuple[Rename, ...]:
    """The probable renames of a plan, each old thing with the most alike new one; empty where nothing goes."""
    going = [one for one in plan.undeclared if one.owned]
    created = [change for change in plan.changes if change.action == "create"]
    if not going and not created and not any(change.type == "dcr" for change in plan.changes):
        return ()
    dcrs = tuple(_renamed_dcrs(going, created))
    new_name_of = {rename.before: rename.after for rename in dcrs}
    return (
        *dcrs,
        *_renamed_streams(plan, dcrs),
        *_renamed_tables(plan, going, created),
        *_renamed_grants(going, created, new_name_of),
    )


def _renamed_dcrs(going: Iterable[UndeclaredResource], created: Iterable[Change]) -> Iterator[Rename]:
    old = {one.name: one for one in going if one.type == "dcr"}
    new = {change.name: change.desired for change in created if change.type == "dcr" and change.desired}
    for before, after in _pairs(
        {name: _flow_names(_streams(one.body)) for name, one in old.items()},
        {name: _flow_names(_streams(resource.body)) for name, resource in new.items()},
    ):
        yield Rename("dcr", before, after, before, old[before].body)


def _renamed_streams(plan: Plan, dcrs: Iterable[Rename]) -> Iterator[Rename]:
    """Streams of a DCR that stays, or of one that is renamed itself."""
    bodies = {live.name: (live.body, plan.desired.get(live.key)) for live in plan.live.graph.of_type("dcr")}
    bodies |= {one.before: (one.body, plan.desired.get(("dcr", one.after))) for one in dcrs}
    for dcr, (body, desired) in bodies.items():
        if desired is None:
            continue
        streams, new_streams = _streams(body), _streams(desired.body)
        old = {name: stream for name, stream in streams.items() if name not in new_streams}
        new = {name: stream for name, stream in new_streams.items() if name not in streams}
        pairs = _pairs(
            {name: _column_set(stream.get("columns") or {}) for name, stream in old.items()},
            {name: _column_set(stream.get("columns") or {}) for name, stream in new.items()},
        )
        for before, after in pairs:
            yield Rename("stream", before, after, dcr, dict(old[before]))


def _renamed_tables(plan: Plan, going: Iterable[UndeclaredResource], created: Iterable[Change]) -> Iterator[Rename]:
    """Tables into which our live rules write and the manifest does not; the others of a workspace are not ours."""
    written = {
        table
        for body in (
            *(live.body for live in plan.live.graph.of_type("dcr")),
            *(one.body for one in going if one.type == "dcr"),
        )
        for _, table in _flow_names(_streams(body))
    }
    old = {one.name: one for one in plan.undeclared if one.type == "table" and one.name.lower() in written}
    new = {change.name: change.desired for change in created if change.type == "table" and change.desired}
    pairs = _pairs(
        {name: _table_columns(one.body, name) for name, one in old.items()},
        {name: _table_columns(resource.body, name) for name, resource in new.items()},
    )
    for before, after in pairs:
        yield Rename("table", before, after, None, old[before].body)


def _renamed_grants(
    going: Iterable[UndeclaredResource], created: Iterable[Change], new_name_of: Mapping[str, str]
) -> Iterator[Rename]:
    """Grants of one role on one DCR (or on its renamed one), whose principal becomes another."""
    new = [change for change in created if change.type == "grant" and change.body]
    for one in going:
        if one.type != "grant":
            continue
        properties = one.body.get("properties") or {}
        scope = str(properties.get("scope") or "").rsplit("/", 1)[-1]
        # A grant on a renamed rule has a new scope and so another id, though its principal stays.
        dcr = new_name_of.get(scope, scope)
        for change in new:
            new_properties = (change.body or {}).get("properties") or {}
            if change.name.rpartition("/")[2] == dcr and _role(new_properties) == _role(properties):
                before, after = str(properties.get("principalId")), str(new_properties.get("principalId"))
                if before != after:
                    yield Rename("grant", before, after, scope, one.body)
                    new.remove(change)
                    break


def _pairs(old: Mapping[str, Collection[Any]], new: Mapping[str, Collection[Any]]) -> Iterator[tuple[str, str]]:
    """Each old name with the new one that has the most in common with it, every name in one pair at most."""
    least: float = load_facts("renames.yaml")["likeness"]
    scored = sorted(
        ((_likeness(parts, other), before, after) for before, parts in old.items() for after, other in new.items()),
        key=lambda entry: (-entry[0], entry[1], entry[2]),
    )
    used: set[tuple[str, str]] = set()
    for likeness, before, after in scored:
        # The most alike pair comes first and takes both names, so that no name is told of twice.
        if likeness >= least and not {("old", before), ("new", after)} & used:
            used |= {("old", before), ("new", after)}
            yield before, after


def _likeness(one: Collection[Any], other: Collection[Any]) -> float:
    """What two sets share, of all that either has; nothing is alike where both are empty."""
    everything = {*one, *other}
    return len({*one} & {*other}) / len(everything) if everything else 0.0


def _streams(body: Body) -> Streams:
    streams: Streams = flatten(body).fields["streams"]
    return streams


def _flow_names(streams: Streams) -> set[tuple[str, str]]:
    """Stream and table of each flow; the table in lower case, as Azure compares it."""
    return {(name, flow["table"].lower()) for name, stream in streams.items() for flow in stream["flows"]}


def _table_columns(body: Body, name: str) -> set[tuple[str, str]]:
    return _column_set(table_resource.flatten(body, name).fields.get("columns") or {})


def _column_set(columns: Mapping[str, Any]) -> set[tuple[str, str]]:
    """Names and types; without the column that every table has, which makes nothing alike."""
    types = {name: value["type"] if isinstance(value, Mapping) else value for name, value in columns.items()}
    return {(name, type_) for name, type_ in types.items() if name != "TimeGenerated"}


def _role(properties: Mapping[str, Any]) -> str:
    return str(properties.get("roleDefinitionId", "")).rsplit("/", 1)[-1].lower()
