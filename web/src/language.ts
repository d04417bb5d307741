// Completion and explanations of the language server, over a WebSocket. All of it is shown as text: an explanation may
// quote a record.
import { autocompletion, type CompletionContext, type CompletionResult, snippet } from "@codemirror/autocomplete";
import { LSPClient, LSPPlugin, type Transport } from "@codemirror/lsp-client";
import type { Extension, Text } from "@codemirror/state";
import { type EditorView, hoverTooltip, ViewPlugin, type ViewUpdate } from "@codemirror/view";
import { type EditorRequest, openEditor, type TextFinding } from "./api";

interface Markup {
  value: string;
}
interface Item {
  label: string;
  kind?: number;
  detail?: string;
  documentation?: string | Markup;
  sortText?: string;
  insertText?: string;
  insertTextFormat?: number;
  textEdit?: { newText: string; range?: { start: Position; end: Position } };
}
interface Position {
  line: number;
  character: number;
}
interface Diagnostic {
  range: { start: Position; end: Position };
  message: string;
  severity?: number;
  code?: number | string;
}
interface Hover {
  contents: string | Markup | (string | Markup)[];
}

const KINDS: Record<number, string> = { 3: "function", 5: "property", 6: "variable", 14: "keyword", 15: "text", 20: "enum" };
const SEVERITIES: Record<number, TextFinding["severity"]> = { 1: "error", 2: "warning", 3: "info" };
const SNIPPET = 2;
const LAST_PLACE = 99;
const QUIET = 150;
/** So many stand in the list without a scroll bar, which only a mouse could reach; keys lead through all. */
const MOST_OPTIONS = 10;
const PATIENCE = 10_000;

/** A connection for one editor. */
export interface LanguageConnection {
  extension: Extension;
  close: () => void;
}

/** What the language server found, and the text that it is about. */
export interface LanguageFindings {
  text: string;
  findings: TextFinding[];
}

/**
 * Connect an editor to the language server; rejects where there is none. `onClose` is called where the server goes
 * away by itself.
 */
export async function connectLanguage(
  request: EditorRequest,
  onFindings: (found: LanguageFindings) => void,
  onClose: () => void,
): Promise<LanguageConnection> {
  const address = await openEditor(request);
  if (!address.socket) throw new Error(address.problem ?? "the language server is not there");
  const socket = new WebSocket(`${location.origin.replace(/^http/, "ws")}${address.socket}`);
  await new Promise<void>((resolve, reject) => {
    socket.onopen = () => resolve();
    socket.onerror = () => reject(new Error("the language server does not answer"));
  });
  const client = new LSPClient({ timeout: PATIENCE }).connect(transportOver(socket));
  try {
    await client.initializing;
  } catch (error) {
    socket.close();
    throw error;
  }
  socket.onclose = () => {
    client.disconnect();
    onClose();
  };
  return {
    extension: [
      client.plugin(address.uri, "kql"),
      findings(onFindings),
      autocompletion({ override: [complete], maxRenderedOptions: MOST_OPTIONS }),
      explain,
    ],
    close: () => {
      socket.onclose = null;
      client.disconnect();
      socket.close();
    },
  };
}

function transportOver(socket: WebSocket): Transport {
  const handlers = new Set<(message: string) => void>();
  socket.onmessage = (event) => handlers.forEach((handler) => handler(event.data as string));
  return {
    send: (message) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(message);
    },
    subscribe: (handler) => handlers.add(handler),
    unsubscribe: (handler) => handlers.delete(handler),
  };
}

/** Asks for findings when nothing was typed for a moment, and when the editor opens. */
function findings(tell: (found: LanguageFindings) => void): Extension {
  return ViewPlugin.fromClass(
    class {
      private timer = 0;
      constructor(private readonly view: EditorView) {
        this.later();
      }
      update(update: ViewUpdate) {
        if (update.docChanged) this.later();
      }
      destroy() {
        clearTimeout(this.timer);
      }
      private later() {
        clearTimeout(this.timer);
        this.timer = window.setTimeout(() => void this.ask(), QUIET);
      }
      private async ask() {
        const plugin = LSPPlugin.get(this.view);
        if (!plugin?.client.connected) return;
        plugin.client.sync();
        const doc = this.view.state.doc;
        const found = await answerOf<{ items?: Diagnostic[] }>(plugin, "textDocument/diagnostic", {});
        tell({ text: doc.toString(), findings: (found?.items ?? []).map((one) => findingOf(one, plugin, doc)) });
      }
    },
  );
}

