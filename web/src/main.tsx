// The page: five views over one project, which follows its files.
import { render } from "preact";
import { useEffect, useState } from "preact/hooks";
import { type Finding, getFindings, getProject, type ProjectInfo } from "./api";
import { inWords } from "./call";
import { Notice } from "./cells";
import { listen, onLost } from "./events";
import { GraphView } from "./graphView";
import { LocalView } from "./localView";
import { PlanView } from "./planView";
import { TestsView } from "./testsView";
import { TransformView } from "./transformView";

const VIEWS = {
  transform: { title: "Transform", view: TransformView },
  tests: { title: "Tests", view: TestsView },
  graph: { title: "Graph", view: GraphView },
  plan: { title: "Plan", view: PlanView },
  local: { title: "Local Azure", view: LocalView },
} as const;
type ViewName = keyof typeof VIEWS;

function viewOfAddress(): ViewName {
  const name = location.hash.slice(2).split("/")[0];
  return name in VIEWS ? (name as ViewName) : "transform";
}

function Page() {
  const [name, setName] = useState<ViewName>(viewOfAddress);
  const [project, setProject] = useState<ProjectInfo | null>(null);
  const [findings, setFindings] = useState<Finding[] | null>(null);
  const [problem, setProblem] = useState("");

  useEffect(() => {
    const listen = () => setName(viewOfAddress());
    addEventListener("hashchange", listen);
    return () => removeEventListener("hashchange", listen);
  }, []);
  useEffect(() => {
    const load = () =>
      getProject()
        .then((answer) => {
          setProject(answer);
          setProblem("");
          // After the project: the checks of a large one take seconds, and no view waits for them.
          return getFindings().then((checked) => setFindings(checked.findings));
        })
        .catch((error: unknown) => setProblem(inWords(error)));
    const ends = [
      listen("revision", () => void load()),
      onLost(() => setProblem("the workbench does not answer; is `provisioner workbench` still running?")),
    ];
    return () => ends.forEach((end) => end());
  }, []);
  useEffect(() => {
    document.title = `${VIEWS[name].title} · ${project?.name ?? "Workbench"}`;
  }, [name, project?.name]);

  const View = VIEWS[name].view;
  const errors = findings?.filter((finding) => finding.severity === "error") ?? [];
  return (
    <>
      <header>
        <strong>{project ? `${project.name}${project.environment ? ` (${project.environment})` : ""}` : "Workbench"}</strong>
        <nav aria-label="Views">
          {(Object.keys(VIEWS) as ViewName[]).map((one) => (
            <a href={`#/${one}`} aria-current={one === name ? "page" : undefined}>
              {VIEWS[one].title}
            </a>
          ))}
        </nav>
        {project && (
          <span class={errors.length ? "bad" : "muted"}>
            {findings === null ? "checking …" : errors.length === 0 ? "no errors" : errors.length === 1 ? "1 error" : `${errors.length} errors`}
          </span>
        )}
      </header>
      {problem && <Notice kind="error">{problem}</Notice>}
      {project && !project.readable && (
        <Notice kind="error">
          {project.file} cannot be read: {errors[0] ? `line ${errors[0].line}: ${errors[0].message}` : "see `provisioner validate`"}
        </Notice>
      )}
      {project && <View project={project} findings={findings ?? []} />}
    </>
  );
}

render(<Page />, document.getElementById("page")!);
