"""Whatever is typed, the findings are those of a fresh validate of the same texts, and no question raises."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from provisioner.errors import ProvisionerError
from provisioner.language.language_file import KqlPlace
from provisioner.language.language_workspace import LanguageWorkspace
from provisioner.language.name_index import NameIndex
from provisioner.language.symbol_rename import rename_edits
from provisioner.validate.fixes import apply_edits
from provisioner.validate.runner import check_all_environments
from tests.support.editor_requests import ask_everything
from tests.support.kql_places import HEAD

FILES = {
    "provisioner.yaml": HEAD
    + "include: [parts/*.yaml]\nenvironments:\n  prod: {tables: {Orders_CL: {retention: 30}}}\n",
    "parts/streams.yaml": """\
streams:
  Custom-Orders:
    columns: {placed: datetime, order: dynamic}
    table: Orders_CL
    samples: [{placed: "2026-01-01T10:00:00Z", order: {id: A1, amount: 9.5}}]
    transform: {file: orders.kql}
  Custom-Plain:
    columns: {TimeGenerated: datetime, OrderId: string, Amount: real}
    table: Orders_CL
    transform: |
      source
      | where Amount > 1
""",
    "parts/orders.kql": "source\n| project TimeGenerated = placed, OrderId = tostring(order.id), Amount = 1.0\n",
}
FRAGMENTS = st.sampled_from(
    [
        "x",
        " ",
        "\n",
        ":",
        "|",
        "{",
        "}",
        "[",
        '"',
        "'",
        "#",
        "- ",
        "\t",
        "é",
        "𝄞",
        "\r\n",
        "$(",
        "tables:",
        "| where ",
        "_CL",
    ]
)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["insert", "insert", "delete", "rename", "save", "revert"]),
        st.sampled_from(sorted(FILES)),
        st.floats(0, 1, exclude_max=True),
        st.integers(0, 12),
        FRAGMENTS,
    ),
    min_size=1,
    max_size=8,
)


def write(path: Path, text: str) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="")


def step_of(workspace, folder, texts, step):
    action, name, at, count, fragment = step
    path, text = folder / name, texts[name]
    offset = int(at * (len(text) + 1))
    if action == "insert":
        texts[name] = text[:offset] + fragment + text[offset:]
    elif action == "delete":
        texts[name] = text[:offset] + text[offset + count :]
    elif action == "revert":
        texts[name] = path.read_bytes().decode("utf-8")
        workspace.buffers.close(path)
        return
    elif action == "save":
        write(path, text)
        workspace.forget_disk()
        return
    elif action == "rename":
        rename(workspace, folder, texts, path, offset)
        return
    workspace.buffers.set_text(path, texts[name])


def rename(workspace, folder, texts, path, offset):
    file = workspace.file(path)
    if file is None:
        return
    index = NameIndex(file.analysis, workspace.buffers)
    try:
        edits = rename_edits(index, file.path, offset, "Other_CL")
    except ProvisionerError:
        return
    for name in texts:
        own = [edit for at, edit in edits if at == (folder / name).resolve()]
        texts[name] = apply_edits(texts[name], own)
        workspace.buffers.set_text(folder / name, texts[name])


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(STEPS)
def test_after_any_edits_the_findings_are_those_of_a_fresh_validate(steps):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        texts = dict(FILES)
        for file, text in texts.items():
            write(folder / file, text)
        workspace = LanguageWorkspace((folder,))
        manifest = folder / "provisioner.yaml"
        project = workspace.project_of(manifest)
        for step in steps:
            step_of(workspace, folder, texts, step)
            assert isinstance(project.analysis.diagnostics, tuple)
        for file, text in texts.items():
            write(folder / file, text)
        workspace.forget_disk()
        assert project.analysis.diagnostics == check_all_environments(manifest, {})


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(STEPS, st.floats(0, 1, exclude_max=True))
def test_no_question_raises_whatever_is_typed(steps, at):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        texts = dict(FILES)
        for file, text in texts.items():
            write(folder / file, text)
        workspace = LanguageWorkspace((folder,))
        workspace.project_of(folder / "provisioner.yaml")
        for step in steps:
            step_of(workspace, folder, texts, step)
            file = workspace.file(folder / step[1])
            if file is not None:
                ask_everything(workspace, file, int(at * (len(file.source.text) + 1)))


def test_a_place_in_a_transform_and_back_is_the_same_place(tmp_path):
    for file, text in FILES.items():
        write(tmp_path / file, text)
    workspace = LanguageWorkspace((tmp_path,))
    file = workspace.file(tmp_path / "parts" / "streams.yaml")
    start = file.source.text.index("| where")
    for offset in range(start, start + len("| where Amount > 1")):
        place = file.place(offset)
        assert isinstance(place, KqlPlace)
        assert place.text.to_source(place.text_offset) == offset


def test_the_findings_of_a_file_alone_are_those_that_it_has_among_all(tmp_path):
    for file, text in FILES.items():
        broken = text.replace("Amount > 1", "Amout > 1").replace("Amount = 1.0", "Amount = 'x'").replace("30", "3")
        write(tmp_path / file, broken)
    workspace = LanguageWorkspace((tmp_path,))
    counts = []
    for name in FILES:
        file = workspace.file(tmp_path / name)
        alone = file.analysis.file_diagnostics(file.source, file.tree)
        assert alone == tuple(one for one in file.analysis.diagnostics if one.place.file == file.source.name)
        counts.append(len(alone))
    assert all(counts)
