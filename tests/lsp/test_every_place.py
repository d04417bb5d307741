"""Each request that has to do with KQL, by a client that others wrote, at every kind of place that it is written at."""

from __future__ import annotations

import pytest
import pytest_asyncio
import pytest_lsp
from lsprotocol import types as lsp
from pytest_lsp import LanguageClient

from tests.support.editor_session import SERVER, EditorSession
from tests.support.kql_places import PLACES, place_transform

pytestmark = pytest.mark.asyncio(loop_scope="module")
KQL = """\
source
| extend Cost = toreal(order.amount)
| where Cost > 1
| project TimeGenerated = placed, OrderId = tostring(order.id), Amount = Cost"""
KINDS = (*PLACES, "shared")
at_every_place = pytest.mark.parametrize("kind", KINDS)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("places")


@pytest_lsp.fixture(scope="module", config=SERVER)
async def client(lsp_client: LanguageClient):
    yield
    await lsp_client.shutdown_session()


@pytest.fixture(scope="module")
def editor(client):
    return EditorSession(client)


@pytest.fixture(scope="module")
def files(folder):
    """The file of each kind of place."""
    paths = {}
    for kind in KINDS:
        (folder / kind).mkdir()
        paths[kind] = place_transform(kind, KQL, folder / kind).path
    return paths


@pytest_asyncio.fixture(loop_scope="module")
async def path(kind, editor, files, folder):
    """The file of one kind, open and as it was written."""
    if not editor.texts:
        editor.client.feature(lsp.CLIENT_REGISTER_CAPABILITY)(lambda _: None)
        await editor.start(folder)
    if files[kind] in editor.texts:
        for file, text in list(editor.texts.items()):
            if text != (written := file.read_text("utf-8")):
                editor.change(file, written)
    else:
        editor.open(files[kind])
    return files[kind]


def mistyped(editor, path, right, wrong):
    text = editor.texts[path]
    assert right in text
    # In a manifest the last one: what an overlay is laid over stands before it.
    editor.change(path, wrong.join(text.rsplit(right, 1)))


@at_every_place
async def test_findings_are_pushed_and_pulled_with_their_place_and_page(editor, path, kind):
    mistyped(editor, path, "tostring(order.id)", "order.id")
    pushed = await editor.published(path)
    (finding, *others) = await editor.findings(path)
    assert pushed == [finding, *others]
    assert others == []
    assert finding.code == "FIT003"
    assert finding.range.start == editor.at(path, "OrderId = order.id")
    assert finding.code_description.href.startswith("https://")
    (related,) = finding.related_information
    assert related.message == "the column of Orders_CL"
    assert related.location.uri.endswith("provisioner.yaml")


@at_every_place
async def test_completion_is_what_is_in_scope(editor, path):
    async def labels(needle, shift):
        params = lsp.CompletionParams(editor.document(path), editor.at(path, needle, shift))
        return {item.label for item in (await editor.client.text_document_completion_async(params)).items}

    in_scope = await labels("tostring(order.id)", 9)
    assert {"Cost", "placed", "order", "tostring"} <= in_scope
    assert "Amount" not in in_scope, "a column of the table is not read"
    before = await labels("toreal(order.amount)", 7)
    assert "order" in before
    assert "Cost" not in before, "a later column"
    assert {"where", "extend"} <= await labels("| where", 2)
    mistyped(editor, path, ", Amount = Cost", ", ")
    assert "Amount =" in await labels("order.id), ", 11), "the column that the table still lacks"


@at_every_place
async def test_hover_tells_origin_value_and_meaning(editor, path):
    async def hovered(needle, shift=1):
        params = lsp.HoverParams(editor.document(path), editor.at(path, needle, shift))
        return (await editor.client.text_document_hover_async(params)).contents.value

    column = await hovered("Cost > 1")
    assert "real" in column
    assert "comes from `order`" in column
    assert "9.5" in column
    assert "tostring(" in await hovered("tostring(order.id)")
    assert "Cost" in await hovered("extend Cost")


@at_every_place
async def test_a_signature_is_shown(editor, path):
    params = lsp.SignatureHelpParams(editor.document(path), editor.at(path, "tostring(order.id)", 12))
    shown = await editor.client.text_document_signature_help_async(params)
    assert shown.signatures[0].label.startswith("tostring(")


@at_every_place
async def test_a_name_is_traced_and_renamed(editor, path):
    place = (editor.document(path), editor.at(path, "Cost > 1", 1))
    (definition,) = await editor.client.text_document_definition_async(lsp.DefinitionParams(*place))
    assert definition.range.start == editor.at(path, "Cost = toreal")
    everywhere = lsp.ReferenceParams(context=lsp.ReferenceContext(True), text_document=place[0], position=place[1])
    assert len(await editor.client.text_document_references_async(everywhere)) == 3
    assert len(await editor.client.text_document_document_highlight_async(lsp.DocumentHighlightParams(*place))) == 3
    offered = await editor.client.text_document_prepare_rename_async(lsp.PrepareRenameParams(*place))
    assert offered.placeholder == "Cost"
    params = lsp.RenameParams(text_document=place[0], position=place[1], new_name="Price")
    editor.apply(await editor.client.text_document_rename_async(params))
    assert editor.texts[path].count("Price") == 3
    assert "Cost" not in editor.texts[path]
    assert await editor.findings(path) == []


