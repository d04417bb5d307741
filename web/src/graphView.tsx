// The pipeline as a picture: search, a part, a column's lineage, the text behind a box.
import type { RefObject } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { drawGraph, type GraphBox, type GraphPicture, readFile, type SourceFile } from "./api";
import { inWords, isAbort } from "./call";
import { Notice } from "./cells";
import { useStored } from "./stored";
import type { ViewProps } from "./view";

const DASHED = new Set(["holds", "allows", "filters"]);
const LINE_HEIGHT = 16;
const CHARACTER = 7.2;
const MARGIN = 4;
const LEAST_SCALE = 0.7;

interface Shown {
  focus: string;
  lineage: string;
}

export function GraphView(props: ViewProps) {
  const [shown, setShown] = useStored<Shown>("graph", { focus: "", lineage: "" });
  // 0: as large as the page lets it be, and never so small that it cannot be read.
  const [zoom, setZoom] = useStored("graph-zoom", 0);
  const place = useRef<HTMLElement>(null);
  const room = useWidth(place);
  const [drift, setDrift] = useState(false);
  const [picture, setPicture] = useState<GraphPicture | null>(null);
  const [problem, setProblem] = useState("");
  const [box, setBox] = useState<GraphBox | null>(null);
  const [search, setSearch] = useState("");
  const [column, setColumn] = useState(shown.lineage);

  useEffect(() => {
    const controller = new AbortController();
    drawGraph({ ...shown, environment: props.project.environment, drift }, controller.signal)
      .then((answer) => {
        setProblem(answer.problem ?? "");
        setPicture(answer);
      })
      .catch((error: unknown) => {
        if (!isAbort(error)) setProblem(inWords(error));
      });
    return () => controller.abort();
  }, [shown.focus, shown.lineage, drift, props.project.revision]);

  const fitting = picture && room ? Math.min(1, Math.max((room - MARGIN) / Math.max(picture.width, 1), LEAST_SCALE)) : 1;
  const scale = zoom || fitting;
  const focus = (name: string) => setShown({ focus: name, lineage: "" });
  const open = (one: GraphBox) => {
    setBox(one);
    if (one.type === "group" && one.id !== "group/pipelines") focus(one.id.slice("group/".length));
  };
  return (
    <main class="graph" ref={place}>
      <div class="row bar">
        <h1>Graph</h1>
        <form
          class="row"
          onSubmit={(event) => {
            event.preventDefault();
            focus(search);
          }}
        >
          <label>
            Around{" "}
            <input list="names" value={search} placeholder="a table, stream, DCR" onInput={(event) => setSearch(event.currentTarget.value)} />
          </label>
          <datalist id="names">
            {(picture?.names ?? []).slice(0, 5000).map((name) => (
              <option value={name} />
            ))}
          </datalist>
          <button>Show</button>
        </form>
        <form
          class="row"
          onSubmit={(event) => {
            event.preventDefault();
            setShown({ focus: "", lineage: column });
          }}
        >
          <label>
            Lineage{" "}
            <input value={column} placeholder="Table_CL.Column" onInput={(event) => setColumn(event.currentTarget.value)} />
          </label>
          <button>Show</button>
        </form>
        <button onClick={() => setShown({ focus: "", lineage: "" })} disabled={!shown.focus && !shown.lineage}>
          All
        </button>
        <button aria-label="Smaller" onClick={() => setZoom(Math.max(scale / 1.25, 0.2))}>
          −
        </button>
        <button aria-label="Larger" onClick={() => setZoom(Math.min(scale * 1.25, 4))}>
          +
        </button>
        <button onClick={() => setZoom(0)} disabled={zoom === 0}>
          Fit
        </button>
        <label>
          <input type="checkbox" checked={drift} onChange={(event) => setDrift(event.currentTarget.checked)} /> compare with
          Azure
        </label>
      </div>
      {problem && <Notice kind="error">{problem}</Notice>}
      {picture && picture.hidden > 0 && (
        <p class="muted">{picture.hidden.toLocaleString("en")} more nodes stand in groups: open one, or look around a name.</p>
      )}
      {picture && picture.boxes.length > 0 && <Picture picture={picture} scale={scale} chosen={box?.id} open={open} />}
      <ul class="row legend" aria-label="What borders say">
        <li class="box error">errors</li>
        <li class="box warning">warnings</li>
        <li class="box drift">differs from Azure</li>
      </ul>
      {box && <BoxDetails {...props} box={box} focus={focus} lineage={(name) => setShown({ focus: "", lineage: name })} />}
    </main>
  );
}

