// Made by `python -m tools.generate` from provisioner/workbench/messages: change it there.
import { call } from "./call";

/**
 * A request without content, or an answer that says no more than that it was done.
 */
export interface Nothing {
}

/**
 * A column by name, with its type as the manifest spells it.
 */
export interface Column {
  name: string;
  type: string;
}

/**
 * A flow of a stream: its table, its transform, and whether the text can be changed from here.
 */
export interface FlowInfo {
  table: string;
  transform: string;
  written: boolean;
  file: string;
  line: number;
}

/**
 * A stream with what a transform is written against.
 */
export interface StreamInfo {
  key: string;
  columns: Column[];
  flows: FlowInfo[];
  samples: number;
  tests: string[];
}

/**
 * A table; `columns` is empty where they are not known.
 */
export interface TableInfo {
  name: string;
  columns: Column[];
}

/**
 * The open project. `revision` changes with every change of its files; `readable` is False where YAML is broken.
 */
export interface ProjectInfo {
  name: string;
  file: string;
  environment: string | null;
  environments: string[];
  revision: number;
  readable: boolean;
  allow_apply: boolean;
  streams: StreamInfo[];
  tables: TableInfo[];
}

/**
 * A finding of the checks, with the place that it is about.
 */
export interface Finding {
  code: string;
  severity: "error" | "warning" | "info";
  message: string;
  hint: string | null;
  file: string | null;
  line: number | null;
}

/**
 * What the checks say of the project at that `revision`.
 */
export interface ProjectFindings {
  revision: number;
  findings: Finding[];
}

/**
 * A transform as the page has it, which no file has yet.
 */
export interface Draft {
  stream: string;
  table: string;
  transform: string;
}

/**
 * Asks for the tests of some streams, of all where none is named; drafts take the place of what is saved.
 */
export interface TestsRequest {
  streams?: string[];
  drafts?: Draft[];
}

/**
 * One cell of a test that differs.
 */
export interface CellDifference {
  column: string;
  expected: unknown;
  actual: unknown;
  absent: boolean;
}

/**
 * An expected row and the actual one; either may be missing.
 */
export interface TestRow {
  expected: Record<string, unknown> | null;
  actual: Record<string, unknown> | null;
  differences: CellDifference[];
}

/**
 * What became of one test of a transform.
 */
export interface TestOutcome {
  stream: string;
  table: string;
  name: string;
  ok: boolean;
  reason: string | null;
  file: string | null;
  line: number | null;
  rows: TestRow[];
}

/**
 * All tests of the project.
 */
export interface TestRun {
  tests: TestOutcome[];
  passed: number;
  failed: number;
}

/**
 * Asks for the text of one of the project's files.
 */
export interface SourceRequest {
  file: string;
}

/**
 * The text of a file of the project.
 */
export interface SourceFile {
  file: string;
  text: string;
}

/**
 * Asks for a picture: all of it, what is around `focus`, or the lineage of a column.
 */
export interface GraphRequest {
  focus?: string;
  lineage?: string;
  environment?: string | null;
  drift?: boolean;
}

/**
 * A node in its place, in pixels. `count` is how many nodes a group stands for.
 */
export interface GraphBox {
  id: string;
  type: string;
  label: string[];
  file: string | null;
  line: number | null;
  errors: number;
  warnings: number;
  drift: string | null;
  count: number;
  x: number;
  y: number;
  width: number;
  height: number;
}

/**
 * An edge, with the SVG path that draws it.
 */
export interface GraphLine {
  source: string;
  target: string;
  kind: string;
  path: string;
}

/**
 * A laid-out picture; `names` are all that can be searched for. `problem` says why there is none.
 */
export interface GraphPicture {
  title: string;
  boxes: GraphBox[];
  lines: GraphLine[];
  width: number;
  height: number;
  names: string[];
  hidden: number;
  problem?: string | null;
}

/**
 * Records as they were pasted or dropped; `name` is that of the file, whose ending tells CSV from JSON.
 *
 * Without a name the text itself tells.
 */
