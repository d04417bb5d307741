// Reads {"query", "tables"} a line, writes {"columns": [[name, type]], "errors": [[code, message]]} a line.
// Needs @kusto/language-service-next beside it or on NODE_PATH.
const { createInterface } = require("readline");

require("@kusto/language-service-next/bridge.min.js");
require("@kusto/language-service-next/Kusto.Language.Bridge.min.js");

const { GlobalState, KustoCode, Symbols } = Kusto.Language;

function table([name, columns]) {
  const typed = Object.entries(columns).map(([column, type]) => `['${column}']: ${type}`);
  return new Symbols.TableSymbol.$ctor7(name, `(${typed.join(", ")})`, "");
}

function items(list) {
  return list ? Array.from({ length: list.Count }, (_, index) => list.getItem(index)) : [];
}

function analyse({ query, tables }) {
  const database = new Symbols.DatabaseSymbol.ctor("db", Object.entries(tables).map(table));
  const code = KustoCode.ParseAndAnalyze(query, GlobalState.Default.WithDatabase(database));
  const wrong = items(code.GetDiagnostics()).filter((found) => found.Severity === "Error");
  const columns = code.ResultType ? items(code.ResultType.Columns) : [];
  return {
    columns: columns.map((column) => [column.Name, column.Type.Name]),
    errors: wrong.map((found) => [found.Code, found.Message]),
  };
}

createInterface({ input: process.stdin }).on("line", (line) => {
  console.log(JSON.stringify(analyse(JSON.parse(line))));
});
