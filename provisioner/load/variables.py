"""`$(name)` in texts: which variables there are, what each is worth, and how a text is filled in."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from collections.abc import Mapping as Map
from typing import Any, NamedTuple

from provisioner.diagnostics import Diagnostic, Span
from provisioner.load.yaml.node_diagnostics import at_node, choices, guess
from provisioner.load.yaml.nodes import Mapping, Node, Scalar
from provisioner.load.yaml.scalar_offsets import locate
from provisioner.load.yaml.scalars import resolve

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
BUILT_IN = ("environment", "name")
_REFERENCE = re.compile(r"\$(?:\$|\((?P<name>[^)]*)(?P<close>\))?)")


class Value(NamedTuple):
    """What a variable is worth. From the command line or the process's environment it has no type until it is used."""

    value: Any
    text: str
    typed: bool = True


class Unresolved(Exception):
    """The text cannot be filled in; the remark is None where it was told before."""

    def __init__(self, remark: Diagnostic | None) -> None:
        super().__init__()
        self.remark = remark


class Variables:
    """The values for one environment. `missing` are declared without a value, `told` those complained of."""

    def __init__(self) -> None:
        self.values: dict[str, Value] = {}
        self.missing: dict[str, Scalar] = {}
        self.told: set[str] = set()

    def fill(self, node: Scalar, *, text: bool) -> Any:
        """The scalar's value with its variables filled in; where `text` is wanted, untyped values stay text."""
        written = node.value
        if not isinstance(written, str) or "$" not in written:
            return written
        whole = _REFERENCE.fullmatch(written)
        if whole and whole["name"] is not None:
            found = self._value(whole, node)
            if found.typed:
                return found.value
            return found.text if text else resolve(found.text)
        return _REFERENCE.sub(lambda match: "$" if match.group() == "$$" else self._text(match, node), written)

    def _text(self, match: re.Match[str], node: Scalar) -> str:
        found = self._value(match, node)
        if found.value is None:
            words = f"the variable {match['name']!r} is null, and so no part of a text"
            raise Unresolved(
                _at(match, node, "VAR005", words, "give it a value, or write $(…) alone to leave the key out")
            )
        return found.text

    def _value(self, match: re.Match[str], node: Scalar) -> Value:
        name = match["name"]
        if match["close"] is None or not NAME.fullmatch(name):
            words = "`$(` is not closed" if match["close"] is None else f"`$({name})` names no variable"
            raise Unresolved(_at(match, node, "VAR002", words, "write $(name); a literal $ before ( is $$"))
        if name in self.values:
            return self.values[name]
        raise Unresolved(self._unknown(match, node))

    def _unknown(self, match: re.Match[str], node: Scalar) -> Diagnostic | None:
        name = match["name"]
        if name == "environment":
            words = "there is no environment, so `$(environment)` has no value"
            return _at(match, node, "VAR004", words, "choose one with -e NAME")
        if name in self.missing:
            if name in self.told:
                return None
            self.told.add(name)
            hint = (
                f"give it with --var {name}=…, PROVISIONER_VAR_{_shell(name)}, "
                "the environment's `variables`, or a default"
            )
            return _at(match, node, "VAR001", f"the variable {name!r} has no value", hint)
        known = (*self.values, *self.missing)
        hint = guess(name, known) or "declare it under `variables`; a literal $ before ( is $$"
        return _at(match, node, "VAR003", f"there is no variable {name!r}", hint)


def _at(match: re.Match[str], node: Scalar, code: str, words: str, hint: str) -> Diagnostic:
    """A remark about one `$(…)` in a text."""
    start, end = locate(node, Span(*match.span()))
    return Diagnostic(code, "error", words, node.source.span(start, end), node.source.place(start, end), hint)


def declared(
    section: Node | None, given: Map[str, str], chosen: Node | None, environment: str | None
) -> tuple[Variables, list[Diagnostic]]:
    """The variables of a manifest: values come from the command line, the environment, the process, the default."""
    variables = Variables()
    diagnostics: list[Diagnostic] = []
    if environment is not None:
        variables.values["environment"] = Value(environment, environment)
    entries = section.values if isinstance(section, Mapping) else {}
    settings = chosen.values if isinstance(chosen, Mapping) else {}
    for name, entry in entries.items():
        assert isinstance(section, Mapping)
        key = section.keys[name]
        if name in BUILT_IN or not NAME.fullmatch(name):
            hint = "it is built in" if name in BUILT_IN else "a letter, then letters, digits, _ or -"
            diagnostics.append(at_node("VAR006", f"{name!r} cannot be a variable's name", key, hint))
            continue
        value, wrong = _worth(name, entry, given, settings)
        diagnostics.extend(wrong)
        if value is None:
            variables.missing[name] = key
        else:
            variables.values[name] = value
    diagnostics.extend(_undeclared(entries, section, chosen, given))
    return variables, diagnostics


def _worth(
    name: str, entry: Node, given: Map[str, str], settings: Map[str, Node]
) -> tuple[Value | None, list[Diagnostic]]:
    """The value by precedence, None where there is none; a value that is itself interpolated is refused."""
    if name in given:
        return Value(resolve(given[name]), given[name], typed=False), []
    if name in settings:
        return _scalar(settings[name])
    if (shell := os.environ.get(f"PROVISIONER_VAR_{_shell(name)}")) is not None:
        return Value(resolve(shell), shell, typed=False), []
    if isinstance(entry, Mapping) and "default" in entry.values:
        return _scalar(entry.values["default"])
    return None, []


def _scalar(node: Node) -> tuple[Value | None, list[Diagnostic]]:
    if not isinstance(node, Scalar):
        return Value("", ""), []  # structure says what is wrong with it
    if isinstance(node.value, str) and "$(" in node.value:
        hint = "write the value out; variables are not filled in here"
        return Value("", ""), [at_node("VAR002", "a variable's value cannot use variables", node, hint)]
    return Value(node.value, node.text), []


def _undeclared(
    entries: Map[str, Node], section: Node | None, chosen: Node | None, given: Map[str, str]
) -> Iterator[Diagnostic]:
    if isinstance(chosen, Mapping):
        for name, key in chosen.keys.items():
            if name not in entries:
                hint = guess(name, entries) or "declare it under the manifest's `variables`"
                yield at_node("VAR003", f"a value for {name!r}, which is no declared variable", key, hint)
    for name in given:
        if name not in entries:
            hint = guess(name, entries) or (
                f"there are {choices(entries)}" if entries else "declare it under `variables`"
            )
            words = f"--var {name}: the manifest declares no such variable"
            yield _nowhere(words, hint) if section is None else at_node("VAR003", words, section, hint)


def _nowhere(words: str, hint: str) -> Diagnostic:
    return Diagnostic("VAR003", "error", words, hint=hint)


def _shell(name: str) -> str:
    return name.upper().replace("-", "_")
