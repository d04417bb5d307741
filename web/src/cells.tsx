// Values and tables of values. Everything is text: nothing of a record is ever read as markup.
import type { ComponentChildren } from "preact";

/** A value as people read it. */
export function show(value: unknown): string {
  if (value === null || value === undefined) return "null";
  return typeof value === "string" ? value : JSON.stringify(value);
}

// What is broken over lines is read twice: times and short words are not, and get no more room than they need.
const SHORT = 16;
const TIME = /^\d{4}-\d\d-\d\dT[\d:.]+Z?$/;

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return "null";
  if (typeof value !== "string") return typeof value;
  return value.length <= SHORT || TIME.test(value) ? "whole" : "string";
}

/** A cell; a null says why. */
export function Cell(props: { value: unknown; reason?: string; marked?: boolean; old?: unknown }) {
  const kind = kindOf(props.value);
  return (
    <td class={`cell ${kind}${props.marked ? " marked" : ""}`} title={props.reason}>
      {props.marked && props.old !== undefined && (
        <>
          <del>{show(props.old)}</del>{" "}
        </>
      )}
      {show(props.value)}
      {props.reason && <small class="reason">{props.reason}</small>}
    </td>
  );
}

/** A table that scrolls inside of its place; `label` names it for those who cannot see where it is. */
export function Grid(props: { label: string; head: ComponentChildren; children: ComponentChildren; empty?: string }) {
  const rows = Array.isArray(props.children) ? props.children.flat().filter(Boolean) : props.children ? [props.children] : [];
  return (
    <div class="grid" tabIndex={0} role="region" aria-label={props.label}>
      <table>
        <thead>
          <tr>{props.head}</tr>
        </thead>
        <tbody>{props.children}</tbody>
      </table>
      {rows.length === 0 && props.empty && <p class="empty">{props.empty}</p>}
    </div>
  );
}

/** An error or a remark, in words. */
export function Notice(props: { kind: "error" | "warning" | "info"; children: ComponentChildren }) {
  return (
    <p class={`notice ${props.kind}`} role={props.kind === "error" ? "alert" : "status"}>
      {props.children}
    </p>
  );
}
