"""Rows as bound to one Python function: a generator for each stretch between barriers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

from provisioner.kql import values
from provisioner.kql.evaluation import cell_codec
from provisioner.kql.evaluation.expression_writer import Code, Writer
from provisioner.kql.ir.bound_expression import Bound, Column
from provisioner.kql.ir.scope import Assign, Barrier, Keep, Limit, Origin, Rows, Step, Unfold, Unique


class Program:
    """Collects the source of the functions that make up a query."""

    def __init__(self, form: str, shared: Mapping[str, Bound], *, tracing: bool = False) -> None:
        self.form = form
        self.shared = shared
        self.writer = Writer(tracing=tracing)
        self.functions: list[str] = []
        self.guards: list[Bound] = []

    def main(self, rows: Rows) -> str:
        """Add the functions for a query's rows; the name of the one that yields dictionaries."""
        return self._stretches(rows, list(rows.columns.values()), as_dict=True)

    def source(self) -> str:
        """The text of the whole module."""
        return "\n".join([*self.writer.functions, *self.functions])

    def _stretches(self, rows: Rows, outputs: Sequence[Column], *, as_dict: bool = False) -> str:
        """One function for each stretch, each reading the one before; the name of the last."""
        before: str | None = None
        entry: Barrier | None = None
        steps: list[Step] = []
        for step in rows.steps:
            if not isinstance(step, Barrier):
                steps.append(step)
                continue
            stretch = Stretch(self, rows.origin, before, entry)
            before, entry = stretch.write(steps, step.arguments), step
            steps = []
        bound = [column.bound(column.span) for column in outputs]
        names = [column.name for column in outputs] if as_dict else None
        return Stretch(self, rows.origin, before, entry).write(steps, bound, names)

    def part(self, rows: Rows) -> str:
        """The function that yields a part's rows as tuples."""
        return self._stretches(rows, list(rows.columns.values()))


