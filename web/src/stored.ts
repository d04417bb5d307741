// State that survives a reload, and that two tabs agree on.
import { useEffect, useState } from "preact/hooks";

const PREFIX = "workbench:";

/** A value that was kept; `initial` where there is none. */
export function read<T>(key: string, initial: T): T {
  try {
    const text = localStorage.getItem(PREFIX + key);
    return text === null ? initial : (JSON.parse(text) as T);
  } catch {
    // Storage that is full, closed or holds something else: the page works without it.
    return initial;
  }
}

/** Whether a value was kept, be it an empty one. */
export function isStored(key: string): boolean {
  try {
    return localStorage.getItem(PREFIX + key) !== null;
  } catch {
    return false;
  }
}

const CHANGED = "workbench-stored";

/** Keep a value for the next visit, and tell whoever shows it in this tab. */
export function store(key: string, value: unknown): void {
  try {
    localStorage.setItem(PREFIX + key, JSON.stringify(value));
  } catch {
    // As above: a value too large to be kept is still the value of this visit.
    localStorage.removeItem(PREFIX + key);
  }
  dispatchEvent(new CustomEvent(CHANGED, { detail: { key, value } }));
}

/** A value and its setter; kept over a reload, and changed in the other tabs too. */
export function useStored<T>(key: string, initial: T): [T, (value: T) => void] {
  const [state, setState] = useState<{ key: string; value: T }>(() => ({ key, value: read(key, initial) }));
  const value = state.key === key ? state.value : read(key, initial);
  useEffect(() => {
    if (state.key !== key) setState({ key, value: read(key, initial) });
    const ofOtherTab = (event: StorageEvent) => {
      if (event.key === PREFIX + key) setState({ key, value: read(key, initial) });
    };
    const ofThisTab = (event: Event) => {
      const changed = (event as CustomEvent<{ key: string; value: T }>).detail;
      if (changed.key === key) setState({ key, value: changed.value });
    };
    addEventListener("storage", ofOtherTab);
    addEventListener(CHANGED, ofThisTab);
    return () => {
      removeEventListener("storage", ofOtherTab);
      removeEventListener(CHANGED, ofThisTab);
    };
  }, [key]);
  const set = (next: T) => {
    store(key, next);
    setState({ key, value: next });
  };
  return [value, set];
}
