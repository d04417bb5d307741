"""The kinds of value the manifest language knows; structure checks and the JSON Schema are both read from them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Shape:
    """A kind of value. `word` names it in messages."""

    word = "a value"


@dataclass(frozen=True, slots=True)
class Text(Shape):
    """A string; `$(name)` is filled in where `interpolated`.

    `pattern` is for editors; where `says` puts it into words, loading checks it too.
    """

    pattern: str | None = None
    says: str | None = None
    interpolated: bool = True
    word = "text"


@dataclass(frozen=True, slots=True)
class Whole(Shape):
    """A whole number; its limits are Azure's and belong to rules, `least` is for editors."""

    least: int | None = None
    word = "a whole number"


@dataclass(frozen=True, slots=True)
class Flag(Shape):
    """True or false."""

    word = "true or false"


@dataclass(frozen=True, slots=True)
class Choice(Shape):
    """One of a few words, taken without regard to case; `others` are spellings taken for one of them."""

    values: tuple[str, ...]
    others: tuple[tuple[str, str], ...] = ()
    what: str = "value"
    word = "text"


@dataclass(frozen=True, slots=True)
class Literal(Shape):
    """Exactly one value."""

    value: int
    word = "a whole number"


@dataclass(frozen=True, slots=True)
class Anything(Shape):
    """A scalar of any kind: a variable's value. It is not interpolated."""

    word = "text, a number, true or false"


@dataclass(frozen=True, slots=True)
class Row(Shape):
    """One record: names with any JSON values, never interpolated."""

    word = "a mapping (one record)"


@dataclass(frozen=True, slots=True)
class Listed(Shape):
    """A list."""

    of: Shape
    word = "a list"


@dataclass(frozen=True, slots=True)
class Named(Shape):
    """A mapping from names that the author chooses. `thing` says what one entry is, `pattern` is for editors."""

    of: Shape
    thing: str
    pattern: str | None = None
    word = "a mapping"


@dataclass(frozen=True, slots=True)
class Field:
    """A key of a record. `default` is what an absent key means, for readers of the schema."""

    name: str
    shape: Shape
    description: str
    required: bool = False
    default: Any = None
    example: Any = None


@dataclass(frozen=True, slots=True)
class Record(Shape):
    """A mapping with known keys.

    A bare scalar stands for the key `short`. The keys of `either` exclude each other, those in `skipped` are not read.
    """

    title: str
    fields: tuple[Field, ...]
    short: str | None = None
    either: tuple[tuple[str, str], ...] = ()
    skipped: tuple[str, ...] = ()
    word = "a mapping"

    def field(self, name: str) -> Field | None:
        """The key's description."""
        return next((each for each in self.fields if each.name == name), None)


@dataclass(frozen=True, slots=True)
class OrFile(Shape):
    """A value, or `{file: path}` whose content is the value."""

    of: Shape
    word = "a value or {file: path}"


@dataclass(frozen=True, slots=True)
class Either(Shape):
    """One of several shapes, told apart by being a scalar, a list or a mapping."""

    shapes: tuple[Shape, ...] = field(default_factory=tuple)

    @property
    def word(self) -> str:  # type: ignore[override]
        """Both words."""
        return " or ".join(shape.word for shape in self.shapes)