export interface RecordsText {
  text: string;
  name?: string;
}

/**
 * Why a text holds no records, with the place in the text.
 */
export interface RecordsProblem {
  message: string;
  hint: string | null;
  line: number;
  column: number;
}

/**
 * Records that the server keeps under `id`; `text` is theirs as JSON, where they are few enough to be edited.
 */
export interface RecordSet {
  id: string;
  count: number;
  text: string | null;
  columns: Column[];
  problem?: RecordsProblem | null;
}

/**
 * Asks for records that the server keeps, after a reload; `whole` also for a text that is too long to be edited.
 */
export interface KeptRecords {
  id: string;
  whole?: boolean;
}

/**
 * Asks for the records of a stream: its samples, those of a test by its name, or made ones.
 */
export interface StreamRecords {
  stream: string;
  source?: "samples" | "test" | "made";
  test?: string;
  count?: number;
}

/**
 * Asks what a transform makes of records. `table_columns` are empty where those of the table are not known.
 */
export interface TransformRun {
  transform: string;
  columns: Column[];
  records: string;
  table_columns?: Column[];
  now?: string | null;
}

/**
 * A diagnostic about the transform, with the characters that it is about.
 */
export interface TextFinding {
  code: string;
  severity: "error" | "warning" | "info";
  message: string;
  hint: string | null;
  start: number;
  end: number;
}

/**
 * A column of the rows. `fate` says what becomes of it in the table, `note` why.
 */
export interface OutputColumn {
  name: string;
  type: string;
  fate: "kept" | "dropped" | "refused" | "null";
  note: string | null;
}

/**
 * A row, with the number of the record that it came of, and the reason for each null.
 */
export interface OutputRow {
  record: number;
  values: Record<string, unknown>;
  nulls: Record<string, string>;
}

/**
 * A record of which no row came, with the condition that dropped it; None where no condition did.
 */
export interface DroppedRecord {
  record: number;
  condition: string | null;
  start: number;
  end: number;
}

/**
 * One operator of the pipeline: its characters in the text, from the one behind its pipe.
 */
export interface Step {
  start: number;
  end: number;
  text: string;
}

/**
 * What a transform makes of records. Rows, and what happened to each record, are those of the first records.
 */
export interface TransformResult {
  bound: boolean;
  findings: TextFinding[];
  columns: OutputColumn[];
  unwritten: Column[];
  rows: OutputRow[];
  dropped: DroppedRecord[];
  steps: Step[];
  notes: string[];
  record_count: number;
  row_count: number;
  shown_records: number;
}

/**
 * Asks for the rows behind a step of a transform; step 0 is the records as the stream's columns have them.
 */
export interface StepRun {
  transform: string;
  columns: Column[];
  records: string;
  step: number;
  now?: string | null;
}

/**
 * The rows behind a step.
 */
export interface StepResult {
  text: string;
  columns: Column[];
  rows: (Record<string, unknown>)[];
  record_count: number;
  row_count: number;
}

/**
 * Asks for the language server in an editor: over which columns, into which table, with which records.
 *
 * `stream` and `table` are their names in the manifest; a shared case has none.
 */
export interface EditorRequest {
  columns: Column[];
  table_columns?: Column[];
  records?: string;
  stream?: string;
  table?: string;
}

/**
 * Where the language server answers for an editor (the path of a WebSocket), and the address of its text.
 */
export interface EditorAddress {
  socket: string;
  uri: string;
  problem?: string | null;
}

/**
 * Asks how the rows of a transform differ from those of another: the saved one, or the one in Azure.
 */
export interface TransformComparison {
  stream: string;
  table: string;
  transform: string;
  columns: Column[];
  records: string;
  against: "saved" | "live";
  environment?: string | null;
}

/**
 * The same row by both transforms; None where one of them gives none. `differences` names columns.
 */
export interface RowPair {
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
  differences: string[];
}

/**
 * Rows before and after, and a difference of the texts; `problem` says why there is none.
 */
