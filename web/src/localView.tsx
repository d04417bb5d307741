// The local Azure: its rows, what it dropped, the requests it gets, its faults and its clock.
import { useEffect, useState } from "preact/hooks";
import {
  type LocalRows,
  type LocalStatus,
  localStatus,
  type ProjectInfo,
  queryLocal,
  readRecords,
  sendLocal,
  setLocalFault,
} from "./api";
import { inWords } from "./call";
import { Cell, Grid, Notice, show } from "./cells";
import { tooLarge } from "./records";
import { TimeChart } from "./timeChart";
import { useStored } from "./stored";
import type { ViewProps } from "./view";

const WATCH = 1_500;

export function LocalView(props: ViewProps) {
  const [status, setStatus] = useState<LocalStatus | null>(null);
  const [problem, setProblem] = useState("");
  useEffect(() => {
    let timer = 0;
    let ended = false;
    const look = async () => {
      try {
        if (!document.hidden) setStatus(await localStatus());
        setProblem("");
      } catch (error) {
        setProblem(inWords(error));
      }
      if (!ended) timer = window.setTimeout(() => void look(), WATCH);
    };
    void look();
    return () => {
      ended = true;
      clearTimeout(timer);
    };
  }, []);
  return (
    <main class="local">
      <div class="row bar">
        <h1>Local Azure</h1>
        <span role="status" class="muted">
          {status?.running ? status.endpoint : status ? "not running" : ""}
        </span>
      </div>
      {problem && <Notice kind="error">{problem}</Notice>}
      {status && !status.running && (
        <Notice kind="info">
          No local Azure runs beside this manifest. Start it with <code>provisioner up -e local</code>, or plan against `local`.
        </Notice>
      )}
      {status?.running && (
        <div class="panes two">
          <Query status={status} />
          <Send project={props.project} />
          <Requests status={status} />
          <Faults status={status} />
          <Drops status={status} />
        </div>
      )}
    </main>
  );
}

function Query(props: { status: LocalStatus }) {
  const { tables } = props.status;
  const [query, setQuery] = useStored("query", "");
  const [workspace, setWorkspace] = useStored("workspace", "");
  const [form, setForm] = useStored<"grid" | "chart">("query-form", "grid");
  const [rows, setRows] = useState<LocalRows | null>(null);
  const [problem, setProblem] = useState("");
  const [running, setRunning] = useState(false);
  const workspaces = [...new Map(tables.map((table) => [table.workspace_id, table.workspace])).entries()];
  const id = workspaces.some(([one]) => one === workspace) ? workspace : (workspaces[0]?.[0] ?? "");

  const run = async (text: string, where: string) => {
    setRunning(true);
    try {
      const answer = await queryLocal({ workspace_id: where, query: text });
      setProblem(answer.problem ?? "");
      setRows(answer.problem ? null : answer);
    } catch (error) {
      setProblem(inWords(error));
    } finally {
      setRunning(false);
    }
  };
  return (
    <section class="pane wide" aria-labelledby="query-title">
      <h2 id="query-title">Tables</h2>
      <p class="row">
        {tables.map((table) => (
          <button
            onClick={() => {
              const text = `${table.name}\n| take 100`;
              setQuery(text);
              setWorkspace(table.workspace_id);
              void run(text, table.workspace_id);
            }}
          >
            {table.name} <small>{table.rows === 1 ? "1 row" : `${table.rows.toLocaleString("en")} rows`}</small>
          </button>
        ))}
        {tables.length === 0 && <span class="empty">No table was written yet.</span>}
      </p>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void run(query, id);
        }}
      >
        <label>
          KQL
          <textarea class="query" spellcheck={false} value={query} onInput={(event) => setQuery(event.currentTarget.value)} />
        </label>
        <div class="row">
          {workspaces.length > 1 && (
            <label>
              Workspace{" "}
              <select value={id} onChange={(event) => setWorkspace(event.currentTarget.value)}>
                {workspaces.map(([one, name]) => (
                  <option value={one}>{name}</option>
                ))}
              </select>
            </label>
          )}
          <button class="main" disabled={running || !query.trim() || !id}>
            Run
          </button>
          <label>
            <input type="radio" name="form" checked={form === "grid"} onChange={() => setForm("grid")} /> grid
          </label>
          <label>
            <input type="radio" name="form" checked={form === "chart"} onChange={() => setForm("chart")} /> time chart
          </label>
        </div>
      </form>
      {problem && <Notice kind="error">{problem}</Notice>}
      {rows && form === "chart" && <TimeChart rows={rows} />}
      {rows && form === "grid" && (
        <Grid
          label="Rows of the query"
          empty="No rows."
          head={rows.columns.map((column) => (
            <th scope="col">
              {column.name} <small>{column.type}</small>
            </th>
          ))}
        >
          {rows.rows.map((row) => (
            <tr>
              {row.map((value) => (
                <Cell value={value} />
              ))}
            </tr>
          ))}
        </Grid>
      )}
    </section>
  );
}

