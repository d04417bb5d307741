"""`parse-kv`: columns from the keys of a text of pairs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from provisioner.kql import values
from provisioner.kql.binding.implicit_casts import cast
from provisioner.kql.operators.key_value_format import Pairs
from provisioner.kql.operators.operator_registry import operator
from provisioner.kql.operators.parse import extract
from provisioner.kql.operators.parse_pattern import Capture
from provisioner.kql.syntax import tree
from provisioner.kql.syntax.lexer import unquote

if TYPE_CHECKING:
    from provisioner.kql.binding.expression_binder import Binder
    from provisioner.kql.ir.scope import Rows, Scope
    from provisioner.kql.syntax.query_parser import Parser

_OPTIONS = ("pair_delimiter", "kv_delimiter", "quote", "escape", "regex", "greedy")


@operator("parse-kv")
class ParseKv(tree.Operator):
    """`parse-kv text as (key: type, …) with (pair_delimiter=",", …)`."""

    text: tree.Expression
    keys: list[Capture]
    options: dict[str, list[str]]

    @classmethod
    def parse(cls, parser: Parser) -> Self:
        """The text, the keys behind `as`, the options behind `with`."""
        text = parser.expression()
        parser.expect("as")
        parser.expect("(")
        keys = [_key(parser)]
        while parser.accept(","):
            keys.append(_key(parser))
        parser.expect(")")
        options: dict[str, list[str]] = {}
        if parser.accept("with"):
            parser.expect("(")
            while not parser.at(")"):
                name, value = _option(parser)
                options.setdefault(name, []).append(value)
                if not parser.accept(","):
                    break
            parser.expect(")")
        return cls(text, keys, options)

    def bind(self, binder: Binder, rows: Rows, scope: Scope) -> Rows:
        """All columns, and one for each key; null where the text does not have it."""
        text = cast(binder.expression(self.text, scope.over(rows)), "string")
        types = {key.name: key.type for key in self.keys}
        try:
            pairs = Pairs.of(self.options)
        except values.BadRegex as error:
            binder.bad_regex(error, self.span)
            return rows

        def match(row: str) -> tuple[Any, ...]:
            found = pairs.read(row, types.keys())
            return tuple(values.convert(found.get(key.name, ""), "string", key.type) for key in self.keys)

        return extract(binder, rows, text, match, [(key.name, key.type, key.span) for key in self.keys])


def _key(parser: Parser) -> Capture:
    name, span = parser.expect_name("a key")
    parser.expect(":")
    return Capture(name, parser.type_word(), span)


def _option(parser: Parser) -> tuple[str, str]:
    name, _ = parser.expect_name("an option")
    if name not in _OPTIONS:
        raise parser.stop(f"{name!r} is no option of parse-kv", f"the options are {', '.join(_OPTIONS)}")
    parser.expect("=")
    token = parser.advance()
    return name, unquote(token.text) if token.kind == "string" else token.text