export interface ComparisonResult {
  before_text: string;
  pairs: RowPair[];
  changed: number;
  diff: string;
  problem: string | null;
}

/**
 * Asks to write the transform of a flow.
 */
export interface TransformEdit {
  stream: string;
  table: string;
  transform: string;
}

/**
 * A change that waits under `id` to be written: its difference, by file. `problem` says why there is none.
 */
export interface EditPreview {
  id: string;
  diff: string;
  files: string[];
  problem?: string | null;
}

/**
 * Asks to keep records of a set with a stream: as samples, or as a test that expects the rows they give now.
 *
 * `numbers` are those of the records in their set, from 0; empty for all.
 */
export interface RecordsEdit {
  stream: string;
  table: string;
  keep_as: "sample" | "test";
  name: string;
  records: string;
  numbers: number[];
  transform: string;
}

/**
 * Asks to make a failed test expect the rows that come now, of drafts where they are given.
 */
export interface ExpectationEdit {
  stream: string;
  test: string;
  drafts?: Draft[];
}

/**
 * Asks to write a change that was shown.
 */
export interface EditWrite {
  id: string;
}

/**
 * What was written. `conflicts` are files that have changed since the change was shown; nothing is written then.
 */
export interface EditOutcome {
  written: string[];
  conflicts: string[];
}

/**
 * Asks for a run. `fingerprint` is that of the plan that is to be applied, typed by the person who read it.
 *
 * `run` is a name of the page's own for it, which its progress carries.
 */
export interface AzureRun {
  action: "plan" | "drift" | "verify" | "apply";
  environment: string | null;
  fingerprint?: string;
  run?: string;
}

/**
 * What came of a run: the address of its report, a page of its own, or `error` in words with what to do next.
 */
export interface AzureReport {
  action: string;
  ok: boolean;
  summary: string;
  report: string;
  fingerprint: string | null;
  error?: string | null;
  hint?: string | null;
}

/**
 * A table of a workspace in the local Azure.
 */
export interface LocalTable {
  workspace: string;
  workspace_id: string;
  name: string;
  rows: number;
}

/**
 * Rows or values that were dropped although their call was answered 204, and why.
 */
export interface LocalDrop {
  time: string;
  stream: string;
  table: string;
  reason: string;
  detail: string;
  count: number;
}

/**
 * One request that the local Azure answered.
 */
export interface LocalRequest {
  time: string;
  method: string;
  path: string;
  status: number;
  milliseconds: number;
}

/**
 * The local Azure as it is; `running` is False where none runs beside this manifest.
 */
export interface LocalStatus {
  running: boolean;
  endpoint: string;
  tables: LocalTable[];
  drops: LocalDrop[];
  requests: LocalRequest[];
  faults: (Record<string, unknown>)[];
  fault_kinds: Record<string, Record<string, unknown>>;
}

/**
 * Asks for the rows of a query over a workspace.
 */
export interface LocalQuery {
  workspace_id: string;
  query: string;
}

/**
 * Rows of a query; `problem` says why there are none.
 */
export interface LocalRows {
  columns: Column[];
  rows: unknown[][];
  problem?: string | null;
}

/**
 * Asks to switch a fault on, with its fields; with an empty name, to switch all off.
 */
export interface LocalFault {
  fault: string;
  fields: Record<string, unknown>;
}

/**
 * Whether it was done, and what came of it.
 */
export interface LocalOutcome {
  ok: boolean;
  message: string;
}

/**
 * Asks to send the records of a set to a stream of the local Azure.
 */
export interface LocalSend {
  stream: string;
  records: string;
}

/**
 * An event of a run: `start` and `done` or `failed` frame a piece of work; `wait` says why it takes longer.
 */
export interface RunProgress {
  run: string;
  kind: "start" | "wait" | "done" | "failed";
  subject: string;
  message: string;
}

/** The project as it is on the disk now. */
export function getProject(signal?: AbortSignal): Promise<ProjectInfo> {
  return call("project", {}, signal);
}

