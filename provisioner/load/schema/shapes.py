"""The kinds of value the manifest language has; checks of a manifest and the JSON Schema are both read from them."""

# Plain classes, not dataclasses: they are created at every start, and a dataclass takes longer to define than to use.

from __future__ import annotations

from typing import Any


class Shape:
    """A kind of value. `noun` names it in messages."""

    __slots__ = ()

    noun = "a value"


class Text(Shape):
    """A string; `$(name)` is replaced where `interpolated`.

    `pattern` is for editors; where `pattern_description` puts it into words, loading checks it too.
    """

    __slots__ = ("interpolated", "pattern", "pattern_description")
    noun = "text"

    def __init__(
        self, pattern: str | None = None, pattern_description: str | None = None, *, interpolated: bool = True
    ) -> None:
        self.pattern = pattern
        self.pattern_description = pattern_description
        self.interpolated = interpolated


class KqlText(Text):
    """A transform: KQL over `source`, never interpolated."""

    __slots__ = ()

    def __init__(self) -> None:
        super().__init__(interpolated=False)


class Integer(Shape):
    """A whole number; its limits are Azure's and belong to rules, `minimum` is for editors."""

    __slots__ = ("minimum",)
    noun = "a whole number"

    def __init__(self, minimum: int | None = None) -> None:
        self.minimum = minimum


class Number(Shape):
    """A number, whole or not; its limits are Azure's and belong to rules."""

    __slots__ = ()
    noun = "a number"


class Boolean(Shape):
    """True or false."""

    __slots__ = ()
    noun = "true or false"


class Choice(Shape):
    """One of a few texts, taken without regard to case; `other_spellings` are pairs of a spelling and its value.

    `choice_noun` names what is chosen in messages; `or_write` is what else stands in such a place, for hints.
    """

    __slots__ = ("by_spelling", "choice_noun", "or_write", "values")
    noun = "text"

    def __init__(
        self,
        values: tuple[str, ...],
        other_spellings: tuple[tuple[str, str], ...] = (),
        choice_noun: str = "value",
        or_write: str | None = None,
    ) -> None:
        self.values = values
        self.or_write = or_write
        self.by_spelling = {value.lower(): value for value in values}
        self.by_spelling |= {spelling.lower(): value for spelling, value in other_spellings}
        self.choice_noun = choice_noun


class Constant(Shape):
    """Exactly one number."""

    __slots__ = ("value",)
    noun = "a whole number"

    def __init__(self, value: int) -> None:
        self.value = value


class AnyScalar(Shape):
    """A scalar of any type: a variable's value. It is not interpolated."""

    __slots__ = ()
    noun = "text, a number, true or false"


class JsonRecord(Shape):
    """One record: names with any JSON values, never interpolated."""

    __slots__ = ()
    noun = "a mapping (one record)"


class ListOf(Shape):
    """A list whose items have one shape."""

    __slots__ = ("item_shape",)
    noun = "a list"

    def __init__(self, item_shape: Shape) -> None:
        self.item_shape = item_shape


class MapOf(Shape):
    """A mapping from names that the author chooses. `entry_noun` says what one entry is, `pattern` is for editors."""

    __slots__ = ("entry_noun", "pattern", "value_shape")
    noun = "a mapping"

    def __init__(self, value_shape: Shape, entry_noun: str, pattern: str | None = None) -> None:
        self.value_shape = value_shape
        self.entry_noun = entry_noun
        self.pattern = pattern


class Field:
    """A key of `FixedKeys`. `default` is what an absent key means, for readers of the schema."""

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


class FixedKeys(Shape):
    """A mapping whose keys the language fixes.

    A bare scalar stands for the key `shorthand_key`; without one it is a mistake, and `likely_key` is what was meant.
    The keys of `exclusive_pairs` exclude each other, those in `ignored_keys` are not read.
    """

    __slots__ = ("_by_name", "exclusive_pairs", "fields", "ignored_keys", "likely_key", "shorthand_key", "title")
    noun = "a mapping"

    def __init__(
        self,
        title: str,
        fields: tuple[Field, ...],
        *,
        shorthand_key: str | None = None,
        likely_key: str | None = None,
        exclusive_pairs: tuple[tuple[str, str], ...] = (),
        ignored_keys: tuple[str, ...] = (),
    ) -> None:
        self.title = title
        self.fields = fields
        self.shorthand_key = shorthand_key
        self.likely_key = likely_key
        self.exclusive_pairs = exclusive_pairs
        self.ignored_keys = ignored_keys
        self._by_name = {field.name: field for field in fields}

    def field(self, name: str) -> Field | None:
        """The key's description, None where there is no such key."""
        return self._by_name.get(name)


class ValueOrFile(Shape):
    """A value, or `{file: path}` whose content is the value."""

    __slots__ = ("noun", "value_shape")
    noun: str

    def __init__(self, value_shape: Shape) -> None:
        self.value_shape = value_shape
        self.noun = f"{value_shape.noun} or {{file: path}}"


class OneOf(Shape):
    """One of several shapes, chosen by whether the node is a scalar, a list or a mapping."""

    __slots__ = ("noun", "shapes")
    noun: str

    def __init__(self, shapes: tuple[Shape, ...]) -> None:
        self.shapes = shapes
        self.noun = " or ".join(shape.noun for shape in shapes)


def entry_shape(shape: Shape | None, key: str) -> Shape | None:
    """The shape of a mapping's value under `key`; None where the language has none."""
    if isinstance(shape, MapOf):
        return shape.value_shape
    if isinstance(shape, FixedKeys) and (field := shape.field(key)) is not None:
        return field.shape
    return None
