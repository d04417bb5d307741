"""Messages about the picture of the pipeline."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class GraphRequest:
    """Asks for a picture: all of it, what is around `focus`, or the lineage of a column."""

    focus: str = ""
    lineage: str = ""
    environment: str | None = None
    # Off by default: it signs in and asks Azure, which takes seconds.
    drift: bool = False


@dataclass(frozen=True, slots=True)
class GraphBox:
    """A node in its place, in pixels. `count` is how many nodes a group stands for."""

    id: str
    type: str
    label: tuple[str, ...]
    file: str | None
    line: int | None
    errors: int
    warnings: int
    drift: str | None
    count: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class GraphLine:
    """An edge, with the SVG path that draws it."""

    source: str
    target: str
    kind: str
    path: str


@dataclass(frozen=True, slots=True)
class GraphPicture:
    """A laid-out picture; `names` are all that can be searched for. `problem` says why there is none."""

    title: str
    boxes: tuple[GraphBox, ...]
    lines: tuple[GraphLine, ...]
    width: float
    height: float
    # All names, those inside of groups too: a search must find what is not drawn.
    names: tuple[str, ...]
    hidden: int
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class SourceRequest:
    """Asks for the text of one of the project's files."""

    file: str


@dataclass(frozen=True, slots=True)
class SourceFile:
    """The text of a file of the project."""

    file: str
    text: str
