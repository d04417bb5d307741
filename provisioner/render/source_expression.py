"""A piece of source text among values: printed as it is where other texts are quoted."""

from __future__ import annotations


class SourceExpression(str):
    """The text of an expression in the language that is written, such as `workspace.id`."""

    __slots__ = ()
