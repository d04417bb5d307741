"""Scalars of a manifest → text, numbers and booleans, with variables interpolated and wrong types reported."""

from __future__ import annotations

import math
import re
from typing import Any

from provisioner.diagnostics import Edit, Fix
from provisioner.load.schema import shapes
from provisioner.load.schema.interpolation import UnresolvedVariable, Variables
from provisioner.load.schema.manifest_errors import ABSENT, ManifestErrors
from provisioner.load.schema.source_map import Path
from provisioner.load.schema.type_messages import last_key, words_to_write
from provisioner.load.yaml.node_diagnostics import join_with_or
from provisioner.load.yaml.nodes import Node, ScalarNode, describe_node
from provisioner.load.yaml.text_edits import replace_literal, replace_scalar
from provisioner.suggest import did_you_mean

# YAML 1.1 took these for booleans, and many authors still do.
_BOOLEAN_TEXTS = {"yes": "true", "on": "true", "true": "true", "no": "false", "off": "false", "false": "false"}
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")


class ScalarReader:
    """Reads scalars. Every method returns the value, or `ABSENT` where it is null or has been reported as wrong."""

    def __init__(self, variables: Variables, errors: ManifestErrors) -> None:
        self.variables = variables
        self.errors = errors

    def read_text(self, node: Node, shape: shapes.Text, path: Path) -> Any:
        """A string."""
        if isinstance(node, ScalarNode) and not shape.interpolated:
            value = ABSENT if node.value is None else node.value
        else:
            value = self._interpolate(node, shape, path, text=True)
        if value is ABSENT:
            return ABSENT
        if not isinstance(value, str):
            return self.errors.wrong_type(node, shape, path)
        if shape.pattern_description and shape.pattern and not re.search(shape.pattern, value):
            message = f"{value!r} does not fit {last_key(path)!r}"
            return self.errors.invalid_value("MAN007", message, node, path, shape.pattern_description)
        return value

    def read_integer(self, node: Node, shape: shapes.Integer | shapes.Constant, path: Path) -> Any:
        """A whole number; one in quotes is an error with a fix."""
        value = self._interpolate(node, shape, path, text=False)
        if value is ABSENT or (isinstance(value, int) and not isinstance(value, bool)):
            return value
        # The text is a number in quotes, so what is meant is plain enough for a fix.
        if isinstance(value, str) and re.fullmatch(r"-?[0-9]+", value) and isinstance(node, ScalarNode) and node.style:
            fix = _fix_with("write the number without quotes", replace_literal(node, value))
            message = f"{last_key(path)!r} is a whole number, and this is text"
            return self.errors.invalid_value("MAN002", message, node, path, "remove the quotes", fix=fix)
        return self.errors.wrong_type(node, shape, path)

    def read_number(self, node: Node, shape: shapes.Number, path: Path) -> Any:
        """A finite number; one in quotes is an error with a fix."""
        value = self._interpolate(node, shape, path, text=False)
        if value is ABSENT or (isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)):
            return value
        if isinstance(value, str) and _NUMBER.fullmatch(value) and isinstance(node, ScalarNode) and node.style:
            fix = _fix_with("write the number without quotes", replace_literal(node, value))
            message = f"{last_key(path)!r} is a number, and this is text"
            return self.errors.invalid_value("MAN002", message, node, path, "remove the quotes", fix=fix)
        return self.errors.wrong_type(node, shape, path)

    def read_constant(self, node: Node, shape: shapes.Constant, path: Path) -> Any:
        """One fixed number."""
        value = self.read_integer(node, shape, path)
        if value is not ABSENT and value != shape.value:
            key = last_key(path)
            message = f"this program reads {key} {shape.value}, and this is {key} {value}"
            hint = f"write `{key}: {shape.value}`, or update the program"
            return self.errors.invalid_value("MAN008", message, node, path, hint)
        return value

    def read_boolean(self, node: Node, shape: shapes.Boolean, path: Path) -> Any:
        """True or false; `yes`, `on` and their like are an error with a fix."""
        value = self._interpolate(node, shape, path, text=False)
        if value is ABSENT or isinstance(value, bool):
            return value
        literal = _BOOLEAN_TEXTS.get(str(value).lower())
        if literal is None:
            return self.errors.wrong_type(node, shape, path)
        message = f"{last_key(path)!r} is true or false, and this is {describe_node(node)}"
        fix = _fix_with(f"write {literal}", replace_literal(node, literal))
        return self.errors.invalid_value("MAN002", message, node, path, f"write {literal}", fix=fix)

    def read_choice(self, node: Node, shape: shapes.Choice, path: Path) -> Any:
        """One of a few texts; another spelling of one of them is taken, with a fix."""
        value = self._interpolate(node, shape, path, text=True)
        if value is ABSENT or value in shape.values:
            return value
        if not isinstance(value, str):
            return self.errors.wrong_type(node, shape, path)
        # Azure spells plans and types differently in different APIs, so authors copy such spellings from its pages.
        if (canonical := shape.by_spelling.get(value.lower())) is not None:
            message = f"{value!r} is spelt {canonical!r} in a manifest"
            fix = _fix_with(f"write {canonical}", replace_scalar(node, canonical))
            self.errors.add_at("MAN006", message, node, f"write {canonical}", severity="info", fix=fix)
            return canonical
        hint = did_you_mean(value, shape.values) or f"write {join_with_or(words_to_write(shape))}"
        return self.errors.invalid_value("MAN004", f"{value!r} is no {shape.choice_noun}", node, path, hint)

    def read_any_scalar(self, node: Node, shape: shapes.AnyScalar, path: Path) -> Any:
        """A scalar of any type; null is a value here, not `ABSENT`."""
        if not isinstance(node, ScalarNode):
            return self.errors.wrong_type(node, shape, path)
        return node.value

    def _interpolate(self, node: Node, shape: shapes.Shape, path: Path, *, text: bool) -> Any:
        if not isinstance(node, ScalarNode):
            return self.errors.wrong_type(node, shape, path)
        try:
            value = self.variables.interpolate(node, text=text)
        except UnresolvedVariable as error:
            self.errors.broken.add(path)
            if error.diagnostic is not None:
                self.errors.diagnostics.append(error.diagnostic)
            return ABSENT
        # A variable that is null leaves the key out: that is how a manifest makes one optional.
        return ABSENT if value is None else value


def _fix_with(description: str, edit: Edit | None) -> Fix | None:
    return Fix(description, (edit,)) if edit else None
