"""XML as a dynamic value, in the form that Kusto documents."""

from __future__ import annotations

import re
from functools import cache

from provisioner.kql.functions.function_registry import scalar_function
from provisioner.kql.values import Value, parse_json
from provisioner.kql.values.dynamic_values import MAX_DEPTH

_MAX_CHARACTERS = 1_048_576
"""The longest text that is parsed: Kusto documents that a dynamic holds at most 1 MiB."""


class _NestingTooDeep(ValueError):
    """The elements nest deeper than a dynamic may."""


class _ElementBuilder:
    """An element being read: its members so far in order, and the arrays of the names that came again."""

    __slots__ = ("arrays", "members", "name")

    def __init__(self, name: str, attributes: dict[str, str]) -> None:
        self.name = name
        self.members: dict[str, Value] = {f"@{key}": _parse_scalar(value) for key, value in attributes.items()}
        self.arrays: dict[str, list[Value]] = {}

    def add_member(self, key: str, value: Value) -> None:
        """Add a member; a second one of the same name makes an array."""
        if key not in self.members:
            self.members[key] = value
        elif key in self.arrays:
            self.arrays[key].append(value)
        else:
            self.members[key] = self.arrays[key] = [self.members[key], value]

    def to_dynamic(self) -> Value:
        """The value of the element: null where it is empty, its text where it has nothing else, or a bag."""
        if not self.members:
            return None
        return self.members["#text"] if list(self.members) == ["#text"] else self.members


@scalar_function("parse_xml(xml: string) -> dynamic")
def parse_xml(xml: str) -> Value:
    """The value of an XML text: attributes under `@name`, text under `#text`; null where it is no XML."""
    from xml.parsers.expat import ExpatError

    if len(xml) > _MAX_CHARACTERS:
        return None
    builder = _DocumentBuilder()
    try:
        builder.parse(xml)
    except (ExpatError, _NestingTooDeep, UnicodeEncodeError):
        return None
    return builder.root


@scalar_function("parse_xml(value: dynamic) -> dynamic")
def parse_xml_of(value: Value) -> Value:
    """As `parse_xml` for a string inside a dynamic; what is no string stays as it is."""
    return parse_xml(value) if isinstance(value, str) else value


class _DocumentBuilder:
    """Builds the value from expat's events; external entities are not resolved."""

    def __init__(self) -> None:
        self.root: Value = None
        self._open_elements: list[_ElementBuilder] = []
        self._text: list[str] = []

    def parse(self, xml: str) -> None:
        from xml.parsers.expat import ParserCreate

        parser = ParserCreate("utf-8")
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text.append
        parser.Parse(_declaration_pattern().sub("", xml).encode(), True)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._flush()
        # An element takes up to two levels of the dynamic: a bag, and an array where its name repeats.
        if len(self._open_elements) >= MAX_DEPTH // 2:
            raise _NestingTooDeep
        self._open_elements.append(_ElementBuilder(name, attributes))

    def _end(self, name: str) -> None:
        self._flush()
        value = self._open_elements.pop().to_dynamic()
        if self._open_elements:
            self._open_elements[-1].add_member(name, value)
        else:
            self.root = {name: value}

    def _flush(self) -> None:
        text = "".join(self._text).strip()
        self._text.clear()
        if text and self._open_elements:
            self._open_elements[-1].add_member("#text", _parse_scalar(text))


def _parse_scalar(text: str) -> Value:
    """A number where the text is one, as in Kusto's documented example; else the text."""
    return parse_json(text) if _number_pattern().fullmatch(text) else text


@cache
def _number_pattern() -> re.Pattern[str]:
    return re.compile(r"-?(?:0|[1-9]\d{0,17})(?:\.\d{1,17})?(?:[eE][+-]?\d{1,3})?", re.ASCII)


@cache
def _declaration_pattern() -> re.Pattern[str]:
    # The declaration goes: expat would decode by the encoding it names, and is given UTF-8.
    return re.compile(r"\A\s*<\?xml[^>]*\?>")
