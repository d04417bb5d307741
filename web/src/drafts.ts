// Transforms as they are written and not yet saved, one for each flow.
import type { Draft as SentDraft, ProjectInfo } from "./api";
import { read } from "./stored";

/** The text, and the saved one that it was begun from. */
export interface Draft {
  text: string;
  base: string;
}

/** A flow as the page calls it. */
export function flowName(stream: string, table: string): string {
  return `${stream} → ${table}`;
}

/** Where the draft of a flow is kept. */
export function draftKey(flow: string): string {
  return `draft:${flow}`;
}

/** The drafts of a project that differ from its files. */
export function openDrafts(project: ProjectInfo): SentDraft[] {
  return project.streams.flatMap((stream) =>
    stream.flows.flatMap((flow) => {
      const draft = read<Draft | null>(draftKey(flowName(stream.key, flow.table)), null);
      const isEdited = draft !== null && draft.text !== draft.base && draft.text.trimEnd() !== flow.transform.trimEnd();
      return isEdited ? [{ stream: stream.key, table: flow.table, transform: draft.text }] : [];
    }),
  );
}
