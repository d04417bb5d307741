// The records that go into a transform: samples, tests, made ones, pasted text, dropped files.
import { useEffect, useRef, useState } from "preact/hooks";
import { keptRecords, readRecords, type RecordSet, type StreamInfo, streamRecords } from "./api";
import { inWords, isAbort } from "./call";
import { Notice } from "./cells";

export const MOST_RECORDS_BYTES = 8 * 1024 * 1024;
const PAUSE = 120;

/** Why a text is not taken as records; empty where it may be sent. */
export function tooLarge(size: number): string {
  if (size <= MOST_RECORDS_BYTES) return "";
  const megabytes = (size / 1024 / 1024).toFixed(0);
  return `these records are ${megabytes} MiB; at most ${MOST_RECORDS_BYTES / 1024 / 1024} are taken: a few hundred records show the same`;
}

/** A longer text is not put into the text area: the browser would lay it out for minutes. */
const MOST_EDITABLE = 200_000;

export interface RecordsProps {
  stream: StreamInfo | null;
  text: string;
  /** The records that the server keeps, where they are too many for the text area; empty otherwise. */
  kept: string;
  set: RecordSet | null;
  /** Nothing was ever put in for this stream. */
  isNew: boolean;
  onText: (text: string) => void;
  onSet: (set: RecordSet, text: string | null) => void;
  onGone: () => void;
}

/** The pane with the records; `onSet` gets each set that the server has taken. */
export function Records(props: RecordsProps) {
  const [problem, setProblem] = useState("");
  const [large, setLarge] = useState("");
  const [made, setMade] = useState("20");
  const file = useRef<HTMLInputElement>(null);
  const pending = useRef<AbortController | null>(null);
  const timer = useRef(0);

  const accept = (set: RecordSet, text: string | null) => {
    setProblem("");
    setLarge(set.text === null ? `${set.count.toLocaleString("en")} records: too many to edit here` : "");
    props.onSet(set, text);
  };
  const take = async (text: string, name = "") => {
    pending.current?.abort();
    const controller = (pending.current = new AbortController());
    const refusal = tooLarge(new Blob([text]).size);
    if (refusal) return setProblem(refusal);
    try {
      const set = await readRecords({ text, name }, controller.signal);
      if (set.problem) {
        const where = `line ${set.problem.line}, column ${set.problem.column}`;
        setProblem(`${where}: ${set.problem.message}${set.problem.hint ? `; ${set.problem.hint}` : ""}`);
        return;
      }
      // What was typed stays as it is; of a file the records are shown, where they are few enough.
      accept(set, set.text === null ? "" : name ? set.text : null);
    } catch (error) {
      if (!isAbort(error)) setProblem(inWords(error));
    }
  };
  const fetchOf = async (source: "samples" | "test" | "made", test = "") => {
    if (!props.stream) return;
    try {
      const set = await streamRecords({ stream: props.stream.key, source, test, count: Number(made) || 1 });
      accept(set, set.text ?? "");
    } catch (error) {
      setProblem(inWords(error));
    }
  };
  const open = async (dropped: File | undefined) => {
    if (!dropped) return;
    const refusal = tooLarge(dropped.size);
    if (refusal) return setProblem(`${dropped.name}: ${refusal}`);
    const text = await dropped.text();
    await take(text, dropped.name);
  };
  const typed = (text: string) => {
    clearTimeout(timer.current);
    if (text.length > MOST_EDITABLE) {
      props.onText("");
      void take(text);
      return;
    }
    props.onText(text);
    timer.current = window.setTimeout(() => void take(text), PAUSE);
  };
  const paste = (event: ClipboardEvent) => {
    const text = event.clipboardData?.getData("text") ?? "";
    if (text.length <= MOST_EDITABLE) return;
    // Before the browser lays out so much text.
    event.preventDefault();
    void take(text);
  };
  const look = async (id: string) => {
    try {
      const set = await keptRecords({ id });
      accept(set, set.text ?? "");
    } catch (error) {
      props.onGone();
      setProblem(inWords(error));
    }
  };
  useEffect(() => {
    if (props.set === null && props.kept) void look(props.kept);
    else if (props.set === null && props.text) void take(props.text);
    // The first look shows rows: the author's samples, where there are any.
    else if (props.set === null && props.isNew && props.stream && props.stream.samples > 0) void fetchOf("samples");
  }, [props.set, props.text, props.kept, props.stream?.key]);

  return (
    <section
      class="pane"
      aria-labelledby="records-title"
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault();
        void open(event.dataTransfer?.files[0]);
      }}
    >
      <div class="row">
        <h2 id="records-title">Records</h2>
        <span class="muted">{props.set ? props.set.count.toLocaleString("en") : 0}</span>
      </div>
      <div class="row">
        {props.stream && (
          <>
            <button onClick={() => void fetchOf("samples")} disabled={props.stream.samples === 0}>
              Samples
            </button>
            <button onClick={() => void fetchOf("made")}>Made</button>
            <input
              class="count"
              type="number"
              min="1"
              max="10000"
              aria-label="How many are made"
              value={made}
              onInput={(event) => setMade(event.currentTarget.value)}
            />
            {props.stream.tests.length > 0 && (
              <select
                aria-label="Records of a test"
                value=""
                onChange={(event) => void fetchOf("test", event.currentTarget.value)}
              >
                <option value="">of a test…</option>
                {props.stream.tests.map((name) => (
                  <option value={name}>{name}</option>
                ))}
              </select>
            )}
          </>
        )}
        <button onClick={() => file.current?.click()}>File…</button>
        <input
          ref={file}
          type="file"
          hidden
          accept=".json,.ndjson,.jsonl,.csv,.tsv,.txt"
          aria-label="A file with records"
          onChange={(event) => {
            void open(event.currentTarget.files?.[0]);
            event.currentTarget.value = "";
          }}
        />
      </div>
      <textarea
        class="records"
        aria-label="Records as JSON, one to a line, as an array, or as CSV"
        spellcheck={false}
        placeholder={'Paste records here: JSON, one to a line or as an array, or CSV with a head. Or drop a file.\n\n[{"time": "2026-01-01T10:00:00Z", "message": "hello"}]'}
        value={props.text.length > MOST_EDITABLE ? "" : props.text}
        onInput={(event) => typed(event.currentTarget.value)}
        onPaste={paste}
      />
      {large && <Notice kind="info">{large}</Notice>}
      {problem && <Notice kind="error">{problem}</Notice>}
    </section>
  );
}
