"""Classes that only hold fields.

The language has some eighty of them. A dataclass takes 0.4 ms to make and a Struct 0.1 ms, which every start of the
command would feel; their constructors are as fast as ones written by hand.
"""

from __future__ import annotations

import inspect
from typing import Any, ClassVar, dataclass_transform


class Uncompared:
    """Marks a field that equality does not look at, with its default."""

    __slots__ = ("default",)

    def __init__(self, default: object) -> None:
        self.default = default


def uncompared(*, default: object, kw_only: bool = False) -> Any:
    """Declare a field that equality does not look at, such as the position of a node."""
    del kw_only  # for the type checker, which reads it where the field is declared
    return Uncompared(default)


@dataclass_transform(field_specifiers=(uncompared,))
class Struct:
    """Annotated names become fields and, in order, the parameters of `__init__`; `start` and `end` by keyword only."""

    fields: ClassVar[dict[str, object]] = {}
    compared_fields: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        fields = dict(cls.fields)
        compared_fields = list(cls.compared_fields)
        # annotations are texts here: every file of the language imports them from __future__
        for name, annotation in inspect.get_annotations(cls).items():
            if annotation.startswith("ClassVar"):
                continue
            default = cls.__dict__.get(name, _REQUIRED)
            if isinstance(default, Uncompared):
                fields[name] = default.default
                delattr(cls, name)  # or an instance without the field would show the marker
            else:
                fields[name] = default
                compared_fields.append(name)
        cls.fields = fields
        cls.compared_fields = tuple(compared_fields)
        if "__init__" not in cls.__dict__:
            cls.__init__ = _constructor(cls.__module__, fields)  # type: ignore[method-assign]

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return all(getattr(self, name) == getattr(other, name) for name in self.compared_fields)

    # fields can be set, and equality follows them
    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        fields = ", ".join(f"{name}={getattr(self, name)!r}" for name in self.compared_fields)
        return f"{type(self).__name__}({fields})"


_REQUIRED = object()
_BY_KEYWORD = ("start", "end")


def _constructor(module: str, fields: dict[str, object]) -> Any:
    """`__init__` for the fields, as if it were written by hand."""
    names = [name for name in fields if name not in _BY_KEYWORD]
    defaults = {f"d_{name}": default for name, default in fields.items() if default is not _REQUIRED}
    listed = [f"{name}=d_{name}" if f"d_{name}" in defaults else name for name in names]
    keywords = [f"{name}=d_{name}" for name in _BY_KEYWORD if name in fields]
    parameters = ", ".join(["self", *listed, *(["*", *keywords] if keywords else [])])
    body = "\n".join(f"    self.{name} = {name}" for name in fields) or "    pass"
    namespace = {"__name__": module, **defaults}
    exec(f"def __init__({parameters}):\n{body}\n", namespace)  # noqa: S102 - field names of our own classes
    return namespace["__init__"]
