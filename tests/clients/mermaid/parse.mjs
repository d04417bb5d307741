// Reads each picture named on the command line with the parser of GitHub and GitLab; ends with 1 where one is refused.
import { readFileSync } from "node:fs";
import { JSDOM } from "jsdom";

// The parser cleans labels with a library that looks for a document.
const { window } = new JSDOM("<!doctype html><body></body>");
globalThis.window = window;
globalThis.document = window.document;
const { default: mermaid } = await import("mermaid");

let refused = 0;
for (const file of process.argv.slice(2)) {
  try {
    const { diagramType } = await mermaid.parse(readFileSync(file, "utf8"));
    if (diagramType !== "flowchart-v2") throw new Error(`it is read as ${diagramType}`);
  } catch (error) {
    refused++;
    console.error(`${file}: ${error.message}`);
  }
}
process.exit(refused ? 1 : 0);
