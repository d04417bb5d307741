// Microsoft's KQL service on the same transform: diagnostics and completion, 200 keystrokes each, in milliseconds.
// Usage: node kusto_language_service.cjs FOLDER_WITH_NODE_MODULES TRANSFORM_FILE SCHEMA
"use strict";
const fs = require("node:fs");
const path = require("node:path");
const vm = require("node:vm");
const { performance } = require("node:perf_hooks");

const [folder, file, schema] = process.argv.slice(2);
const service = path.join(folder, "node_modules/@kusto/language-service-next");
for (const name of ["bridge.min.js", "Kusto.Language.Bridge.min.js"]) {
  const script = path.join(service, name);
  vm.runInThisContext(fs.readFileSync(script, "utf8"), script);
}
const { Symbols, Editor, GlobalState } = globalThis.Kusto.Language;
const table = new Symbols.TableSymbol.$ctor7("source", schema, null);
const database = new Symbols.DatabaseSymbol.ctor("db", [table]);
const globals = GlobalState.Default.WithDatabase(database);
const text = fs.readFileSync(file, "utf8");
const offset = text.indexOf("tostring(") + "tostring(".length;
const token = new globalThis.System.Threading.CancellationToken();

function percentiles(times) {
  times.sort((one, other) => one - other);
  return [times[Math.floor(times.length / 2)], times[Math.floor(times.length * 0.95)]];
}

const proposed = new Editor.KustoCodeService.$ctor1(text, globals).GetCompletionItems(offset).Items;
if (!Array.from({ length: proposed.Count }, (_, number) => proposed.getItem(number).DisplayText).includes("order")) {
  throw new Error("the service does not know the columns of the stream");
}

const diagnostics = [];
const completion = [];
for (let number = 0; number < 200; number += 1) {
  const typed = text.slice(0, offset) + "x".repeat(number % 20) + text.slice(offset);
  let start = performance.now();
  new Editor.KustoCodeService.$ctor1(typed, globals).GetDiagnostics(true, token);
  diagnostics.push(performance.now() - start);
  start = performance.now();
  new Editor.KustoCodeService.$ctor1(typed, globals).GetCompletionItems(offset + (number % 20));
  completion.push(performance.now() - start);
}
console.log(JSON.stringify({ diagnostics: percentiles(diagnostics), completion: percentiles(completion) }));
