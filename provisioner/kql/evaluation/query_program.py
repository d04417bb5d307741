"""A query's rows as Python source: a generator function for each segment of the pipeline between two barriers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

from provisioner.kql import values
from provisioner.kql.evaluation import cell_codec
from provisioner.kql.evaluation.expression_writer import ExpressionWriter
from provisioner.kql.evaluation.member_getters import count_member_accesses, getter_variable, no_member, write_getter
from provisioner.kql.evaluation.python_expression import PythonExpression
from provisioner.kql.ir.bound_expression import BoundColumn, BoundExpression, Variable
from provisioner.kql.ir.row_steps import (
    AssignVariable,
    Barrier,
    DistinctRows,
    FilterRows,
    FlatMapRows,
    LimitRows,
    Rows,
    RowSource,
    Step,
)


class QueryProgram:
    """Collects the source of the functions that make up a query; `form` is that of its results.

    With `counting`, each condition calls `count_drop` with its number for a row that it drops.
    """

    def __init__(
        self,
        form: str,
        shared_values: Mapping[str, BoundExpression],
        *,
        tracing: bool = False,
        counting: bool = False,
    ) -> None:
        self.form = form
        self.counting = counting
        self.shared_values = shared_values
        self.writer = ExpressionWriter(tracing=tracing)
        self.functions: list[str] = []
        self.conditions: list[BoundExpression] = []

    def compile_query(self, rows: Rows) -> str:
        """Add the functions for a query's rows; returns the name of the one that yields dictionaries."""
        return self._compile_segments(rows, list(rows.columns.values()), as_dict=True)

    def python_source(self) -> str:
        """The text of the whole module."""
        return "\n".join([*self.writer.functions, *self.functions])

    def _compile_segments(self, rows: Rows, outputs: Sequence[BoundColumn], *, as_dict: bool = False) -> str:
        """One function for each segment, each reading the one before; returns the name of the last."""
        before: str | None = None
        entry: Barrier | None = None
        steps: list[Step] = []
        # rows stream from step to step; only a barrier needs all of them, and a function of its own behind it
        for step in rows.steps:
            if not isinstance(step, Barrier):
                steps.append(step)
                continue
            segment = PipelineSegment(self, rows.source, before, entry)
            before, entry = segment.write(steps, step.arguments), step
            steps = []
        expressions = [column.as_expression(column.span) for column in outputs]
        names = [column.name for column in outputs] if as_dict else None
        return PipelineSegment(self, rows.source, before, entry).write(steps, expressions, names)

    def compile_part(self, rows: Rows) -> str:
        """Add the functions for one part of a union; returns the name of the one that yields its rows as tuples."""
        return self._compile_segments(rows, list(rows.columns.values()))


