// All tests of transforms, live, with the differing cells.
import { useEffect, useReducer, useState } from "preact/hooks";
import { type EditPreview, previewExpectation, runTests, type TestOutcome, type TestRun } from "./api";
import { inWords, isAbort } from "./call";
import { Cell, Grid, Notice } from "./cells";
import { flowName, openDrafts } from "./drafts";
import { SaveDialog } from "./saveDialog";
import { useStored } from "./stored";
import type { ViewProps } from "./view";

export function TestsView(props: ViewProps) {
  const [run, setRun] = useState<TestRun | null>(null);
  const [problem, setProblem] = useState("");
  const [failedOnly, setFailedOnly] = useStored("failed-only", false);
  const [preview, setPreview] = useState<{ made: EditPreview; again: () => void } | null>(null);

  // What is typed in another tab counts as soon as it is typed.
  const [, look] = useReducer((count: number) => count + 1, 0);
  useEffect(() => {
    addEventListener("storage", look);
    return () => removeEventListener("storage", look);
  }, []);
  const drafts = openDrafts(props.project);
  const shape = JSON.stringify(drafts);

  useEffect(() => {
    const controller = new AbortController();
    runTests({ drafts }, controller.signal)
      .then((answer) => {
        setRun(answer);
        setProblem("");
      })
      .catch((error: unknown) => {
        if (!isAbort(error)) setProblem(inWords(error));
      });
    return () => controller.abort();
  }, [shape, props.project.revision]);

  const update = async (test: TestOutcome) => {
    try {
      setPreview({ made: await previewExpectation({ stream: test.stream, test: test.name, drafts }), again: () => void update(test) });
    } catch (error) {
      setProblem(inWords(error));
    }
  };
  const shown = (run?.tests ?? []).filter((test) => !failedOnly || !test.ok);
  return (
    <main>
      <div class="row bar">
        <h1>Tests</h1>
        {run && run.tests.length > 0 && (
          <span role="status" class={run.failed ? "bad" : "good"}>
            {run.passed} passed, {run.failed} failed
          </span>
        )}
        <label>
          <input type="checkbox" checked={failedOnly} onChange={(event) => setFailedOnly(event.currentTarget.checked)} />{" "}
          failed only
        </label>
      </div>
      {problem && <Notice kind="error">{problem}</Notice>}
      {drafts.length > 0 && (
        <p class="muted">
          With the unsaved transform of {drafts.map((draft) => flowName(draft.stream, draft.table)).join(", ")}.
        </p>
      )}
      {run && run.tests.length === 0 && (
        <Notice kind="info">
          {props.project.readable
            ? "There is no test yet. Write a transform, then keep its record as a test."
            : "Mend the file: its tests run as soon as it can be read."}
        </Notice>
      )}
      {shown.map((test) => (
        <article class={`test ${test.ok ? "ok" : "failed"}`}>
          <h2>
            <span aria-hidden="true">{test.ok ? "✓" : "✗"}</span> {test.name}{" "}
            <small class="muted">
              {test.stream} → {test.table}
              {test.file && ` · ${test.file}:${test.line}`}
            </small>
          </h2>
          {test.reason && <p class="bad">{test.reason}</p>}
          {!test.ok && test.rows.length > 0 && <TestRows test={test} />}
          {!test.ok && test.rows.length > 0 && (
            <button onClick={() => void update(test)}>Expect what comes now…</button>
          )}
        </article>
      ))}
      {preview && (
        <SaveDialog preview={preview.made} again={preview.again} close={() => setPreview(null)} written={() => setPreview(null)} />
      )}
    </main>
  );
}

function TestRows(props: { test: TestOutcome }) {
  const names = [
    ...new Set(props.test.rows.flatMap((row) => [...Object.keys(row.expected ?? {}), ...(row.expected ? [] : Object.keys(row.actual ?? {}))])),
  ];
  return (
    <Grid
      label={`Expected and actual rows of ${props.test.name}`}
      head={
        <>
          <th scope="col">row</th>
          {names.map((name) => (
            <th scope="col">{name}</th>
          ))}
        </>
      }
    >
      {props.test.rows.flatMap((row) => {
        const differs = (name: string) => row.differences.some((cell) => cell.column === name);
        return [
          row.expected && (
            <tr>
              <th scope="row">expected</th>
              {names.map((name) => (
                <Cell value={row.expected![name]} marked={differs(name)} />
              ))}
            </tr>
          ),
          row.actual && (
            <tr>
              <th scope="row">{row.expected ? "actual" : "not expected"}</th>
              {names.map((name) => (
                <Cell value={row.actual![name]} marked={differs(name) || !row.expected} />
              ))}
            </tr>
          ),
        ];
      })}
    </Grid>
  );
}