function Send(props: { project: ProjectInfo }) {
  const [stream, setStream] = useStored("send-stream", props.project.streams[0]?.key ?? "");
  const [text, setText] = useStored("send-text", "");
  const [message, setMessage] = useState<{ ok: boolean; text: string } | null>(null);
  const chosen = props.project.streams.some((one) => one.key === stream) ? stream : (props.project.streams[0]?.key ?? "");
  const send = async () => {
    const refusal = tooLarge(new Blob([text]).size);
    if (refusal) return setMessage({ ok: false, text: refusal });
    try {
      const set = await readRecords({ text });
      if (set.problem) return setMessage({ ok: false, text: `line ${set.problem.line}: ${set.problem.message}` });
      const outcome = await sendLocal({ stream: chosen, records: set.id });
      setMessage({ ok: outcome.ok, text: outcome.message });
    } catch (error) {
      setMessage({ ok: false, text: inWords(error) });
    }
  };
  return (
    <section class="pane" aria-labelledby="send-title">
      <h2 id="send-title">Send records</h2>
      <label>
        Stream{" "}
        <select value={chosen} onChange={(event) => setStream(event.currentTarget.value)}>
          {props.project.streams.map((one) => (
            <option>{one.key}</option>
          ))}
        </select>
      </label>
      <label>
        Records
        <textarea
          class="query"
          spellcheck={false}
          value={text}
          placeholder='{"time": "2026-01-01T10:00:00Z"}'
          onInput={(event) => setText(event.currentTarget.value)}
        />
      </label>
      <button disabled={!text.trim() || !chosen} onClick={() => void send()}>
        Send
      </button>
      {message && <Notice kind={message.ok ? "info" : "error"}>{message.text}</Notice>}
    </section>
  );
}

function Requests(props: { status: LocalStatus }) {
  return (
    <section class="pane" aria-labelledby="requests-title">
      <h2 id="requests-title">Requests</h2>
      <Grid
        label="The last requests"
        empty="No request yet."
        head={["time", "method", "path", "status", "ms"].map((name) => (
          <th scope="col">{name}</th>
        ))}
      >
        {props.status.requests.map((one) => (
          <tr class={one.status >= 400 ? "minus" : ""}>
            <td>{one.time.slice(11, 19)}</td>
            <td>{one.method}</td>
            <td class="path">{one.path}</td>
            <td>{one.status}</td>
            <td>{one.milliseconds}</td>
          </tr>
        ))}
      </Grid>
    </section>
  );
}

function Drops(props: { status: LocalStatus }) {
  return (
    <section class="pane" aria-labelledby="drops-title">
      <h2 id="drops-title">Dropped in silence</h2>
      <Grid
        label="What was dropped and why"
        empty="Nothing was lost."
        head={["time", "stream", "table", "why", "what", "times"].map((name) => (
          <th scope="col">{name}</th>
        ))}
      >
        {props.status.drops.map((one) => (
          <tr>
            <td>{one.time.slice(11, 19)}</td>
            <td class="short">{one.stream}</td>
            <td class="short">{one.table}</td>
            <td class="why">{one.reason}</td>
            <td>{one.detail}</td>
            <td>{one.count}</td>
          </tr>
        ))}
      </Grid>
    </section>
  );
}

function Faults(props: { status: LocalStatus }) {
  const [kind, setKind] = useState("throttle");
  const [typed, setFields] = useState<string | null>(null);
  const fields = typed ?? JSON.stringify(props.status.fault_kinds[kind] ?? {});
  const [clock, setClock] = useState("");
  const [message, setMessage] = useState<{ ok: boolean; text: string } | null>(null);
  const set = async (fault: string, values: Record<string, unknown>) => {
    try {
      const outcome = await setLocalFault({ fault, fields: values });
      setMessage({ ok: outcome.ok, text: outcome.message });
    } catch (error) {
      setMessage({ ok: false, text: inWords(error) });
    }
  };
  const switchOn = () => {
    try {
      const values: unknown = JSON.parse(fields || "{}");
      if (typeof values !== "object" || values === null || Array.isArray(values)) throw new Error();
      void set(kind, values as Record<string, unknown>);
    } catch {
      setMessage({ ok: false, text: 'the fields are a JSON object, such as {"times": 3}' });
    }
  };
  return (
    <section class="pane" aria-labelledby="faults-title">
      <h2 id="faults-title">Faults and clock</h2>
      <ul class="faults">
        {props.status.faults.map((fault) => (
          <li>
            {show(fault.fault)} <span class="muted">has struck {show(fault.hits)} times</span>
          </li>
        ))}
      </ul>
      {props.status.faults.length === 0 && <p class="empty">No fault is on.</p>}
      <div class="row">
        <label>
          Fault{" "}
          <select
            value={kind}
            onChange={(event) => {
              setKind(event.currentTarget.value);
              setFields(null);
            }}
          >
            {Object.keys(props.status.fault_kinds).map((one) => (
              <option>{one}</option>
            ))}
          </select>
        </label>
        <label>
          Fields <input class="fields" value={fields} onInput={(event) => setFields(event.currentTarget.value)} />
        </label>
        <button onClick={switchOn}>Switch on</button>
        <button onClick={() => void set("", {})}>All off</button>
      </div>
      <div class="row">
        <label>
          Clock{" "}
          <input placeholder="2026-01-01T10:00:00Z" value={clock} onInput={(event) => setClock(event.currentTarget.value)} />
        </label>
        <button disabled={!clock.trim()} onClick={() => void set("clock", { now: clock.trim(), stop: false })}>
          Set
        </button>
        <button disabled={!clock.trim()} onClick={() => void set("clock", { now: clock.trim(), stop: true })}>
          Stop there
        </button>
      </div>
      {message && <Notice kind={message.ok ? "info" : "error"}>{message.text}</Notice>}
    </section>
  );
}
