"""Texts for people are no data: no code takes messages, hints and reasons apart to decide what to do."""

from __future__ import annotations

import ast

import pytest

from tests.support.paths import ROOT

TEXTS = {"message", "hint", "reason", "reasons", "refusals", "diagnostic_message", "endpoint_message", "error_message"}
"""The names under which diagnostics, errors and plans keep what people read."""
TEXT_METHODS = {
    *("split", "rsplit", "partition", "rpartition", "splitlines", "find", "index", "startswith", "endswith"),
    *("removeprefix", "removesuffix", "count"),
}
REGEX_METHODS = {"search", "match", "fullmatch", "findall", "finditer", "sub", "split"}

# Who takes foreign texts apart, and why it must. Ours are never taken apart.
FOREIGN_TEXTS = {
    "azure/error_translation.py": "Azure's own message: the one place where its texts become attributes of an error",
    "azure/resource_operations.py": "Azure's own message",
    "apply/flow_errors.py": "Azure names a place in a transform only inside its message",
    "emulator": "the emulator answers with texts of its own and does not act on them",
    "transform_tests/run.py": "`expect_error` is a text that the author expects in a message",
    "kql/functions/structured_text.py": "`message` is a column's value: a CEF or a syslog line",
    "template/template_errors.py": "writes messages",
}


def mentions_text(node):
    """Whether an expression holds a text for people: `d.message`, `error.hint`, `reason`."""
    return any(
        (isinstance(part, ast.Attribute) and part.attr in TEXTS) or (isinstance(part, ast.Name) and part.id in TEXTS)
        for part in ast.walk(node)
    )


def receiver(node):
    """What a call's method is called on; None for a plain function."""
    return node.func.value if isinstance(node.func, ast.Attribute) else None


def parsed_texts(text):
    """The lines on which a text for people is searched, split or compared with a part of it."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            on_text = node.func.attr in TEXT_METHODS and mentions_text(receiver(node))
            by_regex = node.func.attr in REGEX_METHODS and any(map(mentions_text, node.args))
            if on_text or by_regex:
                yield node.lineno
        elif isinstance(node, ast.Compare) and any(isinstance(op, (ast.In, ast.NotIn)) for op in node.ops):
            is_text = [isinstance(side, (ast.Constant, ast.JoinedStr)) for side in (node.left, *node.comparators)]
            if (
                is_text[0]
                and any(map(mentions_text, node.comparators))
                and not isinstance(node.comparators[0], ast.Tuple)
            ):
                yield node.lineno


def is_foreign(path):
    return any(path == entry or path.startswith(f"{entry}/") for entry in FOREIGN_TEXTS)


def test_no_code_reads_texts_for_people():
    package = ROOT / "provisioner"
    lines = [
        f"{name}:{line}"
        for file in sorted(package.rglob("*.py"))
        if not is_foreign(name := file.relative_to(package).as_posix())
        for line in parsed_texts(file.read_text(encoding="utf-8"))
    ]
    assert lines == []


@pytest.mark.parametrize(
    "text",
    [
        "re.search(r\"'([^']+)'\", diagnostic.message)",
        'hint.split("\'")[1]',
        "any('--allow' in reason for reason in reasons)",
        "'name is not known' in error.message",
        "' ' not in hint",
        "error.message.startswith('cannot')",
        "_PATTERN.findall(self.message)",
        "'IsRbacPresent' in evidence.endpoint_message.lower()",
    ],
)
def test_a_text_that_is_taken_apart_is_noticed(text):
    assert len(list(parsed_texts(text))) == 1


@pytest.mark.parametrize(
    "text",
    ["print(error.message)", "reason in allowed", "if hint: ...", "diagnostic.code in CODES", "f'{message}: {hint}'"],
)
def test_a_text_that_is_shown_is_none(text):
    assert list(parsed_texts(text)) == []


def test_rewording_a_message_changes_no_finding(monkeypatch):
    """The remarks on a transform and its table lie where they lay, whatever their words are."""
    from provisioner import load, validate
    from provisioner.diagnostics import Diagnostic
    from provisioner.kql import table_fit

    manifest = ROOT / "tests" / "cases" / "golden" / "projects" / "mistaken"
    before = validate.check(load.load_document(manifest))

    def reworded(*values, **named):
        return Diagnostic(values[0], values[1], "in other words", *values[3:], **named)

    monkeypatch.setattr(table_fit, "Diagnostic", reworded)
    after = validate.check(load.load_document(manifest))
    fits = [(d.code, d.place, d.subject) for d in before if d.code.startswith("FIT")]
    assert fits
    assert [(d.code, d.place, d.subject) for d in after if d.code.startswith("FIT")] == fits
