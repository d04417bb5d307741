// The KQL inside of YAML is coloured before the server runs: the injection finds transforms, and ends with them.
import assert from "node:assert/strict";
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import test from "node:test";
import { fileURLToPath } from "node:url";

const require = createRequire(import.meta.url);
const textmate = require("vscode-textmate");
const oniguruma = require("vscode-oniguruma");
const here = path.dirname(fileURLToPath(import.meta.url));

const YAML = JSON.stringify({ scopeName: "source.yaml", patterns: [{ match: "[\\w-]+(?=:)", name: "entity.name.tag.yaml" }] });

async function tokensOf(text) {
  await oniguruma.loadWASM(fs.readFileSync(require.resolve("vscode-oniguruma/release/onig.wasm")).buffer);
  const read = (name) => textmate.parseRawGrammar(fs.readFileSync(path.join(here, "../syntaxes", name), "utf8"), name);
  const registry = new textmate.Registry({
    onigLib: Promise.resolve({
      createOnigScanner: (patterns) => new oniguruma.OnigScanner(patterns),
      createOnigString: (value) => new oniguruma.OnigString(value),
    }),
    getInjections: (scope) => (scope === "source.yaml" ? ["provisioner.transform.injection"] : undefined),
    loadGrammar: async (scope) =>
      ({
        "source.yaml": () => textmate.parseRawGrammar(YAML, "yaml.json"),
        "source.kql": () => read("kql.tmLanguage.json"),
        "provisioner.transform.injection": () => read("transform-in-yaml.tmLanguage.json"),
      })[scope]?.(),
  });
  const grammar = await registry.loadGrammar("source.yaml");
  let state = textmate.INITIAL;
  const words = new Map();
  for (const line of text.split("\n")) {
    const { tokens, ruleStack } = grammar.tokenizeLine(line, state);
    state = ruleStack;
    for (const token of tokens) {
      words.set(line.slice(token.startIndex, token.endIndex).trim(), token.scopes);
    }
  }
  return words;
}

test("a block and a plain transform are KQL, what follows is YAML again", async () => {
  const words = await tokensOf(
    ["streams:", "  Custom-A:", "    transform: |", "      source", "      | where isempty(x)", "    table: T_CL", ""].join("\n"),
  );
  assert.ok(words.get("where").includes("keyword.control.kql"));
  assert.ok(words.get("isempty").includes("entity.name.function.kql"));
  assert.ok(words.get("table").includes("entity.name.tag.yaml"));
  assert.ok(!words.get("table").includes("meta.embedded.block.kql"));
  const plain = await tokensOf("  transform: source | extend a = 1\n  other: x");
  assert.ok(plain.get("extend").includes("keyword.control.kql"));
});
