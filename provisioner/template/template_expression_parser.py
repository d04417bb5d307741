"""Expressions in brackets: text to tree."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NoReturn

from provisioner.template.expression_tree import Call, Literal, Node, Path, Step
from provisioner.template.template_errors import TemplateError
from provisioner.template.template_facts import limit

# The last two alternatives make the pattern match anywhere, so that the lexer never stops without a token.
_TOKEN = re.compile(
    r"\s*(?:(?P<StringLiteral>'[^']*(?:''[^']*)*')|(?P<NumberLiteral>-?\d+(?:\.\d+)?)|(?P<Identifier>[A-Za-z_$][\w$]*)"
    r"|(?P<LeftParenthesis>\()|(?P<RightParenthesis>\))|(?P<LeftSquareBracket>\[)|(?P<RightSquareBracket>\])"
    r"|(?P<Comma>,)|(?P<Dot>\.)|(?P<UnrecognizedToken>.)|(?P<EndOfData>\Z))",
    re.DOTALL,
)


def is_expression(text: str) -> bool:
    """Whether a template's string is an expression: in brackets, and not with two of them at the start.

    Source: Azure Resource Manager, "Syntax and expressions in ARM templates", on escape characters.
    """
    return text.startswith("[") and text.endswith("]") and not text.startswith("[[")


def unescaped(text: str) -> str:
    """The string that a text which is no expression stands for: `[[…]` is `[…]`."""
    return text[1:] if text.startswith("[[") and text.endswith("]") else text


# A loop of 800 turns evaluates the same texts 800 times; templates hold far fewer than 8,192 different ones.
@lru_cache(maxsize=8192)
def parse_expression(text: str) -> Node:
    """The tree of a text in brackets, `[concat('a', 'b')]`.

    Raises TemplateError with the offset in the text of what is not understood.
    """
    most = limit("expression_characters")
    if len(text) > most:
        raise TemplateError("expression-length", count=len(text), most=most)
    return _Parser(text).whole()


class _Parser:
    """Recursive descent over `name(argument, …).property[index]` and literals; the language has no operators."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.depth = 0
        self.at = 1
        self.advance()

    def whole(self) -> Node:
        node = self.value()
        # What stands behind the last bracket would otherwise be lost without a word.
        self.expect("RightSquareBracket")
        if self.kind != "EndOfData":
            self.fail("EndOfData")
        return node

    def value(self) -> Node:
        kind, word, offset = self.kind, self.word, self.offset
        if kind == "StringLiteral":
            self.advance()
            return self.path(Literal(word[1:-1].replace("''", "'")))
        if kind == "NumberLiteral":
            return self.path(Literal(self.number(word)))
        if kind != "Identifier":
            self.fail("Identifier")
        self.advance()
        # A function of the template's own has a namespace: `contoso.uniqueName(…)`.
        while self.kind == "Dot":
            self.advance()
            word = f"{word}.{self.expect('Identifier')}"
        return self.path(Call(word, self.arguments(), offset))

    def number(self, word: str) -> int | float:
        whole = word.partition(".")[0]
        # ARM's integers have 64 bits; int() of a very long text would take quadratic time.
        if len(word) > 40 or not -(2**63) <= int(whole) < 2**63:
            self.fail("a number of 64 bits")
        self.advance()
        return float(word) if "." in word else int(word)

    def arguments(self) -> tuple[Node, ...]:
        self.expect("LeftParenthesis")
        self.depth += 1
        if self.depth > limit("expression_depth"):
            raise TemplateError("expression-depth", offset=self.offset, most=limit("expression_depth"))
        # The depth is limited here and in `index`: both descend, and Python's own stack must never be what ends it.
        nodes: list[Node] = []
        while self.kind != "RightParenthesis":
            if nodes:
                self.expect("Comma")
            nodes.append(self.value())
        self.advance()
        self.depth -= 1
        return tuple(nodes)

    def path(self, base: Node) -> Node:
        steps: list[Step] = []
        while self.kind in ("Dot", "LeftSquareBracket"):
            kind, offset = self.kind, self.offset
            self.advance()
            if kind == "Dot":
                steps.append(Step(Literal(self.expect("Identifier")), offset))
            else:
                steps.append(Step(self.index(), offset))
        return Path(base, tuple(steps)) if steps else base

    def index(self) -> Node:
        self.depth += 1
        if self.depth > limit("expression_depth"):
            raise TemplateError("expression-depth", offset=self.offset, most=limit("expression_depth"))
        node = self.value()
        self.expect("RightSquareBracket")
        self.depth -= 1
        return node

    def expect(self, kind: str) -> str:
        if self.kind != kind:
            self.fail(kind)
        word = self.word
        self.advance()
        return word

    def advance(self) -> None:
        match = _TOKEN.match(self.text, self.at)
        kind = match.lastgroup if match else None
        if match is None or kind is None:
            raise AssertionError("the token pattern takes every text")
        self.kind, self.word, self.offset, self.at = kind, match[kind], match.start(kind), match.end()

    def fail(self, expected: str) -> NoReturn:
        raise TemplateError(
            "expression-syntax", offset=self.offset, expression=self.text[1:-1], expected=expected, actual=self.kind
        )
