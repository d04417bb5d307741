// The transform beside its records and rows.
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import {
  type Column,
  compareTransform,
  type ComparisonResult,
  type EditPreview,
  keptRecords,
  previewRecords,
  previewTransform,
  type RecordSet,
  runTests,
  runTransform,
  showStep,
  type StepResult,
  type TestOutcome,
  type TextFinding,
  type TransformResult,
} from "./api";
import { CallError, inWords, isAbort } from "./call";
import { Cell, Grid, Notice } from "./cells";
import { type Draft, draftKey, flowName } from "./drafts";
import { Editor } from "./editor";
import { connectLanguage, type LanguageConnection, type LanguageFindings } from "./language";
import { Records } from "./records";
import { Rows } from "./rows";
import { Difference, SaveDialog } from "./saveDialog";
import { fromText, isShared, type SharedCase, toFragment } from "./share";
import { isStored, store, useStored } from "./stored";
import type { ViewProps } from "./view";

const OWN = "(a case of its own)";
const TEST_PAUSE = 200;
const NO_COLUMNS: Column[] = [];

/** Everything about one transform at a time. */
export function TransformView(props: ViewProps) {
  const { project } = props;
  const flows = project.streams.flatMap((stream) => stream.flows.map((flow) => ({ stream, flow })));
  const [chosen, choose] = useStored("flow", "");
  const [own, setOwn] = useStored<SharedCase | null>("case", null);
  const isOwn = chosen === OWN && own !== null;
  const current = isOwn
    ? null
    : (flows.find(({ stream, flow }) => flowName(stream.key, flow.table) === chosen) ?? flows[0] ?? null);
  const key = isOwn ? OWN : current ? flowName(current.stream.key, current.flow.table) : "";
  const saved = isOwn ? own.transform : (current?.flow.transform ?? "source");
  const [draft, setDraft] = useStored<Draft>(draftKey(key), { text: saved, base: saved });
  const [recordsText, setRecordsText] = useStored(`records:${key}`, isOwn ? own.records : "");
  const [kept, setKept] = useStored(`kept:${key}`, "");
  const [set, setSet] = useState<RecordSet | null>(null);
  const [result, setResult] = useState<TransformResult | null>(null);
  const [step, setStep] = useState<number | null>(null);
  const [stepResult, setStepResult] = useState<StepResult | null>(null);
  const [problem, setProblem] = useState("");
  const [selected, setSelected] = useState<{ start: number; end: number } | null>(null);
  const [preview, setPreview] = useState<{ made: EditPreview; again: () => void } | null>(null);
  const [comparison, setComparison] = useState<ComparisonResult | null>(null);
  const [sharing, setSharing] = useState("");
  const [found, setFound] = useState<LanguageFindings | null>(null);
  const [helpless, setHelpless] = useState("");
  const [lost, setLost] = useState(false);
  const [language, setLanguage] = useState<{ key: string; connection: LanguageConnection } | null>(null);
  const pending = useRef<AbortController | null>(null);
  const isEdited = draft.text !== draft.base;
  const hasConflict = isEdited && draft.base !== saved && draft.text.trimEnd() !== saved.trimEnd();
  const columns = isOwn ? own.columns : (current?.stream.columns ?? NO_COLUMNS);
  const tableColumns = isOwn
    ? own.tableColumns
    : (project.tables.find((table) => table.name === current?.flow.table)?.columns ?? NO_COLUMNS);
  // The columns as a text: another revision of the project has equal ones as new objects.
  const shape = JSON.stringify([columns, tableColumns]);

  useEffect(() => {
    // What was not edited follows the file; what was saved here is no draft any more.
    if (!isEdited && draft.base !== saved) setDraft({ text: saved, base: saved });
    else if (isEdited && draft.text.trimEnd() === saved.trimEnd()) setDraft({ text: saved, base: saved });
  }, [saved, key, isEdited]);

  useEffect(() => {
    setSet(null);
    setResult(null);
    setStep(null);
    setComparison(null);
    setSelected(null);
  }, [key]);

  useEffect(() => {
    if (!set) return;
    pending.current?.abort();
    const controller = (pending.current = new AbortController());
    runTransform({ transform: draft.text, columns, records: set.id, table_columns: tableColumns }, controller.signal)
      .then((answer) => {
        setResult(answer);
        setProblem("");
      })
      .catch((error: unknown) => {
        if (isAbort(error)) return;
        // The server was started again, or keeps newer records only: it gets them once more.
        if (error instanceof CallError && error.status === 410) return setSet(null);
        setProblem(inWords(error));
      });
    return () => controller.abort();
  }, [draft.text, set, shape]);

  const [connectable, setConnectable] = useState("");
  const canConnect = connectable === key && !lost;
  useEffect(() => {
    // The page has read the project anew: a server that went away is there again.
    setLost(false);
  }, [project]);
  useEffect(() => {
    if (set !== null || recordsText === "") setConnectable(key);
  }, [key, set, recordsText]);
  useEffect(() => {
    // The language server is a help: without it everything else works.
    if (!canConnect) return;
    let ended = false;
    let opened: LanguageConnection | null = null;
    const [stream, table] = current ? [current.stream.key, current.flow.table] : ["", ""];
    const request = { columns, table_columns: tableColumns, records: set?.id ?? "", stream, table };
    connectLanguage(request, setFound, () => setLost(true))
      .then((connection) => {
        opened = connection;
        if (ended) connection.close();
        else setLanguage({ key, connection });
        setHelpless("");
      })
      .catch((error: unknown) => {
        setLanguage(null);
        if (!ended) setHelpless(inWords(error));
      });
    return () => {
      ended = true;
      opened?.close();
      setLanguage(null);
      setFound(null);
    };
    // With the first records, whose members it then proposes; not again with each change of them.
  }, [key, shape, canConnect]);

  useEffect(() => {
    if (step === null || !set) return setStepResult(null);
    const controller = new AbortController();
    showStep({ transform: draft.text, columns, records: set.id, step }, controller.signal)
      .then(setStepResult)
      .catch((error: unknown) => {
        if (!isAbort(error)) setStepResult(null);
      });
    return () => controller.abort();
  }, [step, draft.text, set, shape]);

  const openCase = async (text: string) => {
    try {
      const shared = await fromText(text);
      setOwn(shared);
      choose(OWN);
      // Under the name of the case: what is shown until now is another flow's draft, which stays.
      store(draftKey(OWN), { text: shared.transform, base: shared.transform });
      store(`records:${OWN}`, shared.records);
      store(`kept:${OWN}`, "");
      setSet(null);
      setProblem("");
    } catch (error) {
      setProblem(inWords(error));
    }
  };
  useEffect(() => {
    const open = () => {
      if (!isShared(location.hash)) return;
      const hash = location.hash;
      history.replaceState(null, "", "#/transform");
      void openCase(hash);
    };
    open();
    addEventListener("hashchange", open);
    return () => removeEventListener("hashchange", open);
  }, []);

  const show = async (make: () => Promise<EditPreview>) => {
    try {
      setPreview({ made: await make(), again: () => void show(make) });
    } catch (error) {
      setProblem(inWords(error));
    }
  };
  const save = () => {
    if (current) void show(() => previewTransform({ stream: current.stream.key, table: current.flow.table, transform: draft.text }));
  };
  const keep = (as: "sample" | "test", name: string, numbers: number[]) => {
    if (!current || !set) return;
    const { stream, flow } = current;
    void show(() =>
      previewRecords({ stream: stream.key, table: flow.table, keep_as: as, name, records: set.id, numbers, transform: draft.text }),
    );
  };
  const compare = async (against: "saved" | "live") => {
    if (!current || !set) return;
    // What is compared anew must not be taken for what was compared before.
    setComparison(null);
    try {
      const { stream, flow } = current;
      const request = { stream: stream.key, table: flow.table, transform: draft.text, columns, records: set.id, against };
      setComparison(await compareTransform({ ...request, environment: project.environment }));
    } catch (error) {
      setProblem(inWords(error));
    }
  };
  const share = async (form: "link" | "file") => {
    let records = recordsText;
    try {
      if (kept && set) records = (await keptRecords({ id: set.id, whole: true })).text ?? "";
    } catch (error) {
      return setProblem(inWords(error));
    }
    const shared: SharedCase = { version: 1, columns, tableColumns, transform: draft.text, records };
    if (form === "file") {
      const link = document.createElement("a");
      link.href = URL.createObjectURL(new Blob([JSON.stringify(shared, null, 1)], { type: "application/json" }));
      link.download = "transform-case.json";
      link.click();
      URL.revokeObjectURL(link.href);
      return setSharing("");
    }
    const fragment = await toFragment(shared);
    setSharing(fragment ? location.origin + "/" + fragment : "too many records for a link: share the file instead");
  };
  const findings = useMemo(() => {
    const ofRun = result?.findings ?? [];
    // Those of the run come with its rows; the language server knows more checks, and tells them a moment later.
    const isTold = (one: TextFinding) => ofRun.some((other) => other.code === one.code && other.start === one.start);
    return [...ofRun, ...(found?.text === draft.text ? found.findings.filter((one) => !isTold(one)) : [])];
  }, [result, found, draft.text]);

  if (!current && !isOwn) {
    return (
      <main>
        <Notice kind="info">
          {project.readable
            ? "The manifest has no stream yet. Add one under `streams:`, or make a project from records with " +
              "`provisioner init`; this page follows the file."
            : "Mend the file: this page follows it, and what you have typed here is kept until then."}
        </Notice>
        <OpenCase open={openCase} />
        {problem && <Notice kind="error">{problem}</Notice>}
      </main>
    );
  }
  return (
    <main class="transform">
      <div class="row bar">
        <h1>Transform</h1>
        <label>
          Flow{" "}
          <select value={key} onChange={(event) => choose(event.currentTarget.value)}>
            {flows.map(({ stream, flow }) => (
              <option>{flowName(stream.key, flow.table)}</option>
            ))}
            {own && <option>{OWN}</option>}
          </select>
        </label>
        {current && (
          <>
            <button class="main" disabled={!isEdited} onClick={save}>
              Save…
            </button>
            <button disabled={!isEdited} onClick={() => setDraft({ text: saved, base: saved })}>
              Undo all
            </button>
            <button onClick={() => void compare("saved")} disabled={!set}>
              Against saved
            </button>
            <button onClick={() => void compare("live")} disabled={!set}>
              Against Azure
            </button>
          </>
        )}
        <button onClick={() => void share("link")}>Link</button>
        <button onClick={() => void share("file")}>Share file</button>
        {current && (
          <span class="muted">
            {current.flow.file}:{current.flow.line}
            {isEdited ? " · edited" : ""}
          </span>
        )}
      </div>
      {sharing && (
        <label class="row">
          Link to this case (it holds the records){" "}
          <input class="wide" readOnly value={sharing} onFocus={(event) => event.currentTarget.select()} />
        </label>
      )}
      {hasConflict && (
        <p class="notice warning" role="alert">
          {current?.flow.file} has changed on the disk: its transform is another one now.{" "}
          <button onClick={() => setDraft({ text: saved, base: saved })}>Take that one</button>{" "}
          <button onClick={() => setDraft({ text: draft.text, base: saved })}>Keep mine</button>
        </p>
      )}
      {problem && <Notice kind="error">{problem}</Notice>}
      <div class="panes">
        <Records
          stream={current?.stream ?? null}
          text={recordsText}
          kept={kept}
          set={set}
          isNew={!isOwn && !isStored(`records:${key}`)}
          onText={setRecordsText}
          onSet={(next, text) => {
            setSet(next);
            if (text !== null) setRecordsText(text);
            setKept(next.text === null ? next.id : "");
          }}
          onGone={() => setKept("")}
        />
        <section class="pane" aria-labelledby="transform-title">
          <h2 id="transform-title">KQL</h2>
          <Editor
            key={key}
            text={draft.text}
            label={`Transform of ${key}`}
            findings={findings}
            selected={selected}
            extension={language?.key === key ? language.connection.extension : undefined}
            onChange={(text) => setDraft({ text, base: draft.base })}
            onPipe={(offset) => {
              const at = (result?.steps ?? []).findIndex((one) => one.start > offset);
              setStep(at < 0 ? null : at + 1);
            }}
          />
          {helpless && <p class="muted">No completion and no explanations: {helpless}</p>}
          <ul class="findings">
            {findings.map((finding) => (
              <li class={finding.severity}>
                <button class="link" onClick={() => setSelected({ start: finding.start, end: finding.end })}>
                  {finding.code}
                </button>{" "}
                {finding.message}
                {finding.hint && <span class="muted"> {finding.hint}</span>}
              </li>
            ))}
          </ul>
          {result && result.steps.length > 0 && (
            <div class="row steps" role="group" aria-label="Rows behind each step">
              <button aria-pressed={step === 0} onClick={() => setStep(step === 0 ? null : 0)}>
                records
              </button>
              {result.steps.map((one, number) => (
                <button
                  aria-pressed={step === number + 1}
                  onClick={() => {
                    setStep(step === number + 1 ? null : number + 1);
                    setSelected({ start: one.start, end: one.end });
                  }}
                >
                  | {one.text.split(/\s+/, 2).join(" ")}
                </button>
              ))}
            </div>
          )}
          {step !== null && stepResult && (
            <div data-testid="step">
              <p>
                {stepResult.row_count.toLocaleString("en")} of {stepResult.record_count.toLocaleString("en")} rows behind{" "}
                <code>{stepResult.text}</code>
              </p>
              <Grid
                label="Rows behind this step"
                empty="No row gets here."
                head={stepResult.columns.map((column) => (
                  <th scope="col">
                    {column.name} <small>{column.type}</small>
                  </th>
                ))}
              >
                {stepResult.rows.map((row) => (
                  <tr>
                    {stepResult.columns.map((column) => (
                      <Cell value={row[column.name]} />
                    ))}
                  </tr>
                ))}
              </Grid>
            </div>
          )}
          {current && current.stream.tests.length > 0 && (
            <FlowTests stream={current.stream.key} table={current.flow.table} transform={draft.text} revision={project.revision} />
          )}
          {current && <Keep count={set?.count ?? 0} keep={keep} />}
          <OpenCase open={openCase} />
        </section>
        <Rows result={set ? result : null} onShow={(start, end) => setSelected({ start, end })} />
      </div>
      {comparison && <Comparison result={comparison} close={() => setComparison(null)} />}
      {preview && (
        <SaveDialog
          preview={preview.made}
          again={preview.again}
          close={() => setPreview(null)}
          written={() => setPreview(null)}
        />
      )}
    </main>
  );
}

