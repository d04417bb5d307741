"""Classes that only hold fields, made faster than dataclasses are: a language has many of them."""

from __future__ import annotations

import inspect
import sys
from typing import Any, ClassVar, dataclass_transform


class Unseen:
    """The default of a field that says where something stands; equality does not look at it."""

    __slots__ = ("default",)

    def __init__(self, default: Any) -> None:
        self.default = default


def unseen(*, default: Any, kw_only: bool = False) -> Any:
    """A field that equality does not look at."""
    del kw_only  # for the type checker, which reads it where the field is declared
    return Unseen(default)


@dataclass_transform(field_specifiers=(unseen,))
class Record:
    """Annotated names become fields, in order, and the parameters of `__init__`; `start` and `end` by keyword only."""

    fields: ClassVar[dict[str, Any]] = {}
    compared: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        fields = dict(cls.fields)
        compared = list(cls.compared)
        for name, annotation in inspect.get_annotations(cls).items():
            if annotation.startswith("ClassVar"):
                continue
            default = cls.__dict__.get(name, _REQUIRED)
            if isinstance(default, Unseen):
                fields[name] = default.default
                delattr(cls, name)
            else:
                fields[name] = default
                compared.append(name)
        cls.fields = fields
        cls.compared = tuple(compared)
        if "__init__" not in cls.__dict__:
            cls.__init__ = _constructor(cls.__module__, fields)  # type: ignore[method-assign]

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return all(getattr(self, name) == getattr(other, name) for name in self.compared)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        inside = ", ".join(f"{name}={getattr(self, name)!r}" for name in self.compared)
        return f"{type(self).__name__}({inside})"


_REQUIRED = object()
_BY_KEYWORD = ("start", "end")


def _constructor(module: str, fields: dict[str, Any]) -> Any:
    """`__init__` for the fields, written out so that it is as fast as one written by hand."""
    names = [name for name in fields if name not in _BY_KEYWORD]
    defaults = {f"d_{name}": default for name, default in fields.items() if default is not _REQUIRED}
    listed = [f"{name}=d_{name}" if f"d_{name}" in defaults else name for name in names]
    keywords = [f"{name}=d_{name}" for name in _BY_KEYWORD if name in fields]
    parameters = ", ".join(["self", *listed, *(["*", *keywords] if keywords else [])])
    body = "\n".join(f"    self.{name} = {name}" for name in fields) or "    pass"
    names_known = {**vars(sys.modules[module]), **defaults}
    exec(f"def __init__({parameters}):\n{body}\n", names_known)  # noqa: S102 - field names of our own classes
    return names_known["__init__"]
