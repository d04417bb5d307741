// Plan, drift and verify against an environment; apply only where the workbench was started for it.
import { useState } from "preact/hooks";
import { type AzureReport, type AzureRun, type ProjectInfo, runAzure } from "./api";
import { inWords } from "./call";
import { Notice } from "./cells";
import { useStored } from "./stored";

type Action = AzureRun["action"];

export function PlanView(props: { project: ProjectInfo }) {
  const { project } = props;
  const [environment, setEnvironment] = useStored("environment", project.environment ?? "");
  const [report, setReport] = useStored<AzureReport | null>("report", null);
  const [running, setRunning] = useState<Action | "">("");
  const [problem, setProblem] = useState("");
  const [fingerprint, setFingerprint] = useState("");

  const run = async (action: Action) => {
    setRunning(action);
    setProblem("");
    try {
      setReport(await runAzure({ action, environment: environment || null, fingerprint }));
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
      {problem && <Notice kind="error">{problem}</Notice>}
      {!report && (
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
