// Rows over time as bars: how many there are, or the sum of a column.
import { useState } from "preact/hooks";
import type { LocalRows } from "./api";
import { show } from "./cells";

const BARS = 40;
const NUMBERS = new Set(["int", "long", "real"]);
/** Rows of so few columns are those of a summary: what counts is its number, not how many rows it has. */
const MOST_OF_SUMMARY = 3;

export function TimeChart(props: { rows: LocalRows }) {
  const { columns, rows } = props.rows;
  const [chosen, choose] = useState<string | null>(null);
  const time = columns.findIndex((one) => one.type === "datetime");
  if (time < 0 || rows.length === 0) {
    return <p class="empty">A time chart needs rows with a datetime column.</p>;
  }
  const numbers = columns.filter((one) => NUMBERS.has(one.type)).map((one) => one.name);
  const usual = columns.length <= MOST_OF_SUMMARY ? (numbers[0] ?? "") : "";
  const value = chosen !== null && (chosen === "" || numbers.includes(chosen)) ? chosen : usual;
  const at = columns.findIndex((one) => one.name === value);
  const points = rows
    .map((row) => ({ time: Date.parse(show(row[time])), height: at < 0 ? 1 : Number(row[at]) || 0 }))
    .filter((point) => !Number.isNaN(point.time));
  if (points.length === 0) return <p class="empty">No row has a time.</p>;
  const first = points.reduce((least, point) => Math.min(least, point.time), Infinity);
  const last = points.reduce((most, point) => Math.max(most, point.time), -Infinity);
  const width = Math.max((last - first) / BARS, 1);
  const bars = new Array<number>(BARS).fill(0);
  for (const point of points) bars[Math.min(Math.floor((point.time - first) / width), BARS - 1)] += point.height;
  const most = Math.max(...bars, 0);
  const what = value ? `sum of ${value}` : "rows";
  const [from, to] = [first, last].map((one) => new Date(one).toISOString());
  const summary = `${what} of ${rows.length} rows from ${from} to ${to}, at most ${most.toLocaleString("en")} in one bar`;
  return (
    <figure>
      {numbers.length > 0 && (
        <label>
          Height{" "}
          <select value={value} onChange={(event) => choose(event.currentTarget.value)}>
            <option value="">number of rows</option>
            {numbers.map((name) => (
              <option>{name}</option>
            ))}
          </select>
        </label>
      )}
      <div class="axis">
        <span>{most.toLocaleString("en")}</span>
        <svg class="chart" viewBox="0 0 400 100" role="img" aria-label={summary} preserveAspectRatio="none">
          {bars.map((height, number) => {
            const tall = most > 0 ? (Math.max(height, 0) / most) * 95 : 0;
            return <rect x={number * 10 + 1} y={100 - tall} width={8} height={tall} />;
          })}
        </svg>
      </div>
      <figcaption class="muted">{summary}</figcaption>
    </figure>
  );
}