@at_every_place
async def test_a_tables_column_is_renamed_from_here_in_all_files(editor, path, files):
    place = (editor.document(path), editor.at(path, "OrderId = tostring", 1))
    (definition,) = await editor.client.text_document_definition_async(lsp.DefinitionParams(*place))
    assert definition.uri.endswith("provisioner.yaml")
    edit = await editor.client.text_document_rename_async(
        lsp.RenameParams(text_document=place[0], position=place[1], new_name="Id")
    )
    editor.apply(edit)
    main = [
        file
        for file in editor.texts
        if file.parent in {path.parent, path.parent.parent} and "Id: string" in editor.texts[file]
    ]
    assert main
    assert "Id = tostring(order.id)" in editor.texts[path]
    assert await editor.findings(path) == []


@at_every_place
async def test_shapes_and_links(editor, path, kind):
    document = editor.document(path)
    assert await editor.client.text_document_document_symbol_async(lsp.DocumentSymbolParams(document))
    folds = await editor.client.text_document_folding_range_async(lsp.FoldingRangeParams(document))
    assert folds or kind in {"file", "shared"}
    links = await editor.client.text_document_document_link_async(lsp.DocumentLinkParams(document))
    assert [link.target for link in links] == []
    positions = [editor.at(path, "Cost > 1", 1)]
    (selection,) = await editor.client.text_document_selection_range_async(
        lsp.SelectionRangeParams(document, positions)
    )
    assert selection.range.start == editor.at(path, "Cost > 1")
    assert selection.parent.range.end == editor.at(path, "Cost > 1", len("Cost > 1"))


@at_every_place
async def test_words_have_their_kinds(editor, path):
    document = editor.document(path)
    tokens = await editor.client.text_document_semantic_tokens_full_async(lsp.SemanticTokensParams(document))
    part = lsp.Range(editor.at(path, "where Cost"), editor.at(path, "> 1", 3))
    some = await editor.client.text_document_semantic_tokens_range_async(lsp.SemanticTokensRangeParams(document, part))
    # `where`, `Cost`, `>` and 1.
    assert len(some.data) == 4 * 5
    assert len(tokens.data) > 20 * 5


@at_every_place
async def test_lenses_and_hints(editor, path):
    document = editor.document(path)
    lenses = await editor.client.text_document_code_lens_async(lsp.CodeLensParams(document))
    assert "show rows" in {lens.command.title for lens in lenses}
    command = next(lens.command for lens in lenses if lens.command.title == "show rows")
    params = lsp.ExecuteCommandParams(command=command.command, arguments=command.arguments)
    (shown, *_) = (await editor.client.workspace_execute_command_async(params))["rows"]
    assert shown["rows"]
    hints = await editor.client.text_document_inlay_hint_async(lsp.InlayHintParams(document, editor.whole(path)))
    assert {": real", "Cost = 9.5"} <= {hint.label for hint in hints}
    mistyped(editor, path, "Cost > 1", "Cost > 10")
    hints = await editor.client.text_document_inlay_hint_async(lsp.InlayHintParams(document, editor.whole(path)))
    assert "dropped here" in {hint.label for hint in hints}


@at_every_place
async def test_layout_of_all_of_a_part_and_while_typing(editor, path, kind):
    document, options = editor.document(path), lsp.FormattingOptions(2, insert_spaces=True)
    mistyped(editor, path, "where Cost > 1", "where   Cost>1")
    edits = await editor.client.text_document_formatting_async(lsp.DocumentFormattingParams(document, options))
    # The line ends of a folded text are its author's: it is left alone.
    assert bool(edits) == (kind != "folded")
    part = lsp.Range(editor.at(path, "Cost>1"), editor.at(path, "Cost>1"))
    params = lsp.DocumentRangeFormattingParams(document, part, options)
    assert await editor.client.text_document_range_formatting_async(params) == edits
    typed = lsp.DocumentOnTypeFormattingParams(document, editor.at(path, "| project"), "\n", options)
    await editor.client.text_document_on_type_formatting_async(typed)
    if edits:
        editor.change(path, editor.edited(path, edits))
        assert "where Cost > 1" in editor.texts[path]


@at_every_place
@pytest.mark.parametrize(
    ("right", "wrong", "title"),
    [
        ("tostring(order.id)", "order.id", "Wrap it in tostring()"),
        ("toreal(order.amount)", "torael(order.amount)", "Write toreal"),
        ("Amount = Cost", "Amount = Cost, Extra = 1", "Declare Extra"),
        (", Amount = Cost", "", "Write Amount"),
    ],
)
async def test_a_finding_is_mended_by_what_is_offered(editor, path, right, wrong, title):
    mistyped(editor, path, right, wrong)
    (finding, *_) = await editor.findings(path)
    await editor.take_action(path, title, finding.range.start)
    assert finding.code not in {one.code for one in await editor.findings(path)}


@at_every_place
async def test_a_check_is_silenced_here_with_a_reason(editor, path):
    mistyped(editor, path, "Amount = Cost", "Amount = Cost, Extra = 1")
    await editor.take_action(path, "Silence FIT001", (await editor.findings(path))[0].range.start)
    assert await editor.findings(path) == []


@at_every_place
async def test_a_transform_moves_to_the_other_kind_of_place_and_back(editor, path):
    # There, and back: of a file of two streams into one of them, and out of that again.
    for _ in range(2):
        holder = next(
            file for file in reversed(editor.texts) if "Cost > 1" in editor.texts[file] and file.parent == path.parent
        )
        await editor.take_action(holder, "Move the transform", editor.at(holder, "Cost > 1"))
        assert await editor.findings(path) == []