/** The width of an element, followed as the window changes. */
function useWidth(place: RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => setWidth(entry.contentRect.width));
    observer.observe(place.current!);
    return () => observer.disconnect();
  }, []);
  return width;
}

function Picture(props: { picture: GraphPicture; scale: number; chosen?: string; open: (box: GraphBox) => void }) {
  const { picture, scale } = props;
  return (
    <div class="picture" tabIndex={0} role="region" aria-label="Picture of the pipeline">
      <svg
        width={picture.width * scale}
        height={picture.height * scale}
        viewBox={`0 0 ${picture.width} ${picture.height}`}
        role="group"
        aria-label={picture.title}
      >
        {picture.lines.map((line) => (
          <path class={DASHED.has(line.kind) ? "line dashed" : "line"} d={line.path} />
        ))}
        {picture.boxes.map((box) => (
          <g
            class={`box ${box.type} ${box.errors ? "error" : box.warnings ? "warning" : box.drift ? "drift" : ""}`}
            tabindex={0}
            role="button"
            aria-label={describe(box)}
            aria-pressed={props.chosen === box.id}
            onClick={() => props.open(box)}
            onKeyDown={(event) => {
              if (event.key !== "Enter" && event.key !== " ") return;
              event.preventDefault();
              props.open(box);
            }}
          >
            <rect x={box.x} y={box.y} width={box.width} height={box.height} rx={box.type === "sender" || box.type === "endpoint" ? 14 : 4} />
            {box.label.map((line, number) => (
              <text x={box.x + 10} y={box.y + LINE_HEIGHT * (number + 1) + 1}>
                {shorten(line, Math.floor((box.width - 12) / CHARACTER))}
              </text>
            ))}
          </g>
        ))}
      </svg>
    </div>
  );
}

function shorten(text: string, room: number): string {
  return text.length <= room ? text : `${text.slice(0, room - 1)}…`;
}

function describe(box: GraphBox): string {
  const parts = [`${box.type} ${box.label.join(" ")}`];
  if (box.errors) parts.push(`${box.errors} errors`);
  if (box.warnings) parts.push(`${box.warnings} warnings`);
  if (box.drift) parts.push(box.drift);
  return parts.join(", ");
}

function BoxDetails(props: ViewProps & { box: GraphBox; focus: (name: string) => void; lineage: (name: string) => void }) {
  const { box, project } = props;
  const [source, setSource] = useState<SourceFile | null>(null);
  const [problem, setProblem] = useState("");
  const marked = useRef<HTMLSpanElement>(null);
  const name = box.id.slice(box.id.indexOf("/") + 1);
  useEffect(() => {
    setSource(null);
    setProblem("");
    if (!box.file) return;
    const controller = new AbortController();
    readFile({ file: box.file }, controller.signal)
      .then(setSource)
      .catch((error: unknown) => {
        if (!isAbort(error)) setProblem(inWords(error));
      });
    return () => controller.abort();
  }, [box.id, project.revision]);
  useEffect(() => marked.current?.scrollIntoView({ block: "nearest" }), [source]);
  const columns =
    box.type === "table"
      ? project.tables.find((table) => table.name === name)?.columns
      : box.type === "stream"
        ? project.streams.find((stream) => stream.key === name)?.columns
        : undefined;
  const findings = props.findings.filter((finding) => finding.file === box.file && box.line !== null && finding.line !== null && finding.line >= box.line);
  return (
    <section class="pane" aria-labelledby="box-title">
      <div class="row">
        <h2 id="box-title">
          {box.type} {box.label.join(" ")}
        </h2>
        <button onClick={() => props.focus(name)}>Around it</button>
        {box.type === "flow" && <a href="#/transform">Open the transform</a>}
        {box.drift && <span>{box.drift}</span>}
      </div>
      {columns && (
        <p class="row">
          {columns.map((column) => (
            <button class="link" onClick={() => props.lineage(`${name}.${column.name}`)}>
              {column.name}
            </button>
          ))}
        </p>
      )}
      {(box.errors > 0 || box.warnings > 0) && (
        <ul class="findings">
          {findings.slice(0, box.errors + box.warnings).map((finding) => (
            <li class={finding.severity}>
              {finding.code} {finding.message}
            </li>
          ))}
        </ul>
      )}
      {problem && <Notice kind="error">{problem}</Notice>}
      {source && (
        <pre class="source" tabIndex={0} aria-label={`${source.file}, line ${box.line}`}>
          {source.text.split("\n").map((line, number) => (
            <span class={number + 1 === box.line ? "here" : ""} ref={number + 1 === box.line ? marked : undefined}>
              {String(number + 1).padStart(4)} {line}
              {"\n"}
            </span>
          ))}
        </pre>
      )}
    </section>
  );
}
