// The editor of a transform: CodeMirror in a shadow root, which keeps its styles out of reach of the page's policy.
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { lintGutter, setDiagnostics } from "@codemirror/lint";
import { Annotation, Compartment, EditorState, type Extension } from "@codemirror/state";
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  keymap,
  lineNumbers,
} from "@codemirror/view";
import { useEffect, useRef } from "preact/hooks";
import type { TextFinding } from "./api";
import { kqlColours, kqlLanguage } from "./kql";

const THEME = EditorView.theme({
  "&": { fontSize: "14px", color: "var(--text)", backgroundColor: "var(--surface)", height: "100%" },
  // The frame around the editor shows the focus: the gutters would cover a part of it here.
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--code)", overflow: "auto" },
  ".cm-gutters": { backgroundColor: "var(--soft)", color: "var(--muted)", border: "none" },
  ".cm-activeLine": { backgroundColor: "var(--line-on)" },
  ".cm-cursor": { borderLeftColor: "var(--text)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    backgroundColor: "var(--selection)",
  },
  ".k-word": { color: "var(--k-word)" },
  ".k-pipe": { color: "var(--k-pipe)", fontWeight: "bold", cursor: "pointer" },
  ".k-text": { color: "var(--k-text)" },
  ".k-number": { color: "var(--k-number)" },
  ".k-comment": { color: "var(--muted)" },
  ".k-call": { color: "var(--k-call)" },
  ".cm-tooltip": { backgroundColor: "var(--surface)", color: "var(--text)", border: "1px solid var(--line)" },
  "& .cm-tooltip.cm-tooltip-autocomplete > ul": { maxHeight: "none", overflow: "hidden", maxWidth: "min(44rem, 92vw)" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": { backgroundColor: "var(--accent)", color: "var(--on-accent)" },
  ".explanation": { whiteSpace: "pre-wrap", maxWidth: "32rem", padding: ".4rem .6rem", font: "13px/1.45 system-ui" },
  ".cm-panels": { backgroundColor: "var(--soft)", color: "var(--text)" },
});

/** Marks a change that the page made: nobody needs to be told of it. */
const fromOutside = Annotation.define<boolean>();

export interface EditorProps {
  text: string;
  label: string;
  findings: readonly TextFinding[];
  selected: { start: number; end: number } | null;
  extension?: Extension;
  onChange: (text: string) => void;
  onPipe: (offset: number) => void;
}

/** The text area of a transform; `onPipe` is called with the offset of a pipe that was clicked. */
export function Editor(props: EditorProps) {
  const place = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const latest = useRef(props);
  latest.current = props;
  const reported = useRef<string[]>([]);
  const accepted = useRef(props.text);
  const compartment = useRef(new Compartment());

  useEffect(() => {
    const host = place.current!;
    const root = host.shadowRoot ?? host.attachShadow({ mode: "open", delegatesFocus: true });
    root.replaceChildren();
    const holder = document.createElement("div");
    holder.style.height = "100%";
    root.append(holder);
    const state = EditorState.create({
      doc: latest.current.text,
      extensions: [
        compartment.current.of(latest.current.extension ?? []),
        lineNumbers(),
        history(),
        drawSelection(),
        highlightActiveLine(),
        EditorView.lineWrapping,
        lintGutter(),
        keymap.of([...defaultKeymap, ...historyKeymap]),
        kqlLanguage,
        kqlColours,
        THEME,
        EditorView.contentAttributes.of({ "aria-label": latest.current.label }),
        EditorView.updateListener.of((update) => {
          if (!update.docChanged || update.transactions.some((one) => one.annotation(fromOutside))) return;
          const text = update.state.doc.toString();
          reported.current.push(text);
          latest.current.onChange(text);
        }),
        EditorView.domEventHandlers({
          click(event, editor) {
            const offset = editor.posAtCoords({ x: event.clientX, y: event.clientY });
            if (offset === null) return false;
            for (const at of [offset, offset - 1]) {
              if (editor.state.sliceDoc(at, at + 1) === "|") latest.current.onPipe(at);
            }
            return false;
          },
        }),
      ],
    });
    view.current = new EditorView({ state, parent: holder, root });
    return () => view.current?.destroy();
  }, []);

  useEffect(() => {
    view.current?.dispatch({ effects: compartment.current.reconfigure(props.extension ?? []) });
  }, [props.extension]);

  useEffect(() => {
    const editor = view.current!;
    // A text that was typed here comes back as a property, later than the next key when keys come fast: were it put
    // into the editor, what was typed since would be lost, be reported as a change, and come back in its turn.
    const at = reported.current.indexOf(props.text);
    if (at >= 0) {
      reported.current.splice(0, at + 1);
    } else if (props.text !== accepted.current) {
      reported.current = [];
      editor.dispatch({
        changes: { from: 0, to: editor.state.doc.length, insert: props.text },
        annotations: fromOutside.of(true),
      });
    }
    accepted.current = props.text;
  });

  useEffect(() => {
    const editor = view.current!;
    const length = editor.state.doc.length;
    const shown = props.findings.map((finding) => ({
      from: Math.min(finding.start, length),
      to: Math.min(Math.max(finding.end, finding.start), length),
      severity: finding.severity,
      message: finding.hint ? `${finding.message}; ${finding.hint}` : finding.message,
      source: finding.code,
    }));
    editor.dispatch(setDiagnostics(editor.state, shown));
  }, [props.findings]);

  useEffect(() => {
    const editor = view.current!;
    const length = editor.state.doc.length;
    if (props.selected && props.selected.end <= length) {
      editor.dispatch({
        selection: { anchor: props.selected.start, head: props.selected.end },
        scrollIntoView: true,
      });
    }
  }, [props.selected]);

  return <div class="editor" ref={place} data-language={props.extension ? "ready" : undefined} />;
}