function findingOf(diagnostic: Diagnostic, plugin: LSPPlugin, doc: Text): TextFinding {
  const [message, ...hint] = diagnostic.message.split("\n");
  return {
    code: String(diagnostic.code ?? ""),
    severity: SEVERITIES[diagnostic.severity ?? 1] ?? "error",
    message,
    hint: hint.join(" ") || null,
    start: plugin.fromPosition(diagnostic.range.start, doc),
    end: plugin.fromPosition(diagnostic.range.end, doc),
  };
}

/** The answer to a request about the editor's text; null where there is none, or the server has gone. */
async function answerOf<T>(plugin: LSPPlugin, method: string, params: object): Promise<T | null> {
  try {
    return await plugin.client.request<unknown, T | null>(method, { textDocument: { uri: plugin.uri }, ...params });
  } catch {
    // A help that does not come: the editor works on without it, and the next key asks again.
    return null;
  }
}

async function complete(context: CompletionContext): Promise<CompletionResult | null> {
  const plugin = context.view && LSPPlugin.get(context.view);
  if (!plugin) return null;
  const word = context.matchBefore(/[\w-]+$/);
  if (!context.explicit && !word && !/[|.( ]$/.test(context.state.sliceDoc(Math.max(context.pos - 1, 0), context.pos))) {
    return null;
  }
  plugin.client.sync();
  const answer = await answerOf<Item[] | { items: Item[] }>(plugin, "textDocument/completion", {
    position: plugin.toPosition(context.pos),
  });
  const items = Array.isArray(answer) ? answer : (answer?.items ?? []);
  if (items.length === 0) return null;
  const first = items[0].textEdit?.range;
  const from = first ? plugin.fromPosition(first.start, context.state.doc) : (word?.from ?? context.pos);
  return {
    from,
    validFor: /^[\w-]*$/,
    options: [...items]
      .sort((one, other) => (one.sortText ?? one.label).localeCompare(other.sortText ?? other.label))
      .map((item, number) => {
        const text = item.textEdit?.newText ?? item.insertText ?? item.label;
        const about = plain(item.documentation);
        return {
          label: item.label,
          type: KINDS[item.kind ?? 0],
          detail: item.detail,
          boost: -Math.min(number, 98),
          info: about ? () => textNode(about) : undefined,
          apply: item.insertTextFormat === SNIPPET ? snippet(template(text)) : text,
        };
      }),
  };
}

/** A snippet of the protocol in CodeMirror's form, where the last place is not called 0. */
function template(text: string): string {
  return text
    .replace(/\$(\d+)/g, (_, number: string) => `#{${number === "0" ? LAST_PLACE : number}}`)
    .replace(/\$\{(\d+):/g, "#{$1:");
}

const explain = hoverTooltip(async (view, offset) => {
  const plugin = LSPPlugin.get(view);
  if (!plugin) return null;
  plugin.client.sync();
  const answer = await answerOf<Hover>(plugin, "textDocument/hover", { position: plugin.toPosition(offset) });
  const contents = answer ? [answer.contents].flat() : [];
  const text = contents.map(plain).filter(Boolean).join("\n\n");
  return text ? { pos: offset, create: () => ({ dom: textNode(text) }) } : null;
});

/** Markdown as it reads without its marks. */
function plain(markup: string | Markup | undefined): string {
  const text = typeof markup === "string" ? markup : (markup?.value ?? "");
  return text
    .replace(/^```.*$/gm, "")
    .replace(/[`*]+/g, "")
    .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replace(/\n{3,}/g, "\n\n")
    .trim();
}

function textNode(text: string): HTMLElement {
  const element = document.createElement("div");
  element.className = "explanation";
  element.textContent = text;
  return element;
}
