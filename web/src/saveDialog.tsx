// A change of the author's files: shown as a difference first, written on request, never over somebody else's change.
import { useEffect, useRef, useState } from "preact/hooks";
import { type EditPreview, writeEdit } from "./api";
import { inWords } from "./call";
import { Notice } from "./cells";

/** A difference of texts, with what comes and goes marked by sign and colour. */
export function Difference(props: { text: string }) {
  const kind = (line: string) => (/^\+(?!\+\+)/.test(line) ? "plus" : /^-(?!--)/.test(line) ? "minus" : "");
  return (
    <pre class="difference" tabIndex={0} aria-label="What changes">
      {props.text.split("\n").map((line) => (
        <span class={kind(line)}>{line + "\n"}</span>
      ))}
    </pre>
  );
}

/** Shows a change and writes it; `again` makes the change anew where the file has changed since. */
export function SaveDialog(props: { preview: EditPreview; again: () => void; close: () => void; written: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [problem, setProblem] = useState("");
  const [conflict, setConflict] = useState(false);
  useEffect(() => dialog.current?.showModal(), []);
  useEffect(() => {
    setConflict(false);
    setProblem("");
  }, [props.preview]);

  const write = async () => {
    try {
      const outcome = await writeEdit({ id: props.preview.id });
      if (outcome.conflicts.length === 0) return props.written();
      setConflict(true);
      setProblem(`${outcome.conflicts.join(", ")} has changed on the disk since this was shown. Nothing was written.`);
    } catch (error) {
      setProblem(inWords(error));
    }
  };
  return (
    <dialog ref={dialog} onClose={props.close} aria-label="Save to the files">
      <h2>{props.preview.problem ? "Nothing to write" : `Write ${props.preview.files.join(", ")}`}</h2>
      {props.preview.problem ? <Notice kind="info">{props.preview.problem}</Notice> : <Difference text={props.preview.diff} />}
      {problem && <Notice kind="error">{problem}</Notice>}
      <div class="row">
        {!props.preview.problem && !conflict && (
          <button class="main" onClick={write}>
            Write
          </button>
        )}
        {conflict && (
          <button class="main" onClick={props.again}>
            Show again
          </button>
        )}
        <button onClick={() => dialog.current?.close()}>Close</button>
      </div>
    </dialog>
  );
}
