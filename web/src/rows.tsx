// The rows that come out: per-column types, what the table makes of them, reasons for nulls, and who was dropped.
import type { TransformResult } from "./api";
import { Cell, Grid, Notice } from "./cells";

const FATES = {
  kept: "",
  dropped: "the table has no such column",
  refused: "another type than the table's",
  null: "always null",
} as const;

export function Rows(props: { result: TransformResult | null; onShow: (start: number, end: number) => void }) {
  const result = props.result;
  if (!result) {
    return (
      <section class="pane">
        <h2>Rows</h2>
        <p class="empty">Put records on the left: their rows appear here as you type the transform.</p>
      </section>
    );
  }
  return (
    <section class="pane">
      <div class="row" aria-live="polite">
        <h2>Rows</h2>
        <span class="muted" data-testid="counts">
          {result.bound
            ? `${result.row_count.toLocaleString("en")} of ${result.record_count.toLocaleString("en")} records`
            : "the transform has errors"}
        </span>
      </div>
      {result.bound && (
        <Grid
          label="Rows"
          empty={result.record_count ? "No record comes through: see below what dropped them." : "No records yet."}
          head={
            <>
              <th scope="col">#</th>
              {result.columns.map((column) => (
                <th scope="col" class={column.fate} title={column.note ?? undefined}>
                  <span class="name">{column.name}</span> <small>{column.type}</small>
                  {column.fate !== "kept" && <small class="reason">{FATES[column.fate]}</small>}
                </th>
              ))}
            </>
          }
        >
          {result.rows.map((row) => (
            <tr>
              <td class="number">{row.record + 1}</td>
              {result.columns.map((column) => (
                <Cell value={row.values[column.name]} reason={row.nulls[column.name]} />
              ))}
            </tr>
          ))}
        </Grid>
      )}
      {result.unwritten.length > 0 && (
        <Notice kind="warning">
          Left null in the table: {result.unwritten.map((column) => `${column.name} (${column.type})`).join(", ")}
        </Notice>
      )}
      {result.dropped.length > 0 && (
        <details open={result.dropped.length <= 20}>
          <summary>
            {result.dropped.length} {result.dropped.length === 1 ? "record" : "records"} dropped
          </summary>
          <ul class="dropped">
            {result.dropped.map((one) => (
              <li>
                record {one.record + 1}:{" "}
                {one.condition ? (
                  <button class="link" onClick={() => props.onShow(one.start, one.end)}>
                    where {one.condition}
                  </button>
                ) : (
                  "no row comes of it"
                )}
              </li>
            ))}
          </ul>
        </details>
      )}
      {result.shown_records < result.record_count && result.bound && (
        <p class="muted">The first {result.shown_records} records are shown one by one; all are counted.</p>
      )}
      {result.notes.map((note) => (
        <Notice kind="info">{note}</Notice>
      ))}
    </section>
  );
}
