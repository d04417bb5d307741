"""XML as a dynamic value, in the way that Kusto documents."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from provisioner.kql.functions.function_registry import function
from provisioner.kql.values import parse_json
from provisioner.kql.values.dynamic_values import DEEPEST

_LONGEST = 1_048_576


class _TooDeep(ValueError):
    """The elements nest deeper than a dynamic may."""


class _Element:
    """An element being read: what it holds so far, in order."""

    __slots__ = ("members", "name", "texts")

    def __init__(self, name: str, attributes: dict[str, str]) -> None:
        self.name = name
        self.members: dict[str, Any] = {f"@{key}": _scalar(value) for key, value in attributes.items()}
        self.texts: list[str] = []

    def add(self, key: str, value: Any) -> None:
        """Add a member; the second of a name makes an array."""
        if key not in self.members:
            self.members[key] = value
        elif key in self.texts:
            self.members[key].append(value)
        else:
            self.members[key] = [self.members[key], value]
            self.texts.append(key)

    def value(self) -> Any:
        """What the element stands for: null, its text alone, or a bag."""
        if not self.members:
            return None
        return self.members["#text"] if list(self.members) == ["#text"] else self.members


@function("parse_xml(xml: string) -> dynamic")
def parse_xml(xml: str) -> Any:
    """The value of an XML text: attributes under `@name`, text under `#text`; null where it is no XML."""
    from xml.parsers.expat import ExpatError

    if len(xml) > _LONGEST:
        return None
    reader = _Reader()
    try:
        reader.read(xml)
    except (ExpatError, _TooDeep, UnicodeEncodeError):
        return None
    return reader.root


@function("parse_xml(value: dynamic) -> dynamic")
def parse_xml_of(value: Any) -> Any:
    """The same of a string inside a dynamic; what is no string stays as it is."""
    return parse_xml(value) if isinstance(value, str) else value


class _Reader:
    """Builds the value while expat reads; entities are not resolved beyond the document."""

    def __init__(self) -> None:
        self.root: Any = None
        self._open: list[_Element] = []
        self._text: list[str] = []

    def read(self, xml: str) -> None:
        from xml.parsers.expat import ParserCreate

        parser = ParserCreate("utf-8")
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text.append
        parser.Parse(_declaration().sub("", xml).encode(), True)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._flush()
        if len(self._open) >= DEEPEST // 2:
            raise _TooDeep
        self._open.append(_Element(name, attributes))

    def _end(self, name: str) -> None:
        self._flush()
        value = self._open.pop().value()
        if self._open:
            self._open[-1].add(name, value)
        else:
            self.root = {name: value}

    def _flush(self) -> None:
        text = "".join(self._text).strip()
        self._text.clear()
        if text and self._open:
            self._open[-1].add("#text", _scalar(text))


def _scalar(text: str) -> Any:
    """A number where the text is one, as Kusto shows it; else the text."""
    return parse_json(text) if _number().fullmatch(text) else text


@cache
def _number() -> re.Pattern[str]:
    return re.compile(r"-?(?:0|[1-9]\d{0,17})(?:\.\d{1,17})?(?:[eE][+-]?\d{1,3})?", re.ASCII)


@cache
def _declaration() -> re.Pattern[str]:
    """The declaration, whose encoding is not that of the string any more."""
    return re.compile(r"\A\s*<\?xml[^>]*\?>")
