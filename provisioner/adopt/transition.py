"""The manifest of a transition: what a plan would take away stays beside what comes, until senders have moved."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from provisioner.adopt.dcr_import import stream_fields
from provisioner.errors import BadRequestFile
from provisioner.load.yaml.yaml_writer import dump_yaml
from provisioner.operating_system import relative_path
from provisioner.plan.planning import Plan
from provisioner.plan.rename import Rename
from provisioner.plan.side_by_side import end_of_query, side_by_side_columns, writing_flows
from provisioner.resources import dcr_resource, grant_resource, table_resource
from provisioner.suggest import unused_name
from provisioner.transforms.bound_transforms import BoundTransforms

if TYPE_CHECKING:
    from provisioner.load import Document
    from provisioner.model import Manifest

_HEAD = """\
Keeps what was beside what comes, until senders and queries have moved. Apply it in the place of {name};
when the old side takes no records any more, apply {name} again, with --prune."""
_FILE_KEYS = ("samples", "tests", "transform")


def transition_text(plan: Plan, document: Document, transforms: BoundTransforms) -> str:
    """The text of a manifest that keeps both sides of each probable rename, and columns whose type would change.

    It holds the environment of the plan alone, with includes and variables resolved, and stands beside the manifest.
    Raises BadRequestFile where the plan takes nothing away that could be kept.
    """
    manifest = document.manifest
    columns = [one for change in plan.changes for one in side_by_side_columns(change, manifest)] if manifest else []
    if manifest is None or not (plan.renames or columns):
        hint = "apply the plan as it is: nothing goes while a like one comes, and no column changes its type"
        raise BadRequestFile("there is nothing to keep beside", hint=hint)
    transition = _Transition(plan, document, manifest, transforms)
    for rename in plan.renames:
        transition.keep(rename)
    transition.keep_columns()
    return transition.text()


class _Transition:
    """The sections of the manifest as they are written, with more and more of the old side in them."""

    def __init__(self, plan: Plan, document: Document, manifest: Manifest, transforms: BoundTransforms) -> None:
        self._plan, self._document, self._manifest, self._transforms = plan, document, manifest, transforms
        self.fields: dict[str, Any] = {
            key: value for key, value in document.raw.items() if key not in {"include", "variables", "environments"}
        }
        # The name of the environment is part of the mark of ownership.
        if document.environment is not None:
            self.fields["environments"] = {document.environment: {}}
        self.fields["streams"] = {
            key: self._with_moved_files(key, stream) for key, stream in (self.fields.get("streams") or {}).items()
        }
        self.fields["dcrs"] = self._explicit_dcrs()
        self.comments: dict[tuple[str | int, ...], str] = {}
        self._flows_of: dict[str, list[dict[str, Any]]] = {}

    def text(self) -> str:
        """The manifest, with a comment at its top and one at each thing that is kept."""
        head = _HEAD.format(name=self._document.file.name)
        return dump_yaml(self.fields, {(): head, **self.comments})

    def keep(self, rename: Rename) -> None:
        """Add the old side of a rename."""
        {"dcr": self._keep_dcr, "stream": self._keep_stream, "table": self._keep_table, "grant": self._keep_grant}[
            rename.kind
        ](rename)

    def keep_columns(self) -> None:
        """Columns whose type would change stay; new ones of the new type stand beside them."""
        for change in self._plan.changes:
            for one in side_by_side_columns(change, self._manifest):
                columns = self.fields["tables"][one.table]["columns"]
                declared = columns[one.column]
                columns[one.column] = (
                    {**declared, "type": one.live_type} if isinstance(declared, Mapping) else one.live_type
                )
                columns[one.new_column] = one.new_type
                self.comments["tables", one.table, "columns", one.new_column] = f"in the place of {one.column}"
                for stream, flow in writing_flows(one.table, one.column, self._manifest, self._transforms):
                    self._append_steps(stream.key, flow.table, one.transform_steps)

    def _keep_dcr(self, rename: Rename) -> None:
        streams = dcr_resource.flatten(rename.body).fields["streams"]
        # The manifest may have the stream under a key of another name.
        keys = [self._key_of(name) or name for name in streams]
        # Streams that the new rule lacks are renamed or gone; each is kept with the old rule.
        for name, stream in streams.items():
            if self._key_of(name) is None:
                self._add_stream(name, stream)
        fields: dict[str, Any] = {"streams": keys, "endpoint": dcr_resource.endpoint_mode(rename.body)}
        self.fields["dcrs"][rename.before] = fields
        self.comments["dcrs", rename.before] = f"until its senders post to {rename.after}"

    def _keep_stream(self, rename: Rename) -> None:
        dcr = str(rename.dcr)
        self._add_stream(rename.before, rename.body)
        self.comments["streams", rename.before] = f"until its senders post to {rename.after}"
        streams = self.fields["dcrs"].setdefault(dcr, {"streams": []})["streams"]
        if rename.before not in streams:
            streams.append(rename.before)

    def _keep_table(self, rename: Rename) -> None:
        fields = table_resource.flatten(rename.body, rename.before).fields
        self.fields.setdefault("tables", {})[rename.before] = fields
        self.comments["tables", rename.before] = f"until its readers have moved to {rename.after}"
        live_flows = self._live_flows(rename.before)
        for key, stream in [*self.fields["streams"].items()]:
            name = str(stream.get("stream", key))
            # A stream that was added for another rename keeps its flows as they are.
            if key not in self._manifest.streams or name not in live_flows:
                continue
            if not any(flow["table"].lower() == rename.before.lower() for flow in self._flows(key)):
                self._flows(key).append({"table": rename.before, "transform": live_flows[name]})
                self._write_flows(key)

    def _keep_grant(self, rename: Rename) -> None:
        fields = dict(grant_resource.flatten(rename.body).fields)
        grants = self.fields.setdefault("grants", {})
        name = unused_name("before", grants)
        grants[name] = {**fields, "dcrs": [rename.dcr]}
        self.comments["grants", name] = f"until {rename.after} sends in its place"

    def _explicit_dcrs(self) -> dict[str, Any]:
        """The rules as written, or the one that a manifest without any has."""
        written = self.fields.get("dcrs")
        if written:
            return {name: {**fields, "streams": [*(fields.get("streams") or ())]} for name, fields in written.items()}
        return {name: {"streams": [*dcr.streams]} for name, dcr in self._manifest.dcrs.items()}

    def _key_of(self, stream_name: str) -> str | None:
        """The key under which the manifest has a stream by its name in Azure."""
        return next((key for key, one in self._manifest.streams.items() if one.name == stream_name), None)

    def _add_stream(self, name: str, flat_stream: Mapping[str, Any]) -> None:
        if name not in self.fields["streams"]:
            self.fields["streams"][name] = stream_fields(flat_stream, self.fields.get("tables") or {})

    def _live_flows(self, table: str) -> dict[str, str]:
        """Stream → transform of the live flows into a table, in the rules of this manifest."""
        bodies = [live.body for live in self._plan.live.graph.of_type("dcr")]
        bodies += [one.body for one in self._plan.undeclared if one.type == "dcr" and one.owned]
        return {
            name: flow["transform"]
            for body in bodies
            for name, stream in dcr_resource.flatten(body).fields["streams"].items()
            for flow in stream["flows"]
            if flow["table"].lower() == table.lower()
        }

    def _flows(self, key: str) -> list[dict[str, Any]]:
        """The flows of a stream as a list, each with its transform written out, as far as they have been changed."""
        if key not in self._flows_of:
            flows = self._manifest.streams[key].flows
            self._flows_of[key] = [{"table": flow.table, "transform": flow.transform} for flow in flows]
        return self._flows_of[key]

    def _append_steps(self, key: str, table: str, steps: str) -> None:
        """Let a flow go on with some steps, before the comments that its transform may end in."""
        for flow in self._flows(key):
            if flow["table"] == table:
                end = end_of_query(flow["transform"])
                flow["transform"] = f"{flow['transform'][:end]}\n{steps}{flow['transform'][end:]}"
        self._write_flows(key)

    def _write_flows(self, key: str) -> None:
        listed = self._flows(key)
        # Columns that a stream takes over from its table would change with it, or have no single table to come from.
        columns = {"columns": dict(self._manifest.streams[key].columns)}
        rest = {name: value for name, value in self.fields["streams"][key].items() if name not in _FLOW_KEYS}
        if len(listed) > 1 and isinstance(rest.get("tests"), list):
            rest["tests"] = [_naming_table(test, listed[0]["table"]) for test in rest["tests"]]
        self.fields["streams"][key] = {**columns, **rest, **(listed[0] if len(listed) == 1 else {"flows": listed})}

    def _with_moved_files(self, key: str, stream: Any) -> Any:
        """The stream with the files that it names as they are seen from beside the manifest, included ones too."""
        if not isinstance(stream, Mapping):
            return {"table": stream}
        moved = {
            name: self._moved(value, ("streams", key, name)) if name in _FILE_KEYS else value
            for name, value in stream.items()
        }
        if isinstance(stream.get("flows"), list):
            moved["flows"] = [
                {**flow, "transform": self._moved(flow["transform"], ("streams", key, "flows", number))}
                if isinstance(flow, Mapping) and "transform" in flow
                else flow
                for number, flow in enumerate(stream["flows"])
            ]
        return moved

    def _moved(self, value: Any, path: tuple[str | int, ...]) -> Any:
        if not (isinstance(value, Mapping) and set(value) == {"file"}):
            return value
        written_in = Path(self._document.place(path, at="key").file).resolve().parent
        return {"file": relative_path(written_in / str(value["file"]), self._document.root.resolve()).as_posix()}


_FLOW_KEYS = ("flows", "table", "transform")


def _naming_table(test: Any, table: str) -> Any:
    """A test whose expected rows are those of a table; a list means the only one, of which there are now two."""
    if isinstance(test, Mapping) and isinstance(test.get("expect"), list):
        return {**test, "expect": {table: test["expect"]}}
    return test