class Stretch:
    """One generator function; expressions are written where they are first needed, and nowhere if never."""

    def __init__(self, program: Program, origin: Origin, before: str | None, entry: Barrier | None) -> None:
        self.program = program
        self.writer = program.writer
        self.origin = origin
        self.before = before
        self.entry = entry
        self.lines: list[str] = []
        self.head: list[str] = []
        self.indent = 2
        self.pending: dict[str, Code | Column] = {}
        self.hoisted: set[str] = set()

    def write(self, steps: Sequence[Step], outputs: Sequence[Bound], names: Sequence[str] | None = None) -> str:
        """Add the function to the program; its name."""
        opening = self._open()
        codes = [(step, self._codes(step)) for step in steps]
        last = [self.writer.write(output) for output in outputs]
        for place, (step, written) in enumerate(codes):
            later = [code for _, following in codes[place + 1 :] for code in following] + last
            inside = {name for after in steps[place:] if isinstance(after, Unfold) for name in after.variables}
            self._step(step, written, self._outside(later, inside))
        self._need(last)
        self._line(f"yield {self._result(last, outputs, names)}")
        name = f"s{len(self.program.functions)}"
        body = "\n".join([f"def {name}(tables, context):", *self.head, *opening, *self.lines])
        self.program.functions.append(body + "\n")
        return name

    def _open(self) -> list[str]:
        """The loop over the rows that come in."""
        if self.before is not None and self.entry is not None:
            function = self.writer.name(self.entry.function, "barrier")
            names = "".join(f"{variable}, " for variable in self.entry.variables)
            return [f"    for ({names}) in {function}({self.before}(tables, context), context):"]
        names = "".join(f"{column.variable}, " for column in self.origin.columns)
        if self.origin.table is not None:
            self.pending.update({column.variable: column for column in self.origin.columns})
            as_row = self.writer.name(cell_codec.as_row, "as_row")
            table = self.writer.name(self.origin.table)
            guard = [f"        if row.__class__ is not dict: row = {as_row}(row, context)", "        get = row.get"]
            return [f"    for row in tables[{table}]:", *guard]
        if self.origin.parts:
            parts = ", ".join(f"{self.program.part(part)}(tables, context)" for part in self.origin.parts)
            return [f"    for ({names}) in {self.writer.name(chain, 'chain')}({parts}):"]
        constants = self.writer.name(self.origin.constants)
        return [f"    for {f'({names})' if names else '_'} in {constants}:"]

    def _codes(self, step: Step) -> list[Code]:
        write = self.writer.write
        if isinstance(step, Assign):
            code = write(step.value)
            self.pending[step.variable] = code
            return []
        if isinstance(step, Keep):
            code = write(step.condition, truth=True)
            if self.writer.tracing:
                self.program.guards.append(step.condition)
                number = len(self.program.guards) - 1
                code = Code(f"guard({number}, {write(step.condition).text})", code.free, code.depth + 1)
            return [code]
        if isinstance(step, Unfold):
            return [write(argument) for argument in step.arguments]
        return [write(key) for key in step.keys] if isinstance(step, Unique) else []

    def _step(self, step: Step, written: list[Code], later: list[Code]) -> None:
        if isinstance(step, Keep):
            self._need(written)
            self._line(f"if not {written[0].text}: continue")
        elif isinstance(step, Limit):
            self._limit(step.count)
        elif isinstance(step, Unique):
            self._unique(step, written)
        elif isinstance(step, Unfold):
            self._need([*written, *later])
            function = self.writer.name(step.function, "unfold")
            names = ", ".join(step.variables)
            self._line(f"for {names} in {function}({', '.join(code.text for code in written)}):")
            self.indent += 1

    def _outside(self, later: Iterable[Code], inside: set[str]) -> list[Code]:
        """What later expressions read that no loop still to come changes: computed once, before these loops."""
        for name, waiting in self.pending.items():
            if isinstance(waiting, Code) and not inside.isdisjoint(waiting.free):
                inside.add(name)
        return [Code("", frozenset(code.free - inside), 0) for code in later]

    def _limit(self, count: int) -> None:
        word = self.writer.fresh()
        self.head.append(f"    {word} = 0")
        self._line(f"if {word} >= {count}: return")
        self._line(f"{word} += 1")

    def _unique(self, step: Unique, written: list[Code]) -> None:
        self._need(written)
        seen, key = self.writer.fresh(), self.writer.fresh()
        self.head.append(f"    {seen} = set()")
        identity = self.writer.name(values.identity, "identity")
        parts = "".join(
            f"{identity}({code.text}), " if bound.type in ("dynamic", "real") else f"{code.text}, "
            for bound, code in zip(step.keys, written, strict=True)
        )
        self._line(f"{key} = ({parts})")
        self._line(f"if {key} in {seen}: continue")
        self._line(f"{seen}.add({key})")

    def _need(self, codes: Iterable[Code]) -> None:
        """Write what these expressions read and nobody has written yet, deepest first."""
        stack = [(name, False) for code in codes for name in sorted(code.free)]
        stack.reverse()
        while stack:
            name, ready = stack.pop()
            self._lift(name)
            waiting = self.pending.get(name)
            if waiting is None:
                continue
            if isinstance(waiting, Column):
                del self.pending[name]
                self.lines.extend("    " * self.indent + line for line in cell_codec.read(self.writer, waiting))
            elif ready or not waiting.free:
                del self.pending[name]
                self._line(f"{name} = {waiting.text}")
            else:
                stack.append((name, True))
                stack.extend((inner, False) for inner in sorted(waiting.free))

    def _lift(self, name: str) -> None:
        """Write what no row changes before the loop: invariants, and what `let` made, in the order of the text."""
        if name in self.hoisted:
            return
        if name in self.writer.invariants:
            self.hoisted.add(name)
            self.head.append(f"    {name} = {self.writer.invariants[name]}")
        elif name in self.program.shared:
            for word, code in self._closure(name):
                for inner in sorted(code.free - self.program.shared.keys()):
                    self._lift(inner)
                self.head.append(f"    {word} = {code.text}")

    def _closure(self, name: str) -> list[tuple[str, Code]]:
        """A shared value with those it needs that are not written yet, in the order in which they were made."""
        found: dict[str, Code] = {}
        stack = [name]
        while stack:
            word = stack.pop()
            if word in self.hoisted or word not in self.program.shared:
                continue
            self.hoisted.add(word)
            found[word] = self.writer.write(self.program.shared[word])
            stack.extend(found[word].free)
        return [(word, found[word]) for word in self.program.shared if word in found]

    def _line(self, text: str) -> None:
        self.lines.append("    " * self.indent + text)

    def _result(self, codes: Sequence[Code], outputs: Sequence[Bound], names: Sequence[str] | None) -> str:
        if names is None:
            return "(" + "".join(f"{code.text}, " for code in codes) + ")"
        pairs = (
            f"{name!r}: {cell_codec.leave(self.writer, code.text, bound, self.program.form)}"
            for name, code, bound in zip(names, codes, outputs, strict=True)
        )
        return "{" + ", ".join(pairs) + "}"
