"""Bound expressions to Python source."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from provisioner.kql.ir.bound_expression import Bound

_SHORT = 60
DEEPEST = 20
"""An expression nested deeper than this becomes a function of its own; Python's parser has a limit too."""


class Code(NamedTuple):
    """A Python expression: its text, the local variables it reads, how deep it nests."""

    text: str
    free: frozenset[str]
    depth: int


class Writer:
    """Writes expressions and keeps what they refer to: constants and helpers in `names`, functions in `functions`."""

    def __init__(self, *, tracing: bool = False) -> None:
        self.names: dict[str, Any] = {}
        self.functions: list[str] = []
        self.tracing = tracing
        self.traced: list[Bound] = []
        self.invariants: dict[str, str] = {}
        self._known: dict[int, str] = {}
        self._count = 0

    def name(self, value: Any, stem: str = "k") -> str:
        """A global name for a Python value."""
        key = id(value)
        if key not in self._known:
            self._known[key] = f"{stem}_{len(self._known)}"
            self.names[self._known[key]] = value
        return self._known[key]

    def fresh(self) -> str:
        """A local name not used before."""
        self._count += 1
        return f"t{self._count}"

    def write(self, node: Bound, *, truth: bool = False) -> Code:
        """Python for an expression; with `truth` null may come out as anything false."""
        done: dict[tuple[int, bool], Code] = {}
        stack: list[tuple[Bound, bool, bool]] = [(node, truth, False)]
        while stack:
            current, wants_truth, ready = stack.pop()
            key = (id(current), wants_truth)
            if key in done:
                continue
            modes = _modes(current, wants_truth)
            if ready or not current.arguments:
                parts = [done[id(a), m] for a, m in zip(current.arguments, modes, strict=True)]
                done[key] = self._finish(current, parts, wants_truth)
            else:
                stack.append((current, wants_truth, True))
                stack.extend((a, m, False) for a, m in zip(current.arguments, modes, strict=True))
        return done[id(node), truth]

    def _finish(self, node: Bound, parts: list[Code], truth: bool) -> Code:
        code = self._compose(node, parts, truth)
        if self.tracing and node.kind in _TRACED and node.note:
            self.traced.append(node)
            code = Code(f"seen({len(self.traced) - 1}, {code.text})", code.free, code.depth + 1)
        if node.kind in ("strict", "free") and code.free <= _CONTEXT and not self.tracing and _steady(node):
            return self._once(code)
        return self._hoist(code) if code.depth > DEEPEST else code

    def _compose(self, node: Bound, parts: list[Code], truth: bool) -> Code:
        kind = node.kind
        if kind == "constant":
            return Code(self._constant(node.value), frozenset(), 0)
        if kind == "variable":
            return Code(node.value, frozenset((node.value,)) if node.value.isidentifier() else frozenset(), 0)
        if kind == "strict":
            return self._strict(node, parts)
        if kind == "equal":
            return self._equal(node, parts)
        if kind == "member":
            return self._member(parts)
        if kind == "free":
            text = node.value.format(*[part.text for part in parts], **self._helpers(node))
            return _in_context(_join(text, parts))
        if kind in ("and", "or"):
            return self._logic(node, parts, truth)
        if kind == "choose":
            return self._choose(node, parts)
        return self._with(node, parts)

    def _constant(self, value: Any) -> str:
        if value is None or value is True or value is False:
            return repr(value)
        if type(value) is int:
            return repr(value) if value >= 0 else f"({value})"
        if type(value) is str and len(value) < _SHORT:
            return repr(value)
        return self.name(value)

    def _helpers(self, node: Bound) -> dict[str, str]:
        return {key: self.name(value, key) for key, value in node.helpers.items()}

    def _strict(self, node: Bound, parts: list[Code]) -> Code:
        """`None if (t := a) is None else f(t)`: null in, null out, written once."""
        template = node.value
        checks: list[str] = []
        words: list[str] = []
        for place, (argument, part) in enumerate(zip(node.arguments, parts, strict=True)):
            simple = argument.kind in ("variable", "constant")
            often = template.count("{" + str(place) + "}") > 1
            if simple and not argument.nullable:
                words.append(part.text)
            elif simple:
                words.append(part.text)
                checks.append(f"{part.text} is None")
            elif argument.nullable or often:
                word = self.fresh()
                words.append(word)
                checks.append(f"({word} := {part.text}) is None")
            else:
                words.append(part.text)
        text = template.format(*words, **self._helpers(node))
        if checks:
            null = '""' if node.type == "string" else "None"
            text = f"({null} if {' or '.join(checks)} else {text})"
        return _in_context(_join(text, parts))

    def _member(self, parts: list[Code]) -> Code:
        """A member of a bag by its key; None where the bag is none."""
        bag, key = (part.text for part in parts)
        word = bag if bag.isidentifier() else self.fresh()
        first = bag if bag == word else f"({word} := {bag})"
        return _join(f"({word}.get({key}) if {first}.__class__ is dict else None)", parts)

    def _equal(self, node: Bound, parts: list[Code]) -> Code:
        """`==` and `!=`: only two nulls make null."""
        texts = [part.text for part in parts]
        if not node.nullable:
            return _join(f"({texts[0]} {node.value} {texts[1]})", parts)
        words = [text if text.isidentifier() else self.fresh() for text in texts]
        sets = [word if word == text else f"({word} := {text})" for word, text in zip(words, texts, strict=True)]
        text = f"(None if {_both_none(sets, words)} else {words[0]} {node.value} {words[1]})"
        return _join(text, parts)

    def _logic(self, node: Bound, parts: list[Code], truth: bool) -> Code:
        left, right = parts
        if truth or not (node.arguments[0].nullable or node.arguments[1].nullable):
            return _join(f"({left.text} {node.kind} {right.text})", parts)
        one, two = self.fresh(), self.fresh()
        stop = "False" if node.kind == "and" else "True"
        other = "True" if node.kind == "and" else "False"
        text = (
            f"({stop} if ({one} := {left.text}) is {stop} else ({stop} if ({two} := {right.text}) is {stop}"
            f" else (None if {one} is None or {two} is None else {other})))"
        )
        return _join(text, parts)

    def _choose(self, node: Bound, parts: list[Code]) -> Code:
        tracing = self.tracing and bool(node.note)
        if tracing:
            self.traced.append(node)
        number = len(self.traced) - 1
        code = parts[-1]
        if tracing:
            code = Code(f"branch({number}, {len(parts) // 2}, {code.text})", code.free, code.depth)
        for place in range(len(parts) - 3, -1, -2):
            condition, result = parts[place], parts[place + 1]
            text = f"branch({number}, {place // 2}, {result.text})" if tracing else result.text
            code = _join(f"({text} if {condition.text} else {code.text})", [condition, result, code])
            if code.depth > DEEPEST:
                code = self._hoist(code)
        return code

    def _with(self, node: Bound, parts: list[Code]) -> Code:
        words = node.value
        assigned = ", ".join(f"({word} := {part.text})" for word, part in zip(words, parts, strict=False))
        code = _join(f"({assigned}, {parts[-1].text})[-1]", parts)
        return Code(code.text, code.free - frozenset(words), code.depth)

    def _once(self, code: Code) -> Code:
        """What no row changes is computed before the first one."""
        name = f"g{len(self.invariants)}"
        self.invariants[name] = code.text
        return Code(name, frozenset((name,)), 0)

    def _hoist(self, code: Code) -> Code:
        name = f"f{len(self.functions)}"
        inputs = ", ".join(sorted(code.free))
        self.functions.append(f"def {name}({inputs}):\n    return {code.text}\n")
        return Code(f"{name}({inputs})", code.free, 1)