class PipelineSegment:
    """One generator function.

    An expression is written where it is first needed: a row that a condition drops early costs no more than that, and
    what no output reads is never computed.
    """

    def __init__(self, program: QueryProgram, source: RowSource, before: str | None, entry: Barrier | None) -> None:
        self.program = program
        self.writer = program.writer
        self.source = source
        self.before = before
        self.entry = entry
        self.lines: list[str] = []
        self.head: list[str] = []
        self.indent = 2
        self.pending: dict[str, PythonExpression | BoundColumn] = {}
        self.assigned: dict[str, BoundExpression] = {}
        self.encoded_variables: set[str] = set()
        self.hoisted: set[str] = set()

    def write(
        self, steps: Sequence[Step], outputs: Sequence[BoundExpression], names: Sequence[str] | None = None
    ) -> str:
        """Add the function to the program; returns its name."""
        header = self._loop_header()
        self._prepare_member_getters(steps, outputs)
        step_codes = [self._write_step_expressions(step) for step in steps]
        output_codes = [self.writer.write(output) for output in outputs]
        for position, step in enumerate(steps):
            later = [code for codes in step_codes[position + 1 :] for code in codes] + output_codes
            inside = {name for after in steps[position:] if isinstance(after, FlatMapRows) for name in after.variables}
            self._write_step(step, step_codes[position], self._read_outside_loops(later, inside))
        cells = output_codes if names is None else self._encode_cells(output_codes, outputs)
        self._write_needed(cells)
        self._add_line(f"yield {_row_text(cells, names)}")
        name = f"s{len(self.program.functions)}"
        body = "\n".join([f"def {name}(tables, context):", *self.head, *header, *self.lines])
        self.program.functions.append(body + "\n")
        return name

    def _loop_header(self) -> list[str]:
        """The loop over the rows that come in."""
        if self.before is not None and self.entry is not None:
            function = self.writer.global_name(self.entry.function, "barrier")
            names = "".join(f"{variable}, " for variable in self.entry.variables)
            return [f"    for ({names}) in {function}({self.before}(tables, context), context):"]
        names = "".join(f"{column.variable}, " for column in self.source.columns)
        if self.source.table is not None:
            self.pending.update({column.variable: column for column in self.source.columns})
            as_row = self.writer.global_name(cell_codec.row_as_mapping, "as_row")
            table = self.writer.global_name(self.source.table)
            # almost every record is a dict: compared by class, since isinstance is a call
            check = f"        if row.__class__ is not dict: row = {as_row}(row, context)"
            return [f"    for row in tables[{table}]:", check, "        get = row.get"]
        if self.source.parts:
            parts = ", ".join(f"{self.program.compile_part(part)}(tables, context)" for part in self.source.parts)
            return [f"    for ({names}) in {self.writer.global_name(chain, 'chain')}({parts}):"]
        constants = self.writer.global_name(self.source.constants)
        return [f"    for {f'({names})' if names else '_'} in {constants}:"]

    def _write_step_expressions(self, step: Step) -> list[PythonExpression]:
        """The code of what a step reads; an assigned value waits in `pending` until something reads it."""
        write = self.writer.write
        if isinstance(step, AssignVariable):
            self.pending[step.variable] = write(step.value)
            self.assigned[step.variable] = step.value
            if step.variable in self.writer.bags_with_getter:
                self._add_member_getter(step.variable)
            return []
        if isinstance(step, FilterRows):
            code = write(step.condition, truth=True)  # null drops a row as false does
            if self.writer.tracing:
                self.program.conditions.append(step.condition)
                number = len(self.program.conditions) - 1
                code = PythonExpression(
                    f"record_condition({number}, {write(step.condition).text})", code.variables, code.depth + 1
                )
            elif self.program.counting:
                self.program.conditions.append(step.condition)
                number = len(self.program.conditions) - 1
                # Called for dropped rows alone: the others pay nothing.
                code = PythonExpression(f"({code.text} or count_drop({number}))", code.variables, code.depth + 1)
            return [code]
        if isinstance(step, FlatMapRows):
            return [write(argument) for argument in step.arguments]
        return [write(key) for key in step.keys] if isinstance(step, DistinctRows) else []

    def _write_step(self, step: Step, codes: list[PythonExpression], later: list[PythonExpression]) -> None:
        if isinstance(step, FilterRows):
            self._write_needed(codes)
            self._add_line(f"if not {codes[0].text}: continue")
        elif isinstance(step, LimitRows):
            self._write_limit(step.count)
        elif isinstance(step, DistinctRows):
            self._write_distinct(step, codes)
        elif isinstance(step, FlatMapRows):
            # what only the row decides is computed before the loop over its members, not once for each
            self._write_needed([*codes, *later])
            function = self.writer.global_name(step.function, "flat_map")
            names = ", ".join(step.variables)
            self._add_line(f"for {names} in {function}({', '.join(code.text for code in codes)}):")
            self.indent += 1

    def _read_outside_loops(self, later: Iterable[PythonExpression], inside: set[str]) -> list[PythonExpression]:
        """What later expressions read that no loop still to come changes: computed once, before these loops."""
        # pending keeps the order of assignment: a value that reads a looping one is looked at after it
        for name, code in self.pending.items():
            if isinstance(code, PythonExpression) and not inside.isdisjoint(code.variables):
                inside.add(name)
        return [PythonExpression("", frozenset(code.variables - inside), 0) for code in later]

    def _write_limit(self, count: int) -> None:
        counter = self.writer.new_local()
        self.head.append(f"    {counter} = 0")
        self._add_line(f"if {counter} >= {count}: return")
        self._add_line(f"{counter} += 1")

    def _write_distinct(self, step: DistinctRows, codes: list[PythonExpression]) -> None:
        self._write_needed(codes)
        seen, row_key = self.writer.new_local(), self.writer.new_local()
        self.head.append(f"    {seen} = set()")
        identity = self.writer.global_name(values.identity_key, "identity")
        parts = "".join(
            # lists are not hashable, NaN is not equal to itself
            f"{identity}({code.text}), " if key.type in ("dynamic", "real") else f"{code.text}, "
            for key, code in zip(step.keys, codes, strict=True)
        )
        self._add_line(f"{row_key} = ({parts})")
        self._add_line(f"if {row_key} in {seen}: continue")
        self._add_line(f"{seen}.add({row_key})")

    def _write_needed(self, codes: Iterable[PythonExpression]) -> None:
        """Write the variables that these expressions read and that are not written yet, deepest first."""
        # a stack instead of recursion: five hundred extends may read each other
        stack = [(name, False) for code in codes for name in sorted(code.variables)]
        stack.reverse()
        while stack:
            name, inputs_written = stack.pop()
            self._write_before_loop(name)
            value = self.pending.get(name)
            if value is None:
                continue
            if isinstance(value, BoundColumn):
                del self.pending[name]
                form = self.program.form if name in self.encoded_variables else "inside"
                for line in cell_codec.column_decoding(self.writer, value, form):
                    self._add_line(line)
            elif inputs_written or not value.variables:
                del self.pending[name]
                self._add_line(f"{name} = {value.text}")
            else:
                stack.append((name, True))
                stack.extend((inner, False) for inner in sorted(value.variables))

    def _write_before_loop(self, name: str) -> None:
        """Write before the loop what no row changes: invariants, and shared `let` values in the order of the text."""
        if name in self.hoisted:
            return
        if name in self.writer.invariants:
            self.hoisted.add(name)
            self.head.append(f"    {name} = {self.writer.invariants[name]}")
        elif name in self.program.shared_values:
            for shared_name, code in self._shared_with_dependencies(name):
                for inner in sorted(code.variables - self.program.shared_values.keys()):
                    self._write_before_loop(inner)
                self.head.append(f"    {shared_name} = {code.text}")

    def _shared_with_dependencies(self, name: str) -> list[tuple[str, PythonExpression]]:
        """A shared value and those it reads that are not written yet, in the order of the text."""
        written: dict[str, PythonExpression] = {}
        stack = [name]
        while stack:
            shared_name = stack.pop()
            if shared_name in self.hoisted or shared_name not in self.program.shared_values:
                continue
            self.hoisted.add(shared_name)
            written[shared_name] = self.writer.write(self.program.shared_values[shared_name])
            stack.extend(written[shared_name].variables)
        return [(name, written[name]) for name in self.program.shared_values if name in written]

    def _add_line(self, text: str) -> None:
        self.lines.append("    " * self.indent + text)

    def _encode_cells(
        self, codes: Sequence[PythonExpression], outputs: Sequence[BoundExpression]
    ) -> list[PythonExpression]:
        """The outputs as cells of the result."""
        read_by = Counter(
            variable
            for code in (*codes, *self.pending.values())
            if isinstance(code, PythonExpression)
            for variable in code.variables
        )
        cells = []
        for code, output in zip(codes, outputs, strict=True):
            cell = None
            # a trace records inside values
            if isinstance(output, Variable) and read_by[output.variable] == 1 and not self.writer.tracing:
                cell = self._encode_where_computed(output.variable)
            if cell is None:
                text = cell_codec.cell_encoding(self.writer, code.text, output, self.program.form)
                cell = PythonExpression(text, code.variables, code.depth + 1)
            cells.append(cell)
        return cells

    def _encode_where_computed(self, variable: str) -> PythonExpression | None:
        """The encoded cell of a variable that nothing else reads and that is not written yet, where one step can."""
        waiting = self.pending.get(variable)
        if isinstance(waiting, BoundColumn):
            if not cell_codec.is_datetime_for_result(waiting, self.program.form):
                return None
            self.encoded_variables.add(variable)
            return PythonExpression(variable, frozenset((variable,)), 0)
        if waiting is None or variable not in self.assigned:
            return None
        conversion = cell_codec.conversion_for_result(self.assigned[variable], self.program.form)
        return None if conversion is None else self.writer.write(conversion)

    def _prepare_member_getters(self, steps: Sequence[Step], outputs: Sequence[BoundExpression]) -> None:
        """Have the bags of a row whose members are read more than once asked through a getter that is made once."""
        loop_variables = (
            [column.variable for column in self.source.columns] if self.entry is None else self.entry.variables
        )
        assigned = [step.variable for step in steps if isinstance(step, AssignVariable)]
        accesses = count_member_accesses(steps, outputs)
        self.writer.bags_with_getter = {name for name in (*loop_variables, *assigned) if accesses[name] > 1}
        for name in loop_variables:
            if name in self.writer.bags_with_getter:
                self._add_member_getter(name)

    def _add_member_getter(self, variable: str) -> None:
        self.pending[getter_variable(variable)] = write_getter(
            variable, self.writer.global_name(no_member, "no_member")
        )


def _row_text(cells: Sequence[PythonExpression], names: Sequence[str] | None) -> str:
    """The row that is yielded: a dictionary by name, or a tuple."""
    if names is None:
        return "(" + "".join(f"{cell.text}, " for cell in cells) + ")"
    return "{" + ", ".join(f"{name!r}: {cell.text}" for name, cell in zip(names, cells, strict=True)) + "}"