/** How the tests of a flow go with the text as it is written now. */
function FlowTests(props: { stream: string; table: string; transform: string; revision: number }) {
  const { stream, table, transform } = props;
  const [outcomes, setOutcomes] = useState<TestOutcome[]>([]);
  useEffect(() => {
    const controller = new AbortController();
    const timer = window.setTimeout(() => {
      runTests({ streams: [stream], drafts: [{ stream, table, transform }] }, controller.signal)
        .then((run) => setOutcomes(run.tests.filter((one) => one.table === table)))
        .catch((error: unknown) => {
          // The rows tell it already where the server does not answer.
          if (!isAbort(error)) setOutcomes([]);
        });
    }, TEST_PAUSE);
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [stream, table, transform, props.revision]);
  const failed = outcomes.filter((one) => !one.ok);
  if (outcomes.length === 0) return null;
  return (
    <p role="status" data-testid="flow-tests">
      <a href="#/tests">Tests of this stream</a>{" "}
      <span class={failed.length ? "bad" : "good"}>
        {outcomes.length - failed.length} passed, {failed.length} failed
      </span>
      {failed.map((one) => (
        <span class="muted">
          {" "}
          · {one.name}: {one.reason}
        </span>
      ))}
    </p>
  );
}

function Keep(props: { count: number; keep: (as: "sample" | "test", name: string, numbers: number[]) => void }) {
  const [name, setName] = useState("");
  const [record, setRecord] = useState("1");
  const numbers = record === "all" ? [] : [Math.max(Number(record) - 1, 0)];
  const choices = Array.from({ length: Math.min(props.count, 50) }, (_, number) => String(number + 1));
  return (
    <details class="keep">
      <summary>Keep records as a sample or a test</summary>
      <div class="row">
        <label>
          Record{" "}
          <select value={record} onChange={(event) => setRecord(event.currentTarget.value)}>
            {choices.map((choice) => (
              <option>{choice}</option>
            ))}
            <option value="all">all</option>
          </select>
        </label>
        <button disabled={props.count === 0} onClick={() => props.keep("sample", "", numbers)}>
          Keep as sample…
        </button>
        <label>
          Test{" "}
          <input placeholder="what it shows" value={name} onInput={(event) => setName(event.currentTarget.value)} />
        </label>
        <button disabled={props.count === 0} onClick={() => props.keep("test", name, numbers)}>
          Keep as test…
        </button>
      </div>
    </details>
  );
}

function OpenCase(props: { open: (text: string) => void }) {
  const [text, setText] = useState("");
  return (
    <details class="keep">
      <summary>Open a shared case</summary>
      <div class="row">
        <label>
          Its link{" "}
          <input value={text} onInput={(event) => setText(event.currentTarget.value)} />
        </label>
        <button disabled={!text} onClick={() => props.open(text)}>
          Open
        </button>
        <label>
          or its file{" "}
          <input
            type="file"
            accept=".json"
            onChange={async (event) => {
              const file = event.currentTarget.files?.[0];
              if (file) props.open(await file.text());
            }}
          />
        </label>
      </div>
    </details>
  );
}

function Comparison(props: { result: ComparisonResult; close: () => void }) {
  const { result } = props;
  const names = [...new Set(result.pairs.flatMap((pair) => [...Object.keys(pair.after ?? {}), ...Object.keys(pair.before ?? {})]))];
  return (
    <section class="pane" aria-labelledby="comparison-title">
      <div class="row">
        <h2 id="comparison-title">Before and after</h2>
        {!result.problem && (
          <span class="muted">
            {result.changed} of {result.pairs.length} rows differ
          </span>
        )}
        <button onClick={props.close}>Close</button>
      </div>
      {result.problem && <Notice kind="info">{result.problem}</Notice>}
      {result.diff && <Difference text={result.diff} />}
      {result.pairs.length > 0 && (
        <Grid label="Rows before and after" head={names.map((name) => <th scope="col">{name}</th>)}>
          {result.pairs.map((pair) => (
            <tr class={pair.before === null ? "plus" : pair.after === null ? "minus" : ""}>
              {names.map((name) => (
                <Cell
                  value={(pair.after ?? pair.before ?? {})[name]}
                  marked={pair.differences.includes(name)}
                  old={pair.before?.[name]}
                />
              ))}
            </tr>
          ))}
        </Grid>
      )}
    </section>
  );
}
