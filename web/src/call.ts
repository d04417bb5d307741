// One request to the server that served this page.

/** What the server refuses, in its words. */
export class CallError extends Error {
  constructor(
    message: string,
    readonly status: number,
    readonly hint: string | null,
  ) {
    super(message);
  }
}

/** Post a message and read the answer. Rejects with CallError, or with AbortError where `signal` says so. */
export async function call<T>(path: string, message: unknown, signal?: AbortSignal): Promise<T> {
  let response: Response;
  try {
    response = await fetch(`/api/${path}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(message),
      signal,
    });
  } catch (error) {
    if (isAbort(error)) throw error;
    throw new CallError("the workbench does not answer", 0, "is `provisioner workbench` still running?");
  }
  if (response.ok) return (await response.json()) as T;
  const text = await response.text();
  try {
    const answer = JSON.parse(text) as { error: string; hint: string | null };
    throw new CallError(answer.error, response.status, answer.hint);
  } catch (error) {
    if (error instanceof CallError) throw error;
    throw new CallError(text.trim() || `the workbench answered ${response.status}`, response.status, null);
  }
}

/** Whether an error says that a request was given up because a newer one took its place. */
export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === "AbortError";
}

/** An error in words, with what to do next. */
export function inWords(error: unknown): string {
  if (error instanceof CallError) return error.hint ? `${error.message}; ${error.hint}` : error.message;
  return error instanceof Error ? error.message : String(error);
}