def _modes(node: Bound, truth: bool) -> list[bool]:
    """Which arguments are needed for their truth alone."""
    if node.kind in ("and", "or"):
        return [truth, truth]
    if node.kind == "choose":
        last = len(node.arguments) - 1
        return [place % 2 == 0 and place != last for place in range(last + 1)]
    return [False] * len(node.arguments)


def _both_none(sets: list[str], words: list[str]) -> str:
    """Whether two values are None, each computed once whatever comes out of the first test."""
    if sets[1] == words[1]:
        return f"{sets[0]} is None and {words[1]} is None"
    return f"({sets[0]} is None) & ({sets[1]} is None)"


_TRACED = frozenset(("strict", "free", "member", "choose"))
_CONTEXT = frozenset(("context",))
_CLOCK = frozenset(("now", "ago"))


def _in_context(code: Code) -> Code:
    return Code(code.text, code.free | _CONTEXT, code.depth) if "context=context" in code.text else code


def _steady(node: Bound) -> bool:
    """Whether the value is the same for every row: all but what is random; the clock stands still during a run."""
    return not node.volatile or node.note in _CLOCK


def _join(text: str, parts: list[Code]) -> Code:
    free: frozenset[str] = frozenset()
    depth = 0
    for part in parts:
        free = free | part.free if free else part.free
        depth = max(depth, part.depth)
    return Code(text, free, depth + 1)
