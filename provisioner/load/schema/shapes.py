"""The kinds of value the manifest language knows; structure checks and the JSON Schema are both read from them."""

# Plain classes, not dataclasses: they are made at every start, and a dataclass takes longer to define than to use.

from __future__ import annotations

from typing import Any


class Shape:
    """A kind of value. `word` names it in messages."""

    __slots__ = ()

    word = "a value"


class Text(Shape):
    """A string; `$(name)` is filled in where `interpolated`.

    `pattern` is for editors; where `says` puts it into words, loading checks it too.
    """

    __slots__ = ("interpolated", "pattern", "says")
    word = "text"

    def __init__(self, pattern: str | None = None, says: str | None = None, *, interpolated: bool = True) -> None:
        self.pattern = pattern
        self.says = says
        self.interpolated = interpolated


class Whole(Shape):
    """A whole number; its limits are Azure's and belong to rules, `least` is for editors."""

    __slots__ = ("least",)
    word = "a whole number"

    def __init__(self, least: int | None = None) -> None:
        self.least = least


class Flag(Shape):
    """True or false."""

    __slots__ = ()
    word = "true or false"


class Choice(Shape):
    """One of a few words, taken without regard to case; `others` are spellings taken for one of them."""

    __slots__ = ("known", "values", "what")
    word = "text"

    def __init__(self, values: tuple[str, ...], others: tuple[tuple[str, str], ...] = (), what: str = "value") -> None:
        self.values = values
        self.known = {each.lower(): each for each in values} | {other.lower(): one for other, one in others}
        self.what = what


class Literal(Shape):
    """Exactly one number."""

    __slots__ = ("value",)
    word = "a whole number"

    def __init__(self, value: int) -> None:
        self.value = value


class Anything(Shape):
    """A scalar of any kind: a variable's value. It is not interpolated."""

    __slots__ = ()
    word = "text, a number, true or false"


class Row(Shape):
    """One record: names with any JSON values, never interpolated."""

    __slots__ = ()
    word = "a mapping (one record)"


class Listed(Shape):
    """A list."""

    __slots__ = ("of",)
    word = "a list"

    def __init__(self, of: Shape) -> None:
        self.of = of


class Named(Shape):
    """A mapping from names that the author chooses. `thing` says what one entry is, `pattern` is for editors."""

    __slots__ = ("of", "pattern", "thing")
    word = "a mapping"

    def __init__(self, of: Shape, thing: str, pattern: str | None = None) -> None:
        self.of = of
        self.thing = thing
        self.pattern = pattern


class Field:
    """A key of a record. `default` is what an absent key means, for readers of the schema."""

    __slots__ = ("default", "description", "example", "name", "required", "shape")

    def __init__(
        self,
        name: str,
        shape: Shape,
        description: str,
        *,
        required: bool = False,
        default: Any = None,
        example: Any = None,
    ) -> None:
        self.name = name
        self.shape = shape
        self.description = description
        self.required = required
        self.default = default
        self.example = example


class Record(Shape):
    """A mapping with known keys.

    A bare scalar stands for the key `short`; where there is none, it is a mistake and `likely` is what was meant.
    The keys of `either` exclude each other, those in `skipped` are not read.
    """

    __slots__ = ("_by_name", "either", "fields", "likely", "short", "skipped", "title")
    word = "a mapping"

    def __init__(
        self,
        title: str,
        fields: tuple[Field, ...],
        *,
        short: str | None = None,
        likely: str | None = None,
        either: tuple[tuple[str, str], ...] = (),
        skipped: tuple[str, ...] = (),
    ) -> None:
        self.title = title
        self.fields = fields
        self.short = short
        self.likely = likely
        self.either = either
        self.skipped = skipped
        self._by_name = {field.name: field for field in fields}

    def field(self, name: str) -> Field | None:
        """The key's description."""
        return self._by_name.get(name)


class OrFile(Shape):
    """A value, or `{file: path}` whose content is the value."""

    __slots__ = ("of", "words")

    def __init__(self, of: Shape) -> None:
        self.of = of
        self.words = f"{of.word} or {{file: path}}"


class Either(Shape):
    """One of several shapes, told apart by being a scalar, a list or a mapping."""

    __slots__ = ("shapes", "words")

    def __init__(self, shapes: tuple[Shape, ...]) -> None:
        self.shapes = shapes
        self.words = " or ".join(shape.word for shape in shapes)
