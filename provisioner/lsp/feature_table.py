"""The requests about one file that the server answers, each with its handler, which is imported when it is first asked.

A server is started for each window of an editor, which waits for the first findings: no handler takes part in those.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

from lsprotocol import types as lsp

from provisioner.language.semantic_tokens import TOKEN_TYPES
from provisioner.lsp.file_request import file_request

if TYPE_CHECKING:
    from provisioner.lsp.language_server import ManifestLanguageServer


@dataclass(frozen=True, slots=True)
class Feature:
    """A request of the protocol; `handler` is `module:function` in this room, `options` what the client is told of it.

    The handler gets a FileRequest and the request's parameters. `elsewhere` is the answer for a file of no project.
    """

    method: str
    handler: str
    options: Any = None
    elsewhere: Any = None

    @property
    def function(self) -> Callable[..., Any]:
        """The handler."""
        module, name = self.handler.split(":")
        function: Callable[..., Any] = getattr(import_module(f"provisioner.lsp.{module}"), name)
        return function


_ACTION_KINDS = ("quickfix", "refactor.extract", "refactor.inline", "refactor.rewrite", "source.fixAll")
_LEGEND = lsp.SemanticTokensLegend(list(TOKEN_TYPES), ["definition"])
FEATURES = (
    Feature(
        lsp.TEXT_DOCUMENT_COMPLETION,
        "completion_features:complete",
        lsp.CompletionOptions(trigger_characters=["|", ".", ":", " ", "(", "$", "/", '"', "'"]),
        lsp.CompletionList(is_incomplete=False, items=[]),
    ),
    Feature(lsp.TEXT_DOCUMENT_HOVER, "completion_features:hover"),
    Feature(
        lsp.TEXT_DOCUMENT_SIGNATURE_HELP,
        "completion_features:signatures",
        lsp.SignatureHelpOptions(trigger_characters=["(", ","]),
    ),
    Feature(lsp.TEXT_DOCUMENT_DEFINITION, "name_features:definition", elsewhere=[]),
    Feature(lsp.TEXT_DOCUMENT_REFERENCES, "name_features:references", elsewhere=[]),
    Feature(lsp.TEXT_DOCUMENT_DOCUMENT_HIGHLIGHT, "name_features:highlight", elsewhere=[]),
    Feature(lsp.TEXT_DOCUMENT_PREPARE_RENAME, "name_features:prepare_rename"),
    Feature(lsp.TEXT_DOCUMENT_RENAME, "name_features:rename", lsp.RenameOptions(prepare_provider=True)),
    Feature(lsp.TEXT_DOCUMENT_DOCUMENT_SYMBOL, "outline_features:symbols", elsewhere=[]),
    Feature(lsp.TEXT_DOCUMENT_FOLDING_RANGE, "outline_features:folding", elsewhere=[]),
    Feature(lsp.TEXT_DOCUMENT_SELECTION_RANGE, "outline_features:selection", elsewhere=[]),
    Feature(lsp.TEXT_DOCUMENT_DOCUMENT_LINK, "outline_features:links", elsewhere=[]),
    Feature(lsp.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL, "token_features:all_tokens", _LEGEND, lsp.SemanticTokens([])),
    Feature(lsp.TEXT_DOCUMENT_SEMANTIC_TOKENS_RANGE, "token_features:tokens_of", _LEGEND, lsp.SemanticTokens([])),
    Feature(
        lsp.TEXT_DOCUMENT_CODE_ACTION,
        "action_features:actions",
        lsp.CodeActionOptions(code_action_kinds=[lsp.CodeActionKind(kind) for kind in _ACTION_KINDS]),
        [],
    ),
    Feature(lsp.TEXT_DOCUMENT_FORMATTING, "layout_features:format_document", elsewhere=[]),
    Feature(lsp.TEXT_DOCUMENT_RANGE_FORMATTING, "layout_features:format_range", elsewhere=[]),
    Feature(
        lsp.TEXT_DOCUMENT_ON_TYPE_FORMATTING,
        "layout_features:format_typed",
        lsp.DocumentOnTypeFormattingOptions(first_trigger_character="|", more_trigger_character=["\n", ";"]),
        [],
    ),
    Feature(lsp.TEXT_DOCUMENT_CODE_LENS, "lens_features:lenses", lsp.CodeLensOptions(resolve_provider=False), []),
    Feature(lsp.TEXT_DOCUMENT_INLAY_HINT, "lens_features:hints", elsewhere=[]),
)


def register_features(server: ManifestLanguageServer) -> None:
    """Register every request about a file."""
    for feature in FEATURES:
        server.feature(feature.method, feature.options)(_handler(server, feature))


def _handler(server: ManifestLanguageServer, feature: Feature) -> Callable[[Any], Coroutine[Any, Any, Any]]:
    async def handle(params: Any) -> Any:
        # Given way once, so that a request that was cancelled meanwhile is not worked on.
        await asyncio.sleep(0)
        request = file_request(server, params.text_document.uri)
        return feature.elsewhere if request is None else feature.function(request, params)

    # The log of an error names the handler.
    handle.__name__ = feature.handler
    return handle
