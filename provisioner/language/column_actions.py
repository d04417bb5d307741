"""Actions about columns: declare what a table lacks, write what is missing into `project`, cast to the table's type."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from provisioner.diagnostics import Diagnostic, Edit, Span
from provisioner.kql.syntax.lexer import tokenize
from provisioner.kql.vocabulary.scalar_types import CAST_FUNCTIONS
from provisioner.language.code_actions import CodeAction
from provisioner.language.kql_completion import quoted_name
from provisioner.language.kql_text import FlowContext, TransformText
from provisioner.language.language_file import KqlPlace, LanguageFile
from provisioner.language.pipeline_steps import PipelineStep, last_pipeline
from provisioner.language.symbol_rename import FileEdit
from provisioner.model.column_types import column_type
from provisioner.suggest import nearest_name

_NULLS = {"string": "''", "dynamic": "parse_json('')"}


def column_actions(file: LanguageFile, findings: Iterable[tuple[Diagnostic, Span]]) -> Iterator[CodeAction]:
    """What mends findings about the columns that a transform gives."""
    for diagnostic, span in findings:
        column = diagnostic.subject
        place = file.place(span.start)
        if column is None or not isinstance(place, KqlPlace):
            continue
        for context in place.contexts:
            if diagnostic.code == "FIT001":
                yield from _declare_column(context, place.text, column, diagnostic)
            elif diagnostic.code in {"FIT002", "FIT004"}:
                yield from write_column(context, place.text, column, (diagnostic,))
            elif diagnostic.code in {"FIT003", "FIT005"} and diagnostic.fix is None:
                yield from _cast_column(context, place.text, column, diagnostic)


def _declare_column(
    context: FlowContext, text: TransformText, column: str, diagnostic: Diagnostic
) -> Iterator[CodeAction]:
    """The column added to the table that the manifest declares, with the type that the transform gives it."""
    step = last_pipeline(text.text, context.stream.columns.kql()).steps[-1]
    type_ = column_type(step.columns.get(column, ""))
    table = context.flow.table
    document = context.document
    if type_ is None or not document.explicit(("tables", table)):
        return
    path = ("tables", table, "columns")
    if document.explicit(path):
        edit = document.insert(path, column, type_.name)
    else:
        edit = document.insert(("tables", table), "columns", f"{{{column}: {type_.name}}}")
    edits = file_edits_of(context, (edit,))
    if edits:
        yield CodeAction(
            f"Declare {column}: {type_.name} in {table}", "quickfix", edits, diagnostics=(diagnostic,), preferred=True
        )


def file_edits_of(context: FlowContext, edits: Iterable[Edit | None]) -> tuple[FileEdit, ...]:
    """Edits of a document by file; empty where one of them cannot be made."""
    sources = {source.name: source for source in context.document.sources}
    converted = []
    for edit in edits:
        source = sources.get(edit.file or "") if edit is not None else None
        if edit is None or source is None:
            return ()
        converted.append((source.path, Edit(edit.span.shift(-source.bom_length), edit.text)))
    return tuple(converted)


def write_column(
    context: FlowContext, text: TransformText, column: str, diagnostics: tuple[Diagnostic, ...] = ()
) -> Iterator[CodeAction]:
    """The column written by the last `project`, or by an `extend` behind the last operator."""
    type_ = column_type(context.table_type(column) or "datetime")
    if type_ is None:
        return
    steps = last_pipeline(text.text, context.stream.columns.kql()).steps
    last = steps[-1]
    into_project = last.operator == "project"
    before = steps[-2] if into_project and len(steps) > 1 else last
    value = column_value(column, type_.kql, before)
    item = quoted_name(column) if value == quoted_name(column) else f"{quoted_name(column)} = {value}"
    if into_project:
        addition = _list_addition(text.text, last, item)
    elif value == quoted_name(column):
        return
    else:
        separator = "\n" if "\n" in text.text.strip() else " "
        addition = f"{separator}| extend {item}"
    verb = "Write" if into_project else "Add"
    where = "project" if into_project else "extend"
    yield CodeAction(
        f"{verb} {item} {'into' if into_project else 'with'} {where}",
        "quickfix",
        ((text.source.path, insertion(text, last.span.end, addition)),),
        diagnostics=diagnostics,
    )


def column_value(column: str, type_name: str, step: PipelineStep) -> str:
    """An expression for a column of the table: the nearest column at hand, cast where it has to be, else a null."""
    source = nearest_name(column, step.columns) if column not in step.columns else column
    if source is None:
        # A time is most often the one that the stream has, under another name.
        candidates = [name for name, other in step.columns.items() if other == type_name == "datetime"]
        source = candidates[0] if candidates else None
    if source is None:
        return _NULLS.get(type_name, f"{type_name}(null)")
    if step.columns[source] == type_name:
        return quoted_name(source)
    function = CAST_FUNCTIONS.get(type_name)
    return f"{function}({quoted_name(source)})" if function else quoted_name(source)


def _list_addition(text: str, step: PipelineStep, item: str) -> str:
    """`, item` behind the last item of an operator, on a line of its own where the others have theirs."""
    part = text[step.span.start : step.span.end]
    tokens = [token for token in tokenize(part)[0] if token.kind != "end"]
    line = part.rstrip().rfind("\n")
    if line < 0 or len(tokens) < 3:
        return f", {item}"
    last_line = part[line + 1 :]
    return f",\n{last_line[: len(last_line) - len(last_line.lstrip())]}{item}"


def insertion(text: TransformText, offset: int, addition: str) -> Edit:
    """An edit that inserts text into a transform, its lines indented as those of the block it is in."""
    source = text.source
    at = text.span(Span(max(offset - 1, 0), offset)).end
    if text.style == "|" and "\n" in addition:
        line_start = source.line_start(text.start)
        line = source.text[line_start : text.start]
        addition = addition.replace("\n", "\n" + " " * len(line))
    # A line break inside of quotes or of a plain text would be folded into a space.
    elif text.style not in {"|", "file"}:
        addition = " ".join(addition.split("\n"))
        addition = addition.replace("'", "''") if text.style == "'" else addition
    return Edit(Span(at, at), addition.replace("\n", source.newline))


def _cast_column(
    context: FlowContext, text: TransformText, column: str, diagnostic: Diagnostic
) -> Iterator[CodeAction]:
    """A column that passes through under its name, cast to the table's type: in `project`, or behind the last step."""
    type_ = column_type(context.table_type(column) or "datetime")
    function = CAST_FUNCTIONS.get(type_.kql) if type_ else None
    if function is None:
        return
    name = quoted_name(column)
    cast = f"{name} = {function}({name})"
    last = last_pipeline(text.text, context.stream.columns.kql()).steps[-1]
    separator = "\n" if "\n" in text.text.strip() else " "
    edit = insertion(text, last.span.end, f"{separator}| extend {cast}")
    yield CodeAction(
        f"Cast: {cast}", "quickfix", ((text.source.path, edit),), diagnostics=(diagnostic,), preferred=True
    )