/** What the checks say of the project now; apart from the project, whose views need not wait for it. */
export function getFindings(signal?: AbortSignal): Promise<ProjectFindings> {
  return call("findings", {}, signal);
}

/** Run transform tests. Raises ValueError for a stream that the manifest does not have. */
export function runTests(message: TestsRequest, signal?: AbortSignal): Promise<TestRun> {
  return call("tests", message, signal);
}

/** The text of one of the files that the project was read from. Raises LookupError for any other. */
export function readFile(message: SourceRequest, signal?: AbortSignal): Promise<SourceFile> {
  return call("file", message, signal);
}

/** The picture of the pipeline, laid out; a name that is not there is a problem in words. */
export function drawGraph(message: GraphRequest, signal?: AbortSignal): Promise<GraphPicture> {
  return call("graph", message, signal);
}

/** Keep records that were pasted or dropped. */
export function readRecords(message: RecordsText, signal?: AbortSignal): Promise<RecordSet> {
  return call("records", message, signal);
}

/** The records of an id once more. Raises UnknownRecords. */
export function keptRecords(message: KeptRecords, signal?: AbortSignal): Promise<RecordSet> {
  return call("records/kept", message, signal);
}

/** Keep the samples of a stream, the records of one of its tests, or made ones. Raises LookupError. */
export function streamRecords(message: StreamRecords, signal?: AbortSignal): Promise<RecordSet> {
  return call("records/stream", message, signal);
}

/** What a transform makes of records. Raises UnknownRecords, and ValueError for a `now` that is no time. */
export function runTransform(message: TransformRun, signal?: AbortSignal): Promise<TransformResult> {
  return call("transform", message, signal);
}

/** The rows behind one step. Raises LookupError where the text cannot be read up to there. */
export function showStep(message: StepRun, signal?: AbortSignal): Promise<StepResult> {
  return call("transform/step", message, signal);
}

/** Prepare the language server for an editor; a problem instead of a socket where it is not installed. */
export function openEditor(message: EditorRequest, signal?: AbortSignal): Promise<EditorAddress> {
  return call("editor", message, signal);
}

/** The rows of a transform beside those of the saved one, or of the one in Azure. Raises CloudError. */
export function compareTransform(message: TransformComparison, signal?: AbortSignal): Promise<ComparisonResult> {
  return call("transform/compare", message, signal);
}

/** Show how the manifest changes when a text becomes the transform of a flow. */
export function previewTransform(message: TransformEdit, signal?: AbortSignal): Promise<EditPreview> {
  return call("edits/transform", message, signal);
}

/** Show how files change when records are kept as a sample or as a test. */
export function previewRecords(message: RecordsEdit, signal?: AbortSignal): Promise<EditPreview> {
  return call("edits/records", message, signal);
}

/** Show how a failed test changes when it expects what comes now. */
export function previewExpectation(message: ExpectationEdit, signal?: AbortSignal): Promise<EditPreview> {
  return call("edits/expectation", message, signal);
}

/** Write a change that was shown. Raises LookupError for one that is no longer kept. */
export function writeEdit(message: EditWrite, signal?: AbortSignal): Promise<EditOutcome> {
  return call("edits/write", message, signal);
}

/** Plan, compare, verify or apply. */
export function runAzure(message: AzureRun, signal?: AbortSignal): Promise<AzureReport> {
  return call("azure", message, signal);
}

/** The local Azure as it is. */
export function localStatus(signal?: AbortSignal): Promise<LocalStatus> {
  return call("local", {}, signal);
}

/** Rows of the local Azure. */
export function queryLocal(message: LocalQuery, signal?: AbortSignal): Promise<LocalRows> {
  return call("local/query", message, signal);
}

/** Switch a fault of the local Azure on or all off. */
export function setLocalFault(message: LocalFault, signal?: AbortSignal): Promise<LocalOutcome> {
  return call("local/fault", message, signal);
}

/** Send records to the local Azure. */
export function sendLocal(message: LocalSend, signal?: AbortSignal): Promise<LocalOutcome> {
  return call("local/send", message, signal);
}
