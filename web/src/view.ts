// What every view of the page is given.
import type { Finding, ProjectInfo } from "./api";

/** The open project, and what its checks say; no findings as long as they run. */
export interface ViewProps {
  project: ProjectInfo;
  findings: readonly Finding[];
}
