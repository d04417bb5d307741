// What the server tells without being asked. One connection for the whole page: a browser has few for each server.
import type { RunProgress } from "./api";

interface Events {
  revision: number;
  progress: RunProgress;
}
type Listener<Name extends keyof Events> = (value: Events[Name]) => void;

let source: EventSource | null = null;

function opened(): EventSource {
  return (source ??= new EventSource("/api/events"));
}

/** Call a listener with each event of a name; the answer ends that. */
export function listen<Name extends keyof Events>(name: Name, listener: Listener<Name>): () => void {
  const take = (event: MessageEvent<string>) => listener(JSON.parse(event.data) as Events[Name]);
  opened().addEventListener(name, take);
  return () => opened().removeEventListener(name, take);
}

/** Call a listener whenever the server cannot be reached; the browser tries again by itself. */
export function onLost(listener: () => void): () => void {
  opened().addEventListener("error", listener);
  return () => opened().removeEventListener("error", listener);
}
