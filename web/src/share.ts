// A case to share: columns, transform and records as a link's fragment or a small file. Nothing is uploaded.
import type { Column } from "./api";

export interface SharedCase {
  version: 1;
  columns: Column[];
  tableColumns: Column[];
  transform: string;
  records: string;
}

const MARK = "#/shared/";
const MOST_LINK = 32_000;

/** The fragment of a link that opens a case; null where it would be longer than mail and chat programs let through. */
export async function toFragment(shared: SharedCase): Promise<string | null> {
  const packed = await through(new TextEncoder().encode(JSON.stringify(shared)), new CompressionStream("deflate-raw"));
  let binary = "";
  for (const byte of packed) binary += String.fromCharCode(byte);
  const text = btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  return text.length > MOST_LINK ? null : MARK + text;
}

/** The case of a link, of its fragment, or of a file's text. Rejects with an error in words. */
export async function fromText(text: string): Promise<SharedCase> {
  const at = text.indexOf(MARK);
  if (at < 0) return checked(parse(text));
  const packed = text.slice(at + MARK.length).trim().replaceAll("-", "+").replaceAll("_", "/");
  try {
    const bytes = Uint8Array.from(atob(packed), (character) => character.charCodeAt(0));
    const plain = await through(bytes, new DecompressionStream("deflate-raw"));
    return checked(parse(new TextDecoder().decode(plain)));
  } catch (error) {
    if (error instanceof NotACase) throw error;
    throw new NotACase("this link is damaged: ask for it again, or for the file");
  }
}

/** Whether an address opens a case. */
export function isShared(hash: string): boolean {
  return hash.startsWith(MARK);
}

class NotACase extends Error {}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new NotACase("this is no shared case: neither its link nor its file");
  }
}

function checked(value: unknown): SharedCase {
  const shared = value as Partial<SharedCase> | null;
  const isColumns = (columns: unknown) =>
    Array.isArray(columns) &&
    columns.every((column) => typeof column?.name === "string" && typeof column?.type === "string");
  if (
    shared?.version !== 1 ||
    typeof shared.transform !== "string" ||
    typeof shared.records !== "string" ||
    !isColumns(shared.columns) ||
    !isColumns(shared.tableColumns)
  ) {
    throw new NotACase("this is no shared case, or one of a newer version");
  }
  return shared as SharedCase;
}

async function through(bytes: Uint8Array, stream: CompressionStream | DecompressionStream): Promise<Uint8Array> {
  const piped = new Blob([bytes as BlobPart]).stream().pipeThrough(stream as ReadableWritablePair<Uint8Array, Uint8Array>);
  return new Uint8Array(await new Response(piped as ReadableStream).arrayBuffer());
}
