// Plan, drift and verify against an environment; apply only where the workbench was started for it.
import { useEffect, useRef, useState } from "preact/hooks";
import { type AzureReport, type AzureRun, runAzure, type RunProgress } from "./api";
import { inWords } from "./call";
import { Notice } from "./cells";
import { listen } from "./events";
import { useStored } from "./stored";
import type { ViewProps } from "./view";

type Action = AzureRun["action"];

export function PlanView(props: ViewProps) {
  const { project } = props;
  const [environment, setEnvironment] = useStored("environment", project.environment ?? "");
  const [report, setReport] = useStored<AzureReport | null>("report", null);
  const [running, setRunning] = useState<Action | "">("");
  const [problem, setProblem] = useState("");
  const [fingerprint, setFingerprint] = useState("");
  const [events, setEvents] = useState<RunProgress[]>([]);
  const current = useRef("");
  useEffect(
    () =>
      listen("progress", (event) => {
        if (event.run !== current.current) return;
        setEvents((before) => {
          const at = before.findIndex((one) => one.subject === event.subject);
          return at < 0 ? [...before, event] : before.map((one, number) => (number === at ? event : one));
        });
      }),
    [],
  );

  const run = async (action: Action) => {
    current.current = crypto.randomUUID();
    setRunning(action);
    setEvents([]);
    setProblem("");
    try {
      setReport(await runAzure({ action, environment: environment || null, fingerprint, run: current.current }));
      if (action === "apply") setFingerprint("");
    } catch (error) {
      setProblem(inWords(error));
    } finally {
      setRunning("");
    }
  };
  return (
    <main class="plan">
      <div class="row bar">
        <h1>Plan</h1>
        <label>
          Environment{" "}
          <select value={environment} onChange={(event) => setEnvironment(event.currentTarget.value)}>
            <option value="">(the manifest itself)</option>
            {project.environments.map((name) => (
              <option>{name}</option>
            ))}
          </select>
        </label>
        <button class="main" disabled={running !== ""} onClick={() => void run("plan")}>
          Plan
        </button>
        <button disabled={running !== ""} onClick={() => void run("drift")}>
          Drift
        </button>
        <button disabled={running !== ""} onClick={() => void run("verify")}>
          Verify
        </button>
        <span role="status" class="muted">
          {running && `${running} is running…`}
        </span>
      </div>
      <Progress events={running ? events : events.filter((event) => event.kind === "done" || event.kind === "failed")} />
      {problem && <Notice kind="error">{problem}</Notice>}
      {!report && !running && (
        <Notice kind="info">
          Choose an environment and plan: what apply would change is shown here. `local` is an Azure on this machine.
        </Notice>
      )}
      {report?.error && (
        <Notice kind="error">
          {report.error}
          {report.hint && `; ${report.hint}`}
        </Notice>
      )}
      {report && !report.error && (
        <>
          <p role="status" class={report.ok ? "good" : "bad"}>
            {report.action}: {report.summary}
          </p>
          {report.fingerprint && report.action === "plan" && (
            <p>
              Fingerprint <code>{report.fingerprint}</code>
            </p>
          )}
          <iframe class="report" src={report.report} title={`Report of ${report.action}`} sandbox="" />
        </>
      )}
      {project.allow_apply ? (
        <form
          class="row"
          onSubmit={(event) => {
            event.preventDefault();
            void run("apply");
          }}
        >
          <label>
            Fingerprint of the plan to apply{" "}
            <input value={fingerprint} autocomplete="off" onInput={(event) => setFingerprint(event.currentTarget.value)} />
          </label>
          <button disabled={running !== "" || !fingerprint.trim()}>Apply</button>
        </form>
      ) : (
        <p class="muted">
          Applying is a command: <code>provisioner apply{environment && ` -e ${environment}`}</code>. Start the workbench with
          --allow-apply to apply from here.
        </p>
      )}
    </main>
  );
}

const MARKS = { start: "…", wait: "…", done: "✓", failed: "✗" } as const;

/** What a run does at the moment: the last word of each piece of its work. */
function Progress(props: { events: RunProgress[] }) {
  return (
    <ul class="progress" aria-label="Progress" aria-live="polite">
      {props.events.map((event) => (
        <li class={event.kind}>
          <span aria-hidden="true">{MARKS[event.kind]}</span> {event.subject} <span class="muted">{event.message}</span>
        </li>
      ))}
    </ul>
  );
}
